"""Windows programs for the tests: started directly on Windows, elsewhere in Wine; `run.py installer` has made them."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from subprocess import DEVNULL, CompletedProcess

import pytest

from tests.windows.machine import ROOT, InWine, Machine, OnWindows

MAKE_IT = "needs what “python3 resources/dev/run.py installer” makes (elsewhere than on Windows, in Wine)"

# They run in a Python of their own, which test_python.py starts.
collect_ignore = ["inside"]


@pytest.fixture(scope="session")
def windows() -> Iterator[Machine]:
    """Windows, with Python and the packages in it."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        pytest.skip("there is one Windows, whose programs would get into each other's way: needs “-n0”")
    if os.name == "nt":
        yield OnWindows()
        return
    if not shutil.which("wine") or not shutil.which("wineserver"):
        pytest.skip(MAKE_IT)
    made = InWine()
    if not made.is_ready():
        pytest.skip(MAKE_IT)
    with made:
        yield made


@pytest.fixture(scope="session")
def run_pytest(windows: Machine) -> Callable[..., CompletedProcess[str]]:
    """Run pytest under Windows' Python."""

    def run(*arguments: str, timeout: float = 600) -> CompletedProcess[str]:
        # Its fault handler reports also those errors of RPC that COM then answers.
        fixed = ["-q", "-p", "no:cacheprovider", "-p", "no:faulthandler", "--timeout", "300"]
        fixed += ["-p", "tests.windows.inside.wine_odbc"]
        # For the programs that a test starts: AP Bridge is not installed in that Python.
        variables = {"PYTHONPATH": windows.named(ROOT)}
        return windows.python(["-m", "pytest", *fixed, *arguments], variables, timeout)

    return run


@pytest.fixture(scope="session")
def setup_program() -> Path:
    """The setup program of the program that was built last."""
    from windows_build import setup_file

    file: Path = setup_file()
    if not file.exists():
        pytest.skip(MAKE_IT)
    return file


class InstalledProgram:
    """AP Bridge as it is installed, with a home folder of its own; what it says must be UTF-8.

    Wine hands ODBC to the drivers of Linux, which do not know Windows' drives. So there the folder in which the program
    runs holds a file that is named as Windows names the demo company's, and leads to it.
    """

    def __init__(self, windows: Machine, program: str, home: str, folder: Path) -> None:
        self.windows, self.program, self.home, self.folder = windows, program, home, folder
        company = f"{home}\\sandbox\\sage\\MAS_ABC.sqlite"
        link = folder / company
        if windows.is_wine and not link.is_symlink():
            link.symlink_to(windows.on_disk(company))

    @property
    def data(self) -> Path:
        """The home folder."""
        return self.windows.on_disk(self.home)

    def run(self, *arguments: str, timeout: float = 180, **variables: str) -> CompletedProcess[str]:
        given = {"APBRIDGE_HOME": self.home, **variables}
        return self.windows.run([self.program, *arguments], given, timeout, self.folder, "strict")

    def start(self, *arguments: str, stdin: int = DEVNULL, **variables: str):
        given = {"APBRIDGE_HOME": self.home, **variables}
        return self.windows.start([self.program, *arguments], given, 300, self.folder, "strict", stdin)


@pytest.fixture
def installed_at(windows: Machine, tmp_path: Path) -> Callable[..., InstalledProgram]:
    """Make the program at a place of Windows runnable, with its home at another."""

    def at(program: str, home: str) -> InstalledProgram:
        return InstalledProgram(windows, program, home, tmp_path)

    return at


def setup_ended(windows: Machine, setup: Path, words: Sequence[str], variables: Mapping[str, str] | None = None) -> int:
    """Run a setup program silently and return its exit code."""
    return windows.run([windows.named(setup), "/S", *words], variables, 300).returncode
