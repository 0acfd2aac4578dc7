"""A document of which Quadient AP calls malformed what it is told or asked: it waits with its reason, others go on."""

import logging

from app.cloud.port import RecordResult, RecordStatus
from app.errors import BugError

log = logging.getLogger(__name__)


def set_aside(id_: str, error: BugError) -> RecordResult:
    """Return the answer for one document, with the reason; what Quadient AP said is in the log."""
    log.warning("%s: %s %s", id_, error, error.detail)
    return RecordResult(id_, RecordStatus.REFUSED, error.code, f"{error.title}. {error.message}", error.fix)
