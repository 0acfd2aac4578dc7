"""Shows a run in the terminal: progress on one line, what matters as sentences, previews and totals as tables."""

import textwrap
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TextIO

from app.cloud.port import DocumentKind
from app.commands.output import write
from app.commands.trouble import with_command
from app.domain.findings import Severity
from app.domain.invoices import Invoice
from app.domain.language import count, later, later_counted, say, whole
from app.domain.words import day, left_out, money, place
from app.engine.events import Event, Kind
from app.engine.health.results import State
from app.engine.views import Attention, DocumentRow, EventRow, ListSummary, RunRow, TotalsRow, summed
from app.settings import CompanySettings

_PREVIEW = (
    later("Status"),
    later("Id"),
    later("Vendor"),
    later("Number"),
    later("Date"),
    later("Amount"),
    later("Goes to"),
)
_TOTALS = (
    later("Batch"),
    later("Sent"),
    later("Sent amount"),
    later("In Sage"),
    later("Sage amount"),
    later("Acknowledged"),
    later("Acknowledged amount"),
)
_LISTS = (
    later("List"),
    later("Active"),
    later("Inactive"),
    later("Set aside"),
)
_RUNS = (
    later("Run"),
    later("Command"),
    later("Started"),
    later("Outcome"),
)
_MARKS = {
    State.OK: later("ok"),
    State.WARNING: later("Warning"),
    State.BLOCKED: later("Blocked"),
    State.UNKNOWN: later("not seen"),
}
WIDEST = 40  # characters of a cell, where versions stand side by side
_SEVERITIES = {Severity.STOPS: later("Blocked"), Severity.WARNS: later("Warning"), Severity.INFORMS: later("Note")}
_OUTCOMES = {
    "running": later("running"),
    "done": later("done"),
    "needs_user": later("needs user"),
    "failed": later("failed"),
    "broken_off": later("broken off"),
}
# What counts are called where people read them.
_COUNTS = {
    "failed": later_counted("{n} set aside"),
    "left": later_counted("{n} not sent"),
    "moved": later_counted("{n} marked"),
    "reopened": later_counted("{n} approved again"),
    "sent": later_counted("{n} in Sage"),
    "sync_errors": later_counted("{n} in Sync Error"),
    "kept": later_counted("{n} left as they are"),
    "told": later_counted("{n} approved again in Quadient AP"),
    "read": later_counted("{n} read"),
    "new": later_counted("{n} new"),
    "changed": later_counted("{n} changed"),
    "unchanged": later_counted("{n} unchanged"),
    "unposted": later_counted("{n} unposted"),
    "posted": later_counted("{n} posted"),
    "paid": later_counted("{n} paid"),
    "missing": later_counted("{n} no longer in Sage"),
    "deactivated": later_counted("{n} deactivated"),
    "waiting": later_counted("{n} waiting"),
    "skipped": later_counted("{n} skipped"),
    "acknowledged": later_counted("{n} acknowledged"),
    "refused": later_counted("{n} refused"),
    "undone": later_counted("{n} undone"),
    "ready": later_counted("{n} ready"),
    "blocked": later_counted("{n} blocked"),
    "differing": later_counted("{n} differing"),
    "different": later_counted("{n} different"),
    "passed": later_counted("{n} passed"),
    "older than what Sage keeps": later_counted("{n} older than what Sage keeps"),
    "without an external id of this company": later_counted("{n} without an external id of this company"),
    "without AP Bridge's mark": later_counted("{n} without AP Bridge's mark"),
}


