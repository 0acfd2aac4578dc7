"""What the ledger answers, through each driver: for checks, the look before a write, and the read-back."""

from decimal import Decimal

import pytest

from app.domain.invoices import Destination, InvoiceKey
from app.domain.payments import CheckKey
from app.domain.purchase_orders import PurchaseOrder
from app.sage.found import Place, UnpostedEntry, UnpostedUse
from app.sandbox.company import read_facts
from tests.sage_conformance.subjects import Subject


def invoice_keys(subject: Subject) -> list[InvoiceKey]:
    """Return the key of every invoice in any table, and some that are nowhere."""
    tables = ("AP_InvoiceHeader", "PO_ReceiptHeader", "AP_OpenInvoice", "AP_InvoiceHistoryHeader")
    sql = " UNION ".join(f"SELECT APDivisionNo, VendorNo, InvoiceNo FROM {table}" for table in tables)
    there = [InvoiceKey(*row) for row in subject.rows(f"{sql} ORDER BY 3, 2, 1") if row[2]]
    nowhere = [InvoiceKey("00", "0001000", f"NOT-{number}'S") for number in range(250)]
    return there + nowhere


def check_keys(subject: Subject) -> list[CheckKey]:
    """Return the key of every check in any table, and some that are nowhere."""
    tables = ("AP_ManualCheckHeader", "AP_CheckHistoryHeader")
    sql = " UNION ".join(f"SELECT BankCode, CheckNo FROM {table}" for table in tables)
    return [CheckKey(*row) for row in subject.rows(sql)] + [CheckKey("A", f"Z{number:09d}") for number in range(250)]


def test_vendors_are_found_by_their_keys(demo: Subject) -> None:
    facts = read_facts(demo.twin).vendors
    keys = [(fact.division, fact.number) for fact in facts]
    strangers = [("00", f"N{number}'") for number in range(250)] + [("9'", "0001000"), ("00", "\u4e2d")]
    with demo.company() as company:
        found = company.ledger.vendors(keys + strangers)
    assert set(found) == set(keys)
    for fact in facts:
        vendor = found[fact.division, fact.number]
        assert (vendor.status, vendor.hold, vendor.terms) == (fact.status, fact.hold, fact.terms)
        assert vendor.uses_receipt_of_invoice == fact.uses_receipt_of_invoice


def test_accounts_are_found_over_two_hundred_at_a_time(demo: Subject) -> None:
    facts = read_facts(demo.twin).accounts
    keys = [fact.key for fact in facts]
    with demo.company() as company:
        found = company.ledger.accounts([*keys, *(f"Q{number:08d}" for number in range(450))])
    assert len(keys) > 100
    assert {key: (each.account, each.status) for key, each in found.items()} == {
        fact.key: (fact.account, fact.status) for fact in facts
    }


def test_code_tables_are_read_whole(demo: Subject) -> None:
    with demo.company() as company:
        ledger = company.ledger
        for found, table, column in (
            (ledger.terms(), "AP_TermsCode", "TermsCode"),
            (ledger.tax_schedules(), "SY_SalesTaxSchedule", "TaxSchedule"),
            (ledger.units(), "CI_UnitOfMeasure", "UnitOfMeasure"),
            (ledger.warehouses(), "IM_Warehouse", "WarehouseCode"),
            (ledger.divisions(), "AP_Division", "APDivisionNo"),
            (ledger.banks(), "GL_Bank", "BankCode"),
        ):
            assert found == {row[0].strip() for row in demo.rows(f"SELECT {column} FROM {table}")}, table
            assert found


def test_orders_are_looked_up_as_they_are_imported(demo: Subject) -> None:
    with demo.company() as company:
        imported = {each.number: each for each in company.purchase_orders() if isinstance(each, PurchaseOrder)}
        assert company.ledger.purchase_orders([*imported, "NOT'ONE"]) == imported
    assert len(imported) > 20


def test_invoices_are_found_wherever_they_stand(demo: Subject) -> None:
    """Places and amounts from plain SQL."""
    with demo.company() as company:
        found = company.ledger.invoices(invoice_keys(demo))
    for place, table, where in (
        (Place.INVOICE_ENTRY, "AP_InvoiceHeader", "1"),
        (Place.RECEIPT_OF_INVOICE, "PO_ReceiptHeader", "ReceiptType = 'I'"),
        (Place.OPEN, "AP_OpenInvoice", "1"),
        (Place.HISTORY, "AP_InvoiceHistoryHeader", "1"),
    ):
        rows = demo.rows(
            f"SELECT APDivisionNo, VendorNo, InvoiceNo, printf('%.2f', InvoiceAmt) FROM {table} WHERE {where}"
        )
        expected = sorted((InvoiceKey(*row[:3]), Decimal(row[3])) for row in rows)
        places = sorted((key, each.amount) for key, all_ in found.items() for each in all_ if each.place is place)
        assert places == expected, place
        assert expected


