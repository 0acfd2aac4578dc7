"""The foot of a company's page: how far a run is, how the last one ended, or how fresh all is; always as high."""

from operator import itemgetter

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gui.state import Case, TabState
from app.gui.widgets.banner import Banner
from app.gui.widgets.quiet import Quiet
from app.gui.widgets.rebuild_bar import RebuildBar
from app.gui.widgets.run_bar import RunBar
from app.gui.widgets.state_strip import StateStrip

LINES = 2  # of text: the room that is kept, so that nothing moves when a run begins or ends


class Foot(QWidget):
    """Keeps room for the banner, and for the run bar with what it means for the tabs.

    While neither has anything to say, it says why what the tabs show is not fresh; else what `idle` holds. The question
    before a rebuild takes the banner's place.
    """

    def __init__(self, banner: Banner, run_bar: RunBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banner, self._run_bar = banner, run_bar
        self.strip = StateStrip("page")
        self.idle = Quiet("idle_words")
        self.idle.setTextFormat(Qt.TextFormat.PlainText)
        self.rebuild = RebuildBar()
        self._told = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for each in (self.rebuild, banner, run_bar, self.strip, self.idle):
            layout.addWidget(each)
        frame = banner.layout().contentsMargins()
        self.setMinimumHeight(LINES * self.fontMetrics().lineSpacing() + frame.top() + frame.bottom() + 4)
        for each in (self.rebuild, banner, run_bar):
            each.installEventFilter(self)
        self.rebuild.asking.connect(self._make_way)

    def show_state(self, state: TabState) -> None:
        """Say how fresh what the tabs show is, where there is room for it."""
        self.strip.show_state(state)
        self._share()

    def clear(self) -> None:
        """Take back the question and what the banner says: a run begins."""
        self.rebuild.dismiss()
        self._banner.hide()

    def escape(self) -> None:
        """Take back the question, else what the banner says."""
        if self.rebuild.isHidden():
            self._banner.hide()
        else:
            self.rebuild.no.click()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the quiet words exactly while nothing else is shown."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            if watched is self._banner and not self.rebuild.isHidden():
                self._told = event.type() == QEvent.Type.ShowToParent  # said, or hidden, while the question stands
            self._share()
        return super().eventFilter(watched, event)

    def _share(self) -> None:
        runs = not self._run_bar.isHidden()
        waits = self.strip.state.case is Case.WAITING
        free = self._banner.isHidden() and self.rebuild.isHidden()
        says = bool(self.strip.state.words) and free and waits == runs
        quiet = not says and not runs and free
        # What goes makes room first: the foot never holds more than it has room for.
        for each, shown in sorted(((self.strip, says), (self.idle, quiet)), key=itemgetter(1)):
            each.setVisible(shown)

    def _make_way(self, asking: bool) -> None:
        """Let the question stand where the banner was, which is there again when it is taken back."""
        if asking:
            told = self._told or not self._banner.isHidden()
            self._banner.hide()
            self._told = told
        else:
            self._banner.setVisible(self._told)
            self._told = False
