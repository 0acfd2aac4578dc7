"""Reading the demo company: one surface over two backends, and the refusals of a real driver."""

import logging
import math
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pytest

from app.errors import NeedsUser, RetryLater, SkipItem
from app.sage.odbc_errors import translate
from app.sandbox import odbc
from app.sandbox.faults import Faults, Garbage
from app.sandbox.odbc import SandboxConnection, connect_sandbox
from app.sandbox.schema import BLOCKED, tables
from app.settings import SageSettings
from tests.sandbox.conftest import CODE, PASSWORD

pyodbc = pytest.importorskip("pyodbc")

ODBC_DRIVER = pytest.mark.skipif(
    not any(driver in pyodbc.drivers() for driver in odbc.DRIVERS), reason="needs the SQLite ODBC driver"
)
Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(params=[pytest.param("odbc", marks=ODBC_DRIVER), "sqlite3"])
def connection(
    request: pytest.FixtureRequest, settings: SageSettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SandboxConnection]:
    if request.param == "sqlite3":
        monkeypatch.setattr(odbc, "_installed_driver", lambda: "")
    with closing(connect_sandbox(settings, CODE, PASSWORD)) as opened:
        assert opened.through_odbc == (request.param == "odbc")
        yield opened


@ODBC_DRIVER
def test_both_backends_give_the_same_rows(settings: SageSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(connection: SandboxConnection) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, table in tables().items():
            if name in BLOCKED:
                continue
            raw = [f"{{fn CONVERT({each.name}, SQL_VARCHAR)}}" for each in table.columns]
            for way, columns in (("typed", table.names), ("raw", raw)):
                cursor = connection.cursor()
                cursor.execute(f"SELECT {', '.join(columns)} FROM {name} ORDER BY {', '.join(table.key)}")
                try:
                    found[f"{name} {way}"] = [tuple(row) for row in cursor.fetchall()]
                except pyodbc.DataError as error:
                    found[f"{name} {way}"] = error.args
                found[f"{name} {way} columns"] = [column[:2] for column in cursor.description]
                cursor.close()
        return found

    with closing(connect_sandbox(settings, CODE, PASSWORD)) as connection:
        through_odbc = read(connection)
    monkeypatch.setattr(odbc, "_installed_driver", lambda: "")
    with closing(connect_sandbox(settings, CODE, PASSWORD)) as connection:
        directly = read(connection)

    assert through_odbc == directly
    refused = {name.split()[0] for name, rows in through_odbc.items() if isinstance(rows, tuple)}
    assert refused == {"AP_Vendor", "PO_PurchaseOrderHeader", "AP_InvoiceHistoryHeader", "AP_OpenInvoice"}


def test_values_arrive_as_a_driver_gives_them(connection: SandboxConnection) -> None:
    cursor = connection.cursor()
    cursor.execute("SELECT VendorName, LastPurchaseDate FROM AP_Vendor WHERE VendorNo IN (?, ?)", "QUOTE1", "acme-1")

    assert [tuple(row) for row in cursor.fetchmany(10)] == [
        ('"Best" Sign & Neon; Letters', None),
        ("acme cleaning (no capitals)", date(1753, 1, 1)),
    ]
    assert [column[:2] for column in cursor.description] == [("VendorName", str), ("LastPurchaseDate", date)]


ODD_DATES = {
    "DELG01": "2023-02-30",
    "OBRIEN": "0000-00-00",
    "acme-1": "1753-01-01",
    "QUOTE1": "",
}


@pytest.mark.parametrize(("vendor", "raw"), ODD_DATES.items())
def test_a_date_can_be_seen_raw(connection: SandboxConnection, vendor: str, raw: str) -> None:
    cursor = connection.cursor()
    cursor.execute("SELECT {fn CONVERT(LastPurchaseDate, SQL_VARCHAR)} FROM AP_Vendor WHERE VendorNo = ?", vendor)

    assert [tuple(row) for row in cursor.fetchall()] == [(raw,)]


def test_a_date_that_was_never_filled_in_is_blank_when_seen_raw(connection: SandboxConnection, rows: Rows) -> None:
    assert rows("SELECT DISTINCT DateStart IS NULL FROM GL_Account") == [(1,)]
    cursor = connection.cursor()
    cursor.execute("SELECT DISTINCT {fn CONVERT(DateStart, SQL_VARCHAR)} FROM GL_Account")

    assert [tuple(row) for row in cursor.fetchall()] == [("",)]


@pytest.mark.parametrize(
    "raw", ["2023-02-30", "0000-00-00", "0000-01-01", "20230115", "2026-1-5", "31.12.2026", "soon"]
)
def test_an_impossible_date_fails_the_fetch_and_takes_the_batch_with_it(
    connection: SandboxConnection, rows: Rows, raw: str
) -> None:
    rows("UPDATE GL_Account SET DateUpdated = ? WHERE AccountKey = '000000012'", raw)
    cursor = connection.cursor()
    cursor.execute("SELECT AccountKey, DateUpdated, DateStart FROM GL_Account ORDER BY AccountKey")

    assert [row[0] for row in cursor.fetchmany(10)][-1] == "000000010"
    with pytest.raises(pyodbc.DataError, match="Date conversion error") as failed:
        cursor.fetchmany(10)
    assert failed.value.args[0] == "22007"
    with pytest.raises(pyodbc.Error, match="Function sequence error"):
        cursor.fetchmany(10)
    assert isinstance(translate(failed.value, "reading GL_Account"), SkipItem)


def test_a_cursor_that_failed_can_ask_again(connection: SandboxConnection) -> None:
    cursor = connection.cursor()
    with pytest.raises(pyodbc.DataError):
        cursor.execute("SELECT LastPurchaseDate FROM AP_Vendor").fetchall()

    assert len(cursor.execute("SELECT VendorNo FROM AP_Vendor").fetchall()) == 68


def test_an_impossible_date_that_is_not_selected_does_no_harm(connection: SandboxConnection) -> None:
    cursor = connection.cursor()
    cursor.execute("SELECT VendorNo, LastPaymentDate FROM AP_Vendor WHERE VendorNo = 'DELG01'")
    assert [tuple(row) for row in cursor.fetchall()] == [("DELG01", None)]

    cursor.execute("SELECT DISTINCT LastPurchaseDate FROM AP_Vendor WHERE VendorNo IN ('acme-1', 'QUOTE1', 'CAFE01')")
    assert {tuple(row) for row in cursor.fetchall()} == {(None,), (date(1753, 1, 1),)}


def test_the_driver_and_the_database_say_who_they_are(connection: SandboxConnection) -> None:
    assert connection.getinfo(pyodbc.SQL_DRIVER_NAME) == "PVXODBC.DLL"
    assert connection.getinfo(pyodbc.SQL_DRIVER_VER).startswith("04.40")
    assert connection.getinfo(pyodbc.SQL_DBMS_NAME) == "ProvideX"
    assert connection.getinfo(pyodbc.SQL_DBMS_VER).startswith("04.40")
    with pytest.raises(pyodbc.Error, match="out of range"):
        connection.getinfo(pyodbc.SQL_USER_NAME)


def test_the_first_rows_only(connection: SandboxConnection) -> None:
    cursor = connection.cursor()
    cursor.execute("SELECT TOP 3 AccountKey FROM GL_Account ORDER BY AccountKey")

    assert [tuple(row) for row in cursor.fetchall()] == [("000000001",), ("000000002",), ("000000003",)]


def test_a_plain_driver_takes_neither_markers_nor_top_nor_date_literals(
    connection: SandboxConnection, faults: Faults
) -> None:
    usual = connection.getinfo(pyodbc.SQL_DRIVER_VER)
    faults.set("plain_driver", True)
    assert connection.getinfo(pyodbc.SQL_DRIVER_VER) != usual  # what a driver can do is kept by its version
    cursor = connection.cursor()
    for sql, values in (
        ("SELECT VendorNo FROM AP_Vendor WHERE VendorNo = ?", ["CAFE01"]),
        ("SELECT TOP 1 VendorNo FROM AP_Vendor", []),
        ("SELECT VendorNo FROM AP_Vendor WHERE DateUpdated >= {d '2026-01-05'}", []),
    ):
        with pytest.raises(pyodbc.ProgrammingError, match="Unexpected extra token"):
            cursor.execute(sql, *values)

    cursor.execute("SELECT VendorNo FROM AP_Vendor WHERE VendorNo = 'CAFE01' AND DateUpdated >= '20000101'")
    assert [tuple(row) for row in cursor.fetchall()] == [("CAFE01",)]


def test_a_connection_that_breaks_in_mid_stream_stays_broken(connection: SandboxConnection, faults: Faults) -> None:
    faults.set("break_at", {"GL_Account": 2})
    cursor, other = connection.cursor(), connection.cursor()
    cursor.execute("SELECT AccountKey FROM GL_Account ORDER BY AccountKey")
    other.execute("SELECT VendorNo FROM AP_Vendor")

    assert len(cursor.fetchmany(100)) == 100
    for asked in (lambda: cursor.fetchmany(100), lambda: other.fetchmany(1), lambda: connection.getinfo(6)):
        with pytest.raises(pyodbc.OperationalError, match="08S01"):
            asked()


GARBAGE = [
    ("AP_Vendor", Garbage.CONTROL_CHARACTERS, ("0\x07\x1b\x000", "0\x07\x1b\x00001000", "0.00")),
    ("AP_Vendor.VendorNo", Garbage.CONTROL_CHARACTERS, ("00", "0\x07\x1b\x00001000", "0.00")),
    ("AP_Vendor.VendorNo", Garbage.LONE_SURROGATE, ("00", "0\ud800001000", "0.00")),
    ("AP_Vendor.VendorNo", Garbage.BYTES, ("00", b"0001000", "0.00")),
    ("AP_Vendor", Garbage.INTEGER, (0, 1000, "0.00")),
    ("AP_Vendor", Garbage.TWO_POINTS, ("00", "0001000", "1.2.3")),
    ("AP_Vendor", Garbage.SHORT_ROW, ("00", "0001000")),
    ("GL_Account", Garbage.SHORT_ROW, ("00", "0001000", "0.00")),
]


@pytest.mark.parametrize(("what", "garbage", "second"), GARBAGE)
def test_garbage_stands_in_the_second_row(
    connection: SandboxConnection, faults: Faults, rows: Rows, what: str, garbage: Garbage, second: tuple[Any, ...]
) -> None:
    rows("UPDATE AP_Vendor SET LastCheckAmt = 0 WHERE VendorNo = '0001000'")
    sql = "SELECT APDivisionNo, VendorNo, LastCheckAmt FROM AP_Vendor ORDER BY APDivisionNo, VendorNo"
    cursor = connection.cursor()
    sound = [tuple(row) for row in cursor.execute(sql).fetchall()]
    faults.set("garbage", {what: garbage})
    cursor.execute(sql)
    received = [tuple(row) for row in (*cursor.fetchmany(1), *cursor.fetchmany(100))]

    zero = sound[1][2]
    assert received[1] == tuple(zero if value == "0.00" else value for value in second)
    assert received[:1] + received[2:] == sound[:1] + sound[2:]


def test_a_number_that_is_none_and_rows_out_of_order(connection: SandboxConnection, faults: Faults) -> None:
    sql = "SELECT TOP 4 VendorNo, LastCheckAmt FROM AP_Vendor ORDER BY APDivisionNo, VendorNo"
    cursor = connection.cursor()
    first = [row[0] for row in cursor.execute(sql).fetchall()]

    faults.set("garbage", {"AP_Vendor": Garbage.NOT_A_NUMBER})
    assert math.isnan(cursor.execute(sql).fetchall()[1][1])
    faults.set("garbage", {"AP_Vendor": Garbage.REPEATED_ROW})
    assert [row[0] for row in cursor.execute(sql).fetchall()] == [*first[:2], *first[1:]]
    faults.set("garbage", {"AP_Vendor": Garbage.DISORDER})
    assert [row[0] for row in cursor.execute(sql).fetchall()] == first[::-1]


def test_rows_stream(connection: SandboxConnection) -> None:
    cursor = connection.cursor()
    cursor.execute("SELECT AccountKey FROM GL_Account ORDER BY AccountKey")

    assert len(cursor.fetchmany(100)) == 100
    assert len(list(cursor)) == 56
    assert cursor.fetchmany(100) == []


def test_the_catalogue_gives_sizes_and_hides_the_users(connection: SandboxConnection) -> None:
    sizes = {
        row.column_name: (row.type_name, row.column_size) for row in connection.cursor().columns("AP_InvoiceHeader")
    }
    names = {row.table_name for row in connection.cursor().tables()}

    assert sizes["InvoiceNo"] == ("VARCHAR", 20)
    assert sizes["InvoiceAmt"] == ("DECIMAL", 13)
    assert "AP_Vendor" in names
    assert not names & set(BLOCKED)


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("SELECT PasswordHash FROM SY_User", "Table is not accessible"),
        ("SELECT VendorNo FROM Nonsense", "Table is not accessible"),
        ("SELECT Nonsense FROM AP_Vendor", "Column not found"),
        ("DELETE FROM AP_Vendor", "Unexpected extra token"),
        ("SELECT VendorNo FROM AP_Vendor WHERE VendorNo = ?", "1 parameters expected"),
    ],
)
def test_a_refused_statement_raises_the_drivers_error(connection: SandboxConnection, sql: str, text: str) -> None:
    with pytest.raises(pyodbc.Error, match=text):
        connection.cursor().execute(sql)


