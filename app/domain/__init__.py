"""The nouns both sides share: frozen values, no input or output."""
