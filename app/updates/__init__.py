"""Looks whether there is a newer AP Bridge: a signed note of the newest release, asked for or once a week."""
