"""Measurements, run by hand: how fast AP Bridge is beside a bare loop over the same driver and the same server."""
