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
    assert fix == (
        "Check that the Sage server runs. Then click Send once more; what is in Sage already is not sent twice."
    )


def test_failed_send_counts_what_is_in_sage_already() -> None:
    story = RunStory(IDS)
    for key in IDS[:5]:
        story.take(in_sage(key))
    story.take(in_sage("inv-900000"))  # one of an earlier run, found again
    assert story.end(END)[1] == "5 of 16 invoices are in Sage; then: Sage 100 cannot be reached"


def test_document_whose_write_was_not_answered_is_never_called_not_sent() -> None:
    title = RunStory(IDS).end(END, [tried(1, "proven"), tried(2, "intended"), tried(3, "absent")])[1]
    assert title == "1 of 16 invoices are in Sage, 1 not known yet; then: Sage 100 cannot be reached"
    title = RunStory(IDS).end(END, [tried(2, "intended")])[1]
    assert title == "It is not known yet whether 1 of 16 invoices are in Sage; then: Sage 100 cannot be reached"
    assert RunStory(IDS).end(END, [tried(3, "absent")])[1].startswith("Nothing was sent: ")


@pytest.mark.parametrize(
    ("fix", "told"),
    [
        ("Wait until that task is done; the next sync goes on by itself.", "Wait until that task is done. Then click"),
        ("Correct the user in Sage, then sync again.", "Correct the user in Sage. Then click"),
        ("Start again when you are ready.", "Click Send once more;"),
        ("", "Click Send once more;"),
    ],
)
def test_send_is_never_told_to_sync_again(fix: str, told: str) -> None:
    assert RunStory(IDS).end(replace(END, fix=fix))[3].startswith(told)


def test_sync_keeps_its_own_words() -> None:
    assert RunStory().end(replace(END, command="sync")) == ("blocked", END.title, END.message, END.fix)


def told(state: str, key: str = IDS[0], message: str = "", fix: str = "") -> Event:
    return Event("run-1", AT, Kind.ITEM, {"key": key, "state": state, "message": message, "fix": fix})


def decided(command: str, outcome: str, event: Event, *, state: str = "ready") -> tuple[str, str, str, str]:
    story = RunStory([IDS[0]])
    story.take(event)
    row = replace(tried(1, "absent"), state=state)
    summary = {"undo": {"read": 1, "undone": 1, "told": 1}} if command == "undo" else {}
    return story.end(RunEnd(command, "run-1", outcome, 0, summary=summary), [row], {IDS[0]: "Invoice 77"})


def test_undo_of_one_document_that_was_edited_is_told_with_its_reason() -> None:
    event = told("not_undone", message="Comment: AP Bridge wrote “a”, Sage has “b”.", fix="Delete it yourself.")
    assert decided("undo", "needs_user", event) == (
        "warning", "Invoice 77 was not undone", "Comment: AP Bridge wrote “a”, Sage has “b”.", "Delete it yourself.",
    )  # fmt: skip


def test_what_was_decided_about_one_document_is_told_by_its_name() -> None:
    assert decided("undo", "done", told("undone")) == (
        "ok", "Invoice 77 is undone", "1 deleted in Sage · 1 approved again in Quadient AP.", "",
    )  # fmt: skip
    assert decided("mark-exported invoices", "done", told("moved"))[1] == "Invoice 77 is marked as exported"
    refused = told("refused", message="Sage has nothing.", fix="Send it again.")
    assert decided("mark-exported invoices", "needs_user", refused) == (
        "warning", "Invoice 77 was not marked as exported", "Sage has nothing.", "Send it again.",
    )  # fmt: skip


def test_marked_for_export_again_says_how_to_send_whatever_else_needs_the_user() -> None:
    picture, title, _, fix = decided("send-again invoices", "needs_user", told("moved"))
    assert (picture, title, fix) == (
        "ok",
        "Invoice 77 is marked for export again",
        "Click Send to send what is ticked.",
    )
    picture, title, message, _ = decided("send-again invoices", "needs_user", told("moved"), state="blocked")
    assert (picture, title, message) == (
        "warning", "Invoice 77 is marked for export again", "1 cannot be sent yet.",
    )  # fmt: skip


def test_several_are_told_by_their_number_when_all_of_them_went() -> None:
    story = RunStory(IDS[:2])
    story.take(told("moved", IDS[0]))
    end = RunEnd("mark-exported invoices", "run-1", "done", 0)
    assert story.end(end)[1] == "Mark invoices as exported done", "one of them is not heard of"
    story.take(told("moved", IDS[1]))
    assert story.end(end)[1] == "2 documents are marked as exported"
    again = replace(end, command="send-again invoices", outcome="needs_user")
    assert story.end(again, [tried(1, "absent"), tried(2, "absent")])[0] == "ok"
    assert story.end(again, [tried(1, "absent")])[2] == "1 cannot be sent yet."


def test_the_one_of_several_that_was_not_undone_is_told_with_its_reason() -> None:
    end = RunEnd("undo", "run-1", "needs_user", 1, summary={"undo": {"undone": 1, "told": 1, "kept": 1}})
    for asked in (IDS[:2], None):  # chosen ones, or all of a run
        story = RunStory(asked)
        story.take(told("undone", IDS[0]))
        story.take(told("not_undone", IDS[1], "It was posted.", "Reverse it in Sage."))
        fix = story.end(end, (), {IDS[1]: "Invoice 78"})[3]
        assert fix == "Invoice 78: It was posted. Reverse it in Sage."
        story.take(told("not_undone", IDS[0]))
        assert story.end(end)[3] == "Its run, in Activity, tells of each document why it was left."


def test_an_undo_that_quadient_ap_does_not_know_of_yet_is_not_called_done() -> None:
    assert decided("undo", "needs_user", told("undone"))[:2] == ("warning", "Undo done, and something needs you")


def test_send_tells_what_changed_in_a_document_that_was_left_out() -> None:
    story = RunStory(IDS)
    story.take(told("left", message="It was changed after the preview. Due date was May 1 and is now May 9."))
    end = RunEnd("send invoices", "run-1", "needs_user", 1, summary={"send": {"sent": 15, "left": 1}})
    assert story.end(end, (), {IDS[0]: "Invoice 77"})[3] == (
        "Invoice 77: It was changed after the preview. Due date was May 1 and is now May 9. "
        "Click Check Again to see what is ready now."
    )
    story.take(told("left", IDS[1]))
    end = replace(end, summary={"send": {"sent": 13, "left": 2, "failed": 1}})
    fix = story.end(end)[3]
    assert "The others are told in Activity." in fix
    assert fix.endswith("See Overview for the rest."), "what Sage refused is there"


def test_what_an_earlier_run_had_begun_and_sage_has_is_told_first() -> None:
    story = RunStory()
    story.take(Event("run-1", AT, Kind.STAGE_FINISHED, {"stage": "finish", "sent": 3, "acknowledged": 3}))
    assert story.end(RunEnd("sync", "run-1", "done", 0))[2] == (
        "3 documents of an earlier run are in Sage. Nothing had changed."
    )
