"""Syncs or rebuilds all companies, one after the other; one that fails or is busy does not stop the next."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.errors import ExitCode
from app.gui.engine_process import RunEnd
from app.gui.format import whole
from app.gui.page import CompanyPage
from app.gui.text import counted, tr

SYNC = "sync"


class SyncAll(QObject):
    """`moved` is emitted when another company's turn has come.

    `done` is at the end, with picture, title, message, fix and code.
    """

    moved = Signal()
    done = Signal(str, str, str, str, str)

    def __init__(self, page_of: Callable[[str], CompanyPage], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page_of = page_of
        self._left: list[str] = []
        self._all = 0
        self._at: CompanyPage | None = None
        self._command = SYNC
        self._arguments: Sequence[str] = ()
        self._synced = 0
        self._troubles: list[str] = []
        self._code = ""  # of the first trouble
        self._needs = False

    @property
    def running(self) -> bool:
        """Whether companies wait for their turn, or one has it."""
        return self._at is not None

    @property
    def words(self) -> str:
        """Return whose turn it is: “Syncing all companies: 2 of 3 (XYZ)”; empty when none goes on."""
        if self._at is None:
            return ""
        values = {"turn": whole(self._all - len(self._left)), "of": whole(self._all), "company": self._at.company}
        if self._command == SYNC:
            return tr("Syncing all companies: {turn} of {of} ({company})", **values)
        return tr("Rebuilding all companies: {turn} of {of} ({company})", **values)

    def start(self, companies: Sequence[str], command: str = SYNC, arguments: Sequence[str] = ()) -> None:
        """Sync `companies`, or do `command` with each, unless that goes on already."""
        if self.running:
            return
        self._command, self._arguments = command, arguments
        self._left, self._all, self._synced, self._needs = list(companies), len(companies), 0, False
        self._troubles, self._code = [], ""
        self._next()

    def stop(self) -> None:
        """Begin with no further company; the run that goes on is not touched."""
        self._left.clear()

    def _next(self) -> None:
        while self._left:
            page = self._page_of(self._left.pop(0))
            if page.start(self._command, arguments=self._arguments):
                self._at = page
                page.run_ended.connect(self._take)
                self.moved.emit()
                return
            self._troubles.append(tr("{company}: another run works on it.", company=page.company))
            self._code = self._code or "company-busy"
        self._at = None
        self.moved.emit()
        self._tell()

    def _take(self, end: RunEnd) -> None:
        page = self._at
        page.run_ended.disconnect(self._take)
        if end.done:
            self._synced += 1
            self._needs = self._needs or end.exit_code == ExitCode.NEEDS_USER
        else:
            self._troubles.append(tr("{company}: {title}.", company=page.company, title=end.title))
            self._code = self._code or end.code
        if end.exit_code == ExitCode.CANCELLED:
            self._left.clear()
        self._next()

    def _tell(self) -> None:
        if self._synced == self._all:
            picture = "warning" if self._needs else "ok"
            title = (
                counted(self._all, "{n} company is synced", "All {n} companies are synced")
                if self._command == SYNC
                else counted(self._all, "{n} company is made again", "All {n} companies are made again")
            )
            message = tr("Something needs you: the list of companies shows where.") if self._needs else ""
        else:
            picture = "blocked" if self._troubles else "info"
            values = {"synced": whole(self._synced), "of": whole(self._all)}
            title = (
                tr("{synced} of {of} companies are synced", **values)
                if self._command == SYNC
                else tr("{synced} of {of} companies are made again", **values)
            )
            message = " ".join(self._troubles)
        self.done.emit(picture, title, message, "", self._code)
