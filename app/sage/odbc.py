"""Connects to Sage 100 over ODBC, and turns every driver error into a sentence."""

import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from app.errors import BridgeError, NeedsUser, Side
from app.sage.odbc_errors import translate
from app.settings import SageSettings

DRIVER = "MAS 90 4.0 ODBC Driver"
LOGIN_TIMEOUT_SECONDS = 60


class Cursor(Protocol):
    """The part of pyodbc's cursor that AP Bridge uses."""

    description: Any

    def execute(self, sql: str, *params: Any) -> Any:
        """Run one SELECT."""

    def fetchmany(self, size: int, /) -> Sequence[Sequence[Any]]:
        """Return the next rows, none at the end."""

    def fetchall(self) -> Sequence[Sequence[Any]]:
        """Return all rows that are left."""

    def columns(self, table: str) -> Any:
        """Ask the catalogue: rows with table_name, column_name, type_name, column_size."""

    def tables(self) -> Any:
        """Ask the catalogue: rows with table_name."""

    def close(self) -> None:
        """Let go of the answer."""


class Connection(Protocol):
    """The part of pyodbc's connection that AP Bridge uses; several cursors may be open at once."""

    def cursor(self) -> Cursor:
        """Return a fresh cursor."""

    def close(self) -> None:
        """Disconnect."""


Connect = Callable[[SageSettings, str, str], Connection]
"""(settings, company code, password) -> an open connection to that company."""


def connect_odbc(settings: SageSettings, company: str, password: str) -> Connection:
    """Open a read-only ODBC connection to one company of an installed Sage 100.

    Raises:
        NeedsUser: no ODBC on this computer, driver or data source missing or of the wrong width, sign-in refused.
        RetryLater: Sage's server or files cannot be reached now.
    """
    pyodbc = _pyodbc()
    if not settings.dsn and DRIVER not in pyodbc.drivers():
        raise _driver_missing()
    text = connection_string(settings, company, password)
    connection: Any = None
    refused: BridgeError | None = None
    # A pooled connection would keep Sage's files and licence after it is closed.
    pyodbc.pooling = False
    try:
        # Sage's driver knows no transactions: without autocommit it refuses the connection.
        connection = pyodbc.connect(text, autocommit=True, timeout=LOGIN_TIMEOUT_SECONDS)
        connection.setdecoding(pyodbc.SQL_CHAR, encoding="latin-1")  # app.sage.text reads the code page
        connection.setencoding(encoding="cp1252", ctype=pyodbc.SQL_CHAR)
    except pyodbc.Error as error:
        refused = translate(error, "signing in to Sage 100", secret=password)
    if refused is not None:
        raise refused  # outside the handler: the driver's own error could quote the password
    opened: Connection = connection
    return opened


def connection_string(settings: SageSettings, company: str, password: str) -> str:
    """Return the ODBC connection string. It holds the password: hand it to the driver and to nothing else.

    Without a data source of their own, users need none: the string names the driver and the MAS90 folder. Sage's
    own SOTAMAS90 is of no use here, since Sage makes it anew at each start, for the user at the screen only.
    SILENT=1 keeps a wrong password from opening a dialog that nobody sees.
    """
    parts: list[tuple[str, str]]
    if settings.dsn:
        parts = [("DSN", settings.dsn)]
    else:
        root = settings.location.rstrip("\\/")
        parts = [
            ("DRIVER", f"{{{DRIVER}}}"),
            ("Directory", _value(root)),
            ("Prefix", _value(rf"{root}\SY\, {root}\==" + "\\")),
            ("ViewDLL", _value(rf"{root}\HOME")),
        ]
        if settings.remote_host:
            parts += [
                ("RemotePVKIOHost", _value(settings.remote_host)),
                ("RemotePVKIOPort", str(settings.remote_port)),
            ]
    parts += [
        ("Company", _value(company)),
        ("UID", _value(settings.user)),
        ("PWD", _value(password)),
        ("SILENT", "1"),
        ("StripTrailingSpaces", "1"),
        ("DirtyReads", "1"),
        ("BurstMode", "1"),
        ("EnforceNULLDate", "1"),
    ]
    return "".join(f"{name}={value};" for name, value in parts)


@contextmanager
def driver_errors_translated(doing: str) -> Iterator[None]:
    """Turn what the driver raises inside into one of `app.errors`; `doing` says what was going on.

    Raises:
        RetryLater: Sage cannot be reached, is locked, or in single-user mode.
        SkipItem: `table-not-accessible`, `column-missing` or `value-unreadable`: this table only.
        NeedsUser: sign-in refused, driver missing.
    """
    try:
        yield
    except _driver_errors() as error:
        raise translate(error, doing) from error


def _value(text: str) -> str:
    if ";" in text or "}" in text or text[:1] == "{" or text != text.strip():
        return "{" + text.replace("}", "}}") + "}"
    return text


def _driver_errors() -> tuple[type[Exception], ...]:
    # Evaluated only when something was raised; where pyodbc is absent, no driver can have raised it.
    try:
        import pyodbc
    except ImportError:
        return ()
    return (pyodbc.Error,)


def _pyodbc() -> Any:
    # Imported late: where the computer has no ODBC manager, importing fails, and that deserves a sentence.
    try:
        import pyodbc
    except ImportError as error:
        raise NeedsUser(
            "odbc-missing",
            "This computer has no ODBC",
            "AP Bridge reads Sage 100 through ODBC, and the ODBC manager of this computer could not be loaded.",
            "On Windows it is always there: install AP Bridge anew. On Linux install the package unixODBC.",
            side=Side.SAGE,
            detail=str(error),
        ) from error
    return pyodbc


def _driver_missing() -> NeedsUser:
    width = struct.calcsize("P") * 8
    return NeedsUser(
        "odbc-driver-missing",
        "Sage 100's ODBC driver was not found",
        f"This AP Bridge is a {width}-bit program and sees no {width}-bit driver called “{DRIVER}”.",
        "Run AP Bridge where Sage 100 is installed, or run Sage's Workstation Setup here. If it is installed, "
        f"use the {32 if width == 64 else 64}-bit AP Bridge: both must have the same width.",
        side=Side.SAGE,
    )
