"""The help: every code has its paragraph in every language, and every way leads to it."""

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from app.engine.views import Attention
from app.gui.engine_process import EngineProcess
from app.gui.help import pages
from app.gui.help.browser import HelpWindow
from app.gui.help.door import SCHEME, HelpDoor, help_address, helped_by, show_page
from app.gui.help.link import LearnMore
from app.gui.help.pages import PAGES, help_page, search
from app.gui.setup.connection_test import ConnectionTest
from app.gui.window import MainWindow
from app.language import LANGUAGES
from app.resources import resource
from app.settings import Home

APP = Path(pages.__file__).parents[2]
CODE = re.compile(r"[a-z]+(-[a-z]+)+")
# Codes of one word cannot be told from other texts.
SHORT = {"bug", "cancelled", "computer", "currency", "unreadable"}
# What Quadient AP answers, as the contract names it.
ANSWERED = {"already-exported", "line-missing", "no-approval-channel", "status-not-fit"}
# Written like codes, and none that people are told.
OTHERS = {
    "apbridge-help",
    "changed-meanwhile",  # a result of a move, told in the engine's own words
    "mark-as-exported",
    "mark-exported",
    "mark-for-export",
    "read-ahead",
    "send-again",
    "sign-in",
    "site-acceptance",
    "sqlite-utils",
    "undo-export",
    # What the doctor looks at; what it finds has a code of its own.
    "cloud-clock",
    "cloud-entity",
    "cloud-reached",
    "sage-company",
    "sage-driver",
    "sage-folder",
    "sage-licence",
    "sage-logon",
    "sage-objects",
    "sage-reached",
}


def show_active(qtbot: QtBot, window: QWidget) -> None:
    """Keys reach the shortcuts of the active window only."""
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()


def codes() -> set[str]:
    found = set(SHORT)
    for file in APP.rglob("*.py"):
        if "sandbox" not in file.parts:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                    found.add(node.value)
    return (found | ANSWERED) - OTHERS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_one_paragraph_and_no_paragraph_is_of_a_code_that_is_gone(language: str) -> None:
    anchors = [anchor for name in PAGES for each in help_page(name, language).sections for anchor in each.anchors]
    assert len(anchors) == len(set(anchors))
    assert set(anchors) - {"language"} == codes()


def test_what_quadient_ap_answers_is_called_as_in_the_contract() -> None:
    contract = resource("contract").joinpath("openapi.yaml").read_text(encoding="utf-8")
    assert {code for code in ANSWERED if f"`{code}`" not in contract} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_paragraph_says_something_and_every_link_leads_somewhere(language: str) -> None:
    for name in PAGES:
        page = help_page(name, language)
        assert [each.title for each in page.sections if each.anchors and len(each.text) < 20] == []
        for target in re.findall(r'href="([^"]+)"', page.html):
            to, _, anchor = target.partition("#")
            assert not to or to.removesuffix(".md") in PAGES, f"{name}: {target}"
            there = {a for each in help_page(to.removesuffix(".md") or name, language).sections for a in each.anchors}
            assert not anchor or anchor in there, f"{name}: {target}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_page(language: str) -> None:
    assert {each.stem for each in resource("help", language).glob("*.md")} == set(PAGES)


@pytest.mark.parametrize(
    ("language", "marked"), [("en", "**For administrators:**"), ("fr", "**Pour l'administrateur\u00a0:**")]
)
def test_what_is_for_a_terminal_stands_where_administrators_are_spoken_to(language: str, marked: str) -> None:
    for name in PAGES:
        _, first, *rest = resource("help", language, f"{name}.md").read_text(encoding="utf-8").split("\n\n")
        of_administrators = first.startswith(marked)
        told = [each for each in (first, *rest) if "`apbridge " in each and not each.startswith(marked)]
        assert of_administrators or told == [], name


def test_a_search_needs_no_accents_and_finds_titles_first() -> None:
    found = search("VENDOR inactive")
    assert found[0].anchors == ("vendor-inactive",)
    assert search("zzzz") == []
    assert search(" ") == ()


def test_the_help_opens_at_the_paragraph_of_a_code(qtbot: QtBot) -> None:
    window = HelpWindow()
    qtbot.addWidget(window)
    window.show()
    window.open_code("po-drop-ship")
    assert window.place == ("checks", "po-drop-ship")
    assert window.text.verticalScrollBar().value() > 0
    window.open_code("sage-locked")
    window.back()
    assert window.place == ("checks", "po-drop-ship")
    window.open_code("no-such-code")
    assert window.place == ("start", "")


