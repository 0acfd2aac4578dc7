"""A run without Sage, cloud or process around it, for tests of single stages."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.engine.cancel import CancelToken
from app.engine.events import Event
from app.engine.ports import Ports
from app.engine.reporter import Reporter
from app.engine.run import Run
from app.engine.store import Store
from app.engine.watchdog import Watchdog
from app.settings import CloudSettings, CompanySettings, SageSettings

NOW = datetime(2026, 3, 2, 8, 2, tzinfo=UTC)

COMPANY = CompanySettings(
    "ABC",
    "Northwind Supply",
    SageSettings("demo", "/nowhere", "BRIDGE"),
    CloudSettings("http://127.0.0.1:1", "c", "le"),
)


def nowhere(*_: Any) -> Any:
    raise AssertionError("this test does not open the other side")


def make_run(folder: Path, run_id: str = "run-1", company: CompanySettings = COMPANY) -> tuple[Run, list[Event]]:
    """Return a run on a store in `folder`, and the list its events go to."""
    told: list[Event] = []
    store = Store(folder / "store.sqlite")
    ports = Ports(nowhere, nowhere, nowhere, lambda: NOW)
    reporter = Reporter(run_id, [told.append], ports.now)
    reporter.store = store
    watchdog = Watchdog(60, lambda error: int(error.exit_code), nowhere)
    return Run(run_id, company, store, reporter, CancelToken(), ports, watchdog), told
