"""Whoever waits is told for what, and since when."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.gui.engine_process import EngineProcess
from app.gui.papers import CSV, PDF, PRINT, Form, Paper, Papers
from app.gui.settings.about import AboutPage
from app.gui.setup.connection_test import ConnectionTest
from app.gui.setup.draft import Draft, Entity, Pair
from app.gui.setup.wizard import SetupWizard
from app.gui.support import SupportBundle
from app.gui.waiting import Waiting
from app.gui.window import MainWindow
from app.settings import CloudSettings, Home, SageSettings

SILENT = (sys.executable, "-c", "import sys; sys.stdin.read()")


@pytest.fixture
def engine(qtbot: QtBot, empty_home: Home) -> Iterator[EngineProcess]:
    made = EngineProcess(SILENT, empty_home.path, "")
    yield made
    made.shut_down()


def test_what_is_waited_for_is_said_at_once_and_then_for_how_long(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    waiting = Waiting(label)
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    waiting.begin("Waiting for Sage 100 to answer")
    assert label.text() == "Waiting for Sage 100 to answer"
    now[0] += 75
    waiting._clock.timeout.emit()
    assert label.text() == "Waiting for Sage 100 to answer, 1 min"
    waiting.end()
    assert label.text() == ""
    assert not waiting._clock.isActive()


@pytest.mark.parametrize(
    ("part", "side"), [("sage", "Sage 100"), ("cloud", "Quadient AP"), ("", "Sage 100 and Quadient AP")]
)
@pytest.mark.logs_warnings
def test_a_connection_test_says_whose_answer_it_waits_for(
    qtbot: QtBot, engine: EngineProcess, part: str, side: str
) -> None:
    test = ConnectionTest(engine, part, ())
    qtbot.addWidget(test)
    words = test.findChild(QLabel, "test_waiting")
    test.start(["{}"])
    assert words.text() == f"Waiting for {side} to answer"
    with qtbot.waitSignal(test.ended):
        test.stop()
    assert words.text() == ""


def test_the_wizard_says_that_the_demo_is_made_and_that_passwords_are_kept(qtbot: QtBot, empty_home: Home) -> None:
    wizard = SetupWizard(empty_home, SILENT, offers_demo=True)
    qtbot.addWidget(wizard)
    wizard._make_demo()
    assert wizard.demo.words.text().startswith("Making the demo company: ")
    assert wizard.demo.waiting._clock.isActive()
    wizard.abandon()


@pytest.mark.logs_warnings
def test_connect_says_at_once_what_takes_the_passwords_and_nothing_once_that_has_failed(
    qtbot: QtBot, empty_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.gui.setup.wizard.keyring_words", lambda: "the computer's keyring")
    sage = SageSettings("sage", r"C:\Sage\MAS90", "bridge", remote_host="srv")
    cloud = CloudSettings("https://ap.example.com", "client", "")
    entity = Entity("le-1", "Northwind Supply", "USD")
    pairs = (Pair(entity, "ABC", entity.name),)
    draft = Draft(sage, cloud, secrets={"sage": "s1", "cloud": "s2"}, entities=(entity,), pairs=pairs)
    wizard = SetupWizard(empty_home, SILENT, draft=draft)
    qtbot.addWidget(wizard)
    wizard._show(wizard.last)
    wizard.show()
    waiting = wizard.findChild(QLabel, "save_waiting")
    assert waiting.text() == ""
    qtbot.mouseClick(wizard.next, Qt.MouseButton.LeftButton)
    assert waiting.text() == "Waiting for the computer's keyring to take the passwords"
    assert waiting.isVisible()
    with qtbot.waitSignal(wizard._saving.failed):
        wizard._saving._engine.cancel(0)
    assert waiting.text() == ""
    assert wizard.last.trouble.isVisible()
    wizard.abandon()


def test_looking_for_a_newer_version_says_what_answers(qtbot: QtBot, engine: EngineProcess) -> None:
    page = AboutPage(engine)
    qtbot.addWidget(page)
    page.findChild(QPushButton, "look_for_update").click()
    assert page.answer.text() == "Waiting for the page of AP Bridge's versions to answer"
    assert page._waiting._clock.isActive()


@pytest.mark.parametrize("form", [PDF, CSV, PRINT])
def test_the_banner_says_what_is_being_saved_and_since_when(
    qtbot: QtBot, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Form
) -> None:
    file = str(tmp_path / f"preview.{form.ending}")
    monkeypatch.setattr("app.gui.papers.QFileDialog.getSaveFileName", lambda *_: (file, ""))
    window = MainWindow(home, "ABC", SILENT)
    qtbot.addWidget(window)
    window.show()
    papers: Papers = window.page.papers
    papers.want(Paper("preview invoices", ("--kept",), "preview"), form)
    said = "Making the pages to print" if form.to_print else f"Saving: {file}"
    assert window.page.banner.title.text() == said
    assert window.page.banner.message.text().startswith("Since ")
    window.shut_down()


def test_the_banner_says_that_a_support_bundle_is_being_made(qtbot: QtBot, home: Home, tmp_path: Path) -> None:
    window = MainWindow(home, "ABC", SILENT)
    qtbot.addWidget(window)
    window.show()
    support: SupportBundle = window.page.support
    support.make(str(tmp_path / "bundle.zip"))
    assert window.page.banner.title.text() == f"Making the support bundle: {tmp_path / 'bundle.zip'}"
    assert window.page.banner.message.text().startswith("Since ")
    window.shut_down()
