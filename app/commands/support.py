"""The command that makes a support bundle."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.commands.output import write
from app.commands.trouble import computer_trouble
from app.domain.language import say
from app.engine.events import Event, Kind
from app.engine.support import bundle
from app.errors import ExitCode
from app.settings import Home, write_whole


def support(home: Home, chosen: argparse.Namespace) -> int:
    """Make a support bundle and say what is in it; it needs neither Sage nor Quadient AP."""
    now = datetime.now(UTC)
    file = Path(chosen.file or f"apbridge-support-{now.astimezone():%Y%m%d-%H%M%S}.zip").absolute()
    content, words = bundle(home, [chosen.company] if chosen.company else [])
    try:
        write_whole(file, content)
    except OSError as error:
        raise computer_trouble(file.parent, error) from error
    if chosen.json:
        data = {"outcome": "done", "exit_code": int(ExitCode.DONE), "summary": {"file": str(file), "contents": words}}
        write(sys.stdout, Event("", now, Kind.RUN_FINISHED, data).line() + "\n")
        return ExitCode.DONE
    lines = "\n".join(f"  {each}" for each in words)
    write(
        sys.stdout,
        say(
            "The support bundle is {file}\n\nIn it:\n{lines}\n\nNo passwords and no documents. The logs and runs "
            "name vendors, invoices and amounts where something was wrong with them; look through it before "
            "you send it.\n",
            file=file,
            lines=lines,
        ),
    )
    return ExitCode.DONE
