"""Connects to Sage 100 over ODBC, and turns every driver error into a sentence."""

import logging
import re
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from app.domain.language import say
from app.errors import BridgeError, NeedsUser, Side
from app.sage.odbc_errors import is_refusal, translate
from app.settings import SageSettings

log = logging.getLogger(__name__)

DRIVER = "MAS 90 4.0 ODBC Driver"
SQL_SERVER_DRIVER = "ODBC Driver 18 for SQL Server"
LOGIN_TIMEOUT_SECONDS = 60
QUERY_TIMEOUT_SECONDS = 270

_SQL_SERVER_DRIVERS = re.compile(r"ODBC Driver (\d+) for SQL Server")
# Older, but it too lets one connection read several tables at once; the driver called just “SQL Server” does not.
_NATIVE_CLIENT = "SQL Server Native Client 11.0"


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
    """The part of pyodbc's connection that AP Bridge uses; several cursors may be open at once.

    Where a connection also has pyodbc's `getinfo(number)`, `app.sage.features` and the catalogue ask it.
    """

    def cursor(self) -> Cursor:
        """Return a fresh cursor."""

    def close(self) -> None:
        """Disconnect."""


Connect = Callable[[SageSettings, str, str], Connection]
"""(settings, company code, password) -> an open connection to that company."""


def connect_odbc(
    settings: SageSettings, company: str, password: str, *, query_timeout: int = QUERY_TIMEOUT_SECONDS
) -> Connection:
    """Open a read-only ODBC connection to one company of an installed Sage 100.

    `password` is that of the Sage user, with kind "premium" that of the SQL Server login. `query_timeout` is in
    seconds; a driver that knows no such limit works without one.

    Raises:
        NeedsUser: no ODBC on this computer, driver or data source missing or of the wrong width, sign-in refused.
        RetryLater: Sage's server or files cannot be reached now.
    """
    pyodbc = _pyodbc()
    premium = settings.kind == "premium"
    if not settings.dsn:
        settings = replace(settings, driver=_installed(settings, pyodbc.drivers()))
    text = sql_server_string(settings, company, password) if premium else connection_string(settings, company, password)
    connection: Any = None
    refused: BridgeError | None = None
    # A pooled connection would keep Sage's files and licence after it is closed.
    pyodbc.pooling = False
    try:
        # Sage's driver knows no transactions: without autocommit it refuses the connection.
        connection = pyodbc.connect(text, autocommit=True, timeout=LOGIN_TIMEOUT_SECONDS)
        if premium:
            connection.setdecoding(pyodbc.SQL_CHAR, encoding="utf-16le", ctype=pyodbc.SQL_WCHAR)
        else:
            connection.setdecoding(pyodbc.SQL_CHAR, encoding="latin-1")  # app.sage.text reads the code page
        # As wide characters, what is looked for would not match the type of Sage's columns and keep their index idle.
        connection.setencoding(encoding="cp1252", ctype=pyodbc.SQL_CHAR)
    except pyodbc.Error as error:
        refused = translate(error, say("signing in to Sage 100"), secret=password)
    if refused is not None:
        raise refused  # outside the handler: the driver's own error could quote the password
    _limit_queries(connection, query_timeout, pyodbc.Error)
    opened: Connection = connection
    return opened


def installed_driver(settings: SageSettings) -> str:
    """Return the name of the ODBC driver that would be used.

    Raises:
        NeedsUser: no ODBC on this computer, or the driver is missing or of the wrong width.
    """
    return _installed(settings, _pyodbc().drivers())


