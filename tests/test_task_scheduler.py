"""The entry in Windows' Task Scheduler: its definition as text, and the calls of schtasks."""

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from app.errors import NeedsUser, StopRun
from app.schedule import ScheduleSettings
from app.task_scheduler import NAME_FOR_ALL, NAMESPACE, TaskScheduler, entry_name, task_xml

TWICE = ScheduleSettings(on=True, times=("13:00", "08:00"), weekdays=("mon", "fri"), when_closed=True)
COMMAND = ("C:\\Program Files\\AP Bridge\\apbridge.exe",)
TODAY = date(2026, 11, 25)


def parsed(xml: bytes) -> Xml.Element:
    return Xml.fromstring(xml)  # noqa: S314  # our own


def texts(xml: bytes, path: str) -> list[str | None]:
    spaced = "/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/"))
    return [each.text for each in parsed(xml).findall(f".//{spaced}")]


def test_every_time_of_day_is_a_weekly_trigger() -> None:
    xml = task_xml(TWICE, COMMAND, TODAY)
    assert texts(xml, "CalendarTrigger/StartBoundary") == ["2026-11-25T08:00:00", "2026-11-25T13:00:00"]
    days = parsed(xml).findall(f".//{{{NAMESPACE}}}DaysOfWeek")
    assert [[day.tag.removeprefix(f"{{{NAMESPACE}}}") for day in each] for each in days] == [["Monday", "Friday"]] * 2


def test_every_so_many_minutes_is_a_repetition_within_the_day() -> None:
    xml = task_xml(replace(TWICE, every_minutes=30, earliest="07:30", latest="18:00"), COMMAND, TODAY)
    assert texts(xml, "CalendarTrigger/StartBoundary") == ["2026-11-25T07:30:00"]
    assert texts(xml, "Repetition/Interval") == ["PT30M"]
    assert texts(xml, "Repetition/Duration") == ["PT631M"]


def test_entry_catches_up_runs_once_at_a_time_and_only_for_the_user_who_is_signed_in() -> None:
    xml = task_xml(TWICE, COMMAND, TODAY)
    assert texts(xml, "Settings/StartWhenAvailable") == ["true"]
    assert texts(xml, "Settings/MultipleInstancesPolicy") == ["IgnoreNew"]
    assert texts(xml, "Settings/DisallowStartIfOnBatteries") == ["false"]
    assert texts(xml, "Principal/LogonType") == ["InteractiveToken"]
    assert texts(xml, "Principal/RunLevel") == ["LeastPrivilege"]


def test_entry_syncs_what_is_due_and_sends_nothing() -> None:
    xml = task_xml(TWICE, (*COMMAND, "-P", "a b"), TODAY)
    assert texts(xml, "Exec/Command") == list(COMMAND)
    assert texts(xml, "Exec/Arguments") == ['-P "a b" sync --all --scheduled']


def test_definition_is_utf_16_with_its_mark_and_in_the_order_that_windows_wants() -> None:
    xml = task_xml(TWICE, COMMAND, TODAY)
    assert xml[:2] in (b"\xff\xfe", b"\xfe\xff")
    names = [each.tag.removeprefix(f"{{{NAMESPACE}}}") for each in parsed(xml)]
    assert names == ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"]


SIDS = {"jane": "S-1-5-21-1-2-3-1001", "luc": "S-1-5-21-1-2-3-1002"}


