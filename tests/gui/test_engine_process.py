"""The window's side of the conversation with a real child process."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.engine.events import Event, Kind
from app.errors import ExitCode
from app.gui.engine_process import EngineProcess, RunEnd

FAKE = str(Path(__file__).with_name("fake_engine.py"))
PATIENCE = 30_000

Start = Callable[[str], EngineProcess]


@pytest.fixture
def start(qtbot: QtBot, tmp_path: Path) -> Iterator[Start]:
    made: list[EngineProcess] = []

    def engine(mode: str) -> EngineProcess:
        made.append(EngineProcess((sys.executable, FAKE, mode), tmp_path, "ABC"))
        return made[-1]

    yield engine
    for each in made:
        each.shut_down()


def run(qtbot: QtBot, engine: EngineProcess, command: str = "sync", ids=None) -> tuple[list[Event], RunEnd]:
    events: list[Event] = []
    engine.told.connect(events.append)
    with qtbot.waitSignal(engine.ended, timeout=PATIENCE) as ended:
        engine.start(command, ids)
    return events, ended.args[0]


def test_events_arrive_in_order_and_the_end_comes_once(qtbot: QtBot, start: Start) -> None:
    engine = start("done")
    events, end = run(qtbot, engine)
    assert [event.kind for event in events] == [
        Kind.RUN_STARTED, Kind.STAGE_STARTED, Kind.PROGRESS, Kind.STAGE_FINISHED, Kind.RUN_FINISHED,
    ]  # fmt: skip
    assert end == RunEnd("sync", "run-fake", "done", 0, summary={"vendor": {"new": 3}})
    assert not engine.running


def test_child_is_told_company_and_home(qtbot: QtBot, start: Start, tmp_path: Path) -> None:
    events, _ = run(qtbot, start("environment"), "send invoices")
    told = events[1].data
    assert told["title"] == str(tmp_path)
    assert told["message"] == "send invoices --company ABC --json"


def test_a_hundred_thousand_ids_reach_the_child(qtbot: QtBot, start: Start) -> None:
    ids = [f"inv-{number:06}" for number in range(100_000)]
    events, end = run(qtbot, start("ids"), "send invoices", ids)
    assert events[1].data["title"] == "100000"
    assert events[1].data["message"] == "inv-000000,inv-000001,inv-000002"
    assert end.done


def test_garbage_and_unknown_events_are_ignored(qtbot: QtBot, start: Start) -> None:
    events, end = run(qtbot, start("garbage"))
    assert [event.data.get("title") for event in events if event.kind is Kind.ATTENTION] == ["heard"]
    assert end.outcome == "done"  # though its line did not end


def test_failure_is_told_in_the_engines_words(qtbot: QtBot, start: Start) -> None:
    _, end = run(qtbot, start("unreachable"))
    assert (end.exit_code, end.title) == (ExitCode.SAGE_UNREACHABLE, "Sage 100 cannot be reached")
    assert not end.done


def test_child_that_crashes_leaves_a_clear_sentence(qtbot: QtBot, start: Start) -> None:
    _, end = run(qtbot, start("crash"))
    assert end.title == "The sync ended unexpectedly"
    assert "Nothing is lost" in end.message
    assert "Start again" in end.fix
    assert end.outcome == "failed"


@pytest.mark.logs_warnings
def test_what_stops_the_child_before_its_run_is_passed_on(qtbot: QtBot, start: Start) -> None:
    _, end = run(qtbot, start("complaint"))
    assert "The settings cannot be read." in end.message
    assert end.exit_code == ExitCode.COMPUTER


def test_program_that_is_not_there_is_told_and_not_waited_for(qtbot: QtBot, tmp_path: Path) -> None:
    engine = EngineProcess((str(tmp_path / "nowhere"),), tmp_path, "ABC")
    _, end = run(qtbot, engine)
    assert end.title == "AP Bridge could not start its engine"
    assert not engine.running


def test_cancel_is_a_line_on_standard_input(qtbot: QtBot, start: Start) -> None:
    engine = start("cancel")
    engine.told.connect(lambda _: engine.cancel())
    _, end = run(qtbot, engine)
    assert (end.outcome, end.exit_code, end.title) == ("cancelled", ExitCode.CANCELLED, "Cancelled")


@pytest.mark.logs_warnings
def test_child_that_does_not_listen_is_ended_by_force(qtbot: QtBot, start: Start) -> None:
    engine = start("deaf")
    engine.told.connect(lambda _: engine.cancel(kill_after_ms=50))
    _, end = run(qtbot, engine)
    assert (end.outcome, end.exit_code) == ("cancelled", ExitCode.CANCELLED)
    assert "Nothing is lost" in end.message


def test_second_start_while_one_runs_is_a_fault(qtbot: QtBot, start: Start) -> None:
    engine = start("deaf")
    engine.start("sync")
    with pytest.raises(RuntimeError, match="still running"):
        engine.start("sync")


def test_one_process_can_run_again_after_its_end(qtbot: QtBot, start: Start) -> None:
    engine = start("done")
    run(qtbot, engine)
    _, end = run(qtbot, engine)
    assert end.done
