"""What the window shows while a run goes on, is being cancelled, was cut short, or was started elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication
from showing import COMPANY, ENGINE, SMALLEST, Screens, copied, opened, rest, until
from worlds import served, switch

from app.engine.events import Kind
from app.gui.engine_process import EngineProcess
from app.gui.window import MainWindow


def runs(worlds: Path, theme: str) -> Screens:
    """Yield name and widget of each; Sage answers nothing while a run is to be seen."""
    with served(worlds / "synced") as world:
        for name, show in (("cancelled", _cancelled), ("elsewhere", _elsewhere)):
            with _opened(worlds, theme) as window:
                yield from ((f"overview_{name}", each) for each in show(window, world))
        switch(world, hang="odbc")
        with _opened(worlds, theme) as window:
            _begun(window, lambda: window.start("sync"))
            window.run_bar.cancel.click()
            yield "overview_cancelling", window
        with _opened(worlds, theme, companies=2) as window:
            window.resize(*SMALLEST)
            _begun(window, window.header.sync_all.trigger)
            yield "overview_all", window
        switch(world)


def _cancelled(window: MainWindow, _: dict[str, Any]) -> Iterator[MainWindow]:
    """A sync that a person stopped, and after the message is hidden, what is left to be said of it."""
    until(window.page.run_ended, lambda: (window.start("sync"), window.engine.cancel()))
    rest(window)
    window.banner.hide()
    yield window


def _elsewhere(window: MainWindow, world: dict[str, Any]) -> Iterator[MainWindow]:
    switch(world, hang="odbc")
    other = EngineProcess(ENGINE, window.engine._home, COMPANY, window)
    other.start("sync")
    while not window.page.look_outside():
        QApplication.processEvents()
    yield window
    other.shut_down()
    switch(world)


def _begun(window: MainWindow, begin: Any) -> None:
    """Begin a run, and wait until its first stage has begun."""
    loop = QEventLoop()
    window.engine.told.connect(lambda event: loop.quit() if event.kind is Kind.STAGE_STARTED else None)
    begin()
    loop.exec()


@contextmanager
def _opened(worlds: Path, theme: str, companies: int = 1) -> Iterator[MainWindow]:
    window = opened(copied(worlds, "synced", theme, companies), "overview", ENGINE)
    yield window
    window.shut_down()
    window.deleteLater()
