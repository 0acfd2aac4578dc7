"""Fetches the note of the newest release, and remembers when that was done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import requests

from app import __version__
from app.domain.codec import restore
from app.domain.language import say
from app.errors import RetryLater, Side
from app.resources import resource
from app.settings import Home, write_whole
from app.updates.release import Release, read

EVERY = timedelta(days=7)
LONGEST_NOTE = 200_000  # bytes
TIMEOUTS_SECONDS = (10.0, 20.0)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the note is, and the public key (32 bytes, in hexadecimal) that vouches for it."""

    address: str
    key: str


def source(file: Path | None = None) -> Source | None:
    """Return where releases are told; None in a program that was not released but built from source."""
    file = file or resource("release.json")
    return restore(Source, orjson.loads(file.read_bytes())) if file.exists() else None


def is_due(home: Home, now: datetime) -> bool:
    """Tell whether a week has passed since the note was looked at; a clock that was set back makes it due too."""
    try:
        last = datetime.fromisoformat(orjson.loads(_kept(home).read_bytes())["looked_at"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return True
    return not last <= now < last + EVERY


def newer_release(home: Home, where: Source, session: requests.Session, now: datetime) -> Release | None:
    """Return the newest release when it is later than this program, else None.

    Raises:
        RetryLater: when the note cannot be had.
        NeedsUser: when it is not genuine.
    """
    release = read(_fetched(where.address, session), bytes.fromhex(where.key))
    home.path.mkdir(parents=True, exist_ok=True)
    write_whole(_kept(home), orjson.dumps({"looked_at": now.isoformat()}))
    return release if release.newer_than(__version__) else None


def _fetched(address: str, session: requests.Session) -> bytes:
    try:
        with session.get(address, timeout=TIMEOUTS_SECONDS, stream=True) as answer:
            answer.raise_for_status()
            note = b"".join(answer.iter_content(LONGEST_NOTE))[:LONGEST_NOTE]
    except requests.RequestException as error:
        raise RetryLater(
            "updates-unreachable",
            say("It is not known whether there is a new version"),
            say("The page that tells of new versions could not be read."),
            say("Check the internet connection and try again. Your work does not depend on it."),
            side=Side.COMPUTER,
            detail=str(error),
        ) from error
    return note


def _kept(home: Home) -> Path:
    return home.path / "updates.json"
