"""What the engine wants to read: all of it or only the latest, and not again what the cloud has already."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from app.domain.invoices import InvoiceKey
from app.sage.outcomes import Noticed


class Compared(Protocol):
    """What the cloud has; asked about every record before it is built, since building costs more than reading."""

    def unchanged(self, key: str, rows: bytes) -> bool:
        """Whether the cloud has acknowledged `key` as made of rows with this fingerprint; then it is done with."""

    def changed_among(self, keys: Sequence[str], rows: Sequence[bytes]) -> Sequence[int]:
        """Return the places of the records that differ or stand there twice; all others are done with."""

    def all_unchanged(self, keys: Sequence[str], rows: Sequence[bytes]) -> bool:
        """Tell the same of records that belong together: all of them are done with, or none."""

    def sent(self, key: str) -> bool:
        """Whether the cloud has `key` in any version, or may have it."""


class KnownBlocks(Protocol):
    """The blocks of records that were read before, see `app.sage.blocks`."""

    @property
    def starts(self) -> Sequence[str]:
        """The keys that the blocks begin with, ascending; the first is blank."""

    def has(self, block: "Printed") -> bool:
        """Tell whether this very block, of the same range of keys, is known by its fingerprint."""

    def known(self, start: str, end: str | None, hashed: bytes | None) -> Noticed | None:
        """Return what was noticed in a block with this fingerprint, when it is the known one; then it is done with.

        None: its records, from the key `start` to before `end`, are to be read. That is asked of every block.
        """


@dataclass(frozen=True, slots=True)
class Divided:
    """Blocks of which it is only known where they begin."""

    starts: Sequence[str]

    def has(self, block: "Printed") -> bool:  # noqa: ARG002  # as in `KnownBlocks`
        """Tell that none is known by its fingerprint."""
        return False

    def known(self, start: str, end: str | None, hashed: bytes | None) -> None:
        """Return that none is known."""


class Printed(NamedTuple):
    """What a block is to be known by, whose keys go from `start` to before `end` (None: to the last).

    Without a `hash`, it was not read.
    """

    start: str
    end: str | None
    hash: bytes | None
    rows: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """One reading of one kind of records.

    Args:
        compared: What the cloud has; None to read and build everything.
        since: Only what carries a change date from this day on (Sage's calendar), and what must be looked at each
            time; None for a full pass.
        also: Keys to read besides, in a reading since a day.
        invoices: The invoices that came from Quadient AP, for payments to be matched with; None for any.
        blocks: What a full pass may pass over.
        ahead: The blocks of all the list, as they were read ahead, in their order; None when they were not.
    """

    compared: Compared | None = None
    since: date | None = None
    also: frozenset[str] = frozenset()
    invoices: Collection[InvoiceKey] | None = None
    blocks: KnownBlocks | None = None
    ahead: Iterable[Printed] | None = None


EVERYTHING = Wanted()
