"""What the uninstaller asks for: no password of AP Bridge stays on this computer, and nothing starts it any more."""

import argparse
import sys

from app.commands.output import write
from app.credentials import SIDES, KeyringCredentials, keyring_is_there
from app.domain.language import say
from app.errors import ExitCode
from app.settings import Home
from app.task_scheduler import TaskScheduler


def forget(home: Home, chosen: argparse.Namespace) -> int:  # noqa: ARG001  # --yes is what the parser insists on
    """Delete the passwords of all companies and the entry in Windows' Task Scheduler; all else stays."""
    windows = TaskScheduler()
    try:
        if keyring_is_there():
            kept = KeyringCredentials()
            for company in home.load().companies:
                for side in SIDES:
                    kept.forget(f"{company.code}/{side}")
    finally:  # neither stays because Windows or the settings refuse the other
        if windows.available:
            windows.remove()
    write(sys.stdout, say("AP Bridge's passwords are deleted from this computer, and nothing starts it by itself.\n"))
    return ExitCode.DONE
