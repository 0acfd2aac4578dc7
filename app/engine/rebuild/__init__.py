"""Makes a lost store again from what Sage 100 and Quadient AP have."""
