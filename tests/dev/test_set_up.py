"""The set-up as a whole, on computers that lack something and where nothing may be installed."""

from pathlib import Path

import pytest
import run
import virtual_environment
from programs import SetupError
from system_packages import NEEDS


class Computer:
    """A Debian computer with every package but those it `lacks`, whose user is not root."""

    def __init__(self, root: Path, programs) -> None:
        self.programs = programs
        self.root = root
        self.this = "{}|{}".format(*virtual_environment.THIS)
        self.has(ensurepip=True)
        self.lacks()

    def has(self, *, ensurepip: bool) -> None:
        self.programs.answer(virtual_environment.sys.executable, f"{self.this}|{ensurepip}|/usr/bin/python3\n")
        self.programs.answer(str(self.root / ".venv"), f"{self.this}|True|/usr/bin/python3\n")

    def lacks(self, *packages: str) -> None:
        there = [name for need in NEEDS["test"] for name in need.split(" | ") if name not in packages]
        self.programs.answer("dpkg-query", "".join(f"{name} installed\n" for name in there))

    def qt_does_not_start(self) -> None:
        python = virtual_environment.VirtualEnvironment(self.root, self.programs).python
        self.programs.answer(f"{python} -c from PySide6", "libEGL.so.1 not found", 1)


@pytest.fixture
def computer(tmp_path: Path, programs, monkeypatch: pytest.MonkeyPatch) -> Computer:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "quietly", lambda command, **_: programs(command))
    monkeypatch.setattr(run, "has_apt", lambda: True)
    monkeypatch.setattr(run, "is_root", lambda: False)
    return Computer(tmp_path, programs)


def test_a_complete_computer_is_set_up_without_advice(computer: Computer, capsys: pytest.CaptureFixture[str]) -> None:
    venv = run.set_up("demo", display="")

    assert computer.programs.ran[-1].endswith("--editable .[window]")
    assert venv.folder == computer.root / ".venv"
    assert "sudo" not in capsys.readouterr().out


def test_without_the_odbc_driver_the_demo_goes_on_and_says_what_is_missing(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.lacks("libsqliteodbc")

    run.set_up("demo", display="")

    assert "sudo apt-get install --yes --no-install-recommends libsqliteodbc\n" in capsys.readouterr().out


def test_where_qt_cannot_start_a_wanted_window_ends_the_set_up(computer: Computer) -> None:
    computer.lacks("libegl1")
    computer.qt_does_not_start()

    with pytest.raises(SetupError, match="Qt cannot open a window"):
        run.set_up("demo", display="")


def test_where_qt_cannot_start_the_demo_without_a_window_goes_on(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.lacks("libegl1")
    computer.qt_does_not_start()

    run.set_up("demo", display=None)

    assert "libegl1" in capsys.readouterr().out


def test_where_qt_starts_all_the_same_the_set_up_goes_on(computer: Computer) -> None:
    computer.lacks("libgssapi-krb5-2")

    assert run.set_up("test", display="offscreen")


def test_without_ensurepip_the_set_up_ends_with_the_command_that_brings_it(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.has(ensurepip=False)

    with pytest.raises(SetupError, match="ensurepip is missing"):
        run.set_up("demo", display="")

    major, minor = virtual_environment.THIS
    assert f"--no-install-recommends python{major}.{minor}-venv\n" in capsys.readouterr().out
    assert not (computer.root / ".venv").exists()
