"""The small pictures of the window: painted, with their numbers as text, and to be used by keyboard."""
