"""What a run did, in one line for the banner."""

from collections.abc import Mapping
from typing import Any

from app.gui.text import counted, later_counted, tr
from app.gui.words import counts_words

_DOCUMENTS = {
    "invoice": later_counted("{n} invoice ready", "{n} invoices ready"),
    "payment": later_counted("{n} payment ready", "{n} payments ready"),
}
_COUNTED = ("mark_exported", "send_again", "undo")
_NEWS = ("new", "changed", "deactivated")


def summary_words(summary: Mapping[str, Any]) -> str:
    """Return the counts of a run_finished event's summary as words, its many imports added up."""
    parts = {name: part for name, part in summary.items() if isinstance(part, Mapping)}
    imports = [part for name, part in parts.items() if name not in (*_DOCUMENTS, "send", *_COUNTED)]
    told = [counts_words({name: sum(int(part.get(name, 0)) for part in imports) for name in _NEWS})]
    for name, (one, many) in _DOCUMENTS.items():
        if name in parts:
            ready = counted(int(parts[name].get("ready", 0)), one, many)
            blocked = int(parts[name].get("blocked", 0))
            told.append(tr("{ready}, {n} blocked", ready=ready, n=blocked) if blocked else ready)
    told += [counts_words({**parts[name], "read": 0}) for name in _COUNTED if name in parts]
    if "send" in parts:
        told.append(send_words(parts["send"]))
    if summary.get("totals_match") is not None and parts.get("send", {}).get("sent"):
        told.append(tr("the totals agree") if summary["totals_match"] else tr("the totals differ"))
    words = " · ".join(part for part in told if part)
    return f"{words}." if words else tr("Nothing had changed.")


def rebuild_words(summary: Mapping[str, Any]) -> str:
    """Return what a rebuild found: records that Quadient AP has, documents that Sage has, and earlier runs."""
    parts = {name: part for name, part in summary.items() if isinstance(part, Mapping)}
    of_documents = {name: part for name, part in parts.items() if name.startswith(("exported_", "failed_"))}
    records = sum(int(part.get("read", 0)) for name, part in parts.items() if name not in (*of_documents, "runs"))
    in_sage = sum(int(part.get("sent", 0)) for part in of_documents.values())
    runs = int(parts.get("runs", {}).get("read", 0))
    told = (
        counted(records, "{n} record that Quadient AP has", "{n} records that Quadient AP has"),
        counted(in_sage, "{n} document that Sage has", "{n} documents that Sage has"),
        counted(runs, "{n} earlier run", "{n} earlier runs"),
    )
    return tr("It found: {what}.", what=" · ".join(told))


def send_words(counts: Mapping[str, Any]) -> str:
    """Return what a send counted; there, what failed was not set aside but not sent."""
    numbers = {name: counts.get(name, 0) for name in ("sent", "acknowledged")}
    failed, left = int(counts.get("failed", 0)), int(counts.get("left", 0))
    told = [counts_words(numbers)]
    if failed:
        told.append(counted(failed, "{n} not sent", "{n} not sent"))
    if left:
        told.append(counted(left, "{n} left out, no longer as previewed", "{n} left out, no longer as previewed"))
    return " · ".join(part for part in told if part)
