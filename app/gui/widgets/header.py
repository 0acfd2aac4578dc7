"""The head of the window: which company, how fresh, who is reachable, and Sync Now."""

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.gui.format import moment
from app.gui.icons import icon
from app.gui.style import scaled_font
from app.gui.text import counted, tr

ICON_SIZE = 14


@dataclass(frozen=True, slots=True)
class Reach:
    """What the last run that tried says of one side; `reached` is None before any run."""

    reached: bool | None = None
    at: datetime | None = None


class Header(QWidget):
    """`sync_asked` is emitted by the Sync Now button, `needs_clicked` by the words that count what needs the user."""

    sync_asked = Signal()
    needs_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.company = _label("company_name")
        self.company.setFont(scaled_font(self, 1.35, bold=True))
        self.last_sync = _label("last_sync")
        self.needs = QPushButton()
        self.needs.setObjectName("needs_button")
        self.needs.setFlat(True)
        self.needs.clicked.connect(self.needs_clicked)
        self.sync = QPushButton(icon("sync"), tr("&Sync Now"))
        self.sync.setObjectName("sync_button")
        self.sync.setIconSize(QSize(18, 18))
        self.sync.setToolTip(tr("Bring lists, purchase orders and payments over, and preview what is ready (F5)"))
        self.sync.clicked.connect(self.sync_asked)
        self._sage = _Side(tr("Sage 100"), "reach_sage")
        self._cloud = _Side(tr("Quadient AP"), "reach_cloud")
        sides = QVBoxLayout()
        sides.setSpacing(2)
        sides.addWidget(self._sage)
        sides.addWidget(self._cloud)
        under = QHBoxLayout()
        under.setSpacing(8)
        under.addWidget(self.last_sync)
        under.addWidget(self.needs)
        under.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.company)
        words.addLayout(under)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.sync, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addLayout(sides)

    def show_company(self, name: str, code: str) -> None:
        """Show whose books these are."""
        self.company.setText(f"{name} ({code})" if name and name != code else code)

    def show_state(self, last_sync: datetime | None, needs: int, sage: Reach, cloud: Reach) -> None:
        """Show how fresh all is."""
        if last_sync is None:
            self.last_sync.setText(tr("Never synced"))
        else:
            self.last_sync.setText(tr("Last sync {when}", when=moment(last_sync)))
        self.needs.setVisible(needs > 0)
        self.needs.setIcon(icon("warning"))
        self.needs.setText(counted(needs, "{n} needs you", "{n} need you"))
        self.needs.setAccessibleName(counted(needs, "{n} thing needs you", "{n} things need you"))
        self._sage.show_reach(sage)
        self._cloud.show_reach(cloud)


class _Side(QWidget):
    def __init__(self, name: str, object_name: str) -> None:
        super().__init__()
        self._name = name
        self._icon = QLabel()
        self._text = _label(object_name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)

    def show_reach(self, reach: Reach) -> None:
        picture, words = {
            None: ("unknown", tr("{side}: not tried yet", side=self._name)),
            True: ("ok", tr("{side}: reached, as of {when}", side=self._name, when=moment(reach.at))),
            False: ("blocked", tr("{side}: not reached, as of {when}", side=self._name, when=moment(reach.at))),
        }[reach.reached]
        self._icon.setPixmap(icon(picture).pixmap(ICON_SIZE, ICON_SIZE))
        self._text.setText(words)


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
