"""Test connection: has a child process look at what the user typed in, and shows each answer with what to do."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.engine.events import Event, Kind
from app.gui.engine_process import EngineProcess, RunEnd
from app.gui.help.link import LearnMore
from app.gui.icons import icon
from app.gui.text import later, tr
from app.gui.waiting import Waiting
from app.gui.widgets.unbroken import Unbroken

ICON_SIZE = 16
KILL_AFTER_MS = 1_500  # it changes nothing, so nothing is lost
_PICTURES = {"ok": "ok", "warning": "warning", "blocked": "blocked", "unknown": "unknown"}
# What to do where the fields stand right above; elsewhere the engine's own words say where the setting is.
AT_THE_FIELDS = {
    "sage-logon-refused": later(
        "Correct the user or the password above. In Sage, see the user in Library Master > User Maintenance."
    ),
    "sage-company-refused": later(
        "Correct the company's code. In Sage, tick “Allow External Access” in Library Master > Company Maintenance > "
        "Preferences."
    ),
    "sage-user-is-administrator": later(
        "In Sage, make a user for AP Bridge in Library Master > User Maintenance, and name it above."
    ),
    "sage-folder-unknown": later("Choose the folder called MAS90 of Sage 100."),
    "cloud-sign-in": later("Correct the client id or the secret above."),
    "cloud-address": later("Correct the address above; it begins with https://."),
    "cloud-unreachable": later("Check the address above and this computer's internet connection, then test again."),
    "cloud-busy": later("Wait a few minutes, then test again."),
    "sage-unreachable": later(
        "Check that the place of Sage is right, that its server runs and that this computer is in the network, then "
        "test again."
    ),
    "sage-single-user": later("Wait until that task is done, then test again."),
    "sage-locked": later("Wait a moment, then test again."),
    "sage-no-answer": later("Wait a moment, then test again."),
}


class ConnectionTest(QWidget):
    """A button, and below it the answers. `ended` carries whether nothing stands in the way.

    `well` tells whether the answers that are shown are good ones, `summary` what there is to choose from.
    `asked` is emitted when the user wants a test. `shown` are the names of the checks whose answers are shown. `fixes`
    say by code what to do, where the engine's own words do not fit.
    """

    asked = Signal()
    ended = Signal(bool)

    def __init__(self, engine: EngineProcess, part: str, shown: Collection[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary: Mapping[str, Any] = {}
        self.well = False
        self.fixes: Mapping[str, str] = {}
        self._engine = engine
        self._part = part
        self._shown = shown
        self._queue: list[str] = []
        self._blocked = False
        self._busy = False
        self._stale = False
        self.button = QPushButton(tr("&Test connection"))
        self.button.setObjectName(f"test_{part or 'all'}")
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._toggle)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Looking"))
        self._bar.setFixedHeight(6)
        self._bar.hide()
        words = QLabel()
        words.setObjectName("test_waiting")
        words.setTextFormat(Qt.TextFormat.PlainText)
        self._waiting = Waiting(words)
        self._answers = QVBoxLayout()
        self._answers.setSpacing(6)
        inside = QWidget()
        filling = QVBoxLayout(inside)
        filling.setContentsMargins(0, 4, 0, 0)
        filling.addLayout(self._answers)
        filling.addStretch(1)
        area = QScrollArea()
        area.setObjectName("test_answers")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        top = QHBoxLayout()
        top.addWidget(self.button)
        top.addWidget(self._bar, 1, Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(words)
        top.addStretch(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(area, 1)

    @property
    def running(self) -> bool:
        """Whether answers are still awaited."""
        return self._busy

    def start(self, candidates: Sequence[str]) -> None:
        """Look at each of `candidates`, one after the other."""
        if self._busy or self._engine.running:
            return
        self.clear()
        self._queue = list(candidates)
        self._stale = False
        self._busy = True
        self.button.setText(tr("S&top looking"))
        self._bar.show()
        self._waiting.begin(_waiting_words(self._part))
        self._engine.told.connect(self._take)
        self._engine.ended.connect(self._one_ended)
        self._next()

    def stop(self) -> None:
        """Look no further."""
        if self._busy:
            self._queue.clear()
            self._engine.cancel(KILL_AFTER_MS)

    @property
    def blocked(self) -> bool:
        """Whether the answers that are shown say that something stands in the way."""
        return self._blocked

    def clear(self) -> None:
        """Forget the answers, also those that are still awaited: what they are about has changed."""
        if self._busy:
            self._stale = True
            self.stop()
        self._blocked = False
        self.summary = {}
        self.well = False
        while self._answers.count():
            answer = self._answers.takeAt(0).widget()
            answer.hide()
            answer.deleteLater()

    def say(self, picture: str, title: str, text: str, code: str = "") -> None:
        """Show one answer; `code` leads to the help."""
        answer = _Answer(picture, title, text, code)
        self._answers.addWidget(answer)
        answer.show()

    def _toggle(self) -> None:
        if self._busy:
            self.stop()
        else:
            self.asked.emit()

    def _next(self) -> None:
        candidate = self._queue.pop(0)
        only = ("--only", self._part) if self._part else ()
        self._engine.start("doctor", arguments=(*only, "--candidate", "-"), line=candidate)

    def _take(self, event: Event) -> None:
        if self._stale or event.kind is not Kind.CHECK or (self._shown and event.data.get("check") not in self._shown):
            return
        data = event.data
        state = str(data.get("state", "unknown"))
        self._blocked |= state == "blocked"
        self.say(
            _PICTURES.get(state, "unknown"),
            str(data.get("title", "")),
            f"{data.get('message', '')} {self._fix(data)}".strip(),
            str(data.get("code", "")),
        )

    def _one_ended(self, end: RunEnd) -> None:
        if not self._stale:
            self.summary = dict(end.summary)
        if end.title and not self._stale:
            self._blocked = True
            self.say("info" if end.outcome == "cancelled" else "blocked", end.title, self._words(end), end.code)
        if self._queue and not end.title and not self._stale:
            self._next()
            return
        self._engine.told.disconnect(self._take)
        self._engine.ended.disconnect(self._one_ended)
        self._busy = False
        self._bar.hide()
        self._waiting.end()
        self.button.setText(tr("&Test connection"))
        self.well = not self._blocked and not self._stale
        self.ended.emit(self.well)

    def _words(self, end: RunEnd) -> str:
        if end.outcome == "cancelled":
            return tr("You stopped it. Nothing was changed.")
        return f"{end.message} {end.fix}".strip()

    def _fix(self, data: Mapping[str, Any]) -> str:
        code = str(data.get("code", ""))
        return tr(self.fixes[code]) if code in self.fixes else str(data.get("fix", ""))


def _waiting_words(part: str) -> str:
    return {
        "sage": tr("Waiting for Sage 100 to answer"),
        "cloud": tr("Waiting for Quadient AP to answer"),
    }.get(part, tr("Waiting for Sage 100 and Quadient AP to answer"))


class _Answer(QWidget):
    def __init__(self, picture: str, title: str, text: str, code: str) -> None:
        super().__init__()
        image = QLabel()
        image.setPixmap(icon(picture).pixmap(ICON_SIZE, ICON_SIZE))
        words = Unbroken(tr("{name}: {text}", name=title, text=text) if text else title)
        words.setObjectName("test_answer")
        words.setProperty("state", picture)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(image, 0, Qt.AlignmentFlag.AlignTop)
        more = LearnMore("test_learn_more")
        more.show_code(code)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(words)
        column.addWidget(more)
        row.addLayout(column, 1)
