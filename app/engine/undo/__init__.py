"""Takes documents out of Sage 100 again that were sent there, while they are unposted and unchanged."""
