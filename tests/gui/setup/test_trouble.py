"""What can stand in the way while a company is connected, by mouse and by keyboard alone.

Each is told in a sentence with one next step.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.gui.setup.draft import Draft
from app.gui.setup.wizard import SetupWizard
from app.settings import Home, SageSettings
from tests.gui.file_keyring import FileKeyring
from tests.gui.setup.conftest import ENGINE, World
from tests.gui.setup.test_wizard import PATIENCE, answers, click, field, type_into
from tests.system.commands import switch

Open = Callable[..., SetupWizard]


@pytest.fixture
def opened(qtbot: QtBot, kept_secrets: FileKeyring) -> Open:
    def open_(home: Home, draft: Draft) -> SetupWizard:
        wizard = SetupWizard(home, ENGINE, draft=draft)
        qtbot.addWidget(wizard, before_close_func=lambda made: made.abandon())
        with qtbot.waitActive(wizard):
            wizard.show()
        return wizard

    return open_


class Hands:
    """Fills in fields and goes on with the mouse."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot

    def type_into(self, wizard: SetupWizard, **texts: str) -> None:
        type_into(self.qtbot, wizard, **texts)

    def next(self, wizard: SetupWizard) -> None:
        click(self.qtbot, wizard, "wizard_next")

    def go_to(self, wizard: SetupWizard, page: str) -> None:
        self.next(wizard)
        self.qtbot.waitUntil(lambda: wizard.page.objectName() == page, timeout=PATIENCE)

    def looked_at(self, wizard: SetupWizard) -> str:
        """Go on, wait for the answers, and return what stands in the way; the page stays."""
        page = wizard.page
        with self.qtbot.waitSignal(page.test.ended, timeout=PATIENCE):
            self.next(wizard)
        assert wizard.page is page
        said = answers(wizard, "blocked")
        assert "Change the connection" not in said, "there is nothing to change yet: the fields are here"
        return said


class Keyboard(Hands):
    """Does the same with Tab, letters and Enter."""

    def type_into(self, wizard: SetupWizard, **texts: str) -> None:
        for name, text in texts.items():
            wanted = field(wizard, name)
            for _ in range(60):
                if wizard.focusWidget() is wanted:
                    break
                self.qtbot.keyClick(wizard.focusWidget() or wizard, Qt.Key.Key_Tab)
            assert wizard.focusWidget() is wanted, f"{name} is not reached by Tab"
            self.qtbot.keyClick(wanted, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            self.qtbot.keyClicks(wanted, text)

    def next(self, wizard: SetupWizard) -> None:
        self.qtbot.waitUntil(wizard.next.isEnabled, timeout=PATIENCE)
        self.qtbot.keyClick(wizard.focusWidget() or wizard, Qt.Key.Key_Return)


@pytest.fixture(params=[Hands, Keyboard], ids=["mouse", "keyboard"])
def hands(request: pytest.FixtureRequest, qtbot: QtBot) -> Hands:
    return request.param(qtbot)


@pytest.mark.parametrize(
    ("fault", "happened", "step"),
    [
        ({"wrong_password": True}, "refused the sign-in", "Correct the user or the password above"),
        ({"no_external_access": True}, "did not open the company", "tick “Allow External Access”"),
        ({"single_user_mode": True}, "single-user mode", "Wait until that task is done, then test again."),
    ],
    ids=["password", "external access", "locked"],
)
def test_what_sage_refuses(
    hands: Hands, opened: Open, world: World, fault: dict[str, Any], happened: str, step: str
) -> None:
    wizard = opened(world.home, world.draft())
    hands.go_to(wizard, "sage_user_page")
    hands.type_into(wizard, sage_user="BRIDGE", sage_password=world.sage_password, company_code="ABC")
    switch(world.description, **fault)
    said = hands.looked_at(wizard)
    assert happened in said
    assert step in said
    switch(world.description)
    hands.go_to(wizard, "cloud_page")


def to_the_sign_in(hands: Hands, opened: Open, world: World) -> SetupWizard:
    wizard = opened(world.home, world.draft())
    hands.go_to(wizard, "sage_user_page")
    hands.type_into(wizard, sage_user="BRIDGE", sage_password=world.sage_password, company_code="ABC")
    hands.go_to(wizard, "cloud_page")
    return wizard


@pytest.mark.parametrize(
    ("wrong", "happened", "step"),
    [
        ({"cloud_secret": "not it"}, "refused the sign-in", "Correct the client id or the secret above."),
        (
            {"cloud_url": "http://127.0.0.1:9"},
            "cannot be reached",
            "Check the address above and this computer's internet connection",
        ),
        (
            {"cloud_url": "ftp://nowhere"},
            "address of Quadient AP cannot be used",
            "Correct the address above; it begins with https://.",
        ),
    ],
    ids=["secret", "away", "address"],
)
def test_what_quadient_ap_refuses(
    hands: Hands, opened: Open, world: World, wrong: dict[str, str], happened: str, step: str
) -> None:
    wizard = to_the_sign_in(hands, opened, world)
    company = world.company.cloud
    right = {"cloud_url": company.url, "cloud_client": company.client_id, "cloud_secret": world.cloud_secret}
    hands.type_into(wizard, **right | wrong)
    said = hands.looked_at(wizard)
    assert happened in said
    assert step in said
    assert not wizard.anyway.isVisible()
    hands.type_into(wizard, **{name: right[name] for name in wrong})
    assert answers(wizard, "blocked") == "", "an answer about something else is not shown"
    hands.go_to(wizard, "pairs_page")


def test_a_folder_that_is_not_sages(hands: Hands, opened: Open, empty_home: Home, tmp_path: Path) -> None:
    wizard = opened(empty_home, Draft(SageSettings("sage", str(tmp_path), "")))
    said = hands.looked_at(wizard)
    assert "is not Sage's folder: it holds no folders HOME and SY" in said
    assert "Choose the folder called MAS90 of Sage 100." in said
    hands.type_into(wizard, sage_folder=str(tmp_path / "nowhere"))
    said = hands.looked_at(wizard)
    assert "cannot be opened" in said
    assert "Choose the folder called MAS90 of Sage 100" in said


@pytest.mark.skipif(sys.platform == "win32", reason="Windows may have the driver")
def test_no_driver_for_sql_server(hands: Hands, opened: Open, empty_home: Home, tmp_path: Path) -> None:
    for name in ("Home", "SY"):
        (tmp_path / name).mkdir()
    wizard = opened(empty_home, Draft(SageSettings("premium", str(tmp_path), "", server=r"SRV\SAGE")))
    said = hands.looked_at(wizard)
    assert "ODBC driver" in said
    assert "Install Microsoft's “ODBC Driver 18 for SQL Server” (64-bit) here" in said
    assert wizard.anyway.isVisible()


def test_the_network_is_unplugged(hands: Hands, opened: Open, world: World) -> None:
    wizard = to_the_sign_in(hands, opened, world)
    hands.type_into(
        wizard,
        cloud_url="https://ap.invalid",
        cloud_client=world.company.cloud.client_id,
        cloud_secret=world.cloud_secret,
    )
    said = hands.looked_at(wizard)
    assert "There is no connection to ap.invalid" in said
    assert "this computer's internet connection, then test again." in said
    assert not wizard.anyway.isVisible()
