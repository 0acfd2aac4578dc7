import struct
from dataclasses import replace
from pathlib import PureWindowsPath

import pyodbc
import pytest

from app.domain.lists import ListName
from app.errors import NeedsUser, RetryLater, SkipItem
from app.resources import ENGINE32
from app.sage.odbc import (
    DRIVER,
    SQL_SERVER_DRIVER,
    connect_odbc,
    connection_string,
    driver_errors_translated,
)
from app.sage.odbc_errors import is_refusal, translate
from app.settings import SageSettings

SETTINGS = SageSettings("sage", "\\\\srv\\Sage\\MAS90\\", "BRIDGE")
PREMIUM = SageSettings("premium", "", "BRIDGE", server="SRV\\SAGE")


def parts(text):
    return dict(part.split("=", 1) for part in text.rstrip(";").split(";"))


def test_without_a_data_source_the_string_names_driver_and_folders():
    found = parts(connection_string(SETTINGS, "ABC", "secret"))
    assert found == {
        "DRIVER": "{MAS 90 4.0 ODBC Driver}",
        "Directory": "\\\\srv\\Sage\\MAS90",
        "Prefix": "\\\\srv\\Sage\\MAS90\\SY\\, \\\\srv\\Sage\\MAS90\\==\\",
        "ViewDLL": "\\\\srv\\Sage\\MAS90\\HOME",
        "Company": "ABC",
        "UID": "BRIDGE",
        "PWD": "secret",
        "SILENT": "1",
        "StripTrailingSpaces": "1",
        "DirtyReads": "1",
        "BurstMode": "1",
        "EnforceNULLDate": "1",
    }


def test_a_remote_host_is_named_with_its_port():
    found = parts(connection_string(replace(SETTINGS, remote_host="mas", remote_port=20223), "ABC", "x"))
    assert (found["RemotePVKIOHost"], found["RemotePVKIOPort"]) == ("mas", "20223")


def test_an_own_data_source_takes_the_place_of_driver_and_folders():
    found = parts(connection_string(replace(SETTINGS, dsn="SageSilent"), "ABC", "x"))
    assert found["DSN"] == "SageSilent"
    assert found["Company"] == "ABC"
    assert found["SILENT"] == "1"
    assert "DRIVER" not in found
    assert "Directory" not in found


@pytest.mark.parametrize(
    ("password", "spelling"),
    [
        ("a;b", "{a;b}"),
        ("a}b", "{a}}b}"),
        ("{a", "{{a}"),
        (" a", "{ a}"),
        ("a=b", "a=b"),
        ("x;PWD=y", "{x;PWD=y}"),
    ],
)
def test_values_with_separators_are_braced(password, spelling):
    assert f";PWD={spelling};" in connection_string(SETTINGS, "ABC", password)


MS = "[Microsoft][ODBC Driver 18 for SQL Server]"
SQL = f"{MS}[SQL Server]"
NO_LOGON = f"{SQL}Login failed for user 'host busy'. (18456)"


