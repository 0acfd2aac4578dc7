"""The expected layout against what the code really asks, and the probe against companies that differ from it."""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cloud.port import DocumentKind
from app.commands.server import served
from app.commands.wiring import ports_for
from app.domain.findings import Severity
from app.domain.invoices import Destination, InvoiceKey
from app.domain.lists import ListName
from app.domain.payments import CheckKey
from app.domain.probe import Difference, ProbedTable
from app.engine.cancel import CancelToken
from app.engine.run import execute
from app.engine.work import SyncOptions, send, sync
from app.errors import ExitCode, NeedsUser
from app.sage.layout import LIST_FEATURES, Feature, Kind, expected_tables
from app.sage.probe import Probe
from app.sandbox import stand_ins
from app.sandbox.company import Scale
from app.sandbox.schema import tables
from app.sandbox.world import World, create_world
from app.settings import Home, SageSettings
from tests.sage.conftest import Tables
from tests.system.commands import rows

EVERYTHING = frozenset(Feature) - {Feature.REMIT_TO}
Asked = dict[str, set[str]]


class Recorder:
    """A connection that notes every statement; with `scarce`, its catalogue has required columns only."""

    def __init__(self, connection: Any, statements: list[str], *, scarce: bool) -> None:
        self._connection = connection
        self._statements = statements
        self._scarce = scarce

    def cursor(self) -> Any:
        cursor = self._connection.cursor()

        def execute(sql: str, *params: Any) -> Any:
            self._statements.append(sql)
            return cursor.execute(sql, *params)

        return SimpleNamespace(
            execute=execute,
            fetchmany=cursor.fetchmany,
            fetchall=cursor.fetchall,
            tables=cursor.tables,
            columns=(lambda table: required_of(cursor.columns(table))) if self._scarce else cursor.columns,
            close=cursor.close,
        )

    def getinfo(self, number: int) -> Any:
        return self._connection.getinfo(number)

    def close(self) -> None:
        self._connection.close()


def required_of(found: list[Any]) -> list[Any]:
    layout = {table.name: table for table in expected_tables()}
    return [
        each
        for each in found
        if (column := layout[each.table_name].column(each.column_name)) is not None and column.required_by
    ]


def asked_in(statements: Sequence[str]) -> Asked:
    """Return the columns that the statements name, by table."""
    words = {"select", "top", "from", "where", "and", "or", "in", "order", "by", "is", "not", "null", "count", "fn"}
    words |= {"convert", "sql_varchar", "limit", "asc"}
    asked: Asked = defaultdict(set)
    for statement in statements:
        bare = re.sub(r"\{d '[^']*'\}|'(?:[^']|'')*'", "", statement)
        table = re.search(r"FROM (\w+)", bare)
        assert table is not None, statement
        names = set(re.findall(r"[A-Za-z_]\w*", bare)) - {table[1]}
        asked[table[1]] |= {name for name in names if name.lower() not in words}
    return asked


@pytest.fixture
def whole_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Asked]:
    """Returns what three syncs, the sends between them and every look-up ask of Sage, in a world of its own."""
    connect = stand_ins.connect_sandbox

    def done(*, scarce: bool) -> Asked:
        home = Home(tmp_path / f"home-{scarce}")
        world = create_world(home, seed=7, scale=Scale.SMALL, today=datetime.now(UTC).astimezone().date())
        company = home.load().company(None)
        # What the driver can do is asked once and kept; that is no reading.
        with ports_for(company, home).open_sage(company, lambda _: nullcontext()):
            ports_for.cache_clear()
        statements: list[str] = []
        with monkeypatch.context() as patched:
            patched.setattr(
                stand_ins, "connect_sandbox", lambda *words: Recorder(connect(*words), statements, scarce=scarce)
            )
            with served(home):
                run_all(home)
                look_up_everything(world, home)
            ports_for.cache_clear()
        return asked_in(statements)

    return done


