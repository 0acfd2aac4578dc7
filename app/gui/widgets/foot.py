"""The foot of a company's page: how far a run is, how the last one ended, or how fresh all is; always as high."""

from operator import itemgetter

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gui.state import Case, TabState
from app.gui.widgets.banner import Banner
from app.gui.widgets.quiet import Quiet
from app.gui.widgets.run_bar import RunBar
from app.gui.widgets.state_strip import StateStrip

LINES = 2  # of text: the room that is kept, so that nothing moves when a run begins or ends


class Foot(QWidget):
    """Keeps room for the banner, and for the run bar with what it means for the tabs.

    While neither has anything to say, it says why what the tabs show is not fresh; else what `idle` holds.
    """

    def __init__(self, banner: Banner, run_bar: RunBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banner, self._run_bar = banner, run_bar
        self.strip = StateStrip("page")
        self.idle = Quiet("idle_words")
        self.idle.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for each in (banner, run_bar, self.strip, self.idle):
            layout.addWidget(each)
        frame = banner.layout().contentsMargins()
        self.setMinimumHeight(LINES * self.fontMetrics().lineSpacing() + frame.top() + frame.bottom() + 4)
        for each in (banner, run_bar):
            each.installEventFilter(self)

    def show_state(self, state: TabState) -> None:
        """Say how fresh what the tabs show is, where there is room for it."""
        self.strip.show_state(state)
        self._share()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the quiet words exactly while nothing else is shown."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._share()
        return super().eventFilter(watched, event)

    def _share(self) -> None:
        runs = not self._run_bar.isHidden()
        waits = self.strip.state.case is Case.WAITING
        says = bool(self.strip.state.words) and self._banner.isHidden() and waits == runs
        quiet = not says and not runs and self._banner.isHidden()
        # What goes makes room first: the foot never holds more than it has room for.
        for each, shown in sorted(((self.strip, says), (self.idle, quiet)), key=itemgetter(1)):
            each.setVisible(shown)
