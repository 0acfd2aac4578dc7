"""What a person reads in the terminal."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from app.cloud.port import DocumentKind
from app.commands.terminal import Terminal, counts_sentence
from app.domain.findings import Finding, Severity
from app.engine.events import Event, Kind
from app.engine.views import Compared, DocumentRow, TotalsRow
from tests.engine.checks.fakes import make_found, make_invoice

NOW = datetime(2026, 3, 2, 8, 2, tzinfo=UTC)


def said(kind: Kind, **data: object) -> str:
    out = io.StringIO()
    Terminal(out)(Event("r1", NOW, kind, data))
    return out.getvalue()


def test_counts_are_told_without_zeros_and_skips_with_their_rule() -> None:
    counts = {"read": 1200, "new": 0, "changed": 3, "skipped": 2, "skipped closed": 2}
    assert counts_sentence(counts) == "1,200 read, 3 changed, 2 skipped (closed before: 2)"


def test_progress_is_left_out_where_lines_cannot_be_overwritten() -> None:
    assert said(Kind.PROGRESS, title="Vendor", done=5, total=10, rate=5) == ""


def test_an_end_with_trouble_is_its_sentence() -> None:
    told = said(Kind.RUN_FINISHED, outcome="failed", title="Sage is away", message="No answer.", fix="Wait.")
    assert told == "Sage is away. No answer. Wait.\n"


def test_a_preview_is_a_table_and_under_it_what_was_found() -> None:
    invoice = make_invoice(id="inv-7", number="77-1", invoice_date=date(2026, 3, 1))
    stop = Finding("vendor-missing", Severity.STOPS, "Sage has no such vendor.", "Add the vendor in Sage.")
    row = DocumentRow("inv-7", invoice, "blocked", (stop,), "", NOW, ())
    out = io.StringIO()
    Terminal(out).preview(DocumentKind.INVOICE, [row])
    lines = out.getvalue().splitlines()
    assert any(line.startswith("Blocked") and "77-1" in line and "2026-03-01" in line for line in lines)
    assert any("Sage has no such vendor. Add the vendor in Sage." in line for line in lines)


def test_what_sage_has_instead_is_set_beside_it() -> None:
    compared = (Compared("Amount", "30.00", ("31.00", "30.00"), differs=True),)
    row = DocumentRow("inv-7", make_invoice(id="inv-7"), "asking", (), "", NOW, (), compared=compared)
    out = io.StringIO()
    Terminal(out).preview(DocumentKind.INVOICE, [replace(row, theirs=(make_found(), make_found()))])
    lines = out.getvalue().splitlines()
    assert "inv-7, INV-1043: Quadient AP and Sage 100 side by side" in lines
    assert ["Quadient AP", "Sage 100, 1 of 2", "Sage 100, 2 of 2"] in [
        re.split(r"\s{2,}", line.strip()) for line in lines
    ]
    assert ["Amount", "30.00", "31.00", "30.00", "differs"] in [line.split() for line in lines]


def test_several_batches_are_added_up() -> None:
    money = Decimal("10.00")
    row = TotalsRow("A/P Invoice Data Entry", "00012", False, 2, money, 2, money, 2, money, ())
    out = io.StringIO()
    Terminal(out).totals([row, replace(row, batch="00013")])
    assert ["All", "together", *["4", "20.00"] * 3, "match"] in [line.split() for line in out.getvalue().splitlines()]


def test_an_empty_preview_says_so() -> None:
    out = io.StringIO()
    Terminal(out).preview(DocumentKind.PAYMENT, [])
    assert "Payments: nothing is ready in Quadient AP." in out.getvalue()


def test_totals_that_differ_name_the_documents() -> None:
    money = Decimal("10.00")
    row = TotalsRow("A/P Invoice Data Entry", "00012", False, 2, money * 2, 1, money, 2, money * 2, ("inv-9",))
    out = io.StringIO()
    Terminal(out).totals([row])
    assert "differ: inv-9" in out.getvalue()
    assert "20.00" in out.getvalue()


def test_a_stage_that_was_read_since_a_day_says_so() -> None:
    stage = {"stage": "item", "title": "Item", "read": 0, "new": 0, "since": "2026-11-03"}
    assert counts_sentence(stage) == "nothing changed since Nov 3, 2026"
    assert counts_sentence(stage | {"read": 2, "changed": 1}) == "2 read, 1 changed (since Nov 3, 2026)"