class FakeSchtasks:
    """Keeps the entries of a computer, as schtasks would, and shows them to everybody, as to an administrator.

    `user` is who is signed in; `refusal` is why it takes nothing.
    """

    def __init__(self, refusal: str = "", user: str = "jane") -> None:
        self.refusal, self.user = refusal, user
        self.entries: dict[str, str] = {}
        self.files: list[Path] = []

    @property
    def definition(self) -> str | None:
        """The only entry that there is."""
        assert len(self.entries) <= 1
        return next(iter(self.entries.values()), None)

    def __call__(self, command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        if command[0] == "whoami":
            return self._answer(0, f'"acme\\{self.user}","{SIDS[self.user]}"\n')
        program, verb, tn, name, *rest = command
        assert (program, tn) == ("schtasks", "/TN")
        if verb == "/Query":
            return self._answer(0 if name in self.entries else 1, self.entries.get(name, ""))
        if self.refusal:
            return self._answer(1, "", self.refusal)
        assert rest[-1] == "/F", "it would ask"
        if verb == "/Create":
            self.files.append(Path(rest[1]))
            # Windows writes down whose it is.
            owner = f"<LogonType>InteractiveToken</LogonType><UserId>{SIDS[self.user]}</UserId>"
            kept = self.files[-1].read_bytes().decode("utf-16")
            self.entries[name] = kept.replace("<LogonType>InteractiveToken</LogonType>", owner)
        else:
            del self.entries[name]
        return self._answer(0, "SUCCESS")

    def _answer(self, code: int, out: str, err: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.CompletedProcess((), code, out, err)


def windows_of(schtasks: FakeSchtasks, user: str) -> TaskScheduler:
    """Return the Task Scheduler as `user` has it, who is signed in from now on."""
    schtasks.user = user
    return TaskScheduler(schtasks, "win32", {"USERNAME": user, "USERDOMAIN": "ACME"})


def made_by_an_older_version(schtasks: FakeSchtasks, user: str) -> None:
    windows_of(schtasks, user).install(TWICE, COMMAND)
    schtasks.entries[NAME_FOR_ALL] = schtasks.entries.pop(entry_name({"USERNAME": user, "USERDOMAIN": "ACME"}))


def test_entry_is_made_changed_shown_and_removed_and_no_file_is_left() -> None:
    schtasks = FakeSchtasks()
    windows = TaskScheduler(schtasks, "win32")
    assert windows.entry() is None
    windows.keep(TWICE, COMMAND)
    assert "T13:00:00" in (windows.entry() or "")
    windows.keep(replace(TWICE, times=("09:00",)), COMMAND)
    assert "T13:00:00" not in (windows.entry() or "")
    assert "T09:00:00" in (windows.entry() or "")
    windows.keep(replace(TWICE, when_closed=False), COMMAND)
    assert windows.entry() is None
    assert not windows.remove()
    assert not any(file.exists() for file in schtasks.files)


def test_each_user_of_a_computer_has_an_entry_of_their_own() -> None:
    schtasks = FakeSchtasks()
    windows_of(schtasks, "jane").install(TWICE, COMMAND)
    assert windows_of(schtasks, "luc").entry() is None
    windows_of(schtasks, "luc").install(replace(TWICE, times=("09:00",)), COMMAND)
    assert set(schtasks.entries) == {"AP Bridge\\Sync of jane (ACME)", "AP Bridge\\Sync of luc (ACME)"}
    assert windows_of(schtasks, "luc").remove()
    assert set(schtasks.entries) == {"AP Bridge\\Sync of jane (ACME)"}


def test_what_windows_takes_in_no_name_is_left_out() -> None:
    assert entry_name({"USERNAME": 'a/b:c*d?"<e>|', "USERDOMAIN": "X\\Y"}) == "AP Bridge\\Sync of a_b_c_d___e__ (X_Y)"


def test_users_entry_of_the_older_name_is_shown_and_replaced_by_the_next_change() -> None:
    schtasks = FakeSchtasks()
    made_by_an_older_version(schtasks, "jane")
    assert "T13:00:00" in (windows_of(schtasks, "jane").entry() or "")
    windows_of(schtasks, "jane").install(replace(TWICE, times=("09:00",)), COMMAND)
    assert set(schtasks.entries) == {"AP Bridge\\Sync of jane (ACME)"}
    assert "T09:00:00" in (schtasks.definition or "")


def test_users_entry_of_the_older_name_is_removed() -> None:
    schtasks = FakeSchtasks()
    made_by_an_older_version(schtasks, "jane")
    assert windows_of(schtasks, "jane").remove()
    assert schtasks.entries == {}


def test_another_users_entry_of_the_older_name_is_left_alone() -> None:
    schtasks = FakeSchtasks()
    made_by_an_older_version(schtasks, "jane")
    windows = windows_of(schtasks, "luc")
    assert windows.entry() is None
    assert not windows.remove()
    windows.install(TWICE, COMMAND)
    assert set(schtasks.entries) == {NAME_FOR_ALL, "AP Bridge\\Sync of luc (ACME)"}


def test_refusal_of_windows_is_told_in_its_words() -> None:
    schtasks = FakeSchtasks("ERROR: Access is denied.")
    with pytest.raises(StopRun, match="Access is denied") as refused:
        TaskScheduler(schtasks, "win32").install(TWICE, COMMAND)
    assert "while its window is open" in refused.value.fix


def test_without_a_schedule_there_is_nothing_to_install() -> None:
    with pytest.raises(NeedsUser, match="There is no schedule"):
        TaskScheduler(FakeSchtasks(), "win32").install(replace(TWICE, on=False), COMMAND)


def test_elsewhere_than_on_windows_it_says_so_and_nothing_is_called() -> None:
    def nothing(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        raise AssertionError(command)

    windows = TaskScheduler(nothing, "linux")
    assert windows.entry() is None
    for refuse in (lambda: windows.install(TWICE, COMMAND), windows.remove):
        with pytest.raises(NeedsUser, match="only on Windows"):
            refuse()
