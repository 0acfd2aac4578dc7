"""What all pictures have in common: parts that can be reached by keyboard, clicked, and read aloud."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.gui.table import Column, TableModel
from app.gui.text import tr

_BACK = (Qt.Key.Key_Left, Qt.Key.Key_Up)
_ON = (Qt.Key.Key_Right, Qt.Key.Key_Down)
_OPEN = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
RADIUS = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a picture: what it stands for, and that in words, numbers included; without rows it is not opened."""

    key: object
    words: str
    has_rows: bool = True


class Picture(QWidget):
    """Draws parts side by side or one below the other; `opened` carries the key of the part that was opened.

    `table` holds its numbers, to be saved; Ctrl+C copies them as tab-separated text.

    The arrow keys go from part to part, Enter, Space and a click open one. A screen reader hears the picture's name,
    and of the part that has the focus its words; without focus, those of all.
    """

    opened = Signal(object)

    def __init__(self, name: str, title: str, columns: Sequence[Column[Any]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table: TableModel[Any] = TableModel(columns, lambda row: str(id(row)), parent=self)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.parts: tuple[Part, ...] = ()
        self.current = 0

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show these parts; the one that had the focus keeps it, where it is still there."""
        before = self.parts[self.current].key if self.parts else None
        self.parts = tuple(parts)
        self.current = next((at for at, part in enumerate(self.parts) if part.key == before), 0)
        self._tell()
        self.updateGeometry()
        self.update()

    def places(self) -> list[QRectF]:
        """Return where each part is."""
        raise NotImplementedError

    def paint(self, painter: QPainter) -> None:
        """Draw all parts."""
        raise NotImplementedError

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the parts, and a frame around the one that has the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint(painter)
        if self.hasFocus() and self.parts:
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.places()[self.current].adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from part to part, or open one."""
        key = event.key()
        if key in (*_BACK, *_ON):
            self._go_to(self.current + (1 if key in _ON else -1))
        elif key in _OPEN:
            self._open()
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(
                "\n".join("\t".join(column.text(row) for column in self.table.columns) for row in self.table.rows)
            )
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the part under the mouse."""
        at = self._at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and at is not None:
            self._go_to(at)
            self._open()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show by the mouse's shape what can be opened."""
        at = self._at(event.position().toPoint())
        able = at is not None and self.parts[at].has_rows
        self.setCursor(Qt.CursorShape.PointingHandCursor if able else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        """Show a part's words beside the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self._at(event.pos())
            QToolTip.showText(event.globalPos(), self.parts[at].words if at is not None else "", self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QEvent) -> None:
        """Frame the current part, and tell it."""
        super().focusInEvent(event)
        self._tell()
        self.update()

    def focusOutEvent(self, event: QEvent) -> None:
        """Take the frame away."""
        super().focusOutEvent(event)
        self._tell()
        self.update()

    def _at(self, point: QPoint) -> int | None:
        return next((at for at, place in enumerate(self.places()) if place.contains(point)), None)

    def _go_to(self, at: int) -> None:
        self.current = max(0, min(at, len(self.parts) - 1))
        self._tell()
        self.update()

    def _open(self) -> None:
        if self.parts and self.parts[self.current].has_rows:
            self.opened.emit(self.parts[self.current].key)

    def _tell(self) -> None:
        """Say to a screen reader what is shown."""
        if self.hasFocus() and self.parts:
            part = self.parts[self.current]
            words = tr("{words} Enter opens it.", words=part.words) if part.has_rows else part.words
        else:
            words = " ".join(part.words for part in self.parts)
        self.setAccessibleDescription(words)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