@pytest.mark.parametrize(
    ("state", "text", "kind", "code"),
    [
        ("IM002", "Data source name not found and no default driver specified", NeedsUser, "odbc-driver-missing"),
        ("IM014", "The specified DSN contains an architecture mismatch", NeedsUser, "odbc-width"),
        ("IM003", "Specified driver could not be loaded due to system error 193", NeedsUser, "odbc-width"),
        ("IM003", "Specified driver could not be loaded due to system error 126", NeedsUser, "odbc-driver-missing"),
        ("IM004", "Driver's SQLAllocHandle on SQL_HANDLE_ENV failed", NeedsUser, "odbc-driver-missing"),
        ("01000", "Can't open lib 'x' : file not found", NeedsUser, "odbc-driver-missing"),
        ("28000", "[PVKIO]Logon failed", NeedsUser, "sage-logon-refused"),
        ("28000", "", NeedsUser, "sage-logon-refused"),
        ("08004", "[PVKIO]Logon failed", NeedsUser, "sage-logon-refused"),
        ("08004", "The user account is locked", NeedsUser, "sage-logon-refused"),
        ("08004", "Invalid company code", NeedsUser, "sage-company-refused"),
        ("28000", "Invalid company code", NeedsUser, "sage-company-refused"),
        ("08004", "The company does not allow external access", NeedsUser, "sage-company-refused"),
        ("08004", "The system is in single-user mode", RetryLater, "sage-single-user"),
        ("08001", "Unable to connect to host MAS", RetryLater, "sage-unreachable"),
        ("HY000", "[PVKIO]Unknown host MAS", RetryLater, "sage-unreachable"),
        ("HY000", "[FILEIO]Directory D:\\busy\\MAS90 not accessible", RetryLater, "sage-unreachable"),
        ("08S01", "Communication link failure", RetryLater, "sage-unreachable"),
        ("HYT00", "Timeout expired", RetryLater, "sage-no-answer"),
        ("HYT01", "Connection timeout expired", RetryLater, "sage-no-answer"),
        ("HY000", "[ProvideX][ODBC Driver][FILEIO]Table is not accessible", SkipItem, "table-not-accessible"),
        ("42S02", "Table is not accessible", SkipItem, "table-not-accessible"),
        ("42S22", "Column not found: X", SkipItem, "column-missing"),
        ("22007", "Invalid date", SkipItem, "value-unreadable"),
        ("HY000", "[FILEIO]Conversion error in column InvoiceDate", SkipItem, "value-unreadable"),
        ("HY000", "Record is locked", RetryLater, "sage-locked"),
        ("HY000", "Record/file is busy", RetryLater, "sage-locked"),
        ("HY000", "database is locked", RetryLater, "sage-locked"),
        ("HY000", "Table 'AP_Vendor' is locked", RetryLater, "sage-locked"),
        ("42000", "[ProvideX][ODBC Driver]Unexpected extra token: TOP", SkipItem, "statement-refused"),
        ("37000", "Expected lexical element not found", SkipItem, "statement-refused"),
        ("HY000", "Something nobody has seen", RetryLater, "sage-odbc"),
        # SQL Server: its numbers count, since it speaks the language of its Windows.
        ("28000", NO_LOGON, NeedsUser, "sage-logon-refused"),
        ("28000", f"{SQL}Fehler bei der Anmeldung. (18456) (SQLDriverConnect)", NeedsUser, "sage-logon-refused"),
        ("28000", f"{NO_LOGON}; [28000] {SQL}Cannot open database. (4060)", NeedsUser, "sage-company-refused"),
        ("42S02", f"{SQL}Invalid object name 'AP_Host'. (208)", SkipItem, "table-not-accessible"),
        ("42S22", f"{SQL}Invalid column name 'Busy'. (207)", SkipItem, "column-missing"),
        ("42000", f"{SQL}The SELECT permission was denied. (229)", SkipItem, "table-not-accessible"),
        ("42000", f"{SQL}Incorrect syntax near 'timeout'. (102)", SkipItem, "statement-refused"),
        ("40001", f"{SQL}deadlocked on lock resources. (1205)", RetryLater, "sage-locked"),
        ("42000", f"{SQL}Lock request time out period exceeded. (1222)", RetryLater, "sage-locked"),
        ("22018", f"{SQL}Conversion failed for 'host timeout'. (245)", SkipItem, "value-unreadable"),
        ("08001", f"{MS}Named Pipes Provider: Could not open a connection [53]. (53)", RetryLater, "sage-unreachable"),
        ("HYT00", f"{MS}Login timeout expired (0) (SQLDriverConnect)", RetryLater, "sage-unreachable"),
        ("HYT00", f"{MS}Query timeout expired (0) (SQLExecDirectW)", RetryLater, "sage-no-answer"),
        ("08001", f"{MS}SSL Provider: The certificate chain was issued by x", NeedsUser, "sage-certificate"),
        ("08001", f"{MS}SSL Provider: [OpenSSL: certificate verify failed] (-1)", NeedsUser, "sage-certificate"),
        ("08001", f"{MS}Encryption not supported on the client. (21)", NeedsUser, "sage-certificate"),
        ("HY000", f"{MS}Connection is busy with results for another hstmt (0)", NeedsUser, "odbc-driver-unfit"),
        # PostgreSQL, in which the tests keep a company too.
        ("42P01", 'relation "busy" does not exist', SkipItem, "table-not-accessible"),
        ("42703", 'column "host" does not exist', SkipItem, "column-missing"),
        # Names and data are no trouble.
        ("HY000", "Table is not accessible: AP_BusyHost", SkipItem, "table-not-accessible"),
        ("42S02", "Table is not accessible: IM_Busy (record is locked)", SkipItem, "table-not-accessible"),
        ("HY000", "Column not found: TimeOut", SkipItem, "column-missing"),
        ("42000", "Unexpected extra token: Host", SkipItem, "statement-refused"),
        ("HY000", "Odd value 'O'Brien: logon failed, record is locked'", RetryLater, "sage-odbc"),
        ("HY000", 'Odd value "Invalid date" in AP_UpdateConversion', RetryLater, "sage-odbc"),
        ("HY000", "Odd value in IM_Warehost.BusyNetwork", RetryLater, "sage-odbc"),
        ("HY000", "[ProvideX][ODBC Driver]Odd value (208) (SQLFetch)", RetryLater, "sage-odbc"),
    ],
)
def test_driver_errors_become_sentences(state, text, kind, code):
    error = translate(pyodbc.Error(state, f"[{state}] {text}"), "reading AP_Vendor")
    assert error.code == code
    assert type(error) is kind
    assert text in error.detail
    assert "reading AP_Vendor" in error.detail
    assert error.title
    assert error.message
    assert error.fix


