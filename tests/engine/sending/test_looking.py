"""What Sage knows a document by, and what passes for it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.invoices import Destination
from app.domain.payments import CheckKey
from app.engine.sending.looking import Look, Sight, Sought, is_it
from app.engine.sending.natural_key import known_as, natural_key
from app.sage.found import FoundCheck, FoundInvoice, Place
from tests.gui.filled import invoice, payment

INVOICE = replace(invoice(1), vendor_number="A-B", number="X:1-2")
PAYMENT = payment(1)


@pytest.mark.parametrize(
    ("document", "check", "id_"),
    [(INVOICE, None, "ABC:01-A-B:X:1-2"), (PAYMENT, CheckKey("A", "0000010311"), "ABC:A:0000010311")],
)
def test_an_external_id_leads_back_to_what_sage_knows_the_document_by(document, check, id_):
    key = natural_key(document, check)
    assert key.external_id("ABC") == id_
    assert known_as("ABC", document, id_) == key


@pytest.mark.parametrize("id_", ["", "XYZ:01-ACE:1", "ABC", "ABC:", "ABC:01-ACE", "ABC:01ACE:1", "ABC:01-ACE:"])
def test_an_id_that_is_not_of_this_company_or_form_leads_nowhere(id_):
    assert known_as("ABC", INVOICE, id_) is None


def found_check(amount, vendor="ACME"):
    return FoundCheck(Place.HISTORY, "", date(2026, 11, 20), "01", vendor, Decimal(amount), "", ())


@pytest.mark.parametrize(
    ("found", "passes"),
    [
        ([], False),
        ([found_check("1500.00")], True),
        ([found_check("1500.00"), found_check("-1500.00")], False),
        ([found_check("1500.00", vendor="BOLT")], False),
        ([found_check("1499.99")], False),
    ],
)
def test_a_check_passes_by_vendor_and_amount_unless_it_is_voided(found, passes):
    key = natural_key(PAYMENT, CheckKey("A", "1"))
    sought = Sought(1, PAYMENT.id, Destination.MANUAL_CHECK, key, "1500.00")
    assert is_it(Look(Sight.OTHER, found=tuple(found)), sought) is passes


@pytest.mark.parametrize(
    ("amount", "unreadable", "passes"),
    [("9.00", "", True), ("9.01", "", False), ("0.00", "AP_OpenInvoice.InvoiceAmt holds “x”", False)],
)
def test_an_invoice_passes_by_its_amount(amount, unreadable, passes):
    there = FoundInvoice(Place.OPEN, "", date(2026, 11, 2), Decimal(amount), "", "", (), unreadable)
    asked = "0.00" if unreadable else "9.00"
    sought = Sought(1, INVOICE.id, Destination.INVOICE_ENTRY, natural_key(INVOICE, None), asked)
    assert is_it(Look(Sight.OTHER, found=(there,)), sought) is passes


def test_what_sage_has_only_a_part_of_does_not_pass():
    there = FoundInvoice(Place.INVOICE_ENTRY, "00012", date(2026, 11, 2), Decimal("9.00"), "", "", (), balanced=False)
    sought = Sought(1, INVOICE.id, Destination.INVOICE_ENTRY, natural_key(INVOICE, None), "9.00")
    assert not is_it(Look(Sight.OTHER, found=(there,)), sought)
    check = replace(found_check("1500.00"), place=Place.MANUAL_CHECK, balanced=False)
    key = natural_key(PAYMENT, CheckKey("A", "1"))
    assert not is_it(Look(Sight.OTHER, found=(check,)), Sought(1, PAYMENT.id, Destination.MANUAL_CHECK, key, "1500.00"))
