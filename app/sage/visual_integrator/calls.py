"""The call of an import job: its file is put in place, the job is started or waited for, and its end awaited.

Three files tell how a job stands, and survive AP Bridge: the import file itself; beside it `.running`, which is there
until the job's own “Perform on completion” command has deleted it; and `.started`, AP Bridge's note which process it
started. The command line follows Sage's published one. No exit status is documented, so none is relied upon.
"""

import logging
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.language import say
from app.errors import BridgeError, NeedsUser, RetryLater, Side
from app.import_jobs import ImportJob, VisualIntegratorSettings
from app.sage.visual_integrator.processes import Process, Start, born, start_program
from app.settings import write_whole

log = logging.getLogger(__name__)

PROGRAMS = ("pvxwin32.exe", "pvxwin64.exe")
LAUNCHER = (r"..\launcher\sota.ini", r"..\soa\startup.m4p", "-ARG", "DIRECT", "UIOFF")
POLL_SECONDS = 0.1
GRACE_SECONDS = 3.0
"""How long after its process has ended a job may still say that it is done, and the other way round."""

Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class SignOn:
    """Who a job runs as; empty for the Windows user, by Sage's unified logon."""

    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Program:
    """Sage's program, with what stands before its own arguments, and its working folder MAS90\\Home."""

    command: tuple[str, ...]
    home: str


def sage_program(location: str) -> Program:
    """Return the program of the Sage 100 whose MAS90 folder is `location`; since 2026 it has another name."""
    home = location.rstrip("\\/") + "\\Home"
    name = next((each for each in PROGRAMS if Path(home, each).exists()), PROGRAMS[0])
    return Program((f"{home}\\{name}",), home)


