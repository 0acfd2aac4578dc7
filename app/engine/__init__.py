"""One sync run: imports, previews, sending, and the store that remembers what was done."""
