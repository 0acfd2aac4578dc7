"""Who may sign in to the demo company: what ODBC and Business Objects both ask before they let anyone in."""

import hashlib
import hmac
import sqlite3
from dataclasses import dataclass
from enum import Enum, auto

from app.sandbox.faults import Switches

HASH_ROUNDS = 20_000


class Refusal(Enum):
    """Why somebody was not let in."""

    BAD_LOGON = auto()
    UNKNOWN_COMPANY = auto()
    NO_EXTERNAL_ACCESS = auto()
    SINGLE_USER_MODE = auto()


@dataclass(frozen=True, slots=True)
class User:
    """Who signed in, and the tasks the role allows."""

    key: str
    administrator: bool
    may_use_odbc_server: bool
    tasks: frozenset[str]


def hashed(password: str, salt: str) -> str:
    """Return what is kept instead of a password."""
    return hashlib.pbkdf2_hmac("sha256", password.encode(), bytes.fromhex(salt), HASH_ROUNDS).hex()


def find_user(database: sqlite3.Connection, logon: str, password: str, switches: Switches) -> User | None:
    """Return the user when name and password are right, else None. Names have no case, passwords do."""
    row = _row(database, logon)
    if row is None or switches.wrong_password or not hmac.compare_digest(hashed(password, row[1]), row[2]):
        return None
    return _user(database, row)


def windows_user(database: sqlite3.Connection, logon: str) -> User | None:
    """Return the user whom Sage's unified logon takes the Windows user for: Windows has asked for the password."""
    row = _row(database, logon)
    return None if row is None else _user(database, row)


def _row(database: sqlite3.Connection, logon: str) -> tuple[str, ...] | None:
    row: tuple[str, ...] | None = database.execute(
        """SELECT UserKey, PasswordSalt, PasswordHash, Administrator, EnableCSODBC FROM SY_User
           WHERE upper(UserLogon) = upper(?) AND UserStatus = 'A'""",
        (logon,),
    ).fetchone()
    return row


def _user(database: sqlite3.Connection, row: tuple[str, ...]) -> User:
    tasks = database.execute("SELECT TaskName FROM SY_UserTask WHERE UserKey = ?", (row[0],))
    return User(row[0], row[3] == "Y", row[4] == "Y", frozenset(task[0] for task in tasks))


def company_refusal(database: sqlite3.Connection, code: str, switches: Switches) -> Refusal | None:
    """Return why the company called `code` cannot be opened, or None."""
    row = database.execute("SELECT AllowExternalAccess FROM SY_Company WHERE CompanyCode = ?", (code,)).fetchone()
    if row is None:
        return Refusal.UNKNOWN_COMPANY
    if row[0] != "Y" or switches.no_external_access:
        return Refusal.NO_EXTERNAL_ACCESS
    return Refusal.SINGLE_USER_MODE if switches.single_user_mode else None
