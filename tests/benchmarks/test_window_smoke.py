"""The benchmark of the window still measures what it says, with few rows; how fast anything is does not matter here."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from app.sandbox.odbc import DRIVERS

pytest.importorskip("PySide6")
pyodbc = pytest.importorskip("pyodbc")

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform != "linux", reason="the worlds of the benchmarks are served as on Linux")
@pytest.mark.skipif(not set(DRIVERS) & set(pyodbc.drivers()), reason="needs the SQLite ODBC driver")
def test_every_step_is_measured_and_the_stall_is_judged(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    few = ("--rows", "50", "--repeat", "1", "--scale", "small", "--tab", "lists", "orders", "--json", str(file))
    command = [sys.executable, "-m", "tests.benchmarks.window", *few]

    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=100)

    result = orjson.loads(file.read_bytes())
    assert set(result["lists"]["50"]) == {"opened", "complete", "seen", "keystroke", "sort", "still", "work"}
    assert all(taken > 0 for (taken,) in result["lists"]["50"].values())
    assert set(result["sync"]["small"]) == {"lists", "orders"}
    for (sync,) in result["sync"]["small"].values():
        assert 0 < sync["longest"] < sync["seconds"] * 1000
        assert sync["beats"] > 100
        assert 0 < sync["work"] <= sync["longest"]
    assert done.stdout.splitlines()[-2].endswith(("50: ok", "50: over"))
