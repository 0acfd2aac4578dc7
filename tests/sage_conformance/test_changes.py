"""Readings of what changed: since a day, and compared with what was read before, through each driver."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import pytest

from app.domain.lists import ListItem, ListName
from app.domain.payments import SagePayment
from app.domain.purchase_orders import OrderState, PurchaseOrder
from app.sage.company import SageCompany
from app.sage.outcomes import Fresh
from app.sage.wanted import EVERYTHING, Wanted
from tests.sage_conformance.subjects import Subject

SINCE = date(2026, 2, 20)
LONG = {
    ListName.VENDOR: ("AP_Vendor", "APDivisionNo || '-' || VendorNo", "VendorNo"),
    ListName.ITEM: ("CI_Item", "ItemCode", "ItemCode"),
    ListName.GL_ACCOUNT: ("GL_Account", "AccountKey", "AccountKey"),
}
Read = Callable[[SageCompany, Wanted], Iterator[Any]]
READS: dict[str, Read] = {
    **{name.value: lambda company, wanted, name=name: company.changed_list_items(name, wanted) for name in LONG},
    "orders": lambda company, wanted: company.changed_purchase_orders(wanted),
    "payments": lambda company, wanted: company.changed_payments(wanted),
}


def key_of(record: ListItem | PurchaseOrder | SagePayment) -> str:
    return record.number if isinstance(record, PurchaseOrder) else record.key


class Remembered:
    """What one reading brought: stands for what the cloud has acknowledged."""

    def __init__(self, outcomes: Iterator[Any]) -> None:
        self._prints = {key_of(each.record): each.rows for each in outcomes if isinstance(each, Fresh)}

    def __len__(self) -> int:
        return len(self._prints)

    def unchanged(self, key: str, rows: bytes) -> bool:
        return self._prints.get(key) == rows

    def changed_among(self, keys: Sequence[str], rows: Sequence[bytes]) -> list[int]:
        return [place for place, key in enumerate(keys) if not self.unchanged(key, rows[place])]

    def all_unchanged(self, keys: Sequence[str], rows: Sequence[bytes]) -> bool:
        return all(map(self.unchanged, keys, rows))

    def sent(self, key: str) -> bool:
        return key in self._prints


def fresh(subject: Subject, read: Read, wanted: Wanted = EVERYTHING) -> dict[str, Fresh[Any]]:
    """Return what is read, in its order, by key; what is told each time is left out."""
    with subject.company() as company:
        found = [each for each in read(company, wanted) if isinstance(each, Fresh)]
    assert len({key_of(each.record) for each in found}) == len(found)
    return {key_of(each.record): each for each in found}


@pytest.mark.parametrize("name", LONG)
def test_a_list_since_a_day_is_what_its_table_dates(demo: Subject, name: ListName) -> None:
    """Expected from plain SQL; the records themselves from a full reading."""
    table, key, code = LONG[name]
    sql = f"SELECT {key} FROM {table} WHERE {code} <> '' AND DateUpdated"
    changed = [row[0] for row in demo.rows(f"{sql} >= ? ORDER BY 1", SINCE.isoformat())]
    others = [row[0] for row in demo.rows(f"{sql} < ? ORDER BY 1 LIMIT 3", SINCE.isoformat())]
    everything = fresh(demo, READS[name.value])
    also = frozenset([*others, "NOT'ONE", "99-NOBODY", changed[0]])
    found = fresh(demo, READS[name.value], Wanted(since=SINCE, also=also))
    assert list(found) == changed + others
    assert found == {key: everything[key] for key in found}
    assert 0 < len(changed) < len(everything)


def test_orders_since_a_day_are_the_open_and_the_changed_ones(demo: Subject) -> None:
    everything = fresh(demo, READS["orders"])
    found = fresh(demo, READS["orders"], Wanted(since=SINCE))
    dated = {
        row[0]
        for row in demo.rows(
            "SELECT PurchaseOrderNo FROM PO_PurchaseOrderHeader WHERE DateUpdated >= ?", SINCE.isoformat()
        )
    }
    expected = {
        number: each for number, each in everything.items() if number in dated or each.record.state is OrderState.OPEN
    }
    assert found == expected
    assert list(found) == sorted(found)
    others = sorted(set(everything) - set(expected))[:3]
    with_others = fresh(demo, READS["orders"], Wanted(since=SINCE, also=frozenset([*others, "NOT'ONE"])))
    assert with_others == expected | {number: everything[number] for number in others}


def test_payments_since_a_day_are_those_of_the_changed_check_numbers(demo: Subject) -> None:
    checks = {
        row[0]
        for row in demo.rows(
            "SELECT BankCode || '-' || CheckNo FROM AP_CheckHistoryHeader WHERE DateUpdated >= ?", SINCE.isoformat()
        )
    }
    everything = fresh(demo, READS["payments"])
    expected = {key: each for key, each in everything.items() if key.rpartition("-")[0] in checks}
    assert fresh(demo, READS["payments"], Wanted(since=SINCE)) == expected
    assert 0 < len(expected) < len(everything)
    other = next(key for key in everything if key not in expected)
    with_other = fresh(demo, READS["payments"], Wanted(since=SINCE, also=frozenset([other])))
    assert set(with_other) - set(expected) == {
        key for key in everything if key.rpartition("-")[0] == other.rpartition("-")[0]
    }


@pytest.mark.parametrize("what", READS)
def test_what_was_read_before_is_recognised_by_its_rows(subject: Subject, what: str) -> None:
    """A driver must give the same rows the same way each time."""
    with subject.company() as company:
        before = Remembered(READS[what](company, EVERYTHING))
    again = fresh(subject, READS[what], Wanted(compared=before))
    known = [key for key, each in again.items() if each.rows is not None]
    if subject.twin is not None:
        assert known == []
        assert len(before) > 20
    # On a live company somebody may work meanwhile.
    assert len(known) <= len(before) // 10


@pytest.mark.parametrize("what", READS)
def test_a_reading_since_a_day_recognises_what_a_full_one_brought(demo: Subject, what: str) -> None:
    with demo.company() as company:
        before = Remembered(READS[what](company, EVERYTHING))
    again = fresh(demo, READS[what], Wanted(compared=before, since=SINCE))
    assert [key for key, each in again.items() if each.rows is not None] == []


@pytest.mark.parametrize(
    ("what", "change", "key"),
    [
        ("vendor", "UPDATE AP_Vendor SET City = 'Elsewhere' WHERE VendorNo = 'acme-1'", "00-acme-1"),
        ("item", "UPDATE CI_Item SET StandardUnitCost = 0.000002 WHERE ItemCode = 'AB-2'", "AB-2"),
        (
            "gl_account",
            "UPDATE GL_Account SET Status = 'D' WHERE AccountKey = (SELECT MIN(AccountKey) FROM GL_Account)",
            "",
        ),
        (
            "orders",
            "UPDATE PO_ReceiptHistoryDetail SET QuantityReceived = 0.5 WHERE ReceiptType = 'G' AND PurchaseOrderNo = "
            "(SELECT MIN(PurchaseOrderNo) FROM PO_ReceiptHistoryDetail WHERE ReceiptType = 'G')",
            "",
        ),
        (
            "payments",
            "UPDATE AP_CheckHistoryDetail SET DiscountAmt = 0.01 WHERE BankCode || CheckNo || CheckSeqNo = "
            "(SELECT MIN(BankCode || CheckNo || CheckSeqNo) FROM AP_CheckHistoryHeader WHERE CheckAmt <> 0)",
            "",
        ),
    ],
    ids=list(READS),
)
def test_one_changed_value_is_noticed_in_a_full_reading(demo: Subject, what: str, change: str, key: str) -> None:
    with demo.company() as company:
        before = Remembered(READS[what](company, EVERYTHING))
    changed = demo.changed(change)
    again = fresh(changed, READS[what], Wanted(compared=before))
    known = [each for each, outcome in again.items() if outcome.rows is not None]
    # All sequences of a check number go together.
    assert len({each.rpartition("-")[0] for each in known} if what == "payments" else known) == 1
    assert key in ("", known[0])


@pytest.mark.parametrize("what", READS)
def test_a_question_for_changes_is_answered(subject: Subject, what: str) -> None:
    """On a real Sage 100 this shows that it dates its changes and understands the question."""
    with subject.company() as company:
        dated = {
            "orders": company.dates_order_changes,
            "payments": company.dates_payment_changes,
        }.get(what, lambda: company.dates_list_changes(ListName(what)))
        assert dated()
        outcomes = list(READS[what](company, Wanted(since=date(2999, 1, 1), also=frozenset({"NOT'ONE"}))))
    open_ones = [each for each in outcomes if what == "orders"]
    assert outcomes == open_ones
