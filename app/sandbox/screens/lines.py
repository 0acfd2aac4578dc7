"""The lines of a record being entered (oLines): one is current, written lines wait for the header."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.sandbox.schema import Table
from app.sandbox.screens.link import FAILED, OK, WITH_WARNING, Link, Problem, answers
from app.sandbox.screens.record import Record, Value

if TYPE_CHECKING:
    from app.sandbox.screens.entry import EntryScreen


class Lines:
    """The lines of one entry screen, as Business Objects show them."""

    def __init__(self, link: Link, screen: "EntryScreen", table: Table, sizes: Mapping[str, int]) -> None:
        self.link = link
        self.said = ""
        self.written: list[Record] = []
        self._screen = screen
        self._table = table
        self._sizes = sizes
        self._current: Record | None = None
        self._place = -1

    @property
    def sLastErrorMsg(self) -> str:  # noqa: N802  # Sage's spelling
        """What Sage says about the last step."""
        return self.said

    @answers
    def nAddLine(self) -> int:  # noqa: N802
        """Begin a new line."""
        self._screen.must_have_record()
        self._current, self._place = self.fresh(), -1
        return OK

    @answers
    def nSetValue(self, column: str, value: Any) -> int:  # noqa: N802
        """Enter one value of the current line."""
        line = self._line()
        name, accepted = line.accept(column, value)
        warning = self._screen.check_line_value(line, name, accepted)
        line.values[name] = accepted
        self._screen.line_value_entered(line, name)
        self.said = warning
        return WITH_WARNING if warning else OK

    @answers
    def nGetValue(self, column: str, answer: Any) -> int:  # noqa: N802
        """Put one value of the current line into `answer.value`."""
        answer.value = self._line().shown(column)
        return OK

    @answers
    def nWrite(self) -> int:  # noqa: N802
        """Take the current line into the record; the record itself is stored by its own nWrite."""
        line = self._line()
        self._screen.check_line(line)
        if self._place < 0:
            self.written.append(line)
            self._place = len(self.written) - 1
        return OK

    @answers
    def nDelete(self) -> int:  # noqa: N802
        """Take the current line out of the record."""
        self._line()
        if self._place >= 0:
            del self.written[self._place]
        self._current, self._place = None, -1
        return OK

    @answers
    def nClear(self) -> int:  # noqa: N802
        """Forget what was entered in the current line."""
        self._current, self._place = None, -1
        return OK

    @answers
    def nMoveFirst(self) -> int:  # noqa: N802
        """Go to the first line; 0 when there is none."""
        return self._move(0)

    @answers
    def nMoveNext(self) -> int:  # noqa: N802
        """Go to the next line; 0 behind the last one."""
        return self._move(self._place + 1)

    @answers
    def nEOF(self) -> int:  # noqa: N802
        """Tell whether there is no current line any more."""
        return OK if self._current is None else FAILED

    def fresh(self, values: Mapping[str, Value] | None = None) -> Record:
        """Return a blank line, with `values` filled in."""
        line = Record(self._table, self._sizes)
        line.values.update(values or {})
        return line

    def restart(self, written: list[Record]) -> None:
        """Begin with these lines and none of them current."""
        self.written = written
        self._current, self._place = None, -1

    def _move(self, place: int) -> int:
        if place >= len(self.written):
            self._current, self._place = None, len(self.written)
            return FAILED
        self._current, self._place = self.written[place], place
        return OK

    def _line(self) -> Record:
        self._screen.must_have_record()
        if self._current is None:
            raise Problem("No line is selected.")
        return self._current