def test_what_it_came_up_in_is_told_in_a_sentence_of_its_own():
    error = translate(pyodbc.Error("IM002", "data source name not found"), "signing in to Sage 100")
    assert error.message.endswith("32-bit or both be 64-bit. This came up while signing in to Sage 100.")


@pytest.mark.parametrize(
    ("state", "text", "fix"),
    [
        ("28000", "[PVKIO]Logon failed", "Library Master > User Maintenance"),
        ("28000", NO_LOGON, "a login of the SQL Server"),
        ("HY000", "Table is not accessible", "ODBC Security"),
        ("42000", f"{SQL}The SELECT permission was denied. (229)", "db_datareader"),
        ("08001", f"{MS}SSL Provider: The certificate chain is not trusted", "Settings > Sage 100 > Advanced"),
        ("28000", f"{SQL}Cannot open database. (4060)", "server and database"),
    ],
)
def test_the_fix_fits_the_kind_of_sage(state, text, fix):
    assert fix in translate(pyodbc.Error(state, text), "reading").fix


@pytest.mark.parametrize(
    ("state", "text", "one_question"),
    [
        ("42000", "Unexpected extra token", True),
        ("HY000", "Something nobody has seen", True),
        ("22018", "Conversion error", True),
        ("08S01", "Communication link failure", False),
        ("HYT00", "Timeout expired", False),
        ("28000", "Logon failed", False),
    ],
)
def test_a_refused_question_is_told_from_a_sage_that_is_lost(state, text, one_question):
    assert is_refusal(translate(pyodbc.Error(state, text), "asking")) is one_question


@pytest.mark.parametrize("password", ["secret", "s}cret", "PWD=1;2"])
def test_the_password_never_shows_in_an_error(password):
    quoted = connection_string(SETTINGS, "ABC", password)
    error = translate(pyodbc.Error("HY000", f"cannot use {quoted} ({password})"), "signing in", secret=password)
    everything = " ".join((str(error), error.detail, error.message, repr(error)))
    assert password not in everything
    assert password.replace("}", "}}") not in everything


def test_connecting_without_sages_driver_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(pyodbc, "drivers", list)
    with pytest.raises(NeedsUser) as caught:
        connect_odbc(SETTINGS, "ABC", "secret")
    assert caught.value.code == "odbc-driver-missing"
    assert DRIVER in caught.value.message
    assert other_engine() in caught.value.fix


def other_engine() -> str:
    """Return the engine of the other width, as Windows names it in AP Bridge's folder."""
    return str(PureWindowsPath(ENGINE32)) if struct.calcsize("P") == 8 else "apbridge.exe"


def test_a_driver_of_the_other_width_is_answered_with_the_engine_of_that_width():
    error = translate(pyodbc.Error("IM014", "architecture mismatch"), "connecting")
    assert other_engine() in error.fix


def test_a_refused_connection_keeps_the_password_to_itself(monkeypatch):
    def refuse(text, **options):
        assert options["autocommit"] is True
        assert options["timeout"] > 0
        raise pyodbc.InterfaceError("28000", f"Logon failed for {text}")

    monkeypatch.setattr(pyodbc, "drivers", lambda: [DRIVER])
    monkeypatch.setattr(pyodbc, "connect", refuse)
    with pytest.raises(NeedsUser) as caught:
        connect_odbc(SETTINGS, "ABC", "secret")
    error = caught.value
    assert error.code == "sage-logon-refused"
    assert "secret" not in f"{error!r} {error.detail} {error.__cause__!r} {error.__context__!r}"


class Connected:
    """An open connection that takes everything, or no time limit: refused at once or at the first cursor."""

    def __init__(self, refuses=""):
        self.refuses = refuses
        self.calls = []
        self.limit = 0

    @property
    def timeout(self):
        return self.limit

    @timeout.setter
    def timeout(self, seconds):
        if self.refuses == "limit":
            raise pyodbc.Error("HYC00", "Optional feature not implemented")
        self.limit = seconds

    def cursor(self):
        if self.refuses == "cursor" and self.limit:
            raise pyodbc.Error("HYC00", "Optional feature not implemented")
        return self

    def close(self):
        pass

    def setdecoding(self, *args, **options):
        self.calls.append(("decoding", options["encoding"]))

    def setencoding(self, **options):
        self.calls.append(("encoding", options["encoding"]))


