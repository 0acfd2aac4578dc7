"""All that knows Quadient AP: the port the engine sees, and the HTTPS transport behind it."""
