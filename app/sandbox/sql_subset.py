"""Refuses SQL that Sage 100's ProvideX driver would not take, and respells the rest for SQLite.

The subset: one SELECT over one table, TOP n, named columns or COUNT, SUM, MIN, MAX, WHERE, GROUP BY, ORDER BY, `?`
parameters, IN lists, dates as {d 'YYYY-MM-DD'} only, and {fn CONVERT(column, SQL_VARCHAR)} to see a raw value.
A plain driver knows neither TOP nor `?` nor {d ...}; there a date is compared with 'YYYYMMDD'.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

LONGEST_IN_LIST = 200

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<date>\{d\s*'[^']*'\s*\})
      | (?P<convert>\{fn\s+CONVERT\s*\(\s*(?P<raw>\w+)\s*,\s*SQL_VARCHAR\s*\)\s*\})
      | (?P<string>'(?:[^']|'')*')
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<operator><>|<=|>=|[=<>])
      | (?P<mark>[?,()*])""",
    re.VERBOSE | re.IGNORECASE,
)
_AGGREGATES = ("COUNT", "SUM", "MIN", "MAX")
_RESERVED = frozenset(
    {
        "SELECT", "FROM", "WHERE", "GROUP", "BY", "HAVING", "ORDER", "AND", "OR", "NOT", "IN", "LIKE", "BETWEEN", "IS",
        "NULL", "UNION", "JOIN", "INNER", "LEFT", "OUTER", "CASE", "CAST", "LIMIT", "OFFSET", "TOP", "AS", "ON", "WITH",
        "DISTINCT",
    }
)  # fmt: skip
_EXTRA = "42000", "Unexpected extra token"
_LEXICAL = "42000", "Expected lexical element not found"


