"""The records of one list, however many: which are wanted, by their keys, and any few of them in full.

SQLite searches and sorts, and hands over all keys in one piece: a thread that asks for a million of them leaves the
window's own thread alone meanwhile.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, overload

import orjson

from app.domain.lists import ListName
from app.engine.shown import RecordRow, moment
from app.engine.store import Store

LIKELY_WIDTH = 16  # characters that the keys of most lists fit into
STATES = ("acknowledged", "sending", "refused", "waiting", "quarantined")


class By(StrEnum):
    """What records are sorted by; those that are equal in it, by their keys."""

    KEY = "key"
    DESCRIPTION = "description"
    STATUS = "status"
    STATE = "state"
    CHANGED = "changed"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Wording:
    """What people read for a record's status (active or not), its state, and when the cloud took it last."""

    status: Callable[[bool], str]
    state: Callable[[str], str]
    changed: Callable[[datetime | None], str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records of `list`, and in which order: those with every word of `text` in something that is read of them.

    With a `run` only those that it touched last are wanted.
    """

    list: ListName
    text: str = ""
    run: str = ""
    by: By = By.KEY
    descending: bool = False

    @property
    def everything(self) -> bool:
        """Whether every record of the list is wanted."""
        return not self.text.split() and not self.run

    @property
    def streams(self) -> bool:
        """Whether the first of them are known before the last."""
        return self.by is By.KEY and not self.descending


class Keys(Sequence[str]):
    """Keys one after the other in a single text; each takes `width` characters, with blanks at its end."""

    def __init__(self, text: str = "", width: int = LIKELY_WIDTH) -> None:
        self._text = text
        self._width = width

    @classmethod
    def of(cls, keys: Iterable[str]) -> "Keys":
        """Return `keys` in one piece."""
        given = list(keys)
        width = max(map(len, given), default=LIKELY_WIDTH)
        return cls("".join(key.ljust(width) for key in given), width)

    def __len__(self) -> int:
        return len(self._text) // self._width

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        places = range(len(self))[at]
        return self._key(places) if isinstance(places, int) else [self._key(place) for place in places]

    def place(self, key: str) -> int | None:
        """Return where `key` stands, None when it is not among them."""
        wanted = key.ljust(self._width)
        at = self._text.find(wanted) if len(wanted) == self._width else -1
        while at >= 0 and at % self._width:
            at = self._text.find(wanted, at + 1)
        return at // self._width if at >= 0 else None

    def _key(self, place: int) -> str:
        return self._text[place * self._width : (place + 1) * self._width].rstrip(" ")


class RecordSearch:
    """Looks for records of one company; those that were taken since it first looked are not found by their time.

    Raises:
        NeedsUser: from every method, when the store is damaged.
        BrokenOff: from every method, when the store was told to break off.
    """

    def __init__(self, store: Store, company: str) -> None:
        self._store = store
        self._company = company
        self._minutes: dict[ListName, list[str]] = {}

    def first(self, wanted: Wanted, wording: Wording, number: int) -> list[RecordRow]:
        """Return the first of the wanted records, `number` at the most; `wanted` streams."""
        where, values = self._where(wanted, wording)
        return _rows(
            self._store.tuples(f"SELECT {_SHOWN} {where} ORDER BY key LIMIT :number", values | {"number": number})
        )

    def keys(self, wanted: Wanted, wording: Wording) -> Keys:
        """Return the keys of all wanted records."""
        where, values = self._where(wanted, wording)
        sql = _IN_ONE_PIECE.format(found=f"{where} ORDER BY {_order(wanted, wording)}")
        width = LIKELY_WIDTH
        while True:
            ((longest, text),) = self._store.tuples(sql, values | {"width": width, "blanks": " " * width})
            if (longest or 0) <= width:
                return Keys(text or "", width)
            width = longest

    def prepare(self, name: ListName) -> None:
        """Find out what the first search in a list would have to find out."""
        self._all_minutes(name)

    def count(self, name: ListName) -> int:
        """Return how many records a list has, wanted or not."""
        ((count,),) = self._store.tuples(f"SELECT count(*) {_LIST}", self._named(name))
        return int(count)

    def every(self, name: ListName) -> list[RecordRow]:
        """Return all records of a list in key order."""
        return _rows(self._store.tuples(f"SELECT {_SHOWN} {_LIST} ORDER BY key", self._named(name)))

    def in_full(self, name: ListName, keys: Sequence[str]) -> list[RecordRow | None]:
        """Return the records called `keys`, in that order; None for one that there is no more."""
        sql = f"SELECT {_SHOWN} {_LIST} AND key IN (SELECT value FROM json_each(:keys))"  # noqa: S608
        values = self._named(name) | {"keys": orjson.dumps(list(keys)).decode()}
        there = {row.key: row for row in _rows(self._store.tuples(sql, values))}
        return [there.get(key) for key in keys]

    def _named(self, name: ListName) -> dict[str, Any]:
        return {"company": self._company, "list": name}

    def _where(self, wanted: Wanted, wording: Wording) -> tuple[str, dict[str, Any]]:
        conditions, values = [_LIST], self._named(wanted.list)
        if wanted.run:
            conditions.append("run = :run")
            values["run"] = wanted.run
        for number, word in enumerate(wanted.text.lower().split()):
            conditions.append(self._has(f"word{number}", word, wanted.list, wording))
            values[f"word{number}"] = f"%{literally(word)}%"
        return " AND ".join(conditions), values

    def _has(self, name: str, word: str, records: ListName, wording: Wording) -> str:
        """Return the condition that something that is read of a record has `word`; the value `name` is made of it."""
        found = [f"{lowered(word, column)} LIKE :{name} ESCAPE '!'" for column in _TEXTS]
        for column, words in (
            ("active", {str(int(active)): wording.status(active) for active in (True, False)}),
            ("state", {f"'{state}'": wording.state(state) for state in STATES}),
            (_MINUTE, {f"'{minute}'": _read(wording, minute) for minute in self._all_minutes(records)}),
        ):
            fitting = [value for value, said in words.items() if word in said.lower()]
            if fitting:
                found.append(f"{column} IN ({', '.join(fitting)})")
        return f"({' OR '.join(found)})"

    def _all_minutes(self, name: ListName) -> list[str]:
        """Return in which minutes the cloud took records; a sync of many takes few."""
        if name not in self._minutes:
            sql = f"SELECT DISTINCT {_MINUTE} {_LIST} AND acknowledged_at > ''"
            self._minutes[name] = [minute for (minute,) in self._store.tuples(sql, self._named(name))]
        return self._minutes[name]


_LIST = "FROM checkpoints WHERE company = :company AND list = :list"
_SHOWN = "key, description, active, state, reason, fix, acknowledged_at, run, code"
_TEXTS = ("description", "key", "reason", "fix")
_MINUTE = "substr(acknowledged_at, 1, 16)"  # as exact as people read it
_SECONDS = ":00+00:00"
_IN_ONE_PIECE = (
    "SELECT max(length), group_concat(padded, '')"
    " FROM (SELECT length(key) AS length, substr(key || :blanks, 1, :width) AS padded {found})"
)
# SQLite's lower() and LIKE know the case of ASCII letters only. To make a letter small takes a while, a million times.
_FREQUENT, _SELDOM = "ÉÈÀÇ", "ÂÄÊËÎÏÔÖÙÛÜÑÁÍÓÚ"


def _rows(found: Iterable[tuple[Any, ...]]) -> list[RecordRow]:
    return [
        RecordRow(key, description, bool(active), state, reason, fix, moment(acknowledged), run, code)
        for key, description, active, state, reason, fix, acknowledged, run, code in found
    ]


def _read(wording: Wording, minute: str) -> str:
    return wording.changed(moment(minute + _SECONDS))


def literally(word: str) -> str:
    """Return `word` so that LIKE takes it as it is."""
    return "".join(f"!{letter}" if letter in "!%_" else letter for letter in word)


def lowered(word: str, column: str) -> str:
    """Return what to look in for `word`: a column with those letters of the word small that LIKE does not know."""
    for letter in sorted(set(word)):
        if not letter.isascii() and len(letter.upper()) == 1:
            column = f"replace({column}, '{letter.upper()}', '{letter}')"
    return column


def _order(wanted: Wanted, wording: Wording) -> str:
    way = " DESC" if wanted.descending else ""
    if wanted.by is By.KEY:
        return f"key{way}"
    expression = {
        By.DESCRIPTION: _small("description"),
        By.REASON: _small("trim(reason || ' ' || fix)"),
        By.CHANGED: "acknowledged_at",
        By.STATUS: _rank("active", {str(int(active)): wording.status(active) for active in (True, False)}),
        By.STATE: _rank("state", {f"'{state}'": wording.state(state) for state in STATES}),
    }[wanted.by]
    return f"{expression}{way}, key"


def _small(text: str) -> str:
    """Return `text` without regard to case, as an expression."""
    return (
        f"CASE WHEN length({text}) = length(CAST({text} AS BLOB)) THEN lower({text})"  # ASCII
        f" WHEN {text} GLOB '*[{_SELDOM}]*' THEN {_made_small(text, _FREQUENT + _SELDOM)}"
        f" ELSE {_made_small(text, _FREQUENT)} END"
    )


def _made_small(text: str, letters: str) -> str:
    for letter in letters:
        text = f"replace({text}, '{letter}', '{letter.lower()}')"
    return f"lower({text})"


def _rank(column: str, words: dict[str, str]) -> str:
    """Return the place that a column's value has among all of them, by what people read for it."""
    ranked = sorted({word.lower() for word in words.values()})
    cases = " ".join(f"WHEN {value} THEN {ranked.index(word.lower())}" for value, word in words.items())
    return f"CASE {column} {cases} ELSE {len(ranked)} END"
