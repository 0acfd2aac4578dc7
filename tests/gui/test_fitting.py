"""What the check of the pictures finds, and that the window's texts fit in both languages."""

import gettext
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.domain.language import ENGLISH, use
from app.gui.main import use_locale
from app.gui.window import MainWindow
from app.language import ENVIRONMENT, speak
from app.settings import Home

sys.path.insert(0, str(Path(__file__).parents[2] / "resources" / "dev"))
from fitting import unfit  # outside the package


@pytest.fixture
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, american: None) -> Iterator[str]:
    monkeypatch.setenv(ENVIRONMENT, request.param)
    speak()
    use_locale()
    yield request.param
    use(ENGLISH, gettext.NullTranslations())


@pytest.mark.parametrize("language", ["en", "fr"], indirect=True)
def test_every_text_of_the_window_fits(qtbot: QtBot, qapp: QApplication, language: str, home: Home) -> None:
    window = MainWindow(home, "ABC", ("none",))
    qtbot.addWidget(window)
    window.show()
    found = set()
    for place in range(window.tabs.count()):
        window.tabs.setCurrentIndex(place)
        qapp.processEvents()
        found |= set(unfit(window))
    window.shut_down()
    assert found == set()


def test_a_button_and_a_label_without_room_are_found(qtbot: QtBot) -> None:
    frame = QWidget()
    qtbot.addWidget(frame)
    button, label, whole = (
        QPushButton("Send &12 invoices", frame),
        QLabel("Ready to export", frame),
        QLabel("OK", frame),
    )
    button.setObjectName("send")
    label.setObjectName("status")
    button.setGeometry(0, 0, 40, 30)
    label.setGeometry(0, 40, 40, 30)
    whole.setGeometry(0, 80, 80, 30)
    frame.show()
    assert list(unfit(frame)) == ["send: Send &12 invoices", "status: Ready to export"]
