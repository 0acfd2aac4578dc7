from dataclasses import replace

import pyodbc
import pytest

from app.domain.lists import ListName
from app.errors import NeedsUser, RetryLater, SkipItem
from app.sage.odbc import DRIVER, connect_odbc, connection_string, driver_errors_translated
from app.sage.odbc_errors import translate
from app.settings import SageSettings

SETTINGS = SageSettings("sage", "\\\\srv\\Sage\\MAS90\\", "BRIDGE")


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


@pytest.mark.parametrize(
    ("state", "text", "kind", "code"),
    [
        ("IM002", "Data source name not found and no default driver specified", NeedsUser, "odbc-driver-missing"),
        ("IM014", "The specified DSN contains an architecture mismatch", NeedsUser, "odbc-width"),
        ("01000", "Can't open lib 'x' : file not found", NeedsUser, "odbc-driver-missing"),
        ("28000", "[PVKIO]Logon failed", NeedsUser, "sage-logon-refused"),
        ("08004", "[PVKIO]Logon failed", NeedsUser, "sage-logon-refused"),
        ("08004", "Invalid company code", NeedsUser, "sage-company-refused"),
        ("08004", "The company does not allow external access", NeedsUser, "sage-company-refused"),
        ("08004", "The system is in single-user mode", RetryLater, "sage-single-user"),
        ("08001", "Unable to connect to host MAS", RetryLater, "sage-unreachable"),
        ("08S01", "Communication link failure", RetryLater, "sage-unreachable"),
        ("HYT00", "Timeout expired", RetryLater, "sage-no-answer"),
        ("HY000", "[ProvideX][ODBC Driver][FILEIO]Table is not accessible", SkipItem, "table-not-accessible"),
        ("42S02", "Table is not accessible", SkipItem, "table-not-accessible"),
        ("42S22", "Column not found: X", SkipItem, "column-missing"),
        ("22007", "Invalid date", SkipItem, "value-unreadable"),
        ("HY000", "Record is locked", RetryLater, "sage-locked"),
        ("HY000", "Something nobody has seen", RetryLater, "sage-odbc"),
    ],
)
def test_driver_errors_become_sentences(state, text, kind, code):
    error = translate(pyodbc.Error(state, f"[{state}] {text}"), "reading AP_Vendor")
    assert type(error) is kind
    assert error.code == code
    assert text in error.detail
    assert "reading AP_Vendor" in error.detail
    assert error.title
    assert error.message
    assert error.fix


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


def test_text_arrives_byte_by_byte_and_goes_in_sages_code_page(monkeypatch):
    calls = []

    class Connected:
        def setdecoding(self, *args, **options):
            calls.append(("decoding", options["encoding"]))

        def setencoding(self, **options):
            calls.append(("encoding", options["encoding"]))

    monkeypatch.setattr(pyodbc, "drivers", lambda: [DRIVER])
    monkeypatch.setattr(pyodbc, "connect", lambda text, **options: Connected())
    assert isinstance(connect_odbc(SETTINGS, "ABC", "x"), Connected)
    assert calls == [("decoding", "latin-1"), ("encoding", "cp1252")]


def test_only_driver_errors_are_translated():
    with pytest.raises(ZeroDivisionError), driver_errors_translated("reading"):
        _ = 1 // 0


def test_a_driver_error_in_the_middle_of_a_read_is_translated(sage, company):
    sage.failure = pyodbc.OperationalError("08S01", "[08S01] Communication link failure")
    with pytest.raises(RetryLater) as caught:
        list(company().list_items(ListName.ITEM))
    assert caught.value.code == "sage-unreachable"
    assert sage.open_cursors == 0
