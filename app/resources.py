"""Where AP Bridge's own files and programs are, in a clone and in an installed program."""

import sys
from collections.abc import Callable
from pathlib import Path

ENGINE32 = Path("engine32", "apbridge32.exe")
WINDOW = "AP Bridge.exe"
ODBC_DRIVERS = r"SOFTWARE\ODBC\ODBCINST.INI\ODBC Drivers"
SAGE_DRIVER = "MAS 90 4.0 ODBC Driver"


def resource(*parts: str) -> Path:
    """Return the path of a file under `resources`."""
    bundled = getattr(sys, "_MEIPASS", None)
    root = Path(bundled) if bundled else Path(__file__).resolve().parents[1]
    return root.joinpath("resources", *parts)


def own_command() -> tuple[str, ...]:
    """Return the command that starts AP Bridge's terminal program, to which a command's name is added."""
    if getattr(sys, "frozen", False):
        return (str(fitting_engine(Path(sys.executable), has_sage_driver)),)
    # -P: a folder called “app” where the user happens to stand is none of ours.
    return (sys.executable, "-P", "-m", "app")


def command_without_terminal() -> tuple[str, ...]:
    """Return the command with which Windows' Task Scheduler starts AP Bridge.

    It opens a black window for a program with a terminal; so it starts the window's, which hands over to the engine.
    """
    if getattr(sys, "frozen", False):
        return (str(installed_folder(Path(sys.executable)) / WINDOW),)
    return own_command()


def fitting_instead() -> Path | None:
    """Return the engine whose ODBC driver is there, None where this program is that engine or none is installed."""
    if not getattr(sys, "frozen", False):
        return None
    program = Path(sys.executable)
    fitting = fitting_engine(program, has_sage_driver)
    return None if fitting == program else fitting


def fitting_engine(program: Path, has_driver: Callable[[int], bool]) -> Path:
    """Return the engine beside the installed `program`: the 32-bit one where only Sage's 32-bit ODBC driver is there.

    A program reaches only drivers of its own width. `has_driver` tells whether Sage's is there for 64 or 32 bits.
    """
    folder = installed_folder(program)
    narrow = folder / ENGINE32
    return narrow if narrow.exists() and has_driver(32) and not has_driver(64) else folder / "apbridge.exe"


def installed_folder(program: Path) -> Path:
    """Return the folder in which AP Bridge is installed, whose `program` this is."""
    # Windows tells small letters from capitals in no name; and a person may have called the whole folder “engine32”.
    inside = [part.lower() for part in program.parts[-2:]] == list(ENGINE32.parts)
    return program.parent.parent if inside else program.parent


def has_sage_driver(width: int) -> bool:
    """Tell whether Windows knows Sage's ODBC driver for programs of so many bits."""
    found = False
    if sys.platform == "win32":
        import winreg  # only Windows has it

        view = winreg.KEY_WOW64_64KEY if width == 64 else winreg.KEY_WOW64_32KEY
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, ODBC_DRIVERS, 0, winreg.KEY_READ | view) as key:
                winreg.QueryValueEx(key, SAGE_DRIVER)
            found = True
        except OSError:  # not there, or not for this user
            found = False
    return found