def test_a_table_that_goes_missing_is_not_accessible(connection: SandboxConnection, faults: Faults) -> None:
    sql = "SELECT WarehouseCode FROM IM_Warehouse"
    connection.cursor().execute(sql)
    faults.set("table_missing", ["IM_Warehouse"])

    with pytest.raises(pyodbc.Error, match="Table is not accessible"):
        connection.cursor().execute(sql)
    assert connection.cursor().columns("IM_Warehouse") == []


def test_the_user_name_has_no_case_but_the_password_has(settings: SageSettings) -> None:
    connect_sandbox(SageSettings("demo", settings.location, "apBridge"), CODE, PASSWORD).close()

    with pytest.raises(NeedsUser) as refused:
        connect_sandbox(settings, CODE, PASSWORD.upper())
    assert refused.value.code == "sage-logon-refused"


def test_an_unknown_user_is_refused(settings: SageSettings) -> None:
    with pytest.raises(NeedsUser) as refused:
        connect_sandbox(SageSettings("demo", settings.location, "NOBODY"), CODE, PASSWORD)
    assert refused.value.code == "sage-logon-refused"


@pytest.mark.parametrize("code", ["XYZ", "dem", ""])
def test_an_unknown_company_is_refused(settings: SageSettings, code: str) -> None:
    with pytest.raises(NeedsUser) as refused:
        connect_sandbox(settings, code, PASSWORD)
    assert refused.value.code == "sage-company-refused"


