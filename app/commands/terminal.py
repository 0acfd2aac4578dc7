"""Shows a run in the terminal: progress on one line, what matters as sentences, previews and totals as tables."""

import sys
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TextIO

from tabulate import tabulate

from app.cloud.port import DocumentKind
from app.commands.output import write
from app.domain.findings import Severity
from app.domain.invoices import Invoice
from app.domain.words import money
from app.engine.events import Event, Kind
from app.engine.views import Attention, DocumentRow, EventRow, ListSummary, RunRow, TotalsRow, summed
from app.settings import CompanySettings

WIDEST = 40  # characters of a cell, where versions stand side by side
_SEVERITIES = {Severity.STOPS: "blocked", Severity.WARNS: "warning", Severity.INFORMS: "note"}
# What counts are called where people read them.
_COUNTS = {
    "failed": "set aside",
    "left": "not sent",
    "moved": "marked",
    "reopened": "approved again",
    "sent": "in Sage",
    "sync_errors": "in Sync Error",
    "kept": "left as they are",
    "told": "approved again in Quadient AP",
}


def json_lines(event: Event) -> None:
    """Write the event as one line of JSON to standard output."""
    write(sys.stdout, event.line() + "\n")


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
                total = f" of {data['total']:,}" if data["total"] else ""
                self._overwrite(f"{data['title']}: {data['done']:,}{total} · {data['rate']:,}/s")
            case Kind.STAGE_FINISHED:
                self._say(f"{data['title']}: {counts_sentence(data)}" if counts_sentence(data) else data["title"])
            case Kind.ITEM if data["message"]:
                self._say(f"  {data['title']}, {data['key']}: {data['message']} {data['fix']}".rstrip())
            case Kind.ATTENTION:
                self._say(f"! {data['title']}. {data['message']} {data['fix']}")
            case Kind.RUN_FINISHED if data["title"]:
                self._say(f"{data['title']}. {data['message']} {data['fix']}")
            case Kind.RUN_FINISHED:
                self._say(_ENDS.get(data["outcome"], "The run has ended."))
            case _:
                pass

    def preview(self, kind: DocumentKind, documents: Sequence[DocumentRow]) -> None:
        """Show a preview: one row a document, and under the table what was found."""
        title = kind.label
        if not documents:
            self._say(f"\n{title}: nothing is ready in Quadient AP.\n")
            return
        rows = [_preview_row(row) for row in documents]
        self._table(title, rows, ("Status", "Id", "Vendor", "Number", "Date", "Amount", "Goes to"), right=5)
        for row in documents:
            for finding in row.findings:
                word = _SEVERITIES[finding.severity]
                self._say(f"  {row.id}, {_number(row)}: {word}: {finding.message} {finding.fix}".rstrip())
            self._side_by_side(row)
            for change in row.changes:
                self._say(f"  {row.id}, {_number(row)}: changed since {_when(row.known_at)}: {change.words}.")

    def _side_by_side(self, row: DocumentRow) -> None:
        """Show what Sage has instead of a document, where a person must decide between the two."""
        if not row.compared:
            return
        records = len(row.theirs)
        sage = ["Sage 100" if records == 1 else f"Sage 100, {at + 1} of {records}" for at in range(records)]
        rows = [[each.field, each.ours, *each.theirs, "differs" if each.differs else ""] for each in row.compared]
        title = f"{row.id}, {_number(row)}: Quadient AP and Sage 100 side by side"
        self._table(title, rows, ("", "Quadient AP", *sage, ""), wrap=WIDEST)

    def totals(self, totals: Sequence[TotalsRow]) -> None:
        """Show control totals: one row a batch, credit notes apart."""
        if totals:
            self._table(
                "Control totals",
                [_totals_row(row) for row in (*totals, *([summed(totals)] if len(totals) > 1 else []))],
                ("Batch", "Sent", "Sent amount", "In Sage", "Sage amount", "Acknowledged", "Acknowledged amount", ""),
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
        self._say(f"{company.name} ({company.code}), last sync {_when(last_sync)}")
        rows = [[each.name.label, f"{each.active:,}", f"{each.inactive:,}", f"{each.failed:,}"] for each in lists]
        self._table("Lists in Quadient AP", rows, ("List", "Active", "Inactive", "Set aside"), right=1, until=3)
        for each in needs:
            self._say(f"! {each.title}. {each.message} {each.fix}".rstrip())
        self._say(f"{len(needs)} need you." if needs else "Nothing needs you.")

    def runs(self, runs: Sequence[RunRow]) -> None:
        """Show runs, one a row."""
        rows = [[each.id, each.command, _when(each.started_at), each.outcome.replace("_", " ")] for each in runs]
        self._table("Runs", rows, ("Run", "Command", "Started", "Outcome"))

    def run(self, events: Sequence[EventRow], totals: Sequence[TotalsRow], undone: int) -> None:
        """Show one run: what it told, its totals, and how many of its documents were `undone` since."""
        for event in events:
            self(Event("", event.at, Kind(event.event), event.data))
        self.totals(totals)
        if undone:
            were = "1 document was" if undone == 1 else f"{undone:,} documents were"
            self._say(f"{were} undone since: deleted in Sage 100. The totals above are those of the run.")

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
    "done": "Done.",
    "needs_user": "Done. Something needs you: see above.",
}


def counts_sentence(counts: Mapping[str, Any]) -> str:
    """Return a stage's counts in words, without the zeros; what was skipped is told by its rule."""
    said: list[str] = []
    rules = [f"{count:,} {name.removeprefix('skipped ')}" for name, count in counts.items() if _is_rule(name)]
    for name, count in counts.items():
        if isinstance(count, int) and not _is_rule(name) and (count or name == "read"):
            why = f" ({', '.join(rules)})" if name == "skipped" else ""
            said.append(f"{count:,} {_COUNTS.get(name, name)}{why}")
    if "since" not in counts:
        return ", ".join(said)
    day = date.fromisoformat(counts["since"])
    since = f"since {day:%b} {day.day}, {day.year}"
    return f"{', '.join(said)} ({since})" if said != ["0 read"] else f"nothing changed {since}"


def _is_rule(name: str) -> bool:
    return name.startswith("skipped ")


def _when(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else "never"


def _number(row: DocumentRow) -> str:
    document = row.document
    return document.number if isinstance(document, Invoice) else f"{document.bank_code} {row.check_number}".strip()


def _preview_row(row: DocumentRow) -> list[str]:
    document = row.document
    day = document.invoice_date if isinstance(document, Invoice) else document.payment_date
    vendor = f"{document.division}-{document.vendor_number} {document.vendor_name}"
    return [row.status, row.id, vendor, _number(row), day.isoformat(), money(document.amount), document.destination]


def _totals_row(row: TotalsRow) -> list[str]:
    where = f"{row.destination}{f', batch {row.batch}' if row.batch else ''}" or "All together"
    batch = f"{where}{', credit notes' if row.credit else ''}"
    result = "match" if row.matches else f"differ: {', '.join(row.differing)}"
    figures = (
        (row.sent_count, row.sent_amount),
        (row.sage_count, row.sage_amount),
        (row.cloud_count, row.cloud_amount),
    )
    return [batch, *(text for count, amount in figures for text in (f"{count:,}", money(amount))), result]
