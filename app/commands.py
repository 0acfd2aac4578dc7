"""What the commands do: choose the company, run the engine, show what it tells."""

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import orjson

from app.cloud.port import DocumentKind
from app.domain.codec import plain
from app.engine.cancel import CancelToken
from app.engine.events import Sink
from app.engine.run import Work, execute
from app.engine.views import Views
from app.engine.work import PARTS, SyncOptions, preview_only, send, sync
from app.errors import BridgeError, ExitCode, NeedsUser, Side
from app.input import InputLines
from app.logs import start_logging
from app.settings import CompanySettings, Home
from app.terminal import Terminal, json_lines
from app.wiring import ports_for

log = logging.getLogger(__name__)

KINDS = {"invoices": DocumentKind.INVOICE, "payments": DocumentKind.PAYMENT}


def run(chosen: argparse.Namespace) -> int:
    """Run the chosen command; return its exit code. What stops it is told in one sentence on standard error."""
    home = Home()
    try:
        start_logging(home.logs, terminal=not getattr(chosen, "json", False))
        return _COMMANDS[chosen.command](home, chosen)
    except BridgeError as error:
        log.info("%s: %s %s", error.code, error, error.detail)
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except OSError as error:
        sys.stderr.write(
            f"AP Bridge cannot work in {home.path}: {error.strerror or error}. "
            "Free some space or check the folder's rights, and start again.\n"
        )
        return ExitCode.COMPUTER


def run_work(
    home: Home,
    company: CompanySettings,
    command: str,
    work: Work,
    *,
    json: bool,
    lines: InputLines | None = None,
) -> ExitCode:
    """Do `work` as a run of `company`; Ctrl-C or a line `{"command": "cancel"}` on standard input cancels it."""
    cancel = CancelToken()
    sinks: list[Sink] = [json_lines if json else Terminal(sys.stdout)]
    if json:
        threading.Thread(target=_listen, args=(lines or InputLines(), cancel), name="commands", daemon=True).start()
    previous = signal.signal(signal.SIGINT, lambda *_: cancel.cancel())
    try:
        timeout = home.load().sage_timeout_seconds
        return execute(
            command,
            work,
            home=home,
            company=company,
            timeout=timeout,
            ports=ports_for(company),
            sinks=sinks,
            cancel=cancel,
        )
    finally:
        signal.signal(signal.SIGINT, previous)


def show_preview(home: Home, company: CompanySettings, kind: DocumentKind) -> None:
    """Show the kept preview of a kind as a table."""
    views = Views(home.store_file, company.code)
    try:
        Terminal(sys.stdout).preview(kind, [row for row in views.documents(kind) if row.state != "sent"])
    finally:
        views.close()


def show_totals(home: Home, company: CompanySettings, run: str | None = None) -> None:
    """Show the control totals of a run (default: the newest) as a table."""
    views = Views(home.store_file, company.code)
    try:
        newest = run or next((each.id for each in views.runs(1)), None)
        if newest is not None:
            Terminal(sys.stdout).totals(views.totals(newest))
    finally:
        views.close()


def _sync(home: Home, chosen: argparse.Namespace) -> int:
    company = home.load().company(chosen.company)
    unknown = sorted(set(chosen.only) - set(PARTS))
    if unknown:
        sys.stderr.write(f"There is no part called {', '.join(unknown)}. The parts are: {', '.join(PARTS)}.\n")
        return ExitCode.USAGE
    options = SyncOptions(frozenset(chosen.only), chosen.full, chosen.accept_deletions)
    return run_work(home, company, "sync", sync(options), json=chosen.json)


def _preview(home: Home, chosen: argparse.Namespace) -> int:
    company = home.load().company(chosen.company)
    kind = KINDS[chosen.kind]
    ended = run_work(home, company, f"preview {chosen.kind}", preview_only(kind), json=chosen.json)
    if not chosen.json and ended in (ExitCode.DONE, ExitCode.NEEDS_USER):
        show_preview(home, company, kind)
    return ended


