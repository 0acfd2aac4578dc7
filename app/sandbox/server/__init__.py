"""The sandbox's Quadient AP: a server that speaks the wire contract and keeps Quadient AP's rules."""
