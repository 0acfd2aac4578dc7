"""The icon in the notification area: how things stand, a short menu, and notifications."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.gui.icons import icon
from app.gui.text import tr

OK, NEEDS, RUNNING, FAILED = "ok", "needs", "running", "failed"


def tray_is_there() -> bool:
    """Return whether this desktop has a notification area."""
    return QSystemTrayIcon.isSystemTrayAvailable()


class Tray(QObject):
    """Shown while the user wants it and there is a place for it.

    `open_asked`, `sync_asked` and `exit_asked` come of the menu, `paused` carries whether the schedule is to pause,
    `notice_clicked` is a click on the notification.
    """

    open_asked = Signal()
    sync_asked = Signal()
    exit_asked = Signal()
    paused = Signal(bool)
    notice_clicked = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        make_icon: Callable[[], Any] = QSystemTrayIcon,
        is_there: Callable[[], bool] = tray_is_there,
    ) -> None:
        super().__init__(parent)
        self._make_icon = make_icon
        self._is_there = is_there
        self._icon: Any = None
        self._state = ""
        self.menu = QMenu()
        self.menu.setObjectName("tray_menu")
        self.open = self.menu.addAction(tr("&Open AP Bridge"), self.open_asked.emit)
        self.sync = self.menu.addAction(icon("sync"), tr("&Sync Now"), self.sync_asked.emit)
        self.pause = self.menu.addAction(tr("&Pause the Schedule"))
        self.pause.setCheckable(True)
        self.pause.triggered.connect(self.paused)
        self.menu.addSeparator()
        self.exit = self.menu.addAction(tr("E&xit"), self.exit_asked.emit)
        self.menu.setDefaultAction(self.open)

    @property
    def shown(self) -> bool:
        """Whether the icon is there, so that the window may be closed without ending the program."""
        return self._icon is not None

    def want(self, *, wanted: bool, scheduled: bool, paused: bool) -> None:
        """Show the icon, or take it away; Pause can be chosen where there is a schedule."""
        self.pause.setVisible(scheduled)
        self.pause.setChecked(paused)
        if wanted and self._icon is None and self._is_there():
            self._icon = self._make_icon()
            self._icon.setContextMenu(self.menu)
            self._icon.activated.connect(self._activated)
            self._icon.messageClicked.connect(self.notice_clicked)
            self._state = ""
        elif not wanted and self._icon is not None:
            self._icon.hide()
            self._icon = None

    def show_state(self, state: str, words: str) -> None:
        """Show how things stand, by the icon's shape and in `words`."""
        self.sync.setEnabled(state != RUNNING)
        if self._icon is None:
            return
        if state != self._state:
            self._state = state
            self._icon.setIcon(icon(f"tray_{state}"))
            self._icon.show()
        self._icon.setToolTip(words)

    def notify(self, title: str, text: str, *, failed: bool = False) -> bool:
        """Show a notification; return whether there was a place for it."""
        if self._icon is None:
            return False
        kinds = QSystemTrayIcon.MessageIcon
        self._icon.showMessage(title, text, kinds.Warning if failed else kinds.Information)
        return True

    def _activated(self, how: QSystemTrayIcon.ActivationReason) -> None:
        if how in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.open_asked.emit()
