"""A newer version, in the window: looked for once a week while nothing runs, and when the user asks."""

import json
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.gui.engine_process import EngineProcess
from app.gui.settings.about import AboutPage
from app.gui.updates import Updates
from app.settings import Settings


def engine(tmp_path: Path, **summary: str) -> EngineProcess:
    """An engine that tells of this, whatever it is asked."""
    line = {"v": 1, "run": "", "at": "2026-03-02T08:00:00+00:00", "event": "run_finished", "outcome": "done"}
    told = json.dumps({**line, "exit_code": 0, "summary": summary})
    return EngineProcess((sys.executable, "-c", f"print({told!r})"), tmp_path, "")


@pytest.fixture
def newer(tmp_path: Path) -> EngineProcess:
    return engine(
        tmp_path, said="AP Bridge 9.9 is there", version="9.9", notes="Faster.", page="https://example.com/apbridge"
    )


def test_a_newer_version_is_told_once_with_what_is_new_and_where_it_is(qtbot: QtBot, newer: EngineProcess) -> None:
    updates = Updates(newer, lambda: False)
    heard = []
    updates.found.connect(lambda title, message: heard.append((title, message)))
    for _ in range(2):
        with qtbot.waitSignal(newer.ended):
            updates.look_when_due()
    [(title, message)] = heard
    assert "9.9" in title
    assert "Faster." in message
    assert "https://example.com/apbridge" in message
    updates.shut_down()


def test_nothing_is_looked_for_while_a_run_goes_on(newer: EngineProcess) -> None:
    updates = Updates(newer, lambda: True)
    updates.look_when_due()
    assert not newer.running
    updates.shut_down()


def test_nothing_is_said_where_there_is_nothing_new(qtbot: QtBot, tmp_path: Path) -> None:
    quiet = engine(tmp_path, said="It is not time to look for a new version.")
    updates = Updates(quiet, lambda: False)
    with qtbot.assertNotEmitted(updates.found), qtbot.waitSignal(quiet.ended):
        updates.look_when_due()
    updates.shut_down()


def test_the_user_looks_now_and_is_led_to_the_new_version(
    qtbot: QtBot, newer: EngineProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    monkeypatch.setattr("app.gui.settings.about.QDesktopServices.openUrl", lambda url: opened.append(url.toString()))
    page = AboutPage(newer)
    qtbot.addWidget(page)
    page.show()
    assert not page.get.isVisible()
    with qtbot.waitSignal(newer.ended):
        qtbot.mouseClick(page.look, Qt.MouseButton.LeftButton)
    assert page.answer.text() == "AP Bridge 9.9 is there"
    qtbot.mouseClick(page.get, Qt.MouseButton.LeftButton)
    assert opened == ["https://example.com/apbridge"]


@pytest.mark.parametrize("on", [True, False])
def test_the_weekly_look_can_be_switched_off(qtbot: QtBot, newer: EngineProcess, on: bool) -> None:
    page = AboutPage(newer)
    qtbot.addWidget(page)
    page.load(Settings(look_for_updates=on))
    assert page.weekly.isChecked() is on
    page.weekly.click()
    assert page.store(Settings()).look_for_updates is not on
