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

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from app.domain.language import say
from app.domain.lists import ListItem, ListName
from app.sage.blocks import ALL, Blocks, Ranged
from app.sage.cells import Cells, Observations
from app.sage.fingerprints import Fingerprints
from app.sage.merge import Key, joined_keys, raw_key
from app.sage.outcomes import BlockRead, Fresh, Quarantined, UnreadableValue, called
from app.sage.readers import vendors
from app.sage.readers.taxes import read_taxes
from app.sage.source import Batches, Row, Source, can_be_asked_for, unexpected_order
from app.sage.wanted import EVERYTHING, KnownBlocks, Printed, Wanted

Outcome = Fresh[ListItem] | Quarantined
Build = Callable[[Cells, str, Row], ListItem]


@dataclass(frozen=True, slots=True)
class KeyedTable:
    """A table that is one list: its key columns come first among `columns`; `build` makes an item of a row.

    The list's key is its key columns' values, joined by hyphens.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    optional: tuple[str, ...]
    build: Build


def read_list(
    source: Source, seen: Observations, name: ListName, wanted: Wanted = EVERYTHING, *, remit_to: bool = False
) -> Iterator[Outcome | BlockRead]:
    """Yield one list's records that differ from what is compared with; what cannot be read is quarantined.

    A full pass goes in ascending key order, each key once. Where `reads_changes`, a reading since a day yields what
    changed since, then the keys that are wanted besides; any other list is read in full.

    Args:
        source: The open company.
        seen: Where to count what was left out.
        name: Which list.
        wanted: What the cloud has already, and since when to read.
        remit_to: Whether vendors carry their remit-to address, where this Sage has one.

    Raises:
        SkipItem: when the list's table cannot be read: other lists can go on.
        RetryLater, NeedsUser: when Sage does not answer.
    """
    if name is ListName.SEPARATE_CHEQUE:
        fixed = (ListItem("N", "No", True, {}), ListItem("Y", "Yes", True, {}))
        return iter([Fresh(item, None) for item in fixed])
    if name is ListName.VENDOR:
        return read_table(source, seen, _vendors(source, seen, remit_to=remit_to), wanted)
    if name is ListName.TAX:
        return read_taxes(source, seen)
    if name is ListName.DIVISION:
        return _or_the_only_division(read_table(source, seen, TABLES[name], EVERYTHING))
    return read_table(source, seen, TABLES[name], wanted)


def reads_changes(source: Source, name: ListName) -> bool:
    """Tell whether the list can be read since a day: it is long, and this Sage dates its changes."""
    table = _LONG.get(name)
    return table is not None and source.has_change_dates(table)


def reads_in_blocks(name: ListName) -> bool:
    """Tell whether a full pass reads the list in blocks: others are few, and made anew each time."""
    return name not in (ListName.SEPARATE_CHEQUE, ListName.TAX, ListName.DIVISION)


def keys_there(source: Source, name: ListName, keys: Collection[str]) -> set[str]:
    """Return which of `keys` the list's table has when it is asked for them one by one."""
    if name is ListName.SEPARATE_CHEQUE:
        return set()
    if name is ListName.VENDOR:
        return source.keys_there("AP_Vendor", _VENDOR_KEY, keys)
    if name is ListName.TAX:
        return source.keys_there("SY_SalesTaxSchedule", ("TaxSchedule",), keys)
    return source.keys_there(TABLES[name].name, TABLES[name].key, keys)


def read_table(source: Source, seen: Observations, table: KeyedTable, wanted: Wanted) -> Iterator[Outcome | BlockRead]:
    """Yield the items of a table whose rows are items."""
    if wanted.since is None:
        yield from _whole_table(source, seen, table, wanted)
        return
    left = set(wanted.also)
    changed = source.changed_since(wanted.since)
    with closing(
        source.batches(table.name, table.columns, optional=table.optional, where=changed, order=table.key)
    ) as batches:
        yield from _Items(seen, table, wanted, left).of(batches)
    # A key's last part is the most telling one: the division stands before a vendor's number.
    numbers = {key.partition("-")[2] if len(table.key) > 1 else key for key in left}
    found = source.find(table.name, table.columns, table.key[-1], numbers, optional=table.optional, order=table.key)
    width = len(table.key)
    chosen = sorted(
        (row for row in found if "-".join(raw_key(row, width)) in left), key=lambda row: raw_key(row, width)
    )
    if chosen:
        yield from _Items(seen, table, wanted, left).of([chosen])


def print_table(source: Source, seen: Observations, table: KeyedTable, known: KnownBlocks) -> Iterator[Printed]:
    """Yield the blocks of a table whose key is one column, as `known` divides it."""
    with closing(_batches(source, table)) as batches:
        yield from _blocks(seen, table, known).printed(Ranged(batches, len(table.key)))


