"""The wizard as Settings open it: to change a connection, and to add a company."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.gui.settings.dialog import SettingsDialog
from app.gui.setup.draft import Entity, Pair
from app.gui.setup.wizard import SetupWizard
from app.settings import Settings
from tests.gui.file_keyring import FileKeyring
from tests.gui.setup.conftest import ENGINE, World

PATIENCE = 60_000


def opened(qtbot: QtBot, world: World) -> SettingsDialog:
    world.home.save(Settings((world.company,)))
    dialog = SettingsDialog(world.home, ENGINE, "ABC", lambda _: "", lambda: None)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
    return dialog


def wizard_of(qtbot: QtBot, dialog: SettingsDialog, button: str) -> SetupWizard:
    qtbot.mouseClick(dialog.findChild(QPushButton, button), Qt.MouseButton.LeftButton)
    return dialog.findChild(SetupWizard, "setup_wizard")


def test_a_changed_connection_is_kept_beside_what_is_not_saved_yet(
    qtbot: QtBot, world: World, kept_secrets: FileKeyring
) -> None:
    dialog = opened(qtbot, world)
    dialog.pages[2].on.click()
    wizard = wizard_of(qtbot, dialog, "company_change")
    wizard._forward(wizard.page)
    wizard.page.password.setText(world.sage_password)
    for page in ("cloud_page", "entity_page", "last_page"):
        if page == "entity_page":
            wizard.findChild(QLineEdit, "cloud_secret").setText(world.cloud_secret)
        qtbot.mouseClick(wizard.next, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda page=page: wizard.page.objectName() == page, timeout=PATIENCE)
    with qtbot.waitSignal(dialog.saved, timeout=PATIENCE):
        qtbot.mouseClick(wizard.next, Qt.MouseButton.LeftButton)
    assert kept_secrets.all() == {"ABC/sage": world.sage_password, "ABC/cloud": world.cloud_secret}
    assert world.home.load().companies == (world.company,), "the tick of another page is not saved by this"
    assert not dialog.pages[2].on.isChecked()
    assert dialog.apply()
    assert world.home.load().companies == (replace(world.company, orders_on=False),)


def test_an_added_company_is_there_at_once_and_told_with_what_to_begin(
    qtbot: QtBot, world: World, kept_secrets: FileKeyring
) -> None:
    dialog = opened(qtbot, world)
    wizard = wizard_of(qtbot, dialog, "company_add")
    qtbot.waitUntil(lambda: not wizard._engine.running, timeout=PATIENCE)
    draft = wizard._draft
    draft.sage, draft.cloud = world.company.sage, world.company.cloud
    draft.secrets = {"sage": "one", "cloud": "two"}
    draft.pairs = (Pair(Entity("le-9", "Northwind West", "CAD"), "XYZ", "Northwind West"),)
    wizard._show(wizard.last)
    wizard.last.sync.setChecked(False)
    with qtbot.waitSignal(dialog.connected, timeout=PATIENCE) as connected:
        qtbot.mouseClick(wizard.next, Qt.MouseButton.LeftButton)
    assert connected.args == ["XYZ", "preview invoices"]
    assert [company.code for company in world.home.load().companies] == ["ABC", "XYZ"]
    assert dialog.companies.list.count() == 2
    assert kept_secrets.all() == {"XYZ/sage": "one", "XYZ/cloud": "two"}
