"""What the user has set, in one JSON file without secrets; and where AP Bridge keeps its files."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import orjson
from platformdirs import user_data_path

from app.domain.codec import plain, restore
from app.domain.language import say
from app.domain.lists import ListName
from app.errors import NeedsUser, Side
from app.import_jobs import WRITERS, VisualIntegratorSettings, shared
from app.import_jobs import not_allowed as jobs_not_allowed
from app.language import LANGUAGES
from app.schedule import ScheduleSettings
from app.schedule import not_allowed as schedule_not_allowed

ORDER_ARRIVES_AS = ("PO", "PA")
SAGE_KINDS = ("sage", "premium", "demo")
THEMES = ("system", "light", "dark")
VENDOR_ADDRESSES = ("standard", "remit_to")
CODE_LENGTH = 3
LAST_PORT = 65_535
DEFAULT_PORT = 20_222


@dataclass(frozen=True, slots=True)
class SageSettings:
    """How to reach one Sage company.

    Args:
        kind: "sage" (Standard and Advanced), "premium" (its data is in SQL Server), or "demo" (the sandbox).
        location: the MAS90 folder, "" to look it up in Windows; or the demo world's folder.
        user: the Sage user that reads and that Business Objects sign in.
        dsn: an ODBC data source of the user's own, in place of driver and folder or server.
        remote_host: where Sage's client/server ODBC listens, "" to read the files themselves; not for "premium".
        remote_port: its port.
        server: the SQL Server, with its instance: "SRV\\SAGE". This and what follows is for "premium" only.
        database: the company's database; "" for MAS_ and its code.
        driver: the ODBC driver; "" for the newest that is installed.
        sql_user: the login of SQL Server; "" to sign in as the Windows user.
        encrypt: talk to SQL Server in cipher.
        trust_certificate: take a certificate that nobody vouches for, as SQL Server makes it for itself.
        writer: "business_objects", or "visual_integrator" where those cannot be used.
        visual_integrator: the jobs that then write.
    """

    kind: str
    location: str
    user: str
    dsn: str = ""
    remote_host: str = ""
    remote_port: int = DEFAULT_PORT
    server: str = ""
    database: str = ""
    driver: str = ""
    sql_user: str = ""
    encrypt: bool = True
    trust_certificate: bool = False
    writer: str = "business_objects"
    visual_integrator: VisualIntegratorSettings = field(default_factory=VisualIntegratorSettings)


@dataclass(frozen=True, slots=True)
class CloudSettings:
    """How to reach one legal entity in Quadient AP."""

    url: str
    client_id: str
    legal_entity: str


@dataclass(frozen=True, slots=True)
class CompanySettings:
    """One legal entity bound to one Sage company (`code`, up to 3 characters)."""

    code: str
    name: str
    sage: SageSettings
    cloud: CloudSettings
    currency: str = "USD"
    lists_off: tuple[ListName, ...] = ()
    orders_on: bool = True
    orders_from: date | None = None
    orders_arrive_as: str = "PO"
    payments_on: bool = True
    payments_from: date | None = None
    workflow_banks: tuple[str, ...] = ()
    check_prefix: str = ""
    vendor_address: str = "standard"
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """How the window behaves.

    Args:
        theme: "system" (light or dark as the system is), "light" or "dark".
        tray: go on in the notification area when the window is closed.
        notifications: tell there, or by the window's own button, when something needs the user or a run failed.
    """

    theme: str = "system"
    tray: bool = False
    notifications: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of this installation; `language` is "en", "fr", or "" for this computer's.

    `look_for_updates`: once a week, while no run goes on, AP Bridge asks whether there is a newer version of it.
    """

    companies: tuple[CompanySettings, ...] = ()
    sage_timeout_seconds: int = 300
    language: str = ""
    look_for_updates: bool = True
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    window: WindowSettings = field(default_factory=WindowSettings)

    def company(self, code: str | None) -> CompanySettings:
        """Return the company called `code`, or the only one when `code` is None.

        Raises:
            NeedsUser: when there is none, or several and no code.
        """
        if code is None and len(self.companies) == 1:
            return self.companies[0]
        for company in self.companies:
            if company.code == code:
                return company
        known = ", ".join(company.code for company in self.companies)
        if not known:
            raise NeedsUser(
                "no-company",
                say("No company is connected yet"),
                say("AP Bridge does not know any Sage company."),
                say("Start AP Bridge without a command: it offers the demo company, or helps you connect yours."),
                side=Side.COMPUTER,
            )
        raise NeedsUser(
            "unknown-company",
            say("Choose a company") if code is None else say("There is no company {code} here", code=code),
            say("AP Bridge is connected to: {known}.", known=known),
            say("Name one of them with “--company”."),
            side=Side.COMPUTER,
        )

    def with_company(self, company: CompanySettings) -> "Settings":
        """Return these settings with `company` added, or in place of the one with its code."""
        others = tuple(each for each in self.companies if each.code != company.code)
        return replace(self, companies=(*others, company))


