"""Runs the engine as a child process and passes on the events it prints."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from app.domain.language import language
from app.engine.events import Event, Kind
from app.errors import ExitCode
from app.gui.text import tr
from app.language import ENVIRONMENT

log = logging.getLogger(__name__)

KILL_AFTER_MS = 10_000
COMPLAINT_BYTES = 4_000


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended; title, message, fix and code are empty when all went well."""

    command: str
    run: str
    outcome: str
    exit_code: int
    title: str = ""
    message: str = ""
    fix: str = ""
    summary: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""

    @property
    def done(self) -> bool:
        """Whether the run went through to its end."""
        return self.exit_code in (ExitCode.DONE, ExitCode.NEEDS_USER)


class EngineProcess(QObject):
    """One child at a time, for one company or ('') for none. `told` carries each Event, `ended` one RunEnd."""

    started = Signal(str)
    told = Signal(object)
    ended = Signal(object)

    def __init__(self, command: Sequence[str], home: Path, company: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = tuple(command)
        self._home = home
        self._company = company
        self._process: QProcess | None = None
        self._name = ""
        self._run = ""
        self._finish: Event | None = None
        self._complaint = b""
        self._cancelled = False
        self._executioner = QTimer(self)
        self._executioner.setSingleShot(True)
        self._executioner.timeout.connect(self.kill)

    @property
    def running(self) -> bool:
        """Whether a child is at work."""
        return self._process is not None

    @property
    def command(self) -> str:
        """What the child at work does: "sync", "send invoices" and so on."""
        return self._name

    def start(
        self, command: str, ids: Sequence[str] | None = None, arguments: Sequence[str] = (), line: str | None = None
    ) -> None:
        """Start `command` with further `arguments`; `ids` go to its standard input, however many they are.

        So does `line`, which no log and no list of processes shows: a password, for one.
        """
        if self._process is not None:
            raise RuntimeError(f"“{self._name}” is still running")
        self._name, self._run, self._finish, self._complaint, self._cancelled = command, "", None, b"", False
        process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("APBRIDGE_HOME", str(self._home))
        environment.insert("PYTHONUTF8", "1")
        environment.insert(ENVIRONMENT, language())
        process.setProcessEnvironment(environment)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_complaint)
        process.errorOccurred.connect(self._failed)
        process.finished.connect(self._finished)
        self._process = process
        chosen = [] if ids is None else ["--ids-from", "-"]
        whose = ["--company", self._company] if self._company else []
        program, *words = (*self._command, *command.split(), *arguments, *whose, "--json", *chosen)
        process.start(program, words)
        if ids is not None:
            process.write(orjson.dumps(list(ids)) + b"\n")
        elif line is not None:
            process.write(line.encode() + b"\n")
        self.started.emit(command)

    def cancel(self, kill_after_ms: int = KILL_AFTER_MS) -> None:
        """Ask the child to stop, and end it by force when it does not in time; that loses nothing."""
        if self._process is None:
            return
        if not self._cancelled:
            self._cancelled = True
            self._process.write(b'{"command":"cancel"}\n')
        if not self._executioner.isActive() or self._executioner.remainingTime() > kill_after_ms:
            self._executioner.start(kill_after_ms)

    def kill(self) -> None:
        """End the child by force."""
        if self._process is not None:
            log.warning("“%s” did not stop when asked; it is ended by force.", self._name)
            self._process.kill()

    def shut_down(self) -> None:
        """End the child by force and wait until it is gone: the last thing before the window's process ends."""
        if self._process is not None:
            process = self._process
            self._process = None
            process.finished.disconnect(self._finished)
            process.errorOccurred.disconnect(self._failed)
            process.kill()
            process.waitForFinished(5_000)

    def _read(self) -> None:
        while self._process is not None and self._process.canReadLine():
            self._take(bytes(self._process.readLine().data()))

    def _take(self, line: bytes) -> None:
        event = Event.parse(line.decode("utf-8", errors="replace"))
        if event is None:
            if line.strip():
                log.info("A line of “%s” was not an event: %r", self._name, line[:200])
            return
        self._run = event.run
        if event.kind is Kind.RUN_FINISHED:
            self._finish = event
        self.told.emit(event)

    def _read_complaint(self) -> None:
        if self._process is not None:
            said = self._complaint + bytes(self._process.readAllStandardError().data())
            self._complaint = said[-COMPLAINT_BYTES:]

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            reason = self._process.errorString()
            self._end(
                RunEnd(
                    self._name,
                    "",
                    "failed",
                    ExitCode.COMPUTER,
                    tr("AP Bridge could not start its engine"),
                    tr("{program} could not be run: {reason}.", program=self._command[0], reason=reason),
                    tr("Install AP Bridge again; your settings and what was sent are kept."),
                    code="engine-not-started",
                )
            )

    def _finished(self, exit_code: int, status: QProcess.ExitStatus) -> None:
        if self._process is None:
            return
        self._read()
        self._take(bytes(self._process.readAllStandardOutput().data()))
        self._read_complaint()
        complaint = self._complaint.decode("utf-8", errors="replace").strip()
        if complaint:
            log.warning("“%s” said: %s", self._name, complaint)
        if self._finish is not None:
            self._end(_told_end(self._name, self._finish))
        elif self._cancelled:
            self._end(self._ended_by_force())
        else:
            crashed = status is QProcess.ExitStatus.CrashExit
            self._end(self._unexpected(ExitCode.BUG if crashed or exit_code == 0 else exit_code, complaint))

    def _ended_by_force(self) -> RunEnd:
        return RunEnd(
            self._name,
            self._run,
            "cancelled",
            ExitCode.CANCELLED,
            tr("Cancelled"),
            tr("The run did not stop by itself in time and was ended. Nothing is lost: what was sent is remembered."),
            tr("Start again when you are ready; AP Bridge looks first at what Sage already has."),
            code="cancelled",
        )

    def _unexpected(self, exit_code: int, complaint: str) -> RunEnd:
        title = tr("The sync ended unexpectedly") if self._name == "sync" else tr("The run ended unexpectedly")
        message = tr("Nothing is lost: what was sent is remembered.")
        # Before a run begins, what stops it is one sentence on standard error; a fault's traceback is no sentence.
        if complaint and "Traceback" not in complaint:
            message = f"{message} {complaint.splitlines()[-1]}"
        fix = tr("Start again; AP Bridge looks first at what Sage and Quadient AP already have.")
        return RunEnd(self._name, self._run, "failed", exit_code, title, message, fix, code="run-broke-off")

    def _end(self, end: RunEnd) -> None:
        self._executioner.stop()
        if self._process is not None:
            self._process.deleteLater()
        self._process = None
        self.ended.emit(end)


def _told_end(command: str, event: Event) -> RunEnd:
    data = event.data
    return RunEnd(
        command,
        event.run,
        str(data.get("outcome", "")),
        int(data.get("exit_code", ExitCode.BUG)),
        str(data.get("title", "")),
        str(data.get("message", "")),
        str(data.get("fix", "")),
        data.get("summary") or {},
        str(data.get("code", "")),
    )
