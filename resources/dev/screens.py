"""The screens and states of AP Bridge, one after the other."""

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QEventLoop, QPoint
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QWidget

from app.domain.lists import ListName
from app.engine.events import Kind
from app.gui.help.browser import HelpWindow
from app.gui.probe_dialog import ProbeDialog
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
# Tells how far it is, and waits until its window is closed.
_TOLD = """
import json, sys
said = {"v": 1, "run": "run-1", "at": "2026-11-26T13:00:00+00:00", "stage": "vendor", "title": sys.argv[1]}
for event in ({"event": "run_started"}, {"event": "stage_started"},
              {"event": "progress", "done": 61200, "total": 100000, "rate": 48000}):
    print(json.dumps(said | event), flush=True)
sys.stdin.read()
"""
SMALLEST = (1024, 700)
ON_WINDOWS = r"C:\Users\Dana\AppData\Local\AP Bridge"
SAGE_ON_WINDOWS = r"C:\Sage\Sage 100 Standard\MAS90"
TABS = ("overview", "lists", "orders", "invoices", "payments", "activity")


Screens: TypeAlias = Iterator[tuple[str, QWidget]]


def screens(worlds: Path, theme: str) -> Screens:
    """Yield name and widget of each screen, shown in `theme`; it is closed when the next one is asked for.

    `worlds` holds homes called empty, new, synced, sent, offline and locked; what is shown is a copy of them.
    """
    yield from tabs(worlds, "new", TABS, theme)
    yield from tabs(worlds, "synced", TABS, theme)
    yield from tabs(worlds, "sent", ("overview", "invoices"), theme)
    yield from tabs(worlds, "offline", ("overview",), theme)
    yield from tabs(worlds, "locked", ("overview",), theme)
    for name, show in _MOMENTS.items():
        home, tab = name.split("_")[0], show[0]
        window = _window(_copy(worlds, home, theme), tab, _running_engine() if show[1] is _running else NO_ENGINE)
        over = show[1](window)
        _rest(window)
        yield f"{tab}_{name.partition('_')[2]}", over or window
        if over is not None:
            over.close()
        window.shut_down()
        window.deleteLater()
    yield from dialogs(worlds, theme)


def tabs(worlds: Path, home: str, names: Sequence[str], theme: str) -> Screens:
    """Yield the window with each of the tabs called `names` in front."""
    for tab in names:
        window = _window(_copy(worlds, home, theme), tab)
        yield tab if home == "synced" else f"{tab}_{home}", window
        window.shut_down()
        window.deleteLater()


def dialogs(worlds: Path, theme: str) -> Screens:
    """Yield the window as small as it gets with its menus, the wizard, the settings and the help, page by page."""
    yield from _companies(_copy(worlds, "synced", theme, companies=2))
    yield from _wizard(_copy(worlds, "empty", theme))
    yield from _another_entity(_copy(worlds, "synced", theme))
    yield from _settings(_copy(worlds, "synced", theme, companies=2))
    for name, code in (("help", ""), ("help_check", "vendor-inactive")):
        help_window = HelpWindow()
        if code:
            help_window.open_code(code)
        else:
            help_window.open_page("start")
        help_window.show()
        yield name, help_window
        help_window.close()


def _running_engine() -> tuple[str, ...]:
    return (sys.executable, "-c", _TOLD, ListName.VENDOR.label)


def _running(window: MainWindow) -> None:
    """Sync, and stop where the engine has told how far it is."""
    told = QEventLoop()
    window.engine.told.connect(lambda event: told.quit() if event.kind is Kind.PROGRESS else None)
    window.start("sync")
    told.exec()


def _asking_to_send(window: MainWindow) -> None:
    window.findChild(QPushButton, "send_invoices").click()


def _narrowed_to_nothing(window: MainWindow) -> None:
    window.invoices.filter_box.setText("Zanzibar")
    window.invoices.filter_box._apply()


def _gone(window: MainWindow) -> None:
    row = next(row for row in window.invoices.documents.rows if row.gone)
    window.invoices.open_record(row.id)
    window.findChild(QPushButton, "leave_invoices").click()


def _undoing(window: MainWindow) -> None:
    sent = next(run for run in window.activity.runs.rows if run.command == "send invoices")
    window.activity.open_run(sent.id)
    window.findChild(QPushButton, "undo_run").click()


def _set_aside(window: MainWindow) -> None:
    window.open_record(next(each for each in window.page.standing.attention if each.list == ListName.VENDOR))


def _made_in_sage(window: MainWindow) -> None:
    window.payments.setCurrentWidget(window.payments.from_sage)
    window.payments.from_sage.load_if_stale()
    _rest(window)
    waiting = next(row for row in window.payments.from_sage.records.rows if row.state == "waiting")
    window.payments.from_sage.table.choose(waiting.key)


def _probed(window: MainWindow) -> QWidget:
    report = window.activity.views.probe_report()
    there = replace(report.installation, location=SAGE_ON_WINDOWS)  # the pictures are made elsewhere
    dialog = ProbeDialog(replace(report, installation=there), window)
    dialog.show()
    return dialog


# By home and what is seen: the tab in front, and what is done to see it.
_MOMENTS: dict[str, tuple[str, Callable[[MainWindow], QWidget | None]]] = {
    "synced_running": ("overview", _running),
    "synced_asking": ("invoices", _asking_to_send),
    "synced_filter": ("invoices", _narrowed_to_nothing),
    "sent_gone": ("invoices", _gone),
    "sent_undo": ("activity", _undoing),
    "synced_aside": ("lists", _set_aside),
    "synced_sage": ("payments", _made_in_sage),
    "synced_tables": ("activity", _probed),
}


def _companies(home: Home) -> Screens:
    window = _window(home, "overview")
    window.resize(*SMALLEST)
    yield "companies", window
    yield from _popped_up("companies_menu", window.header.books.menu)
    yield from _popped_up("tray_menu", window.background.tray.menu)
    window.shut_down()


def _popped_up(name: str, menu: QMenu) -> Screens:
    menu.popup(QPoint(0, 0))
    yield name, menu
    menu.close()


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


def _window(home: Home, tab: str, engine: Sequence[str] = NO_ENGINE) -> MainWindow:
    window = MainWindow(home, COMPANY, engine)
    page = getattr(window, tab)
    window.tabs.setCurrentWidget(page)
    window.show()
    _rest(window)
    shown = {"invoices": page, "payments": window.payments.to_sage}.get(tab)
    if shown is not None:
        told = sorted(shown.documents.shown, key=lambda row: (row.state == "blocked", len(row.findings)), reverse=True)
        if told:
            shown.table.choose(told[0].id)
        if any(row.state == "sent" for row in shown.documents.rows):
            shown.show_totals()
    return window


def _rest(window: MainWindow) -> None:
    """Wait until all that was asked of the store is there."""
    while any(each.busy for kind in (Reader, Slices) for each in window.findChildren(kind)):
        QApplication.processEvents()


def _wizard(home: Home) -> Screens:
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
