"""Tells whether a record still reads as it was entered: it is entered once more, into a form that only compares."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.language import later, say
from app.domain.words import money
from app.domain.words import number as shown_number
from app.errors import SkipItem
from app.sage.entry import Entry, Form
from app.sage.text import clean

_MILLIONTH = Decimal("0.000001")
# What people may add to a head or line that AP Bridge left blank. Not every screen has them all.
_LEFT_BLANK_IN_HEAD = ("PrepaidApplyToInvoiceNo$", "PrepaidCheckNo$")
_LEFT_BLANK_IN_LINE = ("Comment$", "CommentText$", "CostCode$", "CostType$", "JobNo$")
_ONE_SAVE = 5  # seconds that both stamps of one save may be apart; nobody opens, edits and saves as quickly
_IS_HOURS = re.compile(r"\d{1,2}(\.\d+)?")
_NOTHING = later("nothing")
_WORDS = {
    "APDivisionNo$": later("division"),
    "AccountKey$": later("account"),
    "CheckAmt": later("check amount"),
    "CheckDate$": later("check date"),
    "CheckType$": later("check type"),
    "Comment$": later("comment"),
    "CommentText$": later("comment"),
    "CostCode$": later("cost code"),
    "CostType$": later("cost type"),
    "DiscountAmt": later("discount"),
    "DistributionAmt": later("amount"),
    "ExtensionAmt": later("amount"),
    "FreightAmt": later("freight"),
    "HoldPayment$": later("hold"),
    "InvoiceAmt": later("invoice amount"),
    "InvoiceDate$": later("invoice date"),
    "InvoiceDiscountDate$": later("discount date"),
    "InvoiceDueDate$": later("due date"),
    "InvoiceNo$": later("invoice number"),
    "ItemType$": later("item type"),
    "JobNo$": later("job"),
    "PrepaidApplyToInvoiceNo$": later("prepaid invoice"),
    "PrepaidCheckNo$": later("prepaid check"),
    "PurchaseOrderNo$": later("purchase order"),
    "QuantityInvoiced": later("quantity invoiced"),
    "SalesTaxAmt": later("sales tax"),
    "SeparateCheck$": later("separate check"),
    "TaxSchedule$": later("tax schedule"),
    "TermsCode$": later("terms"),
    "UnitCost": later("unit cost"),
    "VendorNo$": later("vendor"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not what was entered; `entered` and `now` are as people write them."""

    what: str
    entered: str
    now: str

    def __str__(self) -> str:
        return say(
            "{what}: AP Bridge wrote {entered}, Sage has {now}", what=self.what, entered=self.entered, now=self.now
        )


@dataclass(frozen=True, slots=True)
class _Stamp:
    """When (in the Sage server's local time) and by whom a record was made, or saved last, as Sage writes it.

    The day is YYYYMMDD, the time decimal hours; what this Sage does not tell is ''.
    """

    day: str
    hours: str
    user: str

    def is_of_one_save(self, other: "_Stamp") -> bool:
        """Whether both stamps come from one save; what cannot be read does not."""
        if self.user and other.user and self.user != other.user:
            return False
        if (self.day, self.hours) == (other.day, other.hours) or not (self.day and other.day):
            return True
        try:
            return abs(self._seconds() - other._seconds()) <= _ONE_SAVE
        except ValueError:
            return False

    def _seconds(self) -> float:
        return (date.fromisoformat(self.day).toordinal() * 24 + float(self.hours)) * 3600

    def __str__(self) -> str:
        hours, minutes = divmod(int(float(self.hours) * 60), 60) if _IS_HOURS.fullmatch(self.hours) else (0, 0)
        at = (
            say(" at {hours}:{minutes}", hours=format(hours, "02"), minutes=format(minutes, "02"))
            if hours or minutes
            else ""
        )
        return say(
            "on {day}{at}{user}",
            day=_shown("Date$", self.day),
            at=at,
            user=say(" as user {user}", user=self.user) if self.user else "",
        )


def differences(entry: Entry, enter: Callable[[Form], None]) -> list[Difference]:
    """Return how the record that `entry` stands on differs from what `enter` enters; nothing is changed.

    Raises:
        Refused: when Sage does not show a value.
    """
    record = _Record(entry)
    try:
        enter(record)
    except SkipItem:
        # Only a receipt of invoice raises it here: a line of the order that it bills is not in it any more.
        record.found.append(Difference(say("a line of the order"), say("what is billed of it"), say(_NOTHING)))
    else:
        record.lines.expect_no_more()
    record.expect_blank(_LEFT_BLANK_IN_HEAD)
    if not record.found:
        record.expect_saved_once()
    return record.found


