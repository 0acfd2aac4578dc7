"""The help: pages in Markdown, shown beside the window; F1 opens the one for what is on screen."""
