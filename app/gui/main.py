"""Opens the window and keeps it going until it is closed."""

import logging
import sys
from collections.abc import Sequence
from types import TracebackType

from PySide6.QtCore import QEvent, QLibraryInfo, QLocale, QObject, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from app.domain.language import ENGLISH, FRENCH
from app.domain.language import language as spoken
from app.gui.collecting import Collector
from app.gui.icons import icon
from app.gui.instance import OnlyWindow
from app.gui.room import keep_within
from app.gui.text import tr
from app.gui.theme import theme_of
from app.gui.window import MainWindow
from app.resources import own_command
from app.settings import Home

log = logging.getLogger(__name__)

SWITCH_SECONDS = 0.0005  # so soon a thread that reads the store makes way for the window's, ten times as soon as else

_HOME = {
    ENGLISH: (QLocale.Language.English, QLocale.Country.UnitedStates),
    FRENCH: (QLocale.Language.French, QLocale.Country.Canada),
}


def run_window(
    home: Home, company: str | None, *, engine_command: Sequence[str] | None = None, begin_with: str = ""
) -> int:
    """Show the window with `company` in front and return the exit code once it is closed.

    With None, the company that was in front last is there again. `engine_command` starts the engine (default: this
    program); `begin_with` is a command that it is to begin with.
    """
    application = prepared_application()
    window = MainWindow(home, company, engine_command or own_command())
    window.closed.connect(application.quit)
    only = OnlyWindow(home, window)
    only.asked.connect(window.show_again)
    before = sys.excepthook
    sys.excepthook = _Faults(window)
    try:
        keep_within(window, window.screen().availableGeometry())
        _FirstPaint(window)
        window.show()
        collector = Collector(window, window.background.busy)
        if begin_with:
            window.start(begin_with)
        try:
            return application.exec()
        finally:
            collector.stop()
    finally:
        sys.excepthook = before
        only.stop()
        window.shut_down()


def prepared_application() -> QApplication:
    """Return the application, with the user's language and the program's looks."""
    sys.setswitchinterval(SWITCH_SECONDS)
    application = QApplication.instance() or QApplication(["apbridge"])
    application.setApplicationName("AP Bridge")
    application.setWindowIcon(icon("apbridge"))
    application.setQuitOnLastWindowClosed(False)  # a closed window may still wait for its run to stop
    use_locale()
    translator = QTranslator(application)
    if translator.load(QLocale(), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)
    theme_of(application).choose("system")  # until the settings are read
    return application


def use_locale() -> None:
    """Write dates and numbers as this computer does, where it has a say in the language that AP Bridge speaks.

    Else as in Canada (French) or the United States (English).
    """
    language, country = _HOME[spoken()]
    system = QLocale.system()
    QLocale.setDefault(system if system.language() == language else QLocale(language, country))


class _FirstPaint(QObject):
    """Has the log tell when a window can first be used: it is painted, and all that was due then is done."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt's name
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, lambda: log.info("The window is painted and ready."))
        return False


class _Faults:
    """Tells a fault of the window in the window, and the log all of it; the window goes on."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("A fault in the window", exc_info=(kind, error, trace))
        self._window.banner.say(
            "blocked",
            tr("AP Bridge made a mistake"),
            tr("The window could not do this; what was sent is not touched."),
            tr("Try again. If it happens once more, send the log to support."),
        )
