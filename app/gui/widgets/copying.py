"""The words over a table whose rows are being copied, where that takes a while."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QTableView

from app.gui.text import counted

MARGIN = 8


class Copying(QLabel):
    """Stands at the foot of `table` until it is hidden: before that, the clipboard holds what it held."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self.setObjectName(f"{table.objectName()}_copying")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.ToolTipBase)
        self.setForegroundRole(QPalette.ColorRole.ToolTipText)
        self.setMargin(MARGIN)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._table = table
        table.viewport().installEventFilter(self)
        self.hide()

    def say(self, number: int) -> None:
        """Say that so many rows are being copied."""
        self.setText(counted(number, "Copying {n} row…", "Copying {n} rows…"))
        self._place()
        self.raise_()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the table's size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.adjustSize()
        ground = self._table.viewport().geometry()
        self.move(ground.center().x() - self.width() // 2, ground.bottom() - self.height() - MARGIN)
