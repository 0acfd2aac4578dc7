"""The entry in Windows' Task Scheduler that syncs while the window is closed; elsewhere there is none."""

import csv
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from xml.etree import ElementTree as Xml

from app.consoles import no_new_console
from app.domain.language import say
from app.errors import NeedsUser, Side, StopRun
from app.schedule import ScheduleSettings

# What the entry was called when there was one for the whole computer.
NAME_FOR_ALL = "AP Bridge\\Sync"
# What Windows takes in no name of an entry.
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')
NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


def run_program(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end and return what it said."""
    return subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=60,
        check=False,
        creationflags=no_new_console(),
    )


def entry_name(variables: Mapping[str, str]) -> str:
    """Return what the entry of the user is called whom the environment `variables` name."""
    user, domain = (_NOT_IN_NAMES.sub("_", variables.get(name, "")) for name in ("USERNAME", "USERDOMAIN"))
    return f"AP Bridge\\Sync of {user} ({domain})"


class TaskScheduler:
    """Makes, shows and removes the user's entry through `schtasks`.

    The entry belongs to the user who made it and runs only while that user is signed in, as the keyring is open then.
    Entries have one set of names for the whole computer, so each user's has its own, `name`.
    """

    def __init__(
        self, run: Run = run_program, platform: str = sys.platform, variables: Mapping[str, str] = os.environ
    ) -> None:
        self._run = run
        self.name = entry_name(variables)
        self.available = platform == "win32"

    def entry(self) -> str | None:
        """Return the entry's definition as XML, None when there is no entry or no Task Scheduler."""
        if not self.available:
            return None
        return self._definition(self.name) or self._older_entry()

    def keep(self, schedule: ScheduleSettings, command: Sequence[str]) -> None:
        """Make the entry as `schedule` wants it, or remove it where it wants none.

        Raises:
            NeedsUser, StopRun: as `install` and `remove`.
        """
        if schedule.when_closed:
            self.install(schedule, command)
        else:
            self.remove()

    def install(self, schedule: ScheduleSettings, command: Sequence[str]) -> None:
        """Make the entry for `schedule`, in place of an older one; `command` starts AP Bridge's terminal program.

        Raises:
            NeedsUser: when there is no schedule, or no Task Scheduler.
            StopRun: when Windows refuses the entry.
        """
        self._must_be_available()
        if not schedule.on:
            raise NeedsUser(
                "schedule-off",
                say("There is no schedule"),
                say("Windows can only start a sync whose times are known."),
                say("Switch the schedule on in Settings, and try again."),
                side=Side.COMPUTER,
            )
        descriptor, file = tempfile.mkstemp(suffix=".xml")
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.write(task_xml(schedule, command, date.today()))  # noqa: DTZ011  # the user's own day
            self._ask("/Create", "/TN", self.name, "/XML", file, "/F")
        finally:
            Path(file).unlink()
        if self._older_entry() is not None:
            self._delete(NAME_FOR_ALL)

    def remove(self) -> bool:
        """Remove the entry; return whether there was one.

        Raises:
            NeedsUser: when there is no Task Scheduler.
            StopRun: when Windows refuses.
        """
        self._must_be_available()
        own, older = self._definition(self.name), self._older_entry()
        if own is not None:
            self._delete(self.name)
        if older is not None:
            self._delete(NAME_FOR_ALL)
        return own is not None or older is not None

    def _older_entry(self) -> str | None:
        """Return the definition of the entry for all where it is this user's: an administrator sees others' too."""
        xml = self._definition(NAME_FOR_ALL)
        if xml is None:
            return None
        answer = self._run(("whoami", "/user", "/fo", "csv", "/nh"))
        names = next(csv.reader([answer.stdout]), [])
        owner = re.search(r"<UserId>(.*?)</UserId>", xml)
        return xml if owner and owner[1].lower() in {name.strip().lower() for name in names} else None

    def _definition(self, name: str) -> str | None:
        answer = self._run(("schtasks", "/Query", "/TN", name, "/XML"))
        return answer.stdout if answer.returncode == 0 else None

    def _delete(self, name: str) -> None:
        self._ask("/Delete", "/TN", name, "/F")

    def _ask(self, *words: str) -> None:
        answer = self._run(("schtasks", *words))
        if answer.returncode != 0:
            reason = (answer.stderr or answer.stdout).strip() or say("no reason was given")
            raise StopRun(
                "task-scheduler-refused",
                say("Windows did not take the schedule"),
                say("Its Task Scheduler says: {reason}", reason=reason),
                say("Ask who looks after this computer whether you may add tasks. Until then AP Bridge syncs by "
                    "itself while its window is open."),
                side=Side.COMPUTER,
                detail=reason,
            )  # fmt: skip

    def _must_be_available(self) -> None:
        if not self.available:
            raise NeedsUser(
                "only-on-windows",
                say("This is possible only on Windows"),
                say("Task Scheduler, which syncs while the window is closed, is a part of Windows."),
                say("Here AP Bridge syncs by itself while its window is open."),
                side=Side.COMPUTER,
            )


def task_xml(schedule: ScheduleSettings, command: Sequence[str], today: date) -> bytes:
    """Return the entry's definition: when `schedule` says, from `today` on, sync all companies.

    A start that was missed while the computer slept or was off is caught up once (StartWhenAvailable).
    """
    Xml.register_namespace("", NAMESPACE)
    task = Xml.Element(f"{{{NAMESPACE}}}Task", {"version": "1.2"})
    _add(task, "RegistrationInfo", Description="AP Bridge: syncs Sage 100 and Quadient AP; sends nothing to Sage.")
    triggers = _add(task, "Triggers")
    for clock in (schedule.earliest,) if schedule.every_minutes else sorted(set(schedule.times)):
        trigger = _add(triggers, "CalendarTrigger")
        if schedule.every_minutes:
            _add(
                trigger,
                "Repetition",
                Interval=f"PT{schedule.every_minutes}M",
                Duration=f"PT{_minutes(schedule.earliest, schedule.latest)}M",
                StopAtDurationEnd="false",
            )
        _add(trigger, "StartBoundary").text = datetime.combine(today, time.fromisoformat(clock)).isoformat()
        _add(trigger, "Enabled").text = "true"
        weekly = _add(trigger, "ScheduleByWeek", WeeksInterval="1")
        days = _add(weekly, "DaysOfWeek")
        for day in schedule.weekdays:
            _add(days, _DAYS[day])
    principals = _add(task, "Principals")
    principal = _add(principals, "Principal", LogonType="InteractiveToken", RunLevel="LeastPrivilege")
    principal.set("id", "Author")
    _add(
        task,
        "Settings",
        MultipleInstancesPolicy="IgnoreNew",
        DisallowStartIfOnBatteries="false",
        StopIfGoingOnBatteries="false",
        StartWhenAvailable="true",
        Enabled="true",
        ExecutionTimeLimit="PT4H",
    )
    actions = _add(task, "Actions")
    actions.set("Context", "Author")
    words = subprocess.list2cmdline((*command[1:], "sync", "--all", "--scheduled"))
    _add(actions, "Exec", Command=command[0], Arguments=words)
    # schtasks reads UTF-16 with its mark, as it writes it.
    made: bytes = Xml.tostring(task, encoding="utf-16", xml_declaration=True)
    return made


def _add(parent: Xml.Element, name: str, **children: str) -> Xml.Element:
    made = Xml.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    for child, text in children.items():
        Xml.SubElement(made, f"{{{NAMESPACE}}}{child}").text = text
    return made


def _minutes(earliest: str, latest: str) -> int:
    """Return the length of the day's window; one minute more, so that a start at its very end is within."""
    first, last = (datetime.combine(date.min, time.fromisoformat(each)) for each in (earliest, latest))
    return (last - first) // timedelta(minutes=1) + 1