def run_all(home: Home) -> None:
    company = home.load().company(None)
    kinds = (DocumentKind.INVOICE, DocumentKind.PAYMENT)
    whole = ("sync", sync(SyncOptions()))
    sends = ((f"send {kind}s", send(kind, None)) for kind in kinds)
    # The second sync is a full pass again, since the first met records without a key; the third reads what changed.
    for command, work in (whole, *sends, whole, whole):
        ended = execute(
            command,
            work,
            home=home,
            company=company,
            timeout=60,
            ports=ports_for(company, home),
            sinks=[],
            cancel=CancelToken(),
        )
        assert ended in (ExitCode.DONE, ExitCode.NEEDS_USER)


def look_up_everything(world: World, home: Home) -> None:
    company, file = home.load().company(None), world.sage_file
    checks = rows(file, "SELECT BankCode, CheckNo FROM AP_CheckHistoryHeader LIMIT 3")
    invoices = rows(file, "SELECT APDivisionNo, VendorNo, InvoiceNo FROM AP_OpenInvoice LIMIT 3")
    unposted = rows(file, "SELECT APDivisionNo, VendorNo, InvoiceNo FROM AP_InvoiceHeader LIMIT 3")
    history = rows(file, "SELECT APDivisionNo, VendorNo, InvoiceNo FROM AP_InvoiceHistoryHeader LIMIT 3")
    paid = rows(
        file, "SELECT APDivisionNo, VendorNo, InvoiceNo FROM AP_ManualCheckHeader JOIN AP_ManualCheckDetail"
        " USING (BankCode, CheckNo) LIMIT 3"
    )  # fmt: skip
    receipts = rows(file, "SELECT PurchaseOrderNo FROM PO_ReceiptHeader WHERE ReceiptType = 'I' LIMIT 3")
    assert checks
    assert invoices
    assert unposted
    assert history
    assert paid
    assert receipts
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(
            "INSERT OR IGNORE INTO AP_CheckHeader (APDivisionNo, VendorNo, CheckEntryNo) VALUES (?, ?, '001')",
            paid[0][:2],
        )
    with ports_for(company, home).open_sage(company, lambda _: nullcontext()) as sage:
        ledger = sage.ledger
        ledger.checks([CheckKey(*each) for each in checks])
        ledger.invoices([InvoiceKey(*each) for each in (*invoices, *unposted, *history)])
        ledger.open_invoices([InvoiceKey(*each) for each in invoices])
        ledger.unposted_paid([InvoiceKey(*each) for each in paid])
        ledger.unposted_billed([each[0] for each in receipts])
        for destination in Destination:
            ledger.batches_on(destination)


def test_layout_has_what_the_code_asks_with_the_same_requiredness(whole_job: Callable[..., Asked]) -> None:
    # Where only the required columns are, no other is asked for; and nothing fails for want of another.
    everything, required = whole_job(scarce=False), whole_job(scarce=True)
    expected = {
        table.name: {
            column.name: bool(column.required_by)
            for column in table.columns
            if column.optional_for != {Feature.REMIT_TO}
        }
        for table in expected_tables()
    }
    asked = {
        table: {column: column in required.get(table, ()) for column in columns}
        for table, columns in everything.items()
    }
    assert asked == expected


@pytest.mark.parametrize("name", LIST_FEATURES)
def test_a_list_asks_for_what_the_layout_says_it_needs(
    name: ListName, sage: Tables, company: Callable[..., Any]
) -> None:
    with company() as opened:
        list(opened.list_items(name))
    feature = LIST_FEATURES[name]
    needed = {
        table.name: {
            each.name
            for each in table.columns
            if feature in each.required_by | each.optional_for and each.name != "DateUpdated"
        }
        for table in expected_tables()
        if feature in table.features
    }
    assert asked_in([statement for statement, _ in sage.statements]) == needed


def probed(
    sage: Tables, features: frozenset[Feature] = EVERYTHING, *, count_all: bool = False
) -> tuple[dict[str, ProbedTable], tuple[Difference, ...]]:
    found, differences = Probe(sage, sage.on_call).tables(features, count_all=count_all, each=lambda: None)
    return {table.name: table for table in found}, differences


def widen(sage: Tables, column: str, size: int) -> None:
    sage.sizes[column] = size


