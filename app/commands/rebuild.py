"""The command that makes a lost store again: rebuild."""

import argparse
import sys
from datetime import UTC, datetime

from app.commands.output import write
from app.commands.running import run_work
from app.domain.language import say
from app.engine.lock import company_lock
from app.engine.store import put_aside_if_damaged
from app.engine.work import rebuild as rebuild_work
from app.settings import Home


def rebuild(home: Home, chosen: argparse.Namespace) -> int:
    """Make the store again from what Sage and the cloud have."""
    company = home.load().company(chosen.company)
    if chosen.anew and home.store_file.exists():
        now = datetime.now(UTC)
        with company_lock(home.locks, company.code, "rebuild", now):
            aside = put_aside_if_damaged(home.store_file, f"{now:%Y%m%d-%H%M%S}")
        if aside is not None:
            write(sys.stderr, say("The damaged store is kept as {aside}.\n", aside=aside))
    return run_work(home, company, "rebuild", rebuild_work(anew=chosen.anew), json=chosen.json)
