"""Reading the demo company: one surface over two backends, and the refusals of a real driver."""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pytest

from app.errors import NeedsUser, RetryLater
from app.sandbox import odbc
from app.sandbox.faults import Faults
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
    def read(connection: SandboxConnection) -> list[Any]:
        found = []
        for name, table in tables().items():
            if name not in BLOCKED:
                sql = f"SELECT {', '.join(table.names)} FROM {name} ORDER BY {', '.join(table.key)}"
                cursor = connection.cursor()
                found.append([tuple(row) for row in cursor.execute(sql).fetchall()])
                found.append([column[:2] for column in cursor.description])
                cursor.close()
        return found

    with closing(connect_sandbox(settings, CODE, PASSWORD)) as connection:
        through_odbc = read(connection)
    monkeypatch.setattr(odbc, "_installed_driver", lambda: "")
    with closing(connect_sandbox(settings, CODE, PASSWORD)) as connection:
        directly = read(connection)

    assert through_odbc == directly


def test_values_arrive_as_a_driver_gives_them(connection: SandboxConnection) -> None:
    cursor = connection.cursor()
    cursor.execute("SELECT VendorName, LastPurchaseDate FROM AP_Vendor WHERE VendorNo IN (?, ?)", "DELG01", "acme-1")

    assert [tuple(row) for row in cursor.fetchmany(10)] == [
        ("Delgado\x07 Bros.\tMasonry", None),
        ("acme cleaning (no capitals)", date(1753, 1, 1)),
    ]
    assert [column[:2] for column in cursor.description] == [("VendorName", str), ("LastPurchaseDate", date)]


def test_an_impossible_date_can_be_seen_raw(connection: SandboxConnection) -> None:
    cursor = connection.cursor()
    cursor.execute("SELECT {fn CONVERT(LastPurchaseDate, SQL_VARCHAR)} FROM AP_Vendor WHERE VendorNo = 'DELG01'")

    assert [tuple(row) for row in cursor.fetchall()] == [("2023-02-30",)]


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