class Terminal:
    """Writes events for a person; progress only where the terminal can overwrite a line."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._line_is_open = False

    def __call__(self, event: Event) -> None:
        """Show one event."""
        data = event.data
        match event.kind:
            case Kind.PROGRESS if self._out.isatty():
                total = say(" of {total}", total=whole(data["total"])) if data["total"] else ""
                told = f"{whole(data['done'])}{total} · {whole(data['rate'])}/s"
                self._overwrite(say("{name}: {text}", name=data["title"], text=told))
            case Kind.STAGE_FINISHED:
                told = counts_sentence(data)
                self._say(say("{name}: {text}", name=data["title"], text=told) if told else data["title"])
            case Kind.ITEM if data["message"]:
                told = f"{data['message']} {data['fix']}".rstrip()
                self._say("  " + say("{name}: {text}", name=f"{data['title']}, {data['key']}", text=told))
            case Kind.CHECK:
                self._say(check_sentence(data))
            case Kind.ATTENTION:
                self._say(f"! {data['title']}. {data['message']} {data['fix']}")
            case Kind.RUN_FINISHED if data["title"]:
                told = f"{data['title']}. {data['message']} {data['fix']}"
                self._say(with_command(told, str(data.get("code", ""))))
            case Kind.RUN_FINISHED:
                self._say(say(_ENDS.get(data["outcome"], later("The run has ended."))))
            case _:
                pass

    def preview(self, kind: DocumentKind, documents: Sequence[DocumentRow]) -> None:
        """Show a preview: one row a document, and under the table what was found."""
        title = kind.label
        if not documents:
            self._say(say("\n{title}: nothing is ready in Quadient AP.\n", title=title))
            return
        rows = [_preview_row(row) for row in documents]
        self._table(title, rows, tuple(map(say, _PREVIEW)), right=5)
        for row in documents:
            for finding in row.findings:
                word = say(_SEVERITIES[finding.severity]).lower()
                said = say("{name}: {text}", name=word, text=f"{finding.message} {finding.fix}".rstrip())
                self._say("  " + say("{name}: {text}", name=f"{row.id}, {_number(row)}", text=said))
            self._side_by_side(row)
            for change in row.changes:
                self._say(
                    say(
                        "  {id}, {number}: changed since {when}: {words}.",
                        id=row.id,
                        number=_number(row),
                        when=_when(row.known_at),
                        words=change.words,
                    )
                )

    def _side_by_side(self, row: DocumentRow) -> None:
        """Show what Sage has instead of a document, where a person must decide between the two."""
        if not row.compared:
            return
        records = len(row.theirs)
        sage = [
            "Sage 100" if records == 1 else say("Sage 100, {at} of {records}", at=at + 1, records=records)
            for at in range(records)
        ]
        rows = [[each.field, each.ours, *each.theirs, say("differs") if each.differs else ""] for each in row.compared]
        title = say("{id}, {number}: Quadient AP and Sage 100 side by side", id=row.id, number=_number(row))
        self._table(title, rows, ("", "Quadient AP", *sage, ""), wrap=WIDEST)

    def totals(self, totals: Sequence[TotalsRow]) -> None:
        """Show control totals: one row a batch, credit notes apart."""
        if totals:
            self._table(
                say("Control totals"),
                [_totals_row(row) for row in (*totals, *([summed(totals)] if len(totals) > 1 else []))],
                (*map(say, _TOTALS), ""),
                right=1,
                until=6,
            )

    def status(
        self,
        company: CompanySettings,
        last_sync: datetime | None,
        lists: Sequence[ListSummary],
        needs: Sequence[Attention],
    ) -> None:
        """Show what was brought over, and what needs the user."""
        self._say(say("{name} ({code}), last sync {when}", name=company.name, code=company.code, when=_when(last_sync)))
        rows = [[each.name.label, whole(each.active), whole(each.inactive), whole(each.failed)] for each in lists]
        self._table(say("Lists in Quadient AP"), rows, tuple(map(say, _LISTS)), right=1, until=3)
        for each in needs:
            self._say(f"! {each.title}. {each.message} {each.fix}".rstrip())
        self._say(say("{n} need you.", n=len(needs)) if needs else say("Nothing needs you."))

    def runs(self, runs: Sequence[RunRow]) -> None:
        """Show runs, one a row."""
        rows = [
            [
                each.id,
                each.command,
                _when(each.started_at),
                say(_OUTCOMES.get(each.outcome, each.outcome.replace("_", " "))),
            ]
            for each in runs
        ]
        self._table(say("Runs"), rows, tuple(map(say, _RUNS)))

    def run(self, events: Sequence[EventRow], totals: Sequence[TotalsRow], undone: int) -> None:
        """Show one run: what it told, its totals, and how many of its documents were `undone` since."""
        for event in events:
            self(Event("", event.at, Kind(event.event), event.data))
        self.totals(totals)
        if undone:
            self._say(
                count(
                    undone,
                    "1 document was undone since: deleted in Sage 100. The totals above are those of the run.",
                    "{n} documents were undone since: deleted in Sage 100. The totals above are those of the run.",
                )
            )

    def _table(
        self,
        title: str,
        rows: Sequence[Sequence[str]],
        headers: Sequence[str],
        *,
        right: int | None = None,
        until: int | None = None,
        wrap: int | None = None,
    ) -> None:
        """Show a table; the columns from `right` to `until` (default: it alone) hold numbers.

        Cells longer than `wrap` characters are broken.
        """
        from tabulate import tabulate  # only people need it, no program

        last = right if until is None else until
        numbers = range(0) if right is None else range(right, (last or 0) + 1)
        align = ["right" if column in numbers else "left" for column in range(len(headers))]
        text = tabulate(
            # Not by tabulate itself: that takes 1,314.00 for a number, and fails on its comma.
            rows if wrap is None else [["\n".join(textwrap.wrap(cell, wrap)) for cell in row] for row in rows],
            headers=headers,
            tablefmt="simple",
            colalign=align if rows else None,
            disable_numparse=True,
        )
        self._say(f"\n{title}\n{text}\n")

    def _overwrite(self, text: str) -> None:
        write(self._out, f"\r\x1b[K{text}")
        self._line_is_open = True

    def _say(self, text: str) -> None:
        write(self._out, f"\r\x1b[K{text}\n" if self._line_is_open else f"{text}\n")
        self._line_is_open = False


_ENDS = {
    "done": later("Done."),
    "needs_user": later("Done. Something needs you: see above."),
}


def check_sentence(data: Mapping[str, Any]) -> str:
    """Return how a check came out, and under it what to do."""
    mark = say(_MARKS[State(data["state"])]).lower()
    width = max(9, *(len(say(each)) for each in _MARKS.values())) + 1
    fix = f"\n{'':{width}}{data['fix']}" if data["fix"] else ""
    told = say("{name}: {text}", name=data["title"], text=data["message"])
    return f"{mark:<{width}}{told}{fix}"


def counts_sentence(counts: Mapping[str, Any]) -> str:
    """Return a stage's counts in words, without the zeros; what was skipped is told by its rule."""
    said: list[str] = []
    rules = [
        say("{name}: {text}", name=left_out(name.removeprefix("skipped ")), text=whole(number))
        for name, number in counts.items()
        if _is_rule(name)
    ]
    for name, number in counts.items():
        if isinstance(number, int) and not _is_rule(name) and (number or name == "read"):
            why = f" ({', '.join(rules)})" if name == "skipped" else ""
            said.append(f"{count(number, *_COUNTS.get(name, ('{n} ' + name, '{n} ' + name)))}{why}")
    if "since" not in counts:
        return ", ".join(said)
    since = day(date.fromisoformat(counts["since"]))
    if counts.get("read") == 0 and len(said) == 1:
        return say("nothing changed since {day}", day=since)
    return say("{counts} (since {day})", counts=", ".join(said), day=since)


def _is_rule(name: str) -> bool:
    return name.startswith("skipped ")


def _when(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else say("never")


def _number(row: DocumentRow) -> str:
    document = row.document
    return document.number if isinstance(document, Invoice) else f"{document.bank_code} {row.check_number}".strip()


def _preview_row(row: DocumentRow) -> list[str]:
    document = row.document
    on = document.invoice_date if isinstance(document, Invoice) else document.payment_date
    vendor = f"{document.division}-{document.vendor_number} {document.vendor_name}"
    where = say(document.destination)
    return [row.status, row.id, vendor, _number(row), on.isoformat(), money(document.amount), where]


def _totals_row(row: TotalsRow) -> list[str]:
    where = place(row.destination, row.batch) or say("All together")
    batch = say("{place}, credit notes", place=where) if row.credit else where
    result = say("match") if row.matches else say("differ: {differing}", differing=", ".join(row.differing))
    figures = (
        (row.sent_count, row.sent_amount),
        (row.sage_count, row.sage_amount),
        (row.cloud_count, row.cloud_amount),
    )
    return [batch, *(text for number, amount in figures for text in (whole(number), money(amount))), result]
