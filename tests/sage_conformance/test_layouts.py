"""Releases of Sage differ: what the catalogue tells, and what happens when a table or column is not there."""

import pytest

from app.domain.invoices import Destination, InvoiceKey
from app.domain.lists import ListItem, ListName
from app.errors import SkipItem
from app.sage.found import Sizes
from app.sandbox.schema import tables
from tests.sage_conformance.subjects import Subject


def test_the_catalogue_tells_the_sizes_of_this_sage(demo: Subject) -> None:
    with demo.company() as company:
        assert company.ledger.sizes() == Sizes(invoice_number=20, comment=40, check_number=10, line_comment=2048)
    narrow = demo.changed(
        "DROP TABLE AP_ManualCheckHeader",
        "CREATE TABLE AP_ManualCheckHeader (BankCode VARCHAR(3), CheckNo VARCHAR(8))",
    )
    with narrow.company() as company:
        assert company.ledger.sizes().check_number == 8


def test_sizes_are_known(subject: Subject) -> None:
    with subject.company() as company:
        sizes = company.ledger.sizes()
    assert 10 <= sizes.invoice_number <= 20
    assert 0 < sizes.check_number <= 10
    assert 0 < sizes.comment <= sizes.line_comment


@pytest.mark.parametrize("table", ["AP_Vendor", "PO_PurchaseOrderHeader", "AP_InvoiceHeader"])
def test_a_table_s_columns_are_found_under_the_names_that_ap_bridge_uses(demo: Subject, table: str) -> None:
    with demo.company() as company:
        columns = company._source.catalogue.columns(table)
    for column in tables()[table].columns:
        assert column.name in columns
        if column.kind == "text":
            assert columns[column.name] == column.size


def test_an_optional_column_that_is_not_there_is_blank(demo: Subject) -> None:
    changed = demo.changed("ALTER TABLE AP_Vendor DROP COLUMN EmailAddress")
    with demo.company() as whole, changed.company() as company:
        expected = [each for each in whole.list_items(ListName.VENDOR) if isinstance(each, ListItem)]
        found = [each for each in company.list_items(ListName.VENDOR) if isinstance(each, ListItem)]
    assert any(each.attributes["email"] for each in expected)
    assert [each.attributes["email"] for each in found] == [""] * len(expected)
    assert [{**each.attributes, "email": ""} for each in expected] == [dict(each.attributes) for each in found]


def test_a_needed_column_that_is_not_there_stops_its_list_only(demo: Subject) -> None:
    changed = demo.changed("ALTER TABLE AP_Vendor DROP COLUMN VendorStatus")
    with changed.company() as company:
        with pytest.raises(SkipItem) as caught:
            list(company.list_items(ListName.VENDOR))
        assert caught.value.code == "column-missing"
        assert "VendorStatus" in caught.value.detail
        assert list(company.list_items(ListName.ITEM))


@pytest.mark.parametrize(
    ("table", "read"),
    [
        ("CI_Item", lambda company: list(company.list_items(ListName.ITEM))),
        ("SY_SalesTaxCodeDetail", lambda company: list(company.list_items(ListName.TAX))),
        ("PO_PurchaseOrderDetail", lambda company: list(company.purchase_orders())),
        ("AP_CheckHistoryDetail", lambda company: list(company.payments())),
        ("AP_TermsCode", lambda company: company.ledger.terms()),
    ],
    ids=["item", "tax", "orders", "payments", "terms"],
)
def test_a_table_that_is_not_there_stops_what_needs_it_only(demo: Subject, table: str, read) -> None:
    changed = demo.changed(f"DROP TABLE {table}")
    with changed.company() as company:
        with pytest.raises(SkipItem) as caught:
            read(company)
        assert caught.value.code == "table-not-accessible"
        assert list(company.list_items(ListName.VENDOR))


def test_without_the_purchase_order_module_invoices_are_looked_for_elsewhere(demo: Subject) -> None:
    changed = demo.changed("DROP TABLE PO_ReceiptHeader", "DROP TABLE PO_ReceiptDetail", "DROP TABLE PO_Options")
    with changed.company() as company:
        (row,) = changed.rows(
            "SELECT APDivisionNo, VendorNo, InvoiceNo FROM AP_InvoiceHeader ORDER BY InvoiceNo LIMIT 1"
        )
        found = company.ledger.invoices([InvoiceKey(*row)])
        assert [len(places) for places in found.values()] == [1]
        assert company.ledger.unposted_billed(["0000001"]) == {}
        assert company.ledger.batches_on(Destination.RECEIPT_OF_INVOICE) is True
        assert sum("P/O module" in note for note in company.notes) == 1
        assert sum("PO_Options" in note for note in company.notes) == 1
