"""How the window looks: Qt's Fusion style, the system's light or dark palette, and very little on top."""

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from app.resources import resource

# Each pair: on light, on dark ground; all reach a contrast of 4.5 to 1 there, on alternate rows too.
_NEGATIVE = (QColor("#b3261e"), QColor("#ff9a90"))
_QUIET = (QColor("#5c6670"), QColor("#aab2bb"))
_LINK = (QColor("#25689b"), QColor("#8ab8e0"))

# What is painted reaches 3 to 1 on its ground, as bars and marks must.
_MARKED = (QColor("#ffe9a8"), QColor("#5a4a12"))
_GROUND = (QColor("#eef1f4"), QColor("#31363c"))
_AMBER = (QColor("#a86400"), QColor("#e3a544"))
_TINTS = {
    "approved": _AMBER,
    "unposted": (QColor("#25689b"), QColor("#6aa9dc")),
    "posted": (QColor("#2f7d7a"), QColor("#5bbab5")),
    "paid": (QColor("#3b7d3a"), QColor("#7cc47a")),
}
_AGES = {
    "today": (QColor("#7d8894"), QColor("#8f9aa5")),
    "week": (QColor("#25689b"), QColor("#6aa9dc")),
    "month": _AMBER,
    "older": _NEGATIVE,
}

_SHEET = """
QFrame#banner, QFrame#confirm_bar, QFrame#shorten_bar {
    border: 1px solid palette(mid); border-radius: 6px; background: palette(base); }
QFrame#banner QLabel, QFrame#confirm_bar QLabel, QFrame#shorten_bar QLabel { background: transparent; }
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
QCheckBox::indicator, QRadioButton::indicator, QListWidget::indicator { width: 16px; height: 16px; }
QCheckBox::indicator:checked, QListWidget::indicator:checked { image: url("%(ticked)s"); }
QCheckBox::indicator:unchecked, QListWidget::indicator:unchecked { image: url("%(unticked)s"); }
QRadioButton::indicator:checked { image: url("%(chosen)s"); }
QRadioButton::indicator:unchecked { image: url("%(unchosen)s"); }
QCheckBox::indicator:checked:disabled { image: url("%(ticked_disabled)s"); }
QCheckBox::indicator:unchecked:disabled { image: url("%(unticked_disabled)s"); }
QRadioButton::indicator:checked:disabled { image: url("%(chosen_disabled)s"); }
QRadioButton::indicator:unchecked:disabled { image: url("%(unchosen_disabled)s"); }
QLineEdit[field="true"] { border: 1px solid palette(mid); border-radius: 3px; padding: 3px 6px; }
QLineEdit[field="true"]:focus { border: 1px solid palette(highlight); }
QListWidget { border: 1px solid palette(mid); }
QListWidget::item { padding: 3px 6px; }
QHeaderView::section { padding: 3px 8px; font-weight: 600; }
QPushButton { padding: 4px 9px; }
QPushButton#company_button { padding: 1px 4px 1px 0; text-align: left; }
QPushButton#needs_button { padding: 1px 4px; }
QToolButton#sync_menu_button::menu-indicator { image: none; }
QPushButton#help_button, QPushButton#settings_button { padding: 4px 6px; }
QPushButton#sync_button { padding: 7px 18px; font-weight: 600; }
QPushButton[main="true"] { font-weight: 600; }
"""

_INDICATORS = [f"{name}{state}" for name in ("ticked", "unticked", "chosen", "unchosen") for state in ("", "_disabled")]


def apply_style(application: QApplication) -> None:
    """Give the application its style; the palette stays the system's, so light and dark follow it."""
    application.setStyle("Fusion")
    application.setStyleSheet(_SHEET % {name: resource("icons", f"{name}.svg").as_posix() for name in _INDICATORS})


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


def marked_colour(palette: QPalette) -> QColor:
    """Return the ground of text that differs; it carries a mark as well."""
    return _MARKED[is_dark(palette)]


def ground_colour(palette: QPalette) -> QColor:
    """Return the colour of the ground on which a picture's bars and stations stand."""
    return _GROUND[is_dark(palette)]


def tint_colour(palette: QPalette, stage: str) -> QColor:
    """Return the colour that marks a station of money in flight; its name stands beside it."""
    return _TINTS.get(stage, _QUIET)[is_dark(palette)]


def series_colours(palette: QPalette) -> tuple[QColor, QColor, QColor]:
    """Return the colours of what went well, needed the user and failed; they have other marks as well."""
    dark = is_dark(palette)
    return _TINTS["posted"][dark], _AMBER[dark], _NEGATIVE[dark]


def ages_colour(palette: QPalette, age: str) -> QColor:
    """Return the colour of an age's bar: stronger the older it is."""
    return _AGES[age][is_dark(palette)]
