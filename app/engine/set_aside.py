"""Remembers since when each record has been set aside, so that what waits longest can be told."""

from app.domain.lists import ListName
from app.engine.store import ORDERS, SAGE_PAYMENTS, UNREADABLE, Store

SET_ASIDE = ("refused", "waiting", "quarantined")
"""The states of a record that did not reach the other side."""

LISTS = (*ListName, ORDERS, SAGE_PAYMENTS, *UNREADABLE.values())
_STATES = ", ".join(f"'{state}'" for state in SET_ASIDE)
# Of a company's records few are set aside: found by their state, list by list, the others are not looked at.
_NOTE = f"""
INSERT OR IGNORE INTO set_aside (company, list, key, since)
SELECT company, list, key, ? FROM checkpoints INDEXED BY checkpoints_by_state
WHERE company = ? AND list IN ({", ".join(f"'{name}'" for name in LISTS)}) AND state <> 'acknowledged'
    AND state IN ({_STATES})
"""  # noqa: S608
_FORGET = f"""
DELETE FROM set_aside WHERE company = ? AND NOT EXISTS (
    SELECT 1 FROM checkpoints c WHERE c.company = set_aside.company AND c.list = set_aside.list
    AND c.key = set_aside.key AND c.state IN ({_STATES}))
"""  # noqa: S608


def note_set_aside(store: Store, company: str, now: str) -> None:
    """Note of what is set aside since this run that it is, and forget what is not any more.

    Raises:
        BridgeError: when the store takes no notes.
    """
    with store.transaction() as db:
        db.execute(_NOTE, (now, company))
        db.execute(_FORGET, (company,))
