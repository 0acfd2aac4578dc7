"""What the checks are given and what they answer: the ledger's look-ups, the context, the verdict."""

from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from app.domain.findings import Finding, Severity
from app.domain.invoices import InvoiceKey
from app.domain.payments import CheckKey
from app.domain.purchase_orders import PurchaseOrder
from app.engine.sending.sage_now import SageNow
from app.sage.found import (
    Found,
    FoundCheck,
    FoundInvoice,
    LedgerAccount,
    LedgerOpenInvoice,
    LedgerVendor,
    Sizes,
    UnpostedUse,
)
from app.sage.outcomes import Quarantined, Skipped
from app.settings import CompanySettings

_RANK = {Severity.STOPS: 0, Severity.WARNS: 1, Severity.INFORMS: 2}


class LedgerLookups(Protocol):
    """The look-ups in Sage that the checks need; what Sage does not have is absent from an answer.

    Each is called at most once for all documents of a check, so that a thousand documents cost a few queries.
    """

    def vendors(self, keys: Collection[tuple[str, str]], /) -> Mapping[tuple[str, str], LedgerVendor]:
        """Return vendors by division and vendor number."""

    def accounts(self, account_keys: Collection[str], /) -> Mapping[str, LedgerAccount]:
        """Return GL accounts by AccountKey."""

    def terms(self) -> AbstractSet[str]:
        """Return the terms codes."""

    def tax_schedules(self) -> AbstractSet[str]:
        """Return the tax schedules."""

    def units(self) -> AbstractSet[str]:
        """Return the units of measure."""

    def warehouses(self) -> AbstractSet[str]:
        """Return the warehouse codes."""

    def divisions(self) -> AbstractSet[str]:
        """Return the divisions."""

    def banks(self) -> AbstractSet[str]:
        """Return the bank codes."""

    def purchase_orders(self, numbers: Collection[str], /) -> Mapping[str, PurchaseOrder | Skipped | Quarantined]:
        """Return orders by number: standard and drop ship ones, or why another is left out or cannot be read."""

    def invoices(self, keys: Collection[InvoiceKey], /) -> Mapping[InvoiceKey, tuple[FoundInvoice, ...]]:
        """Return what stands under each invoice number, unposted and posted, read afresh."""

    def near_invoices(self, keys: Collection[InvoiceKey], /) -> AbstractSet[InvoiceKey]:
        """Return the invoices of the same vendors whose numbers are nearly those of `keys`, without `keys`."""

    def near_checks(self, keys: Collection[CheckKey], vendors: Collection[tuple[str, str]], /) -> AbstractSet[CheckKey]:
        """Return the checks to `vendors` whose numbers are nearly those of `keys`, without `keys`."""

    def vendors_owed(self, numbers: Collection[str], /) -> Mapping[str, AbstractSet[tuple[str, str]]]:
        """Return by invoice number which vendors (division, number) have an open invoice of that number."""

    def open_invoices(self, keys: Collection[InvoiceKey], /) -> Mapping[InvoiceKey, LedgerOpenInvoice]:
        """Return what is still to pay of posted invoices."""

    def checks(self, keys: Collection[CheckKey], /) -> Mapping[CheckKey, tuple[FoundCheck, ...]]:
        """Return what stands under each check number, unposted and posted, read afresh."""

    def unposted_paid(self, keys: Collection[InvoiceKey], /) -> Mapping[InvoiceKey, UnpostedUse]:
        """Return what unposted manual checks take of each invoice, money and discount together."""

    def unposted_billed(self, order_numbers: Collection[str], /) -> Mapping[tuple[str, str], UnpostedUse]:
        """Return what unposted receipts of invoice bill, by order number and line key.

        What cannot be told apart by line stands under the line key "", as unreadable.
        """

    def sizes(self) -> Sizes:
        """Return the column sizes of this Sage."""


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a check looks at beside the documents.

    `ours` tells, by a document's id, whether the journal holds an intent to write that very payload.
    """

    company: CompanySettings
    ledger: LedgerLookups
    today: date
    ours: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks say of one document.

    `findings`: stops first, then warnings, then what only informs; the root cause before what it causes.
    `check`: for payments, the check number made from the reference; None when none can be made.
    `found`: all that Sage has under the document's number. `now`: what it has of all that the document names.
    """

    findings: tuple[Finding, ...] = ()
    check: CheckKey | None = None
    found: tuple[Found, ...] = ()
    now: SageNow = field(default_factory=SageNow)

    @property
    def sendable(self) -> bool:
        """Whether nothing stops the document."""
        return all(finding.severity is not Severity.STOPS for finding in self.findings)


def ordered(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return `findings` by severity; within one severity they stay as found, root cause first."""
    return tuple(sorted(findings, key=lambda finding: _RANK[finding.severity]))
