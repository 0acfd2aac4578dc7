"""The ways to the help: F1 for what is on screen, and “Learn more” beside an error."""

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QWidget
from shiboken6 import isValid

from app.gui.help.browser import HelpWindow
from app.gui.help.pages import START, place_of

SCHEME = "apbridge-help"
_PAGE = "help_page"


class HelpDoor(QObject):
    """Opens the help from anywhere in the program, while it lives; there is one window of it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.window: HelpWindow | None = None
        QDesktopServices.setUrlHandler(SCHEME, self, "open")

    @Slot(QUrl)
    def open(self, address: QUrl) -> None:
        """Open the paragraph or page that an address names: apbridge-help:po-closed, apbridge-help:page/invoices."""
        kind, _, name = address.path().rpartition("/")
        window = self._shown()
        if kind:
            window.open_page(name)
        else:
            window.open_code(name)

    def close(self) -> None:
        """Close the help's window and take no more addresses."""
        QDesktopServices.unsetUrlHandler(SCHEME)
        self.close_window()

    def close_window(self) -> None:
        """Close the help's window; it went with the dialog that it stood over, if there was one."""
        if self.window is not None and isValid(self.window):
            self.window.close()
            self.window.deleteLater()
        self.window = None

    def _shown(self) -> HelpWindow:
        # A window of its own, except over a modal dialog: that would let nobody into it.
        above = QApplication.activeModalWidget()
        if self.window is not None and (not isValid(self.window) or self.window.parentWidget() is not above):
            self.close_window()
        if self.window is None:
            self.window = HelpWindow(above)
            self.window.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        return self.window


def helped_by(widget: QWidget, page: str) -> None:
    """Let F1 open `page` while `widget` is in front; a dialog or main window listens for the key itself."""
    widget.setProperty(_PAGE, page)
    if isinstance(widget, QDialog | QMainWindow):
        key = QKeySequence(QKeySequence.StandardKey.HelpContents)
        QShortcut(key, widget, activated=lambda: show_page(page_for(widget)))


def page_for(window: QWidget) -> str:
    """Return the page about what is in front of `window`: where the keyboard is, else what it shows."""
    widget = window.focusWidget()
    while widget is not None and widget is not window:
        if widget.property(_PAGE):
            return str(widget.property(_PAGE))
        widget = widget.parentWidget()
    shown = (each for each in window.findChildren(QWidget) if each.property(_PAGE) and each.isVisible())
    return str(next((each.property(_PAGE) for each in shown), window.property(_PAGE)) or START)


def show_page(page: str) -> None:
    """Open a page of the help."""
    QDesktopServices.openUrl(QUrl(f"{SCHEME}:page/{page}"))


def help_address(code: str) -> str:
    """Return the address of the paragraph about a code, for a link; empty when there is none."""
    return f"{SCHEME}:{code}" if code and place_of(code) else ""