def test_invoices_with_their_lines_are_what_the_reference_driver_gives(demo: Subject) -> None:
    keys = invoice_keys(demo)
    with demo.reference() as reference, demo.company() as company:
        assert company.ledger.invoices(keys) == reference.ledger.invoices(keys)
        assert any(each.lines for places in company.ledger.invoices(keys).values() for each in places)


def test_one_vendor_s_invoice_is_found_alone(demo: Subject) -> None:
    fact = read_facts(demo.twin).open_invoices[0]
    with demo.company() as company:
        found = company.ledger.invoices([fact.key])
    assert {each.place for each in found[fact.key]} == {Place.OPEN, Place.HISTORY}
    assert {each.invoice_date for each in found[fact.key]} == {fact.invoice_date}


def test_open_balances_are_those_of_the_table(demo: Subject) -> None:
    facts = read_facts(demo.twin).open_invoices
    with demo.company() as company:
        found = company.ledger.open_invoices([fact.key for fact in facts])
    assert {key: (each.balance, each.discount) for key, each in found.items()} == {
        fact.key: (fact.balance, fact.discount) for fact in facts
    }
    assert found


def test_checks_are_found_in_entry_and_in_history(demo: Subject) -> None:
    with demo.company() as company:
        found = company.ledger.checks(check_keys(demo))
    for place, table in ((Place.MANUAL_CHECK, "AP_ManualCheckHeader"), (Place.HISTORY, "AP_CheckHistoryHeader")):
        rows = demo.rows(f"SELECT BankCode, CheckNo, printf('%.2f', CheckAmt) FROM {table}")
        expected = sorted((CheckKey(*row[:2]), Decimal(row[2])) for row in rows)
        places = sorted((key, each.amount) for key, all_ in found.items() for each in all_ if each.place is place)
        assert places == expected, place
        assert expected


def test_checks_with_their_lines_are_what_the_reference_driver_gives(demo: Subject) -> None:
    keys = check_keys(demo)
    with demo.reference() as reference, demo.company() as company:
        assert company.ledger.checks(keys) == reference.ledger.checks(keys)


def test_what_unposted_checks_take_of_an_invoice_is_counted_without_voids(demo: Subject) -> None:
    ((division, vendor, number),) = demo.rows(
        "SELECT DISTINCT APDivisionNo, VendorNo, InvoiceNo FROM AP_ManualCheckDetail JOIN AP_ManualCheckHeader "
        "USING (BankCode, CheckNo) WHERE CheckNo LIKE 'QP%'"
    )
    key = InvoiceKey(division, vendor, number)
    with demo.company() as company:
        found = company.ledger.unposted_paid([key, InvoiceKey("00", "0001000", "NOT-ONE")])
    entries = (UnpostedEntry("QP00000001", "00005"), UnpostedEntry("QP00000002", "00005"))
    assert set(found) == {key}
    assert found[key].taken == Decimal("26.00")
    assert sorted(found[key].entries) == sorted(entries)


def test_what_unposted_receipts_bill_of_an_order_is_counted(demo: Subject) -> None:
    ((order, line),) = demo.rows(
        "SELECT PurchaseOrderNo, PurchaseOrderLineKey FROM PO_ReceiptDetail JOIN PO_ReceiptHeader "
        "USING (ReceiptType, ReceiptNo) WHERE PurchaseOrderLineKey <> ''"
    )
    with demo.company() as company:
        found = company.ledger.unposted_billed([order, "NOT-ONE"])
    assert found == {(order, line): UnpostedUse(Decimal("1.25"), (UnpostedEntry("900001", "00003"),))}


@pytest.mark.parametrize("value", ["Y", "N"])
def test_whether_batches_are_on_is_read_from_the_options(demo: Subject, value: str) -> None:
    changed = demo.changed(f"UPDATE AP_Options SET InvoiceBatchEntry = '{value}'")
    with changed.company() as company:
        assert company.ledger.batches_on(Destination.INVOICE_ENTRY) is (value == "Y")
        assert company.notes == {}


def test_every_look_up_is_answered(subject: Subject) -> None:
    """Keys that nobody has: on a real Sage 100 this shows that each table and column of the look-ups is there."""
    with subject.company() as company:
        ledger = company.ledger
        invoice, check = InvoiceKey("00", "ZZZZZZZ", "NOT-ONE'S"), CheckKey("Z", "NOT-ONE'S")
        assert ledger.vendors([("00", "NOT'ONE")]) == {}
        assert ledger.accounts(["NOT'ONE"]) == {}
        assert ledger.purchase_orders(["NOT'ONE"]) == {}
        assert ledger.invoices([invoice]) == {}
        assert ledger.open_invoices([invoice]) == {}
        assert ledger.checks([check]) == {}
        assert ledger.unposted_paid([invoice]) == {}
        assert ledger.unposted_billed(["NOT'ONE"]) == {}
        for codes in (ledger.terms, ledger.units, ledger.banks, ledger.divisions):
            assert all(code == code.strip() for code in codes())
