"""The benchmark still measures what it says, at the smallest scale; how fast anything is does not matter here."""

import sys
from pathlib import Path

import orjson
import pytest

from app.sandbox.odbc import DRIVERS
from tests.benchmarks.reading import CHANGES, FULL_SHARE, STEPS, SYNCS, main

pyodbc = pytest.importorskip("pyodbc")


@pytest.mark.skipif(sys.platform != "linux", reason="a child's peak memory is measured as Linux tells it")
@pytest.mark.skipif(not set(DRIVERS) & set(pyodbc.drivers()), reason="needs the SQLite ODBC driver")
def test_both_sides_read_the_same_rows_and_send_the_same_records(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"

    main(["--scale", "small", "--repeat", "1", "--json", str(file)])

    result = orjson.loads(file.read_bytes())
    steps = {name: taken for name, (taken,) in result["steps"].items()}
    assert tuple(steps) == STEPS
    assert steps["bare_read"]["rows"] == steps["first_sync"]["rows"] == result["rows"] > 0
    assert FULL_SHARE * result["rows"] <= steps["unchanged"]["rows"] <= result["rows"]
    assert steps["bare_upload"]["records"] == sum(steps["first_sync"]["sent"].values()) > 0
    assert steps["unchanged"]["sent_anew"] == 0
    assert steps["incremental"]["sent_by_list"] == {name.value: count for name, count in CHANGES.items()}
    assert all(step["seconds"] > 0 and step["peak_mb"] > 0 for step in steps.values())
    assert set(result["peak_mb"]) == {*SYNCS, "target"}
    for ratio in result["ratios"].values():
        assert 0 < ratio["low"] <= ratio["median"] <= ratio["high"]
    assert "unchanged ÷ bare read" in capsys.readouterr().out