@pytest.fixture
def opened(monkeypatch):
    """Return a function that connects by settings and gives the connection and its string."""

    def connect(settings, *, refuses="", drivers=(DRIVER,)):
        connected, texts = Connected(refuses), []
        monkeypatch.setattr(pyodbc, "drivers", lambda: list(drivers))
        monkeypatch.setattr(pyodbc, "connect", lambda text, **options: texts.append(text) or connected)
        assert connect_odbc(settings, "ABC", "secret", query_timeout=90) is connected
        return connected, parts(texts[0])

    return connect


def test_text_arrives_byte_by_byte_and_goes_in_sages_code_page(opened):
    connected, _ = opened(SETTINGS)
    assert connected.calls == [("decoding", "latin-1"), ("encoding", "cp1252")]


def test_sql_servers_text_arrives_as_unicode(opened):
    connected, _ = opened(PREMIUM, drivers=[SQL_SERVER_DRIVER])
    assert connected.calls == [("decoding", "utf-16le"), ("encoding", "cp1252")]


@pytest.mark.parametrize(("refuses", "limit"), [("", 90), ("limit", 0), ("cursor", 0)])
def test_queries_are_limited_where_the_driver_takes_it(opened, refuses, limit):
    connected, _ = opened(SETTINGS, refuses=refuses)
    assert connected.timeout == limit
    assert connected.cursor() is connected


def test_premium_is_reached_through_sql_server_as_the_windows_user(opened):
    _, found = opened(PREMIUM, drivers=[SQL_SERVER_DRIVER])
    assert found == {
        "DRIVER": "{ODBC Driver 18 for SQL Server}",
        "Server": "SRV\\SAGE",
        "Database": "MAS_ABC",
        "Trusted_Connection": "yes",
        "Encrypt": "yes",
        "TrustServerCertificate": "no",
        "MARS_Connection": "yes",
        "APP": "AP Bridge",
    }


def test_a_login_of_sql_server_takes_the_place_of_the_windows_user(opened):
    settings = replace(PREMIUM, sql_user="MAS_User", database="BOOKS", encrypt=False, trust_certificate=True)
    _, found = opened(settings, drivers=[SQL_SERVER_DRIVER])
    assert (found["UID"], found["PWD"], found["Database"]) == ("MAS_User", "secret", "BOOKS")
    assert (found["Encrypt"], found["TrustServerCertificate"]) == ("no", "yes")
    assert "Trusted_Connection" not in found


def test_premium_takes_an_own_data_source(opened):
    _, found = opened(replace(PREMIUM, server="", dsn="Own"), drivers=[])
    assert (found["DSN"], found["Database"]) == ("Own", "MAS_ABC")
    assert "DRIVER" not in found
    assert "Server" not in found


@pytest.mark.parametrize(
    ("installed", "named", "driver"),
    [
        (
            ["ODBC Driver 9 for SQL Server", "ODBC Driver 17 for SQL Server", "SQL Server"],
            "",
            "ODBC Driver 17 for SQL Server",
        ),
        (["SQL Server", "SQL Server Native Client 11.0"], "", "SQL Server Native Client 11.0"),
        (["ODBC Driver 18 for SQL Server", "Other"], "Other", "Other"),
    ],
)
def test_the_newest_driver_for_sql_server_is_taken(opened, installed, named, driver):
    _, found = opened(replace(PREMIUM, driver=named), drivers=installed)
    assert found["DRIVER"] == f"{{{driver}}}"


@pytest.mark.parametrize(
    ("installed", "named", "missing"),
    [
        # The driver that comes with Windows cannot read two tables at once.
        (["SQL Server", DRIVER], "", SQL_SERVER_DRIVER),
        (["ODBC Driver 18 for SQL Server"], "Other", "Other"),
    ],
)
def test_a_missing_driver_for_sql_server_is_named(monkeypatch, installed, named, missing):
    monkeypatch.setattr(pyodbc, "drivers", lambda: installed)
    with pytest.raises(NeedsUser) as caught:
        connect_odbc(replace(PREMIUM, driver=named), "ABC", "")
    assert caught.value.code == "odbc-driver-missing"
    assert f"“{missing}”" in caught.value.message
    assert SQL_SERVER_DRIVER in caught.value.fix


def test_only_driver_errors_are_translated():
    with pytest.raises(ZeroDivisionError), driver_errors_translated("reading"):
        _ = 1 // 0


def test_a_driver_error_in_the_middle_of_a_read_is_translated(sage, company):
    sage.failure = pyodbc.OperationalError("08S01", "[08S01] Communication link failure")
    with pytest.raises(RetryLater) as caught:
        list(company().list_items(ListName.ITEM))
    assert caught.value.code == "sage-unreachable"
    assert sage.open_cursors == 0
