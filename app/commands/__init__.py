"""What the commands do, below the parser: each opens the company, runs the engine or shows what the store knows."""

import argparse
import logging
import sys
from importlib import import_module

from app.errors import BridgeError, ExitCode
from app.logs import start_logging
from app.settings import Home

log = logging.getLogger(__name__)

# Module and function of each command; only the chosen one's module is loaded.
_COMMANDS = {
    "window": ("window", "window"),
    "demo": ("demo", "demo"),
    "sync": ("company", "sync"),
    "preview": ("company", "preview"),
    "send": ("company", "send"),
    "status": ("company", "status"),
    "history": ("company", "history"),
    "sandbox create": ("demo", "create"),
    "sandbox serve": ("server", "serve_world"),
}


def run(chosen: argparse.Namespace) -> int:
    """Run the chosen command; return its exit code. What stops it is told in one sentence on standard error."""
    home = Home()
    try:
        start_logging(home.logs, terminal=not getattr(chosen, "json", False))
        module, function = _COMMANDS[chosen.command]
        return int(getattr(import_module(f"app.commands.{module}"), function)(home, chosen))
    except BridgeError as error:
        log.info("%s: %s %s", error.code, error, error.detail)
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except OSError as error:
        sys.stderr.write(
            f"AP Bridge cannot work in {home.path}: {error.strerror or error}. "
            "Free some space or check the folder's rights, and start again.\n"
        )
        return ExitCode.COMPUTER
