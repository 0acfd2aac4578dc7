"""A window that needs no screen, and a store that looks like a month of work."""

import os
import shutil
import sys

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
