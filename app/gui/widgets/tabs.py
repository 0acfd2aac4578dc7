"""Tabs whose words stand whole: Qt's own leave the tail of a “g” no room where a tab is not in front."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

HIGHER = 4  # pixels


class Tabs(QTabWidget):
    """Qt's tabs, a little higher."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabBar(_Bar())


class _Bar(QTabBar):
    def tabSizeHint(self, index: int) -> QSize:
        return super().tabSizeHint(index) + QSize(0, HIGHER)

    def minimumTabSizeHint(self, index: int) -> QSize:
        return super().minimumTabSizeHint(index) + QSize(0, HIGHER)
