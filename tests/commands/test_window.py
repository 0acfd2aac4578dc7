"""The window's command: the wizard where nothing is connected, and then the window on what it has connected."""

import pytest

from app.cli import main
from app.gui import main as gui
from app.gui.setup import first_start
from app.gui.setup.wizard import Connected
from app.settings import CloudSettings, CompanySettings, Home, SageSettings, Settings

COMPANY = CompanySettings("ABC", "Northwind", SageSettings("sage", "", "u"), CloudSettings("https://a", "c", "l"))


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str | None, str]]:
    """The windows that are opened: which company is in front, and what they begin with."""
    opened: list[tuple[str | None, str]] = []

    def run_window(home: Home, company: str | None, *, begin_with: str = "") -> int:
        opened.append((company, begin_with))
        return 0

    monkeypatch.setattr(gui, "run_window", run_window)
    return opened


def test_without_a_company_the_wizard_comes_first_and_then_the_window(
    apbridge_home: Home, windows: list[tuple[str | None, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(home: Home) -> Connected:
        home.save(Settings((COMPANY,)))
        return Connected("ABC", "sync")

    monkeypatch.setattr(first_start, "run_setup", connect)
    assert main([]) == 0
    assert windows == [("ABC", "sync")]


def test_leaving_the_wizard_opens_nothing(
    apbridge_home: Home, windows: list[tuple[str | None, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_start, "run_setup", lambda home: None)
    assert main([]) == 0
    assert windows == []


def test_with_a_company_the_window_opens_at_once(apbridge_home: Home, windows: list[tuple[str | None, str]]) -> None:
    apbridge_home.save(Settings((COMPANY,)))
    assert main([]) == 0
    assert windows == [("ABC", "")]


def test_after_the_last_company_was_removed_the_first_start_comes_again(
    apbridge_home: Home, windows: list[tuple[str | None, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    apbridge_home.save(Settings((COMPANY,)))

    def run_window(home: Home, company: str | None, *, begin_with: str = "") -> int:
        windows.append((company, begin_with))
        if len(windows) == 1:
            home.save(Settings())
        return 0

    def connect(home: Home) -> Connected:
        home.save(Settings((COMPANY,)))
        return Connected("ABC", "sync")

    monkeypatch.setattr(gui, "run_window", run_window)
    monkeypatch.setattr(first_start, "run_setup", connect)
    assert main([]) == 0
    assert windows == [("ABC", ""), ("ABC", "sync")]
