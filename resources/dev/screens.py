"""The screens and states of AP Bridge, one after the other."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from app.gui.help.browser import HelpWindow
from app.gui.reader import Reader
from app.gui.settings.dialog import SettingsDialog
from app.gui.setup.draft import Draft, Entity, Pair
from app.gui.setup.wizard import SetupWizard
from app.gui.slices import Slices
from app.gui.text import tr
from app.gui.window import MainWindow
from app.settings import Home

COMPANY = "ABC"
NO_ENGINE = (sys.executable, "-c", "pass")
SMALLEST = (1024, 700)
TABS = ("overview", "lists", "orders", "invoices", "payments", "activity")


def screens(worlds: Path, theme: str) -> Iterator[tuple[str, QWidget]]:
    """Yield name and widget of each screen, shown in `theme`; it is closed when the next one is asked for.

    `worlds` holds homes called empty, new, synced, sent and failed; what is shown is a copy of them.
    """
    for home, tabs in (("new", TABS), ("synced", TABS), ("sent", ("overview", "invoices")), ("failed", ("overview",))):
        for tab in tabs:
            window = _window(_copy(worlds, home, theme), tab)
            yield tab if home == "synced" else f"{tab}_{home}", window
            window.shut_down()
            window.deleteLater()
    window = _window(_copy(worlds, "synced", theme, companies=2), "overview")
    window.resize(*SMALLEST)
    yield "companies", window
    window.shut_down()
    yield from _wizard(_copy(worlds, "empty", theme))
    yield from _settings(_copy(worlds, "synced", theme, companies=2))
    help_window = HelpWindow()
    help_window.open_page("start")
    help_window.show()
    yield "help", help_window
    help_window.close()


def _copy(worlds: Path, name: str, theme: str, companies: int = 1) -> Home:
    home = Home(worlds / "shown")
    shutil.rmtree(home.path, ignore_errors=True)
    shutil.copytree(worlds / name, home.path)
    settings = home.load()
    if settings.companies and companies > 1:
        first = settings.companies[0]
        settings = settings.with_company(replace(first, code="HWE", name="Harborline West"))
    home.save(replace(settings, window=replace(settings.window, theme=theme)))
    return home


def _window(home: Home, tab: str) -> MainWindow:
    window = MainWindow(home, COMPANY, NO_ENGINE)
    page = getattr(window, tab)
    window.tabs.setCurrentWidget(page)
    window.show()
    while any(each.busy for kind in (Reader, Slices) for each in window.findChildren(kind)):
        QApplication.processEvents()
    shown = {"invoices": page, "payments": window.payments.to_sage}.get(tab)
    if shown is not None:
        told = sorted(shown.documents.shown, key=lambda row: (row.state == "blocked", len(row.findings)), reverse=True)
        if told:
            shown.table.choose(told[0].id)
        if any(row.state == "sent" for row in shown.documents.rows):
            shown.show_totals()
    return window


def _wizard(home: Home) -> Iterator[tuple[str, QWidget]]:
    wizard = SetupWizard(home, NO_ENGINE, offers_demo=True)
    wizard.show()
    entity = Entity("le-harborline", "Harborline Supply Company", "USD")
    draft = Draft(entities=(entity,), pairs=(Pair(entity, COMPANY, entity.name),))
    for place in range(wizard.stack.count()):
        page = wizard.stack.widget(place)
        page.show_draft(draft)
        wizard.show_page(page, "")
        wizard.next.setText(page.next_words or tr("&Next"))
        yield f"wizard_{page.objectName().removesuffix('_page')}", wizard
    wizard.abandon()


def _settings(home: Home) -> Iterator[tuple[str, QWidget]]:
    dialog = SettingsDialog(home, NO_ENGINE, COMPANY, lambda _: "", lambda: None)
    dialog.show()
    for place in range(dialog.list.count()):
        dialog.list.setCurrentRow(place)
        yield f"settings_{place + 1}", dialog
    dialog.reject()
