"""What tests of the window as a whole share: a tray that only plays one, and settings changed on disk."""

from dataclasses import replace

from PySide6.QtCore import QEventLoop, QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app.gui.reader import Reader
from app.gui.slices import Slices
from app.settings import Home


def settle(shown: QWidget) -> None:
    """Wait until the window has read all that it wants of the store."""
    while any(each.busy for kind in (Reader, Slices) for each in shown.window().findChildren(kind)):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


class FakeIcon(QObject):
    """Stands in for the icon in a notification area, which a test's desktop has none of."""

    activated = Signal(object)
    messageClicked = Signal()  # noqa: N815  # Qt's name

    def __init__(self) -> None:
        super().__init__()
        self.visible = False
        self.icon = QIcon()
        self.tip = ""
        self.menu: QMenu | None = None
        self.messages: list[tuple[str, str]] = []

    def setContextMenu(self, menu: QMenu) -> None:
        self.menu = menu

    def setIcon(self, icon: QIcon) -> None:
        self.icon = icon

    def setToolTip(self, text: str) -> None:
        self.tip = text

    def show(self) -> None:
        self.visible = True

    def hide(self) -> None:
        self.visible = False

    def showMessage(self, title: str, text: str, kind: object) -> None:
        self.messages.append((title, text))


def change(home: Home, part: str, **values: object) -> None:
    """Change settings of one part, "schedule" or "window", on disk."""
    settings = home.load()
    home.save(replace(settings, **{part: replace(getattr(settings, part), **values)}))