def default_home() -> Path:
    """Return APBRIDGE_HOME, or the user's local data folder."""
    named = os.environ.get("APBRIDGE_HOME")
    return Path(named) if named else user_data_path("AP Bridge", appauthor=False, roaming=False)


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds everything AP Bridge keeps: settings, store, logs, locks, demo world."""

    path: Path = field(default_factory=default_home)

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which a program that is started has the same home."""
        return os.environ | {"APBRIDGE_HOME": str(self.path)}

    @property
    def settings_file(self) -> Path:
        """Where the settings are."""
        return self.path / "settings.json"

    @property
    def store_file(self) -> Path:
        """Where checkpoints, journal and runs are."""
        return self.path / "store.sqlite"

    @property
    def features_file(self) -> Path:
        """Where it is kept what each ODBC driver can do."""
        return self.path / "features.json"

    @property
    def logs(self) -> Path:
        """Where the logs are."""
        return self.path / "logs"

    @property
    def locks(self) -> Path:
        """Where the locks of running syncs are."""
        return self.path / "locks"

    @property
    def sandbox(self) -> Path:
        """Where the demo world is."""
        return self.path / "sandbox"

    def load(self) -> Settings:
        """Return the stored settings, or fresh ones when there are none.

        Raises:
            NeedsUser: when the file cannot be read as settings, or a setting has a value that is not allowed.
        """
        try:
            settings = restore(Settings, orjson.loads(self.settings_file.read_bytes()))
        except FileNotFoundError:
            return Settings()
        except ValueError as error:
            raise NeedsUser(
                "settings-unreadable",
                say("The settings cannot be read"),
                say("{settings_file} is damaged ({error}).", settings_file=self.settings_file, error=error),
                say("Put back a copy of the file, or move it away and connect the company again."),
                side=Side.COMPUTER,
                detail=str(error),
            ) from error
        for wrong in _not_allowed(settings):
            raise NeedsUser(
                "settings-invalid",
                say("A setting has a value that is not allowed"),
                say("In {settings_file}, {wrong}.", settings_file=self.settings_file, wrong=wrong),
                say("Correct it there, or put back a copy of the file."),
                side=Side.COMPUTER,
            )
        return settings

    def save(self, settings: Settings) -> None:
        """Store `settings`; a crash leaves the old file or the new one, never half of one."""
        self.path.mkdir(parents=True, exist_ok=True)
        write_whole(self.settings_file, orjson.dumps(plain(settings), option=orjson.OPT_INDENT_2))


def problems(settings: Settings) -> list[str]:
    """Say of each value that is not allowed which one it is and what is allowed; nothing when all is well."""
    return list(_not_allowed(settings))


def _not_allowed(settings: Settings) -> Iterator[str]:
    """Say of each value that would only fail later which one it is and what is allowed."""
    yield from _not_allowed_here(settings)
    yield from _not_allowed_in_companies(settings)


