"""Quadient AP to Sage 100: documents from the preview to the control totals, and what a person decides of them."""
