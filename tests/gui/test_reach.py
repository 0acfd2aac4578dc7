"""The head says of each side what the newest run found out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.engine.views import EventRow, RunRow
from app.gui.reach import reaches, unfinished_sync

AT = datetime(2026, 11, 24, 14, 33, tzinfo=UTC)


def run(exit_code: int | None, outcome: str = "failed", code: str = "", command: str = "sync") -> RunRow:
    summary: dict[str, Any] = {"error": {"code": code}} if code else {}
    return RunRow("run-1", command, AT, AT, outcome, exit_code, summary)


def nothing(_: str) -> Sequence[EventRow]:
    return ()


def healthy(_: str) -> Sequence[EventRow]:
    return (EventRow(AT, "stage_finished", {"stage": "health"}),)


@pytest.mark.parametrize(("code", "refused"), [("sage-logon-refused", True), ("sage-unreachable", False)])
def test_refused_sign_in_is_told_apart_from_no_answer(code: str, refused: bool) -> None:
    sage, cloud = reaches([run(3, code=code)], nothing)
    assert (sage.reached, sage.refused) == (False, refused)
    assert cloud.reached is None


def test_what_answered_and_is_shut_is_told_from_no_answer_in_the_words_of_its_run() -> None:
    shut = replace(run(3), summary={"error": {"code": "sage-single-user", "title": "T", "message": "M.", "fix": "F."}})
    sage, _ = reaches([shut], nothing)
    assert (sage.reached, sage.refused, sage.shut) == (False, False, True)
    assert (sage.title, sage.reason) == ("T", "M. F.")
    for code in ("sage-unreachable", "sage-no-answer", "sage-logon-refused"):
        lost = replace(run(3), summary={"error": {"code": code, "title": "T"}})
        assert not reaches([lost], nothing)[0].shut, code


def test_cancelled_run_whose_health_check_was_done_reached_both() -> None:
    assert [side.reached for side in reaches([run(6, "cancelled")], healthy)] == [True, True]
    assert [side.reached for side in reaches([run(6, "cancelled")], nothing)] == [None, None]


def test_sage_lost_in_mid_run_leaves_quadient_ap_reached() -> None:
    assert [side.reached for side in reaches([run(3)], healthy)] == [False, True]


def test_only_the_newest_sync_counts_as_unfinished() -> None:
    cancelled, done = run(6, "cancelled"), run(0, "done")
    assert unfinished_sync([cancelled, done]) is cancelled
    assert unfinished_sync([run(3, command="send invoices"), done, cancelled]) is None
