"""Makes again what AP Bridge knew of one company, or of all where the store that they share is damaged."""

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QObject

from app.gui.engine_process import RunEnd
from app.gui.page import CompanyPage
from app.gui.sync_all import SyncAll
from app.gui.text import tr
from app.gui.widgets.rebuild_bar import DAMAGED

COMMAND, ARGUMENTS = "rebuild", ("--anew",)


class Rebuilding(QObject):
    """Asks where a page offers it, and begins on yes; `connected` names the companies of the settings."""

    def __init__(
        self,
        connected: Callable[[], Iterable[str]],
        pages: Mapping[str, CompanyPage],
        in_turn: SyncAll,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._connected = connected
        self._pages = pages
        self._in_turn = in_turn

    def offer(self, page: CompanyPage) -> None:
        """Serve the buttons of a page."""
        page.banner.rebuild.asked.connect(lambda: self.ask(page, damaged=page.banner.code == DAMAGED))
        page.overview.rebuild.asked.connect(lambda: self.ask(page, lost=True))
        page.foot.rebuild.confirmed.connect(lambda: self._begin(page))
        page.run_ended.connect(lambda end: self._ended(page, end))

    def ask(self, page: CompanyPage, *, damaged: bool = False, lost: bool = False) -> None:
        """Ask in a page whether what is known is to be made again; while a run goes on there, that has to wait."""
        if page.busy:
            picture = "waiting"
            page.banner.say(picture, tr("A run goes on"), tr("Choose Rebuild again when it has ended."))
            return
        page.foot.rebuild.ask_about(len(self._in_order(page)) if damaged else 1, damaged=damaged, lost=lost)

    def _begin(self, page: CompanyPage) -> None:
        for each in self._pages.values():
            each.let_go()  # Windows would not let the engine rename a file that is open
        companies = self._in_order(page)
        if page.foot.rebuild.damaged and len(companies) > 1:
            self._in_turn.start(companies, COMMAND, ARGUMENTS)
        else:
            page.start(COMMAND, arguments=ARGUMENTS)

    def _in_order(self, page: CompanyPage) -> list[str]:
        others = (code for code in self._connected() if code != page.company)
        return [page.company, *others]

    def _ended(self, page: CompanyPage, end: RunEnd) -> None:
        """Show the other companies too that the store can be read again."""
        if end.command == COMMAND and end.done:
            for each in self._pages.values():
                if each is not page and not each.busy and each.banner.code == DAMAGED:
                    each.banner.hide()
                    each.refresh()
