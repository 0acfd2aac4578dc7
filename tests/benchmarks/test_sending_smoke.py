"""The benchmark still measures what it says, with few invoices; how fast anything is does not matter here."""

import sys
from pathlib import Path

import orjson
import pytest

from app.sandbox.odbc import DRIVERS
from tests.benchmarks.sending import STEPS, main

pyodbc = pytest.importorskip("pyodbc")


@pytest.mark.skipif(sys.platform != "linux", reason="a child's peak memory is measured as Linux tells it")
@pytest.mark.skipif(not set(DRIVERS) & set(pyodbc.drivers()), reason="needs the SQLite ODBC driver")
def test_what_is_ready_is_previewed_and_sent_once_and_the_objects_share_is_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"

    main(["--documents", "12", "--lines", "2", "--repeat", "1", "--json", str(file)])

    result = orjson.loads(file.read_bytes())
    steps = {name: taken for name, (taken,) in result["steps"].items()}
    assert tuple(steps) == STEPS
    assert result["documents"] == 12
    assert steps["preview"]["summary"]["invoice"] == {"ready": 12, "blocked": 0}
    assert steps["preview"]["counted"]["business_objects"]["calls"] == 0
    assert steps["send"]["summary"]["send"]["sent"] == 12
    assert steps["send"]["counted"]["business_objects"]["calls"] >= 12 * (3 + 2 * 3)
    assert 0 < steps["send"]["business_objects"] < steps["send"]["seconds"]
    for step in steps.values():
        assert step["own"] == pytest.approx(step["seconds"] - step["business_objects"])
        assert step["peak_mb"] > 0
        assert all(step["counted"][name]["calls"] > 0 for name in ("odbc", "http", "commits"))
    assert "send without the Business Objects" in capsys.readouterr().out
