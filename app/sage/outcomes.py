"""What reading one Sage record can end in besides the record itself: left out by a rule, or set aside as unreadable."""

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Fresh(NamedTuple, Generic[T]):
    """A record that was read, and the fingerprint of the rows it was made of.

    `rows` is None when the record is to be looked at each time: something in it was noticed and is told each time.
    """

    record: T
    rows: bytes | None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that the rules leave out; `code` names the rule (kebab-case), `reason` says it in a sentence."""

    key: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that cannot be trusted: what stands in `table`.`column` (`raw`) and why it is set aside.

    `key` is the record's key, or `row N` (its place in the table, from 1) where the key itself cannot be used.
    """

    key: str
    table: str
    column: str
    raw: str
    reason: str


class UnreadableValue(ValueError):  # noqa: N818  # named for what was found; caught where the record's key is known
    """A value that is not what its column should hold."""

    def __init__(self, table: str, column: str, raw: object, reason: str) -> None:
        super().__init__(f"{table}.{column} holds {raw!r}: {reason}")
        self.table = table
        self.column = column
        self.raw = raw
        self.reason = reason

    def quarantined(self, key: str) -> Quarantined:
        """Return the outcome for the record called `key`."""
        return Quarantined(key, self.table, self.column, str(self.raw), self.reason)


def described(error: UnreadableValue) -> str:
    """Return what cannot be read, to stand in a sentence: table.column holds “raw”."""
    return f"{error.table}.{error.column} holds “{error.raw}”"
