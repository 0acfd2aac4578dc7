"""Keeps windows and dialogs within the screen."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QStyle, QWidget

SMALLEST = QSize(960, 492)  # Full HD at 200 %, without its task bar; no screen is counted on that is smaller


def keep_within(window: QWidget, room: QRect) -> None:
    """Make a window that is about to be shown no larger, its frame included, than `room`, if it can be so small."""
    if window.isMaximized() or window.isFullScreen():
        return
    title_bar = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    frame = (window.frameGeometry().size() - window.size()).expandedTo(QSize(0, title_bar))
    window.resize(window.size().boundedTo(room.size() - frame))


def resize_within_screen(window: QWidget, size: QSize) -> None:
    """Make a window that is about to be shown as large as `size`, or as its screen lets it be."""
    window.resize(size)
    screen = window.screen().availableGeometry()
    keep_within(window, QRect(screen.topLeft(), screen.size().expandedTo(SMALLEST)))
