"""The look into Sage, before a write and after it: is this document there, and is what is there ours and equal?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from app.domain.invoices import Destination, Invoice, InvoiceKey
from app.domain.payments import CheckKey, Payment
from app.engine.journal import Entry
from app.errors import SkipItem
from app.sage.found import FoundCheck, FoundInvoice, Place


class Sight(StrEnum):
    """What the look saw."""

    NOTHING = "nothing"
    OURS = "ours"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Look:
    """What Sage has under a document's number; `batch` and `evidence` describe it, `message` how it differs."""

    sight: Sight
    batch: str = ""
    evidence: Mapping[str, Any] | None = None
    message: str = ""


class LedgerLook(Protocol):
    """The look-ups in Sage that a look needs; both read afresh at every call."""

    def invoices(self, keys: Sequence[InvoiceKey]) -> Mapping[InvoiceKey, tuple[FoundInvoice, ...]]:
        """Return what Sage has under each number, wherever it is."""

    def checks(self, keys: Sequence[CheckKey]) -> Mapping[CheckKey, tuple[FoundCheck, ...]]:
        """Return what Sage has under each check number, wherever it is."""


def natural_key(document: Invoice | Payment, check: CheckKey | None) -> tuple[str, ...]:
    """Return what Sage will know the document by, as an `Entry` keeps it; a payment needs its check number."""
    if isinstance(document, Invoice):
        return (*document.key, document.invoice_date.isoformat())
    number = check or CheckKey(document.bank_code, "")
    return (*number, document.payment_date.isoformat(), document.division, document.vendor_number)


@dataclass(frozen=True, slots=True)
class _Record:
    """One record under the document's number; `equal`: same party, date and amount."""

    place: Place
    batch: str
    day: str
    amount: str
    lines: int
    equal: bool
    marked: bool


def look(ledger: LedgerLook, entry: Entry) -> Look:
    """Look for what `entry` is about; a record in Sage that cannot be read is not taken for ours, nor for nothing."""
    try:
        return _look(ledger, entry)
    except SkipItem as error:
        return Look(Sight.OTHER, message=f"{error.title}. {error.message}")


def _look(ledger: LedgerLook, entry: Entry) -> Look:
    """Ours means: it carries our reference, and party, date and amount are the same.

    One such record tells for an invoice, which stands in the open invoices and in history once it is posted. For a
    check all must agree: a void beside it means that the payment is no longer there.
    """
    if entry.destination is Destination.MANUAL_CHECK:
        bank, number, day, *party = entry.natural_key
        checks = ledger.checks([CheckKey(bank, number)]).get(CheckKey(bank, number), ())
        records = [
            _record(entry, found, found.check_date, day, same=[found.division, found.vendor_number] == party)
            for found in checks
        ]
        ours = records[:1] if all(record.equal for record in records) and any(r.marked for r in records) else []
    else:
        division, vendor, number, day = entry.natural_key
        key = InvoiceKey(division, vendor, number)
        invoices = ledger.invoices([key]).get(key, ())
        records = [_record(entry, found, found.invoice_date, day, same=True) for found in invoices]
        ours = [record for record in records if record.equal and record.marked]
    if not records:
        return Look(Sight.NOTHING)
    marked = [record for record in records if record.marked]
    twice = {record.place for record in marked if sum(each.place == record.place for each in marked) > 1}
    if twice:
        return Look(Sight.OTHER, marked[0].batch, _evidence(marked[0]), f"Sage has it more than once in {twice.pop()}.")
    if ours:
        return Look(Sight.OURS, ours[0].batch, _evidence(ours[0]))
    other = records[0]
    where = f"{other.place}{f', batch {other.batch}' if other.batch else ''}"
    message = (
        f"Sage already has this number in {where}: {other.amount} of {other.day or 'no date'}. "
        f"Quadient AP has {entry.amount} of {day}."
    )
    return Look(Sight.OTHER, other.batch, _evidence(other), message)


def _record(entry: Entry, found: FoundInvoice | FoundCheck, on: date | None, day: str, *, same: bool) -> _Record:
    found_day = on.isoformat() if on else ""
    return _Record(
        found.place,
        found.batch,
        found_day,
        format(found.amount, "f"),
        len(found.lines),
        equal=same and found_day == day and found.amount == Decimal(entry.amount),
        marked=found.carries(entry.document),
    )


def _evidence(record: _Record) -> dict[str, Any]:
    return {
        "place": record.place,
        "batch": record.batch,
        "date": record.day,
        "amount": record.amount,
        "lines": record.lines,
    }
