"""What the ODBC drivers say, in the words of a bookkeeper: the one place where driver errors are translated."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.language import later, say
from app.errors import BridgeError, NeedsUser, RetryLater, Side, SkipItem

_HIDDEN = "•••"
_UNKNOWN = "sage-odbc"

# Names and data that a driver quotes; an apostrophe within a word opens no quotation.
_QUOTED = re.compile(r"""(?<!\w)'.*?'(?!\w)|".*?"|“.*?”""", re.DOTALL)
_SQL_SERVER = "SQL Server]"
_NATIVE = re.compile(r"\((\d+)\)")


@dataclass(frozen=True, slots=True)
class _Known:
    """One kind of trouble, and how it is recognised: first whatever is surest.

    Args:
        natives: error numbers of SQL Server, which speaks the language of its Windows.
        signs: words that tell more than the SQLSTATE they come with.
        states: SQLSTATEs that mean this and nothing else.
        words: words that count where the SQLSTATE is one for many kinds of trouble.
        vague: SQLSTATEs that mean this where the words say nothing.
    """

    kind: Callable[..., BridgeError]
    code: str
    title: str
    message: str
    fix: str
    natives: tuple[int, ...] = ()
    signs: str = ""
    states: tuple[str, ...] = ()
    words: str = ""
    vague: tuple[str, ...] = ()


_LOCKED_TITLE = later("Sage 100 is busy")
_SOON = later("Try again in a few minutes.")

# Where two are recognised equally surely, the first speaks.
_KNOWN = (
    _Known(
        NeedsUser,
        "odbc-width",
        later("Sage 100's ODBC driver has another width"),
        later("AP Bridge and the ODBC driver must both be 32-bit or both be 64-bit."),
        later(
            "Close AP Bridge and open it again: its window works in the width of Sage's own driver. In a terminal, "
            "start “apbridge.exe” for a 64-bit driver and “engine32\\apbridge32.exe” for a 32-bit one, in AP Bridge's "
            "folder."
        ),
        signs=r"architecture mismatch|system error (code )?193\b",
        states=("IM014",),
    ),
    _Known(
        NeedsUser,
        "odbc-driver-missing",
        later("Sage 100's ODBC driver or data source was not found"),
        later(
            "Windows does not know the ODBC driver or the data source that the settings name, or cannot load "
            "it. It may also be one of the other width: AP Bridge and the driver must both be 32-bit or both "
            "be 64-bit."
        ),
        later(
            "Run Sage's Workstation Setup on this computer, or correct the data source in Settings > Sage 100 > "
            "Advanced."
        ),
        states=("IM002", "IM003", "IM004", "IM010", "IM012"),
        words=r"can't open lib|data source name not found|driver could not be loaded",
    ),
    _Known(
        NeedsUser,
        "odbc-driver-unfit",
        later("The ODBC driver cannot read two tables at once"),
        later("AP Bridge reads an order and its lines side by side, and this driver for SQL Server lets it read one."),
        later(
            "Install Microsoft's “ODBC Driver 18 for SQL Server”, and empty the ODBC driver in "
            "Settings > Sage 100 > Advanced."
        ),
        signs=r"connection is busy with results for another",
    ),
    _Known(
        NeedsUser,
        "sage-certificate",
        later("The SQL Server could not prove who it is"),
        later(
            "The connection is encrypted, and the server's certificate is one that nobody vouches for, or the server "
            "and the driver have no encryption in common."
        ),
        later(
            "Ask your administrator for a certificate that this computer trusts. In a network that is all "
            "your own, tick in Settings > Sage 100 > Advanced that the server's own certificate is trusted."
        ),
        signs=r"\bssl (provider|security|routines)|\bcertificate (chain|verify)|encryption not supported"
        r"|server's certificate|\btls\b.*\bhandshake",
    ),
    _Known(
        NeedsUser,
        "sage-company-refused",
        later("SQL Server did not open the company's database"),
        later("There is no such database on this server, or the login may not use it."),
        later(
            "Check server and database in Settings > Companies > Change the connection (a company's "
            "database is MAS_ and its code), and have the login allowed to read it."
        ),
        natives=(4060, 911, 916, 4064),
    ),
    _Known(
        NeedsUser,
        "sage-logon-refused",
        later("SQL Server refused the sign-in"),
        later("The login or its password is not right, has expired, or may not sign in to this server."),
        later(
            "Enter login and password again in Settings > Companies > Change the connection. Where the login is "
            "empty, the Windows user signs in: have it added as a login of the SQL Server."
        ),
        natives=(18456, 18452, 18470, 18486, 18487, 18488),
    ),
    _Known(
        SkipItem,
        "table-not-accessible",
        later("A table of Sage 100 cannot be read"),
        later("SQL Server does not let this login read it."),
        later("Have the login added to the role db_datareader of the company's database, or switch this list off."),
        natives=(229, 230),
    ),
    _Known(
        SkipItem,
        "table-not-accessible",
        later("A table of Sage 100 cannot be read"),
        later("The Sage module it belongs to is not installed, or Sage's ODBC security hides it from this user."),
        later(
            "In Sage, open Library Master > Role Maintenance > ODBC Security and allow the table, or switch "
            "this list off."
        ),
        natives=(208,),
        states=("42S02", "42P01", "42501"),
        words=r"table is not accessible|no such table",
    ),
    _Known(
        SkipItem,
        "column-missing",
        later("A column that AP Bridge needs is not in this Sage 100"),
        later("This version of Sage 100 has another table layout than AP Bridge expects."),
        later("Send the log to support; the other lists go on."),
        natives=(207,),
        states=("42S22", "42703"),
        words=r"column not found|no such column",
    ),
    _Known(
        SkipItem,
        "statement-refused",
        later("Sage 100's driver did not understand what AP Bridge asked"),
        later("This version of the driver takes other questions than AP Bridge expects."),
        later("Send the log to support; the other lists go on."),
        natives=(102, 105, 156, 4145),
        states=("37000", "42601"),
        words=r"unexpected extra token|expected lexical element|\bsyntax error\b|\bincorrect syntax\b",
    ),
    _Known(
        RetryLater,
        "sage-locked",
        _LOCKED_TITLE,
        later("Another program held what AP Bridge wanted to read, and was let go first."),
        _SOON,
        natives=(1205, 1222),
        states=("40001", "40P01", "55P03"),
    ),
    _Known(
        RetryLater,
        "sage-unreachable",
        later("Sage 100 cannot be reached"),
        later("The server did not answer the sign-in in time."),
        later(
            "Check that the server in Settings > Companies > Change the connection is the right one, that "
            "it runs, and that this computer is in the network, then start again."
        ),
        signs=r"log[- ]?[io]n time-?\s?out",
    ),
    _Known(
        RetryLater,
        "sage-no-answer",
        later("Sage 100 did not answer in time"),
        later("The server or the network is slow, or the file is held by another program."),
        _SOON,
        states=("HYT00", "HYT01", "57014"),
        words=r"\btimed?[ -]?out\b",
    ),
    _Known(
        SkipItem,
        "value-unreadable",
        later("Sage 100 holds a value that its driver cannot read"),
        later("A date or number in this table is damaged, and the ODBC driver stops at it."),
        later(
            "In Sage, print the matching listing and correct the record with the odd date, or ask your Sage partner."
        ),
        natives=(241, 242, 245, 8114, 8115),
        states=("22001", "22003", "22007", "22008", "22018"),
        words=r"\binvalid date\b|\bdate.{0,20}conversion|\bconversion error",
    ),
    _Known(
        RetryLater,
        "sage-single-user",
        later("Sage 100 is in single-user mode"),
        later("Somebody is running a task that lets nobody else in, such as an update or a year end."),
        later("Wait until that task is done; the next sync goes on by itself."),
        natives=(924, 18461),
        words=r"\bsingle[- ]user\b",
    ),
    _Known(
        NeedsUser,
        "sage-company-refused",
        later("Sage 100 did not open the company"),
        later("The company code is unknown, or the company does not allow external access."),
        later(
            "If the code is wrong, remove the company in Settings > Companies and add it again. In Sage, tick “Allow "
            "External Access” in Library Master > Company Maintenance > Preferences."
        ),
        words=r"\b(invalid|unknown|no such|not a valid) company\b"
        r"|\bcompany (code )?.{0,20}\b(not found|invalid|does not exist)|\bexternal access\b",
    ),
    _Known(
        NeedsUser,
        "sage-logon-refused",
        later("Sage 100 refused the sign-in"),
        later("The user name or the password is not right, or the user may not use ODBC."),
        later(
            "Enter user and password again in Settings > Companies > Change the connection. In Sage, check the "
            "user in Library Master > User Maintenance."
        ),
        states=("28P01",),
        words=r"\blog[- ]?on (failed|refused)|\blog[- ]?in failed|\binvalid (user|password)\b"
        r"|\bpassword\b.{0,20}\b(wrong|invalid|incorrect)\b|\b(user|account)\b.{0,20}\b(locked|disabled|expired)\b",
        vague=("28000",),
    ),
    _Known(
        RetryLater,
        "sage-locked",
        _LOCKED_TITLE,
        later("Another program holds the file that AP Bridge wanted to read."),
        _SOON,
        words=r"\b(record|file|table|database) ('' )?(is )?(locked|busy|in use)\b|\block(ed)? by\b"
        r"|\bsharing violation\b",
    ),
    _Known(
        RetryLater,
        "sage-unreachable",
        later("Sage 100 cannot be reached"),
        later("The server or the folder with Sage's data did not answer."),
        later(
            "Check that the server and the folder in Settings > Companies > Change the connection are "
            "right, that the server runs, and that this computer is in the network, then start again."
        ),
        natives=(53, 10053, 10054, 10060, 10061, 11001),
        words=r"\b(unknown|to|reach|find|resolve) (the )?host\b|\bhost\b.{0,40}\b(not found|down|unknown)\b"
        r"|\bunreachable\b|\bconnection (is )?(refused|reset|lost|closed|broken)\b|\bunable to (connect|open)\b"
        r"|\bdirectory\b.{0,200}\bnot (found|accessible)|\bnetwork (error|path|name)\b|\bcommunication link\b",
        vague=("08001", "08003", "08004", "08006", "08007", "08S01"),
    ),
)


def translate(error: Exception, doing: str, *, secret: str = "") -> BridgeError:
    """Return what to raise for a driver's `error` that came up while `doing` (“reading AP_Vendor”).

    `secret` is blotted out wherever the driver quotes it, and so is whatever follows PWD= in its text.
    """
    state = str(error.args[0]) if error.args else ""
    said = " ".join(str(part) for part in error.args[1:]) or str(error)
    detail = f"{doing}: {_without_secrets(said, secret)}"
    known = _recognised(state, _QUOTED.sub("''", said))
    if known is not None:
        message = say("{message} This came up while {doing}.", message=say(known.message), doing=doing)
        return known.kind(known.code, say(known.title), message, say(known.fix), side=Side.SAGE, detail=detail)
    return RetryLater(
        _UNKNOWN,
        say("Sage 100 did not answer as expected"),
        say("The ODBC driver reported a problem while {doing}.", doing=doing),
        say("Start again. If it comes back, send the log to support: the driver's own words are in it."),
        side=Side.SAGE,
        detail=detail,
    )


def is_refusal(error: BridgeError) -> bool:
    """Tell whether the driver refused this one question, while Sage itself may well answer the next."""
    return isinstance(error, SkipItem) or error.code == _UNKNOWN


def _recognised(state: str, text: str) -> _Known | None:
    natives = {int(number) for number in _NATIVE.findall(text)} if _SQL_SERVER in text else set()
    for matches in (
        lambda known: not natives.isdisjoint(known.natives),
        lambda known: known.signs and re.search(known.signs, text, re.IGNORECASE),
        lambda known: state in known.states,
        lambda known: known.words and re.search(known.words, text, re.IGNORECASE),
        lambda known: state in known.vague,
    ):
        for known in _KNOWN:
            if matches(known):
                return known
    return None


def _without_secrets(text: str, secret: str) -> str:
    if secret:
        for spelling in {secret, secret.replace("}", "}}")}:
            text = text.replace(spelling, _HIDDEN)
    return re.sub(r"PWD=(\{(?:[^}]|\}\})*\}|[^;]*)", f"PWD={_HIDDEN}", text, flags=re.IGNORECASE)
