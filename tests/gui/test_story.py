"""The sentence at the end of a run says what is in Sage, and what to do next."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.engine.events import Event, Kind
from app.engine.views import DocumentRow, Step
from app.gui.engine_process import RunEnd
from app.gui.story import RunStory
from tests.gui.filled import invoice

AT = datetime(2026, 11, 24, 14, 33, tzinfo=UTC)
END = RunEnd(
    "send invoices", "run-1", "failed", 3, "Sage 100 cannot be reached", "No answer.",
    "Check that the Sage server runs, then start again.",
)  # fmt: skip
IDS = [f"inv-{number:06}" for number in range(1, 17)]


def in_sage(key: str) -> Event:
    return Event("run-1", AT, Kind.ITEM, {"key": key, "state": "in_sage"})


def tried(number: int, state: str) -> DocumentRow:
    step = Step("run-1", state, "A/P Invoice Data Entry", "", "", "", "", "", AT, None, None, None, None)
    return DocumentRow(f"inv-{number:06}", invoice(number), "ready", (), "", AT, (step,))


def test_failed_send_says_that_nothing_went() -> None:
    picture, title, message, fix = RunStory(IDS).end(END)
    assert (picture, title, message) == ("blocked", "Nothing was sent: Sage 100 cannot be reached", "No answer.")
    assert fix == ("Check that the Sage server runs. Then click Send again; what is in Sage already is not sent twice.")


def test_failed_send_counts_what_is_in_sage_already() -> None:
    story = RunStory(IDS)
    for key in IDS[:5]:
        story.take(in_sage(key))
    story.take(in_sage("inv-900000"))  # one of an earlier run, found again
    assert story.end(END)[1] == "5 of 16 invoices are in Sage; then: Sage 100 cannot be reached"


def test_document_whose_write_was_not_answered_is_never_called_not_sent() -> None:
    title = RunStory(IDS).end(END, [tried(1, "proven"), tried(2, "intended"), tried(3, "absent")])[1]
    assert title == "1 of 16 invoices are in Sage, 1 not known yet; then: Sage 100 cannot be reached"
    assert RunStory(IDS).end(END, [tried(3, "absent")])[1].startswith("Nothing was sent: ")


@pytest.mark.parametrize(
    ("fix", "told"),
    [
        ("Wait until that task is done; the next sync goes on by itself.", "Wait until that task is done. Then click"),
        ("Correct the user in Sage, then sync again.", "Correct the user in Sage. Then click"),
        ("Start again when you are ready.", "Click Send again;"),
        ("", "Click Send again;"),
    ],
)
def test_send_is_never_told_to_sync_again(fix: str, told: str) -> None:
    assert RunStory(IDS).end(replace(END, fix=fix))[3].startswith(told)


def test_sync_keeps_its_own_words() -> None:
    assert RunStory().end(replace(END, command="sync")) == ("blocked", END.title, END.message, END.fix)
