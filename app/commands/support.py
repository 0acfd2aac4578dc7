"""The command that makes a support bundle."""

import argparse
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.commands.output import write
from app.commands.trouble import computer_trouble
from app.credentials import SIDES, KeyringCredentials, keyring_is_there
from app.domain.language import say
from app.engine.events import Event, Kind
from app.engine.support import bundle
from app.errors import BridgeError, ExitCode
from app.settings import Home, write_whole

log = logging.getLogger(__name__)


def support(home: Home, chosen: argparse.Namespace) -> int:
    """Make a support bundle and say what is in it; it needs neither Sage nor Quadient AP."""
    now = datetime.now(UTC)
    file = Path(chosen.file or f"apbridge-support-{now.astimezone():%Y%m%d-%H%M%S}.zip").absolute()
    content, words = bundle(home, [chosen.company] if chosen.company else [], _secrets(home), names=chosen.names)
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
            "The support bundle is {file}\n\nIn it:\n{lines}\n\nNo passwords and no documents. What looks like a "
            "number of a bank or a tax office is replaced by a stand-in; so are names, unless you asked for them with "
            "“--names”. Look through it before you send it.\n",
            file=file,
            lines=lines,
        ),
    )
    return ExitCode.DONE


def _secrets(home: Home) -> list[str]:
    """Return the secrets that this computer keeps for AP Bridge, to be looked for in what is sent away."""
    try:
        names = [f"{company.code}/{side}" for company in home.load().companies for side in SIDES]
        kept = KeyringCredentials()
        found = [kept.get(name) for name in names] if keyring_is_there() else []
    except BridgeError as error:  # a bundle is made when something is broken; what looks like a secret is taken out
        log.info("%s: %s", error.code, error)
        return []
    return [secret for secret in found if secret]
