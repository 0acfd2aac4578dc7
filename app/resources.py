"""Where AP Bridge's own files and programs are, in a clone and in an installed program."""

import sys
from pathlib import Path


def resource(*parts: str) -> Path:
    """Return the path of a file under `resources`."""
    bundled = getattr(sys, "_MEIPASS", None)
    root = Path(bundled) if bundled else Path(__file__).resolve().parents[1]
    return root.joinpath("resources", *parts)


def own_command() -> tuple[str, ...]:
    """Return the command that starts AP Bridge's terminal program, to which a command's name is added."""
    if getattr(sys, "frozen", False):
        return (str(Path(sys.executable).with_name("apbridge.exe")),)
    # -P: a folder called “app” where the user happens to stand is none of ours.
    return (sys.executable, "-P", "-m", "app")
