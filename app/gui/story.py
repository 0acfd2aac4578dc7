"""How a run ended, in the words of the banner; of a send it says first what is in Sage."""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from app.engine.events import Event, Kind
from app.engine.views import DocumentRow
from app.gui.engine_process import RunEnd
from app.gui.format import whole
from app.gui.summary import rebuild_words, summary_words
from app.gui.text import counted, later, later_counted, tr
from app.gui.words import command_words

Told = tuple[str, str, str, str]

_PICTURES = {"done": "ok", "needs_user": "warning", "cancelled": "info"}
_UNNAMED: Mapping[str, str] = MappingProxyType({})
# By the command's first word: how it is told of the one document that it was about, done and not done, and of several.
_DECIDED = {
    "mark-exported": (
        later("{document} is marked as exported"),
        later("{document} was not marked as exported"),
        later("{n} documents are marked as exported"),
    ),
    "send-again": (
        later("{document} is marked for export again"),
        later("{document} was not marked for export again"),
        later("{n} documents are marked for export again"),
    ),
    "shorten": (
        later("{document} has the description you gave it"),
        later("{document} keeps its description"),
        later("{n} documents have the descriptions you gave them"),
    ),
    "undo": (later("{document} is undone"), later("{document} was not undone"), later("{n} documents are undone")),
}
_FINISHING = "finish"  # the stage that settles what an earlier run left open
_OPEN_STEPS = ("intended", "written")
# After a send, "start again" means to click Send once more, and no sync goes on with it.
# In the languages that a fix is said in.
_PIECES = re.compile(
    r"(?<=[.!?])\s+|[,;]\s+(?=(?:and )?then\b|the next sync\b|(?:et )?puis\b|la prochaine synchronisation\b)"
)
_AGAIN = re.compile(
    r"\bsync|^(?:and )?(?:then )?(?:start|send)(?: it)? again\b"
    r"|^(?:et )?(?:puis )?(?:recommencez|(?:r?envoyez|envoyez-l[ea]s?) de nouveau)\b",
    re.IGNORECASE,
)

_SENT_INVOICES = later_counted("{sent} of {n} invoice is in Sage", "{sent} of {n} invoices are in Sage")
_SENT_PAYMENTS = later_counted("{sent} of {n} payment is in Sage", "{sent} of {n} payments are in Sage")
_OPEN_INVOICES = later_counted(
    "It is not known yet whether {unknown} of {n} invoice is in Sage",
    "It is not known yet whether {unknown} of {n} invoices are in Sage",
)
_OPEN_PAYMENTS = later_counted(
    "It is not known yet whether {unknown} of {n} payment is in Sage",
    "It is not known yet whether {unknown} of {n} payments are in Sage",
)


