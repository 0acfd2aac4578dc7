"""Health of Quadient AP: it answers, lets AP Bridge sign in, shows the legal entity, and agrees on the time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta

from app.cloud.port import CloudPort, LegalEntity
from app.domain.language import later, say, whole
from app.engine.health.results import Check, Result
from app.errors import BridgeError, NeedsUser, Side
from app.settings import CompanySettings

REACHED = Check("cloud-reached", Side.CLOUD, later("Quadient AP answers"))
SIGN_IN = Check("cloud-sign-in", Side.CLOUD, later("Sign-in to Quadient AP"))
ENTITY = Check("cloud-entity", Side.CLOUD, later("Legal entity"))
CLOCK = Check("cloud-clock", Side.CLOUD, later("Date and time"))
CHECKS = (REACHED, SIGN_IN, ENTITY, CLOCK)

MOST_SKEW = timedelta(minutes=5)

_NEVER_ASKED = ("no-password", "no-keyring", "keyring-refused")
_OF_SIGN_IN = ("cloud-sign-in", *_NEVER_ASKED)
_OF_ENTITY = ("cloud-no-right",)


class CloudLook:
    """Looks at Quadient AP; `entities` are the legal entities it has shown."""

    def __init__(self, company: CompanySettings, open_cloud: Callable[[], CloudPort]) -> None:
        self.entities: Sequence[LegalEntity] = ()
        self._company = company
        self._open = open_cloud

    def results(self) -> Iterator[Result]:
        """Yield the result of each check."""
        try:
            with closing(self._open()) as cloud:
                self.entities = cloud.legal_entities()
                skew = cloud.clock_skew()
        except BridgeError as error:
            yield from _stopped_by(error)
            return
        yield REACHED.ok(say("{address} answers.", address=self._company.cloud.url))
        yield SIGN_IN.ok(say("It accepts the client id {client} and its secret.", client=self._company.cloud.client_id))
        yield self._entity()
        yield _clock(skew)

    def _entity(self) -> Result:
        if not self.entities:
            return ENTITY.blocked(
                say("It shows no legal entity to this client id."),
                say("Give AP Bridge's user access to the legal entity in Quadient AP."),
                "entity-missing",
            )
        if not self._company.cloud.legal_entity:
            return ENTITY.ok(say("It shows: {entities}.", entities=_named(self.entities)))
        missing = entity_missing(self._company, self.entities)
        if missing is not None:
            return ENTITY.failed(missing)
        return ENTITY.ok(say("It shows {entity}.", entity=self._company.cloud.legal_entity))


def entity_missing(company: CompanySettings, entities: Sequence[LegalEntity]) -> NeedsUser | None:
    """Return what stops a run when the company's legal entity is not among those the user may sync, else None."""
    wanted = company.cloud.legal_entity
    if wanted in (entity.id for entity in entities):
        return None
    return NeedsUser(
        "entity-missing",
        say("Quadient AP does not show this legal entity"),
        say(
            "The user may sync: {known}. Company {code} is bound to {wanted}.",
            known=_named(entities) or say("none"),
            code=company.code,
            wanted=wanted,
        ),
        say("Give AP Bridge's user access to the legal entity in Quadient AP."),
        side=Side.CLOUD,
    )


def _stopped_by(error: BridgeError) -> Iterator[Result]:
    if error.code in _OF_SIGN_IN:
        stopped = SIGN_IN
    elif error.code in _OF_ENTITY:
        stopped = ENTITY
    else:
        stopped = REACHED
    for check in CHECKS:
        if check is stopped:
            yield check.failed(error)
        elif CHECKS.index(check) > CHECKS.index(stopped) or error.code in _NEVER_ASKED:
            yield check.waits_for(stopped)
        else:
            yield check.ok(say("Yes."))


def _clock(skew: timedelta | None) -> Result:
    if skew is None:
        return CLOCK.unknown(say("Quadient AP did not say what time it is."))
    if abs(skew) > MOST_SKEW:
        minutes = round(abs(skew).total_seconds() / 60)
        behind = say("This computer's clock is {minutes} minutes behind Quadient AP's.", minutes=whole(minutes))
        ahead = say("This computer's clock is {minutes} minutes ahead of Quadient AP's.", minutes=whole(minutes))
        return CLOCK.warning(
            behind if skew > timedelta() else ahead,
            say("Have Windows set the time automatically (Settings > Time & language)."),
        )
    return CLOCK.ok(say("This computer's clock agrees with Quadient AP's."))


def _named(entities: Sequence[LegalEntity]) -> str:
    return ", ".join(f"{entity.name} ({entity.id})" for entity in entities)
