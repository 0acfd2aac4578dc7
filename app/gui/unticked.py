"""Remembers which documents the user has unticked, so that a restart does not tick them again."""

import logging
from collections.abc import Iterable, Sequence

import orjson
from PySide6.QtCore import QSettings

from app.engine.views import DocumentRow

log = logging.getLogger(__name__)


class Unticked:
    """The unticked documents of one kind and company.

    One that has changed since stays unticked: what a person held back goes only when that person says so.
    """

    def __init__(self, settings: QSettings, company: str, plural: str) -> None:
        self._settings = settings
        self._key = f"unticked/{company}/{plural}"
        self._ids = _parsed(settings.value(self._key))

    def of(self, rows: Iterable[DocumentRow]) -> set[str]:
        """Return the ids of those of `rows` that were unticked."""
        return {row.id for row in rows if row.id in self._ids}

    def keep(self, rows: Sequence[DocumentRow]) -> None:
        """Remember that just `rows` are unticked."""
        ids = {row.id for row in rows}
        if ids != self._ids:
            self._ids = ids
            self._settings.setValue(self._key, orjson.dumps(sorted(ids)).decode())


def _parsed(text: object) -> set[str]:
    if not isinstance(text, str) or not text:
        return set()
    try:
        ids = orjson.loads(text)
    except ValueError:
        log.warning("What was unticked could not be read from the window's settings; all is ticked again.")
        return set()
    # Once each had its hash: the ids are the keys then.
    return {str(each) for each in ids} if isinstance(ids, list | dict) else set()