def test_a_missing_world_is_out_of_reach(settings: SageSettings) -> None:
    with pytest.raises(RetryLater) as refused:
        connect_sandbox(SageSettings("demo", settings.location + "-gone", settings.user), CODE, PASSWORD)
    assert refused.value.code == "sage-unreachable"


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ("wrong_password", NeedsUser, "sage-logon-refused"),
        ("no_external_access", NeedsUser, "sage-company-refused"),
        ("single_user_mode", RetryLater, "sage-single-user"),
    ],
)
def test_a_fault_at_sign_in_is_told_as_sage_tells_it(
    settings: SageSettings, faults: Faults, fault: str, kind: type[NeedsUser | RetryLater], code: str
) -> None:
    faults.set(fault, True)

    with pytest.raises(kind) as refused:
        connect_sandbox(settings, CODE, PASSWORD)
    assert refused.value.code == code


def test_a_company_without_external_access_is_refused(settings: SageSettings, rows: Rows) -> None:
    rows("UPDATE SY_Company SET AllowExternalAccess = 'N'")

    with pytest.raises(NeedsUser) as refused:
        connect_sandbox(settings, CODE, PASSWORD)
    assert refused.value.code == "sage-company-refused"


def test_the_odbc_server_asks_for_a_right_of_its_own(settings: SageSettings, rows: Rows) -> None:
    rows("UPDATE SY_User SET EnableCSODBC = 'N'")
    connect_sandbox(settings, CODE, PASSWORD).close()

    with pytest.raises(NeedsUser) as refused:
        connect_sandbox(SageSettings("demo", settings.location, settings.user, remote_host="sage"), CODE, PASSWORD)
    assert refused.value.code == "sage-logon-refused"


def test_opening_is_logged_with_the_backend(
    settings: SageSettings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(odbc, "_installed_driver", lambda: "")
    with caplog.at_level(logging.INFO, "app.sandbox.odbc"):
        connect_sandbox(settings, CODE, PASSWORD).close()

    assert "reading through Python's sqlite3" in caplog.text
