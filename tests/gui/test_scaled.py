"""No text of the window and its dialogs is cut where everything is shown larger, in both languages."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from app.domain.codec import plain
from app.engine.sending.sage_now import SageNow
from app.engine.store import Store
from app.errors import ExitCode
from app.settings import Home
from tests.gui.conftest import IDLE
from tests.gui.filled import add_document, add_run, invoice
from tests.gui.scaled import MOMENTS, TABS
from tests.gui.test_fixes import LONG, TOO_LONG

ROOT = Path(__file__).parents[2]


# A screen of Full HD without its task bar, as Qt's platform without a screen is told of one.
FULL_HD = {"screens": [{"name": "Full HD", "x": 0, "y": 0, "width": 1920, "height": 984, "logicalDpi": 96, "dpr": 1}]}


@pytest.mark.parametrize("scale", [1.25, 1.5, 2.0])
def test_every_text_of_the_window_and_its_dialogs_fits_at_a_larger_scale(
    filled_home: Home, tmp_path: Path, scale: float
) -> None:
    look(filled_home, tmp_path, scale, "offscreen")


def test_every_text_fits_and_every_window_too_on_full_hd_at_twice_the_size(filled_home: Home, tmp_path: Path) -> None:
    screen = tmp_path / "screen.json"
    screen.write_text(json.dumps(FULL_HD))
    make_more_homes(filled_home, tmp_path)
    seen = look(filled_home, tmp_path, 2.0, f"offscreen:configfile={screen}")
    assert seen >= {*MOMENTS, *(f"{tab}_{home}" for tab in TABS for home in ("new", "bare", "offline"))}


def make_more_homes(filled_home: Home, worlds: Path) -> None:
    """Make what the moments are seen in: a start, empty books, a lost network, a send and a damaged store."""
    for name in ("new", "bare"):
        Home(worlds / name).save(filled_home.load())
    store = Store(Home(worlds / "bare").store_file)
    add_run(store, "run-1", "sync", 5, "done", 0)
    store.close()
    for name in ("offline", "sent", "damaged"):
        shutil.copytree(filled_home.path, worlds / name)
    store = Store(Home(worlds / "offline").store_file)
    add_run(store, "run-lost", "sync", 1, "failed", ExitCode.CLOUD_UNREACHABLE)
    store.close()
    Home(worlds / "damaged").store_file.write_bytes(b"This is no store." * 1000)


def look(filled_home: Home, tmp_path: Path, scale: float, platform: str) -> set[str]:
    """Fail when anything does not fit; return which screens were seen."""
    synced = Home(tmp_path / "synced")
    shutil.copytree(filled_home.path, synced.path)
    store = Store(synced.store_file)
    add_document(store, "invoice", invoice(30, description=LONG), findings=[TOO_LONG])
    store.write("UPDATE documents SET sage = ? WHERE id = 'inv-000030'", (orjson.dumps(plain(SageNow())).decode(),))
    store.close()
    (tmp_path / "empty").mkdir()
    environment = os.environ | {
        "APBRIDGE_HOME": str(tmp_path / "empty"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "QT_QPA_PLATFORM": platform,
        "QT_SCALE_FACTOR": str(scale),
    }
    told = subprocess.run(
        [sys.executable, "-m", "tests.gui.scaled", str(tmp_path), "en", "fr"],
        cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    first, *lines = told.stdout.splitlines() or [""]
    complaints = [line for line in told.stderr.splitlines() if not any(each in line for each in IDLE)]
    assert (told.returncode, complaints, first) == (0, [], f"scale {scale:g}")
    seen = {line.removeprefix("seen ") for line in lines if line.startswith("seen ")}
    assert seen >= {"overview", "payments", "companies", "wizard_cloud", "wizard_entity", "settings_1", "help"}
    assert [line for line in lines if not line.startswith("seen ")] == []
    return seen
