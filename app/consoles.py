"""Keeps Windows from opening a black window for a program that AP Bridge starts."""

import subprocess
import sys


def no_new_console() -> int:
    """Return the `creationflags` with which a program shares this one's terminal, or where there is none has none."""
    flags = 0
    if sys.platform == "win32":
        import ctypes

        flags = 0 if ctypes.windll.kernel32.GetConsoleWindow() else subprocess.CREATE_NO_WINDOW
    return flags
