"""What Visual Integrator's job log says of one document.

VI_JobLog has a row for each field of each record that was imported, with its result, and one (index 00000000) with
the record's message; record 0000000000 are the totals. It names no job and no time: it is taken at its word only where
it names the document. That it is emptied at a job's start, and readable right after its end, is unconfirmed.
"""

from app.domain.language import say
from app.errors import SkipItem
from app.sage.cells import Cells, Observations
from app.sage.outcomes import UnreadableValue
from app.sage.source import Source

_TABLE = "VI_JobLog"
_COLUMNS = ("RecordNo", "IndexNo", "FieldName", "FieldData", "ResultFlag")
_MESSAGE = "00000000"
_TOTALS = "0000000000"
_REFUSED = ("F", "S")


def what_it_says(source: Source, seen: Observations, column: str, number: str) -> str | None:
    """Return what the log says against the document that has `number` in `column`, in Sage's words.

    Empty when it names the document and has nothing against it, or no words; None when it does not name it, or
    cannot be read: then the log tells nothing.

    Raises:
        RetryLater, NeedsUser: when Sage does not answer.
    """
    try:
        records = _records(source, Cells(_TABLE, seen))
    except (SkipItem, UnreadableValue) as error:
        seen.notes[say("Visual Integrator's log cannot be read: {error}", error=error)] += 1
        return None
    ours = [rows for record, rows in records.items() if record != _TOTALS and _names(rows, column, number)]
    if not ours:
        return None
    said: dict[str, None] = {}
    for index, name, data, result in (row for rows in ours for row in rows):
        if result in _REFUSED:
            said[
                data if index == _MESSAGE else say("{field} “{data}” was not taken.", field=_field(name), data=data)
            ] = None
    return " ".join(each for each in said if each)


_Rows = list[tuple[str, str, str, str]]


def _records(source: Source, cells: Cells) -> dict[str, _Rows]:
    records: dict[str, _Rows] = {}
    for raw in source.stream(_TABLE, _COLUMNS, order=_COLUMNS[:2]):
        record, *row = (cells.text(value, column) for value, column in zip(raw, _COLUMNS, strict=True))
        records.setdefault(record, []).append((row[0], row[1], row[2], row[3]))
    return records


def _names(rows: _Rows, column: str, number: str) -> bool:
    return any(_field(name) == column and data == number for _, name, data, _ in rows)


def _field(name: str) -> str:
    """Return a field's name without its record's designator and its type."""
    return name.rpartition(".")[2].rstrip("$")
