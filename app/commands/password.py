"""The command that puts a password into the keyring; it never stands on a command line or in a file."""

import argparse
import sys
from getpass import getpass

from app.commands.input import InputLines
from app.commands.output import write
from app.commands.terminal import tell_done
from app.credentials import open_credentials
from app.domain.language import say
from app.errors import ExitCode, NeedsUser, Side
from app.settings import Home

NAMES = {"sage": "Sage 100", "cloud": "Quadient AP", "sql": "SQL Server"}


def password(home: Home, chosen: argparse.Namespace) -> int:
    """Ask for a password (or read one line of standard input, for scripts) and keep it."""
    company = home.load().company(chosen.company)
    credentials = open_credentials()
    asked = say("Password for {names}, company {code}: ", names=NAMES[chosen.side], code=company.code)
    secret = getpass(asked) if sys.stdin is not None and sys.stdin.isatty() else InputLines().next()
    if not secret:
        raise NeedsUser(
            "no-password-given",
            say("No password was given"),
            say("The old one stays in the keyring."),
            say("Start the command again and type the password, or pass it on standard input."),
            side=Side.COMPUTER,
        )
    credentials.put(f"{company.code}/{chosen.side}", secret)
    if chosen.json:
        tell_done({"side": chosen.side})
    else:
        write(
            sys.stdout, say("The password for {names} is kept in this computer's keyring.\n", names=NAMES[chosen.side])
        )
    return ExitCode.DONE
