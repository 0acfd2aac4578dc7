"""The letters that Alt leads by: of all that can be reached at once no two have the same, in either language."""

import gettext
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QGroupBox,
    QLabel,
    QMenu,
    QMessageBox,
    QPushButton,
    QRadioButton,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.domain.language import ENGLISH, use
from app.gui.probe_dialog import ProbeDialog
from app.gui.settings.dialog import SettingsDialog
from app.gui.setup.draft import Draft, Entity, Pair
from app.gui.setup.wizard import SetupWizard
from app.gui.tabs.documents import DocumentsTab
from app.gui.text import tr
from app.gui.widgets.accept_deletions import CODE
from app.gui.window import MainWindow
from app.language import ENVIRONMENT, LANGUAGES, speak
from app.settings import Home
from tests.gui.shell import settle
from tests.gui.test_probe import REPORT

NOTHING = (sys.executable, "-c", "pass")
ENTITY = Entity("le-1", "Harborline Supply Company", "USD")


@pytest.fixture(autouse=True, params=LANGUAGES)
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv(ENVIRONMENT, request.param)
    speak()
    yield request.param
    use(ENGLISH, gettext.NullTranslations())


def words_of(widget: QWidget) -> Iterator[str]:
    """Yield the words of a control that Alt may lead to."""
    if isinstance(widget, QTabBar):
        yield from (widget.tabText(at) for at in range(widget.count()) if widget.isTabEnabled(at))
    elif isinstance(widget, QAbstractButton) or (isinstance(widget, QLabel) and widget.buddy() is not None):
        yield widget.text()
    elif isinstance(widget, QGroupBox):
        yield widget.title()


def letters(texts: list[str]) -> dict[str, list[str]]:
    led: dict[str, list[str]] = {}
    for text in texts:
        letter = QKeySequence.mnemonic(text).toString()
        if letter:
            led.setdefault(letter, []).append(text)
    return led


def doubles(texts: list[str]) -> set[str]:
    return {f"{letter}: {' | '.join(sorted(said))}" for letter, said in letters(texts).items() if len(said) > 1}


def doubles_in(window: QWidget) -> set[str]:
    """Return the letters that stand twice in what is seen and can be used now, and in each menu by itself."""
    seen = [each for each in window.findChildren(QWidget) if each.isVisibleTo(window) and each.isEnabledTo(window)]
    found = doubles([text for each in seen if each.window() is window for text in words_of(each)])
    for menu in window.findChildren(QMenu):
        found |= doubles([action.text() for action in menu.actions()])
    return found


def press(window: QWidget, *names: str) -> Iterator[QPushButton]:
    """Click those of the buttons that are offered, one at a time; the caller looks, then the question is taken back."""
    for name in names:
        button = window.findChild(QPushButton, name)
        if button.isVisibleTo(window) and button.isEnabled():
            button.click()
            yield button


def documents_states(window: MainWindow, tab: DocumentsTab) -> Iterator[None]:
    """Show each document, each question about it, and the control totals."""
    plural = tab.kind.plural
    questions = ("mark_exported", "send_again", "undo", "leave", "shorten")
    for row in list(tab.documents.rows):
        tab.open_record(row.id)
        yield
        for _ in press(window, *(f"{each}_{plural}" for each in questions)):
            yield
            tab.escape()
    settle_bar = tab.settle
    offered = {settle_bar.mark, settle_bar.again, settle_bar.undo, settle_bar.leave, settle_bar.shorten}
    offered |= {settle_bar.unshorten, settle_bar.look}
    for together in (
        {settle_bar.mark, settle_bar.leave, settle_bar.shorten, settle_bar.unshorten, settle_bar.look},
        {settle_bar.mark, settle_bar.leave, settle_bar.again},
        {settle_bar.undo, settle_bar.leave},
        {settle_bar.undo, settle_bar.mark, settle_bar.look, settle_bar.shorten},
    ):
        for button in offered:
            button.setVisible(button in together)  # all that may be offered at once is seldom in one store
        settle_bar.show()
        yield
    for _ in press(window, f"send_{plural}"):
        yield
        tab.escape()
    tab.show_totals()
    yield


def states(window: MainWindow) -> Iterator[None]:
    """Bring the window into its states; above all of them the banner, and beside it what a run shows."""
    for place in range(window.tabs.count()):
        window.tabs.setCurrentIndex(place)
        settle(window)
        yield
    window.tabs.setCurrentWidget(window.lists)
    for summary in list(window.lists.summaries.rows):
        window.lists.lists_table.choose(summary.name)
        settle(window)
        yield
    window.tabs.setCurrentWidget(window.invoices)
    yield from documents_states(window, window.invoices)
    window.tabs.setCurrentWidget(window.payments)
    yield from documents_states(window, window.payments.to_sage)
    window.payments.setCurrentWidget(window.payments.from_sage)
    settle(window)
    yield
    window.tabs.setCurrentWidget(window.activity)
    window.activity.show_day(None)
    for run in list(window.activity.runs.rows):
        window.activity.open_run(run.id)
        settle(window)
        yield
        for _ in press(window, "undo_run"):
            yield
            window.activity.escape()
    window.activity.day.show()
    yield


