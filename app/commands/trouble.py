"""What stops a command outside a run: told in one sentence, and as an event to programs."""

import errno
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.commands.output import write
from app.domain.language import say
from app.engine.events import Event, Kind
from app.errors import BridgeError, BugError, NeedsUser, Side

log = logging.getLogger(__name__)

_FULL = (errno.ENOSPC, errno.EDQUOT)
_NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)


# What the window offers as a button, by the code with which it is told.
_COMMANDS = {
    "store-damaged": "apbridge rebuild --anew",
    "legal-entity-changed": "apbridge rebuild",
    "sage-not-looked-into": "apbridge rebuild",
}


def with_command(sentence: str, code: str) -> str:
    """Return the sentence about an error called `code` with the command that does what the window has a button for."""
    command = _COMMANDS.get(code)
    return say("{sentence} (Rebuild is “{command}” here.)", sentence=sentence, command=command) if command else sentence


def tell_end(error: BridgeError, *, json: bool, company: str = "") -> int:
    """Tell on standard error what stopped the command, to programs also as the event of a run's end.

    Returns the exit code. The event names no run: none had begun, or it could not be told to its end; `company` is
    named in it where there are several.
    """
    log.info("%s: %s %s", error.code, error, error.detail)
    write(sys.stderr, f"{with_command(str(error), error.code)}\n")
    if json:
        data = {
            "outcome": "failed",
            "exit_code": int(error.exit_code),
            "code": error.code,
            "title": error.title,
            "message": error.message,
            "fix": error.fix,
            "summary": {},
            **({"company": company} if company else {}),
        }
        try:
            write(sys.stdout, Event("", datetime.now(UTC), Kind.RUN_FINISHED, data).line() + "\n")
        except NeedsUser as lost:  # the sentence above has been told; the exit code says the rest
            log.info("%s %s", lost, lost.detail)
    return error.exit_code


def computer_trouble(folder: Path, error: OSError) -> BridgeError:
    """Return what the operating system refused, in words that fit; `folder` is where AP Bridge keeps its files."""
    where = error.filename or folder
    if error.errno in _FULL:
        code, title = "disk-full", say("The disk is full")
        message, fix = say("There is no room left for {where}.", where=where), say("Free some space, and start again.")
    elif error.errno in _NOT_ALLOWED:
        code, title = "not-allowed", say("AP Bridge may not work in its folder")
        message = say("This computer does not let it use {where} ({strerror}).", where=where, strerror=error.strerror)
        fix = say(
            "Ask for the right to write in {folder}, close what holds its files open, and start again.", folder=folder
        )
    else:
        code, title = "computer", say("AP Bridge cannot work in {folder}", folder=folder)
        message = say("This computer says: {error}.", error=error)
        fix = say("Put that right and start again; if it stays, send the log to support.")
    return NeedsUser(code, title, message, fix, side=Side.COMPUTER, detail=repr(error))


def fault(error: Exception) -> BridgeError:
    """Return what a command tells that ends by a fault of AP Bridge outside a run."""
    return BugError(
        "bug",
        say("AP Bridge made a mistake"),
        say("Something happened that it does not know how to handle ({name}).", name=type(error).__name__),
        say("Start again. If it happens once more, send the log to support."),
        side=Side.COMPUTER,
        detail=repr(error),
    )
