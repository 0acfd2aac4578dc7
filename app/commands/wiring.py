"""Connects the engine to its two sides: an installed Sage 100 and Quadient AP, or the demo world in their place."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial

from app.cloud.https import HttpsCloud
from app.cloud.port import CloudPort
from app.cloud.wire import TRIES
from app.credentials import Credentials, open_credentials
from app.domain.language import say
from app.domain.lists import ListName
from app.engine.ports import Ports, Sleep
from app.errors import NeedsUser, Side
from app.sage.business_objects import Dispatch, dispatch_com
from app.sage.catalogue import OnCall
from app.sage.company import SageCompany
from app.sage.dialect import PROVIDEX, SQL_SERVER, Dialect
from app.sage.discovery import located
from app.sage.features import learn
from app.sage.odbc import Connect, Connection, connect_odbc
from app.sage.port import Writer
from app.sage.source import Source
from app.sage.visual_integrator.calls import Calls, Program, SignOn, sage_program
from app.sage.wanted import Printed
from app.settings import CompanySettings, Home


def unrecorded(dispatch: Dispatch) -> Dispatch:
    """Return the Business Objects as they are."""
    return dispatch


@cache
def ports_for(company: CompanySettings, home: Home, recorded: Callable[[Dispatch], Dispatch] = unrecorded) -> Ports:
    """Return the ways to reach both sides of `company`, with the secrets that the keyring holds for it.

    `recorded` may put something between AP Bridge and Sage's Business Objects.

    Raises:
        NeedsUser: when there is no keyring, or a secret is not in it.
    """
    ports = ports_with(company, home, company_credentials(company), recorded)

    def ahead(
        name: ListName, starts: Sequence[str], waiting: Callable[[], None]
    ) -> AbstractContextManager[Iterator[Printed]]:
        from app.commands.ahead import reading_ahead  # most syncs need nothing of it

        return reading_ahead(home, company, name, starts, waiting)

    return replace(ports, read_ahead=ahead)


def company_credentials(company: CompanySettings) -> Credentials:
    """Return where the secrets of `company` are kept.

    Raises:
        NeedsUser: when there is no keyring.
    """
    if company.sage.kind == "demo":
        from app.sandbox.stand_ins import demo_secrets

        return open_credentials(demo_secrets(company.sage.location))
    return open_credentials()


def cloud_of(company: CompanySettings, credentials: Credentials, sleep: Sleep, *, tries: int = TRIES) -> CloudPort:
    """Return the way to Quadient AP; what fails for a moment is tried so many times.

    Raises:
        NeedsUser: when its secret is not kept, or its address cannot be used.
    """
    secret = _secret(credentials, company, "cloud", say("Quadient AP"))
    return HttpsCloud(company.cloud, secret, sleep=sleep, random=random.SystemRandom(), tries=tries)


def ports_with(
    company: CompanySettings,
    home: Home,
    credentials: Credentials,
    recorded: Callable[[Dispatch], Dispatch] = unrecorded,
) -> Ports:
    """Return the ways to reach both sides of `company` with these credentials.

    Raises:
        NeedsUser: when the secret for Sage 100 is not among them.
    """
    # The driver gives up before the watchdog does, so that its own words are in the log.
    connect: Connect = partial(connect_odbc, query_timeout=max(1, home.load().sage_timeout_seconds * 9 // 10))
    dispatch: Dispatch = dispatch_com
    dialect = PROVIDEX
    program: Callable[[str], Program] = sage_program
    if company.sage.kind == "demo":
        # Only the demo needs the sandbox; nothing of it is loaded for a real company.
        from app.sandbox.stand_ins import connect_sandbox, dispatch_sandbox, job_program

        connect = connect_sandbox
        dispatch = dispatch_sandbox(company.sage.location)
        program = job_program
    sage_password = _secret(credentials, company, "sage", "Sage 100")
    odbc_password = sage_password
    if company.sage.kind == "premium":
        dialect = SQL_SERVER
        odbc_password = _secret(credentials, company, "sql", say("SQL Server")) if company.sage.sql_user else ""

    def connected(company: CompanySettings, on_call: OnCall) -> tuple[Connection, Dialect]:
        # Premium and a data source of the user's own say where to read without Sage's folder.
        needs_folder = company.sage.kind == "sage" and not company.sage.dsn
        settings = located(company.sage) if needs_folder else company.sage
        with on_call(say("signing in to Sage 100")):
            connection = connect(settings, company.code, odbc_password)
        try:
            return connection, learn(connection, dialect, settings, home.features_file, on_call)
        except BaseException:
            Source(connection, on_call).close()
            raise

    def open_sage(company: CompanySettings, on_call: OnCall) -> SageCompany:
        connection, spoken = connected(company, on_call)
        return SageCompany(connection, company, on_call=on_call, dialect=spoken)

    def open_writer(company: CompanySettings, on_call: OnCall, sleep: Sleep) -> Writer:
        # Only what writes to Sage needs these; a sync that finds nothing begun does not load them.
        from app.sage.visual_integrator.writer import VisualIntegratorWriter
        from app.sage.writers import SageWriter

        settings = located(company.sage)
        if settings.writer == "visual_integrator":
            jobs = settings.visual_integrator
            sign_on = SignOn(settings.user, sage_password) if jobs.password_on_command_line else SignOn()
            calls = Calls(jobs, company.code, program(settings.location), sign_on, sleep)

            def open_source() -> Source:
                connection, spoken = connected(company, on_call)
                return Source(connection, on_call, spoken)

            return VisualIntegratorWriter(jobs, open_source, calls, sleep)
        folder = settings.location
        if company.sage.kind != "demo":
            folder = folder.rstrip("\\/") + "\\Home"
        return SageWriter(settings, company.code, sage_password, recorded(dispatch), folder, on_call=on_call)

    def open_cloud(company: CompanySettings, sleep: Sleep) -> CloudPort:
        # Asked for only here: Sage can be looked at before Quadient AP is set up.
        return cloud_of(company, credentials, sleep)

    return Ports(open_sage, open_writer, open_cloud, now=lambda: datetime.now(UTC))


def _secret(credentials: Credentials, company: CompanySettings, side: str, name: str) -> str:
    secret = credentials.get(f"{company.code}/{side}")
    if secret is None:
        raise NeedsUser(
            "no-password",
            say("The password for {name} is missing", name=name),
            say("The computer's keyring holds no password for {name} of company {code}.", name=name, code=company.code),
            say("Enter it in Settings > Companies > Change the connection."),
            side=Side.COMPUTER,
        )
    return secret
