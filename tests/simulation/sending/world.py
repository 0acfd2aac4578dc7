"""Both sides, the store and the clock of one story, and the real engine between them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from app.cloud.port import DocumentKind
from app.engine.cancel import CancelToken
from app.engine.ports import Ports
from app.engine.reporter import Reporter
from app.engine.run import Run, carry_out
from app.engine.views import Views
from app.engine.watchdog import Watchdog
from app.engine.work import mark_exported, preview_only, send, send_again, undo
from app.errors import BridgeError, ExitCode
from app.settings import CloudSettings, CompanySettings, SageSettings
from tests.simulation.sending.books import Books
from tests.simulation.sending.cloud import ENTITY, SimulatedCloud
from tests.simulation.sending.disk import SimulatedStore
from tests.simulation.sending.faults import Crash, Faults
from tests.simulation.sending.oracle import Oracle
from tests.simulation.sending.sage import SimulatedCompany
from tests.simulation.sending.writer import SimulatedWriter

COMPANY = CompanySettings(
    "SIM", "Simulated Supply", SageSettings("demo", "", "BRIDGE"), CloudSettings("", "", ENTITY), time_zone="UTC"
)
_START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class World:
    """One story's world; `store` is the caller's, so that a thousand stories share one."""

    def __init__(self, store: SimulatedStore, faults: Faults, random: Random, *, batches_on: bool) -> None:
        store.begin(faults)
        self.store = store
        self.faults = faults
        self.books = Books(batches_on=batches_on)
        self.cloud = SimulatedCloud(faults, random)
        self.oracle = Oracle(self.books, self.cloud)
        self.cloud.witness = self.oracle
        self.last_sent = ""
        self._runs = 0
        self._ticks = 0
        self._set_back = timedelta()
        self._cancel = _NoWait()
        self._watchdog = Watchdog(60, _expired)  # never started: nothing hangs here
        self._ports: Any = Ports(
            open_sage=lambda _company, _on_call: SimulatedCompany(self.books, faults, self.oracle),  # type: ignore
            open_writer=lambda _company, _on_call, _sleep: SimulatedWriter(self.books, faults, self.oracle),  # type: ignore
            open_cloud=lambda _company, _sleep: self.cloud,  # type: ignore
            now=self._now,
        )

    def preview(self, kind: DocumentKind, *, faults: bool = False, crash_at: int = 0) -> ExitCode | None:
        """Preview one kind of documents as the program does; return None when the process died."""
        self.oracle.begin_run(previewing=True)
        return self._run(f"preview {kind}", preview_only(kind), faults=faults, crash_at=crash_at)

    def send(self, kind: DocumentKind, *, faults: bool = False, crash_at: int = 0) -> ExitCode | None:
        """Send what is ready of one kind as the program does; return None when the process died."""
        self.oracle.begin_run(previewing=False)
        code = self._run(f"send {kind}", send(kind, None), faults=faults, crash_at=crash_at)
        self.last_sent = self._run_id()
        return code

    def undo(
        self, of_run: str | None, ids: Sequence[str], *, faults: bool = False, crash_at: int = 0
    ) -> ExitCode | None:
        """Undo a run, or documents, as the program does; return None when the process died."""
        self.oracle.begin_run(previewing=False)
        return self._run("undo", undo(None, of_run, ids), faults=faults, crash_at=crash_at)

    def mark_exported(self, kind: DocumentKind, id_: str, *, faults: bool = False) -> ExitCode | None:
        """Mark a document as exported from AP Bridge; return None when the process died."""
        self.oracle.begin_run(previewing=False)
        return self._run("mark exported", mark_exported(kind, [id_]), faults=faults, crash_at=0)

    def send_again(self, kind: DocumentKind, id_: str, *, faults: bool = False) -> ExitCode | None:
        """Choose Send again in AP Bridge; return None when the process died."""
        self.oracle.begin_run(previewing=True)
        return self._run("send again", send_again(kind, [id_]), faults=faults, crash_at=0)

    def set_the_clock_back(self) -> None:
        """Set the computer's clock back by an hour."""
        self._set_back += timedelta(hours=1)

    def is_ready(self, kind: DocumentKind) -> bool:
        """Tell whether the last preview has documents that can be sent."""
        return bool(self.store.rows("SELECT 1 FROM documents WHERE kind = ? AND state = 'ready' LIMIT 1", (kind,)))

    def end(self) -> None:
        """Check the whole story's end."""
        views = Views(self.store.file, COMPANY.code)
        views._store = self.store  # the file that the window would open
        self.oracle.end(views)

    def _run(self, command: str, work: Any, *, faults: bool, crash_at: int) -> ExitCode | None:
        self._runs += 1
        run_id = self._run_id()
        self.faults.note(f"-- {command} {run_id}")
        self.faults.begin_run(on=faults, crash_at=crash_at)
        reporter = Reporter(run_id, (), self._now)
        run = Run(run_id, COMPANY, self.store, reporter, self._cancel, self._ports, self._watchdog, command)
        code: ExitCode | None
        try:
            code = carry_out(run, work)
        except Crash:
            code = None
        except BridgeError as error:
            code = error.exit_code
        self.faults.note(f"-- ended: {code.name if code is not None else 'died'}")
        self.oracle.end_run(code, run_id, self.store)
        return code

    def _run_id(self) -> str:
        return f"{_START:%Y%m%d-%H%M%S}-{self._runs:04x}"

    def _now(self) -> datetime:
        self._ticks += 1
        return _START + timedelta(milliseconds=self._ticks) - self._set_back


class _NoWait(CancelToken):
    """Time passes at once."""

    def sleep(self, seconds: float) -> None:
        self.check()


def _expired(_error: BridgeError) -> int:
    raise AssertionError("nothing hangs in the simulation")
