"""What goes on without the user's hand: the schedule, the icon in the notification area, and notifications."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication, QWidget

from app.engine.views import Attention, Views
from app.errors import BridgeError
from app.gui.engine_process import RunEnd
from app.gui.notices import Notices
from app.gui.outside import end_of
from app.gui.page import CompanyPage
from app.gui.reach import OtherStanding, other_standing
from app.gui.scheduler import Scheduler
from app.gui.sync_all import SyncAll
from app.gui.text import counted, tr
from app.gui.tray import FAILED, NEEDS, OK, RUNNING, Tray
from app.gui.troubles import not_kept
from app.gui.widgets.company_box import company_words
from app.gui.windows_entry import WindowsEntry
from app.schedule import ScheduleSettings
from app.settings import Home, Settings
from app.task_scheduler import TaskScheduler

log = logging.getLogger(__name__)


class Background(QObject):
    """`due` carries the companies that the schedule wants synced, `words` when that is next, `held_back` what waited.

    `settings_changed` is emitted when Pause was chosen, `company_wanted` carries the company of a notification that
    was clicked, `failed` the error with which Windows or the settings file refused something.
    """

    due = Signal(list)
    held_back = Signal(str, object, str, int)
    words = Signal(str)
    settings_changed = Signal()
    company_wanted = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        home: Home,
        settings: QSettings,
        pages: Mapping[str, CompanyPage],
        in_turn: SyncAll,
        window: QWidget,
        tray: Tray | None = None,
        windows: TaskScheduler | None = None,
    ) -> None:
        super().__init__(window)
        self._home = home
        self._store = settings
        self._pages = pages
        self._in_turn = in_turn
        in_turn.moved.connect(self.show_state)
        self._window = window
        self._settings: Settings | None = None
        self.entry = WindowsEntry(windows, self)
        self.entry.failed.connect(self.failed)
        self._noticed = ""
        self._others: dict[str, OtherStanding] = {}
        self._notices = Notices(settings)
        self.tray = tray or Tray(self)
        self.scheduler = Scheduler(self._last_start, self.busy, self)
        self.scheduler.due.connect(self.due)
        self.scheduler.held_back.connect(self.held_back)
        self.scheduler.changed.connect(lambda: self.words.emit(self.scheduler.words))
        self.tray.paused.connect(self.pause)
        self.tray.notice_clicked.connect(lambda: self.company_wanted.emit(self._noticed))

    def take(self, settings: Settings) -> None:
        """Keep `settings` from now on."""
        before, self._settings = self._settings, settings
        schedule = settings.schedule
        if before is not None and before.schedule != schedule:
            self._keep_entry(before.schedule, schedule)
        self.tray.want(wanted=settings.window.tray, scheduled=schedule.on, paused=schedule.paused)
        self.scheduler.take(schedule, [company.code for company in settings.companies])
        self.look_at_others()

    def busy(self) -> bool:
        """Whether a run goes on in any company, or companies wait for their turn."""
        return self._in_turn.running or any(page.busy for page in self._pages.values())

    def pause(self, paused: bool) -> None:
        """Let the schedule pause, or go on; Windows' Task Scheduler heeds it too."""
        try:
            settings = self._home.load()
            self._home.save(replace(settings, schedule=replace(settings.schedule, paused=paused)))
        except BridgeError as error:
            self.failed.emit(error)
        except OSError as error:
            self.failed.emit(not_kept(error))
        self.settings_changed.emit()

    def look_at_others(self) -> None:
        """Look how the companies stand that are not opened, and notify of how runs ended that were started elsewhere.

        Nothing of them is in sight, even where the window is.
        """
        closed = [code for code in self._connected() if code not in self._pages]
        before, self._others = (
            self._others,
            {code: other_standing(self._home, code, self._others.get(code)) for code in closed},
        )
        for code, now in self._others.items():
            ended = now.newest is not None and now.newest.finished_at is not None and now.newest.exit_code is not None
            if ended and code in before and now.newest != before[code].newest:
                self._notify(code, end_of(now.newest), now.attention)
        self.show_state()

    @property
    def others_run(self) -> bool:
        """Whether a run works on a company that is not opened."""
        return any(each.running for each in self._others.values())

    def show_state(self) -> None:
        """Show in the notification area how things stand in all companies."""
        connected = self._connected()
        pages = [page for code, page in self._pages.items() if code in connected or not connected]
        others = [how for code, how in self._others.items() if code in connected and code not in self._pages]
        needs = sum(page.standing.needs for page in pages) + sum(each.needs for each in others)
        state, words = OK, tr("Nothing needs you")
        if self.busy() or any(each.running for each in others):
            state, words = RUNNING, tr("A run goes on")
        elif any(page.standing.unfinished is not None for page in pages) or any(each.unfinished for each in others):
            state, words = FAILED, tr("The last sync did not get to its end")
        elif needs:
            state, words = NEEDS, counted(needs, "{n} thing needs you", "{n} things need you")
        parts = (tr("AP Bridge"), words, self.scheduler.words)
        self.tray.show_state(state, "\n".join(part for part in parts if part))

    def run_ended(self, page: CompanyPage, end: RunEnd) -> None:
        """Notify of what is new, where the user does not look at the company's page anyway."""
        in_sight = self._window.isActiveWindow() and page.isVisible()
        self._notify(page.company, end, page.standing.attention, in_sight=in_sight)

    def _notify(self, company: str, end: RunEnd, attention: Sequence[Attention], *, in_sight: bool = False) -> None:
        news = self._notices.news(company, end, attention)
        if news is None or in_sight or self._settings is None or not self._settings.window.notifications:
            return
        title, text = news
        names: Sequence[str] = [each.name for each in self._settings.companies if each.code == company]
        whose = company_words(names[0] if names else "", company)
        self._noticed = company
        if not self.tray.notify(f"{whose}: {title}", text, failed=not end.done):
            QApplication.alert(self._window)

    def close_to_tray(self) -> bool:
        """Return whether the program goes on when its window is closed; that is said once."""
        if not self.tray.shown:
            return False
        if not self._store.value("tray/told"):
            self._store.setValue("tray/told", "yes")
            self.tray.notify(
                tr("AP Bridge goes on here"), tr("Click this icon to open the window again; choose Exit to end it.")
            )
        return True

    def stop(self) -> None:
        """Start nothing more, and take the icon away."""
        self.scheduler.stop()
        self.entry.shut_down()
        self.tray.want(wanted=False, scheduled=False, paused=False)

    def _connected(self) -> list[str]:
        return [company.code for company in self._settings.companies] if self._settings is not None else []

    def _keep_entry(self, before: ScheduleSettings, after: ScheduleSettings) -> None:
        """Let Windows' Task Scheduler follow a changed schedule, where it keeps it or is to keep it no more."""
        if before.when_closed or after.when_closed:
            self.entry.keep(after)

    def _last_start(self, company: str) -> datetime | None:
        """Return when a company was synced last, by whomever and however it ended."""
        views = Views(self._home.store_file, company)
        try:
            return views.last_start()
        except BridgeError as error:  # the sync that is then tried tells it
            log.info("%s: %s", error.code, error)
            return None
        finally:
            views.close()
