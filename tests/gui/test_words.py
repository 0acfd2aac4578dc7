"""What happened, told in sentences; and colours that can be read."""

import ast
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QPalette

import app
from app.domain.words import left_out
from app.engine.events import Event, Kind
from app.engine.views import RunRow
from app.gui.icons import icon
from app.gui.reach import reaches
from app.gui.sentences import event_sentence
from app.gui.style import link_colour, negative_colour, quiet_colour
from app.gui.summary import summary_words
from app.gui.widgets import run_bar
from app.gui.widgets.run_bar import RunBar, progress_words
from app.gui.words import counts_words
from app.resources import resource
from app.sage.readers import purchase_orders

APP = Path(app.__file__).parent
NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
RUN = RunRow("r", "sync", NOW, NOW + timedelta(minutes=1), "done", 0, {})


@pytest.mark.parametrize(
    ("kind", "data", "sentence"),
    [
        ("stage_finished", {"stage": "vendor", "title": "Vendor", "read": 61200, "new": 12, "failed": 0},
         "Vendor: 61,200 read · 12 new."),
        ("stage_finished", {"stage": "item", "title": "Item", "read": 0, "new": 0, "since": "2026-11-03"},
         "Item: nothing changed since 11/3/26."),
        ("stage_finished", {"stage": "item", "title": "Item", "read": 2, "changed": 1, "since": "2026-11-03"},
         "Item: 2 read · 1 changed (since 11/3/26)."),
        ("stage_finished", {"stage": "send.invoice", "title": "Sending", "read": 3, "sent": 2, "failed": 1},
         "Sending: 2 in Sage · 1 not sent."),
        ("stage_finished", {"stage": "vendor", "title": "Vendor", "read": 0}, "Vendor: nothing to do."),
        ("item", {"title": "Vendor", "key": "01-A", "state": "refused", "message": "No such terms", "fix": "Add them."},
         "Vendor, 01-A: refused. No such terms. Add them."),
        ("item", {"title": "Sending", "key": "inv-1", "state": "left", "message": "It was changed."},
         "Sending, inv-1: left out. It was changed."),
        ("item", {"title": "Sending", "key": "inv-1", "state": "refused", "message": "Sage says: “No period.”"},
         "Sending, inv-1: refused. Sage says: “No period.”"),
        ("item", {"title": "Invoices", "key": "inv-1", "state": "in_sage", "message": "88-1, 9.50: in Sage, batch 12."},
         "Invoices: 88-1, 9.50: in Sage, batch 12."),
        ("preview", {"kind": "payment", "ready": 1, "blocked": 0, "warnings": 0, "amount": "10.00"},
         "1 payment is ready (10.00)."),
        ("totals", {"rows": [{"sent_count": 2, "differing": []}]}, "Totals compared: 2 documents, all agree."),
        ("totals", {"rows": [{"sent_count": 2, "differing": ["inv-1"]}]}, "Totals compared: 1 document differs."),
        ("run_finished", {"outcome": "failed", "title": "Sage 100 cannot be reached", "message": "", "fix": ""},
         "Failed. Sage 100 cannot be reached."),
        ("stage_finished", {"stage": "mark_again.invoice", "title": "Marking", "moved": 2, "refused": 1},
         "Marking: 2 marked · 1 refused."),
        ("item", {"title": "Marking", "key": "inv-1", "state": "moved", "message": "Marked as exported.", "fix": ""},
         "Marking, inv-1: done. Marked as exported."),
        ("check", {"check": "sage-licence", "title": "A free licence", "state": "blocked", "message": "None is free.",
                   "fix": "Wait until somebody has left Sage 100."},
         "A free licence: None is free. Wait until somebody has left Sage 100."),
        ("item", {"title": "Self-test, check", "key": "APBTEST1", "state": "passed", "message": "written; deleted."},
         "Self-test, check, APBTEST1: passed the self-test. written; deleted."),
        ("of_a_newer_version", {}, "of_a_newer_version"),
    ],
)  # fmt: skip
def test_events_are_told_in_sentences(kind: str, data: dict[str, object], sentence: str) -> None:
    assert event_sentence(kind, data)[1] == sentence


