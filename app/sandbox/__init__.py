"""The demo world: a Sage company, its Business Objects, an AP server, and fault switches."""
