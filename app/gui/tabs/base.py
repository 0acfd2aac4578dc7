"""What all tabs have in common: they load when seen, say so when they are empty, and never crash on a bad store."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.engine.views import Views
from app.errors import BridgeError
from app.gui.state import Case, Step, TabState
from app.gui.widgets.empty import Empty
from app.gui.widgets.filter_box import FilterBox


class Tab(QWidget):
    """`failed` carries the error with which the store could not be read, `step_asked` the TabState to act on,
    `escaped` that Esc found nothing in the tab to take back, `export_asked` an Extract.

    It says `empty` before the first sync, `nothing` after one that found nothing, and that it cannot show anything
    where the store cannot be read.
    """

    failed = Signal(object)
    step_asked = Signal(object)
    escaped = Signal()
    export_asked = Signal(object)

    def __init__(
        self, name: str, views: Views, empty: str, parent: QWidget | None = None, *, nothing: str = ""
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.views = views
        self.filter_box: FilterBox | None = None
        self.content = QWidget()
        self.empty = Empty(name, empty, nothing)
        self.empty.sync_asked.connect(lambda: self.step_asked.emit(TabState(Case.FIRST, step=Step.SYNC)))
        self._pages = QStackedWidget()
        self._pages.addWidget(self.content)
        self._pages.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self._pages, 1)
        self._stale = True
        self._ever_loaded = False
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self._escape)

    def show_state(self, state: TabState) -> None:
        """Say in an empty tab whether anything was looked for yet."""
        self.empty.show_state(state.last_sync, running=state.case is Case.WAITING, syncs=state.syncs)

    def load(self) -> bool:
        """Fill the tab from the store; return whether there is anything to show."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Load again: now when the tab is seen, else as soon as it is."""
        self._stale = True
        if self.isVisible():
            self.load_if_stale()

    def load_if_stale(self) -> None:
        """Load unless what is shown is fresh."""
        if not self._stale:
            return
        self._stale = False

        def load() -> None:
            filled = self.load()
            self._pages.setCurrentWidget(self.content if filled else self.empty)

        loaded = self.guarded(load)
        if not loaded:
            self._stale = True
        if not self._ever_loaded:
            self._ever_loaded = loaded
            self.empty.show_readable(loaded)
            if not loaded:
                self._pages.setCurrentWidget(self.empty)

    def guarded(self, read: Callable[[], None]) -> bool:
        """Call `read`; tell the error when the store cannot be read, and return whether it could.

        Slots need it of their own: an exception does not pass through a signal.
        """
        try:
            read()
        except BridgeError as error:
            self.failed.emit(error)
            return False
        return True

    def escape(self) -> bool:
        """Undo the last narrowing of what is shown; return whether there was anything to take back."""
        if self.filter_box is None or not self.filter_box.text():
            return False
        self.filter_box.clear()
        return True

    def _escape(self) -> None:
        if not self.escape():
            self.escaped.emit()

    def focus_filter(self) -> None:
        """Put the cursor into the filter box, where there is one."""
        if self.filter_box is not None:
            self.filter_box.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.filter_box.selectAll()

    def set_running(self, running: bool) -> None:
        """Take note that a run goes on, or no longer."""

    def showEvent(self, event: QShowEvent) -> None:
        """Load what has become stale while the tab was out of sight."""
        super().showEvent(event)
        self.load_if_stale()
