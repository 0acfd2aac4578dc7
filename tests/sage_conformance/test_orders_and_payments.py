"""Purchase orders and payments, which are joined from several tables, read through each driver."""

from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import zip_longest

import pytest

from app.domain.lists import ListItem, ListName
from app.domain.payments import SagePayment
from app.domain.purchase_orders import PurchaseOrder
from app.sage.outcomes import Quarantined, Skipped
from app.sandbox.company import read_facts
from tests.sage_conformance.subjects import Subject


def orders(subject: Subject, **settings) -> dict[str, PurchaseOrder]:
    with subject.company(**settings) as company:
        return {each.number: each for each in company.purchase_orders() if isinstance(each, PurchaseOrder)}


def payments(subject: Subject, **settings) -> dict[str, SagePayment]:
    with subject.company(**settings) as company:
        return {each.key: each for each in company.payments() if isinstance(each, SagePayment)}


@pytest.mark.parametrize("since", [None, date(2026, 2, 1)])
def test_orders_are_what_the_reference_driver_gives(demo: Subject, since: date | None) -> None:
    """The reader is the same on both sides: this shows that the driver and its dialect change nothing."""
    with demo.reference(orders_from=since) as reference, demo.company(orders_from=since) as company:
        expected = list(reference.purchase_orders())
        assert list(company.purchase_orders()) == expected
        assert len(expected) > 5


def test_orders_are_what_the_demo_says_of_itself(demo: Subject) -> None:
    """Lines, quantities, costs and receipts as the sandbox reads them from SQLite for its own purposes."""
    found = orders(demo)
    facts = read_facts(demo.twin).orders
    # Where the database has no room for the letter O in a number, that order is sound and one of these.
    assert len(facts) > 10
    for fact in facts:
        order = found[fact.number]
        assert (order.order_type, order.state, order.order_date) == (fact.order_type, fact.state, fact.order_date)
        assert (order.freight, order.sales_tax, order.receipts) == (fact.freight, fact.sales_tax, fact.receipts)
        assert [
            (line.line_key, line.ordered, line.received, line.invoiced, line.unit_cost) for line in order.lines
        ] == [(line.line_key, line.ordered, line.received, line.invoiced, line.unit_cost) for line in fact.lines]


def test_every_order_in_the_table_is_accounted_for(demo: Subject) -> None:
    with demo.company() as company:
        found = list(company.purchase_orders())
    numbers = [each.number if isinstance(each, PurchaseOrder) else each.key for each in found]
    assert numbers == [row[0] for row in demo.rows("SELECT PurchaseOrderNo FROM PO_PurchaseOrderHeader ORDER BY 1")]
    damaged = demo.rows("SELECT PurchaseOrderNo FROM PO_PurchaseOrderDetail WHERE typeof(QuantityOrdered) = 'text'")
    assert [each.key for each in found if isinstance(each, Quarantined)] == [row[0] for row in damaged]


def test_an_order_s_receipts_are_joined_on_all_parts_of_their_key(demo: Subject) -> None:
    received = {
        (order, line): Decimal(str(quantity)).quantize(Decimal("0.000001"))
        for order, line, quantity in demo.rows(
            "SELECT PurchaseOrderNo, LineKey, SUM(QuantityReceived) FROM PO_ReceiptHistoryDetail "
            "WHERE ReceiptType = 'G' GROUP BY 1, 2"
        )
    }
    found: Counter[tuple[str, str]] = Counter()
    for order in orders(demo).values():
        for receipt in order.receipts:
            for line in receipt.lines:
                found[order.number, line.line_key] += line.quantity
    assert found
    assert {key: received[key] for key in found} == found


def test_orders_from_a_day_on_are_those_of_the_calendar(demo: Subject) -> None:
    since = date(2026, 2, 1)
    dated = demo.rows(
        "SELECT PurchaseOrderNo FROM PO_PurchaseOrderHeader WHERE PurchaseOrderDate < ? AND PurchaseOrderDate <> ''",
        since.isoformat(),
    )
    everything, some = orders(demo), orders(demo, orders_from=since)
    assert set(some) == set(everything) - {row[0] for row in dated}
    assert 0 < len(some) < len(everything)


@pytest.mark.parametrize("since", [None, date(2026, 2, 1)])
def test_payments_are_what_the_reference_driver_gives(demo: Subject, since: date | None) -> None:
    """The reader is the same on both sides: this shows that the driver and its dialect change nothing."""
    settings = {"payments_from": since, "workflow_banks": ("P",)}
    with demo.reference(**settings) as reference, demo.company(**settings) as company:
        expected = list(reference.payments())
        assert list(company.payments()) == expected
        assert len(expected) > 5


