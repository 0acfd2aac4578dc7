"""A row of controls in two parts folds where they have no room side by side, and unfolds where they have it."""

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.gui.widgets.folding_row import FoldingRow


def test_a_row_folds_and_unfolds_with_its_width_and_its_words(qtbot: QtBot) -> None:
    first, second = QPushButton("What is shown"), QPushButton("What can be done")
    row, window = FoldingRow((first,), (second,)), QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(row)
    wide = first.sizeHint().width() + second.sizeHint().width() + 60
    window.resize(wide, 80)
    window.show()
    assert first.y() == second.y()
    window.resize(window.minimumSizeHint())
    qtbot.waitUntil(lambda: second.y() > first.y())
    assert window.width() < wide
    window.resize(wide, 80)
    qtbot.waitUntil(lambda: first.y() == second.y())
    first.setText("What is shown, in a language that has need of far more words")
    qtbot.waitUntil(lambda: second.y() > first.y())
