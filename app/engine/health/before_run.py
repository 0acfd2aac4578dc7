"""The health check before a run: each side answers, and there is room to note what is done."""

from app.cloud.port import CloudPort
from app.engine.health.cloud import entity_missing
from app.engine.health.computer import room_missing
from app.engine.run import Run


def check_room(run: Run) -> None:
    """Check that the disk has room for what a run notes.

    Raises:
        StopRun: when it has not.
    """
    missing = room_missing(run.store.file.parent)
    if missing is not None:
        raise missing


def check_entity(run: Run, cloud: CloudPort) -> None:
    """Check that Quadient AP lets us in and knows the legal entity.

    Raises:
        NeedsUser: when the entity is not among those the user may sync.
    """
    missing = entity_missing(run.company, cloud.legal_entities())
    if missing is not None:
        raise missing
