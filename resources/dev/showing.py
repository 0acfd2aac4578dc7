"""What the screens have in common: a copy of a home, a window on it, and waiting until all it asked for is there."""

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QEventLoop, SignalInstance
from PySide6.QtWidgets import QApplication, QWidget
from worlds import PROGRAM

from app.gui.reader import Reader
from app.gui.slices import Slices
from app.gui.window import MainWindow
from app.settings import Home

COMPANY = "ABC"
NESTED = 3  # layouts, each of which tells the one around it of its new size only after a round of events
SMALLEST = (1024, 700)  # that the window is made for, in both languages
ENGINE = PROGRAM
NO_ENGINE = (sys.executable, "-c", "pass")
# Where things are on a customer's computer: the pictures are made elsewhere.
ON_WINDOWS = r"C:\Users\Dana\AppData\Local\AP Bridge"
SAGE_ON_WINDOWS = r"C:\Sage\Sage 100 Standard\MAS90"

Screens: TypeAlias = Iterator[tuple[str, QWidget]]


def copied(worlds: Path, name: str, theme: str, companies: int = 1) -> Home:
    """Return a copy of a home, to be looked at in `theme`, with so many companies."""
    home = Home(worlds / "shown")
    shutil.rmtree(home.path, ignore_errors=True)
    shutil.copytree(worlds / name, home.path)
    settings = home.load()
    if settings.companies and companies > 1:
        first = settings.companies[0]
        settings = settings.with_company(replace(first, code="HWE", name="Harborline West"))
    home.save(replace(settings, window=replace(settings.window, theme=theme)))
    return home


def opened(home: Home, tab: str, engine: Sequence[str] = NO_ENGINE) -> MainWindow:
    """Return the window with `tab` in front, and in it the document of which there is most to say."""
    window = MainWindow(home, COMPANY, engine)
    page = getattr(window, tab)
    window.tabs.setCurrentWidget(page)
    window.show()
    rest(window)
    shown = {"invoices": page, "payments": window.payments.to_sage}.get(tab)
    if shown is not None:
        told = sorted(shown.documents.shown, key=lambda row: (row.state == "blocked", len(row.findings)), reverse=True)
        if told:
            shown.table.choose(told[0].id)
        if any(row.state == "sent" for row in shown.documents.rows):
            shown.show_totals()
    return window


def rest(window: MainWindow) -> None:
    """Wait until all that was asked of the store is there, and all words have the room that they need for it."""
    while any(each.busy for kind in (Reader, Slices) for each in window.findChildren(kind)):
        QApplication.processEvents()
    for _ in range(NESTED):
        QApplication.processEvents()


def until(told: SignalInstance, begin: Callable[[], object]) -> None:
    """Begin something, and wait until `told` comes."""
    loop = QEventLoop()
    connection = told.connect(lambda *_: loop.quit())
    begin()
    loop.exec()
    told.disconnect(connection)
