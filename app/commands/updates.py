"""The command that looks for a newer AP Bridge; it never does so during a sync, and installs nothing by itself."""

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

from app import __version__
from app.cloud.session import trusting_session
from app.commands.output import write
from app.domain.language import ENGLISH, language, say
from app.engine.events import Event, Kind
from app.engine.lock import holder
from app.errors import CompanyBusy, ExitCode, Side
from app.settings import Home
from app.updates.look import is_due, newer_release, source


def updates(home: Home, chosen: argparse.Namespace) -> int:
    """Look for a newer version, tell what is new in it and where it is to be had.

    Raises:
        CompanyBusy: while a run goes on in any company.
    """
    settings, where, now = home.load(), source(), datetime.now(UTC)
    if where is None:
        text = say("This AP Bridge was built from its source, so nobody tells it of new versions.")
        return _tell(chosen, now, text, {})
    if chosen.when_due and not (settings.look_for_updates and is_due(home, now)):
        return _tell(chosen, now, say("It is not time to look for a new version."), {})
    for company in settings.companies:
        if holder(home.locks, company.code) is not None:
            raise CompanyBusy(
                "company-busy",
                say("Company {company} is busy", company=company.code),
                say("New versions are looked for only while no run goes on."),
                say("Wait until it is done, and try again."),
                side=Side.COMPUTER,
            )
    with trusting_session() as session:
        release = newer_release(home, where, session, now)
    if release is None:
        return _tell(chosen, now, say("AP Bridge {version} is the newest there is.", version=__version__), {})
    notes = release.notes.get(language()) or release.notes.get(ENGLISH, "")
    text = say(
        "AP Bridge {version} of {date} is there; this is {own}.\n\n{notes}\n\nGet it at {page}. It is installed over "
        "this one, and keeps all settings.",
        version=release.version,
        date=release.date,
        own=__version__,
        notes=notes,
        page=release.page,
    )
    return _tell(chosen, now, text, {"version": release.version, "notes": notes, "page": release.page})


def _tell(chosen: argparse.Namespace, now: datetime, text: str, found: dict[str, Any]) -> int:
    if chosen.json:
        summary = {"said": text, **found}
        data = {"outcome": "done", "exit_code": int(ExitCode.DONE), "summary": summary}
        text = Event("", now, Kind.RUN_FINISHED, data).line()
    write(sys.stdout, f"{text}\n")
    return ExitCode.DONE
