"""The log: rotated by itself, and going on where Windows does not let it."""

import logging
from pathlib import Path

import pytest

from app import logs
from app.logs import start_logging


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LOG_BYTES", 200)


def written(folder: Path) -> str:
    for number in range(20):
        logging.getLogger("test").info("line %02d of a log that is full", number)
    return "".join(file.read_text("utf-8") for file in sorted(folder.glob("apbridge.log*"), reverse=True))


@pytest.mark.usefixtures("small")
def test_a_full_log_is_rotated_and_only_so_many_are_kept(tmp_path: Path) -> None:
    start_logging(tmp_path, terminal=False)
    assert "line 19" in written(tmp_path)
    assert len(list(tmp_path.iterdir())) == logs.LOG_FILES + 1


@pytest.mark.usefixtures("small")
def test_a_log_that_cannot_be_rotated_now_loses_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Path, target: Path) -> None:
        raise PermissionError("another process has it open")

    start_logging(tmp_path, terminal=False)
    monkeypatch.setattr(Path, "rename", refused)
    text = written(tmp_path)
    assert all(f"line {number:02d} of" in text for number in range(20))
    assert [each.name for each in tmp_path.iterdir()] == ["apbridge.log"]
