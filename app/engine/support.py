"""What support needs to see: logs, settings, the last runs with their events, versions, newest probes and self-tests.

Never in it: the records and documents in the store, secrets, and numbers of banks and tax offices. Names of vendors and
people are in it only when that was asked for.
"""

import getpass
import io
import logging
import platform
import sqlite3
import struct
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import orjson

from app import __version__
from app.domain.codec import plain
from app.engine.probe_report import report_file
from app.engine.redaction import Redaction
from app.engine.selftest.report import kept_file
from app.engine.views import Views
from app.errors import BridgeError
from app.settings import CompanySettings, Home, Settings

log = logging.getLogger(__name__)

RUNS = 20
# By the table that has them; a store of an older version, which nothing has updated yet, has not all of these.
_NAMES = {
    "checkpoints": "SELECT description FROM checkpoints WHERE list IN ('vendor', 'bank_account')",
    "under_way": (
        "SELECT json_extract(value, '$[2]') FROM under_way, json_each(iif(json_valid(records), records, '[]'))"
        " WHERE list IN ('vendor', 'bank_account')"
    ),
    "documents": "SELECT json_extract(payload, '$.vendor_name') FROM documents WHERE json_valid(payload)",
}
PACKAGES = ("pyodbc", "pywin32", "requests", "keyring", "sqlite-utils", "orjson", "cattrs", "PySide6-Essentials")


def bundle(
    home: Home, companies: Sequence[str] = (), secrets: Iterable[str] = (), *, names: bool = False
) -> tuple[bytes, list[str]]:
    """Return the support bundle as the bytes of a zip file, and in words what is in it.

    A part that cannot be read is replaced by the reason: a bundle is made when something is broken.

    Args:
        home: The home folder.
        companies: The codes of the companies it is about; none for all that are connected.
        secrets: What is taken out wherever it stands, beside what looks like a secret.
        names: Whether the names of vendors, companies and people stay in it.
    """
    redaction = Redaction(secrets, () if names else _names(home))
    parts = list(_parts(home, companies, redaction))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, _, content in parts:
            archive.writestr(name, content)
    return out.getvalue(), [f"{name}: {words}" for name, words, _ in parts]


def _parts(home: Home, companies: Sequence[str], redaction: Redaction) -> Iterator[tuple[str, str, bytes]]:
    versions = _json(_versions)  # a version may look like a number of a bank, but is none
    yield "versions.json", "versions of AP Bridge, of this computer's system and of the ODBC drivers", versions
    settings = _json(lambda: redaction.value(plain(home.load())))
    yield "settings.json", "the settings (passwords are not part of them)", settings
    for company in _chosen(home, companies):
        runs = _json(lambda code=company.code: redaction.value(_runs(home, code)))  # type: ignore[misc]
        yield f"runs-{company.code}.json", f"the last {RUNS} runs of {company.code} and what happened in them", runs
        for file, words in (
            (report_file(home.path, company.code), f"the newest look at the tables of {company.code}"),
            (kept_file(home.path, company.code), f"the newest self-test in {company.code}"),
        ):
            if file.exists():
                found = _json(lambda kept=file: redaction.value(orjson.loads(kept.read_bytes())))  # type: ignore[misc]
                yield file.name, words, found
    for file in sorted(home.logs.glob("*.log*")) if home.logs.is_dir() else ():
        yield f"logs/{file.name}", "a log", _file(file.read_bytes, redaction)


def _names(home: Home) -> list[str]:
    """Return the names that AP Bridge knows: of vendors and banks, of the companies, and of the users."""
    found = [getpass.getuser()]
    try:
        for company in home.load().companies:
            found += [company.name, company.sage.user, company.sage.sql_user]
        if home.store_file.exists():
            with closing(sqlite3.connect(f"{home.store_file.resolve().as_uri()}?mode=ro", uri=True)) as store:
                there = {name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
                for table in _NAMES.keys() & there:
                    found += {str(name) for (name,) in store.execute(_NAMES[table])}
    except (BridgeError, OSError, sqlite3.Error) as error:  # the bundle says so in place of what cannot be read
        log.info("Names that AP Bridge should know cannot be taken out of the support bundle: %s", error)
    return found


def _chosen(home: Home, companies: Sequence[str]) -> list[CompanySettings]:
    try:
        settings = home.load()
    except BridgeError:  # why, stands in the bundle in place of the settings
        settings = Settings()
    return [company for company in settings.companies if not companies or company.code in companies]


def _runs(home: Home, company: str) -> list[dict[str, Any]]:
    views = Views(home.store_file, company)
    try:
        return [plain(run) | {"events": plain(views.events(run.id))} for run in views.runs(RUNS)]
    finally:
        views.close()


def _versions() -> dict[str, Any]:
    return {
        "apbridge": __version__,
        "python": sys.version,
        "bits": struct.calcsize("P") * 8,
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in PACKAGES},
        "odbc_drivers": _drivers(),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _drivers() -> list[str]:
    try:
        import pyodbc  # absent where the computer has no ODBC manager
    except ImportError as error:
        return [f"no ODBC: {error}"]
    return list(pyodbc.drivers())


def _json(make: Callable[[], Any]) -> bytes:
    try:
        content = make()
    except (BridgeError, OSError, ValueError) as error:
        content = {"cannot be read": str(error)}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)


def _file(read: Callable[[], bytes], redaction: Redaction) -> bytes:
    try:
        return redaction.text(read().decode("utf-8", errors="replace")).encode()
    except OSError as error:
        return f"cannot be read: {error}".encode()
