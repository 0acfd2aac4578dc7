"""The head of the window: which company, how fresh, who is reachable, and Sync Now."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.gui.format import moment, short_moment
from app.gui.icons import icon
from app.gui.pictures.days import Sparkline
from app.gui.reach import Reach, Standing
from app.gui.room import SMALLEST
from app.gui.text import counted, tr
from app.gui.widgets.able import able
from app.gui.widgets.company_box import CompanyBox
from app.gui.widgets.elided import Elided
from app.gui.words import outcome_words

ICON_SIZE = 14
LEAST = SMALLEST.width() - 2 * 12  # beside it are the window's margins


class Header(QWidget):
    """`sync_asked` and `sync_all_asked` are emitted by Sync Now and the menu beside it.

    `needs_clicked` is emitted by the words that count what needs the user, `choices_wanted` before the companies are
    shown to choose from; `company_chosen` carries the code of the one that was chosen.
    `settings_asked` is emitted by the gear.
    """

    sync_asked = Signal()
    sync_all_asked = Signal()
    needs_clicked = Signal()
    choices_wanted = Signal()
    company_chosen = Signal(str)
    settings_asked = Signal()
    help_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.books = CompanyBox()
        self.books.chosen.connect(self.company_chosen)
        self.books.wanted.connect(self.choices_wanted)
        self.syncs = _SyncButtons()
        self.sync, self.sync_all = self.syncs.now, self.syncs.all
        self.sync.clicked.connect(self.sync_asked)
        self.sync_all.triggered.connect(self.sync_all_asked)
        self.addAction(self.sync_all)
        self.last_sync = Elided("last_sync")
        self.next_sync = Elided("next_sync")
        self._next = self._syncing = ""
        self.needs = QPushButton()
        self.needs.setObjectName("needs_button")
        self.needs.setFlat(True)
        self.needs.clicked.connect(self.needs_clicked)
        self.settings = _settings_button()
        self.settings.clicked.connect(self.settings_asked)
        self.help = _help_button()
        self.help.clicked.connect(self.help_asked)
        self._sage = _Side(tr("Sage 100"), "reach_sage")
        self._cloud = _Side(tr("Quadient AP"), "reach_cloud")
        self.sparkline = Sparkline()
        self._words, self._under = QVBoxLayout(), QHBoxLayout()
        self._arrange()

    def _arrange(self) -> None:
        sides = QVBoxLayout()
        sides.setSpacing(2)
        sides.addWidget(self._sage)
        sides.addWidget(self._cloud)
        under = self._under
        under.setSpacing(8)
        under.addWidget(self.last_sync)
        under.addWidget(self.next_sync)
        under.addWidget(self.needs)
        under.addStretch(1)
        words = self._words
        words.setSpacing(2)
        words.addWidget(self.books)
        words.addLayout(under)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.syncs)
        row.addLayout(words, 1)
        row.addWidget(self.sparkline)
        row.addLayout(sides)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.settings)
        buttons.addWidget(self.help)
        row.addLayout(buttons)

    def event(self, event: QEvent) -> bool:
        """Leave the words their room when they have become longer."""
        taken = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._make_room()
        return taken

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words their room on a small screen."""
        super().resizeEvent(event)
        self._make_room()

    def show_company(self, name: str, code: str, *, demo: bool = False, several: bool = False) -> None:
        """Show whose books these are, and beside them where they are but the demo's; with `several`, to choose from."""
        self.books.show_company(name, code, demo=demo, several=several)
        self.syncs.show_several(several=several)

    def show_running(self, running: bool, *, syncing_all: str = "") -> None:
        """Let nothing be started twice; `syncing_all` says how far the sync of all companies is."""
        able(self.sync, not running and not syncing_all)
        able(self.syncs.more, not syncing_all)
        self.sync_all.setEnabled(not syncing_all)
        self._syncing = syncing_all
        self.show_next(self._next)

    def show_next(self, words: str) -> None:
        """Say when the next sync is, or, while all companies are synced, how far that is."""
        self._next = words
        shown = self._syncing or words
        self.next_sync.setText(f"· {shown}" if shown else "")

    def show_state(self, state: Standing) -> None:
        """Show how fresh all is, what needs the user, and who was reached."""
        last_sync, unfinished, needs = state.last_sync, state.unfinished, state.needs
        words = tr("Never synced") if last_sync is None else tr("Last sync {when}", when=moment(last_sync))
        if state.unreadable and last_sync is None:
            words = tr("Last sync not known")
        shorter = words  # when the next one is gives way first
        if unfinished is not None:
            if last_sync is None:
                words = tr("Last sync never")
            outcome = outcome_words(unfinished.outcome)[1]
            at = moment(unfinished.finished_at or unfinished.started_at)
            words = tr("{words} · {outcome} {when}", words=words, outcome=outcome.lower(), when=at)
            shorter = f"{outcome} {at}"
        self.last_sync.setText(words, shorter)
        self.needs.setVisible(needs > 0)
        self.needs.setIcon(icon("warning"))
        self.needs.setText(counted(needs, "{n} needs you", "{n} need you"))
        self.needs.setAccessibleName(counted(needs, "{n} thing needs you", "{n} things need you"))
        self._sage.show_reach(state.sage)
        self._cloud.show_reach(state.cloud)
        self.sparkline.show_days(state.days)
        self._make_room()

    def minimumSizeHint(self) -> QSize:
        """Return the room for the company's name on the smallest screen, and for what stands beside it."""
        beside = self._beside()
        words = max(self.books.least(LEAST - beside), self._under.minimumSize().width())
        return QSize(beside + words, super().minimumSizeHint().height())

    def _beside(self) -> int:
        """Return the width of what stands beside the words, as small as it gets."""
        return self.layout().minimumSize().width() - self._words.minimumSize().width()

    def _make_room(self) -> None:
        """Let all else give way to the company's name, since money goes there.

        First go the days, which the Overview has too, and when who was reached; then when the next sync is.
        """
        row = self.layout()
        sides = max(self._sage.sizeHint().width(), self._cloud.sizeHint().width())
        whole = max(self._sage.whole, self._cloud.whole)
        days = row.spacing() + self.sparkline.sizeHint().width()
        needed = row.sizeHint().width() - (0 if self.sparkline.isHidden() else days) - sides + whole
        for side in (self._sage, self._cloud):
            side.shorten(self.width() < needed)
        if self.sparkline.isHidden() is (self.width() >= needed + days):
            self.sparkline.setVisible(self.width() >= needed + days)
        self.books.setMinimumWidth(self.books.least(max(self.width(), LEAST) - self._beside()))


