"""How each kind of database under Sage 100 wants to be asked: row limits, literals, the order of keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class RowLimit(StrEnum):
    """Where a SELECT says how many rows it wants at most."""

    TOP = "top"
    LIMIT = "limit"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of database wants to be asked. `app.sage.features` finds out what a driver adds or lacks.

    Args:
        name: “providex” (Standard and Advanced) or “sql_server” (Premium).
        row_limit: how a SELECT is cut short; NONE where the caller must stop fetching instead.
        binds: takes `?` markers; else text goes in as literals.
        day_literals: takes {d 'YYYY-MM-DD'}; else 'YYYYMMDD'.
        key_order: put after each column of an ORDER BY, so that text sorts by character code.
        as_text_form: SQL that shows a value as text, whatever is stored, with {column} in it; "" when there is no way.
    """

    name: str
    row_limit: RowLimit = RowLimit.NONE
    binds: bool = True
    day_literals: bool = True
    key_order: str = ""
    as_text_form: str = "{{fn CONVERT({column}, SQL_VARCHAR)}}"

    def day(self, value: date) -> str:
        """Return `value` as a literal that compares with a date column."""
        spelled = value.isoformat()
        return f"{{d '{spelled}'}}" if self.day_literals else "'" + spelled.replace("-", "") + "'"

    def literal(self, text: str) -> str:
        """Return `text` as a literal; quotes in it stay part of it."""
        return "'" + text.replace("'", "''") + "'"

    def order_by(self, columns: Sequence[str]) -> str:
        """Return the ORDER BY clause, without a blank in front; "" when there are no columns."""
        if not columns:
            return ""
        return "ORDER BY " + ", ".join(column + self.key_order for column in columns)

    def limited(self, select: str, rows: int) -> str:
        """Return `select` with at most `rows` rows in its answer; unchanged where the database knows no limit."""
        match self.row_limit:
            case RowLimit.TOP:
                return f"SELECT TOP {rows} {select.removeprefix('SELECT ')}"
            case RowLimit.LIMIT:
                return f"{select} LIMIT {rows}"
            case RowLimit.NONE:
                return select

    def as_text(self, column: str) -> str:
        """Return SQL for the stored value of `column` as text; "" where the database has no way."""
        return self.as_text_form.format(column=column) if self.as_text_form else ""


PROVIDEX = Dialect("providex")
SQL_SERVER = Dialect(
    "sql_server",
    row_limit=RowLimit.TOP,
    key_order=" COLLATE Latin1_General_BIN2",
    as_text_form="CONVERT(varchar(30), {column}, 126)",
)
