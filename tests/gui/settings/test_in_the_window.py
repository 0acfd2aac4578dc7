"""The settings as the window opens them: by the gear, by the keyboard, and with a run going on."""

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.engine.lock import company_lock
from app.engine.views import Views
from app.gui.settings.dialog import SettingsDialog
from app.gui.window import MainWindow
from app.settings import CloudSettings, CompanySettings, Home, SageSettings, Settings
from tests.gui.file_keyring import FileKeyring
from tests.gui.filled import COMPANY

NOTHING = (sys.executable, "-c", "pass")


@pytest.fixture
def window(qtbot: QtBot, home: Home) -> MainWindow:
    made = MainWindow(home, COMPANY, NOTHING)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    return made


def dialog_of(window: MainWindow) -> SettingsDialog:
    return window.findChild(SettingsDialog, "settings_dialog")


def test_the_gear_opens_them_for_the_company_in_front(qtbot: QtBot, window: MainWindow) -> None:
    gear = window.findChild(QPushButton, "settings_button")
    assert gear.accessibleName() == "Settings"
    qtbot.mouseClick(gear, Qt.MouseButton.LeftButton)
    assert dialog_of(window).isVisible()
    assert dialog_of(window).company.currentData() == COMPANY


def test_the_keyboard_opens_them(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: dialog_of(window) is not None)  # the gear is pressed for all to see, which takes a moment
    assert dialog_of(window).isVisible()


def test_what_is_saved_counts_at_once(qtbot: QtBot, window: MainWindow, home: Home) -> None:
    other = CompanySettings("XYZ", "West", SageSettings("sage", "", "u"), CloudSettings("https://a.example", "c", "l"))
    home.save(home.load().with_company(other))
    window.open_settings()
    dialog = dialog_of(window)
    dialog.companies.list.setCurrentRow(1)
    dialog.companies._remove(other)
    with qtbot.waitSignal(dialog.saved):
        qtbot.mouseClick(dialog.findChild(QPushButton, "settings_ok"), Qt.MouseButton.LeftButton)
    assert [company.code for company in home.load().companies] == [COMPANY]
    assert list(window._companies) == [COMPANY]


def test_while_a_run_holds_the_company_its_settings_stay(qtbot: QtBot, window: MainWindow, home: Home) -> None:
    before = home.load()
    window.open_settings()
    dialog = dialog_of(window)
    dialog.pages[2].on.click()
    with company_lock(home.locks, COMPANY, "sync", datetime.now(UTC)):
        qtbot.mouseClick(dialog.findChild(QPushButton, "settings_ok"), Qt.MouseButton.LeftButton)
        assert "Sync is at work on company" in dialog.findChild(QLabel, "settings_trouble").text()
        assert home.load() == before
    qtbot.mouseClick(dialog.findChild(QPushButton, "settings_ok"), Qt.MouseButton.LeftButton)
    assert home.load() == Settings((replace(before.companies[0], orders_on=False),))


def test_leaving_the_program_ends_a_test_that_never_answers(qtbot: QtBot, home: Home) -> None:
    waits = (sys.executable, "-c", "import threading; threading.Event().wait()")
    window = MainWindow(home, COMPANY, waits)
    qtbot.addWidget(window)
    window.show()
    window.open_settings()
    dialog = dialog_of(window)
    dialog.companies.test.button.click()
    child = dialog._engine._process.processId()
    assert child
    with qtbot.waitSignal(window.closed):
        window.exit()
    assert not dialog._engine.running
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def removed(qtbot: QtBot, window: MainWindow) -> None:
    """Remove the company that is chosen, by mouse, and click OK."""
    window.open_settings()
    dialog = dialog_of(window)
    qtbot.mouseClick(dialog.companies.remove, Qt.MouseButton.LeftButton)
    yes = dialog.findChild(QPushButton, "remove_yes")
    qtbot.mouseClick(yes, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.findChild(QPushButton, "settings_ok"), Qt.MouseButton.LeftButton)


def test_the_last_company_goes_with_its_passwords_and_the_window_closes(
    qtbot: QtBot, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.gui.file_keyring.FileKeyring")
    kept = FileKeyring()
    for name in (f"{COMPANY}/sage", f"{COMPANY}/cloud", "XYZ/sage"):
        kept.set_password("AP Bridge", name, "s3cret")
    window = MainWindow(home, COMPANY, (sys.executable, "-m", "app"))
    qtbot.addWidget(window)
    window.show()
    runs = len(Views(home.store_file, COMPANY).runs())
    with qtbot.waitSignal(window.closed, timeout=30_000):
        removed(qtbot, window)
    assert kept.all() == {"XYZ/sage": "s3cret"}
    assert home.load().companies == ()
    assert len(Views(home.store_file, COMPANY).runs()) == runs, "its history stays"


def test_passwords_that_cannot_be_deleted_are_told_with_what_to_do(qtbot: QtBot, home: Home) -> None:
    other = replace(home.load().companies[0], code="XYZ")
    home.save(home.load().with_company(other))
    window = MainWindow(home, COMPANY, (sys.executable, "-c", "import sys; sys.exit(7)"))
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window._forgetting.done, timeout=30_000):
        removed(qtbot, window)
    assert [company.code for company in home.load().companies] == ["XYZ"]
    told = " ".join(label.text() for label in window.banner.findChildren(QLabel))
    assert f"the entries of AP Bridge whose user name begins with {COMPANY}/" in told


def test_the_window_stays_open_to_tell_that_the_last_companys_passwords_are_still_kept(
    qtbot: QtBot, home: Home
) -> None:
    window = MainWindow(home, COMPANY, (sys.executable, "-c", "import sys; sys.exit(7)"))
    qtbot.addWidget(window)
    window.show()
    with qtbot.assertNotEmitted(window.closed), qtbot.waitSignal(window._forgetting.done, timeout=30_000):
        removed(qtbot, window)
    assert home.load().companies == ()
    assert "are still kept" in " ".join(label.text() for label in window.banner.findChildren(QLabel))


def test_rebuild_under_storage_saves_closes_and_asks_in_the_window(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: list[tuple[str, tuple[str, ...]]] = []
    monkeypatch.setattr(
        window.engine, "start", lambda command, _=None, arguments=(): starts.append((command, arguments))
    )
    window.open_settings()
    dialog = dialog_of(window)
    dialog.list.setCurrentRow(dialog.pages.index(dialog.storage))
    rebuild = dialog.findChild(QPushButton, "rebuild")
    rebuild.setFocus()
    qtbot.keyClick(rebuild, Qt.Key.Key_Space)
    assert not dialog.isVisible()
    question = window.page.foot.rebuild
    assert question.question.text().endswith("What is known now is kept as a copy.")
    assert starts == []
    qtbot.mouseClick(question.yes, Qt.MouseButton.LeftButton)
    assert starts == [("rebuild", ("--anew",))]


def test_rebuild_under_storage_waits_for_the_run_that_goes_on(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.engine, "start", lambda *_, **__: None)
    window.start("sync")
    window.open_settings()
    qtbot.mouseClick(dialog_of(window).findChild(QPushButton, "rebuild"), Qt.MouseButton.LeftButton)
    assert not window.page.foot.rebuild.isVisible()
    assert window.banner.message.text() == "Choose Rebuild again when it has ended."
