"""Saves what the wizard was told: the settings, then each password by a child process; all of it, or nothing."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.errors import BridgeError, NeedsUser, Side
from app.gui.engine_process import EngineProcess, RunEnd
from app.gui.setup.draft import Draft
from app.gui.text import tr
from app.gui.troubles import not_kept
from app.settings import CompanySettings, Home, Settings, problems


class Saving(QObject):
    """`done` is emitted when all is kept, `failed` with title, text and code when nothing is."""

    done = Signal()
    failed = Signal(str, str, str)

    def __init__(self, home: Home, engine_command: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._home = home
        self._command = engine_command
        self._before = Settings()
        self._after = Settings()
        self._waiting: list[tuple[CompanySettings, str, str]] = []
        self._engine: EngineProcess | None = None

    def save(self, draft: Draft) -> None:
        """Save the draft's companies and secrets."""
        companies = draft.companies_to_keep()
        try:
            self._before = self._home.load()
            self._after = self._with(companies, draft)
            wrong = problems(self._after)
            if wrong:
                self.failed.emit(tr("A setting has a value that is not allowed"), f"{wrong[0]}.", "settings-invalid")
                return
            self._home.save(self._after)
        except BridgeError as error:
            self._fail(error)
            return
        except OSError as error:
            self._fail(not_kept(error))
            return
        self._waiting = [(company, side, draft.secrets[side]) for company in companies for side in draft.sides()]
        self._next()

    def shut_down(self) -> None:
        """End what goes on, and keep nothing of it."""
        if self._engine is not None:
            self._engine.shut_down()
            self._engine = None
            self._take_back()

    def _with(self, companies: Sequence[CompanySettings], draft: Draft) -> Settings:
        """Return the settings with `companies`, none of which was changed elsewhere meanwhile."""
        known = {company.code: company for company in self._before.companies}
        settings = self._before
        for company in companies:
            if known.get(company.code) != draft.base:
                raise _changed_elsewhere(company.code)
            settings = settings.with_company(company)
        return settings

    def _next(self) -> None:
        if not self._waiting:
            self._engine = None
            self.done.emit()
            return
        company, side, secret = self._waiting.pop(0)
        self._engine = EngineProcess(self._command, self._home.path, company.code, self)
        self._engine.ended.connect(self._kept)
        self._engine.start("password", arguments=(side,), line=secret)

    def _kept(self, end: RunEnd) -> None:
        if end.done:
            self._next()
            return
        self._engine = None
        self._take_back()
        self.failed.emit(end.title, f"{end.message} {end.fix}", end.code)

    def _fail(self, error: BridgeError) -> None:
        self.failed.emit(error.title, f"{error.message} {error.fix}", error.code)

    def _take_back(self) -> None:
        """Put back the settings of before, unless somebody has changed them since."""
        self._waiting.clear()
        if self._home.load() == self._after:
            self._home.save(self._before)


def _changed_elsewhere(code: str) -> BridgeError:
    return NeedsUser(
        "settings-changed",
        tr("The settings of company {code} have changed meanwhile", code=code),
        tr("Another window or program has saved them since you began."),
        tr("Close this, look at them again, and make your change once more."),
        side=Side.COMPUTER,
    )
