"""Tries Sage's Business Objects in a test company, with one document of each kind."""
