"""What the engine wants to read: all of it or only the latest, and not again what the cloud has already."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.domain.invoices import InvoiceKey


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """One reading of one kind of records.

    Args:
        compared: What the cloud has; None to read and build everything.
        since: Only what carries a change date from this day on (Sage's calendar), and what must be looked at each
            time; None for a full pass.
        also: Keys to read besides, in a reading since a day.
        invoices: The invoices that came from Quadient AP, for payments to be matched with; None for any.
    """

    compared: Compared | None = None
    since: date | None = None
    also: frozenset[str] = frozenset()
    invoices: Container[InvoiceKey] | None = None


EVERYTHING = Wanted()
