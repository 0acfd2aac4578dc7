"""The answers of the connection tests, in the wizard and in the settings: each asked of the demo world by clicking."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from showing import COMPANY, ENGINE, NESTED, NO_ENGINE, ON_WINDOWS, SAGE_ON_WINDOWS, Screens, copied, until
from worlds import served, switch

from app.gui.settings.dialog import SettingsDialog
from app.gui.setup.connection_test import ConnectionTest
from app.gui.setup.draft import Draft
from app.gui.setup.wizard import SetupWizard
from app.settings import Home, SageSettings

SERVER = r"SRV\SAGE"
WRONG = "not it"
_SANDBOX, _HOME = re.compile(r"/\S+/synced/sandbox"), re.compile(r"/\S+/shown")
COMPANIES, SAGE = 0, 4  # pages of the settings


def answers(worlds: Path, theme: str) -> Screens:
    """Yield name and widget of each screen with answers."""
    with served(worlds / "synced") as world:
        yield from _in_the_wizard(copied(worlds, "empty", theme), world)
        yield from _in_the_settings(copied(worlds, "synced", theme), world)
    yield from _editions(copied(worlds, "synced", theme))


def _in_the_wizard(home: Home, world: dict[str, Any]) -> Screens:
    sage, cloud = world["sage"], world["quadient_ap"]
    draft = Draft(SageSettings("demo", str(Path(world["home"]) / "sandbox"), ""))
    with _opened(SetupWizard(home, ENGINE, draft=draft)) as wizard:
        _answered(wizard.page.test, wizard.next.click)
        _type(wizard, sage_user=sage["user"], company_code=COMPANY, sage_password=WRONG)
        _answered(wizard.page.test)
        yield "wizard_sage_user_refused", wizard
        _type(wizard, sage_password=sage["password"])
        _answered(wizard.page.test)
        yield "wizard_sage_user_good", wizard
        wizard.next.click()
        _type(wizard, cloud_url=cloud["url"], cloud_client=cloud["client_id"], cloud_secret=WRONG)
        _answered(wizard.page.test)
        yield "wizard_cloud_refused", wizard
        _type(wizard, cloud_secret=cloud["client_secret"])
        _answered(wizard.page.test)
        yield "wizard_cloud_good", wizard


def _in_the_settings(home: Home, world: dict[str, Any]) -> Screens:
    with _opened(SettingsDialog(home, ENGINE, COMPANY, lambda _: "", lambda: None)) as dialog:
        for place in (COMPANIES, SAGE):
            page = dialog.pages[place]
            dialog.list.setCurrentRow(place)
            _answered(page.test)
            yield f"settings_{place + 1}_good", dialog
            switch(world, wrong_password=True)
            _answered(page.test)
            switch(world)
            yield f"settings_{place + 1}_refused", dialog


def _editions(home: Home) -> Screens:
    """What is folded away for a site with files and for one with SQL Server, which answers nobody here."""
    settings = home.load()
    company = settings.company(COMPANY)
    for name, sage in (
        ("standard", SageSettings("sage", SAGE_ON_WINDOWS, "BRIDGE")),
        ("premium", SageSettings("premium", "", "BRIDGE", server=SERVER, database="MAS_ABC")),
    ):
        home.save(settings.with_company(replace(company, sage=sage)))
        with _opened(SettingsDialog(home, ENGINE, COMPANY, lambda _: "", lambda: None)) as dialog:
            dialog.list.setCurrentRow(SAGE)
            page = dialog.pages[SAGE]
            page.advanced.open()
            yield f"settings_{SAGE + 1}_{name}", dialog
    with _opened(SetupWizard(home, NO_ENGINE, change=home.load().company(COMPANY))) as wizard:
        yield "wizard_sage_place_premium", wizard


def _type(window: QWidget, **texts: str) -> None:
    for name, text in texts.items():
        field = window.findChild(QLineEdit, name)
        field.setText(text)
        field.textEdited.emit(text)


def _answered(test: ConnectionTest, ask: Callable[[], object] | None = None) -> None:
    """Ask, by the test's own button where nothing else asks, and wait until all answers are there."""
    until(test.ended, ask or test.button.click)
    for answer in test.findChildren(QLabel, "test_answer"):
        for here, there in ((_SANDBOX, SAGE_ON_WINDOWS), (_HOME, ON_WINDOWS)):
            answer.setText(here.sub(lambda _, there=there: there, answer.text()))  # the pictures are made elsewhere
    for _ in range(NESTED):
        QApplication.processEvents()  # a text of another length takes another height


@contextmanager
def _opened(window: Any) -> Iterator[Any]:
    window.show()
    yield window
    if isinstance(window, SetupWizard):
        window.abandon()
    else:
        window.reject()
