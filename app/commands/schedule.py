"""The schedule, as a command: what it says, and Windows' entry that keeps it while the window is closed."""

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime

import orjson

from app.commands.output import write
from app.commands.told import tell_done
from app.domain.language import say
from app.engine.held_back import Why, note_held_back
from app.engine.store import Store
from app.errors import ExitCode
from app.resources import command_without_terminal
from app.schedule import describe, next_due
from app.settings import Home
from app.task_scheduler import TaskScheduler


def schedule(home: Home, chosen: argparse.Namespace) -> int:
    """Show the schedule, make or remove the entry in Windows' Task Scheduler, or note what was held back."""
    if chosen.what == "note":
        return _note(home, chosen)
    settings, windows = home.load().schedule, TaskScheduler()
    if chosen.what != "show":
        settings = replace(settings, when_closed=chosen.what == "install")
        windows.keep(settings, command_without_terminal())
        home.save(replace(home.load(), schedule=settings))
    installed, following = windows.entry() is not None, next_due(settings, datetime.now(UTC))
    if chosen.json:
        told = {
            "on": settings.on,
            "paused": settings.paused,
            "schedule": describe(settings),
            "next": following.astimezone() if following else None,
            "task_scheduler": {"available": windows.available, "installed": installed},
        }
        write(sys.stdout, orjson.dumps(told).decode() + "\n")
        return ExitCode.DONE
    lines = [describe(settings)]
    if settings.paused:
        lines.append(
            say("It is paused. To go on, take the tick off Pause in the notification area, or in Settings > Schedule.")
        )
    elif following is not None:
        lines.append(say("The next sync is on {when}.", when=f"{following.astimezone():%Y-%m-%d %H:%M}"))
    if not windows.available:
        lines.append(say("It is kept while the window is open; on Windows, Task Scheduler can keep it when it is not."))
    elif installed:
        lines.append(say("Windows' Task Scheduler keeps it also while the window is closed."))
    else:
        lines.append(say("It is kept while the window is open; “apbridge schedule install” also keeps it otherwise."))
    write(sys.stdout, "\n".join(lines) + "\n")
    return ExitCode.DONE


def _note(home: Home, chosen: argparse.Namespace) -> int:
    """Note that scheduled syncs of a company were held back."""
    if chosen.due is None:
        sys.stderr.write(say("Say with “--due” when it was due.\n"))
        return ExitCode.USAGE
    company = home.load().company(chosen.company)
    keep_note(home, company.code, chosen.due, Why(chosen.why), chosen.times)
    if chosen.json:
        tell_done({})
    return ExitCode.DONE


def keep_note(home: Home, company: str, due: datetime, why: Why, times: int = 1) -> None:
    """Keep a note that scheduled syncs of a company were held back."""
    store = Store(home.store_file)
    try:
        note_held_back(store, company, due, why, datetime.now(UTC), times)
    finally:
        store.close()
