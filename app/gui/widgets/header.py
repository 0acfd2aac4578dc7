"""The head of the window: which company, how fresh, who is reachable, and Sync Now."""

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.engine.views import RunRow
from app.gui.format import moment
from app.gui.icons import icon
from app.gui.style import scaled_font
from app.gui.text import counted, tr
from app.gui.words import outcome_words

ICON_SIZE = 14


@dataclass(frozen=True, slots=True)
class Reach:
    """What the last run that tried says of one side; `reached` is None before any run.

    `refused`: it answered, but did not let AP Bridge sign in.
    """

    reached: bool | None = None
    at: datetime | None = None
    refused: bool = False


class Header(QWidget):
    """`sync_asked` is emitted by the Sync Now button, `needs_clicked` by the words that count what needs the user."""

    sync_asked = Signal()
    needs_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.company = _label("company_name")
        self.company.setFont(scaled_font(self, 1.35, bold=True))
        self.demo = _label("demo_badge")
        self.demo.setText(tr("Demo"))
        self.demo.setAccessibleName(tr("This is the demo company"))
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
        whose = QHBoxLayout()
        whose.setSpacing(8)
        whose.addWidget(self.company)
        whose.addWidget(self.demo)
        whose.addStretch(1)
        words.addLayout(whose)
        words.addLayout(under)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.sync, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addLayout(sides)

    def show_company(self, name: str, code: str, *, demo: bool = False) -> None:
        """Show whose books these are, and beside them where they are but the demo's."""
        self.demo.setVisible(demo)
        self.company.setText(f"{name} ({code})" if name and name != code else code)

    def show_state(
        self, last_sync: datetime | None, unfinished: RunRow | None, needs: int, sage: Reach, cloud: Reach
    ) -> None:
        """Show how fresh all is; `unfinished` is the newest sync where it did not get to its end."""
        words = tr("Never synced") if last_sync is None else tr("Last sync {when}", when=moment(last_sync))
        if unfinished is not None:
            if last_sync is None:
                words = tr("Last sync never")
            outcome = outcome_words(unfinished.outcome)[1].lower()
            at = moment(unfinished.finished_at or unfinished.started_at)
            words = tr("{words} · {outcome} {when}", words=words, outcome=outcome, when=at)
        self.last_sync.setText(words)
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
        if reach.refused:
            picture, words = "blocked", tr("{side}: sign-in refused, {when}", side=self._name, when=moment(reach.at))
        else:
            picture, words = self._words(reach)
        self._icon.setPixmap(icon(picture).pixmap(ICON_SIZE, ICON_SIZE))
        self._text.setText(words)

    def _words(self, reach: Reach) -> tuple[str, str]:
        return {
            None: ("unknown", tr("{side}: not tried yet", side=self._name)),
            True: ("ok", tr("{side}: reached, as of {when}", side=self._name, when=moment(reach.at))),
            False: ("blocked", tr("{side}: not reached, as of {when}", side=self._name, when=moment(reach.at))),
        }[reach.reached]


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