class _Compared:
    """Values of a record or of one of its lines: setting one compares it."""

    def __init__(self, entry: Entry, found: list[Difference]) -> None:
        self._entry = entry
        self.found = found

    @property
    def _where(self) -> str:
        return ""

    def set(self, column: str, value: str | float) -> None:
        """Compare a value."""
        if column == "TermsCode$" and not value:
            return  # the vendor's were taken
        if isinstance(value, str):
            self._compare(column, clean(value)[0], clean(self._entry.get(column))[0])
        else:
            self._compare(column, _number(value), _number(self._entry.number(column)))

    def get(self, column: str) -> str:
        """Return what a column of text holds."""
        return self._entry.get(column)

    def expect_blank(self, columns: Iterable[str]) -> None:
        """Note which of these columns of text hold anything."""
        for column in columns:
            self._compare(column, "", clean(self._entry.optional(column))[0])

    def _compare(self, column: str, entered: str, now: str) -> None:
        if entered != now:
            what = f"{self._where}{say(_WORDS.get(column, column))}"
            self.found.append(Difference(what, _shown(column, entered), _shown(column, now)))


class _Record(_Compared):
    """The head of a record."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry, [])
        self.lines = _Lines(entry.lines, self.found)

    def expect_saved_once(self) -> None:
        """Note that the record was saved again: then somebody changed a value that AP Bridge had left to Sage."""
        made, saved = self._stamp("Created"), self._stamp("Updated")
        if not made.is_of_one_save(saved):
            self.found.append(
                Difference(
                    say("the record"), say("it {made}", made=made), say("it as it was saved again {saved}", saved=saved)
                )
            )

    def _stamp(self, which: str) -> "_Stamp":
        columns = (f"Date{which}$", f"Time{which}$", f"User{which}Key$")
        return _Stamp(*(self._entry.optional(column) for column in columns))

    def do(self, method: str, *values: Any) -> int:
        """Nothing but values is entered into a head."""
        raise RuntimeError(f"{method}{values} would change a record that is only compared")

    def first(self) -> bool:
        """A head has no lines of its own."""
        return False

    next = first


class _Lines(_Compared):
    """The lines of a record: adding one goes to the next that is there.

    Those that an order brought come first, and are gone through as when they were entered.
    """

    def __init__(self, entry: Entry, found: list[Difference]) -> None:
        super().__init__(entry, found)
        self._number = 0
        self._there = False
        self._not_yet_compared = False
        self._blank: set[str] = set()

    @property
    def lines(self) -> "_Lines":
        """Lines have none; the protocol asks for them."""
        return self

    @property
    def _where(self) -> str:
        return say("line {number}, ", number=self._number)

    def do(self, method: str, *values: Any) -> int:
        """Go to the next line, or be done with the one compared."""
        if method == "nAddLine":
            if not self._not_yet_compared:
                self._advance()
            self._not_yet_compared = False
            self._blank = set(_LEFT_BLANK_IN_LINE)
            if not self._there:
                self.found.append(Difference(say("line {number}", number=self._number), say("it"), say(_NOTHING)))
        elif method == "nWrite":
            self.expect_blank(sorted(self._blank) if self._there else ())
            self._blank = set()
        else:
            raise RuntimeError(f"{method}{values} would change a record that is only compared")
        return 1

    def set(self, column: str, value: str | float) -> None:
        """Compare a value of the line, if there is one."""
        self._blank.discard(column)
        if self._there:
            super().set(column, value)

    def first(self) -> bool:
        """Go to the first line that the order brought, if there is one."""
        return self._advance() and self._is_the_orders()

    def next(self) -> bool:
        """Go to the next line that the order brought, if there is one."""
        return self._advance() and self._is_the_orders()

    def expect_no_more(self) -> None:
        """Note a line that was not entered."""
        if self._not_yet_compared or self._advance():
            self.found.append(Difference(say("line {number}", number=self._number), say(_NOTHING), say("a line")))

    def _advance(self) -> bool:
        self._there = self._entry.next() if self._number else self._entry.first()
        self._number += 1
        return self._there

    def _is_the_orders(self) -> bool:
        self._not_yet_compared = not self._entry.get("PurchaseOrderLineKey$")
        return not self._not_yet_compared


def _number(value: float) -> str:
    # As in Sage's columns: no more than six decimals, whatever the binary number has behind them.
    return format(Decimal(repr(value)).quantize(_MILLIONTH), "f")


def _shown(column: str, value: str) -> str:
    if not value:
        return say(_NOTHING)
    if column.endswith("Date$") and len(value) == 8:
        return f"{value[:4]}-{value[4:6]}-{value[6:]}"
    if column.endswith("$"):
        return f"“{value}”"
    number = Decimal(value)
    cents = number.quantize(Decimal("0.01"))
    return money(cents) if cents == number else shown_number(number)
