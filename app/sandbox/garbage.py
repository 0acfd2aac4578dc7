"""What a driver out of its mind hands out: the rows of an answer, spoiled as the fault switches say."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.sandbox.faults import Garbage

SPOILED_ROW = 2  # of every answer, from 1

Row = Sequence[Any]


def spoiled(rows: Sequence[Row], garbage: Garbage, places: Sequence[int], already: int) -> list[Row]:
    """Return the rows of one fetch as `garbage` makes them; `already` rows of the answer were fetched before.

    Values are spoiled in the second row of an answer only, at `places` (its columns, from 0); disorder turns every
    fetch round.
    """
    if garbage is Garbage.DISORDER:
        return list(reversed(rows))
    at = SPOILED_ROW - 1 - already
    if not 0 <= at < len(rows):
        return list(rows)
    row = tuple(rows[at])
    if garbage is Garbage.REPEATED_ROW:
        return [*rows[: at + 1], row, *rows[at + 1 :]]
    if garbage is Garbage.SHORT_ROW:
        row = row[:-1]
    else:
        make = _MAKE[garbage]
        row = tuple(make(value) if place in places else value for place, value in enumerate(row))
    return [*rows[:at], row, *rows[at + 1 :]]


def kind_spoiled(garbage: Garbage) -> str:
    """Return the kind of column ("text" or "number") that `garbage` is for, "" for whole rows."""
    if garbage in _OF_NUMBERS:
        return "number"
    return "text" if garbage in _MAKE else ""


def _number_for(value: Any) -> int:
    # As programs do that take “0001010” for a number.
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() else 7


_MAKE: Mapping[Garbage, Callable[[Any], Any]] = {
    Garbage.CONTROL_CHARACTERS: lambda value: f"{str(value)[:1]}\x07\x1b\x00{str(value)[1:]}",
    Garbage.LONE_SURROGATE: lambda value: f"{str(value)[:1]}\ud800{str(value)[1:]}",
    Garbage.BYTES: lambda value: str(value).encode("cp1252", "replace"),
    Garbage.INTEGER: _number_for,
    Garbage.TWO_POINTS: lambda _: "1.2.3",
    Garbage.NOT_A_NUMBER: lambda _: float("nan"),
}
_OF_NUMBERS = (Garbage.TWO_POINTS, Garbage.NOT_A_NUMBER)