class RefusedStatement(Exception):  # noqa: N818  # what the driver does to it
    """The driver would not take this statement; `state` is the SQLSTATE."""

    def __init__(self, state: str, text: str) -> None:
        super().__init__(text)
        self.state = state
        self.text = text


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that SQLite may run.

    `columns` names what it selects: (name, column) with "" for expressions. Where a date is among them, its answer
    `checks_dates`: one more column at the end is 1 for a row with an impossible date, else 0.
    """

    sql: str
    table: str
    columns: tuple[tuple[str, str], ...]
    markers: int
    checks_dates: bool


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def _tokens(sql: str) -> list[_Token]:
    found = []
    place = 0
    while place < len(sql):
        match = _TOKEN.match(sql, place)
        if match is None:
            raise RefusedStatement(_EXTRA[0], f"{_EXTRA[1]}: {sql[place:].split(maxsplit=1)[0][:12]}")
        kind = str(match.lastgroup)
        if kind == "raw" or match["convert"]:
            found.append(_Token("convert", match["raw"]))
        elif kind != "space":
            found.append(_Token(kind, match.group()))
        place = match.end()
    return found


@dataclass(slots=True)
class _Parser:
    """Reads one statement from left to right and collects its SQLite spelling in `out`."""

    tokens: list[_Token]
    kinds: Callable[[str], Mapping[str, str]]
    plain: bool
    place: int = 0
    out: list[str] = field(default_factory=list)
    markers: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def statement(self) -> Statement:
        self.need("SELECT")
        # The columns can be checked only once the table is known: look ahead for it.
        table = self.table_name()
        self.columns = self.kinds(table)
        self.names = {name.lower(): name for name in self.columns}
        limit = self.top()
        self.word("DISTINCT")
        selected = [self.item()]
        while self.mark(","):
            selected.append(self.item())
        dates = [column for _, column in selected if self.columns.get(column) == "date"]
        if dates:
            self.out.append(f", {' OR '.join(map(_impossible, dates))}")
        self.need("FROM")
        self.advance()
        self.out.append(table)
        if self.word("WHERE"):
            self.condition()
        if self.word("GROUP"):
            self.need("BY")
            self.list_of_columns(ordered=False)
        if self.word("ORDER"):
            self.need("BY")
            self.list_of_columns(ordered=True)
        if self.place < len(self.tokens):
            raise self.extra()
        return Statement(" ".join([*self.out, *limit]), table, tuple(selected), self.markers, bool(dates))

    def top(self) -> list[str]:
        """Read TOP n; return SQLite's way of saying it, which comes last."""
        if self.plain or not self.is_next("word", "TOP"):
            return []
        self.advance()
        rows = self.advance()
        if not rows.text.isdigit():
            self.place -= 1
            raise self.extra()
        return ["LIMIT", rows.text]

    def table_name(self) -> str:
        for place, token in enumerate(self.tokens[:-1]):
            if token.kind == "word" and token.text.upper() == "FROM":
                name = self.tokens[place + 1]
                if name.kind != "word" or name.text.upper() in _RESERVED:
                    raise RefusedStatement(*_LEXICAL)
                return name.text
        raise RefusedStatement(*_LEXICAL)

    def item(self) -> tuple[str, str]:
        token = self.peek()
        if token.kind == "convert":
            return self.operand(), ""
        if token.kind == "word" and token.text.upper() in _AGGREGATES:
            function = self.advance().text.upper()
            self.out.append(function)
            self.need_mark("(")
            name = "*" if function == "COUNT" and self.mark("*") else self.column()
            self.need_mark(")")
            return f"{function}({name})", ""
        name = self.column()
        return name, name

    def condition(self) -> None:
        self.term()
        while self.word("AND") or self.word("OR"):
            self.term()

    def term(self) -> None:
        if self.word("NOT"):
            return self.term()
        if self.mark("("):
            self.condition()
            return self.need_mark(")")
        return self.predicate()

    def predicate(self) -> None:
        left = self.operand()
        kind = self.columns.get(left, "")
        if self.word("IS"):
            self.word("NOT")
            self.need("NULL")
            return
        self.word("NOT")
        if self.word("IN"):
            self.in_list(kind)
        elif self.word("LIKE"):
            self.value("text" if kind != "date" else kind)
        elif self.word("BETWEEN"):
            self.value(kind)
            self.need("AND")
            self.value(kind)
        elif self.peek().kind == "operator":
            self.out.append(self.advance().text)
            self.value(kind)
        else:
            raise self.extra()

    def in_list(self, kind: str) -> None:
        self.need_mark("(")
        self.value(kind)
        count = 1
        while self.mark(","):
            self.value(kind)
            count += 1
        self.need_mark(")")
        if count > LONGEST_IN_LIST:
            raise RefusedStatement("54001", f"SQL statement too long or complex: {count} values in one list")

    def operand(self) -> str:
        if self.peek().kind == "convert":
            name = self.named(self.advance().text)
            self.out.append(f"COALESCE(CAST({name} AS TEXT), '')")
            return ""
        return self.column()

    def value(self, kind: str) -> None:
        token = self.advance()
        if self.plain and (token.kind == "date" or token.text == "?"):
            self.place -= 1
            raise self.extra()
        if token.kind == "date" or (self.plain and kind == "date" and token.kind == "string"):
            text = token.text.split("'")[1]
            try:
                day = date.fromisoformat(text)
            except ValueError:
                raise RefusedStatement("22007", f"Invalid date: {text}") from None
            self.out.append(f"'{day}'")
        elif kind == "date":
            raise RefusedStatement("22018", f"Conversion error: a date column is compared with {token.text}")
        elif token.kind in ("string", "number"):
            self.out.append(token.text)
        elif token.text == "?":
            self.markers += 1
            self.out.append("?")
        else:
            self.place -= 1
            raise self.extra()

    def column(self) -> str:
        token = self.advance()
        if token.kind != "word" or token.text.upper() in _RESERVED:
            self.place -= 1
            raise self.extra()
        name = self.named(token.text)
        self.out.append(name)
        return name

    def named(self, text: str) -> str:
        name = self.names.get(text.lower())
        if name is None:
            raise RefusedStatement("42S22", f"Column not found: {text}")
        return name

    def list_of_columns(self, *, ordered: bool) -> None:
        while True:
            self.column()
            if ordered and not self.word("ASC"):
                self.word("DESC")
            if not self.mark(","):
                return

    def peek(self) -> _Token:
        if self.place >= len(self.tokens):
            raise RefusedStatement(*_LEXICAL)
        return self.tokens[self.place]

    def advance(self) -> _Token:
        token = self.peek()
        self.place += 1
        return token

    def is_next(self, kind: str, text: str) -> bool:
        if self.place >= len(self.tokens):
            return False
        token = self.tokens[self.place]
        return token.kind == kind and token.text.upper() == text

    def word(self, text: str) -> bool:
        return self.take("word", text)

    def mark(self, text: str) -> bool:
        return self.take("mark", text)

    def take(self, kind: str, text: str) -> bool:
        if self.is_next(kind, text):
            self.out.append(self.advance().text)
            return True
        return False

    def need(self, text: str) -> None:
        if not self.word(text):
            raise self.extra()

    def need_mark(self, text: str) -> None:
        if not self.mark(text):
            raise self.extra()

    def extra(self) -> RefusedStatement:
        if self.place >= len(self.tokens):
            return RefusedStatement(*_LEXICAL)
        return RefusedStatement(_EXTRA[0], f"{_EXTRA[1]}: {self.tokens[self.place].text}")


def _impossible(column: str) -> str:
    # Asked to add no days, SQLite carries February 30 over into March; of what is no date it makes NULL. It knows a
    # year 0. The dash keeps it from taking the text for a number.
    text = f"{column}, '+0 days'"
    return f"(COALESCE({column}, '') <> '' AND (date({text}) IS NOT {column} OR {column} < '0001-'))"


def check(sql: str, kinds: Callable[[str], Mapping[str, str]], *, plain: bool = False) -> Statement:
    """Return `sql` respelled for SQLite, for a `plain` driver or Sage's usual one.

    `kinds` gives, for a table's name, its columns and their kinds ("text", "date" or "number"); it raises
    RefusedStatement for a table that cannot be read.

    Raises:
        RefusedStatement: when Sage's driver would refuse it.
    """
    return _Parser(_tokens(sql), kinds, plain).statement()
