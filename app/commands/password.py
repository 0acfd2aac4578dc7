"""The command that keeps a password in the keyring, or no longer; it never stands on a command line or in a file."""

import argparse
import sys
from getpass import getpass

from app.commands.input import InputLines
from app.commands.output import write
from app.commands.told import tell_done
from app.credentials import keyring_is_there, open_credentials
from app.domain.language import say
from app.errors import ExitCode, NeedsUser, Side
from app.settings import Home

ALL = "all"
NAMES = {"sage": "Sage 100", "cloud": "Quadient AP", "sql": "SQL Server"}


def password(home: Home, chosen: argparse.Namespace) -> int:
    """Ask for a password (or read one line of standard input, for scripts) and keep it; or keep it no longer."""
    if chosen.forget:
        return _forget(home, chosen)
    if chosen.side == ALL:
        sys.stderr.write(say("“all” goes with “--forget” only: each password is typed by itself.\n"))
        return ExitCode.USAGE
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


def _forget(home: Home, chosen: argparse.Namespace) -> int:
    """Keep passwords no longer, also those of a company that is not connected any more."""
    code = chosen.company or home.load().company(None).code
    sides = NAMES if chosen.side == ALL else (chosen.side,)
    # Without a keyring nothing was ever kept.
    forgotten = [side for side in sides if keyring_is_there() and open_credentials().forget(f"{code}/{side}")]
    if chosen.json:
        tell_done({"forgotten": forgotten})
    elif forgotten:
        names = ", ".join(NAMES[side] for side in forgotten)
        write(
            sys.stdout,
            say("The keyring no longer holds the password for {names}, company {code}.\n", names=names, code=code),
        )
    else:
        write(sys.stdout, say("The keyring held no such password of company {code}.\n", code=code))
    return ExitCode.DONE
