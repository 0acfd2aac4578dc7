"""The stand-in's process: it signs in, imports what lies in the job's file, keeps the log, and does what comes last.

It takes the arguments of Sage's program at their places, and works in MAS90/Home as that does.
"""

import csv
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from app.sandbox.faults import Faults
from app.sandbox.place import company_file
from app.sandbox.sage.logon import windows_user
from app.sandbox.screens.entry import EntryScreen
from app.sandbox.screens.link import FAILED, Link
from app.sandbox.screens.session import TASKS, Session
from app.sandbox.visual_integrator.importing import Import
from app.sandbox.visual_integrator.jobs import Job, Jobs, load_jobs, location_of

BEGINNING = (r"..\launcher\sota.ini", r"..\soa\startup.m4p", "-ARG", "DIRECT")


class Call(NamedTuple):
    """What the command line says."""

    user: str
    password: str
    company: str
    job: str


class Stopped(Exception):  # noqa: N818  # the program ends: with UIOFF nobody is told why
    """What Sage would show in a window."""


def main(arguments: Sequence[str]) -> int:
    """Run one job; return 0 when it came to its end, however the import went."""
    try:
        call = _understood(arguments)
        location = location_of(Path.cwd())
        jobs = load_jobs(location)
        job = _job(jobs, call.job)
        link = Link(location, Faults.load(location), _now)
        session = Session(link)
        _sign_in(session, call, jobs.unified_logon)
        with closing(link):
            _import(_screen(session, job), job)
    except Stopped as stopped:
        sys.stderr.write(f"{stopped}\n")
        return 1
    for file in job.deletes:
        Path(file).unlink(missing_ok=True)
    return 0


def _now() -> datetime:
    return datetime.now().astimezone()


def _understood(arguments: Sequence[str]) -> Call:
    count = len(BEGINNING)
    if tuple(arguments[:count]) != BEGINNING or len(arguments) != count + 6:
        raise Stopped("The command line is not understood.")
    messages, user, password, company, job, how = arguments[count:]
    if messages not in ("UION", "UIOFF") or how != "AUTO":
        raise Stopped("Nobody is here to answer a window.")
    return Call(user, password, company, job)


def _job(jobs: Jobs, name: str) -> Job:
    if name not in jobs.jobs:
        raise Stopped(f"Program {name} is not on file.")
    return jobs.jobs[name]


def _sign_in(session: Session, call: Call, unified: str) -> None:
    if call.user:
        _must(session, session.nSetUser(call.user, call.password))
    elif not unified:
        raise Stopped("Unified logon is not enabled.")
    else:
        file = company_file(session.link.location, call.company)
        if file.is_file():
            session.link.user = windows_user(session.link.open(file), unified)
    _must(session, session.nSetCompany(call.company))


def _screen(session: Session, job: Job) -> EntryScreen:
    task = TASKS[job.task]
    _must(session, session.nSetDate(task.module, f"{_now():%Y%m%d}"))
    _must(session, session.nSetModule(task.module))
    _must(session, session.nSetProgram(session.nLookupTask(job.task)))
    return session.screen(task.business_object)


def _must(session: Session, answer: int) -> None:
    if answer == FAILED:
        raise Stopped(session.sLastErrorMsg)


def _import(screen: EntryScreen, job: Job) -> None:
    """Import the job's file; there may be none, then the log is empty."""
    importing = Import(screen, job.fields)
    file = Path(job.file)
    if file.exists():
        with file.open(encoding="cp1252", newline="") as rows:
            importing.run(csv.reader(rows))
    importing.keep_log()
