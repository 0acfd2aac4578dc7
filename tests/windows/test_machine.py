"""How programs are started on a Windows of its own, and that nobody's AP Bridge is removed there."""

import os
import sys
from pathlib import Path

import pytest

from tests.windows.conftest import InstalledProgram
from tests.windows.machine import OnWindows
from tests.windows.test_installed import free_places

ENVIRONMENT = "import os; print(*(os.environ.get(name) for name in ('MORE', '{}')))"


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OnWindows:
    """A Windows whose user's folders are in `tmp_path`."""
    for name in ("LOCALAPPDATA", "APPDATA", "PROGRAMFILES"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    # No program of Windows starts with another one than its own.
    monkeypatch.setenv("SYSTEMROOT", os.environ.get("SYSTEMROOT", str(tmp_path)))
    return OnWindows()


def test_a_program_runs_in_its_folder_and_both_its_streams_are_one_text(windows: OnWindows, tmp_path: Path) -> None:
    said = "import os, sys; print(os.getcwd(), flush=True); sys.stderr.write('Québec'); sys.exit(3)"
    done = windows.run([sys.executable, "-c", said], folder=tmp_path)
    assert (done.returncode, done.stdout.split()) == (3, [str(tmp_path), "Québec"])


def test_what_ap_bridge_says_must_be_utf_8(windows: OnWindows, tmp_path: Path) -> None:
    bridge = InstalledProgram(windows, sys.executable, str(tmp_path), tmp_path)
    in_the_code_page = ("-c", "import sys; sys.stdout.buffer.write('Qu\\xe9bec'.encode('cp1252'))")
    with pytest.raises(UnicodeDecodeError):
        bridge.run(*in_the_code_page)
    with bridge.start(*in_the_code_page) as started, pytest.raises(UnicodeDecodeError):
        started.stdout.read()


def test_a_program_has_windows_own_vault_and_what_it_is_given(windows: OnWindows) -> None:
    assert os.environ["PYTHON_KEYRING_BACKEND"]
    asked = [sys.executable, "-c", ENVIRONMENT.format("PYTHON_KEYRING_BACKEND")]
    assert windows.run(asked, {"MORE": "given"}).stdout.split() == ["given", "None"]
    started = windows.start(asked, {"MORE": "given"}, 60)
    assert started.communicate()[0].split() == ["given", "None"]


def test_tests_need_no_screen(windows: OnWindows) -> None:
    done = windows.python(["-c", ENVIRONMENT.format("QT_QPA_PLATFORM")], {"MORE": "given"})
    assert done.stdout.split() == ["given", "offscreen"]


def test_where_somebody_works_with_ap_bridge_the_tests_that_would_remove_it_fail(windows: OnWindows) -> None:
    data = windows.on_disk(f"{windows.local}\\AP Bridge")
    data.mkdir(parents=True)
    (data / "settings.json").write_text("{}", "utf-8")
    with pytest.raises(pytest.fail.Exception, match="would remove"):
        free_places(windows)
    assert (data / "settings.json").exists()
