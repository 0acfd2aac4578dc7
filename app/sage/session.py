"""A signed-in session of Sage's Business Objects, from which entry screens are opened."""

import logging
from collections.abc import Sequence
from datetime import date
from typing import Any

from app.domain.language import say
from app.errors import BridgeError, NeedsUser, Side
from app.sage.business_objects import PROGRAM_ID, Dispatch
from app.sage.catalogue import OnCall
from app.sage.dates import compact
from app.sage.entry import Entry
from app.sage.refusals import Refused, company_refused, logon_refused, passing_or_user, task_refused

log = logging.getLogger(__name__)


class Session:
    """One signed-in user in one company. It takes one of Sage's licences until it is closed.

    Raises:
        NeedsUser: sign-in, company or a right refused, or Sage's folder not found.
        RetryLater: single-user mode, no licence free, or Sage does not answer.
    """

    def __init__(self, dispatch: Dispatch, home: str, today: date, on_call: OnCall) -> None:
        self._on_call = on_call
        self._today = today
        with on_call(say("starting Sage's Business Objects")):
            self._script = dispatch(PROGRAM_ID)
            self._script.Init(home)
            raw = self._script.NewObject("SY_Session")
        if raw is None or isinstance(raw, int):
            raise NeedsUser(
                "sage-not-found",
                say("Sage 100 was not found"),
                say("Its Business Objects could not be started from {home}.", home=home),
                say(
                    "Correct the folder of Sage 100 in Settings > Companies > Change the connection; it is called "
                    "MAS90."
                ),
                side=Side.SAGE,
            )
        self._raw = raw
        self._session = Entry(raw, "Sage 100", on_call)

    def sign_in(self, user: str, password: str, company: str) -> None:
        """Sign the user in and open the company."""
        try:
            self._session.do("nSetUser", user, password, shown=False)
        except Refused as refused:
            raise logon_refused(refused) from None
        try:
            self._session.do("nSetCompany", company)
        except Refused as refused:
            raise company_refused(refused, company) from refused

    def open(self, module: str, task: str, business_object: str, screen: str) -> Entry:
        """Open an entry screen the way Sage's menu does, which checks the user's rights."""
        try:
            self._session.do("nSetDate", module, compact(self._today))
            self._session.do("nSetModule", module)
            self._session.do("nSetProgram", self._session.do("nLookupTask", task))
            raw = self._new(business_object)
        except Refused as refused:
            raise task_refused(refused, screen) from refused
        return Entry(raw, screen, self._on_call)

    def close(self, opened: Sequence[Entry] = ()) -> None:
        """Close the `opened` screens and sign out. Trouble with that is logged: all work is done by then."""
        for step in (*(entry.drop for entry in opened), self._sign_out, self._session.drop):
            try:
                step()
            except BridgeError as error:
                log.warning("Signing out of Sage 100 was not answered: %s", error.detail)

    def _sign_out(self) -> None:
        self._session.ask("nCleanup")

    def _new(self, business_object: str) -> Any:
        with self._on_call(say("opening {business_object}", business_object=business_object)):
            raw = self._script.NewObject(business_object, self._raw)
        if raw is None or isinstance(raw, int):
            refused = Refused(f"NewObject({business_object})", self._session.last_message())
            raise passing_or_user(refused) or refused
        return raw
