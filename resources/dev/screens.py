"""The screens and states of AP Bridge, one after the other."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from answers import answers
from moments import moments
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QMenu
from runs import runs
from showing import COMPANY, NO_ENGINE, ON_WINDOWS, SMALLEST, Screens, copied, opened, rest

from app.gui.help.browser import HelpWindow
from app.gui.settings.dialog import SettingsDialog
from app.gui.setup.draft import Draft, Entity, Pair
from app.gui.setup.wizard import SetupWizard
from app.gui.text import tr
from app.settings import Home

TABS = ("overview", "lists", "orders", "invoices", "payments", "activity")


def screens(worlds: Path, theme: str) -> Screens:
    """Yield name and widget of each screen, shown in `theme`; it is closed when the next one is asked for.

    `worlds` holds the homes of `worlds.make_worlds`; what is shown is a copy of them.
    """
    yield from tabs(worlds, "new", TABS, theme)
    yield from tabs(worlds, "synced", TABS, theme)
    yield from tabs(worlds, "sent", ("overview", "invoices"), theme)
    yield from tabs(worlds, "done", ("invoices",), theme)
    yield from tabs(worlds, "bare", TABS, theme)
    yield from tabs(worlds, "offline", ("overview",), theme)
    yield from tabs(worlds, "locked", ("overview",), theme)
    yield from moments(worlds, theme)
    yield from runs(worlds, theme)
    yield from answers(worlds, theme)
    yield from dialogs(worlds, theme)


def tabs(worlds: Path, home: str, names: Sequence[str], theme: str) -> Screens:
    """Yield the window with each of the tabs called `names` in front."""
    for tab in names:
        window = opened(copied(worlds, home, theme), tab)
        yield tab if home == "synced" else f"{tab}_{home}", window
        window.shut_down()
        window.deleteLater()


def dialogs(worlds: Path, theme: str) -> Screens:
    """Yield the window as small as it gets with its menus, the wizard, the settings and the help, page by page."""
    home = copied(worlds, "synced", theme, companies=2)
    settings = home.load()
    home.save(replace(settings, schedule=replace(settings.schedule, on=True)))
    yield from _companies(home)
    yield from _wizard(copied(worlds, "empty", theme))
    yield from _another_entity(copied(worlds, "synced", theme))
    yield from _settings(copied(worlds, "synced", theme, companies=2))
    for name, code in (("help", ""), ("help_check", "vendor-inactive")):
        help_window = HelpWindow()
        if code:
            help_window.open_code(code)
        else:
            help_window.open_page("start")
        help_window.show()
        yield name, help_window
        help_window.close()


def _companies(home: Home) -> Screens:
    window = opened(home, "overview")
    window.resize(*SMALLEST)
    rest(window)
    yield "companies", window
    yield from _popped_up("companies_menu", window.header.books.menu)
    yield from _popped_up("tray_menu", window.background.tray.menu)
    window.shut_down()


def _popped_up(name: str, menu: QMenu) -> Screens:
    menu.popup(QPoint(0, 0))
    yield name, menu
    menu.close()


def _wizard(home: Home) -> Screens:
    wizard = SetupWizard(home, NO_ENGINE, offers_demo=True)
    wizard.show()
    entity = Entity("le-harborline", "Harborline Supply Company", "USD")
    draft = Draft(entities=(entity,), pairs=(Pair(entity, COMPANY, entity.name),))
    for page in wizard.pages:
        page.show_draft(draft)
        wizard.show_page(page, "")
        wizard.next.setText(page.next_words or tr("&Next"))
        yield f"wizard_{page.objectName().removesuffix('_page')}", wizard
    wizard.abandon()


def _another_entity(home: Home) -> Screens:
    """The page of the wizard that a connected company sees when it is given another legal entity."""
    (company,) = home.load().companies
    wizard = SetupWizard(home, NO_ENGINE, change=company)
    now = Entity(company.cloud.legal_entity, company.name, company.currency)
    other = Entity("le-west", "Harborline West", company.currency)
    draft = Draft.of(company)
    draft.entities = (now, other)
    wizard.show()
    wizard.entity.show_draft(draft)
    wizard.entity.box.setCurrentIndex(wizard.entity.box.findData(other.id))
    wizard.show_page(wizard.entity, "")
    yield "wizard_entity", wizard
    wizard.abandon()


def _settings(home: Home) -> Screens:
    dialog = SettingsDialog(home, NO_ENGINE, COMPANY, lambda _: "", lambda: None)
    dialog.show()
    for place in range(dialog.list.count()):
        dialog.list.setCurrentRow(place)
        for where in dialog.findChildren(QLabel, "storage_where"):
            where.setText(ON_WINDOWS)  # the pictures are made elsewhere
        yield f"settings_{place + 1}", dialog
    dialog.reject()
