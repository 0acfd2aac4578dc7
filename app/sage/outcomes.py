"""What reading one Sage record can end in besides the record itself: left out by a rule, or set aside as unreadable."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from app.domain.language import say
from app.errors import Side, SkipItem

T = TypeVar("T")

Noticed = dict[str, dict[str, int]]
"""What was noticed in some rows: the counters of `Observations` by their names."""

LONGEST_SHOWN = 200
UNPRINTABLE = "·"


class Fresh(NamedTuple, Generic[T]):
    """A record that was read, and the fingerprint of the rows it was made of.

    `rows` is None when the record is to be looked at each time: something in it was noticed and is told each time.
    `lines` is how many lines of it do not go.
    """

    record: T
    rows: bytes | None
    lines: int = 0


class Skipped(NamedTuple):
    """A record that the rules leave out; `code` names the rule (kebab-case), `reason` says it in a sentence.

    `lines` is how many lines it has that would have gone.
    """

    key: str
    code: str
    reason: str
    lines: int = 0


class BlockRead(NamedTuple):
    """The end of a block that was not known: what was read since the last one was in it.

    `start` is the key it begins with, `hash` its fingerprint (None: it is to be read each time), and `noticed` what
    is to be told again where it is passed over.
    """

    start: str
    has_records: bool
    hash: bytes | None
    noticed: Noticed


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that cannot be trusted: what stands in `table`.`column` (`raw`) and why it is set aside.

    `key` is the record's key, or `row N` (its place in the table, from 1) where the key itself cannot be used;
    `called` is then what its columns hold that people know it by, "" where they hold nothing.
    """

    key: str
    table: str
    column: str
    raw: str
    reason: str
    called: str = ""


class UnreadableValue(SkipItem):
    """A value that is not what its column should hold.

    Caught where the record's key is known, it sets that record aside; where it is not, the table cannot be read.
    """

    def __init__(self, table: str, column: str, raw: object, reason: str) -> None:
        self.table = table
        self.column = column
        self.raw = shown(raw)
        self.reason = reason
        super().__init__(
            "value-unreadable",
            say("{table} holds something that cannot be read", table=table),
            say("{table}.{column} holds “{raw}”: {reason}", table=table, column=column, raw=self.raw, reason=reason),
            say("Correct the record in Sage. If the listing there shows nothing odd, send the log to support."),
            side=Side.SAGE,
            detail=f"{table}.{column}",
        )

    def quarantined(self, key: str, called: str = "") -> Quarantined:
        """Return the outcome for the record with this `key`; both as in `Quarantined`."""
        return Quarantined(key, self.table, self.column, self.raw, self.reason, called)


def shown(raw: object) -> str:
    """Return a value as it can be shown and kept, whatever it is; padding is not shown."""
    text = raw.rstrip(" ") if isinstance(raw, str) else str(raw)
    return text[:LONGEST_SHOWN].encode("utf-8", "backslashreplace").decode()


def called(code: Iterable[object], *names: object) -> str:
    """Return what people know a record by whose key cannot be used: the values of its key, and what it is named."""
    values = ["-".join(text for each in code if (text := _printed(each))), *map(_printed, names)]
    return " ".join(value for value in values if value)


def _printed(raw: object) -> str:
    text = "" if raw is None else shown(raw).strip(" ")
    return "".join(each if each.isprintable() else UNPRINTABLE for each in text)


def described(error: UnreadableValue) -> str:
    """Return what cannot be read, to stand in a sentence: table.column holds “raw”."""
    return say("{table}.{column} holds “{raw}”", table=error.table, column=error.column, raw=error.raw)
