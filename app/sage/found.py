"""What the look-ups in Sage answer: the facts that checks, the look before a write and the read-back need."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from app.domain.language import later


class Place(StrEnum):
    """Where in Sage a document was found, in the words of Sage's screens."""

    INVOICE_ENTRY = later("A/P Invoice Data Entry")
    RECEIPT_OF_INVOICE = later("P/O Receipt of Invoice Entry")
    MANUAL_CHECK = later("A/P Manual Check and Payment Entry")
    OPEN = later("open invoices")
    HISTORY = later("history")

    @property
    def posted(self) -> bool:
        """Whether the register has been posted."""
        return self in (Place.OPEN, Place.HISTORY)


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One distribution (or paid invoice line) of a found document."""

    account_key: str
    amount: Decimal
    comment: str
    invoice_number: str = ""


@dataclass(frozen=True, slots=True)
class FoundInvoice:
    """An invoice that Sage has. `batch` is empty when batches are off or it is posted.

    `unreadable` is set when a value of it cannot be read, and tells which: `table.column holds “raw”`. Then neither
    date, amount nor lines are known (None, 0.00, none), so that it equals no document and carries no reference.
    `balanced` is false when it waits in an entry screen and its lines do not come to its amount: a part is missing.
    """

    place: Place
    batch: str
    invoice_date: date | None
    amount: Decimal
    comment: str
    entry_number: str  # the receipt number in Receipt of Invoice Entry, else empty
    lines: tuple[FoundLine, ...]
    unreadable: str = ""
    balanced: bool = True

    def carries(self, reference: str) -> bool:
        """Whether the cloud's reference stands in one of its comments: then AP Bridge wrote it."""
        if self.unreadable:
            return False
        return reference in self.comment.split() or any(reference in line.comment.split() for line in self.lines)


@dataclass(frozen=True, slots=True)
class FoundCheck:
    """A check that Sage has, unposted or in history; `unreadable` and `balanced` as in `FoundInvoice`."""

    place: Place
    batch: str
    check_date: date | None
    division: str
    vendor_number: str
    amount: Decimal
    comment: str
    lines: tuple[FoundLine, ...]
    unreadable: str = ""
    balanced: bool = True

    def carries(self, reference: str) -> bool:
        """Whether the cloud's reference stands in its comment: then AP Bridge wrote it."""
        return not self.unreadable and reference in self.comment.split()


Found: TypeAlias = FoundInvoice | FoundCheck
"""A document that Sage has, wherever it stands."""


@dataclass(frozen=True, slots=True)
class LedgerVendor:
    """What the checks need of a vendor."""

    name: str
    status: str
    hold: bool
    uses_receipt_of_invoice: bool
    terms: str


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """What the checks need of a GL account; `account` is the number people read."""

    account: str
    description: str
    status: str


@dataclass(frozen=True, slots=True)
class LedgerOpenInvoice:
    """What is still to pay of a posted invoice; nothing is known of it when `unreadable`, as in `FoundInvoice`."""

    balance: Decimal
    discount: Decimal
    unreadable: str = ""


class UnpostedEntry(NamedTuple):
    """An entry whose register is not posted yet: its check or receipt number, and its batch (empty when off)."""

    number: str
    batch: str


@dataclass(frozen=True, slots=True)
class UnpostedUse:
    """What unposted entries use up: of an open invoice money and discount, of an order line a quantity.

    Sage's own balance and invoiced quantity do not count it yet. When a value is `unreadable` (as in
    `FoundInvoice`), more than `taken` may be used.
    """

    taken: Decimal
    entries: tuple[UnpostedEntry, ...]
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Column sizes of this Sage, in characters."""

    invoice_number: int = 20
    comment: int = 40
    check_number: int = 10
    line_comment: int = 2048


@dataclass(frozen=True, slots=True)
class Written:
    """What the writer answered: the batch (empty when off), entry number, and warnings kept."""

    batch: str
    entry_number: str = ""
    warnings: tuple[str, ...] = ()
