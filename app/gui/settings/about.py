"""The page about this version: whose it is, under which licences, and whether there is a newer one."""

import platform
from dataclasses import replace

from PySide6.QtCore import QUrl, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app import __version__
from app.gui.engine_process import EngineProcess, RunEnd
from app.gui.help.link import LearnMore
from app.gui.settings.page import SettingsPage, tick
from app.gui.settings.program import row
from app.gui.setup.pages import note
from app.gui.text import tr
from app.gui.waiting import Waiting
from app.resources import resource
from app.settings import Settings

LICENCE = resource("LICENSE.txt")
NOTICES = resource("THIRD-PARTY.txt")  # made when the program is built; a clone ships nothing of others


class AboutPage(SettingsPage):
    """Which version this is, and whose; `engine` looks for a newer one."""

    def __init__(self, engine: EngineProcess, parent: QWidget | None = None) -> None:
        super().__init__("about_settings", tr("About"), parent)
        self._engine = engine
        self._page = ""
        engine.ended.connect(self._tell)
        name = QLabel(tr("AP Bridge {version}", version=__version__))
        name.setObjectName("version")
        bold = name.font()
        bold.setBold(True)
        name.setFont(bold)
        self.body.addWidget(name)
        self.body.addWidget(note(tr("Keeps Sage 100 and Quadient AP in step: previewed, sent once, proven.")))
        versions = tr(
            "Python {python}, Qt {qt}, {system}",
            python=platform.python_version(),
            qt=qVersion(),
            system=platform.platform(terse=True),
        )
        self.body.addWidget(note(versions))
        self.body.addWidget(note(tr("Help: press F1 anywhere in the window.")))
        self.weekly = tick("look_for_updates", tr("Look once a &week whether there is a newer AP Bridge"), self)
        self.look = _button("look_for_update", tr("Look &now"), self._look)
        self.get = _button("get_update", tr("&Get the new version…"), self._open_page)
        self.get.hide()
        self.answer = note("", "update_answer")
        self._waiting = Waiting(self.answer)
        self.body.addWidget(self.weekly)
        self.body.addWidget(row(self.look, self.get))
        self.learn_more = LearnMore("update_learn_more")
        self.body.addWidget(self.answer)
        self.body.addWidget(self.learn_more)
        licence = _button("show_licence", tr("Show the &licence"), lambda: _open(LICENCE))
        notices = _button("show_notices", tr("Licences of &others’ works"), lambda: _open(NOTICES))
        notices.setVisible(NOTICES.exists())
        self.body.addWidget(row(licence, notices))
        self.body.addWidget(
            note(tr("Sage 100 is a trademark of Sage, Quadient AP one of Quadient. AP Bridge is by neither of them."))
        )
        self.body.addStretch(1)

    def load(self, settings: Settings) -> None:
        """Show whether newer versions are looked for."""
        self.weekly.setChecked(settings.look_for_updates)

    def store(self, settings: Settings) -> Settings:
        """Return `settings` with this choice."""
        return replace(settings, look_for_updates=self.weekly.isChecked())

    def _look(self) -> None:
        if not self._engine.running:
            self.look.setEnabled(False)
            self.learn_more.show_code("")
            self._waiting.begin(tr("Waiting for the page of AP Bridge's versions to answer"))
            self._engine.start("updates")

    def _tell(self, end: RunEnd) -> None:
        self.look.setEnabled(True)
        self._waiting.end()
        self.answer.setText(str(end.summary.get("said", "")) if end.done else f"{end.title}. {end.message} {end.fix}")
        self.learn_more.show_code("" if end.done else end.code)
        self._page = str(end.summary.get("page", "")) if end.done else ""
        self.get.setVisible(bool(self._page))

    def _open_page(self) -> None:
        QDesktopServices.openUrl(QUrl(self._page))


def _button(name, words, clicked):
    made = QPushButton(words)
    made.setObjectName(name)
    made.setAutoDefault(False)
    made.clicked.connect(clicked)
    return made


def _open(file):
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))
