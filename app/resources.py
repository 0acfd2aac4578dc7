"""Where the files that travel with the program are: the wire contract, help pages, icons."""

import sys
from pathlib import Path


def resource(*parts: str) -> Path:
    """Return the path of a file or folder under `resources`, in the source tree or in the installed program."""
    bundle = getattr(sys, "_MEIPASS", None)  # set by PyInstaller's start-up code
    root = Path(bundle) if bundle else Path(__file__).resolve().parent.parent
    return root.joinpath("resources", *parts)
