"""Files as Windows has them: where they are by default, long paths, and a log that another process holds open."""

import logging
import os
from pathlib import Path

from app import logs
from app.logs import start_logging
from app.settings import Home, Settings, default_home


def test_everything_is_in_the_users_local_data(monkeypatch):
    monkeypatch.delenv("APBRIDGE_HOME", raising=False)
    assert default_home() == Path(os.environ["LOCALAPPDATA"]) / "AP Bridge"


def test_a_home_far_down_keeps_its_settings(tmp_path):
    home = Home(tmp_path.joinpath(*["a folder with a long name" * 3] * 2))
    home.save(Settings(language="fr"))
    assert len(str(home.settings_file)) > 180
    assert home.load().language == "fr"


def test_a_log_that_another_process_has_open_is_written_on(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(logs, "LOG_BYTES", 200)
    start_logging(tmp_path, terminal=False)
    with (tmp_path / "apbridge.log").open("a", encoding="utf-8"):  # as the window's process has it
        for number in range(20):
            logging.getLogger("test").info("line %d of a log that is full", number)
    text = "".join(file.read_text("utf-8") for file in tmp_path.glob("apbridge.log*"))
    assert "line 19 of a log" in text
