"""How the window looks: Qt's Fusion style, the system's light or dark palette, and very little on top."""

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from app.resources import resource

# Each pair: on light, on dark ground; all reach a contrast of 4.5 to 1 there, on alternate rows too.
_NEGATIVE = (QColor("#b3261e"), QColor("#ff9a90"))
_QUIET = (QColor("#5c6670"), QColor("#aab2bb"))
_LINK = (QColor("#25689b"), QColor("#8ab8e0"))

_SHEET = """
QFrame#banner, QFrame#confirm_bar { border: 1px solid palette(mid); border-radius: 6px; background: palette(base); }
QFrame#banner QLabel, QFrame#confirm_bar QLabel { background: transparent; }
QLabel#demo_badge {
    background: #25689b; color: #ffffff; border-radius: 4px; padding: 1px 8px; font-weight: 600;
}
QTextBrowser { border: none; padding: 2px; }
QTableView, QTextBrowser { selection-background-color: #25689b; selection-color: #ffffff; }
QTableView { border: 1px solid palette(mid); }
QTableView::item { padding: 0 5px; }
QTableView::indicator { width: 16px; height: 16px; }
QTableView::indicator:checked { image: url("%(ticked)s"); }
QTableView::indicator:unchecked { image: url("%(unticked)s"); }
QHeaderView::section { padding: 3px 8px; font-weight: 600; }
QPushButton { padding: 4px 12px; }
QPushButton#sync_button { padding: 7px 18px; font-weight: 600; }
QPushButton[main="true"] { font-weight: 600; }
"""


def apply_style(application: QApplication) -> None:
    """Give the application its style; the palette stays the system's, so light and dark follow it."""
    application.setStyle("Fusion")
    application.setStyleSheet(
        _SHEET % {name: resource("icons", f"{name}.svg").as_posix() for name in ("ticked", "unticked")}
    )


def is_dark(palette: QPalette) -> bool:
    """Return whether text stands on dark ground in `palette`."""
    return palette.color(QPalette.ColorRole.Base).lightness() < 128


def negative_colour(palette: QPalette) -> QColor:
    """Return the colour of amounts below zero (they carry a minus and a word as well)."""
    return _NEGATIVE[is_dark(palette)]


def quiet_colour(palette: QPalette) -> QColor:
    """Return the colour of text that stands back."""
    return _QUIET[is_dark(palette)]


def link_colour(palette: QPalette) -> QColor:
    """Return the colour of a link: not every dark palette has one that can be read."""
    return _LINK[is_dark(palette)]


def scaled_font(widget: QWidget, factor: float, *, bold: bool = False) -> QFont:
    """Return the widget's font, larger by `factor`."""
    font = QFont(widget.font())
    font.setPointSizeF(font.pointSizeF() * factor)
    font.setBold(bold)
    return font
