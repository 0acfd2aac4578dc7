"""Invoices on their way from Quadient AP to Sage: their columns and their page."""

from collections.abc import Mapping

from app.domain.invoices import Destination, Invoice
from app.engine.views import DocumentRow
from app.gui.format import day, money
from app.gui.table import Column
from app.gui.tabs.kind import DocumentKind
from app.gui.tabs.pages import (
    state_of,
    write_changes,
    write_findings,
    write_last_failure,
    write_side_by_side,
    write_standing,
)
from app.gui.tabs.sheet import write_invoice_sheet
from app.gui.text import later_counted, tr
from app.gui.widgets.detail import Page
from app.gui.words import destination_words


def invoices() -> DocumentKind:
    """Return all there is to know of invoices as a kind of documents."""
    return DocumentKind(
        name="invoice",
        plural="invoices",
        title=tr("Invoices"),
        one="{n} invoice",
        many="{n} invoices",
        empty=tr(
            "No invoices to send. Mark approved invoices for export in Quadient AP, then click Sync Now to check them."
        ),
        nothing=tr(
            "Checked {when}: no invoice is marked for export in Quadient AP. Mark approved invoices for export there, "
            "then click Sync Now."
        ),
        unreadable=later_counted(
            "Checked {when}: {n} invoice is marked for export in Quadient AP, and cannot be read. See Overview for "
            "why, and what to do.",
            "Checked {when}: {n} invoices are marked for export in Quadient AP, and none can be read. See Overview for "
            "why, and what to do.",
        ),
        columns=_columns(),
        write_page=_write_page,
        label=lambda row: tr("Invoice {number}", number=_invoice(row).number),
    )


def _invoice(row: DocumentRow) -> Invoice:
    assert isinstance(row.document, Invoice)  # noqa: S101  # the views give this tab nothing else
    return row.document


def _goes_to(row: DocumentRow) -> str:
    words = destination_words(row.document.destination)
    return _credited(words) if row.document.amount < 0 else words


def _credited(words: str) -> str:
    return tr("{destination}, credit", destination=words)


def _columns() -> list[Column[DocumentRow]]:
    return [
        Column(
            tr("Status"),
            lambda row: state_of(row)[1],
            width=20,
            icon=lambda row: state_of(row)[0],
        ),
        Column(
            tr("Vendor"),
            lambda row: f"{row.document.division}-{row.document.vendor_number} {row.document.vendor_name}",
            width=35,
            long=True,
            up_to=62,
        ),
        Column(tr("Invoice"), lambda row: _invoice(row).number, width=16),
        Column(
            tr("Date"), lambda row: day(_invoice(row).invoice_date), lambda row: _invoice(row).invoice_date, width=12
        ),
        Column(tr("Due"), lambda row: day(_invoice(row).due_date), lambda row: _invoice(row).due_date, width=12),
        Column(
            tr("Amount"),
            lambda row: money(row.document.amount),
            lambda row: row.document.amount,
            right=True,
            width=14,
            tone=lambda row: "negative" if row.document.amount < 0 else "",
        ),
        Column(tr("Goes to"), _goes_to, width=len(_credited(destination_words(Destination.INVOICE_ENTRY)))),
    ]


def _write_page(page: Page, row: DocumentRow, accounts: Mapping[str, str]) -> None:
    invoice = _invoice(row)
    picture, state = state_of(row)
    what = tr("Credit note {number}", number=invoice.number) if invoice.amount < 0 else None
    title = what or tr("Invoice {number}", number=invoice.number)
    what = f"{title}, {invoice.vendor_name}, {money(invoice.amount)} {invoice.currency}"
    page.title(tr("{name}: {text}", name=what, text=state), picture)
    write_standing(page, row)
    write_last_failure(page, row)
    write_findings(page, row)
    write_side_by_side(page, row)
    write_changes(page, row)
    page.link(tr("Show the invoice in the browser"), invoice.image_url)
    write_invoice_sheet(page, row, invoice, accounts)
    page.text(tr("Quadient AP's id: {id}", id=invoice.id), quiet=True)
