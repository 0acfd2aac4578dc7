"""Lines from standard input, read without a lock that a daemon thread would still hold when the program ends."""

import os
import sys

CHUNK = 65_536


class InputLines:
    """The lines of standard input, one after the other."""

    def __init__(self) -> None:
        self._rest = b""

    def next(self) -> str | None:
        """Wait for the next line and return it without its end; None when the input has ended."""
        while b"\n" not in self._rest:
            chunk = os.read(sys.stdin.fileno(), CHUNK)
            if not chunk:
                line, self._rest = self._rest, b""
                return line.decode(errors="replace") if line else None
            self._rest += chunk
        line, self._rest = self._rest.split(b"\n", 1)
        return line.decode(errors="replace")
