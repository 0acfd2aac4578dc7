"""The demo commands: make the demo world, serve its AP server, and do the whole job on it."""

import argparse
import os
import sys
from datetime import UTC, datetime

from app.cloud.port import DocumentKind
from app.commands.output import write
from app.commands.running import run_work, show_preview, show_totals
from app.commands.server import print_world, served
from app.commands.told import tell_done
from app.commands.window import first_start_again, open_already, open_window
from app.domain.language import say
from app.engine.lock import company_lock
from app.engine.work import SyncOptions, send, sync
from app.errors import ExitCode
from app.sandbox.company import Scale
from app.sandbox.world import COMPANY, World, create_world, load_world
from app.settings import CompanySettings, Home


def demo(home: Home, chosen: argparse.Namespace) -> int:
    """Make the demo world where there is none, and open the window on it or do the whole job in the terminal."""
    world = None if chosen.fresh else load_world(home)
    if world is None:
        _tell(chosen, say("Making the demo company …"))
        world = _make_world(home, chosen, "demo")
    shown = _has_display() and not chosen.headless
    if shown and open_already(home, world.company):
        return ExitCode.DONE
    with served(home):
        company = home.load().company(world.company)
        if not shown:
            return _whole_job(home, company, chosen)
        ended = open_window(home, company.code)
    return first_start_again(home, ended)


def create(home: Home, chosen: argparse.Namespace) -> int:
    """Make the demo world anew and print what a script needs to know of it; as an event, only that it is done."""
    world = _make_world(home, chosen, "sandbox create")
    if chosen.json:
        tell_done({"company": world.company})
    else:
        print_world(world)
    return ExitCode.DONE


def _make_world(home: Home, chosen: argparse.Namespace, command: str) -> World:
    """Make the demo world anew, while no run works on the old one."""
    now = datetime.now(UTC)
    with company_lock(home.locks, COMPANY, command, now):
        return create_world(
            home,
            seed=chosen.seed,
            scale=Scale(chosen.scale),
            today=now.astimezone().date(),
            writer=chosen.writer,
        )


def _whole_job(home: Home, company: CompanySettings, chosen: argparse.Namespace) -> int:
    """Sync, preview, send all that is ready, compare totals; return the gravest exit code."""
    _tell(chosen, f"{company.name} ({company.code})\n\n{say('Sync Now')}")
    ended = [run_work(home, company, "sync", sync(SyncOptions()), json=chosen.json)]
    for kind, name in ((DocumentKind.INVOICE, "invoices"), (DocumentKind.PAYMENT, "payments")):
        if max(ended) > ExitCode.NEEDS_USER:
            break
        if not chosen.json:
            show_preview(home, company, kind)
        _tell(chosen, say("Send invoices") if kind is DocumentKind.INVOICE else say("Send payments"))
        ended.append(run_work(home, company, f"send {name}", send(kind, None), json=chosen.json))
        if not chosen.json:
            show_totals(home, company)
    return max(ended)


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _tell(chosen: argparse.Namespace, text: str) -> None:
    if not chosen.json:
        write(sys.stdout, f"{text}\n")
