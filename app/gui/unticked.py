"""Remembers which documents the user has unticked, so that a restart does not tick them again."""

import logging
from collections.abc import Iterable, Sequence

import orjson
from PySide6.QtCore import QSettings

from app.domain.documents import content_hash
from app.engine.views import DocumentRow

log = logging.getLogger(__name__)


class Unticked:
    """The unticked documents of one kind and company, each with the hash of what was previewed.

    A document that has changed since is another one to decide about, and comes back ticked.
    """

    def __init__(self, settings: QSettings, company: str, plural: str) -> None:
        self._settings = settings
        self._key = f"unticked/{company}/{plural}"
        self._marks = _parsed(settings.value(self._key))

    def of(self, rows: Iterable[DocumentRow]) -> set[str]:
        """Return the ids of those of `rows` that were unticked as they are now."""
        return {row.id for row in rows if row.id in self._marks and self._marks[row.id] == _mark(row)}

    def keep(self, rows: Sequence[DocumentRow]) -> None:
        """Remember that just `rows` are unticked."""
        marks = {row.id: _mark(row) for row in rows}
        if marks != self._marks:
            self._marks = marks
            self._settings.setValue(self._key, orjson.dumps(marks).decode())


def _mark(row: DocumentRow) -> str:
    return content_hash(row.document).hex()


def _parsed(text: object) -> dict[str, str]:
    if not isinstance(text, str) or not text:
        return {}
    try:
        marks = orjson.loads(text)
    except ValueError:
        log.warning("What was unticked could not be read from the window's settings; all is ticked again.")
        return {}
    return {str(name): str(mark) for name, mark in marks.items()} if isinstance(marks, dict) else {}
