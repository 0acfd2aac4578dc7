"""The window, as a command."""

import argparse

from app.domain.language import say
from app.errors import NeedsUser, Side
from app.settings import Home


def window(home: Home, chosen: argparse.Namespace) -> int:
    """Open the window, with an AP server beside it when there is a demo company."""
    settings = home.load()
    several = len(settings.companies) > 1 and chosen.company is None
    code = None if several else settings.company(chosen.company).code
    if any(company.sage.kind == "demo" for company in settings.companies):
        # Only the demo needs the sandbox, whose AP server lives as long as the window.
        from app.commands.server import served

        with served(home):
            return open_window(home, code)
    return open_window(home, code)


def open_window(home: Home, company: str | None) -> int:
    """Open the window on a company (None: the one that was in front last); return its exit code once it is closed.

    Raises:
        NeedsUser: when Qt is not installed.
    """
    try:
        from app.gui.main import run_window
    except ImportError as error:
        raise NeedsUser(
            "no-qt",
            say("The window cannot be opened"),
            say("Qt is not installed or cannot be loaded ({error}).", error=error),
            say("Install AP Bridge with its window (“pip install apbridge[window]”), or use the commands."),
            side=Side.COMPUTER,
        ) from error
    return run_window(home, company)
