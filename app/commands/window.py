"""The window, as a command."""

import argparse
import sys
from typing import TYPE_CHECKING

from app.commands.output import write
from app.domain.language import say
from app.errors import ExitCode, NeedsUser, Side
from app.settings import Home

if TYPE_CHECKING:
    from app.gui.setup.wizard import Connected


def window(home: Home, chosen: argparse.Namespace) -> int:
    """Open the window, with an AP server beside it when there is a demo company; before that, connect the first one."""
    if open_already(home, chosen.company or ""):
        return ExitCode.DONE
    return first_start_again(home, _opened(home, chosen.company))


def first_start_again(home: Home, ended: int | None) -> int:
    """Show the wizard as often as the last company was removed in the window that `ended`; return the exit code."""
    while ended is not None and _none_left(home):
        ended = _opened(home, None)
    return ExitCode.DONE if ended is None else ended


def _opened(home: Home, company: str | None) -> int | None:
    """Open the window and return its exit code once it is closed, None when the wizard before it was left."""
    settings = home.load()
    begin_with = ""
    if not settings.companies and company is None:
        connected = _set_up(home)
        if connected is None:
            return None
        settings, begin_with = home.load(), connected.command
    several = len(settings.companies) > 1 and company is None
    code = None if several else settings.company(company).code
    if any(company.sage.kind == "demo" for company in settings.companies):
        # Only the demo needs the sandbox, whose AP server lives as long as the window.
        from app.commands.server import served

        with served(home):
            return open_window(home, code, begin_with)
    return open_window(home, code, begin_with)


def _none_left(home: Home) -> bool:
    try:
        return not home.load().companies
    except NeedsUser:  # told in the window that was just closed
        return False


def open_already(home: Home, company: str = "") -> bool:
    """Bring the window that is open on `home` to the front, with `company` where one is named, and say so.

    Returns whether there is one.
    """
    try:
        from app.gui.instance import brought_to_front
    except ImportError:  # told where the window is to be opened
        return False
    if not brought_to_front(home, company):
        return False
    write(sys.stdout, say("AP Bridge is open already; its window comes to the front.") + "\n")
    return True


def _set_up(home: Home) -> "Connected | None":
    """Show the wizard; return what it has connected, None when the user left it."""
    try:
        from app.gui.setup.first_start import run_setup
    except ImportError as error:
        raise _no_qt(error) from error
    return run_setup(home)


def open_window(home: Home, company: str | None, begin_with: str = "") -> int:
    """Open the window on a company (None: the one that was in front last); return its exit code once it is closed.

    `begin_with` is a command that it is to begin with.

    Raises:
        NeedsUser: when Qt is not installed.
    """
    try:
        from app.gui.main import run_window
    except ImportError as error:
        raise _no_qt(error) from error
    return run_window(home, company, begin_with=begin_with)


def _no_qt(error: ImportError) -> NeedsUser:
    return NeedsUser(
        "no-qt",
        say("The window cannot be opened"),
        say("Qt is not installed or cannot be loaded ({error}).", error=error),
        say("Install AP Bridge with its window (“pip install apbridge[window]”), or use the commands."),
        side=Side.COMPUTER,
    )
