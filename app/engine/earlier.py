"""What earlier runs did with a document: it may stand in Sage under another number, or have been refused there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from app.domain.findings import Finding, Severity
from app.engine.journal import Entry, Journal
from app.engine.looking import LedgerLook, Sight, look


class Earlier:
    """The earlier attempts of some documents of one kind."""

    def __init__(self, journal: Journal, ledger: LedgerLook, kind: str) -> None:
        self._ledger = ledger
        entries: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in journal.attempts(kind):
            entries[entry.document].append(entry)
        self._entries: Mapping[str, Sequence[Entry]] = entries

    def findings(self, document: str, hashed: bytes, natural_key: tuple[str, ...]) -> list[Finding]:
        """Return what a person must know before the document goes under `natural_key`."""
        entries = self._entries.get(document, ())
        found = [self._elsewhere(entry) for entry in entries if entry.natural_key != natural_key]
        newest = entries[-1] if entries else None
        if newest is not None and newest.state == "refused" and newest.hash == hashed:
            found.append(
                Finding(
                    "refused-before",
                    Severity.WARNS,
                    f"Sage refused it the last time: {newest.message}",
                    newest.fix or "Send it again once that is set right.",
                )
            )
        return [each for each in found if each is not None]

    def _elsewhere(self, entry: Entry) -> Finding | None:
        """Say that Sage has the document under what it was called before, if it still has."""
        if entry.state not in ("written", "proven", "acknowledged", "stopped"):
            return None
        seen = look(self._ledger, entry)
        if seen.sight is not Sight.OURS:
            return None
        place = seen.evidence["place"] if seen.evidence else entry.destination
        batch = f", batch {seen.batch}" if seen.batch else ""
        return Finding(
            "sent-under-another-number",
            Severity.STOPS,
            f"AP Bridge already wrote it to Sage as {' '.join(entry.natural_key)} ({entry.amount}), in {place}{batch}. "
            "Since then it was changed in Quadient AP.",
            "If Sage is right, choose Mark as exported in Quadient AP. If Quadient AP is right, delete the one in Sage "
            "(or reverse it, if it is posted) and send this one.",
        )