def test_no_letter_of_the_main_window_stands_for_two(qtbot: QtBot, home: Home) -> None:
    window = MainWindow(home, "ABC", NOTHING)
    qtbot.addWidget(window)
    window.show()
    settle(window)
    found: set[str] = set()
    seen = 0
    for _ in states(window):
        window.page.banner.say("info", tr("Sync done"))
        window.page.run_bar.begin(tr("Looking"))
        window.page.run_bar.cancel.setEnabled(True)
        found |= doubles_in(window)
        seen += 1
    window.page.run_bar.finish()
    assert seen > 30
    assert found == set()
    window.shut_down()


def test_no_letter_of_an_empty_window_stands_for_two(qtbot: QtBot, home: Home) -> None:
    home.store_file.unlink()
    window = MainWindow(home, "ABC", NOTHING)
    qtbot.addWidget(window)
    window.show()
    for place in range(window.tabs.count()):
        window.tabs.setCurrentIndex(place)
        settle(window)
        assert doubles_in(window) == set()
        window.page.foot.rebuild.ask_about("ABC", 2, damaged=True, lost=False)
        assert doubles_in(window) == set()
        window.page.foot.rebuild.dismiss()
    window.shut_down()


def test_no_letter_of_a_window_whose_store_is_damaged_stands_for_two(qtbot: QtBot, home: Home) -> None:
    for file in home.path.glob("store.sqlite*"):
        file.unlink()
    home.store_file.write_bytes(b"This is no store." * 1000)
    window = MainWindow(home, "ABC", NOTHING)
    qtbot.addWidget(window)
    window.show()
    for place in range(window.tabs.count()):
        window.tabs.setCurrentIndex(place)
        assert window.banner.rebuild.isVisibleTo(window)
        assert doubles_in(window) == set()
    window.shut_down()


def test_no_letter_of_the_question_about_deletions_stands_for_two(qtbot: QtBot, home: Home) -> None:
    window = MainWindow(home, "ABC", NOTHING)
    qtbot.addWidget(window)
    window.show()
    window.tabs.setCurrentWidget(window.overview)
    settle(window)
    accept = window.overview.deletions
    accept.show_code(CODE)
    assert accept.isVisibleTo(window)
    assert doubles_in(window) == set()
    accept.button.click()
    assert doubles_in(window) == set()
    window.shut_down()


def test_no_letter_of_the_wizard_stands_for_two(qtbot: QtBot, home: Home) -> None:
    wizard = SetupWizard(home, NOTHING, offers_demo=True)
    qtbot.addWidget(wizard)
    wizard.show()
    draft = Draft(entities=(ENTITY,), pairs=(Pair(ENTITY, "ABC", ENTITY.name),))
    found: set[str] = set()
    for page in wizard.pages:
        page.show_draft(draft)
        wizard.show_page(page, "")
        wizard.next.setText(page.next_words or tr("&Next"))
        for button in (wizard.back, wizard.anyway, wizard.next):
            button.setVisible(True)
            button.setEnabled(True)
        for edition in page.findChildren(QRadioButton):
            edition.setChecked(True)
            found |= doubles_in(wizard)
        found |= doubles_in(wizard)
    assert len(wizard.pages) > 5
    assert found == set()


def test_no_letter_of_the_settings_stands_for_two(qtbot: QtBot, home: Home) -> None:
    dialog = SettingsDialog(home, NOTHING, "ABC", lambda _: "", lambda: None)
    qtbot.addWidget(dialog)
    dialog.show()
    found: set[str] = set()
    for place in range(dialog.list.count()):
        dialog.list.setCurrentRow(place)
        for button in dialog.findChildren(QAbstractButton):
            if button.isCheckable():
                button.setChecked(True)
        for field in dialog.stack.currentWidget().findChildren(QWidget):
            field.setEnabled(True)
        found |= {f"{dialog.list.currentItem().text()} {each}" for each in doubles_in(dialog)}
    assert dialog.list.count() > 6
    assert found == set()
    for question in dialog.findChildren(QMessageBox):
        question.reject()


def test_no_letter_of_what_sage_has_stands_for_two(qtbot: QtBot) -> None:
    dialog: QDialog = ProbeDialog(REPORT)
    qtbot.addWidget(dialog)
    dialog.show()
    assert doubles_in(dialog) == set()
