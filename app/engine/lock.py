"""One run a company at a time: an operating system lock that a dead process cannot keep."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import orjson
from filelock import FileLock, Timeout

from app.domain.language import say
from app.domain.words import minute
from app.errors import CompanyBusy, Side


@contextmanager
def company_lock(folder: Path, company: str, command: str, now: datetime) -> Iterator[None]:
    """Hold the company for the time of a run.

    Raises:
        CompanyBusy: when another run holds it; the message says which.
    """
    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / f"{company}.json"
    try:
        with FileLock(folder / f"{company}.lock", timeout=0):
            holder.write_bytes(orjson.dumps({"command": command, "process": os.getpid(), "since": now}))
            yield
    except Timeout as error:
        raise CompanyBusy(
            "company-busy",
            say("Company {company} is busy", company=company),
            say("{who} One run at a time may work on a company, so that nothing is sent twice.", who=_who(holder)),
            say("Wait until it is done, or cancel it, and start again."),
            side=Side.COMPUTER,
        ) from error


def _who(holder: Path) -> str:
    try:
        told = orjson.loads(holder.read_bytes())
        since = datetime.fromisoformat(told["since"]).astimezone()
        return say(
            "Another run (“{command}”, process {process}) has held it since {since}.",
            command=told["command"],
            process=told["process"],
            since=minute(since),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return say("Another run holds it.")