def test_the_usual_layout_differs_in_nothing(sage: Tables) -> None:
    found, differences = probed(sage)
    assert differences == ()
    assert found["AP_Vendor"].site_columns == 1
    assert found["AP_Vendor"].unknown_columns == 0
    assert all(table.there for table in found.values())


def test_known_sizes_of_older_releases_are_no_difference(sage: Tables) -> None:
    widen(sage, "VendorName", 30)
    widen(sage, "InvoiceNo", 10)
    widen(sage, "BankCode", 3)
    assert probed(sage)[1] == ()


def test_a_missing_required_column_stops_its_features_and_no_other(sage: Tables) -> None:
    sage.columns_missing.add("SeparateCheck")
    (difference,) = probed(sage)[1]
    assert (difference.code, difference.severity) == ("column-missing", Severity.STOPS)
    assert "The Vendor list does not work without it" in difference.message
    assert "invoices" not in difference.message


def test_a_missing_optional_column_says_what_stays_blank(sage: Tables) -> None:
    sage.columns_missing.add("TelephoneNo")
    (difference,) = probed(sage)[1]
    assert difference.severity is Severity.WARNS
    assert "In Quadient AP the telephone number of vendors stays blank." in difference.message


def test_a_hidden_table_says_which_features_are_off(sage: Tables) -> None:
    sage.hidden.add("CI_Item")
    (difference,) = probed(sage)[1]
    assert (difference.code, difference.table, difference.severity) == ("table-missing", "CI_Item", Severity.STOPS)
    assert "The Item list does not work; everything else does." in difference.message


def test_what_is_switched_off_cannot_be_missed(sage: Tables) -> None:
    sage.hidden |= {name for name in tables() if name.startswith("PO_")}
    off = {Feature.ORDERS, Feature.ORDER_INVOICES}
    found, differences = probed(sage, EVERYTHING - off)
    assert differences == ()
    assert not found["PO_PurchaseOrderHeader"].there
    assert not found["PO_PurchaseOrderHeader"].in_use
    assert len([each for each in probed(sage)[1] if each.severity is Severity.STOPS]) == 5


def test_a_remit_to_address_is_missed_only_where_it_is_asked_for(sage: Tables) -> None:
    (difference,) = probed(sage, EVERYTHING | {Feature.REMIT_TO})[1]
    assert difference.where == "AP_Vendor.RemitToAddressLine1"
    assert "the standard address is sent" in difference.message


@pytest.mark.parametrize(("size", "words"), [(60, "read in full"), (12, "Nothing is cut")])
def test_another_size_tells_what_it_means(sage: Tables, size: int, words: str) -> None:
    widen(sage, "AccountDesc", size)
    (difference,) = probed(sage)[1]
    assert (difference.code, difference.severity) == ("column-size", Severity.INFORMS)
    assert difference.found == f"text of {size}"
    assert difference.expected == "text of 30 or 50"
    assert words in difference.message


def test_a_size_that_limits_what_may_be_sent_says_so(sage: Tables) -> None:
    widen(sage, "CheckNo", 12)
    differences = {each.where: each.message for each in probed(sage)[1]}
    assert "AP Bridge checks check numbers against that size" in differences["AP_ManualCheckHeader.CheckNo"]


def test_rows_are_counted_in_tables_of_codes_unless_all_are_asked_for(sage: Tables) -> None:
    sage.add("GL_Bank", BankCode="A")
    sage.add("AP_Vendor", APDivisionNo="01", VendorNo="ACME")
    found, _ = probed(sage)
    assert (found["GL_Bank"].rows, found["AP_Vendor"].rows) == (1, None)
    assert probed(sage, count_all=True)[0]["AP_Vendor"].rows == 1


def test_a_catalogue_without_any_of_the_tables_needs_the_user(sage: Tables) -> None:
    sage.hidden |= set(tables())
    with pytest.raises(NeedsUser) as raised:
        probed(sage)
    assert raised.value.code == "catalogue-empty"
    assert raised.value.exit_code == ExitCode.SAGE_UNREACHABLE


