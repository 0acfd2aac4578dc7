"""Health of Sage 100: its folder and driver, the sign-in, the company, and what writes to it."""

import os
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PureWindowsPath

from app.domain.language import later, say
from app.engine.health.results import Check, Result
from app.engine.ports import Ports, Sleep
from app.errors import BridgeError, Side, SkipItem
from app.sage.catalogue import OnCall
from app.sage.company import CompanyName
from app.sage.discovery import Installation, discover
from app.sage.odbc import installed_driver
from app.settings import CompanySettings, SageSettings

FOLDER = Check("sage-folder", Side.SAGE, later("Sage 100's folder"))
DRIVER = Check("sage-driver", Side.SAGE, later("ODBC driver"))
REACHED = Check("sage-reached", Side.SAGE, later("Sage 100's data answers"))
LOGON = Check("sage-logon", Side.SAGE, later("Sign-in to Sage 100"))
COMPANY = Check("sage-company", Side.SAGE, later("The company lets AP Bridge in"))
SINGLE_USER = Check("sage-single-user", Side.SAGE, later("Not in single-user mode"))
OBJECTS = Check("sage-objects", Side.SAGE, later("Business Objects"))
LICENCE = Check("sage-licence", Side.SAGE, later("A free licence"))
_SIGNING_IN = (REACHED, LOGON, COMPANY, SINGLE_USER)
WRITING = (OBJECTS, LICENCE)
CHECKS = (FOLDER, DRIVER, *_SIGNING_IN, *WRITING)

WINDOWS = os.name == "nt"
# A program reaches only ODBC drivers of its own width, and the window starts the engine whose driver is there.
_BITS = struct.calcsize("P") * 8

# Sage's folder is known by what the ODBC driver reads in it.
_IN_FOLDER = ("home", "sy")

# Which check an error of the sign-in belongs to; any other says that Sage's data does not answer.
_STOPPED = {
    "odbc-missing": DRIVER,
    "odbc-driver-missing": DRIVER,
    "odbc-driver-unfit": DRIVER,
    "odbc-width": DRIVER,
    "no-password": LOGON,
    "no-keyring": LOGON,
    "keyring-refused": LOGON,
    "sage-logon-refused": LOGON,
    "sage-company-refused": COMPANY,
    "sage-single-user": SINGLE_USER,
}

_NEVER_ASKED = ("no-password", "no-keyring", "keyring-refused")


class SageLook:
    """Looks at one company of Sage 100.

    `open_ports` says how to reach it, and raises `NeedsUser` where a password is missing. `companies` are those that
    Sage has shown, `installation` what Windows knows of Sage.
    """

    def __init__(
        self,
        company: CompanySettings,
        open_ports: Callable[[], Ports],
        on_call: OnCall,
        sleep: Sleep,
        find: Callable[[], Installation | None] = discover,
    ) -> None:
        self.companies: Sequence[CompanyName] = ()
        self.installation: Installation | None = None
        self._company = company
        self._open_ports = open_ports
        self._on_call = on_call
        self._sleep = sleep
        self._find = find

    def results(self) -> Iterator[Result]:
        """Yield the result of each check; what waits for another one says so."""
        sage = self._company.sage
        results = [self._folder(sage), _driver(sage)]
        yield from results
        for result in results:
            if result.code or (result.state == "unknown" and result.check is DRIVER):
                yield from _all_wait(result, (*_SIGNING_IN, *WRITING))
                return
        if not sage.user:
            yield from (
                check.unknown(say("Not looked at yet: no user is named.")) for check in (*_SIGNING_IN, *WRITING)
            )
            return
        try:
            ports = self._open_ports()
            with ports.open_sage(self._company, self._on_call) as opened:
                try:
                    self.companies = opened.companies()
                except SkipItem:
                    self.companies = ()  # hidden from this user, which does no harm: the code is known
        except BridgeError as error:
            yield from _stopped_by(error)
            return
        yield REACHED.ok(say("Yes."))
        yield LOGON.ok(say("Sage accepts {user} and the password.", user=_reader(sage)))
        yield COMPANY.ok(say("Company {company} is open to other programs.", company=self._company.code))
        yield SINGLE_USER.ok(say("Others may work in Sage at the same time."))
        yield from self._writing(ports)

    def _folder(self, sage: SageSettings) -> Result:
        found = self._find()
        self.installation = found
        if not sage.location:
            if sage.dsn:
                return FOLDER.ok(say("The ODBC data source {name} names it.", name=sage.dsn))
            if found is not None:
                return FOLDER.ok(say("{folder}, as Windows knows.", folder=found.folder))
            if not WINDOWS:
                return FOLDER.needs_windows()
            return FOLDER.blocked(
                say("Windows knows of no Sage 100 on this computer."),
                say("Start Sage 100 here once, which leaves a note of its folder; or name the folder called MAS90."),
                "sage-folder-unknown",
            )
        if _only_windows_knows(sage.location):
            return FOLDER.needs_windows()
        return _folder_at(sage)

    def _writing(self, ports: Ports) -> Iterator[Result]:
        sage = self._company.sage
        if sage.writer == "visual_integrator":
            yield OBJECTS.ok(say("Not needed: this company writes through Visual Integrator."))
            yield LICENCE.ok(say("Not needed until a job runs."))
            return
        if sage.kind != "demo" and not WINDOWS:
            yield from (check.needs_windows() for check in WRITING)
            return
        try:
            with ports.open_writer(self._company, self._on_call, self._sleep):
                pass
        except BridgeError as error:
            if error.code == "sage-no-licence":
                yield OBJECTS.ok(say("They start."))
                yield LICENCE.failed(error)
            else:
                yield OBJECTS.failed(error)
                yield LICENCE.waits_for(OBJECTS)
            return
        yield OBJECTS.ok(say("They start, and let {user} in.", user=sage.user))
        yield LICENCE.ok(say("One was free just now; AP Bridge needs one while it writes."))


