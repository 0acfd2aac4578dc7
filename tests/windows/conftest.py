"""Windows programs for the tests: in Wine, with the prefix and the program that `run.py installer` has made."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DEV = str(ROOT / "resources" / "dev")
if DEV not in sys.path:
    sys.path.insert(0, DEV)

MAKE_IT = "needs Wine and what “python3 resources/dev/run.py installer” makes in it"


@pytest.fixture(scope="session")
def wine() -> Iterator[Any]:
    """Wine, with Windows' Python and the packages in it."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        pytest.skip("there is one Windows, whose programs would get into each other's way: needs “-n0”")
    if not shutil.which("wine") or not shutil.which("wineserver"):
        pytest.skip(MAKE_IT)
    from programs import quietly
    from wine import Wine, cache_folder

    made = Wine(cache_folder() / "wine", quietly)
    if not made.is_ready():
        pytest.skip(MAKE_IT)
    with made:
        yield made


@pytest.fixture(scope="session")
def run_pytest(wine, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., CompletedProcess[str]]:
    """Run pytest under Windows' Python."""
    from wine import windows_path

    def run(*arguments: str, timeout: float = 600) -> CompletedProcess[str]:
        # Its fault handler reports also those errors of RPC that COM then answers.
        fixed = ["-q", "-p", "no:cacheprovider", "-p", "no:faulthandler", "--timeout", "300"]
        fixed += ["-p", "tests.windows.inside.wine_odbc"]
        # For the programs that a test starts: AP Bridge is not installed in that Python.
        variables = {"PYTHONPATH": windows_path(ROOT)}
        return wine.python(["-m", "pytest", *fixed, *arguments], variables, timeout)

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
    """AP Bridge as it is installed in Wine, with a home folder of its own.

    Wine hands ODBC to the drivers of Linux, which do not know Windows' drives. So the folder in which the program runs
    holds a file that is named as Windows names the demo company's, and leads to it.
    """

    def __init__(self, wine, program: str, home: str, folder: Path) -> None:
        self.wine, self.program, self.home, self.folder = wine, program, home, folder
        company = f"{home}\\sandbox\\sage\\MAS_ABC.sqlite"
        link = folder / company
        if not link.is_symlink():
            link.symlink_to(self.unix(company))

    def unix(self, path: str) -> Path:
        """Return where Linux keeps a file of drive C."""
        return self.wine.drive / path.removeprefix("C:\\").replace("\\", "/")

    def run(self, *arguments: str, timeout: float = 180, **variables: str) -> CompletedProcess[str]:
        return self.wine.run(
            [self.program, *arguments], {"APBRIDGE_HOME": self.home, **variables}, timeout, folder=self.folder
        )

    def start(self, *arguments: str, **variables: str):
        return self.wine.start(
            [self.program, *arguments], {"APBRIDGE_HOME": self.home, **variables}, 300, folder=self.folder
        )


@pytest.fixture
def installed_at(wine, tmp_path: Path) -> Callable[..., InstalledProgram]:
    """Make the program at a place of drive C runnable, with its home at another."""

    def at(program: str, home: str) -> InstalledProgram:
        return InstalledProgram(wine, program, home, tmp_path)

    return at


def setup_ended(wine, setup: Path, words: Sequence[str], variables: Mapping[str, str] | None = None) -> int:
    """Run a setup program silently and return its exit code."""
    from wine import windows_path

    status: int = wine.run([windows_path(setup), "/S", *words], variables, 300).returncode
    return status
