"""The button that saves for Excel what the tables and pictures beside it show."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app.gui.extent import Tabular
from app.gui.text import tr
from app.gui.widgets.able import able


class ExportButton(QPushButton):
    """`asked` carries the one that was chosen; of several, a menu offers each by its name."""

    asked = Signal(object)

    def __init__(self, name: str, *tables: Tabular, parent: QWidget | None = None) -> None:
        super().__init__(tr("E&xport…"), parent)
        self.setObjectName(name)
        self.setToolTip(tr("Save what the table shows for Excel (CSV)"))
        self._entries: dict[Tabular, QAction] = {}
        if len(tables) == 1:
            self.clicked.connect(lambda: self.asked.emit(tables[0]))
            return
        menu = QMenu(self)
        for table in tables:
            entry = self._entries[table] = menu.addAction(table.accessibleName())
            entry.triggered.connect(lambda _=False, table=table: self.asked.emit(table))
        self.setMenu(menu)

    def offer(self, table: Tabular, *, whole: bool) -> None:
        """Let `table` be saved only while it shows the `whole` of what it is said to show."""
        why = tr("Not all rows are read yet")
        entry = self._entries.get(table)
        if entry is None:
            able(self, whole, why)
            return
        name = table.accessibleName()
        entry.setText(name if whole else tr("{name}: {text}", name=name, text=why))
        entry.setEnabled(whole)
