"""The calm strip at the foot that says how a run ended, or what stands in the way."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.errors import BridgeError
from app.gui.help.link import LearnMore
from app.gui.icons import icon
from app.gui.text import tr
from app.gui.widgets.rebuild_bar import HELPED, RebuildButton

ICON_SIZE = 20


class Banner(QFrame):
    """Title, message and fix with an icon; hidden while there is nothing to say.

    `code` is that of what it said last; where a rebuild helps against that, it offers one. `stop_asked` is emitted when
    what is said to be waited for is to be waited for no longer.
    """

    stop_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._icon = QLabel()
        self.title = _label("banner_title")
        self.message = _label("banner_message")
        bold = self.title.font()
        bold.setBold(True)
        self.title.setFont(bold)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.message)
        self.code = ""
        self.learn_more = LearnMore("banner_learn_more")
        self.rebuild = RebuildButton("banner_rebuild", tr("&Rebuild…"))
        self.stop = QPushButton(tr("Stop Saving"))
        self.stop.setObjectName("banner_stop")
        self.stop.clicked.connect(self.stop_asked)
        close = QPushButton(tr("&Hide"))
        close.setObjectName("banner_close")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.learn_more, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.rebuild, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(self, picture: str, title: str, message: str = "", fix: str = "", code: str = "") -> None:
        """Show `title`, and under it why and what to do; `code` leads to the help."""
        self._icon.setPixmap(icon(picture).pixmap(ICON_SIZE, ICON_SIZE))
        self.title.setText(title)
        self.message.setText(" ".join(part for part in (message, fix) if part))
        self.message.setVisible(bool(message or fix))
        self.code = code
        self.learn_more.show_code(code)
        self.rebuild.setVisible(code in HELPED)
        self.stop.hide()
        self.setAccessibleName(f"{title}. {message} {fix}")
        self.show()

    def say_saving(self, picture: str, title: str, message: str) -> None:
        """Show what is being saved, and offer to stop it."""
        self.say(picture, title, message)
        self.stop.show()

    def say_further(self, title: str, message: str) -> None:
        """Say how far that is, as long as nothing else was said and nobody has hidden it."""
        if self.isVisible() and self.stop.isVisible() and self.title.text() == title:
            self.message.setText(message)
            self.message.show()

    def say_error(self, error: BridgeError) -> None:
        """Show an error in its own words."""
        self.say("blocked", error.title, error.message, error.fix, code=error.code)


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