def test_a_document_is_told_by_what_people_call_it_and_a_record_by_its_code() -> None:
    names = {("send.invoice", "inv-1"): "88-1 of 01-ACME (Acme Tools)"}
    said = {"title": "Sending", "key": "inv-1", "state": "left", "message": "It was changed."}
    told = event_sentence("item", {**said, "stage": "send.invoice"}, names)[1]
    assert told == "Sending, 88-1 of 01-ACME (Acme Tools): left out. It was changed."
    assert event_sentence("item", {**said, "stage": "item"}, names)[1] == "Sending, inv-1: left out. It was changed."


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        ({"vendor": {"new": 2, "read": 9}, "item": {"new": 1, "changed": 4}}, "3 new · 4 changed."),
        ({"vendor": {"read": 9, "new": 0}}, "Nothing had changed."),
        ({"mark_exported": {"moved": 1, "refused": 2}}, "1 marked · 2 refused."),
        ({"undo": {"read": 3, "undone": 2, "told": 2, "kept": 1}},
         "2 deleted in Sage · 2 approved again in Quadient AP · 1 not undone."),
        ({"send_again": {"moved": 1}, "invoice": {"ready": 1, "blocked": 0}}, "1 invoice ready · 1 marked."),
        ({"invoice": {"ready": 17, "blocked": 3}, "payment": {"ready": 1, "blocked": 0}},
         "17 invoices ready, 3 blocked · 1 payment ready."),
        ({"send": {"sent": 17, "acknowledged": 17, "failed": 0}, "totals_match": True},
         "17 in Sage · 17 acknowledged · the totals agree."),
        ({"send": {"sent": 1, "acknowledged": 1, "sync_errors": 2, "failed": 2, "left": 1}, "totals_match": False},
         "1 in Sage · 1 acknowledged · 2 not sent · 1 left out, no longer as previewed · the totals differ."),
    ],
)  # fmt: skip
def test_summary_of_a_run_fits_one_line(summary: dict[str, object], words: str) -> None:
    assert summary_words(summary) == words


def rules() -> set[str]:
    """Return the codes of the rules that leave records out, as the program's text has them."""
    found = set()
    for folder in ("sage", "engine"):
        for file in (APP / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Skipped":
                    found |= {code.value for code in node.args[1:2] if isinstance(code, ast.Constant)}
    return found | {code for code, _ in purchase_orders._LEFT_OUT.values()}


def test_what_a_rule_left_out_is_told_in_words() -> None:
    assert len(rules()) == 10
    assert {rule for rule in rules() if left_out(rule) == rule} == set()
    counts = {"read": 42, "skipped": 12, "skipped closed": 10, "skipped master-order": 2}
    assert counts_words(counts) == "42 read · 12 not synced (closed before: 10, master orders: 2)"


def test_progress_says_what_is_known_and_no_more() -> None:
    assert progress_words("Vendors", 61_200, 100_000, 48_000) == (
        "Vendors: 61,200 of 100,000 · 48,000/s · about 1 s left"
    )
    assert progress_words("Orders", 7, None, 0) == "Orders: 7"


def test_silent_run_says_what_it_waits_for_and_how_long(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(run_bar.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(run_bar, "TICK_MS", 1)
    bar = RunBar()
    qtbot.addWidget(bar)
    bar.begin("Sync: starting")
    bar.take(Event("r", NOW, Kind.STAGE_STARTED, {"stage": "vendor", "title": "Vendor"}))
    assert bar.text.text() == "Vendor"
    clock[0] += 12
    qtbot.waitUntil(lambda: bar.text.text() == "Vendor · waiting for an answer, 12 s")


def test_side_that_did_not_answer_is_known_from_the_last_run_that_tried() -> None:
    sage, cloud = reaches([replace(RUN, exit_code=6), replace(RUN, exit_code=3), RUN], lambda _: ())
    assert sage.reached is False
    assert cloud.reached is True
    assert reaches([], lambda _: ()) == (type(sage)(), type(cloud)())


def test_run_that_still_goes_on_says_nothing_of_the_sides() -> None:
    sage, _ = reaches([replace(RUN, finished_at=None, exit_code=None)], lambda _: ())
    assert sage.reached is None


@pytest.mark.parametrize("ground", ["#ffffff", "#f5f5f5", "#1e1e1e", "#2b2b2b"])
def test_coloured_text_can_be_read_on_light_and_dark(ground: str) -> None:
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, QColor(ground))
    for colour in (negative_colour(palette), quiet_colour(palette), link_colour(palette)):
        assert contrast(colour, QColor(ground)) >= 4.5


def test_every_icon_can_be_drawn(qapp) -> None:
    pictures = sorted(resource("icons").glob("*.svg"))
    assert pictures
    for picture in pictures:
        assert not icon(picture.stem).pixmap(16, 16).isNull(), picture.name


def contrast(one: QColor, other: QColor) -> float:
    def luminance(colour: QColor) -> float:
        parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in
                 (colour.redF(), colour.greenF(), colour.blueF())]  # fmt: skip
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
