"""The window in French: no text of it stays English where the catalogue has another."""

import gettext
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QTableView,
    QTabWidget,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.domain.language import ENGLISH, use
from app.gui.help.browser import HelpWindow
from app.gui.main import use_locale
from app.gui.setup.wizard import SetupWizard
from app.gui.window import MainWindow
from app.gui.words import counts_words
from app.language import ENVIRONMENT, speak
from app.resources import resource
from app.settings import Home

# The stages of the runs that the store holds: they stay as they were said, in English.
STORED = {"GL Account", "Purchase orders", "Vendor"}


@pytest.fixture(autouse=True)
def french(monkeypatch: pytest.MonkeyPatch, american: None) -> Iterator[None]:
    monkeypatch.setenv(ENVIRONMENT, "fr")
    speak()
    use_locale()
    yield
    use(ENGLISH, gettext.NullTranslations())


@pytest.fixture(scope="module")
def english_only() -> set[str]:
    """Texts that French says otherwise, and that are not also the French of another."""
    with Path(resource("translations", "fr", "LC_MESSAGES", "apbridge.po")).open("rb") as file:
        catalogue = [each for each in read_po(file) if each.id]
    said = {text for each in catalogue for text in ([each.string] if isinstance(each.string, str) else each.string)}
    texts = {text for each in catalogue for text in ([each.id] if isinstance(each.id, str) else each.id)}
    return {text for text in texts - said if len(text) > 3}


def test_one_is_told_in_the_singular() -> None:
    assert counts_words({"read": 1, "new": 1, "left": 1}) == "1 lu · 1 nouveau · 1 non envoyé"
    assert counts_words({"read": 2, "new": 2, "left": 2}) == "2 lus · 2 nouveaux · 2 non envoyés"


def texts_of(window: QWidget) -> Iterator[str]:
    """Yield what a window shows, tells when pointed at, and reads to those who cannot see."""
    for widget in (window, *window.findChildren(QWidget)):
        yield from (widget.windowTitle(), widget.toolTip(), widget.accessibleName())
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        elif isinstance(widget, QLineEdit):
            yield widget.placeholderText()
        elif isinstance(widget, QTabWidget):
            yield from (widget.tabText(at) for at in range(widget.count()))
        elif isinstance(widget, QTextBrowser):
            yield from widget.toPlainText().splitlines()
        elif isinstance(widget, QTableView) and widget.model() is not None:
            model = widget.model()
            yield from (str(model.headerData(at, Qt.Orientation.Horizontal) or "") for at in range(model.columnCount()))
            yield from (
                str(model.index(row, column).data() or "")
                for row in range(min(model.rowCount(), 20))
                for column in range(model.columnCount())
            )


def test_the_window_is_all_french(qtbot: QtBot, home: Home, english_only: set[str]) -> None:
    window = MainWindow(home, "ABC", ("none",))
    qtbot.addWidget(window)
    window.show()
    found: set[str] = set()
    for tab in (window.overview, window.lists, window.orders, window.invoices, window.payments, window.activity):
        window.tabs.setCurrentWidget(tab)
        qtbot.waitUntil(tab.isVisible)
        for table in tab.findChildren(QTableView):
            if table.model() is not None and table.model().rowCount():
                table.selectRow(0)
        found |= set(texts_of(window))
    assert "Factures" in {text.replace("&", "").split(" (")[0] for text in found}
    assert found & english_only <= STORED
    window.shut_down()


@pytest.mark.parametrize("name", ["wizard", "help"])
def test_the_dialogs_are_all_french(name: str, qtbot: QtBot, empty_home: Home, english_only: set[str]) -> None:
    dialog = SetupWizard(empty_home, ("none",), offers_demo=True) if name == "wizard" else HelpWindow()
    qtbot.addWidget(dialog)
    dialog.show()
    found = set(texts_of(dialog))
    assert len(found) > 3
    assert found & english_only == set()


def test_dates_and_amounts_are_those_of_french_canada() -> None:
    assert QLocale().name() == "fr_CA"
