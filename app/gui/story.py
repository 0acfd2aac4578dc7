"""How a run ended, in the words of the banner; of a send it says first what is in Sage."""

import re
from collections.abc import Iterable, Sequence

from app.engine.events import Event, Kind
from app.engine.views import DocumentRow
from app.gui.engine_process import RunEnd
from app.gui.format import whole
from app.gui.summary import summary_words
from app.gui.text import counted, tr
from app.gui.words import command_words

Told = tuple[str, str, str, str]

_PICTURES = {"done": "ok", "needs_user": "warning", "cancelled": "info"}
_SETTLING = ("mark-exported ", "send-again ")
_OPEN_STEPS = ("intended", "written")
# After a send, "start again" means to click Send again, and no sync goes on with it.
_PIECES = re.compile(r"(?<=[.!?])\s+|[,;]\s+(?=(?:and )?then\b|the next sync\b)")
_AGAIN = re.compile(r"\bsync|^(?:and )?(?:then )?(?:start|send)(?: it)? again\b", re.IGNORECASE)


class RunStory:
    """Gathers what a run tells while it works, for the sentence at its end."""

    def __init__(self, asked: Sequence[str] | None = None) -> None:
        self._asked = frozenset(asked or ())
        self._in_sage: set[str] = set()
        self._attention: Event | None = None
        self._refused: Event | None = None

    def take(self, event: Event) -> None:
        """Take note of one event."""
        if event.kind is Kind.ATTENTION and self._attention is None:
            self._attention = event
        elif event.kind is Kind.ITEM and event.data.get("state") == "refused":
            self._refused = event
        elif event.kind is Kind.ITEM and event.data.get("state") == "in_sage":
            self._in_sage.add(str(event.data.get("key", "")))

    def end(self, end: RunEnd, documents: Iterable[DocumentRow] = ()) -> Told:
        """Return picture, title, message and fix; `documents` are those of the kind that a send was about."""
        if end.title:
            title, fix = end.title, end.fix
            if end.command.startswith("send "):
                title, fix = self._send_title(end, documents), _send_fix(end.fix)
            return _PICTURES.get(end.outcome, "blocked"), title, end.message, fix
        command = command_words(end.command)
        if end.outcome == "done":
            return "ok", tr("{command} done", command=command), summary_words(end.summary), ""
        title, fix = tr("{command} done, and something needs you", command=command), tr("See Overview for what to do.")
        if end.command == "undo":
            fix = tr("Its run, in Activity, tells of each document why it was left.")
        if self._refused is not None and end.command.startswith(_SETTLING):
            # It was about this document only: why it stays as it is belongs here.
            told = self._refused.data
            title = tr("{command}: {document} was left as it is", command=command, document=told.get("key", ""))
            return "warning", title, str(told.get("message", "")), str(told.get("fix", ""))
        if self._attention is not None:
            # What belongs to no single record is in no tab's list: it is said here, and kept in Activity.
            told = self._attention.data
            title, fix = str(told.get("title", "")), f"{told.get('message', '')} {told.get('fix', '')}".strip()
        return "warning", title, summary_words(end.summary), fix

    def _send_title(self, end: RunEnd, documents: Iterable[DocumentRow]) -> str:
        last = {row.id: row.steps[-1] for row in documents if row.steps and row.steps[-1].run == end.run}
        # A run that broke off may not have told all that its journal knows.
        sent = self._in_sage & self._asked if self._asked else set(self._in_sage)
        sent |= {each for each, step in last.items() if step.state == "proven"}
        unknown = {each for each, step in last.items() if step.state in _OPEN_STEPS} - sent
        if not sent and not unknown:
            return tr("Nothing was sent: {title}", title=end.title)
        what = "invoice" if end.command == "send invoices" else "payment"
        of = max(len(self._asked), len(sent))
        words = counted(of, f"{{sent}} of {{n}} {what} is in Sage", f"{{sent}} of {{n}} {what}s are in Sage",
                        sent=whole(len(sent)))  # fmt: skip
        if unknown:
            words = tr("{words}, {n} not known yet", words=words, n=whole(len(unknown)))
        return tr("{words}; then: {title}", words=words, title=end.title)


def _send_fix(fix: str) -> str:
    """Return what to do after a send that did not get to its end."""
    kept = [piece.rstrip(".;, ") for piece in _PIECES.split(fix) if piece and not _AGAIN.search(piece)]
    if not kept:
        return tr("Click Send again; what is in Sage already is not sent twice.")
    told = " ".join(f"{piece}." for piece in kept)
    return tr("{fix} Then click Send again; what is in Sage already is not sent twice.", fix=told)