class RunStory:
    """Gathers what a run tells while it works, for the sentence at its end."""

    def __init__(self, asked: Sequence[str] | None = None) -> None:
        self._asked = frozenset(asked or ())
        self._in_sage: set[str] = set()
        self._attention: Event | None = None
        self._refused: list[Event] = []
        self._decided: set[str] = set()
        self._left: list[Event] = []
        self._found = 0

    def take(self, event: Event) -> None:
        """Take note of one event."""
        if event.kind is Kind.ATTENTION and self._attention is None:
            self._attention = event
        elif event.kind is Kind.STAGE_FINISHED and event.data.get("stage") == _FINISHING:
            self._found = int(event.data.get("sent", 0))
        elif event.kind is Kind.ITEM:
            self._take_item(event, str(event.data.get("key", "")))

    def _take_item(self, event: Event, key: str) -> None:
        match event.data.get("state"):
            case "in_sage":
                self._in_sage.add(key)
            case "left":
                self._left.append(event)
            case "refused" | "not_undone" if key in self._asked or not self._asked:
                self._refused.append(event)
            case "moved" | "undone" if key in self._asked:
                self._decided.add(key)

    def end(self, end: RunEnd, documents: Iterable[DocumentRow] = (), names: Mapping[str, str] = _UNNAMED) -> Told:
        """Return picture, title, message and fix.

        `documents` are those of the kind that the run was about, as they are now; `names` tell, by id, what people
        call documents.
        """
        if end.title:
            title, fix = end.title, end.fix
            if end.command.startswith("send "):
                title, fix = self._send_title(end, documents), _send_fix(end.fix)
            return _PICTURES.get(end.outcome, "blocked"), title, end.message, fix
        decided = self._decision(end, documents, names)
        if decided is not None:
            return decided
        command = command_words(end.command)
        if end.outcome == "done":
            fix = tr("Click Sync Now next: it sends only what differs.") if end.command == "rebuild" else ""
            return "ok", tr("{command} done", command=command), self._counts(end), fix
        title, fix = tr("{command} done, and something needs you", command=command), tr("See Overview for what to do.")
        if end.command.split()[0] in _DECIDED and len(self._refused) == 1:
            told = self._refused[0].data
            key = str(told.get("key", ""))
            fix = tr("{document}: {why}", document=names.get(key, key), why=told.get("message", ""))
            fix = f"{fix} {told.get('fix', '')}".rstrip()
        elif end.command == "undo":
            fix = tr("Its run, in Activity, tells of each document why it was left.")
        if self._left:
            # It is in no list of what needs the user: the next preview shows it as it is now.
            fix = self._left_words(names)
            if int(end.summary.get("send", {}).get("failed", 0)):
                fix = tr("{words} See Overview for the rest.", words=fix)
        if self._attention is not None:
            # What belongs to no single record is in no tab's list: it is said here, and kept in Activity.
            told = self._attention.data
            title, fix = str(told.get("title", "")), f"{told.get('message', '')} {told.get('fix', '')}".strip()
        return "warning", title, self._counts(end), fix

    def code(self, end: RunEnd) -> str:
        """Return the code of what is said of the end, for the help; empty when nothing went wrong."""
        return end.code or (str(self._attention.data.get("code", "")) if self._attention is not None else "")

    def _counts(self, end: RunEnd) -> str:
        """Return what the run counted; what an earlier one had begun, and this one found in Sage, comes first."""
        words = rebuild_words(end.summary) if end.command == "rebuild" else summary_words(end.summary)
        if not self._found:
            return words
        found = counted(
            self._found, "{n} document of an earlier run is in Sage.", "{n} documents of an earlier run are in Sage."
        )
        return f"{found} {words}"

    def _decision(self, end: RunEnd, documents: Iterable[DocumentRow], names: Mapping[str, str]) -> Told | None:
        """Return how it went with the documents that were decided about, where they all went, or one did not."""
        titles = _DECIDED.get(end.command.split()[0])
        if titles is None or not self._asked:
            return None
        done, not_done, several = titles
        name = names.get(min(self._asked), min(self._asked))
        if len(self._asked) == 1 and self._refused:
            told = self._refused[0].data
            return "warning", tr(not_done, document=name), str(told.get("message", "")), str(told.get("fix", ""))
        if not self._asked <= self._decided or self._attention is not None:
            return None
        asked = len(self._asked)
        title = tr(done, document=name) if asked == 1 else tr(several, n=whole(asked))
        if not end.command.startswith(("send-again", "shorten")):
            return ("ok", title, summary_words(end.summary), "") if end.outcome == "done" else None
        # Whatever else needs the user: this is about those that were asked for.
        able = {row.id for row in documents if row.sendable}
        stopped = len(self._asked - able)
        if not stopped:
            return (
                "ok",
                title,
                tr("Checked, and ready; nothing was sent yet."),
                tr("Click Send to send what is ticked."),
            )
        return (
            "warning",
            title,
            tr("{n} cannot be sent yet.", n=whole(stopped)),
            counted(stopped, "Its details tell why, and what to do.", "Their details tell why, and what to do."),
        )

    def _left_words(self, names: Mapping[str, str]) -> str:
        """Say of what was left out why, and how to go on; of several the first is told."""
        first = self._left[0].data
        key = str(first.get("key", ""))
        words = tr("{document}: {why}", document=names.get(key, key), why=first.get("message", ""))
        if len(self._left) > 1:
            words = tr("{words} The others are told in Activity.", words=words)
        return tr("{words} Click Check Again to see what is ready now.", words=words)

    def _send_title(self, end: RunEnd, documents: Iterable[DocumentRow]) -> str:
        last = {row.id: row.steps[-1] for row in documents if row.steps and row.steps[-1].run == end.run}
        # A run that broke off may not have told all that its journal knows.
        sent = self._in_sage & self._asked if self._asked else set(self._in_sage)
        sent |= {each for each, step in last.items() if step.state == "proven"}
        unknown = {each for each, step in last.items() if step.state in _OPEN_STEPS} - sent
        if not sent and not unknown:
            return tr("Nothing was sent: {title}", title=end.title)
        of = max(len(self._asked), len(sent))
        invoices = end.command == "send invoices"
        words = counted(of, *(_SENT_INVOICES if invoices else _SENT_PAYMENTS), sent=whole(len(sent)))
        if unknown and not sent:
            words = counted(of, *(_OPEN_INVOICES if invoices else _OPEN_PAYMENTS), unknown=whole(len(unknown)))
        elif unknown:
            words = tr("{words}, {n} not known yet", words=words, n=whole(len(unknown)))
        return tr("{words}; then: {title}", words=words, title=end.title)


def _send_fix(fix: str) -> str:
    """Return what to do after a send that did not get to its end."""
    kept = [piece.rstrip(".;, ") for piece in _PIECES.split(fix) if piece and not _AGAIN.search(piece)]
    if not kept:
        return tr("Click Send once more; what is in Sage already is not sent twice.")
    told = " ".join(f"{piece}." for piece in kept)
    return tr("{fix} Then click Send once more; what is in Sage already is not sent twice.", fix=told)
