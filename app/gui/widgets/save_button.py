"""The button that offers a paper in each of its forms: to print, as PDF, for Excel."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app.gui.papers import CSV, LINES, PDF, PRINT, Form
from app.gui.text import tr


class SaveButton(QPushButton):
    """`asked` carries the chosen `Form`; `lines` offers the lines for Excel too."""

    asked = Signal(object)

    def __init__(self, name: str, text: str, *, lines: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setObjectName(name)
        menu = QMenu(self)
        self._offer(menu, tr("&Print…"), PRINT)
        self._offer(menu, tr("Save as P&DF…"), PDF)
        self._offer(menu, tr("Save for &Excel (CSV)…"), CSV)
        if lines:
            self._offer(menu, tr("Save the &lines for Excel (CSV)…"), LINES)
        self.setMenu(menu)

    def _offer(self, menu: QMenu, words: str, form: Form) -> None:
        menu.addAction(words).triggered.connect(lambda: self.asked.emit(form))
