"""Runs the engine for a command: events to the terminal or as JSON lines, and cancelling."""

import gc
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import orjson

from app.cloud.port import DocumentKind
from app.commands.input import InputLines
from app.commands.told import json_lines
from app.commands.wiring import ports_for
from app.engine.cancel import CancelToken
from app.engine.events import Sink
from app.engine.ports import Ports
from app.engine.run import Work, execute
from app.errors import ExitCode
from app.settings import CompanySettings, Home

if TYPE_CHECKING:
    from app.commands.terminal import Terminal

log = logging.getLogger(__name__)

LOOK_FOR_CYCLES_AFTER = 100_000  # objects; Python's own 700 is meant for programs with few


def run_work(
    home: Home,
    company: CompanySettings,
    command: str,
    work: Work,
    *,
    json: bool,
    lines: InputLines | None = None,
    ports: Ports | None = None,
    cancel: CancelToken | None = None,
    sink: Sink | None = None,
) -> ExitCode:
    """Do `work` as a run of `company`; Ctrl-C or a line `{"command": "cancel"}` on standard input cancels it.

    `ports` say how to reach both sides, when it is not the usual way. `cancel` is shared by several runs: whoever made
    it listens to standard input. `sink` is told the events too.
    """
    sinks: list[Sink] = [json_lines if json else _terminal(), *([sink] if sink else [])]
    if cancel is None:
        cancel = cancel_by_input(lines or InputLines()) if json else CancelToken()
    with cancelled_by_ctrl_c(cancel), cycles_sought_seldom():
        timeout = home.load().sage_timeout_seconds
        return execute(
            command,
            work,
            home=home,
            company=company,
            timeout=timeout,
            ports=ports or ports_for(company, home),
            sinks=sinks,
            cancel=cancel,
        )


@contextmanager
def cancelled_by_ctrl_c(cancel: CancelToken) -> Iterator[None]:
    """Let Ctrl-C cancel what goes on inside."""
    previous = signal.signal(signal.SIGINT, lambda *_: cancel.cancel())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def cycles_sought_seldom() -> Iterator[None]:
    """Let Python look for cycles of objects less often inside: a million rows have none, and looking costs time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(LOOK_FOR_CYCLES_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def cancel_by_input(lines: InputLines) -> CancelToken:
    """Return what cancels a run as soon as standard input says so."""
    cancel = CancelToken()
    threading.Thread(target=_listen, args=(lines, cancel), name="commands", daemon=True).start()
    return cancel


def show_preview(home: Home, company: CompanySettings, kind: DocumentKind) -> None:
    """Show the kept preview of a kind as a table."""
    from app.engine.views import Views

    views = Views(home.store_file, company.code)
    try:
        _terminal().preview(kind, [row for row in views.documents(kind) if row.pending])
    finally:
        views.close()


def show_totals(home: Home, company: CompanySettings, run: str | None = None) -> None:
    """Show the control totals of a run (default: the newest) as a table."""
    from app.engine.views import Views

    views = Views(home.store_file, company.code)
    try:
        newest = run or next((each.id for each in views.runs(1)), None)
        if newest is not None:
            _terminal().totals(views.totals(newest))
    finally:
        views.close()


def _terminal() -> "Terminal":
    from app.commands.terminal import Terminal  # only people need it, no program

    return Terminal(sys.stdout)


def _listen(lines: InputLines, cancel: CancelToken) -> None:
    """Read commands from standard input until it closes."""
    while (line := lines.next()) is not None:
        try:
            told = orjson.loads(line)
        except ValueError:
            log.warning("What came on standard input is not JSON; it is ignored.")
            continue
        if isinstance(told, dict) and told.get("command") == "cancel":
            cancel.cancel()