def _folder_at(sage: SageSettings) -> Result:
    folder = Path(sage.location)
    try:
        held = {each.name.lower() for each in folder.iterdir()}
    except OSError as error:
        return FOLDER.blocked(
            say("{folder} cannot be opened ({reason}).", folder=folder, reason=error.strerror),
            say("Choose the folder called MAS90 of Sage 100, and see that this computer may open it."),
            "sage-folder-unknown",
        )
    if sage.kind == "sage" and not held.issuperset(_IN_FOLDER):
        return FOLDER.blocked(
            say("{folder} is not Sage's folder: it holds no folders HOME and SY.", folder=folder),
            say("Choose the folder called MAS90 of Sage 100."),
            "sage-folder-unknown",
        )
    return FOLDER.ok(str(folder))


def _reader(sage: SageSettings) -> str:
    if sage.kind != "premium":
        return sage.user
    return sage.sql_user or say("the Windows user")


def _driver(sage: SageSettings) -> Result:
    if sage.kind == "demo":
        return DRIVER.ok(say("The demo brings its own."))
    if sage.dsn:
        return DRIVER.ok(
            say("The ODBC data source {name} names it. AP Bridge works with its {width}-bit engine, which sees "
                "{width}-bit drivers.", name=sage.dsn, width=_BITS)
        )  # fmt: skip
    try:
        return DRIVER.ok(
            say("{driver}, {width}-bit. AP Bridge works with its {width}-bit engine.",
                driver=installed_driver(sage), width=_BITS)
        )  # fmt: skip
    except BridgeError as error:
        if sage.kind == "sage" and not WINDOWS:
            return DRIVER.needs_windows()
        return DRIVER.failed(error)


def _stopped_by(error: BridgeError) -> Iterator[Result]:
    stopped = _STOPPED.get(error.code, REACHED)
    if stopped is DRIVER:
        yield DRIVER.failed(error)
        yield from _all_wait(DRIVER.failed(error), (*_SIGNING_IN, *WRITING))
        return
    for check in _SIGNING_IN:
        if check is stopped:
            yield check.failed(error)
        elif _SIGNING_IN.index(check) > _SIGNING_IN.index(stopped) or error.code in _NEVER_ASKED:
            yield check.waits_for(stopped)
        else:
            yield check.ok(say("Yes."))
    yield from (check.waits_for(stopped) for check in WRITING)


def _all_wait(result: Result, checks: Sequence[Check]) -> Iterator[Result]:
    if result.code:
        yield from (check.waits_for(result.check) for check in checks)
    else:
        yield from (check.needs_windows() for check in checks)


def _only_windows_knows(location: str) -> bool:
    return not WINDOWS and bool(PureWindowsPath(location).drive)
