"""Sage 100 to Quadient AP: which records differ from what it has acknowledged, and sending those."""