def test_a_search_shows_its_first_find_and_esc_closes(qtbot: QtBot) -> None:
    window = HelpWindow()
    qtbot.addWidget(window)
    window.show()
    window.words.setText("single-user")
    qtbot.keyClick(window.words, Qt.Key.Key_Return)
    assert window.place == ("sage", "sage-single-user")
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_a_link_in_a_page_opens_the_other_page(qtbot: QtBot) -> None:
    window = HelpWindow()
    qtbot.addWidget(window)
    window.open_page("start")
    window.text.anchorClicked.emit(QUrl("invoices.md"))
    assert window.place == ("invoices", "")


def test_learn_more_leads_from_a_banner_to_the_paragraph(qtbot: QtBot, home: Home) -> None:
    window = MainWindow(home, "ABC", ("none",))
    qtbot.addWidget(window)
    window.banner.say("blocked", "Busy", code="company-busy")
    assert help_address("company-busy") in window.banner.learn_more.text()
    window.banner.say("ok", "Done")
    assert not window.banner.learn_more.isVisibleTo(window.banner)
    QDesktopServices.openUrl(QUrl(f"{SCHEME}:company-busy"))
    assert window.help.window.place == ("computer", "company-busy")
    window.shut_down()


def test_learn_more_stands_under_what_needs_the_user(qtbot: QtBot, home: Home) -> None:
    window = MainWindow(home, "ABC", ("none",))
    qtbot.addWidget(window)
    overview = window.overview
    overview._show_reason(Attention("Invoices", "invoice", "1", "Title", "Why", "Fix", "vendor-missing"))
    assert overview.learn_more.code == "vendor-missing"
    assert overview.learn_more.isVisibleTo(overview)
    overview._show_reason(None)
    assert not overview.learn_more.isVisibleTo(overview)
    window.shut_down()


@pytest.mark.parametrize("page", ["overview", "lists", "orders", "invoices", "payments", "activity"])
def test_f1_opens_the_page_of_the_tab_in_front(page: str, qtbot: QtBot, home: Home) -> None:
    window = MainWindow(home, "ABC", ("none",))
    qtbot.addWidget(window)
    show_active(qtbot, window)
    window.tabs.setCurrentWidget(getattr(window, page))
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.help.window.place == (page, "")
    window.shut_down()


def test_f1_in_a_dialog_opens_its_own_page(qtbot: QtBot) -> None:
    door, dialog = HelpDoor(), QDialog()
    qtbot.addWidget(dialog)
    helped_by(dialog, "settings")
    show_active(qtbot, dialog)
    qtbot.keyClick(dialog, Qt.Key.Key_F1)
    assert door.window.place == ("settings", "")
    door.close()


def test_over_a_modal_dialog_the_help_can_be_used_and_goes_with_it(qtbot: QtBot) -> None:
    door, dialog = HelpDoor(), QDialog()
    qtbot.addWidget(dialog)
    helped_by(dialog, "wizard")
    dialog.setWindowModality(Qt.WindowModality.ApplicationModal)
    show_active(qtbot, dialog)
    qtbot.keyClick(dialog, Qt.Key.Key_F1)
    assert door.window.parentWidget() is dialog
    door.window.words.setText("licence")
    qtbot.keyClick(door.window.words, Qt.Key.Key_Return)
    assert door.window.place == ("sage", "sage-no-licence")
    dialog.hide()
    show_page("lists")
    assert door.window.parentWidget() is None
    assert door.window.place == ("lists", "")
    door.close()


def test_an_answer_of_the_connection_test_leads_to_its_paragraph(qtbot: QtBot, empty_home: Home) -> None:
    test = ConnectionTest(EngineProcess(("none",), empty_home.path, ""), "cloud", ())
    qtbot.addWidget(test)
    test.say("blocked", "Sign-in", "Refused.", "cloud-sign-in")
    test.say("ok", "Address", "It answers.")
    links = test.findChildren(LearnMore)
    assert [each.code for each in links if each.isVisibleTo(test)] == ["cloud-sign-in"]


def test_the_help_is_one_window(qtbot: QtBot) -> None:
    door = HelpDoor()
    show_page("lists")
    first = door.window
    show_page("orders")
    assert door.window is first
    assert first.place == ("orders", "")
    door.close()
    assert not first.isVisible()
