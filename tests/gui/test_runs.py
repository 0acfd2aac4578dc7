"""What Activity says of each run in its list."""

from datetime import UTC, datetime

import orjson
import pytest

from app.engine.store import Store
from app.engine.views import HeldBack, RunRow, Why
from app.gui.held_back import as_run
from app.gui.tabs.runs import did_words
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.filled import FAILED_RUN, SEND_RUN
from tests.gui.test_window import Open, open_window, part, texts

__all__ = ["open_window"]

NOW = datetime(2026, 11, 26, 13, tzinfo=UTC)
STOPPED = {"error": {"code": "sage-unreachable", "title": "Sage 100 cannot be reached", "message": "M.", "fix": "F."}}


def run(command: str, summary: dict[str, object], outcome: str = "done") -> RunRow:
    return RunRow("run-1", command, NOW, None if outcome == "running" else NOW, outcome, 0, summary)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (
            run("sync", {"Vendor": {"new": 3, "read": 9}, "Item": {"new": 1}, "invoice": {"ready": 2, "blocked": 1}}),
            "4 new · 2 invoices ready, 1 blocked.",
        ),
        (run("sync", {"Vendor": {"read": 9}}), "Nothing had changed."),
        (
            run("send invoices", {"send": {"sent": 2, "acknowledged": 2}, "totals_match": True}),
            "2 in Sage · 2 acknowledged · the totals agree.",
        ),
        (run("sync", STOPPED, "failed"), "Sage 100 cannot be reached"),
        (run("sync", {"error": {"title": "Cancelled"}}, "cancelled"), ""),
        (run("sync", {}, "running"), ""),
        (run("probe", {"probe": {"tables": 40}}), ""),
        (run("probe", STOPPED, "failed"), "Sage 100 cannot be reached"),
    ],
)
def test_a_run_is_told_by_what_it_did_or_what_stopped_it(shown: RunRow, words: str) -> None:
    assert did_words(shown) == words


def test_a_scheduled_sync_that_was_held_back_says_why() -> None:
    assert "the schedule is paused" in did_words(as_run(HeldBack(NOW, Why.PAUSED, 1, NOW)))


def test_the_list_of_runs_says_what_each_did_and_one_is_found_by_what_stopped_it(open_window: Open, home: Home) -> None:
    store = Store(home.store_file)
    for each, summary in ((FAILED_RUN, STOPPED), (SEND_RUN, {"send": {"sent": 2, "failed": 1}})):
        store.write("UPDATE runs SET summary = ? WHERE id = ?", (orjson.dumps(summary).decode(), each))
    store.close()
    window: MainWindow = open_window(home)
    window.tabs.setCurrentWidget(window.activity)
    table = part(window, type(window.activity.runs_table), "runs_table")
    did = {row.id: words[4] for row, words in zip(window.activity.runs.shown, texts(table), strict=True)}
    assert (did[FAILED_RUN], did[SEND_RUN]) == ("Sage 100 cannot be reached", "2 in Sage · 1 not sent.")
    window.activity.filter_box.setText("cannot be reached")
    part(window, type(table), "runs_table")
    assert FAILED_RUN in [row.id for row in window.activity.runs.shown]
