"""The repository's .venv: made once, brought up to date when pyproject.toml changes, otherwise left alone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from programs import Run, SetupError

Version = tuple[int, int]
PYTHONS: tuple[Version, ...] = ((3, 13), (3, 12), (3, 11))
THIS: Version = (sys.version_info[0], sys.version_info[1])


class Python(NamedTuple):
    """A Python that really starts: its program, its version, and whether the module asked for is there."""

    program: str
    version: Version
    has_module: bool


def ask(run: Run, command: Sequence[str], module: str) -> Python | None:
    """Return what `command` starts; None when it starts nothing, like a version manager's empty shim."""
    question = (
        "import importlib.util, sys; base = getattr(sys, '_base_executable', None) or sys.executable; "
        f"print(*sys.version_info[:2], bool(importlib.util.find_spec({module!r})), base, sep='|')"
    )
    try:
        answer = run([*command, "-c", question])
    except OSError:
        return None
    fields = answer.stdout.strip().split("|", 3)
    if answer.returncode or len(fields) != 4:
        return None
    major, minor, has_module, program = fields
    return Python(program, (int(major), int(minor)), has_module == "True")


def find_python(run: Run, which: Callable[[str], str | None] = shutil.which) -> Python:
    """Return the Python running this script, or another one of this computer when that is too old or too new.

    Its `has_module` tells whether ensurepip is there, which Debian and Ubuntu keep in a package of its own.
    """
    commands = [[sys.executable]]
    for major, minor in PYTHONS:
        named = which(f"python{major}.{minor}")
        commands += [[named]] if named else []
        commands += [["py", f"-{major}.{minor}"]] if os.name == "nt" and which("py") else []
    for command in commands:
        python = ask(run, command, "ensurepip")
        if python and python.version in PYTHONS:
            return python
    this = ".".join(map(str, THIS))
    raise SetupError(f"AP Bridge needs Python 3.11, 3.12 or 3.13; this is {this}. Install one of them and try again.")


class Stamp(NamedTuple):
    """What a finished .venv was set up for. A copied or moved one still points to the old `root`."""

    root: str
    python: Version
    project: str
    extras: tuple[str, ...]

    def covers(self, wanted: Stamp) -> bool:
        """Tell whether nothing that is wanted is missing; more extras than wanted do no harm."""
        return self[:3] == wanted[:3] and set(wanted.extras) <= set(self.extras)


def read_stamp(file: Path) -> Stamp | None:
    """Return the stamp; None when there is none, or the empty one of a set-up that broke off."""
    try:
        root, python, project, extras = json.loads(file.read_text("utf-8"))
        return Stamp(root, tuple(python), project, tuple(extras))
    except (FileNotFoundError, ValueError, TypeError):
        return None


class VirtualEnvironment:
    """The .venv in the folder `root`; `this` is the version of the Python that it is set up from."""

    def __init__(self, root: Path, run: Run, this: Version = THIS) -> None:
        self._root, self._run, self._this = root, run, this
        self.folder = root / ".venv"
        self.python = self.program("python")
        self._stamp_file = self.folder / "apbridge.stamp"
        self._stamp = read_stamp(self._stamp_file)
        self._project = hashlib.sha256((root / "pyproject.toml").read_bytes()).hexdigest()

    def program(self, name: str) -> str:
        """Return where one of its programs is."""
        folder, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
        return str(self.folder / folder / (name + suffix))

    def is_ready(self, extras: Sequence[str]) -> bool:
        """Tell, without starting a program, whether nothing is to be done."""
        if self._stamp is None or not Path(self.python).exists() or not self._fits(self._stamp.python):
            return False
        return self._stamp.covers(self._wanted(extras, self._stamp.python))

    def is_sound(self) -> bool:
        """Tell whether it can be built on: its Python starts, has pip, and no set-up broke off in it."""
        unfinished = self._stamp is None and self._stamp_file.exists()
        moved = self._stamp is not None and self._stamp.root != str(self._root)
        if unfinished or moved or not Path(self.python).exists():
            return False
        python = ask(self._run, [self.python], "pip")
        return python is not None and python.has_module and self._fits(python.version)

    def create(self, python: Python) -> None:
        """Make it anew, empty, in place of what is there; it counts as unfinished until `install` is done."""
        try:
            if self.folder.exists():
                shutil.rmtree(self.folder)
            self.folder.mkdir()
        except OSError as error:
            raise SetupError(f"{self.folder} cannot be replaced ({error}). Close AP Bridge and try again.") from error
        self._mark(None)
        self._must([python.program, "-m", "venv", str(self.folder)], "The virtual environment could not be made")

    def install(self, extras: Sequence[str]) -> None:
        """Install the project with `extras` and those it already had; the stamp comes last.

        When pip fails, the old stamp comes back: pip has put back the packages that it had replaced.
        """
        python = ask(self._run, [self.python], "pip")
        if python is None:
            raise SetupError(f"{self.python} does not start. Remove {self.folder} and try again.")
        before = self._stamp
        together = sorted({*extras, *(before.extras if before else ())})
        self._mark(None)
        pip = [self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        try:
            self._must([*pip, "--editable", f".[{','.join(together)}]"], "The packages could not be installed")
        except SetupError:
            self._mark(before)
            raise
        self._mark(self._wanted(together, python.version))

    def _fits(self, version: Version) -> bool:
        return version == self._this if self._this in PYTHONS else version in PYTHONS

    def _wanted(self, extras: Sequence[str], python: Version) -> Stamp:
        return Stamp(str(self._root), python, self._project, tuple(extras))

    def _mark(self, stamp: Stamp | None) -> None:
        self._stamp = stamp
        self._stamp_file.write_text(json.dumps(stamp) if stamp else "", "utf-8")

    def _must(self, command: Sequence[str], otherwise: str) -> None:
        done = self._run(command)
        if done.returncode:
            raise SetupError(f"{done.stdout.rstrip()}\n{otherwise}; the reason is above.")


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the lock of the set-up; a second run waits here, and then finds everything ready."""
    with (root / ".venv.lock").open("w") as file:
        if sys.platform == "win32":
            import msvcrt

            locked = False
            while not locked:
                with suppress(OSError):  # after ten seconds Windows gives up; the other set-up may take longer
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    locked = True
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
