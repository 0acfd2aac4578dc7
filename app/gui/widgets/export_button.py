"""The button that saves for Excel what the tables and pictures beside it show."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app.gui.extent import Tabular
from app.gui.text import tr


class ExportButton(QPushButton):
    """`asked` carries the one that was chosen; of several, a menu offers each by its name."""

    asked = Signal(object)

    def __init__(self, name: str, *tables: Tabular, parent: QWidget | None = None) -> None:
        super().__init__(tr("E&xport…"), parent)
        self.setObjectName(name)
        self.setToolTip(tr("Save what the table shows for Excel (CSV)"))
        if len(tables) == 1:
            self.clicked.connect(lambda: self.asked.emit(tables[0]))
            return
        menu = QMenu(self)
        for table in tables:
            menu.addAction(table.accessibleName()).triggered.connect(
                lambda _=False, table=table: self.asked.emit(table)
            )
        self.setMenu(menu)
