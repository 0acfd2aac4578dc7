"""What came after what is told by the order in which it was noted: the clock of a computer may be set back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson

from app.engine.rebuild.made_anew import MadeAnew
from app.engine.run import Run
from app.engine.views import Views
from tests.engine.fakes import COMPANY, NOW, make_run


def run_at(folder: Path, id_: str, minutes: int, ended: str = "running", error: str = "") -> Run:
    """Return a sync that is noted as begun at this time, and as ended so."""
    run, _ = make_run(folder, id_)
    run.ports = replace(run.ports, now=lambda: NOW + timedelta(minutes=minutes))
    told = {"code": "x", "title": error, "message": "", "fix": ""}
    run.store.write(
        "INSERT INTO runs (id, company, command, started_at, finished_at, outcome, exit_code, summary)"
        " VALUES (?, ?, 'sync', ?, ?, ?, ?, ?)",
        (id_, COMPANY.code, run.stamp(), run.stamp(), ended, 0 if ended == "done" else 70,
         orjson.dumps({"error": told} if error else {}).decode()),
    )  # fmt: skip
    return run


def test_what_stopped_a_sync_is_past_after_one_that_the_clock_puts_before_it(tmp_path: Path) -> None:
    run_at(tmp_path, "r1", 60, "failed", "Sage was away")
    run_at(tmp_path, "r2", 0, "done")
    views = Views(tmp_path / "store.sqlite", COMPANY.code)
    assert views.needs_you() == []
    assert views.last_sync() == NOW
    views.close()


def test_what_stopped_the_sync_after_the_clock_was_set_back_is_told(tmp_path: Path) -> None:
    run_at(tmp_path, "r1", 60, "done")
    run_at(tmp_path, "r2", 0, "failed", "Sage was away")
    views = Views(tmp_path / "store.sqlite", COMPANY.code)
    assert [each.title for each in views.needs_you()] == ["Sage was away"]
    views.close()


def test_runs_that_a_rebuild_brings_back_come_before_those_that_were_noted_here(tmp_path: Path) -> None:
    run = run_at(tmp_path, "r3", 60, "failed", "Sage was away")
    made = MadeAnew(run)
    earlier, later = (NOW.isoformat(), (NOW + timedelta(minutes=1)).isoformat())
    made.add("runs", [("r2", "sync", later, later, "done", 0), ("r1", "sync", earlier, earlier, "done", 0)])
    made.add("runs", [("r3", "sync", later, later, "done", 0)])
    made.put_in_place()
    assert [row["id"] for row in run.store.rows("SELECT id FROM runs ORDER BY rowid")] == ["r1", "r2", "r3"]
    views = Views(tmp_path / "store.sqlite", COMPANY.code)
    assert [each.title for each in views.needs_you()] == ["Sage was away"], "the run is told as it was noted here"
    views.close()
