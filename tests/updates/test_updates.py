"""Looking for a newer version: only a genuine note counts, once a week, never during a run."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
import requests
from nacl.signing import SigningKey

from app import __version__
from app.cli import main
from app.commands import updates as command
from app.engine.lock import company_lock
from app.errors import ExitCode, NeedsUser, RetryLater
from app.settings import CloudSettings, CompanySettings, Home, SageSettings, Settings
from app.updates.look import Source, is_due, newer_release, source
from app.updates.release import Release, read, signed

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
KEY = SigningKey(b"k" * 32)
NEWER = Release("99.1.0", "2026-03-01", "https://example.com/apbridge", {"en": "Faster.", "fr": "Plus rapide."})
WHERE = Source("https://example.com/release.json", bytes(KEY.verify_key).hex())


class Answer:
    def __init__(self, content: bytes, status: int) -> None:
        self.content, self.status = content, status

    def __enter__(self) -> "Answer":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def raise_for_status(self) -> None:
        if self.status != 200:
            raise requests.HTTPError(f"{self.status}")

    def iter_content(self, size: int) -> list[bytes]:
        return [self.content]


class Session:
    """Stands for the internet: one page, and how often it was asked for."""

    def __init__(self, content: bytes = b"", status: int = 200) -> None:
        self.content, self.status, self.asked = content, status, 0

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def get(self, address: str, **_: object) -> Answer:
        assert address == WHERE.address
        self.asked += 1
        return Answer(self.content, self.status)


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch) -> Callable[[Session], Session]:
    """A program that was released, on an internet of the test's own."""

    def on(session: Session) -> Session:
        monkeypatch.setattr(command, "source", lambda: WHERE)
        monkeypatch.setattr(command, "trusting_session", lambda: session)
        return session

    return on


def test_a_signed_note_is_read_as_it_was_written() -> None:
    assert read(signed(NEWER, KEY), bytes(KEY.verify_key)) == NEWER


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"[]",
        b"{}",
        b"<html>Please sign in to the hotel's network</html>",
        signed(NEWER, SigningKey(b"x" * 32)),
        signed(NEWER, KEY).replace(b"99.1.0", b"99.2.0"),
        orjson.dumps(orjson.loads(signed(NEWER, KEY)) | {"signature": "?"}),
        signed(replace(NEWER, version="newest"), KEY),
        signed(replace(NEWER, page="file:///C:/evil.exe"), KEY),
    ],
)
def test_a_note_that_is_not_genuine_is_refused(note: bytes) -> None:
    with pytest.raises(NeedsUser) as caught:
        read(note, bytes(KEY.verify_key))
    assert caught.value.code == "update-not-genuine"


@pytest.mark.parametrize(("one", "other"), [("1.10.0", "1.9.9"), ("2.0", "1.99.99"), ("0.1.1", "0.1.0")])
def test_versions_are_compared_as_numbers(one: str, other: str) -> None:
    assert replace(NEWER, version=one).newer_than(other)
    assert not replace(NEWER, version=other).newer_than(one)
    assert not replace(NEWER, version=one).newer_than(one)


def test_it_is_due_once_a_week_and_after_a_clock_was_set_back(apbridge_home: Home) -> None:
    assert is_due(apbridge_home, NOW)
    newer_release(apbridge_home, WHERE, Session(signed(NEWER, KEY)), NOW)
    assert not is_due(apbridge_home, NOW + timedelta(days=6))
    assert is_due(apbridge_home, NOW + timedelta(days=7))
    assert is_due(apbridge_home, NOW - timedelta(days=1))


def test_a_page_that_cannot_be_read_stays_due(apbridge_home: Home) -> None:
    with pytest.raises(RetryLater) as caught:
        newer_release(apbridge_home, WHERE, Session(status=503), NOW)
    assert caught.value.code == "updates-unreachable"
    assert is_due(apbridge_home, NOW)


def test_an_older_release_is_no_news(apbridge_home: Home) -> None:
    same = signed(replace(NEWER, version=__version__), KEY)
    assert newer_release(apbridge_home, WHERE, Session(same), NOW) is None


def test_a_program_built_from_source_asks_nobody(
    apbridge_home: Home, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert source(tmp_path / "release.json") is None
    assert main(["updates"]) == ExitCode.DONE
    assert "built from its source" in capsys.readouterr().out


def test_what_is_new_and_where_it_is_are_told(
    released, apbridge_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    released(Session(signed(NEWER, KEY)))
    assert main(["updates"]) == ExitCode.DONE
    said = capsys.readouterr().out
    assert all(each in said for each in ("99.1.0", "Faster.", NEWER.page))
    assert main(["updates", "--json"]) == ExitCode.DONE
    told = orjson.loads(capsys.readouterr().out)
    assert told["summary"]["version"] == "99.1.0"


@pytest.mark.parametrize("on", [True, False])
def test_by_itself_it_is_looked_for_only_where_the_settings_allow_it(released, apbridge_home: Home, on: bool) -> None:
    session = released(Session(signed(NEWER, KEY)))
    apbridge_home.save(Settings(look_for_updates=on))
    for _ in range(2):
        assert main(["updates", "--when-due", "--json"]) == ExitCode.DONE
    assert session.asked == (1 if on else 0)


def test_during_a_run_it_is_not_looked_for(released, apbridge_home: Home) -> None:
    session = released(Session(signed(NEWER, KEY)))
    company = CompanySettings("ABC", "A", SageSettings("demo", "x", "u"), CloudSettings("http://x", "c", "le"))
    apbridge_home.save(Settings((company,)))
    with company_lock(apbridge_home.locks, "ABC", "sync", NOW):
        assert main(["updates"]) == ExitCode.COMPANY_BUSY
    assert session.asked == 0
    assert main(["updates"]) == ExitCode.DONE
    assert session.asked == 1
