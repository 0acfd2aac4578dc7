"""The words in a table that is narrowed to nothing."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QTableView

from app.gui.text import tr
from app.gui.widgets.quiet import Quiet


class NoMatch(Quiet):
    """Stands in the middle of `table` while it has no row: what narrows it stands above.

    Where `narrowed` says that nothing does, `empty` stands there; `words` say it in their own way where they say it.
    """

    def __init__(
        self,
        table: QTableView,
        empty: str = "",
        narrowed: Callable[[], bool] = lambda: True,
        words: Callable[[], str] = lambda: "",
    ) -> None:
        super().__init__(f"{table.objectName()}_no_match")
        self._empty, self._narrowed, self._words = empty, narrowed, words
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setParent(table.viewport())
        self.setForegroundRole(QPalette.ColorRole.WindowText)  # not what a table's own text has
        self._table = table
        model = table.model()
        for changed in (model.modelReset, model.layoutChanged, model.rowsInserted, model.rowsRemoved):
            changed.connect(self._show)
        table.viewport().installEventFilter(self)
        self.hide()  # until there is an answer

    def say_empty(self, words: str) -> None:
        """Say these words from now on where nothing narrows the table."""
        self._empty = words
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the table's size."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._table.viewport().rect())
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        self.setGeometry(self._table.viewport().rect())
        nothing_matches = tr("Nothing matches. Clear the filter, or choose something else above.")
        self.setText(self._words() or nothing_matches if self._narrowed() else self._empty)
        self.setVisible(self._table.model().rowCount() == 0)