def test_payments_are_the_rows_of_the_check_history(demo: Subject) -> None:
    """Amounts, dates and what each pays, from plain SQL; voids and reversals among them."""
    found = payments(demo)
    rows = demo.rows(
        "SELECT BankCode || '-' || CheckNo || '-' || CheckSeqNo, CheckType, CheckDate, printf('%.2f', CheckAmt) "
        "FROM AP_CheckHistoryHeader WHERE CheckAmt <> 0"
    )
    paid = dict(
        demo.rows(
            "SELECT BankCode || '-' || CheckNo || '-' || CheckSeqNo, printf('%.2f', SUM(AmountPaid)) "
            "FROM AP_CheckHistoryDetail WHERE InvoiceNo NOT LIKE 'CK________' GROUP BY 1"
        )
    )
    assert {key: payment.amount for key, payment in found.items()} == {row[0]: Decimal(row[3]) for row in rows}
    for key, kind, day, _ in rows:
        payment = found[key]
        assert (payment.check_type, payment.payment_date) == (kind, date.fromisoformat(day))
        assert sum(line.amount for line in payment.lines) == Decimal(paid.get(key, "0"))


def test_voids_and_reversals_name_the_payment_they_cancel(demo: Subject) -> None:
    cancelling = demo.rows(
        "SELECT BankCode || '-' || CheckNo, CheckSeqNo FROM AP_CheckHistoryHeader WHERE CheckType IN ('V', 'R')"
    )
    assert {each.key: each.cancels for each in payments(demo).values() if each.cancels} == {
        f"{check}-{sequence}": f"{check}-000000" for check, sequence in cancelling
    }
    assert cancelling


def test_one_impossible_date_costs_nothing_but_itself(demo: Subject) -> None:
    """A database with real dates cannot hold one and has NULL there: both mean “no date”."""
    changed = demo.changed(
        "UPDATE AP_CheckHistoryHeader SET CheckDate = '2023-02-30' WHERE BankCode || CheckNo || CheckSeqNo = "
        "(SELECT MIN(BankCode || CheckNo || CheckSeqNo) FROM AP_CheckHistoryHeader WHERE CheckAmt <> 0)",
        "UPDATE PO_PurchaseOrderHeader SET PurchaseOrderDate = '0000-00-00' WHERE PurchaseOrderNo = "
        "(SELECT MIN(PurchaseOrderNo) FROM PO_PurchaseOrderHeader WHERE OrderType = 'S' AND OrderStatus <> 'X')",
    )
    before, after = payments(demo), payments(changed)
    assert list(after) == list(before)
    assert [key for key in before if after[key].payment_date != before[key].payment_date] == [min(before)]
    assert after[min(before)].payment_date is None
    earlier, later = orders(demo), orders(changed)
    assert list(later) == list(earlier)
    (odd,) = [number for number in earlier if later[number].order_date != earlier[number].order_date]
    assert later[odd].order_date is None


@pytest.mark.parametrize("kind", ["purchase_orders", "payments"])
def test_documents_can_be_read_to_the_end_in_ascending_order(subject: Subject, kind: str) -> None:
    with subject.company() as company:
        found = list(getattr(company, kind)())
    keys = [each.number if isinstance(each, PurchaseOrder) else each.key for each in found]
    sound = [key for key in keys if not key.startswith("row ")]
    assert len(sound) == len(set(sound))
    if kind == "purchase_orders":
        assert sound == sorted(sound)
    assert all(isinstance(each, PurchaseOrder | SagePayment | Skipped | Quarantined) for each in found)


def test_two_readings_on_one_connection_do_not_disturb_each_other(subject: Subject) -> None:
    with subject.company() as company:
        vendors = company.list_items(ListName.VENDOR)
        accounts = company.list_items(ListName.GL_ACCOUNT)
        pairs = list(zip_longest(vendors, accounts))
        alone = [list(company.list_items(name)) for name in (ListName.VENDOR, ListName.GL_ACCOUNT)]
    assert [pair[0] for pair in pairs if pair[0]] == alone[0]
    assert [pair[1] for pair in pairs if pair[1]] == alone[1]


def test_a_reading_that_is_given_up_leaves_the_connection_usable(subject: Subject) -> None:
    with subject.company() as company:
        beginning = company.purchase_orders()
        next(beginning, None)
        beginning.close()
        found = list(company.list_items(ListName.GL_ACCOUNT))
    assert all(isinstance(each, ListItem | Quarantined) for each in found)
    assert found
