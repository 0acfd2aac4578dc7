"""Reads the nine lists: which record is active, under which key it goes, and what it carries.

Keys and attributes, as they go over the wire (text unless a type stands behind the name):

| List | Key | Attributes |
|---|---|---|
| vendor | `DD-VVVVVVV` | division, vendor_number, status, address_kind (standard or remit_to), address_line_1,
  address_line_2, address_line_3, city, state, zip_code, country, email, phone, terms, account_key,
  separate_cheque (boolean), hold (boolean), tax_schedule, uses_receipt_of_invoice (boolean) |
| division | division | |
| gl_account | account key | account (as people read it), type, category, main_account |
| item | item code | type, standard_unit, purchase_unit, default_warehouse, purchase_account_key, standard_cost
  (six decimals), tax_class, purchases_tax_class |
| unit_measure | unit | |
| warehouse | warehouse code | restricted (boolean) |
| bank_account | bank code | cash_account_key, account_last_four |
| tax | tax schedule | codes: list of {code, description, classes: list of {tax_class, description, taxable
  (boolean), rate (six decimals), non_recoverable_percent (three decimals)}} |
| separate_cheque | Y, N | |

The taxpayer id and a bank's full account number are never part of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.lists import ListItem, ListName
from app.sage.cells import Cells, Observations
from app.sage.merge import unexpected_order
from app.sage.outcomes import Quarantined, UnreadableValue
from app.sage.readers.taxes import read_taxes
from app.sage.readers.vendors import read_vendors
from app.sage.source import Row, Source

Outcome = ListItem | Quarantined
Build = Callable[[Cells, str, Row], ListItem]


@dataclass(frozen=True, slots=True)
class KeyedTable:
    """A table that is one list: its key columns come first among `columns`; `build` makes an item of a row."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    optional: tuple[str, ...]
    build: Build


def read_list(source: Source, seen: Observations, name: ListName, *, remit_to: bool = False) -> Iterator[Outcome]:
    """Yield one list's records in ascending key order, each once; what cannot be read is quarantined.

    Args:
        source: The open company.
        seen: Where to count what was left out.
        name: Which list.
        remit_to: Whether vendors carry their remit-to address, where this Sage has one.

    Raises:
        SkipItem: when the list's table cannot be read: other lists can go on.
        RetryLater, NeedsUser: when Sage does not answer.
    """
    if name is ListName.SEPARATE_CHEQUE:
        return iter((ListItem("N", "No", True, {}), ListItem("Y", "Yes", True, {})))
    if name is ListName.VENDOR:
        return ascending("AP_Vendor", read_vendors(source, seen, remit_to=remit_to))
    if name is ListName.TAX:
        return ascending("SY_SalesTaxSchedule", read_taxes(source, seen))
    if name is ListName.DIVISION:
        return _or_the_only_division(read_table(source, seen, TABLES[name]))
    return read_table(source, seen, TABLES[name])


def read_table(source: Source, seen: Observations, table: KeyedTable) -> Iterator[Outcome]:
    """Yield the items of a table whose rows are items, in ascending key order."""
    return ascending(table.name, _items(source, seen, table))


