"""What the demo company is made of: its words, its records, and the dirt that real companies have."""
