"""The commands with which a person decides about documents: mark-exported, send-again and shorten."""

import argparse

from app.commands.company import KINDS
from app.commands.input import InputLines
from app.commands.running import run_work, show_preview
from app.engine.work import mark_exported as mark_exported_work
from app.engine.work import send_again as send_again_work
from app.engine.work import shorten as shorten_work
from app.errors import ExitCode
from app.settings import Home


def mark_exported(home: Home, chosen: argparse.Namespace) -> int:
    """Mark the named documents as exported in Quadient AP."""
    company = home.load().company(chosen.company)
    lines = InputLines()
    ids = lines.ids() if chosen.ids_from else chosen.ids
    work = mark_exported_work(KINDS[chosen.kind], ids, although_not_in_sage=chosen.although_not_in_sage)
    return run_work(home, company, f"mark-exported {chosen.kind}", work, json=chosen.json, lines=lines)


def send_again(home: Home, chosen: argparse.Namespace) -> int:
    """Mark the named documents for export again, and show the preview."""
    company = home.load().company(chosen.company)
    kind, lines = KINDS[chosen.kind], InputLines()
    ids = lines.ids() if chosen.ids_from else chosen.ids
    ended = run_work(
        home,
        company,
        f"send-again {chosen.kind}",
        send_again_work(kind, ids),
        json=chosen.json,
        lines=lines,
    )
    if not chosen.json and ended in (ExitCode.DONE, ExitCode.NEEDS_USER):
        show_preview(home, company, kind)
    return ended


def shorten(home: Home, chosen: argparse.Namespace) -> int:
    """Give an invoice another description for Sage, or the whole one again, and show the preview."""
    company = home.load().company(chosen.company)
    lines = InputLines()
    ids = lines.ids() if chosen.ids_from else [chosen.id]
    if len(ids) != 1:
        raise SystemExit(ExitCode.USAGE)
    work = shorten_work(ids[0], None if chosen.whole else chosen.description)
    ended = run_work(home, company, f"shorten {chosen.kind}", work, json=chosen.json, lines=lines)
    if not chosen.json and ended in (ExitCode.DONE, ExitCode.NEEDS_USER):
        show_preview(home, company, KINDS[chosen.kind])
    return ended
