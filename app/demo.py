"""The demo commands: make the demo world, serve its AP server, and do the whole job on it."""

import argparse
import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import orjson

from app.cloud.port import DocumentKind
from app.commands import open_window, run_work, show_preview, show_totals
from app.engine.work import SyncOptions, send, sync
from app.errors import ExitCode, Side, StopRun
from app.sandbox.company import Scale
from app.sandbox.server.serve import end_of_input, serve
from app.sandbox.world import World, create_world, load_world
from app.settings import CompanySettings, Home


def demo(home: Home, chosen: argparse.Namespace) -> int:
    """Make the demo world where there is none, and open the window on it or do the whole job in the terminal."""
    world = None if chosen.fresh else load_world(home)
    if world is None:
        _tell(chosen, "Making the demo company …")
        world = create_world(home, seed=chosen.seed, scale=Scale(chosen.scale), today=_today())
    with served(home):
        company = home.load().company(world.company)
        if chosen.headless or not _has_display():
            return _whole_job(home, company, chosen)
        return open_window(home, company.code)


def create(home: Home, chosen: argparse.Namespace) -> int:
    """Make the demo world anew and print what a script needs to know of it."""
    world = create_world(home, seed=chosen.seed, scale=Scale(chosen.scale), today=_today())
    _print(world.description())
    return ExitCode.DONE


def serve_world(home: Home, chosen: argparse.Namespace) -> int:
    """Serve the world's AP server until SIGTERM, Ctrl-C or (when asked) the end of standard input."""
    world = _existing(home)

    def ready(url: str) -> None:
        _print(world.at(url).description())

    until = end_of_input if chosen.while_input_open else threading.Event().wait
    try:
        serve(world.cloud_file, port=world.port if chosen.port is None else chosen.port, ready=ready, until=until)
    except OSError as error:
        if chosen.port is not None or error.errno != errno.EADDRINUSE:
            raise
        serve(world.cloud_file, ready=ready, until=until)  # another program took the port: any free one will do
    return ExitCode.DONE


@contextmanager
def served(home: Home) -> Iterator[None]:
    """Run the world's AP server in a process of its own; it ends with this one, however this one ends.

    Raises:
        StopRun: when it does not start.
    """
    command = [sys.executable, "-m", "app", "sandbox", "serve", "--while-input-open"]
    environment = os.environ | {"APBRIDGE_HOME": str(home.path)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, encoding="utf-8"
    ) as server:
        assert server.stdin and server.stdout  # noqa: PT018, S101  # both are pipes
        try:
            if not server.stdout.readline():
                raise StopRun(
                    "demo-server",
                    "The demo's Quadient AP did not start",
                    "The demo serves a stand-in for Quadient AP on this computer, and it ended at once.",
                    "Start the demo again; with “--fresh” it is made anew.",
                    side=Side.COMPUTER,
                )
            yield
        finally:
            server.stdin.close()


def _whole_job(home: Home, company: CompanySettings, chosen: argparse.Namespace) -> int:
    """Sync, preview, send all that is ready, compare totals; return the gravest exit code."""
    _tell(chosen, f"{company.name} ({company.code})\n\nSync Now")
    ended = [run_work(home, company, "sync", sync(SyncOptions()), json=chosen.json)]
    for kind, name in ((DocumentKind.INVOICE, "invoices"), (DocumentKind.PAYMENT, "payments")):
        if max(ended) > ExitCode.NEEDS_USER:
            break
        if not chosen.json:
            show_preview(home, company, kind)
        _tell(chosen, f"Send {name}")
        ended.append(run_work(home, company, f"send {name}", send(kind, None), json=chosen.json))
        if not chosen.json:
            show_totals(home, company)
    return max(ended)


def _existing(home: Home) -> World:
    world = load_world(home)
    if world is None:
        raise StopRun(
            "no-world",
            "There is no demo world yet",
            f"{home.sandbox} holds none.",
            "Make one with “apbridge sandbox create”.",
            side=Side.COMPUTER,
        )
    return world


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _tell(chosen: argparse.Namespace, text: str) -> None:
    if not chosen.json:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def _print(value: Any) -> None:
    sys.stdout.write(orjson.dumps(value).decode() + "\n")
    sys.stdout.flush()
