"""Has a child process delete the passwords of removed companies from the keyring, one company after the other."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.errors import BridgeError, NeedsUser, Side
from app.gui.engine_process import EngineProcess, RunEnd
from app.gui.text import tr

COMMAND = "password"
ALL = ("all", "--forget")


class Forgetting(QObject):
    """`done` is emitted when nothing is left to forget, `failed` with the error of a company whose passwords stay.

    `well` tells whether none failed.
    """

    done = Signal()
    failed = Signal(object)

    def __init__(self, engine_command: Sequence[str], home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = engine_command
        self._home = home
        self.well = True
        self._waiting: list[str] = []
        self._company = ""
        self._engine: EngineProcess | None = None

    def forget(self, companies: Sequence[str]) -> None:
        """Forget the passwords of `companies` too."""
        self._waiting.extend(companies)
        if self._engine is None:
            self.well = True
            self._next()

    def shut_down(self) -> None:
        """Leave no child behind."""
        self._waiting.clear()
        if self._engine is not None:
            self._engine.shut_down()
            self._engine = None

    def _next(self) -> None:
        if not self._waiting:
            self._engine = None
            self.done.emit()
            return
        self._company = self._waiting.pop(0)
        self._engine = EngineProcess(self._command, self._home, self._company, self)
        self._engine.ended.connect(self._ended)
        self._engine.start(COMMAND, arguments=ALL)

    def _ended(self, end: RunEnd) -> None:
        if not end.done:
            self.well = False
            self.failed.emit(_still_kept(self._company, end))
        self._next()


def _still_kept(company: str, end: RunEnd) -> BridgeError:
    return NeedsUser(
        "passwords-stay",
        tr("The passwords of company {company} are still kept", company=company),
        tr("The company is removed, but its passwords could not be deleted: {reason}", reason=end.message or end.title),
        tr(
            "In the computer's keyring (in Windows: Credential Manager), delete the entries of AP Bridge whose user "
            "name begins with {company}/.",
            company=company,
        ),
        side=Side.COMPUTER,
        detail=end.code,
    )