def _help_button() -> QPushButton:
    button = QPushButton("?")
    button.setObjectName("help_button")
    button.setToolTip(tr("Help about what is on screen (F1)"))
    button.setAccessibleName(tr("Help"))
    button.setMaximumWidth(button.fontMetrics().height() * 2)
    return button


def _settings_button() -> QPushButton:
    button = QPushButton(icon("settings"), "")
    button.setObjectName("settings_button")
    button.setIconSize(QSize(16, 16))
    button.setMaximumWidth(button.fontMetrics().height() * 2)
    button.setShortcut(QKeySequence("Ctrl+,"))
    button.setAccessibleName(tr("Settings"))
    button.setToolTip(tr("Settings (Ctrl+,)"))
    return button


class _SyncButtons(QWidget):
    """Sync Now, and beside it, with several companies, the menu that syncs them all."""

    def __init__(self) -> None:
        super().__init__()
        self.now = QPushButton(icon("sync"), tr("&Sync Now"))
        self.now.setObjectName("sync_button")
        self.now.setIconSize(QSize(18, 18))
        self.now.setToolTip(tr("Bring lists, purchase orders and payments over, and preview what is ready (F5)"))
        self.more = QToolButton()
        self.more.setObjectName("sync_menu_button")
        self.more.setAccessibleName(tr("More ways to sync"))
        self.more.setToolTip(tr("Sync all companies (Shift+F5)"))
        self.more.setArrowType(Qt.ArrowType.DownArrow)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        menu = QMenu(self.more)
        self.all = menu.addAction(tr("Sync &All Companies"))
        self.all.setObjectName("sync_all")
        self.all.setShortcut(QKeySequence("Shift+F5"))
        self.more.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.now, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_several(self, *, several: bool) -> None:
        """Offer to sync all companies where there are several."""
        self.more.setVisible(several)
        self.all.setVisible(several)
        self.more.setFixedHeight(self.now.sizeHint().height())


class _Side(QWidget):
    def __init__(self, name: str, object_name: str) -> None:
        super().__init__()
        self._name = name
        self._icon = QLabel()
        self._text = Elided(object_name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)

    @property
    def whole(self) -> int:
        """The width in which all is said."""
        return self.sizeHint().width() - self._text.sizeHint().width() + self._text.whole

    def shorten(self, short: bool) -> None:
        """Say only who was reached, and not when, or all of it."""
        self._text.shorten(short)

    def show_reach(self, reach: Reach) -> None:
        picture, words, shorter = self._words(reach)
        self._icon.setPixmap(icon(picture).pixmap(ICON_SIZE, ICON_SIZE))
        self._text.setText(words, shorter)

    def _words(self, reach: Reach) -> tuple[str, str, str]:
        """Return icon and words, and what says them shorter."""
        side, when = self._name, short_moment(reach.at)
        if reach.refused:
            words, shorter = (
                tr("{side}: sign-in refused, {when}", side=side, when=when),
                tr("{side}: refused", side=side),
            )
            return "blocked", words, shorter
        if reach.shut:
            words, shorter = (
                tr("{side}: not available {when}", side=side, when=when),
                tr("{side}: not available", side=side),
            )
            return "blocked", words, shorter
        if reach.reached is None:
            return "unknown", tr("{side}: not tried yet", side=side), tr("{side}: not tried", side=side)
        if reach.reached:
            return "ok", tr("{side}: reached {when}", side=side, when=when), tr("{side}: reached", side=side)
        return "blocked", tr("{side}: not reached {when}", side=side, when=when), tr("{side}: not reached", side=side)
