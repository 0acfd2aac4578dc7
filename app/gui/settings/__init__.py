"""The settings dialog: a page for each subject, and one place that saves all of them or nothing."""
