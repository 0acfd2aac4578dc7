"""The frame of a run: lock, events, cancel, watchdog."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from app.engine.cancel import CancelToken
from app.engine.events import Event, Kind
from app.engine.lock import company_lock
from app.engine.watchdog import Watchdog
from app.errors import BridgeError, Cancelled, CompanyBusy, ExitCode

NOW = datetime(2026, 3, 2, 8, 2, tzinfo=UTC)


def test_a_second_run_is_told_who_holds_the_company(tmp_path: Path) -> None:
    with company_lock(tmp_path, "ABC", "sync", NOW):
        with pytest.raises(CompanyBusy) as told, company_lock(tmp_path, "ABC", "send invoices", NOW):
            pass
        assert "“sync”" in told.value.message
        assert told.value.exit_code == ExitCode.COMPANY_BUSY


def test_another_company_is_free_and_a_finished_run_lets_go(tmp_path: Path) -> None:
    with company_lock(tmp_path, "ABC", "sync", NOW), company_lock(tmp_path, "XYZ", "sync", NOW):
        held = orjson.loads((tmp_path / "XYZ.json").read_bytes())
    with company_lock(tmp_path, "ABC", "sync", NOW):
        assert held["command"] == "sync"


def test_an_event_survives_its_line_and_rubbish_is_no_event() -> None:
    event = Event("r1", NOW, Kind.PROGRESS, {"stage": "vendor", "done": 3, "total": None, "rate": 1})
    line = event.line()
    assert orjson.loads(line)["v"] == 1
    assert "\n" not in line
    assert Event.parse(line) == event
    for rubbish in ("", "Traceback:", "[1]", '{"v":2}', '{"v":1,"event":"nonsense"}'):
        assert Event.parse(rubbish) is None


def test_cancel_ends_a_wait_at_once() -> None:
    token = CancelToken()
    token.check()
    threading.Timer(0.05, token.cancel).start()
    with pytest.raises(Cancelled) as told:
        token.sleep(60)
    assert told.value.exit_code == ExitCode.CANCELLED
    with pytest.raises(Cancelled):
        token.check()


def test_a_call_that_never_answers_ends_the_process_and_says_so() -> None:
    told: list[BridgeError] = []
    ended = threading.Event()
    statuses: list[int] = []

    def expired(error: BridgeError) -> int:
        told.append(error)
        return int(error.exit_code)

    def end(status: int) -> None:
        statuses.append(status)
        ended.set()

    watchdog = Watchdog(0.05, expired, end)
    watchdog.start()
    with watchdog.watch("reading AP_Vendor"):
        assert ended.wait(10)
    watchdog.stop()
    assert statuses == [ExitCode.SAGE_UNREACHABLE]
    assert told[0].code == "sage-no-answer"
    assert "reading AP_Vendor" in told[0].message


def test_calls_that_answer_in_time_are_left_alone() -> None:
    ended = threading.Event()
    watchdog = Watchdog(60, lambda error: int(error.exit_code), lambda _: ended.set())
    watchdog.start()
    for _ in range(1000):
        with watchdog.watch("reading AP_Vendor"):
            pass
    watchdog.stop()
    assert not ended.is_set()
