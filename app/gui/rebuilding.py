"""Makes again what AP Bridge knew of one company, or of all where the store that they share is damaged."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject

from app.engine.views import Views
from app.errors import BridgeError
from app.gui.engine_process import RunEnd
from app.gui.page import CompanyPage
from app.gui.sync_all import SyncAll
from app.gui.text import tr
from app.gui.widgets.company_box import company_words
from app.gui.widgets.rebuild_bar import DAMAGED
from app.settings import CompanySettings, Home

COMMAND, ARGUMENTS = "rebuild", ("--anew",)


class Rebuilding(QObject):
    """Asks where a page offers it, and begins on yes; `connected` returns the companies of the settings by code."""

    def __init__(
        self,
        home: Home,
        connected: Callable[[], Mapping[str, CompanySettings]],
        pages: Mapping[str, CompanyPage],
        in_turn: SyncAll,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._home = home
        self._connected = connected
        self._pages = pages
        self._in_turn = in_turn
        self._let_go: set[str] = set()  # companies whose pages are to be shown anew afterwards
        self._closing = False

    def offer(self, page: CompanyPage) -> None:
        """Serve the buttons of a page."""
        page.banner.rebuild.asked.connect(lambda: self.ask(page))
        page.overview.rebuild.asked.connect(lambda: self.ask(page, lost=True))
        page.foot.rebuild.confirmed.connect(lambda: self._begin(page))
        page.run_ended.connect(lambda end: self._ended(page, end))

    def ask(self, page: CompanyPage, *, lost: bool = False) -> None:
        """Ask in a page whether what is known is to be made again; while a run is in the way, that has to wait."""
        damaged = self._is_damaged(page)
        if self._has_to_wait(page, damaged=damaged):
            return
        companies = self._connected()
        name = companies[page.company].name if page.company in companies else ""
        page.foot.rebuild.ask_about(
            company_words(name, page.company),
            len(self._in_order(page)) if damaged else 1,
            damaged=damaged,
            lost=lost and not damaged,
        )

    def stop(self) -> None:
        """Show nothing more: the window closes."""
        self._closing = True

    def _is_damaged(self, page: CompanyPage) -> bool:
        """Return whether the store is damaged as it is now, or was to the run that the page tells of."""
        if page.banner.code == DAMAGED and not page.banner.isHidden():
            return True
        views = Views(self._home.store_file, page.company)
        try:
            views.runs(1)
        except BridgeError as error:
            return error.code == DAMAGED
        finally:
            views.close()
        return False

    def _has_to_wait(self, page: CompanyPage, *, damaged: bool) -> bool:
        """Return whether a run is in the way, and say so: a damaged store is made again for all companies."""
        in_the_way = self._pages.values() if damaged else (page,)
        waits = self._in_turn.running or any(each.busy for each in in_the_way)
        if waits:
            picture = "waiting"
            page.banner.say(picture, tr("A run goes on"), tr("Choose Rebuild again when it has ended."))
        return waits

    def _begin(self, page: CompanyPage) -> None:
        damaged = page.foot.rebuild.damaged
        if self._has_to_wait(page, damaged=damaged):  # it has begun since the question was asked
            return
        companies = self._in_order(page) if damaged else [page.company]
        if damaged:
            for each in self._pages.values():
                each.let_go()  # Windows would not let the engine rename a file that is open
            self._let_go = {*self._pages} - {page.company}
        if len(companies) > 1:
            self._in_turn.start(companies, COMMAND, ARGUMENTS)
        else:
            page.start(COMMAND, arguments=ARGUMENTS)

    def _in_order(self, page: CompanyPage) -> list[str]:
        others = (code for code in self._connected() if code != page.company)
        return [page.company, *others]

    def _ended(self, page: CompanyPage, end: RunEnd) -> None:
        """Show the other companies too as they stand now: that the store can be read again, or still cannot."""
        if end.command != COMMAND or self._closing:
            return
        for code, each in self._pages.items():
            told = each.banner.code == DAMAGED
            if each is page or each.busy or not (code in self._let_go or (end.done and told)):
                continue
            if end.done and told:
                each.banner.hide()
            each.refresh()
        self._let_go.clear()
