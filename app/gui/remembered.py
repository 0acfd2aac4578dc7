"""Remembers how the user left the window: its place, tabs, splitters, columns and filters."""

from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QMainWindow, QSplitter, QTabWidget

from app.gui.page import CompanyPage
from app.gui.widgets.filter_box import FilterBox
from app.gui.widgets.table_view import TableView

SIZE = (1100, 720)
WITHIN_REACH = 80  # pixels of the window that must be on a screen, so that it can be taken hold of


class Remembered:
    """Keeps the look of the window in `settings`: columns and splitters for all companies, filters for each."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def restore_window(self, window: QMainWindow) -> None:
        """Put the window where it was; where that screen is gone, on one that is there."""
        geometry = self._settings.value("window/geometry")
        if geometry is None or not window.restoreGeometry(geometry):
            window.resize(*SIZE)
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        frame = window.frameGeometry()
        seen = [screen.intersected(frame) for screen in screens]
        if not any(each.width() >= WITHIN_REACH and each.height() >= WITHIN_REACH for each in seen):
            home = QGuiApplication.primaryScreen().availableGeometry()
            window.resize(window.size().boundedTo(home.size()))
            window.move(home.topLeft())

    def save_window(self, window: QMainWindow) -> None:
        """Keep the window's place."""
        self._settings.setValue("window/geometry", window.saveGeometry())

    def restore_page(self, page: CompanyPage) -> None:
        """Make a company's page look as it was left."""
        for table in page.findChildren(TableView):
            table.restore_columns(self._settings)
        for name, splitter in _splitters(page).items():
            state = self._settings.value(f"splitters/{name}")
            if state is not None:
                splitter.restoreState(state)
        for name, box in _boxes(page).items():
            at = box.findText(str(self._settings.value(f"filters/{page.company}/{name}", "")))
            if at >= 0:
                box.setCurrentIndex(at)
        for box in page.findChildren(FilterBox):
            box.setText(str(self._settings.value(f"filters/{page.company}/{box.objectName()}", "")))
        for tabs in page.findChildren(QTabWidget):
            self._restore_tab(page, tabs)

    def save_page(self, page: CompanyPage) -> None:
        """Keep how a company's page looks."""
        for table in page.findChildren(TableView):
            table.save_columns(self._settings)
        for name, splitter in _splitters(page).items():
            self._settings.setValue(f"splitters/{name}", splitter.saveState())
        for name, box in _boxes(page).items():
            self._settings.setValue(f"filters/{page.company}/{name}", box.currentText())
        for box in page.findChildren(FilterBox):
            self._settings.setValue(f"filters/{page.company}/{box.objectName()}", box.text())
        for tabs in page.findChildren(QTabWidget):
            if tabs.objectName() and tabs.currentWidget() is not None:
                key = f"tabs/{page.company}/{tabs.objectName()}"
                self._settings.setValue(key, tabs.currentWidget().objectName())

    def _restore_tab(self, page: CompanyPage, tabs: QTabWidget) -> None:
        name = self._settings.value(f"tabs/{page.company}/{tabs.objectName()}") if tabs.objectName() else None
        for at in range(tabs.count()):
            if name and tabs.widget(at).objectName() == name:
                tabs.setCurrentIndex(at)


def _splitters(page: CompanyPage) -> dict[str, QSplitter]:
    """Return the page's splitters by the name of the tab they are in, and which of its they are."""
    return {
        f"{page.tabs.widget(at).objectName()}/{number}": splitter
        for at in range(page.tabs.count())
        for number, splitter in enumerate(page.tabs.widget(at).findChildren(QSplitter))
    }


def _boxes(page: CompanyPage) -> dict[str, QComboBox]:
    return {box.objectName(): box for box in page.findChildren(QComboBox) if box.objectName().endswith("_states")}
