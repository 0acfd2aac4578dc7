"""The schedule, as a command: what it says, and Windows' entry that keeps it while the window is closed."""

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime

import orjson

from app.commands.output import write
from app.domain.language import say
from app.errors import ExitCode
from app.resources import own_command
from app.schedule import describe, next_due
from app.settings import Home
from app.task_scheduler import TaskScheduler


def schedule(home: Home, chosen: argparse.Namespace) -> int:
    """Show the schedule, or make or remove the entry in Windows' Task Scheduler."""
    settings, windows = home.load().schedule, TaskScheduler()
    if chosen.what != "show":
        settings = replace(settings, when_closed=chosen.what == "install")
        windows.keep(settings, own_command())
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
        lines.append(say("It is paused: choose Go On in the notification area, or in Settings."))
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