def _send(home: Home, chosen: argparse.Namespace) -> int:
    company = home.load().company(chosen.company)
    lines = InputLines()
    ids = _read_ids(lines) if chosen.ids_from else chosen.ids
    ended = run_work(home, company, f"send {chosen.kind}", send(KINDS[chosen.kind], ids), json=chosen.json, lines=lines)
    if not chosen.json and ended in (ExitCode.DONE, ExitCode.NEEDS_USER):
        show_totals(home, company)
    return ended


def _status(home: Home, chosen: argparse.Namespace) -> int:
    company = home.load().company(chosen.company)
    views = Views(home.store_file, company.code)
    try:
        needs = views.needs_you()
        if chosen.json:
            _print_json(
                {
                    "company": company.code,
                    "last_sync": _iso(views.last_sync()),
                    "lists": plain(views.lists()),
                    "needs_you": plain(needs),
                }
            )
        else:
            Terminal(sys.stdout).status(company, views.last_sync(), views.lists(), needs)
    finally:
        views.close()
    return ExitCode.NEEDS_USER if needs else ExitCode.DONE


def _history(home: Home, chosen: argparse.Namespace) -> int:
    company = home.load().company(chosen.company)
    views = Views(home.store_file, company.code)
    try:
        runs = views.runs()
        if chosen.run is None:
            if chosen.json:
                _print_json(plain(runs))
            else:
                Terminal(sys.stdout).runs(runs)
            return ExitCode.DONE
        if chosen.run not in {each.id for each in runs}:
            raise NeedsUser(
                "unknown-run",
                f"There is no run {chosen.run}",
                "It is not among the runs that are kept.",
                "See “apbridge history” for those there are.",
                side=Side.COMPUTER,
            )
        events, totals = views.events(chosen.run), views.totals(chosen.run)
        if chosen.json:
            _print_json({"events": plain(events), "totals": plain(totals)})
        else:
            Terminal(sys.stdout).run(events, totals)
    finally:
        views.close()
    return ExitCode.DONE


def _window(home: Home, chosen: argparse.Namespace) -> int:
    company = home.load().company(chosen.company)
    if company.sage.kind == "demo":
        # The demo's AP server lives as long as the window.
        from app.demo import served

        with served(home):
            return open_window(home, company.code)
    return open_window(home, company.code)


def open_window(home: Home, company: str) -> int:
    """Open the window and return its exit code once it is closed.

    Raises:
        NeedsUser: when Qt is not installed.
    """
    try:
        from app.gui.main import run_window
    except ImportError as error:
        raise NeedsUser(
            "no-qt",
            "The window cannot be opened",
            f"Qt is not installed or cannot be loaded ({error}).",
            "Install AP Bridge with its window (“pip install apbridge[window]”), or use the commands.",
            side=Side.COMPUTER,
        ) from error
    return run_window(home, company)


def _demo(home: Home, chosen: argparse.Namespace) -> int:
    from app.demo import demo

    return demo(home, chosen)


def _sandbox_create(home: Home, chosen: argparse.Namespace) -> int:
    from app.demo import create

    return create(home, chosen)


def _sandbox_serve(home: Home, chosen: argparse.Namespace) -> int:
    from app.demo import serve_world

    return serve_world(home, chosen)


def _read_ids(lines: InputLines) -> list[str]:
    try:
        ids = orjson.loads(lines.next() or "")
    except ValueError:
        ids = None
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise NeedsUser(
            "ids-unreadable",
            "The list of documents cannot be read",
            "The first line of standard input is not a JSON array of ids.",
            'Write it like ["inv-1", "inv-2"].',
            side=Side.COMPUTER,
        )
    return ids


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


def _print_json(value: Any) -> None:
    sys.stdout.write(orjson.dumps(value, default=str).decode() + "\n")


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


_COMMANDS: dict[str, Callable[[Home, argparse.Namespace], int]] = {
    "window": _window,
    "demo": _demo,
    "sync": _sync,
    "preview": _preview,
    "send": _send,
    "status": _status,
    "history": _history,
    "sandbox create": _sandbox_create,
    "sandbox serve": _sandbox_serve,
}
