"""One record being entered: its columns take what Sage's take, and refuse what Sage's refuse."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.sandbox.schema import Column, Table
from app.sandbox.screens.link import Problem

Value = str | Decimal | None
_BLANK: dict[str, Value] = {"text": "", "date": None, "number": Decimal(0)}


class Record:
    """The values of one record, blank at first: text, Decimal, or dates as YYYY-MM-DD.

    `sizes` are the text columns' sizes as the company's file has them: sites differ in the invoice number's.
    """

    def __init__(self, table: Table, sizes: Mapping[str, int]) -> None:
        self.table = table
        self._sizes = sizes
        self.values: dict[str, Value] = {column.name: _BLANK[column.kind] for column in table.columns}

    def load(self, row: sqlite3.Row) -> None:
        """Take over a stored record."""
        for column in self.table.columns:
            stored = row[column.name]
            self.values[column.name] = Decimal(str(stored)) if column.kind == "number" else stored

    def text(self, column: str) -> str:
        """Return a text or date column's value."""
        return str(self.values[column] or "")

    def number(self, column: str) -> Decimal:
        """Return a number column's value."""
        value = self.values[column]
        return value if isinstance(value, Decimal) else Decimal(0)

    def accept(self, spelled: str, value: Any) -> tuple[str, Value]:
        """Return the column that `spelled` names (text with `$`) and `value` as it stores it.

        Raises:
            Problem: no such column, wrong kind, too long, no date, too big.
        """
        column = self.column(spelled)
        if column.kind == "number":
            return column.name, _number(column, value)
        if not isinstance(value, str):
            raise Problem(f"Error #26: Variable type invalid for column {spelled}.")
        if column.kind == "date":
            return column.name, _date(value)
        size = self._sizes.get(column.name, column.size)
        if len(value) > size:
            raise Problem(f"The value for {column.name} must not exceed {size} characters.")
        return column.name, _masked(column.name, value)

    def column(self, spelled: str) -> Column:
        """Return the column that `spelled` names.

        Raises:
            Problem: when there is none, or its `$` is missing or too much.
        """
        column = self.table.column(spelled.rstrip("$"))
        if column is None:
            raise Problem(f"Column {spelled} is not defined in {self.table.name}.")
        if (column.kind != "number") != spelled.endswith("$"):
            raise Problem(f"Error #26: Variable type invalid for column {spelled}.")
        return column

    def shown(self, spelled: str) -> str | float:
        """Return a column's value as nGetValue gives it: text, dates as YYYYMMDD, numbers as doubles."""
        column = self.column(spelled)
        value = self.values[column.name]
        if isinstance(value, Decimal):
            return float(value)
        return (value or "").replace("-", "") if column.kind == "date" else value or ""

    def require(self, *columns: str) -> None:
        """Raise `Problem` for the first of `columns` that is blank."""
        for column in columns:
            if not self.text(column).strip():
                raise Problem(f"The {column} is required.")


def _number(column: Column, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Problem(f"Error #26: Variable type invalid for column {column.name}.")
    scale = int(column.declared.rstrip(")").split(",")[1])
    number = Decimal(repr(value))
    if not number.is_finite():
        raise Problem(f"The value for {column.name} is invalid.")
    number = number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    if abs(number) >= Decimal(10) ** (column.size - scale):
        raise Problem(f"The value for {column.name} is too large.")
    return number


def _date(value: str) -> str | None:
    if not value:
        return None
    return entered_day(value).isoformat()


def _masked(name: str, value: str) -> str:
    if name in ("APDivisionNo", "TermsCode") and value.isdigit():
        return value.zfill(2)
    return value.zfill(7) if name == "VendorNo" and value.isdigit() else value


def entered_day(value: str) -> date:
    """Return the day that YYYYMMDD spells; Sage takes no other spelling.

    Raises:
        Problem: when it spells none.
    """
    if len(value) != 8 or not value.isdecimal():
        raise Problem(f"The date {value} is invalid.")
    try:
        return date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        raise Problem(f"The date {value} is invalid.") from None


def day(text: str) -> date:
    """Return the day a record's date column holds."""
    return date.fromisoformat(text)
