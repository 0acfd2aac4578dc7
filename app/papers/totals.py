"""Control totals as a file: what was sent, what Sage has and what Quadient AP acknowledged, batch by batch."""

from collections.abc import Iterator, Mapping, Sequence

from app.domain.language import count, english, later, say, whole
from app.domain.words import money
from app.engine.views import TotalsRow, summed
from app.papers.csv_file import Cell, csv_file
from app.papers.heading import Heading
from app.papers.page import Column, Paper

_COLUMNS = (
    Column(later("Batch"), 62),
    Column(later("Where in Sage"), 170),
    Column(later("Sent"), 42, right=True),
    Column(later("Sent amount"), 86, right=True),
    Column(later("In Sage"), 42, right=True),
    Column(later("Sage amount"), 86, right=True),
    Column(later("Acknowledged"), 62, right=True),
    Column(later("Acknowledged amount"), 92, right=True),
    Column(later("Compared"), 78),
)
_TITLES = (
    "Run", "Batch", "Where in Sage", "Credit notes", "Sent", "Sent amount", "In Sage", "Sage amount", "Acknowledged",
    "Acknowledged amount", "Compared", "Documents that differ",
)  # fmt: skip


def totals_csv(run: str, rows: Sequence[TotalsRow], names: Mapping[str, str]) -> bytes:
    """Return the control totals of a run as CSV, the sum of the run in the last row; `names` by document id."""
    with english():
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
    for title, part in (("", plus), (say("Credit notes"), minus)):
        if not part:
            continue
        if title:
            paper.section(title)
        for row in part:
            _add(paper, row, [row.batch or say("no batch"), _place(row)], names)
        _add(
            paper,
            summed(part),
            [say("Sum of {n}", n=whole(len(part))) if len(part) > 1 else say("Sum"), title],
            names,
            bold=True,
        )
    if plus and minus:
        _add(paper, summed(rows), [say("All together"), ""], names, bold=True)
    for text, agrees in _said(rows, names, not_sent, undone):
        paper.text(text, bold=True, red=not agrees, tick=agrees)
    paper.sign(say("Compared by"), say("Posted by"))
    return paper.pdf(count(len(rows), "{n} batch", "{n} batches"))


def _add(paper: Paper, row: TotalsRow, start: Sequence[str], names: Mapping[str, str], *, bold: bool = False) -> None:
    agrees = row.matches
    cells = [*start, *_figures(row), say("agrees") if agrees else _differ(row)]
    below = [] if agrees or bold else [say("Differ: {named}.", named=_named(row, names))]
    paper.row(cells, below, red=row.credit or not agrees, bold=bold, tick=agrees)


def _figures(row: TotalsRow) -> Iterator[str]:
    for number, amount in (
        (row.sent_count, row.sent_amount),
        (row.sage_count, row.sage_amount),
        (row.cloud_count, row.cloud_amount),
    ):
        yield whole(number)
        yield money(amount)


def _said(
    rows: Sequence[TotalsRow], names: Mapping[str, str], not_sent: int, undone: int
) -> Iterator[tuple[str, bool]]:
    if not rows:
        yield say("This run sent nothing to Sage 100."), False
    elif all(row.matches for row in rows):
        yield say("Sent = in Sage 100 = acknowledged by Quadient AP, document by document."), True
    else:
        differing = "; ".join(_named(row, names) for row in rows if not row.matches)
        yield (
            say("The totals differ: {differing}. Compare them in both programs before you post.", differing=differing),
            False,
        )
    if not_sent:
        yield (
            count(
                not_sent,
                "1 document was not sent; the reasons are in AP Bridge under this run.",
                "{n} documents were not sent; the reasons are in AP Bridge under this run.",
            ),
            False,
        )
    if undone:
        yield (
            count(
                undone,
                "1 document was undone since: deleted in Sage 100. The totals above are those of the run.",
                "{n} documents were undone since: deleted in Sage 100. The totals above are those of the run.",
            ),
            False,
        )


def _csv_cells(row: TotalsRow, names: Mapping[str, str]) -> list[Cell]:
    return [
        row.batch, row.destination or "All", None if not row.destination else row.credit, row.sent_count,
        row.sent_amount, row.sage_count, row.sage_amount, row.cloud_count, row.cloud_amount,
        "agrees" if row.matches else "differs", "" if row.matches else _named(row, names),
    ]  # fmt: skip


def _place(row: TotalsRow) -> str:
    return say("{place}, credit notes", place=say(row.destination)) if row.credit else say(row.destination)


def _differ(row: TotalsRow) -> str:
    return count(len(row.differing), "1 differs", "{n} differ")


def _named(row: TotalsRow, names: Mapping[str, str]) -> str:
    """Return the documents that differ by the names people know; the sums may differ though each is equal."""
    return ", ".join(names.get(each, each) for each in row.differing) or say("the counts or amounts")
