"""Control totals as a file: what was sent, what Sage has and what Quadient AP acknowledged, batch by batch."""

from collections.abc import Iterator, Mapping, Sequence

from app.domain.words import money
from app.engine.views import TotalsRow, summed
from app.papers.csv_file import Cell, csv_file
from app.papers.heading import Heading
from app.papers.page import Column, Paper

_COLUMNS = (
    Column("Batch", 62),
    Column("Where in Sage", 170),
    Column("Sent", 42, right=True),
    Column("Sent amount", 86, right=True),
    Column("In Sage", 42, right=True),
    Column("Sage amount", 86, right=True),
    Column("Acknowledged", 62, right=True),
    Column("Acknowledged amount", 92, right=True),
    Column("Compared", 78),
)
_TITLES = (
    "Run", "Batch", "Where in Sage", "Credit notes", "Sent", "Sent amount", "In Sage", "Sage amount", "Acknowledged",
    "Acknowledged amount", "Compared", "Documents that differ",
)  # fmt: skip


def totals_csv(run: str, rows: Sequence[TotalsRow], names: Mapping[str, str]) -> bytes:
    """Return the control totals of a run as CSV, the sum of the run in the last row; `names` by document id."""
    return csv_file(
        _TITLES,
        ([run, *_csv_cells(row, names)] for row in (*rows, *([summed(rows)] if rows else []))),
    )


def totals_pdf(
    heading: Heading, rows: Sequence[TotalsRow], names: Mapping[str, str], *, not_sent: int = 0, undone: int = 0
) -> bytes:
    """Return the control totals of a run to be signed and filed, credit notes apart; `names` by document id.

    `not_sent` counts its documents that did not reach Sage, `undone` those that were deleted there again since.

    That is one page up to about 20 batches. More go on over further pages with the same heading; the sum and the
    lines to sign on are on the last.
    """
    paper = Paper(heading, _COLUMNS)
    plus = [row for row in rows if not row.credit]
    minus = [row for row in rows if row.credit]
    for title, part in (("", plus), ("Credit notes", minus)):
        if not part:
            continue
        if title:
            paper.section(title)
        for row in part:
            _add(paper, row, [row.batch or "no batch", _place(row)], names)
        _add(paper, summed(part), [f"Sum of {len(part):,}" if len(part) > 1 else "Sum", title], names, bold=True)
    if plus and minus:
        _add(paper, summed(rows), ["All together", ""], names, bold=True)
    for text, agrees in _said(rows, names, not_sent, undone):
        paper.text(text, bold=True, red=not agrees, tick=agrees)
    paper.sign("Compared by", "Posted by")
    return paper.pdf(f"{len(rows):,} batches")


def _add(paper: Paper, row: TotalsRow, start: Sequence[str], names: Mapping[str, str], *, bold: bool = False) -> None:
    agrees = row.matches
    cells = [*start, *_figures(row), "agrees" if agrees else _differ(row)]
    below = [] if agrees or bold else [f"Differ: {_named(row, names)}."]
    paper.row(cells, below, red=row.credit or not agrees, bold=bold, tick=agrees)


def _figures(row: TotalsRow) -> Iterator[str]:
    for count, amount in (
        (row.sent_count, row.sent_amount),
        (row.sage_count, row.sage_amount),
        (row.cloud_count, row.cloud_amount),
    ):
        yield f"{count:,}"
        yield money(amount)


def _said(
    rows: Sequence[TotalsRow], names: Mapping[str, str], not_sent: int, undone: int
) -> Iterator[tuple[str, bool]]:
    if not rows:
        yield "This run sent nothing to Sage 100.", False
    elif all(row.matches for row in rows):
        yield "Sent = in Sage 100 = acknowledged by Quadient AP, document by document.", True
    else:
        differing = "; ".join(_named(row, names) for row in rows if not row.matches)
        yield f"The totals differ: {differing}. Compare them in both programs before you post.", False
    if not_sent:
        yield f"{_were(not_sent)} not sent; the reasons are in AP Bridge under this run.", False
    if undone:
        yield f"{_were(undone)} undone since: deleted in Sage 100. The totals above are those of the run.", False


def _were(count: int) -> str:
    return "1 document was" if count == 1 else f"{count:,} documents were"


def _csv_cells(row: TotalsRow, names: Mapping[str, str]) -> list[Cell]:
    return [
        row.batch, row.destination or "All", None if not row.destination else row.credit, row.sent_count,
        row.sent_amount, row.sage_count, row.sage_amount, row.cloud_count, row.cloud_amount,
        "agrees" if row.matches else "differs", "" if row.matches else _named(row, names),
    ]  # fmt: skip


def _place(row: TotalsRow) -> str:
    return f"{row.destination}, credit notes" if row.credit else row.destination


def _differ(row: TotalsRow) -> str:
    return f"{len(row.differing):,} differ" if len(row.differing) != 1 else "1 differs"


def _named(row: TotalsRow, names: Mapping[str, str]) -> str:
    """Return the documents that differ by the names people know; the sums may differ though each is equal."""
    return ", ".join(names.get(each, each) for each in row.differing) or "the counts or amounts"
