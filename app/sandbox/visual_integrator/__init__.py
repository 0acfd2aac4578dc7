"""The demo's stand-in for Sage's program that runs import jobs: a process of its own, as Sage's is."""
