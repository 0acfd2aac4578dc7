"""Finds what Sage has under nearly the same numbers as some documents', of the same vendors.

Sage is asked for all of the vendors' numbers, since no driver can be asked for a number in every spelling; SQL Server
may overlook capitals, ProvideX does not.
"""

from collections.abc import Collection

from app.domain.invoices import InvoiceKey
from app.domain.numbers import bare
from app.domain.payments import CheckKey
from app.sage.cells import Observations
from app.sage.elsewhere import of_vendors
from app.sage.source import Source

_INVOICE = ("APDivisionNo", "VendorNo", "InvoiceNo")
_CHECK = ("APDivisionNo", "VendorNo", "CheckNo", "BankCode")


def find_near_invoices(source: Source, seen: Observations, keys: Collection[InvoiceKey]) -> set[InvoiceKey]:
    """Return the invoices, unposted and posted, whose numbers are nearly those of `keys`, without `keys` themselves.

    Raises:
        SkipItem: when a table of A/P cannot be read. P/O's may be missing.
    """
    wanted = {key._replace(number=bare(key.number)) for key in keys}
    vendors = {(key.division, key.vendor_number) for key in keys}
    found = set()
    for table, where in (
        ("AP_InvoiceHeader", {}),
        ("PO_ReceiptHeader", {"ReceiptType": "I"}),
        ("AP_OpenInvoice", {}),
        ("AP_InvoiceHistoryHeader", {}),
    ):
        for vendor, row in of_vendors(source, seen, table, _INVOICE, where, vendors):
            number = _number(row[2])
            if InvoiceKey(*vendor, bare(number)) in wanted:
                found.add(InvoiceKey(*vendor, number))
    return found - set(keys)


def find_near_checks(
    source: Source, seen: Observations, keys: Collection[CheckKey], vendors: Collection[tuple[str, str]]
) -> set[CheckKey]:
    """Return the checks to `vendors` whose numbers are nearly those of `keys`, without `keys` themselves.

    Raises:
        SkipItem: when a table cannot be read.
    """
    wanted = {key._replace(check_number=bare(key.check_number)) for key in keys}
    found = set()
    for table in ("AP_ManualCheckHeader", "AP_CheckHistoryHeader"):
        for _, row in of_vendors(source, seen, table, _CHECK, {}, vendors):
            bank, number = _number(row[3]), _number(row[2])
            if CheckKey(bank, bare(number)) in wanted:
                found.add(CheckKey(bank, number))
    return found - set(keys)


def _number(raw: object) -> str:
    # What is no text is like no number.
    return raw.rstrip(" ") if isinstance(raw, str) else ""
