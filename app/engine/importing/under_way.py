"""Which batches were sent and not yet answered: noted before they go, so that no crash can make one forgotten.

One row stands for a whole batch while its answer is awaited. Where the answer never comes, each record of the batch
gets its own checkpoint as “sending”: the cloud may have what it never acknowledged.
"""

from collections.abc import Iterable

import orjson

from app.engine.store import Store


def note(store: Store, company: str, name: str, number: int, run: str, records: Iterable[tuple[object, ...]]) -> None:
    """Note that batch `number` of a source is about to go: of each record key, active, description and kept payload."""
    told = orjson.dumps(list(records)).decode()
    store.write("INSERT INTO under_way VALUES (?, ?, ?, ?, ?)", (company, name, number, run, told))


def answered(store: Store, company: str, name: str, number: int) -> None:
    """Forget a batch, in the transaction that remembers its answer."""
    store.write("DELETE FROM under_way WHERE company = ? AND list = ? AND number = ?", (company, name, number))


def give_up_waiting(store: Store, company: str) -> None:
    """Take every batch of a company that is noted here for one whose answer was lost.

    Only its run may do so, and the next one before it does anything else.
    """
    with store.transaction() as db:
        for name, run, told in list(store.tuples(_LEFT, (company,))):
            db.conn.executemany(_SENDING, [(company, name, *record, run) for record in orjson.loads(told)])
        db.execute("DELETE FROM under_way WHERE company = ?", (company,))


_LEFT = "SELECT list, run, records FROM under_way WHERE company = ? ORDER BY list, number"

# What the cloud acknowledged last stays known beside the version that is on its way.
_SENDING = """
INSERT INTO checkpoints (company, list, key, active, description, payload, state, run)
VALUES (?, ?, ?, ?, ?, ?, 'sending', ?)
ON CONFLICT (company, list, key) DO UPDATE SET payload = excluded.payload, state = 'sending', row_hash = NULL,
    active = checkpoints.active OR excluded.active, run = excluded.run
"""
