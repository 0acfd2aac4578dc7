"""The demo's Business Objects, one module an entry screen: they check what Sage checks and write unposted entries."""
