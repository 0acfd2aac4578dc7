"""The window, as a command."""

import argparse

from app.errors import NeedsUser, Side
from app.settings import CompanySettings, Home


def window(home: Home, chosen: argparse.Namespace) -> int:
    """Open the window on a company, with its AP server beside it when it is the demo company."""
    company = home.load().company(chosen.company)
    if company.sage.kind == "demo":
        # Only the demo needs the sandbox, whose AP server lives as long as the window.
        from app.commands.server import served

        with served(home):
            return open_window(home, company)
    return open_window(home, company)


def open_window(home: Home, company: CompanySettings) -> int:
    """Open the window and return its exit code once it is closed.

    Raises:
        NeedsUser: when Qt is not installed.
    """
    try:
        from app.gui.main import run_window
    except ImportError as error:
        raise NeedsUser(
            "no-qt",
            "The window cannot be opened",
            f"Qt is not installed or cannot be loaded ({error}).",
            "Install AP Bridge with its window (“pip install apbridge[window]”), or use the commands.",
            side=Side.COMPUTER,
        ) from error
    return run_window(home, company.code, demo=company.sage.kind == "demo")
