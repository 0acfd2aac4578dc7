"""What the ODBC drivers say, in the words of a bookkeeper: the one place where driver errors are translated."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import BridgeError, NeedsUser, RetryLater, Side, SkipItem

_HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class _Known:
    """One kind of trouble: recognised by SQLSTATE or by words in the driver's text."""

    states: tuple[str, ...]
    words: str
    kind: Callable[..., BridgeError]
    code: str
    title: str
    message: str
    fix: str

    def matches(self, state: str, text: str) -> bool:
        return state in self.states or bool(self.words and re.search(self.words, text, re.IGNORECASE))


# The order matters: the first that matches speaks.
_KNOWN = (
    _Known(
        ("IM014",),
        "architecture mismatch",
        NeedsUser,
        "odbc-width",
        "Sage 100's ODBC driver has another width",
        "AP Bridge and the ODBC driver must both be 32-bit or both be 64-bit.",
        "Install the other AP Bridge (32-bit for Sage 100 2024 and older, 64-bit for 2026).",
    ),
    _Known(
        ("IM002", "IM003", "IM004"),
        "can't open lib|data source name not found|driver could not be loaded",
        NeedsUser,
        "odbc-driver-missing",
        "Sage 100's ODBC driver or data source was not found",
        "Windows does not know the ODBC driver or the data source that the settings name, or cannot load it.",
        "Run Sage's Workstation Setup on this computer, or correct the data source in AP Bridge's settings file.",
    ),
    _Known(
        ("42S02",),
        "table is not accessible|no such table",
        SkipItem,
        "table-not-accessible",
        "A table of Sage 100 cannot be read",
        "The Sage module it belongs to is not installed, or Sage's ODBC security hides it from this user.",
        "In Sage, open Library Master > Role Maintenance > ODBC Security and allow the table, or switch this list off.",
    ),
    _Known(
        ("42S22",),
        "column not found|no such column",
        SkipItem,
        "column-missing",
        "A column that AP Bridge needs is not in this Sage 100",
        "This version of Sage 100 has another table layout than AP Bridge expects.",
        "Send the log to support; the other lists go on.",
    ),
    _Known(
        (),
        r"single[- ]user",
        RetryLater,
        "sage-single-user",
        "Sage 100 is in single-user mode",
        "Somebody is running a task that lets nobody else in, such as an update or a year end.",
        "Wait until that task is done; the next sync goes on by itself.",
    ),
    _Known(
        (),
        r"(invalid|unknown|no such|not a valid) company|company (code )?.{0,20}(not found|invalid|does not exist)"
        "|external access",
        NeedsUser,
        "sage-company-refused",
        "Sage 100 did not open the company",
        "The company code is unknown, or the company does not allow external access.",
        "Check the code in AP Bridge's settings file. In Sage, tick “Allow External Access” in Library Master > "
        "Company Maintenance > "
        "Preferences.",
    ),
    _Known(
        ("28000",),
        r"log[- ]?on (failed|refused)|log[- ]?in failed|access denied|invalid (user|password)"
        r"|password.{0,20}(wrong|invalid|incorrect)",
        NeedsUser,
        "sage-logon-refused",
        "Sage 100 refused the sign-in",
        "The user name or the password is not right, or the user may not use ODBC.",
        "Enter the password again with “apbridge password sage”; the user is in AP Bridge's settings file. In Sage, "
        "check the user in Library Master > User Maintenance.",
    ),
    _Known(
        ("HYT00", "HYT01"),
        "time[d]?[ -]?out",
        RetryLater,
        "sage-no-answer",
        "Sage 100 did not answer in time",
        "The server or the network is slow, or the file is held by another program.",
        "Try again in a few minutes.",
    ),
    _Known(
        (),
        r"record (is )?locked|file (is )?locked|lock(ed)? by|database is locked|busy",
        RetryLater,
        "sage-locked",
        "Sage 100 is busy",
        "Another program holds the file that AP Bridge wanted to read.",
        "Try again in a few minutes.",
    ),
    _Known(
        ("08001", "08004", "08007", "08S01", "08003"),
        r"host|unreachable|connection (refused|reset|lost)|unable to connect|directory.{0,30}not (found|accessible)"
        "|network|unable to open",
        RetryLater,
        "sage-unreachable",
        "Sage 100 cannot be reached",
        "The server or the folder with Sage's data did not answer.",
        "Check that the Sage server runs and that this computer is in the network, then start again.",
    ),
    _Known(
        ("22001", "22003", "22007", "22008", "22018"),
        "invalid date|date.{0,20}conversion|conversion error",
        SkipItem,
        "value-unreadable",
        "Sage 100 holds a value that its driver cannot read",
        "A date or number in this table is damaged, and the ODBC driver stops at it.",
        "In Sage, print the matching listing and correct the record with the odd date, or ask your Sage partner.",
    ),
)


def translate(error: Exception, doing: str, *, secret: str = "") -> BridgeError:
    """Return what to raise for a driver's `error` that came up while `doing` (“reading AP_Vendor”).

    `secret` is blotted out wherever the driver quotes it, and so is whatever follows PWD= in its text.
    """
    state = str(error.args[0]) if error.args else ""
    said = " ".join(str(part) for part in error.args[1:]) or str(error)
    detail = f"{doing}: {_without_secrets(said, secret)}"
    for known in _KNOWN:
        if known.matches(state, said):
            message = f"{known.message} (While {doing}.)"
            return known.kind(known.code, known.title, message, known.fix, side=Side.SAGE, detail=detail)
    return RetryLater(
        "sage-odbc",
        "Sage 100 did not answer as expected",
        f"The ODBC driver reported a problem while {doing}.",
        "Start again. If it comes back, send the log to support: the driver's own words are in it.",
        side=Side.SAGE,
        detail=detail,
    )


def _without_secrets(text: str, secret: str) -> str:
    if secret:
        for spelling in {secret, secret.replace("}", "}}")}:
            text = text.replace(spelling, _HIDDEN)
    return re.sub(r"PWD=(\{(?:[^}]|\}\})*\}|[^;]*)", f"PWD={_HIDDEN}", text, flags=re.IGNORECASE)