def connection_string(settings: SageSettings, company: str, password: str) -> str:
    """Return the ODBC connection string. It holds the password: hand it to the driver and to nothing else.

    Without a data source of their own, users need none: the string names the driver and the MAS90 folder. Sage's
    own SOTAMAS90 is of no use here, since Sage makes it anew at each start, for the user at the screen only.
    SILENT=1 keeps a wrong password from opening a dialog that nobody sees.
    """
    parts: list[tuple[str, str]]
    if settings.dsn:
        parts = [("DSN", _value(settings.dsn))]
    else:
        root = settings.location.rstrip("\\/")
        parts = [
            ("DRIVER", f"{{{DRIVER}}}"),
            ("Directory", _value(root)),
            ("Prefix", _value(f"{root}\\SY\\, {root}\\==\\")),
            ("ViewDLL", _value(f"{root}\\HOME")),
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


def sql_server_string(settings: SageSettings, company: str, password: str) -> str:
    """Return the connection string for Premium's SQL Server. It holds the password: only the driver may see it.

    `settings.driver` is the driver to use, unless a data source names it. Several tables are read at once, so
    MARS is on.
    """
    parts = [("DSN", _value(settings.dsn))] if settings.dsn else [("DRIVER", f"{{{settings.driver}}}")]
    if settings.server:
        parts.append(("Server", _value(settings.server)))
    parts.append(("Database", _value(settings.database or f"MAS_{company}")))
    if settings.sql_user:
        parts += [("UID", _value(settings.sql_user)), ("PWD", _value(password))]
    else:
        parts.append(("Trusted_Connection", "yes"))
    parts += [
        ("Encrypt", _yes_or_no(settings.encrypt)),
        ("TrustServerCertificate", _yes_or_no(settings.trust_certificate)),
        ("MARS_Connection", "yes"),
        ("APP", "AP Bridge"),
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
    except ValueError as error:  # of pyodbc itself, for a date in the year 0
        raise translate(ValueError("22007", str(error)), doing) from error


def told_by_driver(connection: Connection, number: int) -> object:
    """Return what the driver tells of itself under an information number of ODBC; None when it does not tell.

    Raises:
        RetryLater, NeedsUser: when Sage does not answer.
    """
    getinfo = getattr(connection, "getinfo", None)
    if getinfo is None:
        return None
    try:
        with driver_errors_translated(say("asking the ODBC driver about itself")):
            told: object = getinfo(number)
    except BridgeError as error:
        if not is_refusal(error):
            raise
        return None
    return told


def _value(text: str) -> str:
    if ";" in text or "}" in text or text[:1] == "{" or text != text.strip():
        return "{" + text.replace("}", "}}") + "}"
    return text


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def _installed(settings: SageSettings, drivers: Sequence[str]) -> str:
    """Return the driver to use: the one the settings name, Sage's own, or the newest for SQL Server."""
    if settings.kind != "premium":
        wanted = DRIVER
    elif settings.driver:
        wanted = settings.driver
    else:
        versions = [int(found[1]) for driver in drivers if (found := _SQL_SERVER_DRIVERS.fullmatch(driver))]
        if versions:
            return f"ODBC Driver {max(versions)} for SQL Server"
        wanted = _NATIVE_CLIENT if _NATIVE_CLIENT in drivers else SQL_SERVER_DRIVER
    if wanted not in drivers:
        raise _driver_missing(wanted)
    return wanted


def _limit_queries(connection: Any, seconds: int, driver_error: type[Exception]) -> None:
    """Set the limit for each call where the driver takes one."""
    try:
        connection.timeout = seconds
        connection.cursor().close()  # some drivers take the limit here and refuse it at the first cursor
    except driver_error as error:
        log.info("The ODBC driver takes no time limit for queries: %s", error)
        try:
            connection.timeout = 0
        except driver_error as again:
            log.debug("It does not take back the limit either: %s", again)


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
            say("This computer has no ODBC"),
            say("AP Bridge reads Sage 100 through ODBC, and the ODBC manager of this computer could not be loaded."),
            say("On Windows it is always there: install AP Bridge anew. On Linux install the package unixODBC."),
            side=Side.SAGE,
            detail=str(error),
        ) from error
    return pyodbc


def _driver_missing(driver: str) -> NeedsUser:
    width = struct.calcsize("P") * 8
    if driver == DRIVER:
        title = say("Sage 100's ODBC driver was not found")
        fix = say(
            "Run AP Bridge where Sage 100 is installed, or run Sage's Workstation Setup here. Where the driver is "
            "installed already, close AP Bridge and open it again: its window works in the driver's width. In a "
            "terminal, start “{program}” in AP Bridge's folder.",
            program=r"engine32\apbridge32.exe" if width == 64 else "apbridge.exe",
        )
    else:
        title = say("The ODBC driver for SQL Server was not found")
        fix = say(
            "Install Microsoft's “{sql_server_driver}” ({width}-bit) here, or correct the driver in Settings > Sage "
            "100 > Advanced.",
            sql_server_driver=SQL_SERVER_DRIVER,
            width=width,
        )
    return NeedsUser(
        "odbc-driver-missing",
        title,
        say(
            "This AP Bridge is a {width}-bit program and sees no {width}-bit driver called “{driver}”.",
            width=width,
            driver=driver,
        ),
        fix,
        side=Side.SAGE,
    )
