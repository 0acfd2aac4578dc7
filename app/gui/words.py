"""The engine's states and counts in the words of a bookkeeper, each with its icon."""

from app.domain.findings import Severity
from app.domain.invoices import Destination
from app.gui.format import whole
from app.gui.text import tr

IMPORT_TROUBLE = ("refused", "waiting", "quarantined")


def _later(text: str) -> str:
    """Mark a table's text for translation; `tr` looks it up when it is shown, as tables are built once."""
    return text


_IMPORT_STATES = {
    "acknowledged": ("ok", _later("In Quadient AP")),
    "refused": ("blocked", _later("Refused")),
    "waiting": ("waiting", _later("Waiting")),
    "quarantined": ("blocked", _later("Set aside")),
}
_DOCUMENT_STATES = {
    "ready": ("ok", _later("Ready")),
    "blocked": ("blocked", _later("Blocked")),
    "sent": ("ok", _later("In Sage")),
    "failed": ("blocked", _later("Sync Error")),
    "differs": ("warning", _later("Not so in Sage")),
    "settled": ("ok", _later("Marked as exported")),
    "asking": ("warning", _later("Your decision")),
    "undone": ("info", _later("Undone")),
}
_STEPS = {
    "intended": ("waiting", _later("Begun: not known yet whether Sage has it")),
    "written": ("waiting", _later("Written to Sage, not read back yet")),
    "proven": ("ok", _later("In Sage, read back and compared")),
    "refused": ("blocked", _later("Refused by Sage")),
    "absent": ("info", _later("Broken off; Sage has nothing of it")),
    "stopped": ("warning", _later("Sage has something else under its number")),
    "undoing": ("waiting", _later("Undo begun: not known yet whether Sage still has it")),
    "undone": ("info", _later("Undone: deleted in Sage")),
}
_OUTCOMES = {
    "running": ("waiting", _later("Running")),
    "done": ("ok", _later("Done")),
    "needs_user": ("warning", _later("Done, needs you")),
    "failed": ("blocked", _later("Failed")),
    "cancelled": ("info", _later("Cancelled")),
    "broken_off": ("blocked", _later("Broken off")),
}
_DESTINATIONS = {
    Destination.INVOICE_ENTRY: _later("Invoice entry"),
    Destination.RECEIPT_OF_INVOICE: _later("Receipt of invoice"),
    Destination.MANUAL_CHECK: _later("Manual check"),
}
_COMMANDS = {
    "sync": _later("Sync"),
    "preview invoices": _later("Check invoices"),
    "preview payments": _later("Check payments"),
    "send invoices": _later("Send invoices"),
    "send payments": _later("Send payments"),
    "mark-exported invoices": _later("Mark invoices as exported"),
    "mark-exported payments": _later("Mark payments as exported"),
    "send-again invoices": _later("Mark invoices for export again"),
    "send-again payments": _later("Mark payments for export again"),
    "undo": _later("Undo"),
    "rebuild": _later("Rebuild"),
    "selftest": _later("Self-test"),
    "probe": _later("Check Sage 100"),
}
_SEVERITIES = {Severity.STOPS: "blocked", Severity.WARNS: "warning", Severity.INFORMS: "info"}


def import_state(state: str) -> tuple[str, str]:
    """Return icon and words for the state of a record, order or Sage payment on its way to Quadient AP."""
    return _pair(_IMPORT_STATES, state)


def document_state(state: str, warnings: int = 0, *, changed: bool = False) -> tuple[str, str]:
    """Return icon and words for the state of an invoice or payment on its way to Sage."""
    picture, words = _pair(_DOCUMENT_STATES, state)
    if state == "ready" and warnings:
        picture, words = "warning", tr("Ready, warning")
    return picture, tr("{state}, changed", state=words) if changed else words


def severity_icon(severity: Severity) -> str:
    """Return the icon of a finding."""
    return _SEVERITIES[severity]


def step_words(state: str) -> tuple[str, str]:
    """Return icon and words for one attempt in a document's history."""
    return _pair(_STEPS, state)


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
    "read": _later("{n} read"),
    "new": _later("{n} new"),
    "changed": _later("{n} changed"),
    "unchanged": _later("{n} unchanged"),
    "deactivated": _later("{n} deactivated"),
    "failed": _later("{n} set aside"),
    "waiting": _later("{n} waiting"),
    "skipped": _later("{n} not synced"),
    "sent": _later("{n} in Sage"),
    "moved": _later("{n} marked"),
    "reopened": _later("{n} approved again"),
    "refused": _later("{n} refused"),
    "acknowledged": _later("{n} acknowledged"),
    "sync_errors": _later("{n} in Sync Error"),
    "undone": _later("{n} deleted in Sage"),
    "told": _later("{n} approved again in Quadient AP"),
    "kept": _later("{n} not undone"),
    "ready": _later("{n} ready"),
    "blocked": _later("{n} blocked"),
    "warnings": _later("{n} with warnings"),
}


def counts_words(counts: dict[str, object]) -> str:
    """Return a stage's counts as words: “100,000 read · 12 new”; zeros and what is not a count are left out."""
    order = [*_COUNTS, *(name for name in counts if name not in _COUNTS)]
    return " · ".join(
        tr(_COUNTS.get(name, "{n} " + name.replace("_", " ")), n=whole(number))
        for name in order
        if isinstance(number := counts.get(name), int) and not isinstance(number, bool) and number
    )