class Calls:
    """Calls the import jobs of one company, one at a time.

    `sleep` waits, and raises `Cancelled` when the run is to stop; then the job that runs is left alone: Sage ends it,
    and the next run finds what it did.
    """

    def __init__(
        self,
        settings: VisualIntegratorSettings,
        company: str,
        program: Program,
        sign_on: SignOn,
        sleep: Sleep,
        *,
        start: Start = start_program,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._company = company
        self._program = program
        self._sign_on = sign_on
        self._sleep = sleep
        self._start = start
        self._clock = clock

    def settle_earlier(self, job: ImportJob) -> None:
        """Make sure that nothing is left of an earlier call, which this or another run may not have seen the end of.

        Raises:
            NeedsUser: `import-file-not-writable`, when its folder is not there.
            RetryLater: `sage-job-running`, when that job is, or may be, still at work.
        """
        files = _Files(job)
        if not files.folder_is_there():
            raise _not_writable(job, say("There is no such folder."))
        if files.is_running():
            if self._may_run(files):
                raise _still_running(job, "")
            log.warning("Job %s was left by an earlier run and is at work no more.", job.name)
        files.clear()

    def call(self, job: ImportJob, data: bytes) -> None:
        """Let `job` import `data`, and return once it has said that it is done; whether well, its log and Sage tell.

        Raises:
            NeedsUser: the import file cannot be written, or Sage's program is not there.
            RetryLater: it did not end as it should (`sage-job-broke-off`), or not in time (`sage-job-no-end`,
                `sage-job-not-started`, `sage-job-running`). In all cases look in Sage what it did.
            Cancelled: the run is to stop.
        """
        files = _Files(job)
        try:
            files.put(data)
        except OSError as error:
            files.clear()
            raise _not_writable(job, str(error)) from error
        deadline = self._clock() + self._settings.timeout_seconds
        if self._settings.started_by == "task_scheduler":
            self._await_scheduled(files, deadline)
        else:
            self._await_started(files, self._started(files), deadline)
        files.clear()

    def _may_run(self, files: "_Files") -> bool:
        if self._settings.started_by == "task_scheduler":
            # While it imports, Windows does not let go of its file; once that is gone, no job can begin.
            return not files.withdraw()
        process, birth = files.noted()
        if birth:
            return born(process) == birth
        # Which process it is was not noted any more, if there is one; without its file no job can begin.
        return files.waits_since() + self._settings.timeout_seconds > time.time()

    def _started(self, files: "_Files") -> Process:
        job = files.job
        sign_on = (self._sign_on.user, self._sign_on.password)
        arguments = [*self._program.command, *LAUNCHER, *sign_on, self._company, job.name, "AUTO"]
        trouble = ""
        try:
            process = self._start(arguments, self._program.home)
        except OSError as error:
            trouble = say(
                "{strerror}: {command} in {home}",
                strerror=error.strerror,
                command=self._program.command[0],
                home=self._program.home,
            )
        if trouble:
            files.clear()
            raise _no_program(trouble)  # outside the handler: the system's own error could quote the password
        files.note(process.pid, born(process.pid))
        log.info("Job %s of company %s was started as process %s.", job.name, self._company, process.pid)
        return process

    def _await_started(self, files: "_Files", process: Process, deadline: float) -> None:
        ended_at = None
        while files.is_running():
            now = self._clock()
            if ended_at is None and process.poll() is not None:
                ended_at = now
            if ended_at is not None and now - ended_at > GRACE_SECONDS:
                files.clear()
                raise _broke_off(files, process.poll())
            if now > deadline:
                raise self._given_up(files, process)
            self._sleep(POLL_SECONDS)
        lingers_until = self._clock() + GRACE_SECONDS
        while process.poll() is None and self._clock() < lingers_until:
            self._sleep(POLL_SECONDS)

    def _await_scheduled(self, files: "_Files", deadline: float) -> None:
        while files.is_running():
            if self._clock() > deadline:
                files.clear()
                raise _not_started(files.job, self._settings.timeout_seconds)
            self._sleep(POLL_SECONDS)

    def _given_up(self, files: "_Files", process: Process) -> BridgeError:
        process.kill()
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            return _still_running(files.job, say("process {pid} could not be ended", pid=process.pid))
        files.clear()
        return _no_end(files.job, self._settings.timeout_seconds)


class _Files:
    """The files of one job; what they tell is only known while their folder can be reached.

    Every method but `put` raises `RetryLater` (`sage-job-running`) when it cannot.
    """

    def __init__(self, job: ImportJob) -> None:
        self.job = job
        self._file = Path(job.file)
        self.running = Path(f"{job.file}.running")
        self._started = Path(f"{job.file}.started")

    def put(self, data: bytes) -> None:
        """Put the import file in place; raises OSError.

        A job that finds its file also finds what it deletes when it is done.
        """
        write_whole(self.running, b"")
        write_whole(self._file, data)

    def folder_is_there(self) -> bool:
        """Whether there is a folder to put the import file into."""
        with self._reached():
            return self._file.parent.is_dir()

    def is_running(self) -> bool:
        """Whether the job has not said yet that it is done."""
        with self._reached():
            if self.running.exists():
                return True
            # On a share that is gone nothing is there either.
            if self.folder_is_there():
                return False
        raise _still_running(self.job, say("{parent} cannot be reached", parent=self._file.parent))

    def waits_since(self) -> float:
        """Return since when (seconds since the epoch) the import file waits, 0 when it does not."""
        with self._reached():
            return self.running.stat().st_mtime if self._file.exists() else 0.0

    def note(self, pid: int, birth: str) -> None:
        """Note which process was started."""
        with self._reached():
            write_whole(self._started, f"{pid} {birth}".encode())

    def noted(self) -> tuple[int, str]:
        """Return the process that was started, and when it began; ('' when that is not known)."""
        with self._reached():
            if not self._started.exists():
                return 0, ""
            pid, _, birth = self._started.read_text("utf-8").partition(" ")
        return (int(pid), birth) if pid.isdecimal() else (0, "")

    def withdraw(self) -> bool:
        """Take the import file back; tell whether that could be done."""
        with self._reached():
            try:
                self._file.unlink(missing_ok=True)
            except PermissionError as error:
                log.info("The import file is in use: %s", error)
                return False
        return True

    def clear(self) -> None:
        """Leave nothing behind: a file that stayed would be imported again."""
        if not self.withdraw():
            raise _still_running(self.job, say("it holds its file"))
        with self._reached():
            self.running.unlink(missing_ok=True)
            self._started.unlink(missing_ok=True)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise _still_running(self.job, str(error)) from error


def _not_writable(job: ImportJob, detail: str) -> NeedsUser:
    return NeedsUser(
        "import-file-not-writable",
        say("The import file cannot be written"),
        say("AP Bridge puts what job {name} imports into {file}.", name=job.name, file=job.file),
        say(
            "See that the folder is there, is writable for you, and is the one that AP Bridge's settings and "
            "the job name."
        ),
        side=Side.COMPUTER,
        detail=detail,
    )


def _no_program(detail: str) -> NeedsUser:
    return NeedsUser(
        "sage-not-found",
        say("Sage 100 was not found"),
        say("Its program, which runs Visual Integrator's jobs, could not be started."),
        say("Correct the folder of Sage 100 in Settings > Companies > Change the connection; it is called MAS90."),
        side=Side.SAGE,
        detail=detail,
    )


def _still_running(job: ImportJob, detail: str) -> RetryLater:
    return RetryLater(
        "sage-job-running",
        say("Sage 100 is still at work on job {name}", name=job.name),
        say("An import job that began earlier has not said that it is done."),
        say("Wait until it is, then send again. If it never ends, end Sage's program for it in Windows' Task Manager."),
        side=Side.SAGE,
        detail=detail,
    )


def _broke_off(files: _Files, status: int | None) -> RetryLater:
    return RetryLater(
        "sage-job-broke-off",
        say("Job {name} ended before it was done", name=files.job.name),
        say(
            "Sage's program ended, and the job has not said that it is done: it could not sign in, broke "
            "off, or does not delete {running} on completion.",
            running=files.running,
        ),
        say(
            "Run the job once by hand in Sage and see what it says; then send again. AP Bridge looks in Sage "
            "first, so nothing is entered twice."
        ),
        side=Side.SAGE,
        detail=f"exit status {status}",
    )


def _no_end(job: ImportJob, seconds: int) -> RetryLater:
    return RetryLater(
        "sage-job-no-end",
        say("Job {name} did not end", name=job.name),
        say("It had {seconds} seconds, and was ended then.", seconds=seconds),
        say(
            "Run the job once by hand in Sage: a window that waits for an answer shows there. Then send "
            "again; AP Bridge looks in Sage first, so nothing is entered twice."
        ),
        side=Side.SAGE,
    )


def _not_started(job: ImportJob, seconds: int) -> RetryLater:
    return RetryLater(
        "sage-job-not-started",
        say("Sage's Task Scheduler did not run job {name}", name=job.name),
        say("AP Bridge waited {seconds} seconds for it and has taken its file back.", seconds=seconds),
        say(
            "In Sage, see whether the task is scheduled and its last run went well; then send again. AP "
            "Bridge looks in Sage first, so nothing is entered twice."
        ),
        side=Side.SAGE,
    )
