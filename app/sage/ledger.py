"""Look-ups in Sage for checks before sending, for the look before a write, and for the read-back after it."""

from collections.abc import Collection, Mapping
from contextlib import closing
from datetime import date
from itertools import islice

from app.domain.invoices import Destination, InvoiceKey
from app.domain.language import say
from app.domain.payments import CheckKey
from app.domain.purchase_orders import PurchaseOrder
from app.errors import SkipItem
from app.sage.cells import Cells, Observations
from app.sage.documents import find_checks, find_invoices, find_open_invoices, find_vendors_owed
from app.sage.elsewhere import Alike, find_checks_of, find_invoices_of
from app.sage.found import (
    FoundCheck,
    FoundInvoice,
    LedgerAccount,
    LedgerOpenInvoice,
    LedgerVendor,
    Sizes,
    UnpostedUse,
)
from app.sage.kept import earliest
from app.sage.near import find_near_checks, find_near_invoices
from app.sage.outcomes import Quarantined, Skipped, UnreadableValue
from app.sage.readers.purchase_orders import find_purchase_orders
from app.sage.source import Source
from app.sage.unposted import find_unposted_billed, find_unposted_paid

# Where each entry screen keeps whether it works in batches (both tables' columns are inferred).
_BATCH_SWITCHES = {
    Destination.INVOICE_ENTRY: ("AP_Options", "InvoiceBatchEntry"),
    Destination.MANUAL_CHECK: ("AP_Options", "ManualCheckBatchEntry"),
    Destination.RECEIPT_OF_INVOICE: ("PO_Options", "ReceiptOfInvoiceBatchEntry"),
}

# Where each entry screen keeps its entries: table, a column of its key, and what narrows the table to the screen.
_ENTRIES: Mapping[Destination, tuple[str, str, Mapping[str, str]]] = {
    Destination.INVOICE_ENTRY: ("AP_InvoiceHeader", "InvoiceNo", {}),
    Destination.MANUAL_CHECK: ("AP_ManualCheckHeader", "CheckNo", {}),
    Destination.RECEIPT_OF_INVOICE: ("PO_ReceiptHeader", "ReceiptNo", {"ReceiptType": "I"}),
}


