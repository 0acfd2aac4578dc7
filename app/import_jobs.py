"""The settings of a site that writes through Visual Integrator: its import jobs, who starts them, how they sign in."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from app.domain.language import say

WRITERS = ("business_objects", "visual_integrator")
STARTED_BY = ("ap_bridge", "task_scheduler")

_NAME = re.compile(r"VIWI[0-9A-Z]{2}")


@dataclass(frozen=True, slots=True)
class ImportJob:
    """One import job that a person has made in Sage's Import Job Maintenance.

    Args:
        name: its compiled file name, as Sage shows it there: VIWI and two letters or digits.
        file: the whole path of its import file, as it is set in the job.
    """

    name: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class VisualIntegratorSettings:
    """How documents are written where Business Objects cannot be used.

    Args:
        invoices: the job for A/P Invoice Data Entry.
        receipts_of_invoice: the job for P/O Receipt of Invoice Entry.
        checks: the job for A/P Manual Check and Payment Entry.
        started_by: "ap_bridge", or "task_scheduler" when Sage's own Task Scheduler runs the jobs and AP Bridge only
            waits for them.
        timeout_seconds: how long one job may take, from the moment its file lies there.
        password_on_command_line: sign in with user and password, which everybody who sees this computer's list of
            processes can then read; without it, Sage's unified logon signs in the Windows user.
    """

    invoices: ImportJob = ImportJob()
    receipts_of_invoice: ImportJob = ImportJob()
    checks: ImportJob = ImportJob()
    started_by: str = "ap_bridge"
    timeout_seconds: int = 300
    password_on_command_line: bool = False

    def jobs(self) -> dict[str, ImportJob]:
        """Return the jobs that are set up, by the names of their settings."""
        named = {"invoices": self.invoices, "receipts_of_invoice": self.receipts_of_invoice, "checks": self.checks}
        return {name: job for name, job in named.items() if job != ImportJob()}


def not_allowed(settings: VisualIntegratorSettings) -> Iterator[str]:
    """Say of each value that would only fail later which one it is and what is allowed."""
    jobs = settings.jobs()
    if not jobs:
        yield say("visual_integrator names no job; with writer “visual_integrator” at least one is needed")
    if settings.started_by not in STARTED_BY:
        yield say(
            "started_by is “{started_by}”; allowed are {allowed}",
            started_by=settings.started_by,
            allowed=" and ".join(STARTED_BY),
        )
    if settings.timeout_seconds <= 0:
        yield say(
            "timeout_seconds is {timeout_seconds}; allowed is 1 or more", timeout_seconds=settings.timeout_seconds
        )
    if settings.password_on_command_line and settings.started_by == "task_scheduler":
        yield say(
            "password_on_command_line is set; it is for started_by “ap_bridge”, since Sage's Task Scheduler signs in"
        )
    for setting, job in jobs.items():
        if not is_job_name(job.name):
            yield say(
                "the name of job {setting} is “{name}”; allowed is VIWI and two capital letters or digits",
                setting=setting,
                name=job.name,
            )
        if not is_job_file(job.file):
            yield say(
                "the file of job {setting} is “{file}”; allowed is a whole path, as it is set in the job",
                setting=setting,
                file=job.file,
            )
    names, files = ([part(job) for job in jobs.values()] for part in (_name, _file))
    if len(set(names)) < len(names):
        yield say("two jobs have one name; each kind of document needs a job of its own")
    if len(set(files)) < len(files):
        yield say("two jobs have one file; each job needs a file of its own")


def is_job_name(text: str) -> bool:
    """Return whether `text` can be the name of an import job."""
    return _NAME.fullmatch(text) is not None


def is_job_file(text: str) -> bool:
    """Return whether `text` is a whole path, here or on Windows."""
    return PureWindowsPath(text).is_absolute() or Path(text).is_absolute()


def shared(all_settings: Iterable[VisualIntegratorSettings]) -> Iterator[str]:
    """Say of each job or file that two companies have: an import file does not say which company it is for."""
    seen: set[str] = set()
    for settings in all_settings:
        own = {part for job in settings.jobs().values() for part in (job.name, _file(job))}
        for twice in sorted(seen & own):
            yield say("“{twice}” is a job or a file of two companies; each company needs its own", twice=twice)
        seen |= own


def _name(job: ImportJob) -> str:
    return job.name


def _file(job: ImportJob) -> str:
    return job.file.casefold()
