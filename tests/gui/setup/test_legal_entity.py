"""Another legal entity for a connected company: what it means is said and asked, and never done by the way."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app.engine.binding import bind
from app.engine.reporter import Reporter
from app.engine.store import Store
from app.gui.setup.wizard import SetupWizard
from app.settings import CompanySettings, Home, Settings
from tests.engine.fakes import NOW
from tests.gui.file_keyring import FileKeyring
from tests.gui.setup.conftest import ENGINE, World
from tests.system.commands import Program

PATIENCE = 60_000
WEST = "le-west"

Opened = Callable[[], SetupWizard]


@pytest.fixture
def west(program: Program, made: None) -> None:
    """A second legal entity in the demo's Quadient AP."""
    with closing(sqlite3.connect(program.home / "sandbox" / "quadient-ap.sqlite")) as db, db:
        db.execute("INSERT INTO legal_entities VALUES (?, 'Harborline West', 'CAD')", (WEST,))
        db.execute("INSERT INTO rights SELECT client_id, ? FROM rights", (WEST,))


@pytest.fixture
def opened(qtbot: QtBot, west: None, world: World, kept_secrets: FileKeyring) -> Opened:
    """The wizard that changes the demo company's connection, at the page of the legal entity."""
    world.home.save(Settings((world.company,)))
    kept_secrets.set_password("AP Bridge", "ABC/sage", world.sage_password)
    kept_secrets.set_password("AP Bridge", "ABC/cloud", world.cloud_secret)
    bound(world.home, world.company)

    def open_() -> SetupWizard:
        wizard = SetupWizard(world.home, ENGINE, change=world.company)
        qtbot.addWidget(wizard, before_close_func=lambda made: made.abandon())
        with qtbot.waitActive(wizard):
            wizard.show()
        return wizard

    return open_


def bound(home: Home, company: CompanySettings, *statements: str) -> None:
    """Leave a store as runs of `company` leave it."""
    store = Store(home.store_file)
    bind(store, company, "sync", Reporter("r", (), lambda: NOW), NOW.isoformat())
    for statement in statements:
        store.write(statement)
    store.close()


def go_to(qtbot: QtBot, wizard: SetupWizard, *pages: str, by: Callable[[], None]) -> None:
    for page in pages:
        by()
        qtbot.waitUntil(lambda page=page: wizard.page.objectName() == page, timeout=PATIENCE)


def click(qtbot: QtBot, wizard: SetupWizard, name: str) -> None:
    button = next(each for each in wizard.findChildren(QPushButton, name) if each.isVisible())
    qtbot.waitUntil(button.isEnabled, timeout=PATIENCE)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def what(wizard: SetupWizard) -> str:
    return wizard.findChild(QLabel, "entity_what").text()


def test_another_legal_entity_is_explained_and_asked_by_mouse(qtbot: QtBot, opened: Opened, world: World) -> None:
    wizard = opened()
    before = world.company.cloud.legal_entity
    go_to(
        qtbot,
        wizard,
        "sage_user_page",
        "cloud_page",
        "entity_page",
        by=lambda: click(qtbot, wizard, "wizard_next"),
    )
    assert wizard.entity.box.currentData() == before
    assert what(wizard) == "Nothing changes."

    wizard.entity.box.setCurrentIndex(wizard.entity.box.findData(WEST))

    assert "sends all lists, purchase orders and payments to Harborline West" in what(wizard)
    assert "can no longer be undone from here" in what(wizard)
    assert "currency is CAD instead of USD" in what(wizard)
    go_to(qtbot, wizard, "last_page", by=lambda: click(qtbot, wizard, "wizard_next"))
    assert "sends everything to Harborline West anew" in wizard.findChild(QLabel, "last_words").text()

    click(qtbot, wizard, "wizard_next")
    question = wizard.findChild(QMessageBox, "entity_question")
    assert "from now on?" in question.text()
    qtbot.mouseClick(question.findChild(QPushButton, "entity_keep"), Qt.MouseButton.LeftButton)
    assert world.home.load().companies == (world.company,), "asked, and answered with no"

    click(qtbot, wizard, "wizard_next")
    question = wizard.findChildren(QMessageBox, "entity_question")[-1]
    with qtbot.waitSignal(wizard.accepted, timeout=PATIENCE):
        qtbot.mouseClick(question.findChild(QPushButton, "entity_yes"), Qt.MouseButton.LeftButton)
    (company,) = world.home.load().companies
    assert (company.cloud.legal_entity, company.currency) == (WEST, "CAD")


