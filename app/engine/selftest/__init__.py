"""Tries AP Bridge in a test company: all that a sync needs, Sage's tables, and one document of each kind."""