def ascending(table: str, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """Pass items on in ascending key order; a repeated key (alike but for its padding) is quarantined.

    Raises:
        SkipItem: `unexpected-order`, when the driver sorts in another way.
    """
    last = ""
    for place, item in enumerate(outcomes, start=1):
        if isinstance(item, Quarantined):
            yield item if item.key else replace(item, key=f"row {place}")
        elif item.key > last:
            last = item.key
            yield item
        elif item.key == last:
            yield Quarantined(f"row {place}", table, "key", item.key, "Two records have this code.")
        else:
            raise unexpected_order(table)


def _items(source: Source, seen: Observations, table: KeyedTable) -> Iterator[Outcome]:
    cells = Cells(table.name, seen)
    build = table.build
    key_column = table.key[0]
    for row in source.stream(table.name, table.columns, optional=table.optional, order=table.key):
        key = ""
        try:
            key = cells.key(row[0], key_column)
            yield build(cells, key, row)
        except UnreadableValue as error:
            yield error.quarantined(key)


def _or_the_only_division(divisions: Iterator[Outcome]) -> Iterator[Outcome]:
    # Where divisions are switched off, 00 still stands in every vendor's key.
    first = next(divisions, None)
    if first is None:
        yield ListItem("00", "", True, {})
        return
    yield first
    yield from divisions


def _division(cells: Cells, key: str, row: Row) -> ListItem:
    return ListItem(key, cells.text(row[1], "APDivisionDesc"), True, {})


def _gl_account(cells: Cells, key: str, row: Row) -> ListItem:
    _, description, account, status, kind, category, main = row
    return ListItem(
        key,
        cells.text(description, "AccountDesc"),
        cells.text(status, "Status") == "A",
        {
            "account": cells.text(account, "Account"),
            "type": cells.text(kind, "AccountType"),
            "category": cells.text(category, "AccountCategory"),
            "main_account": cells.text(main, "MainAccountCode"),
        },
    )


def _item(cells: Cells, key: str, row: Row) -> ListItem:
    _, description, kind, inactive, cost, unit, purchase_unit, warehouse, account, tax, purchases_tax = row
    return ListItem(
        key,
        cells.text(description, "ItemCodeDesc"),
        not cells.flag(inactive),
        {
            "type": cells.text(kind, "ItemType"),
            "standard_unit": cells.text(unit, "StandardUnitOfMeasure"),
            "purchase_unit": cells.text(purchase_unit, "PurchaseUnitOfMeasure"),
            "default_warehouse": cells.text(warehouse, "DefaultWarehouseCode"),
            "purchase_account_key": cells.text(account, "PurchaseAcctKey"),
            "standard_cost": format(cells.quantity(cost, "StandardUnitCost"), "f"),
            "tax_class": cells.text(tax, "TaxClass"),
            "purchases_tax_class": cells.text(purchases_tax, "PurchasesTaxClass"),
        },
    )


def _unit(cells: Cells, key: str, row: Row) -> ListItem:
    return ListItem(key, cells.text(row[1], "UnitOfMeasureDesc"), True, {})


def _warehouse(cells: Cells, key: str, row: Row) -> ListItem:
    _, description, status = row
    code = cells.text(status, "WarehouseStatus")
    if code not in ("", "A", "I", "R"):
        cells.seen.notes[f"Warehouses with the unknown status “{code}” are taken as active."] += 1
    return ListItem(key, cells.text(description, "WarehouseDesc"), code != "I", {"restricted": code == "R"})


def _bank(cells: Cells, key: str, row: Row) -> ListItem:
    _, description, account, number = row
    digits = [character for character in cells.text(number, "BankAccountNo") if character.isdigit()]
    return ListItem(
        key,
        cells.text(description, "BankDesc"),
        True,
        {
            "cash_account_key": cells.text(account, "CashAccountKey"),
            # A number of four digits or less would be given away whole.
            "account_last_four": "".join(digits[-4:]) if len(digits) > 4 else "",
        },
    )


def _table(name: str, key: str, columns: Sequence[str], build: Build, optional: Sequence[str] = ()) -> KeyedTable:
    return KeyedTable(name, (key,), (key, *columns), tuple(optional), build)


TABLES: dict[ListName, KeyedTable] = {
    ListName.DIVISION: _table("AP_Division", "APDivisionNo", ["APDivisionDesc"], _division),
    ListName.GL_ACCOUNT: _table(
        "GL_Account",
        "AccountKey",
        ["AccountDesc", "Account", "Status"],
        _gl_account,
        ["AccountType", "AccountCategory", "MainAccountCode"],
    ),
    ListName.ITEM: _table(
        "CI_Item",
        "ItemCode",
        ["ItemCodeDesc", "ItemType", "InactiveItem", "StandardUnitCost"],
        _item,
        [
            "StandardUnitOfMeasure",
            "PurchaseUnitOfMeasure",
            "DefaultWarehouseCode",
            "PurchaseAcctKey",
            "TaxClass",
            "PurchasesTaxClass",
        ],
    ),
    ListName.UNIT_MEASURE: _table("CI_UnitOfMeasure", "UnitOfMeasure", [], _unit, ["UnitOfMeasureDesc"]),
    ListName.WAREHOUSE: _table("IM_Warehouse", "WarehouseCode", ["WarehouseDesc"], _warehouse, ["WarehouseStatus"]),
    ListName.BANK_ACCOUNT: _table("GL_Bank", "BankCode", ["BankDesc", "CashAccountKey"], _bank, ["BankAccountNo"]),
}
