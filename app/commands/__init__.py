"""What the commands do, below the parser: each opens the company, runs the engine or shows what the store knows."""

import argparse
import logging
from importlib import import_module

from app.commands.output import open_missing_streams, speak_utf8
from app.commands.trouble import computer_trouble, fault, tell_end
from app.engine import soundness
from app.errors import BridgeError, NeedsUser
from app.language import speak
from app.loading import end_at_once, loading
from app.logs import start_logging
from app.settings import Home

log = logging.getLogger(__name__)

# Module and function of each command; only the chosen one's module is loaded.
_COMMANDS = {
    "window": ("window", "window"),
    "demo": ("demo", "demo"),
    "sync": ("sync", "sync"),
    "preview": ("company", "preview"),
    "send": ("company", "send"),
    "mark-exported": ("settle", "mark_exported"),
    "send-again": ("settle", "send_again"),
    "shorten": ("settle", "shorten"),
    "undo": ("company", "undo"),
    "rebuild": ("rebuild", "rebuild"),
    "status": ("company", "status"),
    "history": ("company", "history"),
    "probe": ("probe", "probe"),
    "selftest": ("selftest", "selftest"),
    "schedule": ("schedule", "schedule"),
    "doctor": ("doctor", "doctor"),
    "support": ("support", "support"),
    "password": ("password", "password"),
    "updates": ("updates", "updates"),
    "forget": ("forget", "forget"),
    "read-ahead": ("ahead", "read_ahead"),
    "sandbox create": ("demo", "create"),
    "sandbox serve": ("server", "serve_world"),
    "sandbox job": ("server", "run_job"),
}

_RUNS = ("sync", "preview", "send", "undo")


def run(chosen: argparse.Namespace) -> int:
    """Run the chosen command; return its exit code. What stops it is told in one sentence on standard error."""
    open_missing_streams()
    speak_utf8()
    home = Home()
    json = getattr(chosen, "json", False)
    try:
        start_logging(home.logs, terminal=not json)
        _choose_language(home)
        module, function = _COMMANDS[chosen.command]
        if chosen.command in _RUNS:
            soundness.begin(home.store_file)
            end_at_once()
        with loading():
            command = getattr(import_module(f"app.commands.{module}"), function)
        return int(command(home, chosen))
    except BridgeError as error:
        return tell_end(error, json=json)
    except OSError as error:
        return tell_end(computer_trouble(home.path, error), json=json)
    except Exception as unknown:  # the last resort: a fault outside a run must not end like “something needs you”
        log.exception("The command ended by a fault in AP Bridge")
        return tell_end(fault(unknown), json=json)


def _choose_language(home: Home) -> None:
    try:
        speak(home.load().language)
    except NeedsUser:
        speak()  # the command tells what is wrong with the settings; so it does in this computer's language
