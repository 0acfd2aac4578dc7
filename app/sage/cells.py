"""Turns the values of one Sage row into the domain's, and counts what had to be left out."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from app.domain.language import later, say
from app.domain.money import amount, quantity
from app.sage import dates
from app.sage.outcomes import Noticed, UnreadableValue, shown
from app.sage.text import clean, fits_code_page

# The same few numbers stand in most rows: one conversion each is enough.
_amount = lru_cache(maxsize=4096)(amount)
_quantity = lru_cache(maxsize=4096)(quantity)


@dataclass(slots=True)
class Observations:
    """What was noticed while reading; the counters' keys are `table.column`, except in `notes`.

    dropped: characters left out of texts. bad_dates: impossible dates read as "no date" (a blank one is not
    counted; some drivers hand over impossible dates as blank). notes: sentences for the run's report.
    """

    dropped: Counter[str] = field(default_factory=Counter)
    bad_dates: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)

    def times(self) -> int:
        """Return how often anything was noticed."""
        return sum(self.dropped.values()) + sum(self.bad_dates.values()) + sum(self.notes.values())

    def copy(self) -> "Observations":
        """Return what was noticed so far."""
        return Observations(*(Counter(counter) for counter in self._counters().values()))

    def since(self, before: "Observations") -> Noticed:
        """Return what was noticed since it was `before`."""
        then = before._counters()
        return {name: dict(new) for name, counter in self._counters().items() if (new := counter - then[name])}

    def add(self, noticed: Noticed) -> None:
        """Notice the same once more."""
        for name, counted in noticed.items():
            self._counters()[name].update(counted)

    def _counters(self) -> dict[str, Counter[str]]:
        return {"dropped": self.dropped, "bad_dates": self.bad_dates, "notes": self.notes}


NOT_TEXT = later("The ODBC driver should give text here, and gives something else.")
NOT_A_DATE = later("The ODBC driver should give a date here, and gives something else.")
TOLD_BAD_DATES = 100  # of each column by name; all are counted


class Cells:
    """Reads values of one table's rows."""

    def __init__(self, table: str, seen: Observations) -> None:
        self.table = table
        self.seen = seen

    def text(self, raw: object, column: str) -> str:
        """Return clean text; what is dropped from it is counted.

        Raises:
            UnreadableValue: when it is something else than text.
        """
        if not isinstance(raw, str):
            if not raw and raw != 0:
                return ""
            raise UnreadableValue(self.table, column, raw, say(NOT_TEXT))
        if raw.isascii() and raw.isprintable():
            return raw.strip(" ")  # as `clean` would, for almost all texts
        text, dropped = clean(raw)
        if dropped:
            self.seen.dropped[f"{self.table}.{column}"] += dropped
        return text

    def key(self, raw: object, column: str) -> str:
        """Return a part of a record's key, which must be as Sage spells it: writing back has to find it again.

        Raises:
            UnreadableValue: when it is blank, or cleaning would change more than its padding.
        """
        if isinstance(raw, str) and raw.isalnum() and raw.isascii():
            return raw  # as almost all are
        text = self.code(raw, column)
        if not text:
            raise UnreadableValue(self.table, column, "" if raw is None else raw, say("Its code is blank."))
        if not text.isascii() and not fits_code_page(text):
            raise UnreadableValue(
                self.table, column, raw, say("Its code has characters that Sage cannot be asked for.")
            )
        return text

    def code(self, raw: object, column: str) -> str:
        """Return a code by which rows belong together, or "": as Sage spells it, or it would belong to nothing.

        Raises:
            UnreadableValue: when cleaning would change more than its padding.
        """
        text = self.text(raw, column)
        if isinstance(raw, str) and text != raw and text != raw.rstrip(" "):
            reason = say("Its code begins with a blank or has characters that cannot be sent.")
            raise UnreadableValue(self.table, column, raw, reason)
        return text

    def flag(self, raw: object, column: str) -> bool:
        """Return whether a Y/N column says yes.

        Raises:
            UnreadableValue: when it is something else than text.
        """
        return self.text(raw, column) == "Y"

    def day(self, raw: object, column: str, key: str = "") -> date | None:
        """Return the day, or None for a blank or impossible one; that is counted, and told of the record `key`.

        Raises:
            UnreadableValue: when it is neither a date nor text.
        """
        if raw is None:
            return None
        if not isinstance(raw, date | str):
            raise UnreadableValue(self.table, column, raw, say(NOT_A_DATE))
        try:
            return dates.day(raw)
        except ValueError:
            name = f"{self.table}.{column}"
            self.seen.bad_dates[name] += 1
            if key and self.seen.bad_dates[name] <= TOLD_BAD_DATES:
                self.seen.notes[
                    say(
                        "{key}: {name} holds “{raw}”, which is no date. It is sent without one.",
                        key=key,
                        name=name,
                        raw=shown(raw),
                    )
                ] += 1
            return None

    def amount(self, raw: object, column: str) -> Decimal:
        """Return money with two decimals; a blank is zero.

        Raises:
            UnreadableValue: when it is not a number.
        """
        try:
            return _amount(_number(raw))
        except ValueError as error:
            raise UnreadableValue(self.table, column, raw, say("This is not an amount.")) from error

    def quantity(self, raw: object, column: str) -> Decimal:
        """Return a quantity, cost or rate with six decimals; a blank is zero.

        Raises:
            UnreadableValue: when it is not a number.
        """
        try:
            return _quantity(_number(raw))
        except ValueError as error:
            raise UnreadableValue(self.table, column, raw, say("This is not a number.")) from error


def _number(raw: object) -> str | Decimal:
    if isinstance(raw, str):
        return raw.strip() or "0"
    if isinstance(raw, Decimal):
        return raw
    # A driver that only knows binary numbers: their shortest spelling is what Sage stored.
    return "0" if raw is None else str(raw)
