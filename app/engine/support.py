"""What support needs to see: logs, settings, the last runs with their events, versions, and the newest probe reports.

Never in it: the records and documents in the store, and secrets, which only the keyring holds.
"""

import io
import platform
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import orjson

from app import __version__
from app.domain.codec import plain
from app.engine.probe_report import report_file
from app.engine.views import Views
from app.errors import BridgeError
from app.settings import CompanySettings, Home, Settings

RUNS = 20
PACKAGES = ("pyodbc", "pywin32", "requests", "keyring", "sqlite-utils", "orjson", "cattrs", "PySide6-Essentials")


def bundle(home: Home, companies: Sequence[str] = ()) -> tuple[bytes, list[str]]:
    """Return the support bundle as the bytes of a zip file, and in words what is in it.

    A part that cannot be read is replaced by the reason: a bundle is made when something is broken.

    Args:
        home: The home folder.
        companies: The codes of the companies it is about; none for all that are connected.
    """
    parts = list(_parts(home, companies))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, _, content in parts:
            archive.writestr(name, content)
    return out.getvalue(), [f"{name}: {words}" for name, words, _ in parts]


def _parts(home: Home, companies: Sequence[str]) -> Iterator[tuple[str, str, bytes]]:
    yield "versions.json", "versions of AP Bridge, of this computer's system and of the ODBC drivers", _json(_versions)
    yield "settings.json", "the settings (passwords are not part of them)", _json(lambda: plain(home.load()))
    for company in _chosen(home, companies):
        runs = _json(lambda code=company.code: _runs(home, code))  # type: ignore[misc]
        yield f"runs-{company.code}.json", f"the last {RUNS} runs of {company.code} and what happened in them", runs
        report = report_file(home.path, company.code)
        if report.exists():
            words = f"the newest look at the tables of {company.code}"
            yield report.name, words, _file(report.read_bytes)
    for file in sorted(home.logs.glob("*.log*")) if home.logs.is_dir() else ():
        yield f"logs/{file.name}", "a log", _file(file.read_bytes)


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
    except (BridgeError, OSError) as error:
        content = {"cannot be read": str(error)}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)


def _file(read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except OSError as error:
        return f"cannot be read: {error}".encode()
