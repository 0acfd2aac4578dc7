"""Looks at a company's tables and tells where they differ from what AP Bridge reads. It reads no record."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.findings import Severity
from app.domain.language import later, say, whole
from app.domain.probe import Difference, Installation, ProbedColumn, ProbedTable
from app.domain.words import capital, listed
from app.errors import NeedsUser, Side, SkipItem
from app.sage.catalogue import SAGE_SCHEMA, OnCall
from app.sage.discovery import discover
from app.sage.layout import ExpectedColumn, ExpectedTable, Feature, Kind, expected_tables
from app.sage.odbc import Connection, driver_errors_translated, told_by_driver
from app.settings import SageSettings

# SQLGetInfo: the driver's name and version, the database's name and version.
_DRIVER_NAME, _DRIVER_VERSION, _DATABASE_NAME, _DATABASE_VERSION = 6, 7, 17, 18
_IDENTIFIER_CASE, _LOWER = 28, 2  # SQL_IDENTIFIER_CASE; SQL_IC_LOWER: names are kept in small letters
_SITE = "UDF_"
_KINDS = (
    (Kind.TEXT, ("CHAR", "TEXT", "STRING", "MEMO")),
    (Kind.DATE, ("DATE", "TIMESTAMP")),
    (Kind.NUMBER, ("DECIMAL", "NUMERIC", "INT", "DOUBLE", "FLOAT", "REAL", "MONEY", "NUMBER")),
)
_REMIT_TO_FIRST = "RemitToAddressLine1"


@dataclass(frozen=True, slots=True)
class _Found:
    """A column as the catalogue describes it."""

    name: str
    type: str
    size: int

    @property
    def kind(self) -> Kind | None:
        """What it holds, as far as the driver's word for its type tells."""
        return next((kind for kind, words in _KINDS if any(word in self.type.upper() for word in words)), None)

    @property
    def words(self) -> str:
        """Its type and size as people read them."""
        return say("text of {sizes}", sizes=self.size) if self.kind is Kind.TEXT and self.size else self.type.lower()


class Probe:
    """A look at one open company. `on_call` is entered around every call into the driver.

    Every method raises `RetryLater` or `NeedsUser` when Sage does not answer.
    """

    def __init__(self, connection: Connection, on_call: OnCall) -> None:
        self._connection = connection
        self._on_call = on_call

    def installation(self, settings: SageSettings) -> Installation:
        """Return where the tables come from, as the settings and the driver tell it."""
        with self._on_call(say("asking the ODBC driver about itself")):
            told = [
                str(told_by_driver(self._connection, number) or "")
                for number in (_DRIVER_NAME, _DRIVER_VERSION, _DATABASE_NAME, _DATABASE_VERSION)
            ]
        found = None if settings.location or settings.kind != "sage" else discover()
        return Installation(found.folder if found else settings.location, settings.dsn, *told)

    def tables(
        self, in_use: Collection[Feature], *, count_all: bool, each: Callable[[], None]
    ) -> tuple[tuple[ProbedTable, ...], tuple[Difference, ...]]:
        """Return the tables that AP Bridge reads as they are here, and where they differ.

        Only what a feature `in_use` needs can differ. Rows are counted in tables of codes; elsewhere only when
        `count_all` is given, since Sage reads a whole table to count it. `each` is called after every table.

        Raises:
            NeedsUser: `catalogue-empty`, when the catalogue shows none of the tables.
        """
        tables: list[ProbedTable] = []
        differences: list[Difference] = []
        for expected in expected_tables():
            found = self._columns(expected.name)
            rows = self._count(expected.name) if found and (expected.small or count_all) else None
            tables.append(_probed(expected, found, frozenset(in_use), rows))
            differences += _differences(expected, found, frozenset(in_use))
            each()
        if not any(table.there for table in tables):
            raise _catalogue_empty()
        return tuple(tables), tuple(differences)

    def other_tables(self) -> tuple[str, ...]:
        """Return the names of all tables that the catalogue shows and AP Bridge does not read."""
        own = {table.name.casefold() for table in expected_tables()}
        doing = say("reading the names of all tables")
        with driver_errors_translated(doing), self._on_call(doing):
            cursor = self._connection.cursor()
            try:
                names = {str(row.table_name) for row in cursor.tables()}
            finally:
                cursor.close()
        return tuple(sorted(name for name in names if name.casefold() not in own))

    def _columns(self, table: str) -> tuple[_Found, ...]:
        doing = say("reading the layout of {table}", table=table)
        try:
            with driver_errors_translated(doing), self._on_call(doing):
                rows = self._described(table)
        except SkipItem:  # some drivers answer so instead of with no rows
            return ()
        # In SQL Server somebody may keep a copy of a table beside Sage's own.
        own = [row for row in rows if getattr(row, "table_schem", None) == SAGE_SCHEMA]
        return tuple(_Found(str(row.column_name), str(row.type_name), int(row.column_size or 0)) for row in own or rows)

    def _described(self, table: str) -> list[Any]:
        if told_by_driver(self._connection, _IDENTIFIER_CASE) == _LOWER:
            table = table.lower()
        cursor = self._connection.cursor()
        try:
            # The name is a pattern in which an underscore stands for any character.
            return [row for row in cursor.columns(table=table) if row.table_name.lower() == table.lower()]
        finally:
            cursor.close()

    def _count(self, table: str) -> int | None:
        doing = say("counting the rows of {table}", table=table)
        try:
            with driver_errors_translated(doing), self._on_call(doing):
                cursor = self._connection.cursor()
                try:
                    cursor.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608  # our own names only
                    return int(cursor.fetchmany(1)[0][0])
                finally:
                    cursor.close()
        except SkipItem:  # the catalogue shows the table, and ODBC security keeps its rows to itself
            return None


