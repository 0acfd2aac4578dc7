"""Finds the Sage 100 of this computer: where it is installed, as Sage itself writes it into Windows."""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.language import say
from app.errors import NeedsUser, Side
from app.settings import DEFAULT_PORT, LAST_PORT, SageSettings

log = logging.getLogger(__name__)

# Sage makes this data source for the user at each start. It is of no use for reading, but it says where Sage is.
DATA_SOURCE = r"Software\ODBC\ODBC.INI\SOTAMAS90"

USER = "HKEY_CURRENT_USER"
MACHINE = "HKEY_LOCAL_MACHINE"
WIDTHS = (64, 32)

ReadValue = Callable[[str, int, str], object]
"""(USER or MACHINE, width of the registry's view in bits, name) -> that value of the data source, None without it."""


@dataclass(frozen=True, slots=True)
class Installation:
    """An installed Sage 100: the MAS90 folder, its ODBC server if it has one, and where that is written."""

    folder: str
    remote_host: str = ""
    remote_port: int = DEFAULT_PORT
    found_in: str = ""


def discover(read: ReadValue | None = None) -> Installation | None:
    """Return the Sage 100 that this computer's registry knows, the user's own before everybody's; else None."""
    read = read or _registry()
    if read is None:
        return None
    for root in (USER, MACHINE):
        for width in WIDTHS:
            folder = _text(read(root, width, "Directory")).rstrip("\\/")
            if folder:
                found_in = f"{root}\\{DATA_SOURCE} ({width}-bit)"
                log.debug("Sage 100 is in %s, says %s", folder, found_in)
                host = _text(read(root, width, "RemotePVKIOHost"))
                return Installation(folder, host, _port(read(root, width, "RemotePVKIOPort")), found_in)
    return None


def located(settings: SageSettings, find: Callable[[], Installation | None] = discover) -> SageSettings:
    """Return `settings` with the folder of Sage; where they name none, the one that is found on this computer.

    Raises:
        NeedsUser: `sage-folder-unknown`, when none is found.
    """
    if settings.location:
        return settings
    found = find()
    if found is None:
        raise NeedsUser(
            "sage-folder-unknown",
            say("It is not known where Sage 100 is installed"),
            say("AP Bridge's settings name no folder, and Windows knows of no Sage 100 on this computer."),
            say(
                "Start Sage 100 here once, which leaves a note of its folder; or choose the folder called "
                "MAS90 in Settings > Companies > Change the connection."
            ),
            side=Side.SAGE,
        )
    located = replace(settings, location=found.folder)
    if found.remote_host and settings.kind == "sage" and not settings.remote_host:
        located = replace(located, remote_host=found.remote_host, remote_port=found.remote_port)
    return located


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _port(value: object) -> int:
    text = str(value).strip() if value is not None else ""
    port = int(text) if text.isascii() and text.isdigit() else 0
    return port if 0 < port <= LAST_PORT else DEFAULT_PORT


def _registry() -> ReadValue | None:
    """Return what reads this computer's registry; None where there is none."""
    registry: ReadValue | None = None
    if sys.platform == "win32":
        import winreg  # only Windows has it

        roots = {USER: winreg.HKEY_CURRENT_USER, MACHINE: winreg.HKEY_LOCAL_MACHINE}
        views = {64: winreg.KEY_WOW64_64KEY, 32: winreg.KEY_WOW64_32KEY}

        def read(root: str, width: int, name: str) -> object:
            try:
                with winreg.OpenKey(roots[root], DATA_SOURCE, 0, winreg.KEY_READ | views[width]) as key:
                    value: object = winreg.QueryValueEx(key, name)[0]
            except OSError as error:  # not there, or not for this user
                log.debug("%s (%s-bit) %s: %s", root, width, name, error)
                return None
            return value

        registry = read
    return registry
