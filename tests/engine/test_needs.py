"""How long what stopped a run is among what needs the user."""

from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest

from app.engine.views import Views
from tests.engine.fakes import COMPANY, make_run


def needs(folder: Path, ended: Sequence[tuple[str, str]]) -> list[str]:
    """Return the titles of what needs the user after runs of these commands ended so, one after the other."""
    run, _ = make_run(folder)
    for place, (command, outcome) in enumerate(ended):
        error = {"code": "x", "title": f"{command} stopped", "message": "", "fix": ""}
        run.store.write(
            "INSERT INTO runs (id, company, command, started_at, outcome, summary) VALUES (?, ?, ?, ?, ?, ?)",
            (
                f"run-{place}",
                COMPANY.code,
                command,
                f"2026-03-02T08:0{place}:00+00:00",
                outcome,
                orjson.dumps({"error": error} if outcome == "failed" else {}).decode(),
            ),
        )
    run.store.close()
    views = Views(folder / "store.sqlite", COMPANY.code)
    try:
        return [each.title for each in views.needs_you()]
    finally:
        views.close()


@pytest.mark.parametrize("command", ["undo", "rebuild", "mark-exported invoices", "send invoices"])
@pytest.mark.parametrize("later", [("sync", "done"), ("sync", "needs_user"), ("preview invoices", "done")])
def test_what_stopped_a_command_of_a_person_is_past_when_any_run_went_through(
    tmp_path: Path, command: str, later: tuple[str, str]
) -> None:
    assert needs(tmp_path, [(command, "failed"), later]) == []


@pytest.mark.parametrize("outcome", ["failed", "broken_off", "cancelled", "running"])
def test_it_is_not_past_when_the_later_run_did_not_go_through(tmp_path: Path, outcome: str) -> None:
    assert "undo stopped" in needs(tmp_path, [("undo", "failed"), ("sync", outcome)])


@pytest.mark.parametrize("command", ["sync", "sync invoices"])
def test_what_stopped_a_sync_is_past_only_when_a_sync_went_through(tmp_path: Path, command: str) -> None:
    assert needs(tmp_path, [(command, "failed"), ("preview invoices", "done")]) == [f"{command} stopped"]


def test_what_stopped_the_sync_of_a_part_is_past_when_the_whole_went_through(tmp_path: Path) -> None:
    assert needs(tmp_path, [("sync invoices", "failed"), ("sync", "done")]) == []
