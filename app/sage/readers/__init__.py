"""Readers of what flows from Sage 100 to Quadient AP: lists, purchase orders, payments."""