def _whole_table(
    source: Source, seen: Observations, table: KeyedTable, wanted: Wanted
) -> Iterator[Outcome | BlockRead]:
    items = _Items(seen, table, wanted, set())
    width = len(table.key)
    blocks = _blocks(seen, table, wanted.blocks)
    for stretch in ALL if wanted.ahead is None else blocks.differing(wanted.ahead):
        items.met(stretch.passed)
        with closing(_batches(source, table, stretch.first)) as batches:
            for block in blocks.of(Ranged(batches, width), stretch.first, stretch.last):
                if blocks.is_known(block):
                    items.pass_over(block.rows)
                else:
                    yield from blocks.read(block, joined_keys(block.rows, width), items.of([block.rows]))


def _batches(source: Source, table: KeyedTable, first: str = "") -> Batches:
    where, values = (source.from_key(table.key[0]), (first,)) if can_be_asked_for(first) else ("", ())
    return source.batches(
        table.name, table.columns, optional=table.optional, where=where, values=values, order=table.key
    )


def _blocks(seen: Observations, table: KeyedTable, known: KnownBlocks | None) -> Blocks:
    return Blocks(known, seen, table.name, table.columns, table.optional)


class _Items:
    """Makes items of a table's rows, in their order; the keys that are met are taken out of `left`.

    What the cloud has already, as most rows of most passes, is passed over a batch at a time.
    """

    def __init__(self, seen: Observations, table: KeyedTable, wanted: Wanted, left: set[str]) -> None:
        self._table = table
        self._seen = seen
        self._cells = Cells(table.name, seen)
        self._prints = Fingerprints(table.name, table.columns, table.optional)
        self._width = len(table.key)
        self._compared = wanted.compared
        self._left = left
        self._last: Key = ()
        self._met = 0

    def met(self, rows: int) -> None:
        """Count rows that were not read here, before those that are."""
        self._met += rows

    def pass_over(self, rows: Sequence[Row]) -> None:
        """Go on behind rows that need not be looked at."""
        if rows:
            self._last = raw_key(rows[-1], self._width)
            self._met += len(rows)

    def of(self, batches: Iterable[Sequence[Row]]) -> Iterator[Outcome]:
        """Yield what the rows hold that the cloud has not; what cannot be read is quarantined."""
        compared = self._compared
        for rows in batches:
            keys = joined_keys(rows, self._width)
            self._left.difference_update(keys)
            printed = self._prints.of_all(rows)
            places = range(len(rows)) if compared is None else compared.changed_among(keys, printed)
            done = 0
            for place in places:
                if place > done:
                    self._last = raw_key(rows[place - 1], self._width)
                yield self._one(self._met + place + 1, rows[place], printed[place])
                done = place + 1
            if done < len(rows):
                self._last = raw_key(rows[-1], self._width)
            self._met += len(rows)

    def _one(self, place: int, row: Row, printed: bytes) -> Outcome:
        """Return the item in a row; a repeated key (alike but for its padding) is quarantined."""
        table, cells = self._table, self._cells
        raw = raw_key(row, self._width)
        key = ""
        noticed = self._seen.times()
        try:
            key = "-".join([cells.key(row[at], column) for at, column in enumerate(table.key)])
            # Only now: a code that cannot be used may well stand out of order.
            if raw < self._last:
                raise unexpected_order(table.name)
            if raw == self._last:
                twice = say("Two records have this code.")
                return Quarantined(f"row {place}", table.name, "key", key, twice, _called(row, self._width))
            self._last = raw
            item = table.build(cells, key, row)
        except UnreadableValue as error:
            if key:
                return error.quarantined(key)
            return error.quarantined(f"row {place}", _called(row, self._width))
        return Fresh(item, printed if self._seen.times() == noticed else None)


def _called(row: Row, width: int) -> str:
    """Return what a record's own columns call it; what it is named follows on its key."""
    return called(row[:width], row[width])


def _or_the_only_division(divisions: Iterator[Outcome | BlockRead]) -> Iterator[Outcome | BlockRead]:
    # Where divisions are switched off, 00 still stands in every vendor's key.
    first = next(divisions, None)
    if first is None:
        yield Fresh(ListItem("00", "", True, {}), None)
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
        not cells.flag(inactive, "InactiveItem"),
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
        cells.seen.notes[say("Warehouses with the unknown status “{code}” are taken as active.", code=code)] += 1
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


def _vendors(source: Source, seen: Observations, *, remit_to: bool) -> KeyedTable:
    kind, optional = vendors.vendor_columns(source, seen, remit_to=remit_to)
    return KeyedTable("AP_Vendor", _VENDOR_KEY, vendors.COLUMNS, optional, partial(vendors.build_vendor, kind))


def _table(name: str, key: str, columns: Sequence[str], build: Build, optional: Sequence[str] = ()) -> KeyedTable:
    return KeyedTable(name, (key,), (key, *columns), tuple(optional), build)


_VENDOR_KEY = ("APDivisionNo", "VendorNo")
_LONG = {ListName.VENDOR: "AP_Vendor", ListName.GL_ACCOUNT: "GL_Account", ListName.ITEM: "CI_Item"}

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
