"""Reads vendors, with the address that the settings ask for and without the taxpayer id."""

from collections.abc import Iterator

from app.domain.lists import ListItem
from app.sage.cells import Cells, Observations
from app.sage.outcomes import Quarantined, UnreadableValue
from app.sage.source import Source

_COLUMNS = (
    "APDivisionNo",
    "VendorNo",
    "VendorName",
    "VendorStatus",
    "HoldPayment",
    "SeparateCheck",
    "UsePOReceiptOfInvForVendor",
    "TermsCode",
)
_OPTIONAL = ("AccountKey", "TaxSchedule", "EmailAddress", "TelephoneNo")
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


def read_vendors(source: Source, seen: Observations, *, remit_to: bool) -> Iterator[ListItem | Quarantined]:
    """Yield the vendors in Sage's order; a status that is not A, T or I counts as active and is noted."""
    cells = Cells("AP_Vendor", seen)
    kind, address = _address(source, seen, remit_to=remit_to)
    rows = source.stream("AP_Vendor", _COLUMNS, optional=(*_OPTIONAL, *address), order=("APDivisionNo", "VendorNo"))
    for division_raw, number_raw, name, status_raw, hold, separate, receipt, terms, *rest in rows:
        account, tax, email, phone, *place = rest
        try:
            division = cells.key(division_raw, "APDivisionNo")
            number = cells.key(number_raw, "VendorNo")
        except UnreadableValue as error:
            yield error.quarantined("")
            continue
        status = cells.text(status_raw, "VendorStatus")
        if status not in ("A", "T", "I"):
            seen.notes[f"Vendors with the unknown status “{status}” are taken as active."] += 1
        attributes = {
            "division": division,
            "vendor_number": number,
            "status": status,
            "address_kind": kind,
        }
        for label, column, raw in zip(_ADDRESS_NAMES, address, place, strict=True):
            attributes[label] = cells.text(raw, column)
        yield ListItem(
            f"{division}-{number}",
            cells.text(name, "VendorName"),
            status != "I",
            attributes
            | {
                "email": cells.text(email, "EmailAddress"),
                "phone": cells.text(phone, "TelephoneNo"),
                "terms": cells.text(terms, "TermsCode"),
                "account_key": cells.text(account, "AccountKey"),
                "separate_cheque": cells.flag(separate),
                "hold": cells.flag(hold),
                "tax_schedule": cells.text(tax, "TaxSchedule"),
                "uses_receipt_of_invoice": cells.flag(receipt),
            },
        )


def _address(source: Source, seen: Observations, *, remit_to: bool) -> tuple[str, tuple[str, ...]]:
    if not remit_to:
        return "standard", _STANDARD_ADDRESS
    if _REMIT_TO_ADDRESS[0] in source.catalogue.columns("AP_Vendor"):
        return "remit_to", _REMIT_TO_ADDRESS
    seen.notes["This Sage 100 keeps no remit-to address with its vendors: the standard address is sent."] += 1
    return "standard", _STANDARD_ADDRESS
