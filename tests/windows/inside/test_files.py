"""Files as Windows has them: where they are by default, long paths, and a log that another process holds open."""

import logging
import os
import sqlite3
import winreg
from contextlib import closing
from pathlib import Path

from app import logs
from app.engine.store import Store
from app.logs import start_logging
from app.settings import Home, Settings, default_home
from tests.windows.inside.wine_odbc import wine


def test_everything_is_in_the_users_local_data(monkeypatch):
    monkeypatch.delenv("APBRIDGE_HOME", raising=False)
    assert default_home() == Path(os.environ["LOCALAPPDATA"]) / "AP Bridge"


def takes_long_paths():
    """Whether paths may have more than 260 characters: on Windows an administrator decides it, Wine has no limit."""
    if wine() is not None:
        return True
    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
        return winreg.QueryValueEx(key, "LongPathsEnabled")[0] == 1


def test_a_home_far_down_keeps_its_settings_and_its_store(tmp_path):
    depth = 4 if takes_long_paths() else 2
    home = Home(tmp_path.joinpath(*["a folder with a long name" * 3] * depth))
    home.save(Settings(language="fr"))
    assert len(str(home.settings_file)) > (260 if takes_long_paths() else 180)
    assert home.load().language == "fr"
    store = Store(home.store_file)
    store.write("INSERT INTO switched_off (company, list) VALUES ('ABC', 'vendor')")
    store.close()
    with closing(sqlite3.connect(home.store_file)) as kept:
        assert kept.execute("SELECT company, list FROM switched_off").fetchall() == [("ABC", "vendor")]


def test_a_log_that_another_process_has_open_is_written_on(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(logs, "LOG_BYTES", 200)
    start_logging(tmp_path, terminal=False)
    with (tmp_path / "apbridge.log").open("a", encoding="utf-8"):  # as the window's process has it
        for number in range(20):
            logging.getLogger("test").info("line %d of a log that is full", number)
    text = "".join(file.read_text("utf-8") for file in tmp_path.glob("apbridge.log*"))
    assert "line 19 of a log" in text
