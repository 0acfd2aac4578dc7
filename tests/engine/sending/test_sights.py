"""What the look into Sage takes for ours."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.invoices import Destination
from app.engine.sending.looking import Sight, Sought, look
from app.engine.sending.natural_key import CheckName, InvoiceName
from app.sage.found import FoundCheck, FoundInvoice, FoundLine, Place

LINE = FoundLine("000000045", Decimal("60.10"), "Freight AP Bridge inv-000123")
INVOICE = FoundInvoice(Place.INVOICE_ENTRY, "00012", date(2026, 1, 31), Decimal("110.10"), "Freight", "", (LINE,))
CHECK = FoundCheck(
    Place.MANUAL_CHECK, "00005", date(2026, 2, 1), "01", "0000123", Decimal("98.00"), "AP Bridge pay-000007", ()
)


class Sage:
    def __init__(self, *found):
        self.found = found

    def invoices(self, keys):
        return dict.fromkeys(keys, self.found)

    def checks(self, keys):
        return dict.fromkeys(keys, self.found)


INV_77 = InvoiceName("01", "0000123", "INV-77", "2026-01-31")
QP1 = CheckName("A", "QP1", "2026-02-01", "01", "0000123")
BILL = Sought(1, "inv-000123", Destination.INVOICE_ENTRY, INV_77, "110.10")
PAID = Sought(2, "pay-000007", Destination.MANUAL_CHECK, QP1, "98.00")


@pytest.mark.parametrize(("found", "about"), [(INVOICE, BILL), (CHECK, PAID)])
def test_what_carries_our_mark_and_is_equal_is_ours(found, about):
    assert look(Sage(found), about).sight is Sight.OURS


@pytest.mark.parametrize(("found", "about"), [(INVOICE, BILL), (CHECK, PAID)])
def test_a_document_of_which_a_part_is_missing_is_not_taken_for_ours(found, about):
    seen = look(Sage(replace(found, balanced=False)), about)
    assert seen.sight is Sight.OTHER
    assert "a part of it is missing" in seen.message
    assert seen.batch == found.batch


def test_a_document_of_another_amount_is_told_with_both():
    seen = look(Sage(replace(INVOICE, amount=Decimal("99.00"))), BILL)
    assert seen.sight is Sight.OTHER
    assert "99.00" in seen.message
    assert "110.10" in seen.message
    assert "missing" not in seen.message