def test_the_same_by_keyboard_alone(qtbot: QtBot, opened: Opened, world: World) -> None:
    wizard = opened()

    def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        qtbot.keyClick(QApplication.focusWidget() or wizard, key, modifier)

    def enter() -> None:
        qtbot.waitUntil(wizard.next.isEnabled, timeout=PATIENCE)
        press(Qt.Key.Key_Return)

    go_to(qtbot, wizard, "sage_user_page", "cloud_page", "entity_page", by=enter)
    assert wizard.entity.box.hasFocus()
    press(Qt.Key.Key_Down)
    assert wizard.entity.box.currentData() == WEST
    go_to(qtbot, wizard, "last_page", by=enter)
    enter()
    question = wizard.findChild(QMessageBox, "entity_question")
    with qtbot.waitActive(question):
        question.activateWindow()
    assert question.focusWidget().objectName() == "entity_keep", "by mistake nothing is changed"
    qtbot.keyClick(question.focusWidget(), Qt.Key.Key_Tab)
    with qtbot.waitSignal(wizard.accepted, timeout=PATIENCE):
        qtbot.keyClick(question.focusWidget(), Qt.Key.Key_Space)
    assert world.home.load().companies[0].cloud.legal_entity == WEST


def test_while_documents_are_on_their_way_it_is_refused_with_the_next_step(
    qtbot: QtBot, opened: Opened, world: World
) -> None:
    bound(
        world.home,
        world.company,
        "INSERT INTO journal (company, kind, document, hash, run, state, destination, natural_key, amount, intended_at)"
        " VALUES ('ABC', 'invoice', 'd1', x'00', 'r', 'proven', 'invoice_entry', '[]', '1.00', '2026-01-01')",
    )
    wizard = opened()
    go_to(
        qtbot,
        wizard,
        "sage_user_page",
        "cloud_page",
        "entity_page",
        by=lambda: click(qtbot, wizard, "wizard_next"),
    )
    wizard.entity.box.setCurrentIndex(wizard.entity.box.findData(WEST))
    assert "1 document of" in what(wizard)
    assert "click Sync Now" in what(wizard)
    click(qtbot, wizard, "wizard_next")
    assert wizard.page is wizard.entity
    assert "once nothing is on its way" in wizard.findChild(QLabel, "wizard_hint").text()
    assert world.home.load().companies == (world.company,)


def test_a_company_that_comes_back_with_another_legal_entity_is_told_too(
    qtbot: QtBot, world: World, kept_secrets: FileKeyring
) -> None:
    bound(world.home, world.company)
    wizard = SetupWizard(world.home, ENGINE)
    qtbot.addWidget(wizard, before_close_func=lambda made: made.abandon())
    moved = replace(world.company, cloud=replace(world.company.cloud, legal_entity=WEST))
    assert wizard._rebound(world.company) is None
    assert wizard._rebound(moved).after.legal_entity == WEST


def test_a_legal_entity_that_is_no_longer_shown_can_be_left(qtbot: QtBot, opened: Opened, world: World) -> None:
    gone = replace(world.company, cloud=replace(world.company.cloud, legal_entity="le-gone"))
    world.home.save(Settings((gone,)))
    wizard = SetupWizard(world.home, ENGINE, change=gone)
    qtbot.addWidget(wizard, before_close_func=lambda made: made.abandon())
    with qtbot.waitActive(wizard):
        wizard.show()
    go_to(
        qtbot,
        wizard,
        "sage_user_page",
        "cloud_page",
        "entity_page",
        by=lambda: click(qtbot, wizard, "wizard_next"),
    )
    assert wizard.entity.box.currentData() == "le-gone"
    click(qtbot, wizard, "wizard_next")
    assert "does not show le-gone" in wizard.findChild(QLabel, "wizard_hint").text()
    wizard.entity.box.setCurrentIndex(wizard.entity.box.findData(world.company.cloud.legal_entity))
    go_to(qtbot, wizard, "last_page", by=lambda: click(qtbot, wizard, "wizard_next"))
