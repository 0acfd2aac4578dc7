"""What Sage says when it refuses a step, sorted by what happens next: wait, call the user, or skip the document."""

import re

from app.domain.language import say
from app.errors import BridgeError, NeedsUser, RetryLater, Side, SkipItem


class Refused(Exception):  # noqa: N818  # what Sage did; sorted by `sorted_refusal` where the document is known
    """Sage answered a step with failure; `said` is its own message, which may be empty."""

    def __init__(self, step: str, said: str) -> None:
        super().__init__(f"{step}: {said}")
        self.step = step
        self.said = said


LOCKED = "sage-locked"  # the code of what concerns one record only, and passes

_SINGLE_USER = re.compile(r"single[- ]user|exclusive", re.IGNORECASE)
_LICENCE = re.compile(r"licen[cs]e|maximum (number of )?users|user limit|seat", re.IGNORECASE)
_RIGHTS = re.compile(
    r"not (authori[sz]ed|permitted|allowed)|security|access (is )?denied|no rights|permission", re.IGNORECASE
)
_EXTERNAL = re.compile(r"external access", re.IGNORECASE)


_BUSY = re.compile(r"file is busy|is locked|locked by|is being used", re.IGNORECASE)
_ADMINISTRATOR = re.compile(r"^the administrator", re.IGNORECASE)


def passing_or_user(refused: Refused) -> BridgeError | None:
    """Return what to raise when the refusal is not about one document, or None when it is."""
    said = refused.said
    detail = str(refused)
    if _SINGLE_USER.search(said):
        return RetryLater(
            "sage-single-user",
            say("Sage 100 is in single-user mode"),
            say("Somebody is running a task that lets nobody else in. Sage says: {quoted}", quoted=_quoted(said)),
            say("Wait until that task is done, then send again."),
            side=Side.SAGE,
            detail=detail,
        )
    if _LICENCE.search(said):
        return RetryLater(
            "sage-no-licence",
            say("All of Sage 100's licences are in use"),
            say("AP Bridge needs one while it writes. Sage says: {quoted}", quoted=_quoted(said)),
            say("Wait until somebody has left Sage 100, then send again."),
            side=Side.SAGE,
            detail=detail,
        )
    if _BUSY.search(said):
        return RetryLater(
            LOCKED,
            say("Sage 100 is busy"),
            say("Somebody else works on the same record or file. Sage says: {quoted}", quoted=_quoted(said)),
            say("Try again in a few minutes."),
            side=Side.SAGE,
            detail=detail,
        )
    if _EXTERNAL.search(said):
        return NeedsUser(
            "sage-company-refused",
            say("Sage 100 did not open the company"),
            say("The company does not let other programs in. Sage says: {quoted}", quoted=_quoted(said)),
            say("In Sage, tick “Allow External Access” in Library Master > Company Maintenance > Preferences."),
            side=Side.SAGE,
            detail=detail,
        )
    if _RIGHTS.search(said):
        return NeedsUser(
            "sage-no-right",
            say("The Sage user may not do this"),
            say("The user that AP Bridge signs in with lacks a right. Sage says: {quoted}", quoted=_quoted(said)),
            say("In Sage, give the user's role this task in Library Master > Role Maintenance."),
            side=Side.SAGE,
            detail=detail,
        )
    return None


def document_refused(refused: Refused, document: str) -> BridgeError:
    """Return what to raise when Sage refused a step of `document` (“invoice INV-77”): mostly, to skip it."""
    return passing_or_user(refused) or SkipItem(
        "sage-refused",
        say("Sage 100 did not take {document}", document=document),
        say("Sage says: {quoted}", quoted=_quoted(refused.said)),
        say("Correct what Sage names, in Sage or in Quadient AP, and send it again. Nothing of it was left in Sage."),
        side=Side.SAGE,
        detail=str(refused),
    )


def logon_refused(refused: Refused) -> BridgeError:
    """Return what to raise when Sage did not sign the user in."""
    if _ADMINISTRATOR.search(refused.said):
        return NeedsUser(
            "sage-user-is-administrator",
            say("AP Bridge needs a Sage user of its own"),
            say(
                "Sage lets no other program in as its administrator. Sage says: {quoted}", quoted=_quoted(refused.said)
            ),
            say(
                "In Sage, make a user for AP Bridge in Library Master > User Maintenance, and name it in "
                "Settings > Companies > Change the connection."
            ),
            side=Side.SAGE,
            detail=str(refused),
        )
    return passing_or_user(refused) or NeedsUser(
        "sage-logon-refused",
        say("Sage 100 refused the sign-in"),
        say("The user name or the password is not right. Sage says: {quoted}", quoted=_quoted(refused.said)),
        say("Enter user and password again in Settings > Companies > Change the connection."),
        side=Side.SAGE,
        detail=str(refused),
    )


def company_refused(refused: Refused, company: str) -> BridgeError:
    """Return what to raise when Sage did not open the company."""
    return passing_or_user(refused) or NeedsUser(
        "sage-company-refused",
        say("Sage 100 did not open the company {company}", company=company),
        say(
            "The code is unknown, or the company does not let other programs in. Sage says: {quoted}",
            quoted=_quoted(refused.said),
        ),
        say(
            "If the code is wrong, remove the company in Settings > Companies and add it again. In Sage, tick “Allow "
            "External Access” in Library Master > Company Maintenance > Preferences."
        ),
        side=Side.SAGE,
        detail=str(refused),
    )


def task_refused(refused: Refused, screen: str) -> BridgeError:
    """Return what to raise when Sage did not open an entry screen."""
    return passing_or_user(refused) or NeedsUser(
        "sage-no-right",
        say("Sage 100 did not open {screen}", screen=screen),
        say(
            "The module is not installed, or the user has no right to this task. Sage says: {quoted}",
            quoted=_quoted(refused.said),
        ),
        say("In Sage, give the user's role this task in Library Master > Role Maintenance."),
        side=Side.SAGE,
        detail=str(refused),
    )


def _quoted(said: str) -> str:
    return f"“{said}”" if said else say("nothing more about it.")
