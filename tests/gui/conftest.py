"""A window that needs no screen, and a store that looks like a month of work."""

import logging
import os
import shutil
import sys
from collections.abc import Iterator

import pytest

if not sys.platform.startswith(("win", "darwin")) and not (
    os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pathlib import Path

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from app.gui.style import apply_style
from app.settings import Home
from tests.gui.filled import fill_home

# What Qt says on a platform without a screen, as in `qt_log_ignore`, and its tester of models.
IDLE = ("propagateSizeHints", "plugin does not support", "modeltest: ")


@pytest.fixture(autouse=True)
def nothing_is_said_on_the_side(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[None]:
    """Fail the test when anything was written where no user looks: a warning in the log, or a word to the terminal.

    What Qt complains about fails it too (`qt_log_level_fail`). Tests that are marked `logs_warnings` or `logs_errors`
    expect some.
    """
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    records = [record for phase in ("setup", "call") for record in caplog.get_records(phase)]
    logged = [record.getMessage() for record in records if record.levelno >= logging.WARNING]
    said = [line for text in capfd.readouterr() for line in text.splitlines() if not any(each in line for each in IDLE)]
    if request.node.get_closest_marker("logs_warnings"):
        logged = []
    assert (logged, said) == ([], [])


@pytest.fixture(autouse=True)
def american() -> None:
    """Dates and amounts are compared as text, so they must not depend on the computer."""
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))


@pytest.fixture
def empty_home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Filled once: each test that wants it gets a copy of its own."""
    made = Home(tmp_path_factory.mktemp("filled") / "home")
    fill_home(made)
    return made


@pytest.fixture
def home(filled_home: Home, empty_home: Home) -> Home:
    shutil.copytree(filled_home.path, empty_home.path)
    return empty_home


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The application, styled once as the program styles it."""
    apply_style(qapp)
    return qapp
