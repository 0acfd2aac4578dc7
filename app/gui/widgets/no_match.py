"""The words in a table that is narrowed to nothing."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QTableView

from app.gui.text import tr
from app.gui.widgets.quiet import Quiet


class NoMatch(Quiet):
    """Stands in the middle of `table` while it has no row: what narrows it stands above."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(f"{table.objectName()}_no_match")
        self.setText(tr("Nothing matches. Clear the filter, or choose something else above."))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setParent(table.viewport())
        self.setForegroundRole(QPalette.ColorRole.WindowText)  # not what a table's own text has
        self._table = table
        model = table.model()
        for changed in (model.modelReset, model.layoutChanged, model.rowsInserted, model.rowsRemoved):
            changed.connect(self._show)
        table.viewport().installEventFilter(self)
        self.hide()  # until there is an answer

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the table's size."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._table.viewport().rect())
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        self.setGeometry(self._table.viewport().rect())
        self.setVisible(self._table.model().rowCount() == 0)
