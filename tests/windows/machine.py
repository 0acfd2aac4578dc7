"""The Windows in which programs are tried: this computer's own, or the one in Wine."""

import getpass
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess, Popen
from typing import Any, TypeAlias

ROOT = Path(__file__).parents[2]
DEV = str(ROOT / "resources" / "dev")
if DEV not in sys.path:
    sys.path.insert(0, DEV)

from programs import environment, quietly  # noqa: E402  # found only now
from wine import Wine, cache_folder, windows_path  # noqa: E402

_AS_ONE_TEXT: dict[str, Any] = {
    "stdin": subprocess.DEVNULL,
    "stdout": subprocess.PIPE,
    "stderr": subprocess.STDOUT,
    "encoding": "utf-8",
}


class InWine(Wine):
    """The Windows that `run.py installer` has made in Wine; there is nobody's AP Bridge in it.

    `local`, `roaming` and `program_files` are Windows' names of these folders.
    """

    is_wine = True
    program_files = "C:\\Program Files"

    def __init__(self) -> None:
        super().__init__(cache_folder() / "wine", quietly)
        data = f"C:\\users\\{getpass.getuser()}\\AppData"
        self.local, self.roaming = f"{data}\\Local", f"{data}\\Roaming"

    def on_disk(self, path: str) -> Path:
        """Return where this process finds a file of Windows."""
        return self.drive / path.removeprefix("C:\\").replace("\\", "/")

    def named(self, path: Path) -> str:
        """Return what Windows calls a file of this process."""
        return windows_path(path)

    def place(self, name: str, folder: Path) -> str:  # only drive C is Windows' own here
        """Return Windows' name of a new folder, which is made in `folder` where it can be there."""
        return f"C:\\{name}"


class OnWindows:
    """This computer's own Windows, with the Python that runs the tests; otherwise as `InWine`."""

    is_wine = False

    def __init__(self) -> None:
        self.local, self.roaming = os.environ["LOCALAPPDATA"], os.environ["APPDATA"]
        self.program_files = os.environ["PROGRAMFILES"]

    def settings(self) -> dict[str, str]:
        """Return the environment of every program: with Windows' own vault and screen."""
        left_out = ("PYTHON_KEYRING_BACKEND", "QT_QPA_PLATFORM")
        return {name: value for name, value in environment().items() if name not in left_out}

    def run(
        self,
        command: Sequence[str],
        variables: Mapping[str, str] | None = None,
        timeout: float = 600,
        folder: Path = ROOT,
        errors: str = "replace",
    ) -> CompletedProcess[str]:
        kept = self._kept(variables or {}, folder)
        return subprocess.run(command, timeout=timeout, check=False, errors=errors, **kept, **_AS_ONE_TEXT)

    def start(
        self,
        command: Sequence[str],
        variables: Mapping[str, str],
        timeout: float,
        folder: Path = ROOT,
        errors: str = "replace",
        stdin: int = subprocess.DEVNULL,
    ) -> "Popen[str]":
        return Popen(command, errors=errors, **self._kept(variables, folder), **{**_AS_ONE_TEXT, "stdin": stdin})

    def python(
        self, command: Sequence[str], variables: Mapping[str, str] | None = None, timeout: float = 900
    ) -> CompletedProcess[str]:
        on_no_screen = {
            "QT_QPA_PLATFORM": "offscreen",
            "QT_QPA_FONTDIR": f"{os.environ['SYSTEMROOT']}\\Fonts",
        }
        return self.run([sys.executable, *command], on_no_screen | dict(variables or {}), timeout)

    def on_disk(self, path: str) -> Path:
        return Path(path)

    def named(self, path: Path) -> str:
        return str(path.absolute())

    def place(self, name: str, folder: Path) -> str:
        return str(folder / name)

    def _kept(self, variables: Mapping[str, str], folder: Path) -> dict[str, Any]:
        return {"cwd": folder, "env": {**self.settings(), **variables}}


Machine: TypeAlias = InWine | OnWindows
