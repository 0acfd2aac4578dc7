"""Reads vendors, with the address that the settings ask for and without the taxpayer id."""

from app.domain.language import say
from app.domain.lists import ListItem
from app.sage.cells import Cells, Observations
from app.sage.source import Row, Source

COLUMNS = (
    "APDivisionNo",
    "VendorNo",
    "VendorName",
    "VendorStatus",
    "HoldPayment",
    "SeparateCheck",
    "UsePOReceiptOfInvForVendor",
    "TermsCode",
)
OPTIONAL = ("AccountKey", "TaxSchedule", "EmailAddress", "TelephoneNo")
_STANDARD_ADDRESS = (
    "AddressLine1",
    "AddressLine2",
    "AddressLine3",
    "City",
    "State",
    "ZipCode",
    "CountryCode",
)
# Unconfirmed names: no public layout has a remit-to address among the vendor's columns, some sites add one.
_REMIT_TO_ADDRESS = tuple(f"RemitTo{column}" for column in _STANDARD_ADDRESS)
_ADDRESS_NAMES = (
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "city",
    "state",
    "zip_code",
    "country",
)


def vendor_columns(source: Source, seen: Observations, *, remit_to: bool) -> tuple[str, tuple[str, ...]]:
    """Return which address is carried (standard or remit_to), and the optional columns to read for it."""
    kind, address = _address(source, seen, remit_to=remit_to)
    return kind, (*OPTIONAL, *address)


def build_vendor(kind: str, cells: Cells, key: str, row: Row) -> ListItem:
    """Return the vendor in a row; a status that is not A, T or I counts as active and is noted."""
    division, number, name, status_raw, hold, separate, receipt, terms, account, tax, email, phone, *place = row
    status = cells.text(status_raw, "VendorStatus")
    if status not in ("A", "T", "I"):
        cells.seen.notes[say("Vendors with the unknown status “{status}” are taken as active.", status=status)] += 1
    address = _STANDARD_ADDRESS if kind == "standard" else _REMIT_TO_ADDRESS
    attributes = {
        "division": cells.text(division, "APDivisionNo"),
        "vendor_number": cells.text(number, "VendorNo"),
        "status": status,
        "address_kind": kind,
    }
    for label, column, raw in zip(_ADDRESS_NAMES, address, place, strict=True):
        attributes[label] = cells.text(raw, column)
    return ListItem(
        key,
        cells.text(name, "VendorName"),
        status != "I",
        attributes
        | {
            "email": cells.text(email, "EmailAddress"),
            "phone": cells.text(phone, "TelephoneNo"),
            "terms": cells.text(terms, "TermsCode"),
            "account_key": cells.text(account, "AccountKey"),
            "separate_cheque": cells.flag(separate, "SeparateCheck"),
            "hold": cells.flag(hold, "HoldPayment"),
            "tax_schedule": cells.text(tax, "TaxSchedule"),
            "uses_receipt_of_invoice": cells.flag(receipt, "UsePOReceiptOfInvForVendor"),
        },
    )


def _address(source: Source, seen: Observations, *, remit_to: bool) -> tuple[str, tuple[str, ...]]:
    if not remit_to:
        return "standard", _STANDARD_ADDRESS
    if _REMIT_TO_ADDRESS[0] in source.catalogue.columns("AP_Vendor"):
        return "remit_to", _REMIT_TO_ADDRESS
    seen.notes[say("This Sage 100 keeps no remit-to address with its vendors: the standard address is sent.")] += 1
    return "standard", _STANDARD_ADDRESS
