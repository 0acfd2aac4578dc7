"""The health check before a run: each side answers, and there is room to note what is done."""

import shutil

from app.cloud.port import CloudPort
from app.domain.language import say, whole
from app.engine.run import Run
from app.errors import NeedsUser, Side, StopRun

ROOM = 20_000_000  # bytes: enough for the journal and logs of a run


def check_room(run: Run) -> None:
    """Check that the disk has room for what a run notes.

    Raises:
        StopRun: when it has not.
    """
    folder = run.store.file.parent
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        raise StopRun(
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


def check_entity(run: Run, cloud: CloudPort) -> None:
    """Check that Quadient AP lets us in and knows the legal entity.

    Raises:
        NeedsUser: when the entity is not among those the user may sync.
    """
    wanted = run.company.cloud.legal_entity
    entities = cloud.legal_entities()
    if wanted not in (entity.id for entity in entities):
        known = ", ".join(f"{entity.name} ({entity.id})" for entity in entities) or "none"
        raise NeedsUser(
            "entity-missing",
            say("Quadient AP does not show this legal entity"),
            say(
                "The user may sync: {known}. Company {code} is bound to {wanted}.",
                known=known,
                code=run.company.code,
                wanted=wanted,
            ),
            say("Give AP Bridge's user access to the legal entity in Quadient AP."),
            side=Side.CLOUD,
        )