def _not_allowed_here(settings: Settings) -> Iterator[str]:
    if settings.sage_timeout_seconds <= 0:
        yield say(
            "sage_timeout_seconds is {sage_timeout_seconds}; allowed is 1 or more",
            sage_timeout_seconds=settings.sage_timeout_seconds,
        )
    if settings.language not in ("", *LANGUAGES):
        yield say(
            "language is “{language}”; allowed are {languages}, or nothing",
            language=settings.language,
            languages=" and ".join(LANGUAGES),
        )
    if settings.window.theme not in THEMES:
        yield say("theme is “{theme}”; allowed are {allowed}", theme=settings.window.theme, allowed=", ".join(THEMES))
    yield from schedule_not_allowed(settings.schedule)


def _not_allowed_in_companies(settings: Settings) -> Iterator[str]:
    codes = [company.code for company in settings.companies]
    with_jobs = [company.sage for company in settings.companies if company.sage.writer == "visual_integrator"]
    yield from shared(sage.visual_integrator for sage in with_jobs)
    for company in settings.companies:
        name = say("of company {code}", code=company.code)
        if not (company.code.isascii() and company.code.isalnum() and len(company.code) <= CODE_LENGTH):
            yield say(
                "code is “{code}”; allowed are 1 to {code_length} letters or digits",
                code=company.code,
                code_length=CODE_LENGTH,
            )
        if codes.count(company.code) > 1:
            yield say("code “{code}” is there twice; each company may be there once", code=company.code)
        for setting, value, allowed in (
            ("kind", company.sage.kind, SAGE_KINDS),
            ("writer", company.sage.writer, WRITERS),
            ("orders_arrive_as", company.orders_arrive_as, ORDER_ARRIVES_AS),
            ("vendor_address", company.vendor_address, VENDOR_ADDRESSES),
        ):
            if value not in allowed:
                *others, last = allowed
                yield say(
                    "{setting} {name} is “{value}”; allowed are {others} and {last}",
                    setting=setting,
                    name=name,
                    value=value,
                    others=", ".join(others),
                    last=last,
                )
        if not 0 < company.sage.remote_port <= LAST_PORT:
            yield say(
                "remote_port {name} is {remote_port}; allowed are 1 to {last_port}",
                name=name,
                remote_port=company.sage.remote_port,
                last_port=LAST_PORT,
            )
        for wrong in _not_together(company.sage):
            yield say("of company {code}, {wrong}", code=company.code, wrong=wrong)
        if company.sage.writer == "visual_integrator":
            for wrong in jobs_not_allowed(company.sage.visual_integrator):
                yield say("of company {code}, {wrong}", code=company.code, wrong=wrong)
        if company.time_zone and not _is_zone(company.time_zone):
            yield say(
                "time_zone {name} is “{time_zone}”; allowed are names like America/Chicago, or nothing",
                name=name,
                time_zone=company.time_zone,
            )


def _not_together(sage: SageSettings) -> Iterator[str]:
    """Say which settings do not go together, by the kind of Sage."""
    if sage.kind == "premium":
        if not sage.server and not sage.dsn:
            yield say("server is missing; with kind “premium” it names the SQL Server that holds Sage's data")
        if sage.server and sage.dsn:
            yield say("server and dsn are both set; allowed is one of them")
        if sage.remote_host:
            yield say("remote_host is set; it is for kind “sage”, since “premium” asks the SQL Server")
        return
    for setting, value in (
        ("server", sage.server),
        ("database", sage.database),
        ("driver", sage.driver),
        ("sql_user", sage.sql_user),
    ):
        if value:
            yield say("{setting} is set; it is for kind “premium”", setting=setting)
    if sage.dsn and sage.remote_host:
        yield say("dsn and remote_host are both set; the data source names its host itself")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; no name at all; the folder of a continent
        return False
    return True


def write_whole(file: Path, data: bytes) -> None:
    """Write `data` to `file` so that a crash or a power cut leaves the old content or the new, never half of it."""
    with whole_file(file) as out:
        out.write(data)


@contextmanager
def whole_file(file: Path) -> Iterator[BinaryIO]:
    """Write within to what becomes `file` at the end; broken off before, it stays as it was and nothing is left."""
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        Path(draft).replace(file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
