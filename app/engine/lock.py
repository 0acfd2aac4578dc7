"""One run a company at a time: an operating system lock that a dead process cannot keep."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from filelock import FileLock, Timeout

from app.domain.language import say
from app.domain.words import minute
from app.errors import CompanyBusy, Side


@dataclass(frozen=True, slots=True)
class Holder:
    """The run that holds a company; `command` is empty and `since` None where it could not be read."""

    command: str = ""
    process: int = 0
    since: datetime | None = None


@contextmanager
def company_lock(folder: Path, company: str, command: str, now: datetime) -> Iterator[None]:
    """Hold the company for the time of a run.

    Raises:
        CompanyBusy: when another run holds it; the message says which.
    """
    folder.mkdir(parents=True, exist_ok=True)
    note = _note(folder, company)
    try:
        with FileLock(folder / f"{company}.lock", timeout=0):
            note.write_bytes(orjson.dumps({"command": command, "process": os.getpid(), "since": now}))
            try:
                yield
            finally:
                # Windows lets nobody delete what another just reads; a note without its lock holds nothing.
                with suppress(PermissionError):
                    note.unlink(missing_ok=True)
    except Timeout as error:
        raise CompanyBusy(
            "company-busy",
            say("Company {company} is busy", company=company),
            say("{who} One run at a time may work on a company, so that nothing is sent twice.", who=_who(_read(note))),
            say("Wait until it is done, or cancel it, and start again."),
            side=Side.COMPUTER,
        ) from error


def holder(folder: Path, company: str) -> Holder | None:
    """Return which run holds the company now, None when none does.

    A note without a run, as a killed process leaves it, holds nothing.
    """
    note = _note(folder, company)
    if not note.exists():
        return None
    try:
        with FileLock(folder / f"{company}.lock", timeout=0):
            return None
    except Timeout:
        return _read(note)


def _who(holding: Holder) -> str:
    if holding.since is None:
        return say("Another run holds it.")
    return say(
        "Another run (“{command}”, process {process}) has held it since {since}.",
        command=holding.command,
        process=holding.process,
        since=minute(holding.since.astimezone()),
    )


def _note(folder: Path, company: str) -> Path:
    return folder / f"{company}.json"


def _read(note: Path) -> Holder:
    try:
        told = orjson.loads(note.read_bytes())
        return Holder(str(told["command"]), int(told["process"]), datetime.fromisoformat(told["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Holder()
