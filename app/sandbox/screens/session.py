"""Signing in to the demo's Business Objects (ProvideX.Script and SY_Session), step by step as Sage wants it."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from app.sandbox.place import company_file
from app.sandbox.sage.logon import Refusal, company_refusal, find_user
from app.sandbox.screens.check import ManualCheckEntry
from app.sandbox.screens.entry import EntryScreen
from app.sandbox.screens.invoice import InvoiceEntry
from app.sandbox.screens.link import FAILED, OK, Link, Problem, answers
from app.sandbox.screens.receipt import ReceiptOfInvoiceEntry
from app.sandbox.screens.record import entered_day


class Task(NamedTuple):
    """One task of Sage's menu: the number it is looked up as, its module and its business object."""

    number: int
    module: str
    business_object: str
    screen: type[EntryScreen]


TASKS: Mapping[str, Task] = {
    "AP_Invoice_ui": Task(1101, "A/P", "AP_Invoice_bus", InvoiceEntry),
    "AP_ManualCheck_ui": Task(1102, "A/P", "AP_ManualCheck_bus", ManualCheckEntry),
    "PO_ReceiptInvoice_ui": Task(2101, "P/O", "PO_Receipt_bus", ReceiptOfInvoiceEntry),
}
_MODULES = ("A/P", "G/L", "P/O")
_REFUSED = {
    Refusal.UNKNOWN_COMPANY: "Company {} is not on file.",
    Refusal.NO_EXTERNAL_ACCESS: "Company {} does not allow external access.",
    Refusal.SINGLE_USER_MODE: "Company {} is in single-user mode.",
}


class Session:
    """SY_Session. The order is: user, company, date, module, program; then objects can be made."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.said = ""

    @property
    def sLastErrorMsg(self) -> str:  # noqa: N802  # Sage's spelling
        """What Sage says about the last step."""
        return self.said

    @property
    def sCompanyCode(self) -> str:  # noqa: N802
        """The open company, '' before there is one."""
        return self.link.company

    @answers
    def nLogon(self) -> int:  # noqa: N802
        """Sign in as the Windows user: 0, since the demo has no unified logon."""
        raise Problem("Unified logon is not enabled.")

    @answers
    def nSetUser(self, user: str, password: str) -> int:  # noqa: N802
        """Sign in. The demo world may hold several companies, and any of them knows its user."""
        self.link.user = None
        switches = self.link.faults.now
        for file in sorted(company_file(self.link.location, "x").parent.glob("MAS_*.sqlite")):
            with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
                found = find_user(database, user, password, switches)
            if found is not None and found.administrator:
                raise Problem("The Administrator cannot be used by external programs.")
            if found is not None and switches.no_licence:
                raise Problem("The maximum number of users has been reached. No license is available.")
            if found is not None:
                self.link.user = found
                return OK
        raise Problem("The user logon or password is invalid.")

    @answers
    def nSetCompany(self, code: str) -> int:  # noqa: N802
        """Open a company."""
        if self.link.user is None:
            raise Problem("The user has not been set.")
        file = company_file(self.link.location, code)
        refusal: Refusal | None = Refusal.UNKNOWN_COMPANY
        if file.is_file():
            refusal = company_refusal(self.link.open(file), code, self.link.faults.now)
        if refusal is not None:
            self.link.close()
            raise Problem(_REFUSED[refusal].format(code))
        self.link.company = code
        return OK

    @answers
    def nSetDate(self, module: str, day: str) -> int:  # noqa: N802
        """Set a module's accounting date, YYYYMMDD."""
        self._known_module(module)
        self.link.dates[module] = entered_day(day)
        return OK

    @answers
    def nSetModule(self, module: str) -> int:  # noqa: N802
        """Go to a module."""
        self._known_module(module)
        if module not in self.link.dates:
            raise Problem(f"The module date of {module} has not been set.")
        self.link.module = module
        return OK

    @answers
    def nLookupTask(self, name: str) -> int:  # noqa: N802
        """Return the number of a task, 0 when there is none."""
        self._open_company()
        if name not in TASKS:
            raise Problem(f"Task {name} is not on file.")
        return TASKS[name].number

    @answers
    def nSetProgram(self, number: int) -> int:  # noqa: N802
        """Go to a task, which asks the user's rights."""
        self._open_company()
        self.link.task = ""
        name = next((name for name, task in TASKS.items() if task.number == number), "")
        if not name:
            raise Problem(f"Task {number} is not on file.")
        if TASKS[name].module != self.link.module:
            raise Problem(f"Task {name} belongs to module {TASKS[name].module}.")
        if self.link.user is None or name not in self.link.user.tasks:
            raise Problem(f"You are not authorized to access {name}. See your system administrator.")
        self.link.task = name
        return OK

    @answers
    def nCleanup(self) -> int:  # noqa: N802
        """Sign out."""
        self.link.close()
        self.link.user = None
        self.link.task = ""
        return OK

    def DropObject(self) -> None:  # noqa: N802
        """Let go of the session."""
        self.link.close()

    def screen(self, business_object: str) -> EntryScreen:
        """Return a new business object.

        Raises:
            Problem: no company is open, there is no such object, or its task was not set before.
        """
        self._open_company()
        task = next((name for name, task in TASKS.items() if task.business_object == business_object), "")
        if not task:
            raise Problem(f"Object {business_object} is not on file.")
        if self.link.task != task:
            raise Problem(f"You are not authorized to access {business_object}: its task has not been set.")
        return TASKS[task].screen(self.link)

    def _known_module(self, module: str) -> None:
        self._open_company()
        if module not in _MODULES:
            raise Problem(f"Module {module} is not on file.")

    def _open_company(self) -> None:
        if not self.link.company:
            raise Problem("No company has been set for this session.")
        if self.link.faults.now.single_user_mode:
            raise Problem(_REFUSED[Refusal.SINGLE_USER_MODE].format(self.link.company))


class Script:
    """ProvideX.Script."""

    def __init__(self, link: Link) -> None:
        self.link = link

    def Init(self, home: str) -> None:  # noqa: N802  # Sage's spelling
        """Start: must come first, with the demo world's folder, or one in it, in place of MAS90's Home."""
        self.link.arrive("Init")
        folder = Path(home)
        self.link.started = self.link.location in (folder, folder.parent)

    def NewObject(self, name: str, session: Any = None) -> Any:  # noqa: N802
        """Return a new object, or 0 when Sage refuses; the session then says why."""
        self.link.arrive("NewObject")
        if not self.link.started:
            return FAILED
        if name == "SY_Session":
            return Session(self.link)
        if not isinstance(session, Session):
            return FAILED
        session.said = ""
        try:
            return session.screen(name)
        except Problem as problem:
            session.said = str(problem)
            return FAILED

    def DropObject(self) -> None:  # noqa: N802
        """Let go of everything."""
        self.link.close()
