"""A table model over the records of one list, which stay in the store: it holds their keys, and the rows in sight."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from app.domain.lists import ListName
from app.engine.views import By, Keys, RecordRow, Views, Wanted, Wording
from app.errors import BridgeError
from app.gui.columns import ROOT, Column, ColumnsModel, Rows
from app.gui.reader import Question, Reader

PAGE = 200  # rows that are read at once
PAGES_KEPT = 50
READ_ON = 50  # rows that are read at once where it is done bit by bit


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found: the first keys, with the rows they stand for, or, with the list's `total`, all of them."""

    wanted: Wanted
    keys: Keys
    rows: Sequence[RecordRow] = ()
    total: int | None = None


class StoredTable(ColumnsModel[RecordRow]):
    """The store filters and sorts, asked in a thread of its own; until it answers, the rows stay as they are.

    `columns` go by what each of them sorts by. `asked` is emitted when other rows are wanted, `changed` when they are
    shown, `settled` when nothing more is to come; `failed` carries the BridgeError with which the store could not be
    read.
    """

    asked = Signal()
    changed = Signal()
    settled = Signal()
    failed = Signal(object)

    def __init__(
        self, columns: Mapping[By, Column[RecordRow]], wording: Wording, views: Views, parent: QObject | None = None
    ) -> None:
        super().__init__(list(columns.values()), lambda row: row.key, parent)
        self._sorts = list(columns)
        self._wording = wording
        self._views = views
        self._text, self._run, self._by, self._descending = "", "", By.KEY, False
        self._list: ListName | None = None
        self._wanted: Wanted | None = None
        self._shown: Wanted | None = None
        self._keys = Keys()
        self._pages: dict[int, list[RecordRow]] = {}
        self.total: int | None = None
        self.reader = Reader(views, self)
        self.reader.answered.connect(self._take)
        self.reader.failed.connect(self.failed)
        self.reader.done.connect(self.settled)

    # What is wanted

    @property
    def waiting(self) -> bool:
        """Whether an answer is still to come."""
        return self.reader.busy

    def show_list(self, name: ListName) -> None:
        """Show the records of a list."""
        if name != self._list:
            self._list = name
            self._ask(first=True, total=None)

    def refresh(self) -> None:
        """Show what the store has now."""
        self._ask(first=False, total=None, anew=True)

    def set_filter(self, text: str) -> None:
        """Show only records that hold every word of `text` in some column."""
        if text.split() != self._text.split():
            self._text = text
            self._narrowed()

    def set_run(self, run: str) -> None:
        """Show only the records that `run` touched last; all where it is blank."""
        if run != self._run:
            self._run = run
            self._narrowed()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the records by a column; those that are equal in it stand in the order of their keys."""
        self._by = self._sorts[column] if column >= 0 else By.KEY
        self._descending = column >= 0 and order == Qt.SortOrder.DescendingOrder
        self._ask(first=False, total=self.total)

    def _narrowed(self) -> None:
        # The first rows are shown before the others are found, unless the current row may be among those.
        self._ask(first=not self.persistentIndexList(), total=self.total)

    def _ask(self, *, first: bool, total: int | None, anew: bool = False) -> None:
        if self._list is not None:
            wanted = self._wanted = Wanted(self._list, self._text, self._run, self._by, self._descending)
            self.reader.ask(_question(wanted, self._wording, first=first and wanted.streams, total=total), anew=anew)
            self.asked.emit()

    # What was found

    def _take(self, found: _Found) -> None:
        before = len(self._keys)
        more = found.wanted == self._shown and self.total is None and found.keys[:before] == self._keys[:]
        if more and before and found.total is not None:
            if len(found.keys) > before:
                self.beginInsertRows(ROOT, before, len(found.keys) - 1)
                self._keys = found.keys
                self.endInsertRows()
        else:
            self.beginResetModel()
            self._shown, self._keys = found.wanted, found.keys
            self._pages = {0: list(found.rows)} if found.rows else {}
            self.endResetModel()
        self.total = found.total
        self.changed.emit()

    # What is shown

    @property
    def is_whole(self) -> bool:
        """Whether all rows are shown that were wanted last, and it is known of how many they are."""
        return self._shown is not None and self._shown == self._wanted and self.total is not None

    @property
    def in_all(self) -> int:
        """How many records the list has, as far as they are counted."""
        return self.total if self.total is not None else len(self._keys)

    @property
    def shown_list(self) -> ListName | None:
        """The list whose records are shown."""
        return self._shown.list if self._shown is not None else None

    def row(self, index: QModelIndex | int) -> RecordRow:
        """Return the row shown at `index`; one that was deleted since has a key and nothing else."""
        number, place = divmod(index if isinstance(index, int) else index.row(), PAGE)
        if number not in self._pages:
            if len(self._pages) == PAGES_KEPT:
                del self._pages[next(iter(self._pages))]
            self._pages[number] = self._read(number)
        return self._pages[number][place]

    def each(self, places: Sequence[int]) -> Iterator[RecordRow]:
        """Yield the rows shown at `places`, as they are now: what is shown may change in between.

        Raises:
            BridgeError: when the store cannot be read.
        """
        name, keys = self.shown_list, self._keys
        for start in range(0, len(places), READ_ON):
            yield from self._in_full(name, [keys[place] for place in places[start : start + READ_ON]])

    def reading(self) -> Rows[RecordRow]:
        """Return what reads all rows that are shown now, in any thread that has views of its own."""
        name, keys = self.shown_list, self._keys

        def read(views: Views) -> Iterator[RecordRow]:
            for start in range(0, len(keys), READ_ON):
                yield from _in_full(views, name, keys[start : start + READ_ON])

        return read

    def names(self, start: int, stop: int) -> list[str]:
        """Return the keys of what is shown from `start` to before `stop`, as far as there are any."""
        return self._keys[start:stop]

    def places(self, names: Iterable[str]) -> dict[str, int]:
        """Return where those of the records called `names` are shown that are shown."""
        found = ((name, self._keys.place(name)) for name in names)
        return {name: place for name, place in found if place is not None}

    def rowCount(self, parent: QModelIndex = ROOT) -> int:
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self._keys)

    def _read(self, number: int) -> list[RecordRow]:
        keys = self._keys[number * PAGE : (number + 1) * PAGE]
        try:
            return self._in_full(self.shown_list, keys)
        except BridgeError as error:
            self.failed.emit(error)
            return [_gone(key) for key in keys]

    def _in_full(self, name: ListName | None, keys: Sequence[str]) -> list[RecordRow]:
        return _in_full(self._views, name, keys)


def _question(wanted: Wanted, wording: Wording, *, first: bool, total: int | None) -> Question:
    def ask(views: Views) -> Iterator[_Found]:
        search = views.search()
        if search is None:
            yield _Found(wanted, Keys(), total=0)
            return
        rows = search.first(wanted, wording, PAGE) if first else []
        if len(rows) == PAGE:
            yield _Found(wanted, Keys.of(row.key for row in rows), rows)
        keys = search.keys(wanted, wording)
        number = len(keys) if wanted.everything else total
        yield _Found(wanted, keys, total=search.count(wanted.list) if number is None else number)
        search.prepare(wanted.list)

    return ask


def _in_full(views: Views, name: ListName | None, keys: Sequence[str]) -> list[RecordRow]:
    search = views.search()
    found = search.in_full(name, keys) if search is not None and name is not None else [None] * len(keys)
    return [row or _gone(key) for key, row in zip(keys, found, strict=True)]


def _gone(key: str) -> RecordRow:
    return RecordRow(key, "", active=False, state="", reason="", fix="", changed_at=None, run="")
