"""Health of this computer: program width, disk, proxy and keyring."""

import platform
import re
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from app.credentials import KeyringCredentials, keyring_is_there
from app.domain.language import later, say, whole
from app.engine.health.results import Check, Result
from app.errors import BridgeError, Side, StopRun
from app.settings import CompanySettings

ROOM = 20_000_000  # bytes: enough for the journal and logs of a run
AMPLE_ROOM = 500_000_000

WIDTH = Check("width", Side.COMPUTER, later("AP Bridge's program"))
DISK = Check("disk", Side.COMPUTER, later("Room on the disk"))
PROXY = Check("proxy", Side.COMPUTER, later("Way to the internet"))
KEYRING = Check("keyring", Side.COMPUTER, later("Place for passwords"))
CHECKS = (WIDTH, DISK, PROXY, KEYRING)

_PASSWORD = re.compile("//.*@")


def look_at_computer(home: Path, company: CompanySettings | None) -> Iterator[Result]:
    """Yield the result of each check, `company` being the one it is for, if there is one yet."""
    yield WIDTH.ok(
        say(
            "A {bits}-bit program with Python {version}.",
            bits=struct.calcsize("P") * 8,
            version=platform.python_version(),
        )
    )
    yield _disk(home)
    yield _proxy(company)
    yield _keyring(demo=company is not None and company.sage.kind == "demo")


def room_missing(folder: Path) -> StopRun | None:
    """Return what stops a run when the disk has no room for its notes, else None."""
    free = shutil.disk_usage(folder).free
    if free >= ROOM:
        return None
    return StopRun(
        "disk-full",
        say("The disk is almost full"),
        say(
            "Only {free} MB are free where AP Bridge keeps its notes ({folder}).",
            free=whole(round(free / 1e6)),
            folder=folder,
        ),
        say("Free some space and start again. Nothing was sent."),
        side=Side.COMPUTER,
    )


def _disk(home: Path) -> Result:
    # The home folder is made by the first thing that is kept in it.
    folder = next(each for each in (home, *home.absolute().parents) if each.is_dir())
    missing = room_missing(folder)
    if missing is not None:
        return DISK.failed(missing)
    free = shutil.disk_usage(folder).free
    if free < AMPLE_ROOM:
        return DISK.warning(
            say(
                "{free} MB are free where AP Bridge keeps its notes ({folder}).",
                free=whole(round(free / 1e6)),
                folder=home,
            ),
            say("Free some space soon."),
        )
    return DISK.ok(
        say(
            "{gigabytes} GB are free where AP Bridge keeps its notes ({folder}).",
            gigabytes=whole(free // 1_000_000_000),
            folder=home,
        )
    )


def _proxy(company: CompanySettings | None) -> Result:
    proxies = getproxies()
    if company is None or not company.cloud.url:
        proxy = proxies.get("https", "")
        return PROXY.ok(
            say("Through the proxy {proxy}.", proxy=_without_password(proxy))
            if proxy
            else say("Straight, without a proxy.")
        )
    address = urlsplit(company.cloud.url)
    host = address.hostname or company.cloud.url
    proxy = "" if proxy_bypass(host) else proxies.get(address.scheme, proxies.get("all", ""))
    if proxy and company.sage.kind != "demo":
        return PROXY.ok(say("{host} is asked through the proxy {proxy}.", host=host, proxy=_without_password(proxy)))
    return PROXY.ok(say("{host} is asked straight, without a proxy.", host=host))


def _keyring(*, demo: bool) -> Result:
    if not keyring_is_there():
        if demo:
            return KEYRING.warning(
                say(
                    "This computer has no keyring. The demo's passwords are kept in memory; those of a real company "
                    "would have no place."
                ),
                say("Before you connect a real company, sign in to a desktop session with a keyring."),
            )
        return KEYRING.blocked(
            say("This computer has no keyring (Windows Credential Manager, macOS Keychain or Secret Service)."),
            say("Sign in to a desktop session with a keyring and start again."),
            "no-keyring",
        )
    try:
        KeyringCredentials().get("doctor")
    except BridgeError as error:
        return KEYRING.failed(error)
    return KEYRING.ok(say("The computer's keyring is open."))


def _without_password(proxy: str) -> str:
    return _PASSWORD.sub("//…@", proxy)
