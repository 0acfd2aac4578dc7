"""The engine's events as sentences a bookkeeper understands."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from app.domain.money import exact
from app.engine.events import Kind
from app.engine.views import Named
from app.gui.format import day, money
from app.gui.summary import send_words
from app.gui.text import counted, tr
from app.gui.words import command_words, counts_words, key_words, outcome_words

_UNNAMED: Named = MappingProxyType({})
_NOT_COUNTS = ("stage", "title", "since")


def event_sentence(kind: str, data: Mapping[str, Any], names: Named = _UNNAMED) -> tuple[str, str]:
    """Return icon and sentence for a stored event; an event of a newer version is told by its name.

    `names` tell what people call documents; any other is told by its id.
    """
    if kind == Kind.ITEM:
        return _item(data, names)
    tell = _TELLERS.get(kind)
    return tell(data) if tell is not None else ("info", kind)


def _run_started(data: Mapping[str, Any]) -> tuple[str, str]:
    command = command_words(str(data.get("command", "")))
    return "info", tr("{command} started for company {company}.", command=command, company=data.get("company", ""))


def _stage_started(data: Mapping[str, Any]) -> tuple[str, str]:
    return "info", tr("{title}: begun.", title=data.get("title", data.get("stage", "")))


def _stage_finished(data: Mapping[str, Any]) -> tuple[str, str]:
    title = data.get("title", data.get("stage", ""))
    return ("warning" if data.get("failed") else "ok"), tr("{name}: {text}", name=title, text=f"{stage_words(data)}.")


def stage_words(data: Mapping[str, Any]) -> str:
    """Return what a finished stage counted."""
    counts = {name: value for name, value in data.items() if name not in _NOT_COUNTS}
    words = send_words(counts) if str(data.get("stage", "")).startswith("send") else counts_words(counts)
    if data.get("since"):
        since = day(date.fromisoformat(str(data["since"])))
        return (
            tr("{what} (since {day})", what=words, day=since) if words else tr("nothing changed since {day}", day=since)
        )
    if words:
        return words
    return tr("nothing to do") if counts else tr("done")


def _item(data: Mapping[str, Any], names: Named) -> tuple[str, str]:
    state = str(data.get("state", ""))
    picture, words = {
        "refused": ("blocked", tr("refused")),
        "left": ("warning", tr("left out")),
        "quarantined": ("blocked", tr("set aside")),
        "waiting": ("waiting", tr("waits")),
        "stopped": ("warning", tr("needs your decision")),
        "warning": ("warning", tr("warning from Sage")),
        "in_sage": ("ok", tr("in Sage")),
        "moved": ("ok", tr("done")),
        "blocked": ("blocked", tr("blocked")),
        "undone": ("ok", tr("undone")),
        "not_undone": ("warning", tr("not undone")),
        "note": ("info", tr("note")),
        "passed": ("ok", tr("passed the self-test")),
        "failed": ("blocked", tr("failed the self-test")),
        "not_deleted": ("warning", tr("not deleted")),
    }.get(state, ("info", state.replace("_", " ")))
    # Sentences of the engine end with or without a full stop; joined they need one.
    told = " ".join(_sentence(str(data[part])) for part in ("message", "fix") if data.get(part))
    if state == "in_sage" and told:  # it names the document by its number, and says where it is
        return picture, tr("{name}: {text}", name=data.get("title", ""), text=told)
    key = str(data.get("key", ""))
    name = names.get((str(data.get("stage", "")), key)) or key_words(key)
    what = ", ".join(part for part in (str(data.get("title", "")), name) if part)
    return picture, tr("{name}: {text}", name=what, text=f"{words}. {told}").strip()


def _attention(data: Mapping[str, Any]) -> tuple[str, str]:
    return "warning", " ".join(_sentence(str(data[part])) for part in ("title", "message", "fix") if data.get(part))


def _check(data: Mapping[str, Any]) -> tuple[str, str]:
    told = " ".join(_sentence(str(data[part])) for part in ("message", "fix") if data.get(part))
    picture = {"ok": "ok", "warning": "warning", "blocked": "blocked"}.get(str(data.get("state", "")), "info")
    return picture, tr("{name}: {text}", name=data.get("title", ""), text=told)


def _preview(data: Mapping[str, Any]) -> tuple[str, str]:
    number = int(data.get("ready", 0))
    if data.get("kind") == "payment":
        ready = counted(number, "{n} payment is ready", "{n} payments are ready")
    else:
        ready = counted(number, "{n} invoice is ready", "{n} invoices are ready")
    if data.get("amount") is not None:
        ready = f"{ready} ({money(exact(str(data['amount'])))})"
    rest = counts_words({name: data.get(name, 0) for name in ("blocked", "warnings")})
    return ("warning" if data.get("blocked") else "ok"), f"{ready}{' · ' if rest else ''}{rest}."


def _totals(data: Mapping[str, Any]) -> tuple[str, str]:
    rows = data.get("rows") or []
    differing = sum(len(row.get("differing", ())) for row in rows)
    sent = sum(int(row.get("sent_count", 0)) for row in rows)
    if differing:
        return "warning", counted(
            differing, "Totals compared: {n} document differs.", "Totals compared: {n} documents differ."
        )
    return "ok", counted(
        sent, "Totals compared: {n} document, all agree.", "Totals compared: {n} documents, all agree."
    )


def _run_finished(data: Mapping[str, Any]) -> tuple[str, str]:
    picture, words = outcome_words(str(data.get("outcome", "")))
    told = " ".join(_sentence(str(data[part])) for part in ("title", "message", "fix") if data.get(part))
    return picture, f"{_sentence(words)} {told}".strip()


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.rstrip("”").endswith((".", "!", "?", "…")) else f"{text}."


_TELLERS = {
    Kind.RUN_STARTED: _run_started,
    Kind.STAGE_STARTED: _stage_started,
    Kind.STAGE_FINISHED: _stage_finished,
    Kind.ATTENTION: _attention,
    Kind.CHECK: _check,
    Kind.PREVIEW: _preview,
    Kind.TOTALS: _totals,
    Kind.RUN_FINISHED: _run_finished,
}