def _probed(
    expected: ExpectedTable, found: Sequence[_Found], in_use: frozenset[Feature], rows: int | None
) -> ProbedTable:
    known = {name.casefold() for name in expected.order}
    columns = tuple(ProbedColumn(each.name, each.type, each.size, _use(expected, each.name)) for each in found)
    return ProbedTable(
        name=expected.name,
        there=bool(found),
        used_for=tuple(say(feature.value) for feature in expected.features if feature is not Feature.REMIT_TO),
        in_use=not in_use.isdisjoint(expected.features),
        rows=rows,
        columns=columns,
        site_columns=sum(column.use == "site" for column in columns),
        unknown_columns=sum(each.name.casefold() not in known and not _is_site(each.name) for each in found),
    )


def _use(table: ExpectedTable, column: str) -> str:
    expected = table.column(column)
    if expected is not None:
        return "required" if expected.required_by else "optional"
    return "site" if _is_site(column) else "unused"


def _is_site(column: str) -> bool:
    return column.upper().startswith(_SITE)


def _differences(table: ExpectedTable, found: Sequence[_Found], in_use: frozenset[Feature]) -> Iterator[Difference]:
    features = [feature for feature in table.features if feature in in_use]
    if not found:
        yield from _table_missing(table, [feature for feature in features if feature not in table.optional_for])
        return
    there = {each.name.casefold(): each for each in found}
    for column in table.columns:
        needed = [feature for feature in features if feature in column.required_by | column.optional_for]
        actual = there.get(column.name.casefold())
        if not needed:
            continue
        if actual is not None:
            yield from _other_shape(table, column, actual)
        elif column.optional_for != {Feature.REMIT_TO} or _REMIT_TO_FIRST.casefold() in there:
            yield _column_missing(table, column, [each for each in needed if each in column.required_by], found)
        elif column.name == _REMIT_TO_FIRST:  # without it the other six are not read either
            yield _column_missing(table, column, [], found)


def _table_missing(table: ExpectedTable, off: Sequence[Feature]) -> Iterator[Difference]:
    if not off:
        return
    reason = say("The table's Sage module is not installed, or ODBC security hides it from this user.")
    works = say(table.without) or _not_working(off)
    yield Difference(
        "table-missing",
        Severity.WARNS if table.without else Severity.STOPS,
        table.name,
        "",
        say("not there"),
        say("a table"),
        f"{works} {reason}",
        say("If the module is in use, allow the table in Sage under Library Master > Role Maintenance > ODBC Security.")
        + ("" if table.without else say(" If it is not, switch off in AP Bridge's settings what needs it.")),
    )


