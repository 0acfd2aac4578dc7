"""The engine's states and counts in the words of a bookkeeper, each with its icon."""

import re

from app.domain.findings import Severity
from app.domain.invoices import Destination
from app.domain.words import left_out
from app.gui.format import whole
from app.gui.text import counted, later, later_counted, tr

IMPORT_TROUBLE = ("refused", "waiting", "quarantined")

_PLACE = re.compile(r"row (\d+)")

_IMPORT_STATES = {
    "acknowledged": ("ok", later("In Quadient AP")),
    "refused": ("blocked", later("Refused")),
    "waiting": ("waiting", later("Waiting")),
    "quarantined": ("blocked", later("Set aside")),
}
_DOCUMENT_STATES = {
    "ready": ("ok", later("Ready")),
    "blocked": ("blocked", later("Blocked")),
    "sent": ("ok", later("In Sage")),
    "failed": ("blocked", later("Sync Error")),
    "differs": ("warning", later("Not so in Sage")),
    "settled": ("ok", later("Marked as exported")),
    "asking": ("warning", later("Your decision")),
    "undone": ("info", later("Undone")),
}
_HAPPENED = {
    "received": later("Seen as ready in Quadient AP"),
    "changed": later("Changed in Quadient AP"),
    "previewed": later("Previewed: checked against Sage"),
    "shortened": later("Description shortened"),
    "unshortened": later("Whole description again"),
    "blocked": later("Cannot be sent yet"),
    "unblocked": later("Nothing stands in its way any more"),
    "withdrawn": later("No longer ready in Quadient AP"),
    "intended": later("Sending begun"),
    "written": later("Written to Sage"),
    "proven": later("In Sage, read back and compared"),
    "refused": later("Refused by Sage"),
    "absent": later("Broken off; Sage has nothing of it"),
    "stopped": later("Sage has something else under its number"),
    "acknowledged": later("Quadient AP was told"),
    "told_again": later("Quadient AP had not answered, and was told again"),
    "undone": later("Undone: deleted in Sage"),
    "undo_told": later("Approved again in Quadient AP"),
    "mark-as-exported": later("Marked as exported"),
    "mark-for-export": later("Marked for export again"),
    "undo-export": later("Its export was undone"),
    "refused_move": later("Quadient AP refused what was asked"),
    "posted": later("Posted in Sage (first seen by a sync)"),
    "paid": later("Paid in Sage (first seen by a sync)"),
    "gone": later("No longer in Sage (first seen by a sync)"),
}
_STANDINGS = {
    "unposted": ("ok", later("In Sage")),
    "posted": ("ok", later("Posted")),
    "paid": ("ok", later("Paid")),
    "gone": ("warning", later("No longer in Sage")),
}
_OUTCOMES = {
    "running": ("waiting", later("Running")),
    "done": ("ok", later("Done")),
    "needs_user": ("warning", later("Done, needs you")),
    "failed": ("blocked", later("Failed")),
    "cancelled": ("info", later("Cancelled")),
    "broken_off": ("blocked", later("Broken off")),
    "held_back": ("waiting", later("Held back")),
}
_DESTINATIONS = {
    Destination.INVOICE_ENTRY: later("Invoice entry"),
    Destination.RECEIPT_OF_INVOICE: later("Receipt of invoice"),
    Destination.MANUAL_CHECK: later("Manual check"),
}
_COMMANDS = {
    "sync": later("Sync"),
    "preview invoices": later("Check invoices"),
    "preview payments": later("Check payments"),
    "send invoices": later("Send invoices"),
    "send payments": later("Send payments"),
    "mark-exported invoices": later("Mark invoices as exported"),
    "mark-exported payments": later("Mark payments as exported"),
    "send-again invoices": later("Mark invoices for export again"),
    "send-again payments": later("Mark payments for export again"),
    "shorten invoices": later("Shorten a description"),
    "undo": later("Undo"),
    "rebuild": later("Rebuild"),
    "selftest": later("Self-test"),
    "probe": later("Check Sage 100"),
    "schedule": later("Scheduled sync"),
}
_SEVERITIES = {Severity.STOPS: "blocked", Severity.WARNS: "warning", Severity.INFORMS: "info"}


def import_state(state: str) -> tuple[str, str]:
    """Return icon and words for the state of a record, order or Sage payment on its way to Quadient AP."""
    return _pair(_IMPORT_STATES, state)


