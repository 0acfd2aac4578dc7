"""What can stand in the way while a company is connected: each is told in a sentence with one next step."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.gui.setup.draft import Draft
from app.gui.setup.wizard import SetupWizard
from app.settings import Home, SageSettings
from tests.gui.file_keyring import FileKeyring
from tests.gui.setup.conftest import ENGINE, World
from tests.gui.setup.test_wizard import PATIENCE, answers, click, go_to, to_the_sign_in, type_into
from tests.system.commands import switch

Open = Callable[..., SetupWizard]


@pytest.fixture
def opened(qtbot: QtBot, kept_secrets: FileKeyring) -> Open:
    def open_(home: Home, draft: Draft) -> SetupWizard:
        wizard = SetupWizard(home, ENGINE, draft=draft)
        qtbot.addWidget(wizard, before_close_func=lambda made: made.abandon())
        wizard.show()
        qtbot.waitActive(wizard)
        return wizard

    return open_


def looked_at(qtbot: QtBot, wizard: SetupWizard) -> str:
    """Click Next, wait for the answers, and return what stands in the way; the page stays."""
    page = wizard.page
    with qtbot.waitSignal(page.test.ended, timeout=PATIENCE):
        click(qtbot, wizard, "wizard_next")
    assert wizard.page is page
    said = answers(wizard, "blocked")
    assert "Change the connection" not in said, "there is nothing to change yet: the fields are here"
    return said


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
    qtbot: QtBot, opened: Open, world: World, fault: dict[str, Any], happened: str, step: str
) -> None:
    wizard = opened(world.home, world.draft())
    go_to(qtbot, wizard, "sage_user_page")
    type_into(qtbot, wizard, sage_user="BRIDGE", sage_password=world.sage_password, company_code="ABC")
    switch(world.description, **fault)
    said = looked_at(qtbot, wizard)
    assert happened in said
    assert step in said
    switch(world.description)
    go_to(qtbot, wizard, "cloud_page")


def test_a_folder_that_is_not_sages(qtbot: QtBot, opened: Open, empty_home: Home, tmp_path: Path) -> None:
    wizard = opened(empty_home, Draft(SageSettings("sage", str(tmp_path), "")))
    said = looked_at(qtbot, wizard)
    assert "is not Sage's folder: it holds no folders HOME and SY" in said
    assert "Choose the folder called MAS90 of Sage 100." in said
    type_into(qtbot, wizard, sage_folder=str(tmp_path / "nowhere"))
    said = looked_at(qtbot, wizard)
    assert "cannot be opened" in said
    assert "Choose the folder called MAS90 of Sage 100" in said


@pytest.mark.skipif(sys.platform == "win32", reason="Windows may have the driver")
def test_no_driver_for_sql_server(qtbot: QtBot, opened: Open, empty_home: Home, tmp_path: Path) -> None:
    for name in ("Home", "SY"):
        (tmp_path / name).mkdir()
    wizard = opened(empty_home, Draft(SageSettings("premium", str(tmp_path), "", server=r"SRV\SAGE")))
    said = looked_at(qtbot, wizard)
    assert "ODBC driver" in said
    assert "Install Microsoft's “ODBC Driver 18 for SQL Server” here" in said
    assert wizard.anyway.isVisible()


def test_the_network_is_unplugged(qtbot: QtBot, opened: Open, world: World) -> None:
    wizard = opened(world.home, world.draft())
    to_the_sign_in(qtbot, wizard, world)
    type_into(qtbot, wizard, cloud_url="https://ap.invalid")
    said = looked_at(qtbot, wizard)
    assert "There is no connection to ap.invalid" in said
    assert "this computer's internet connection, then test again." in said
    assert not wizard.anyway.isVisible()