def _column_missing(
    table: ExpectedTable, column: ExpectedColumn, off: Sequence[Feature], found: Sequence[_Found]
) -> Difference:
    likely = _likely_new_name(table, column, found)
    renamed = (
        say(" {name}, which AP Bridge does not know, stands at its place: it may be its new name.", name=likely.name)
        if likely
        else ""
    )
    stops = bool(off) and not column.without
    works = _not_working_without(off) if stops else say(column.without)
    fix = (
        say(
            "Make a support bundle and send it to support: AP Bridge has to learn this layout. ODBC security "
            "may also hide a column: see Library Master > Role Maintenance in Sage."
        )
        if stops
        else say("Nothing needs to be done. If it matters to you, make a support bundle and send it to support.")
    )
    return Difference(
        "column-missing",
        Severity.STOPS if stops else Severity.WARNS,
        table.name,
        column.name,
        say("perhaps {name}", name=likely.name) if likely else say("not there"),
        _expected_words(column),
        f"{works}{renamed}",
        fix,
    )


def _likely_new_name(table: ExpectedTable, missing: ExpectedColumn, found: Sequence[_Found]) -> _Found | None:
    """Return the one unknown column that looks like the missing one and stands where it is expected."""
    known = [name.casefold() for name in table.order]
    names = [each.name.casefold() for each in found]
    place = known.index(missing.name.casefold())
    before = next((names.index(name) for name in reversed(known[:place]) if name in names), -1)
    after = next((names.index(name) for name in known[place + 1 :] if name in names), len(names))
    alike = [
        each
        for each in found[before + 1 : after]
        if each.name.casefold() not in known
        and not _is_site(each.name)
        and each.kind is missing.kind
        and (not missing.sizes or missing.kind is not Kind.TEXT or each.size in missing.sizes)
    ]
    return alike[0] if len(alike) == 1 else None


def _other_shape(table: ExpectedTable, column: ExpectedColumn, actual: _Found) -> Iterator[Difference]:
    if actual.kind is not None and actual.kind is not column.kind:
        yield Difference(
            "column-type",
            Severity.WARNS,
            table.name,
            column.name,
            actual.words,
            _expected_words(column),
            say("Records whose value AP Bridge cannot read there are set aside with their reason."),
            say("Make a support bundle and send it to support."),
        )
    elif column.kind is Kind.TEXT and actual.size and column.sizes and actual.size not in column.sizes:
        longer = actual.size > max(column.sizes)
        yield Difference(
            "column-size",
            Severity.INFORMS,
            table.name,
            column.name,
            actual.words,
            _expected_words(column),
            _size_meaning(column, actual.size, longer=longer),
            say("Nothing needs to be done."),
        )


def _size_meaning(column: ExpectedColumn, size: int, *, longer: bool) -> str:
    if column.limits:
        more = later("AP Bridge checks {what} against that size: longer ones than usual can be sent.")
        fewer = later("AP Bridge checks {what} against that size: the preview tells which ones are too long.")
        return say(more if longer else fewer, what=say(column.limits))
    if longer:
        return say(
            "They are read in full. Quadient AP may refuse a text that is too long for it; that record is then named."
        )
    return say(
        "Nothing is cut by AP Bridge: this Sage has no text there of more than {size} characters.", size=whole(size)
    )


def _expected_words(column: ExpectedColumn) -> str:
    if column.kind is Kind.TEXT and column.sizes:
        return say("text of {sizes}", sizes=say(" or ").join(str(size) for size in column.sizes))
    return say(column.kind)


def _not_working(features: Sequence[Feature]) -> str:
    one, many = (
        later("{features} does not work; everything else does."),
        later("{features} do not work; everything else does."),
    )
    return say(one if _is_one(features) else many, features=_sentence(features))


def _not_working_without(features: Sequence[Feature]) -> str:
    one, many = (
        later("{features} does not work without it; everything else does."),
        later("{features} do not work without it; everything else does."),
    )
    return say(one if _is_one(features) else many, features=_sentence(features))


def _sentence(features: Sequence[Feature]) -> str:
    return capital(listed([say(feature.value) for feature in features]))


def _is_one(features: Sequence[Feature]) -> bool:
    return len(features) == 1 and features[0].value.startswith(("the ", "checking "))


def _catalogue_empty() -> NeedsUser:
    return NeedsUser(
        "catalogue-empty",
        say("Sage 100 shows none of its tables"),
        say("The sign-in worked, but the ODBC catalogue has none of the tables that AP Bridge reads."),
        say(
            "Check the folder of Sage's data in AP Bridge's settings. In Sage, allow this user's role the "
            "tables in Library Master > Role Maintenance > ODBC Security."
        ),
        side=Side.SAGE,
    )