def key_words(key: str) -> str:
    """Return a record's key, or in words that it has none that can be used."""
    place = _PLACE.fullmatch(key)
    return tr("no usable code (row {n})", n=place[1]) if place is not None else key


def document_state(state: str, warnings: int = 0, *, changed: bool = False) -> tuple[str, str]:
    """Return icon and words for the state of an invoice or payment on its way to Sage."""
    picture, words = _pair(_DOCUMENT_STATES, state)
    if state == "ready" and warnings:
        picture, words = "warning", tr("Ready, warning")
    return picture, tr("{state}, changed", state=words) if changed else words


def standing_words(stands: str) -> tuple[str, str]:
    """Return icon and words for where in Sage a sent document stands."""
    return _pair(_STANDINGS, stands)


def severity_icon(severity: Severity) -> str:
    """Return the icon of a finding."""
    return _SEVERITIES[severity]


def happened_words(what: str) -> str:
    """Return what befell a document."""
    return tr(_HAPPENED[what]) if what in _HAPPENED else what


def destination_words(destination: str) -> str:
    """Return where a document goes, short enough for a column."""
    return tr(_DESTINATIONS[Destination(destination)])


def outcome_words(outcome: str) -> tuple[str, str]:
    """Return icon and words for how a run ended."""
    return _pair(_OUTCOMES, outcome)


def command_words(command: str) -> str:
    """Return what a run was for."""
    return tr(_COMMANDS[command]) if command in _COMMANDS else command.capitalize()


def _pair(table: dict[str, tuple[str, str]], state: str) -> tuple[str, str]:
    picture, words = table.get(state, ("unknown", state))
    return picture, tr(words)


_COUNTS = {
    "read": later_counted("{n} read"),
    "new": later_counted("{n} new"),
    "changed": later_counted("{n} changed"),
    "unchanged": later_counted("{n} unchanged"),
    "deactivated": later_counted("{n} deactivated"),
    "failed": later_counted("{n} set aside"),
    "waiting": later_counted("{n} waiting"),
    "skipped": later_counted("{n} not synced"),
    "sent": later_counted("{n} in Sage"),
    "moved": later_counted("{n} marked"),
    "reopened": later_counted("{n} approved again"),
    "refused": later_counted("{n} refused"),
    "acknowledged": later_counted("{n} acknowledged"),
    "left": later_counted("{n} not sent"),
    "sync_errors": later_counted("{n} in Sync Error"),
    "undone": later_counted("{n} deleted in Sage"),
    "unposted": later_counted("{n} unposted"),
    "posted": later_counted("{n} posted"),
    "paid": later_counted("{n} paid"),
    "gone": later_counted("{n} no longer in Sage"),
    "told": later_counted("{n} approved again in Quadient AP"),
    "kept": later_counted("{n} not undone"),
    "ready": later_counted("{n} ready"),
    "blocked": later_counted("{n} blocked"),
    "warnings": later_counted("{n} with warnings"),
    "different": later_counted("{n} different"),
    "differing": later_counted("{n} differing"),
    "passed": later_counted("{n} passed"),
    "older than what Sage keeps": later_counted("{n} older than what Sage keeps"),
    "without an external id of this company": later_counted("{n} without an external id of this company"),
    "without AP Bridge's mark": later_counted("{n} without AP Bridge's mark"),
}
_RULE = "skipped "  # so begin the counts of what one rule left out


def counts_words(counts: dict[str, object]) -> str:
    """Return a stage's counts as words: “100,000 read · 12 new”; zeros and what is not a count are left out.

    What was not synced is told by the rules that left it out.
    """
    order = [*_COUNTS, *(name for name in counts if name not in _COUNTS and not name.startswith(_RULE))]
    rules = [
        tr("{name}: {text}", name=left_out(name.removeprefix(_RULE)), text=whole(int(str(number))))
        for name, number in counts.items()
        if name.startswith(_RULE) and number
    ]
    said = []
    for name in order:
        number = counts.get(name)
        if isinstance(number, int) and not isinstance(number, bool) and number:
            unknown = "{n} " + name.replace("_", " ")
            words = counted(number, *_COUNTS.get(name, (unknown, unknown)))
            said.append(f"{words} ({', '.join(rules)})" if name == "skipped" and rules else words)
    return " · ".join(said)