def test_every_call_is_watched(sage: Tables) -> None:
    look = Probe(sage, sage.on_call)
    look.tables(EVERYTHING, count_all=False, each=lambda: None)
    look.installation(SageSettings("sage", "C:\\Sage\\MAS90", "BRIDGE"))
    look.other_tables()
    assert sage.calls["reading the layout of AP_Vendor"] == 1
    assert sage.calls["counting the rows of GL_Bank"] == 1
    assert sage.calls["reading the names of all tables"] == 1


class Catalogue:
    """A connection with a catalogue of its own: one table's columns as (name, type, size), the rest as usual."""

    def __init__(self, sage: Tables, table: str, columns: list[tuple[str, str, int]]) -> None:
        self._sage = sage
        self._table = table
        self._columns = columns

    def cursor(self) -> Any:
        cursor = self._sage.cursor()

        def columns(table: str) -> Iterator[Any]:
            if table != self._table:
                return iter(cursor.columns(table))
            return iter(
                SimpleNamespace(table_name=table, column_name=name, type_name=kind, column_size=size)
                for name, kind, size in self._columns
            )

        return SimpleNamespace(
            columns=columns,
            tables=cursor.tables,
            execute=cursor.execute,
            fetchmany=cursor.fetchmany,
            close=cursor.close,
        )

    def close(self) -> None: ...


TERMS = [(column.name, column.declared, column.size) for column in tables()["AP_TermsCode"].columns]


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ([("TermCode", "VARCHAR(2)", 2), *TERMS[1:]], "perhaps TermCode"),
        ([("TermCode", "VARCHAR(5)", 5), *TERMS[1:]], "not there"),
        ([("TermCode", "DATE", 10), *TERMS[1:]], "not there"),
        ([("TermCode", "VARCHAR(2)", 2), ("Code", "VARCHAR(2)", 2), *TERMS[1:]], "not there"),
        ([("UDF_CODE", "VARCHAR(2)", 2), *TERMS[1:]], "not there"),
        ([*TERMS[1:], ("TermCode", "VARCHAR(2)", 2)], "not there"),
    ],
    ids=["renamed", "of another size", "of another type", "two of them", "the site's own", "at another place"],
)
def test_a_likely_new_name_is_told_when_there_is_just_one(
    sage: Tables, columns: list[tuple[str, str, int]], found: str
) -> None:
    connection = Catalogue(sage, "AP_TermsCode", columns)
    _, differences = Probe(connection, sage.on_call).tables(EVERYTHING, count_all=False, each=lambda: None)
    assert [(each.where, each.found) for each in differences] == [("AP_TermsCode.TermsCode", found)]


def test_names_in_small_letters_are_the_same_names(sage: Tables) -> None:
    connection = Catalogue(sage, "AP_TermsCode", [(name.lower(), kind, size) for name, kind, size in TERMS])
    assert Probe(connection, sage.on_call).tables(EVERYTHING, count_all=False, each=lambda: None)[1] == ()


def test_columns_of_a_newer_release_are_counted_and_no_difference(sage: Tables) -> None:
    connection = Catalogue(sage, "AP_TermsCode", [*TERMS, ("NewIn2027", "VARCHAR(9)", 9)])
    found, differences = Probe(connection, sage.on_call).tables(EVERYTHING, count_all=False, each=lambda: None)
    assert differences == ()
    assert next(table for table in found if table.name == "AP_TermsCode").unknown_columns == 1


def test_a_column_of_another_type_is_told(sage: Tables) -> None:
    connection = Catalogue(sage, "AP_TermsCode", [("TermsCode", "DECIMAL(3,0)", 3), *TERMS[1:]])
    _, differences = Probe(connection, sage.on_call).tables(EVERYTHING, count_all=False, each=lambda: None)
    assert [(each.code, each.found, each.expected) for each in differences] == [
        ("column-type", "decimal(3,0)", "text of 2")
    ]


def test_every_missing_optional_column_has_words(sage: Tables) -> None:
    for table in expected_tables():
        for column in table.columns:
            if not column.required_by:
                assert column.without, f"{table.name}.{column.name}"
            assert column.kind is Kind.TEXT or not column.sizes
