"""Which engine an installed program starts: a program reaches only ODBC drivers of its own width."""

import shutil
import sys
from pathlib import Path

import pytest

from app import resources
from app.resources import ENGINE32, WINDOW, command_without_terminal, fitting_engine, fitting_instead, own_command


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The folder of an installed program with both engines."""
    (tmp_path / ENGINE32).parent.mkdir()
    for name in ("AP Bridge.exe", "apbridge.exe", ENGINE32):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("widths", "engine"),
    [((), "apbridge.exe"), ((64,), "apbridge.exe"), ((64, 32), "apbridge.exe"), ((32,), ENGINE32)],
)
@pytest.mark.parametrize("program", ["AP Bridge.exe", "apbridge.exe", ENGINE32, "ENGINE32/APBridge32.exe"])
def test_the_32_bit_engine_is_started_where_only_its_driver_is_there(
    installed: Path, widths: tuple[int, ...], engine: str | Path, program: str | Path
) -> None:
    assert fitting_engine(installed / program, widths.__contains__) == installed / engine


@pytest.mark.parametrize("program", ["AP Bridge.exe", "apbridge.exe", ENGINE32])
def test_a_person_may_install_it_in_a_folder_of_the_same_name(installed: Path, program: str | Path) -> None:
    folder = installed / "engine32"
    shutil.copytree(folder, folder / "engine32")
    for name in ("AP Bridge.exe", "apbridge.exe"):
        (folder / name).touch()
    assert fitting_engine(folder / program, (64,).__contains__) == folder / "apbridge.exe"
    assert fitting_engine(folder / program, (32,).__contains__) == folder / ENGINE32


def test_without_a_32_bit_engine_the_other_one_is_started(installed: Path) -> None:
    (installed / ENGINE32).unlink()
    assert fitting_engine(installed / "AP Bridge.exe", (32,).__contains__) == installed / "apbridge.exe"


def test_a_clone_starts_itself() -> None:
    assert own_command()[1:] == ("-P", "-m", "app")


@pytest.mark.parametrize(
    ("width", "program", "instead"),
    [
        (32, "apbridge.exe", ENGINE32),
        (64, ENGINE32, "apbridge.exe"),
        (32, ENGINE32, None),
        (64, "apbridge.exe", None),
        (64, WINDOW, "apbridge.exe"),
        (32, WINDOW, ENGINE32),
    ],
)
def test_an_engine_knows_whether_the_other_one_fits(
    installed: Path, monkeypatch: pytest.MonkeyPatch, width: int, program: str | Path, instead: str | Path | None
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(installed / program))
    monkeypatch.setattr(resources, "has_sage_driver", lambda asked: asked == width)
    assert fitting_instead() == (installed / instead if instead else None)


@pytest.mark.parametrize("program", [WINDOW, "apbridge.exe", ENGINE32])
def test_windows_starts_the_program_that_has_no_terminal(
    installed: Path, monkeypatch: pytest.MonkeyPatch, program: str | Path
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(installed / program))
    assert command_without_terminal() == (str(installed / WINDOW),)


def test_a_clone_has_no_other_engine() -> None:
    assert fitting_instead() is None
