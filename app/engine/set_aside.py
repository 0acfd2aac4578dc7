"""Remembers since when each record has been set aside, so that what waits longest can be told."""

from app.engine.store import Store


def note_set_aside(store: Store, company: str, now: str) -> None:
    """Note of what is set aside since this run that it is, and forget what is not any more.

    Raises:
        BridgeError: when the store takes no notes.
    """
    with store.transaction() as db:
        db.execute(
            "INSERT OR IGNORE INTO set_aside (company, list, key, since) SELECT company, list, key, ? FROM checkpoints"
            " WHERE company = ? AND state IN ('refused', 'waiting', 'quarantined')",
            (now, company),
        )
        db.execute(
            "DELETE FROM set_aside WHERE company = ? AND NOT EXISTS (SELECT 1 FROM checkpoints c WHERE"
            " c.company = set_aside.company AND c.list = set_aside.list AND c.key = set_aside.key"
            " AND c.state IN ('refused', 'waiting', 'quarantined'))",
            (company,),
        )
