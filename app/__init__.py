"""AP Bridge keeps Sage 100 and Quadient AP in step."""

__version__ = "0.1.0"
