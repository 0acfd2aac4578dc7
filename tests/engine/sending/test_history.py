"""What is noted of a document from preview to preview."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from app.cloud.port import DocumentKind
from app.domain.codec import canonical, fingerprint
from app.domain.findings import stop
from app.domain.invoices import Invoice
from app.engine.checks import Verdict
from app.engine.run import Run
from app.engine.sending.history import history, note_previewed
from app.engine.sending.previews import Previewed
from tests.engine.checks.fakes import make_invoice
from tests.engine.fakes import make_run

BILL = make_invoice(id="inv-1")
INACTIVE = stop("vendor-inactive", "The vendor is inactive.", "Make it active.")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made, _ = make_run(tmp_path)
    yield made
    made.store.close()


def seen(run: Run, bill: Invoice, *findings, state: str | None = None) -> list[tuple[str, str]]:
    """Preview the bill once more; return all that was noted so far."""
    note_previewed(run, DocumentKind.INVOICE, [Previewed(bill, fingerprint(canonical(bill)), Verdict(findings))])
    run.store.write(
        "INSERT OR REPLACE INTO documents (company, kind, id, payload, hash, state, findings, previewed_at, run)"
        " VALUES ('ABC', 'invoice', ?, ?, ?, ?, '[]', ?, ?)",
        (
            bill.id,
            canonical(bill).decode(),
            fingerprint(canonical(bill)),
            state or ("blocked" if findings else "ready"),
            run.stamp(),
            run.id,
        ),
    )
    return [(each.what, each.message) for each in history(run.store.rows, "ABC", "invoice", bill.id)]


def test_a_document_is_received_once(run: Run) -> None:
    assert seen(run, BILL) == [("received", "")]
    assert seen(run, BILL) == [("received", "")]


def test_what_was_changed_is_named(run: Run) -> None:
    seen(run, BILL)
    told = seen(run, replace(BILL, description="Other"))
    assert [what for what, _ in told] == ["received", "changed"]
    assert "Other" in told[-1][1]


def test_it_is_noted_when_a_document_is_stopped_and_when_it_is_free_again(run: Run) -> None:
    seen(run, BILL, INACTIVE)
    seen(run, BILL, INACTIVE)
    assert seen(run, BILL) == [("received", ""), ("blocked", "The vendor is inactive."), ("unblocked", "")]


def test_a_document_that_was_gone_is_received_again(run: Run) -> None:
    seen(run, BILL, state="gone")
    assert [what for what, _ in seen(run, BILL)] == ["received", "received"]


def test_a_document_of_another_amount_that_was_sent_is_no_change(run: Run) -> None:
    seen(run, BILL, state="sent")
    assert [what for what, _ in seen(run, replace(BILL, amount=Decimal("9.00")))] == ["received"]


def test_moves_and_their_refusals_are_part_of_the_history(run: Run) -> None:
    for key, move, code in (("1", "mark-for-export", ""), ("2", "mark-as-exported", "not-allowed")):
        run.store.write(
            "INSERT INTO moves (company, key, place, kind, document, run, move, external_id, asked_at, answered_at,"
            " code, message) VALUES ('ABC', ?, 0, 'invoice', 'inv-1', 'run-1', ?, '', ?, ?, ?, ?)",
            (key, move, run.stamp(), f"2026-03-02T08:0{key}:30+00:00", code, "It is paid." if code else ""),
        )
    told = [(each.what, each.message) for each in history(run.store.rows, "ABC", "invoice", "inv-1")]
    assert told == [("mark-for-export", ""), ("refused_move", "It is paid.")]
