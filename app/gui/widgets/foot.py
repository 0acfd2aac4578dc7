"""The foot of a company's page: how far a run is, how the last one ended, or that none goes on; always as high."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gui.widgets.banner import Banner
from app.gui.widgets.quiet import Quiet
from app.gui.widgets.run_bar import RunBar

LINES = 2  # of text: the room that is kept, so that nothing moves when a run begins or ends


class Foot(QWidget):
    """Keeps room for the banner and the run bar; while neither has anything to say, it says what `idle` holds."""

    def __init__(self, banner: Banner, run_bar: RunBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told = (banner, run_bar)
        self.idle = Quiet("idle_words")
        self.idle.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for each in (banner, run_bar, self.idle):
            layout.addWidget(each)
        frame = banner.layout().contentsMargins()
        self.setMinimumHeight(LINES * self.fontMetrics().lineSpacing() + frame.top() + frame.bottom() + 4)
        for each in self._told:
            each.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the quiet words exactly while nothing else is shown."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.idle.setVisible(all(each.isHidden() for each in self._told))
        return super().eventFilter(watched, event)