class Ledger:
    """Answers from an open company, many keys at once.

    Every method raises `SkipItem` when a table it needs cannot be read, `RetryLater` when Sage does not answer now,
    `NeedsUser` when it never will like this. Documents are read afresh at each call; the small code tables once.
    """

    def __init__(self, source: Source, seen: Observations) -> None:
        self._source = source
        self._seen = seen
        self._codes: dict[str, frozenset[str]] = {}

    def vendors(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], LedgerVendor]:
        """Return the vendors that exist among (division, vendor number) `keys`."""
        cells = Cells("AP_Vendor", self._seen)
        found = {}
        for division in sorted({division for division, _ in keys}):
            rows = self._source.find(
                "AP_Vendor",
                ("VendorNo", "VendorName", "VendorStatus", "HoldPayment", "UsePOReceiptOfInvForVendor", "TermsCode"),
                "VendorNo",
                {number for its_division, number in keys if its_division == division},
                where={"APDivisionNo": division},
            )
            for number, name, status, hold, receipt, terms in rows:
                found[division, cells.text(number, "VendorNo")] = LedgerVendor(
                    cells.text(name, "VendorName"),
                    cells.text(status, "VendorStatus"),
                    cells.flag(hold, "HoldPayment"),
                    cells.flag(receipt, "UsePOReceiptOfInvForVendor"),
                    cells.text(terms, "TermsCode"),
                )
        wanted = frozenset(keys)
        return {key: vendor for key, vendor in found.items() if key in wanted}

    def accounts(self, account_keys: Collection[str]) -> dict[str, LedgerAccount]:
        """Return the GL accounts that exist among `account_keys`."""
        cells = Cells("GL_Account", self._seen)
        rows = self._source.find(
            "GL_Account", ("AccountKey", "Account", "AccountDesc", "Status"), "AccountKey", account_keys
        )
        return {
            cells.text(key, "AccountKey"): LedgerAccount(
                cells.text(account, "Account"),
                cells.text(description, "AccountDesc"),
                cells.text(status, "Status"),
            )
            for key, account, description, status in rows
        }

    def terms(self) -> frozenset[str]:
        """Return all terms codes."""
        return self._all("AP_TermsCode", "TermsCode")

    def tax_schedules(self) -> frozenset[str]:
        """Return all tax schedules."""
        return self._all("SY_SalesTaxSchedule", "TaxSchedule")

    def units(self) -> frozenset[str]:
        """Return all units of measure."""
        return self._all("CI_UnitOfMeasure", "UnitOfMeasure")

    def warehouses(self) -> frozenset[str]:
        """Return all warehouse codes; none where this Sage 100 shows no I/M module, which is noted."""
        try:
            return self._all("IM_Warehouse", "WarehouseCode")
        except SkipItem as error:
            if error.code != "table-not-accessible":
                raise
            self._seen.notes[say("Warehouses are not looked at: this Sage 100 shows no I/M module.")] += 1
            return frozenset()

    def divisions(self) -> frozenset[str]:
        """Return all A/P divisions; only `00` where divisions are off."""
        return self._all("AP_Division", "APDivisionNo") or frozenset({"00"})

    def banks(self) -> frozenset[str]:
        """Return all bank codes."""
        return self._all("GL_Bank", "BankCode")

    def purchase_orders(self, numbers: Collection[str]) -> dict[str, PurchaseOrder | Skipped | Quarantined]:
        """Return the orders among `numbers` as they are now, or why one is not to be billed or cannot be read."""
        found = find_purchase_orders(self._source, self._seen, numbers)
        return {each.number if isinstance(each, PurchaseOrder) else each.key: each for each in found}

    def invoices(self, keys: Collection[InvoiceKey]) -> Mapping[InvoiceKey, tuple[FoundInvoice, ...]]:
        """Return where each invoice stands now: in entry, receipt of invoice entry, open and in history."""
        return find_invoices(self._source, self._seen, keys)

    def open_invoices(self, keys: Collection[InvoiceKey]) -> dict[InvoiceKey, LedgerOpenInvoice]:
        """Return what is still to pay of those `keys` that are posted and open."""
        return find_open_invoices(self._source, self._seen, keys)

    def vendors_owed(self, numbers: Collection[str]) -> dict[str, frozenset[tuple[str, str]]]:
        """Return by invoice number which vendors (division, number) have an open invoice of that number."""
        return find_vendors_owed(self._source, self._seen, numbers)

    def some_open_invoices(self, number: int) -> list[InvoiceKey]:
        """Return up to `number` posted invoices of which something is left to pay."""
        cells = Cells("AP_OpenInvoice", self._seen)
        columns = ("APDivisionNo", "VendorNo", "InvoiceNo", "Balance")
        with closing(self._source.stream("AP_OpenInvoice", columns, order=columns[:3])) as rows:
            keys = (
                InvoiceKey(*(cells.text(raw, column) for raw, column in zip(row, columns[:3], strict=False)))
                for row in rows
                if _is_left(cells, row[3])
            )
            return list(islice(keys, number))

    def checks(self, keys: Collection[CheckKey]) -> Mapping[CheckKey, tuple[FoundCheck, ...]]:
        """Return where each check number stands now: in manual check entry and in history."""
        return find_checks(self._source, self._seen, keys)

    def invoices_of(self, alike: Alike) -> set[InvoiceKey]:
        """Return the invoices of some vendors that may be one sent before, whatever their numbers."""
        return find_invoices_of(self._source, self._seen, alike)

    def checks_of(self, alike: Alike) -> set[CheckKey]:
        """Return the checks to some vendors that may be one sent before, whatever their numbers."""
        return find_checks_of(self._source, self._seen, alike)

    def near_invoices(self, keys: Collection[InvoiceKey]) -> set[InvoiceKey]:
        """Return the invoices of the same vendors whose numbers are nearly those of `keys`, without `keys`."""
        return find_near_invoices(self._source, self._seen, keys)

    def near_checks(self, keys: Collection[CheckKey], vendors: Collection[tuple[str, str]]) -> set[CheckKey]:
        """Return the checks to `vendors` whose numbers are nearly those of `keys`, without `keys`."""
        return find_near_checks(self._source, self._seen, keys, vendors)

    def invoices_since(self) -> date | None:
        """Return the earliest date of a posted invoice that Sage has; None when it has none."""
        tables = ("AP_InvoiceHistoryHeader", "AP_OpenInvoice")
        days = [earliest(self._source, self._seen, table, "InvoiceDate") for table in tables]
        return min((day for day in days if day), default=None)

    def checks_since(self) -> date | None:
        """Return the earliest date of a check in history; None when there is none."""
        return earliest(self._source, self._seen, "AP_CheckHistoryHeader", "CheckDate")

    def unposted_paid(self, keys: Collection[InvoiceKey]) -> dict[InvoiceKey, UnpostedUse]:
        """Return what unposted manual checks take of each invoice, money and discount together."""
        return find_unposted_paid(self._source, self._seen, keys)

    def unposted_billed(self, order_numbers: Collection[str]) -> dict[tuple[str, str], UnpostedUse]:
        """Return what unposted receipts of invoice bill of the orders' lines, by order number and line key."""
        return find_unposted_billed(self._source, self._seen, order_numbers)

    def sizes(self) -> Sizes:
        """Return this Sage's column sizes; where the catalogue does not tell them, the usual ones."""
        return self._source.catalogue.sizes()

    def batches_on(self, module: Destination) -> bool:
        """Tell whether an entry screen works in batches; where Sage does not tell, assume so.

        Assuming so is safe: selecting a batch then fails before anything is written.
        """
        table, column = _BATCH_SWITCHES[module]
        cells = Cells(table, self._seen)
        try:
            switches = [cells.flag(row[0], column) for row in self._source.stream(table, (column,))]
        except SkipItem:
            self._seen.notes[
                say("{table} cannot be read: {module} is taken to work in batches.", table=table, module=module)
            ] += 1
            return True
        return any(switches) or not switches

    def batch_is_empty(self, module: Destination, batch: str) -> bool:
        """Tell whether no entry of this screen is in `batch`."""
        table, key, only = _ENTRIES[module]
        return not any(True for _ in self._source.find(table, (key,), "BatchNo", {batch}, where=only))

    def _all(self, table: str, column: str) -> frozenset[str]:
        if table not in self._codes:
            cells = Cells(table, self._seen)
            codes = (cells.text(row[0], column) for row in self._source.stream(table, (column,), order=(column,)))
            self._codes[table] = frozenset(code for code in codes if code)
        return self._codes[table]


def _is_left(cells: Cells, balance: object) -> bool:
    try:
        return cells.amount(balance, "Balance") > 0
    except UnreadableValue:
        return False  # such an invoice is not one to choose
