"""The runs as a table shows them, and how some are found among all of them."""

from collections.abc import Iterator, Mapping, Sequence
from heapq import merge

from app.engine.views import RunRow, Views
from app.gui.columns import Column
from app.gui.format import duration, moment
from app.gui.held_back import as_run, held_back_words
from app.gui.reader import Question
from app.gui.spells import Spells
from app.gui.summary import rebuild_words, summary_words
from app.gui.text import tr
from app.gui.words import command_words, outcome_words

_BRINGS_NOTHING = ("probe", "selftest")
DID = 4  # the place of the column that says what a run did
MOST = 200  # runs that are shown, the newest of those that are found


def run_columns() -> list[Column[RunRow]]:
    """Return the columns of a table of runs."""

    def length(row: RunRow) -> float | None:
        return (row.finished_at - row.started_at).total_seconds() if row.finished_at else None

    def length_words(row: RunRow) -> str:
        seconds = length(row)
        return duration(seconds) if seconds is not None else ""

    return [
        Column(tr("Started"), lambda row: moment(row.started_at), lambda row: row.started_at, width=21),
        Column(tr("Run"), lambda row: command_words(row.command), width=30),
        Column(tr("Took"), length_words, length, right=True, width=7),
        Column(
            tr("How it ended"),
            lambda row: outcome_words(row.outcome)[1],
            width=19,
            icon=lambda row: outcome_words(row.outcome)[0],
        ),
        Column(tr("What it did"), did_words, long=True),
    ]


def did_words(run: RunRow) -> str:
    """Return what a run did, or what stopped it, in one line; nothing while it is at work, or where it counts none."""
    if run.outcome == "cancelled":
        return ""  # that is said beside it
    if run.finished_at is None or "error" in run.summary:
        return _why(run)
    if run.command == "rebuild":
        return rebuild_words(run.summary)
    counted = any(isinstance(part, Mapping) for part in run.summary.values())
    return summary_words(run.summary) if counted and run.command not in _BRINGS_NOTHING else ""


def _why(run: RunRow) -> str:
    """Return what stopped a run, or held it back."""
    error = run.summary.get("error") or {}
    return str(error.get("title", "")) or held_back_words(run)


def search(words: Sequence[str], columns: Sequence[Column[RunRow]]) -> Question:
    """Return what looks for the newest runs that have all `words`, in what is read of them or in what they touched."""

    def ask(views: Views) -> Iterator[list[RunRow]]:
        touched = [views.touched(word) for word in words]
        held_back = sorted(map(as_run, views.held_back()), key=lambda row: row.started_at, reverse=True)
        spells, found = Spells(), []
        for run in merge(views.runs_in_steps(), held_back, key=lambda row: row.started_at, reverse=True):
            spells.rest()
            said = said_of(run, columns)
            if all(run.id in ids or word in said for word, ids in zip(words, touched, strict=True)):
                found.append(run)
            if len(found) == MOST:
                break
        yield found

    return ask


def said_of(run: RunRow, columns: Sequence[Column[RunRow]]) -> str:
    """Return what is read of a run itself, in small letters, but for what it counted: those words take their time."""
    return "\n".join([*(column.text(run) for column in columns[:DID]), _why(run)]).lower()
