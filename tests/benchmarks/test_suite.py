"""The benchmarks beside others: all deliver the same, exponents are right, and the page gets the figures."""

import re
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.language import LANGUAGES
from app.sandbox.odbc import DRIVERS
from tests.benchmarks import contest, page
from tests.benchmarks.contestants import Contestant, peer, reckoned
from tests.benchmarks.scaling import fitted_exponent
from tests.benchmarks.tables import ENGLISH, FRENCH, Words, tables
from tests.benchmarks.worlds import Failed, Measured, make_world

pyodbc = pytest.importorskip("pyodbc")

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="children are measured as Linux tells it")
needs_driver = pytest.mark.skipif(not set(DRIVERS) & set(pyodbc.drivers()), reason="needs the SQLite ODBC driver")


@needs_linux
@needs_driver
def test_all_contestants_deliver_the_same_and_send_what_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.benchmarks.__main__ import main

    some = {step: contest.STEPS[step] for step in ("first", "unchanged", "changes_100", "deletions")}
    monkeypatch.setattr(contest, "STEPS", some)
    file = tmp_path / "figures.json"

    main(["--against", "naive", "--parts", "contest", "--repeat", "1", "--json", str(file)])

    result = orjson.loads(file.read_bytes())
    taken = result["contest"]
    assert set(taken) == {"AP Bridge", "floor", "script", "naive", "naive, one by one"}
    for name, steps in taken.items():
        assert set(steps) == set(contest.STEPS) or name == "naive, one by one"
        for step, (figures,) in steps.items():
            assert figures["records"] == taken["AP Bridge"][step][0]["records"]
            assert figures["seconds"] > 0
            assert figures["cpu"] > 0
    (first,), (changed,) = taken["AP Bridge"]["first"], taken["AP Bridge"]["changes_100"]
    assert first["records"] > 300
    assert 0 < changed["records"] <= 100
    assert first["bytes"] > changed["bytes"] > taken["AP Bridge"]["unchanged"][0]["bytes"] > 0
    assert taken["naive, one by one"]["first"][0]["requests"] > first["records"]
    out = capsys.readouterr().out
    assert "nothing changed ÷ bare read" in out
    assert result["machine"]["versions"]["Python"] in sys.version


@needs_linux
@needs_driver
def test_a_contestant_that_delivers_something_else_fails(tmp_path: Path) -> None:
    script = peer("script", Path(sys.executable), "script")

    def spoil(place: Any, step: str, mode: str) -> Any:
        figures = script.run(place, step, mode)
        with closing(sqlite3.connect(place.world.cloud_file)) as cloud, cloud:
            cloud.execute(
                "UPDATE list_items SET record = CAST(replace(CAST(record AS TEXT), 'a', 'b') AS BLOB) WHERE key ="
                " (SELECT max(key) FROM list_items WHERE list = 'item')"
            )
        return figures

    made = tmp_path / "made"
    make_world(made, "small")
    with pytest.raises(Failed, match="spoiler, first: the server has other records"):
        contest.run(made, tmp_path, [script, Contestant("spoiler", spoil)], repeat=1, tell=lambda _: None)


@needs_linux
@needs_driver
def test_one_that_nobody_would_wait_for_sends_some_and_the_rest_is_reckoned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contest, "STEPS", {step: contest.STEPS[step] for step in ("first", "unchanged")})
    python, made = Path(sys.executable), tmp_path / "made"
    make_world(made, "small")
    slow = peer("slow", python, "naive", "--one-by-one", limit=40)

    taken = contest.run(made, tmp_path, [peer("script", python, "script"), slow], repeat=1, tell=lambda _: None)

    (figures,) = taken["slow"]["first"]
    assert list(taken["slow"]) == ["first"]
    assert figures["records"] == figures["extrapolated_from"] == 40


def test_what_broke_off_goes_on_with_the_parts_that_it_has_and_the_larger_load(tmp_path: Path) -> None:
    from tests.benchmarks.__main__ import go_on

    file = tmp_path / "figures.json"
    file.write_bytes(orjson.dumps(figures()))
    result: dict[str, Any] = {"scale": "medium", "repeat": 2, "machine": {"load": 0.5, "date": "2026-11-27"}}

    go_on(result, file)

    assert result.keys() == {"scale", "repeat", "machine", "contest", "scaling"}
    assert result["contest"] == figures()["contest"]
    assert result["machine"] == {"load": 5.0, "date": "2026-11-27"}
    with pytest.raises(Failed, match="of another measurement: repeat 2"):
        go_on({"scale": "medium", "repeat": 5, "machine": {"load": 0.5}}, file)


def test_what_was_not_sent_is_reckoned_at_the_pace_of_what_was() -> None:
    told = {"changed": 100, "posted": 20, "posting_seconds": 4.0}
    done = Measured(0, seconds=10.0, cpu=5.0, peak_mb=40.0, out=orjson.dumps(told))

    assert reckoned(done) == pytest.approx({"seconds": 26.0, "cpu": 13.0, "extrapolated_from": 20})
    assert reckoned(replace(done, out=orjson.dumps(told | {"posted": 100}))) == {}


def test_an_exponent_says_how_time_grows_with_the_work() -> None:
    sizes = [1, 2, 4, 8]
    assert fitted_exponent(sizes, [3 * size for size in sizes]) == pytest.approx(1)
    assert fitted_exponent(sizes, [size**2 / 7 for size in sizes]) == pytest.approx(2)
    assert fitted_exponent(sizes, [5, 5, 5, 5]) == pytest.approx(0)


# What is measured as the work grows and not drawn.
ONLY_IN_TABLES = (*(f"{name}, cpu" for name in contest.STEPS), "changes_0", "changes_10000", "deletions")


def step(seconds: float, **more: Any) -> list[dict[str, Any]]:
    common = {
        "cpu": 0.5,
        "peak_mb": 50,
        "requests": 3,
        "bytes": 1500,
        "records": 100,
        "parts": {"read": 0.5, "upload": 0.3},
    }
    return [{"seconds": seconds, **common, **more}, {"seconds": seconds * 3, **common, **more}]


def figures() -> dict[str, Any]:
    return {
        "scale": "medium",
        "repeat": 2,
        "machine": {
            "date": "2026-11-26",
            "processor": "Fast & Cheap",
            "processors": 2,
            "memory_mb": 24_000,
            "system": "Linux",
            "load": 5.0,
            "versions": {"Python": "3.11"},
        },
        "contest": {
            "AP Bridge": {name: step(1.0) for name in contest.STEPS},
            "floor": {name: step(0.8) for name in contest.STEPS},
            "dlt": {name: step(1234.5) for name in contest.STEPS},
            "naive, one by one": {"first": step(19.0, extrapolated_from=20_000)},
        },
        "scaling": {
            "taken": {
                "first": {"1": [1.0], "2": [2.0], "4": [4.0], "8": [8.0]},
                "peak_mb": {str(times): [50.0] for times in (1, 2, 4, 8)},
                **{name: {str(times): [1.0] for times in (1, 2, 4, 8)} for name in ONLY_IN_TABLES},
            },
            "exponents": {"first": 1.2, "peak_mb": 0.0, **dict.fromkeys(ONLY_IN_TABLES, 0.0)},
        },
    }


def test_figures_are_compared_in_the_same_repetition_and_judged() -> None:
    compared, spread, *_, aims = tables(figures(), ENGLISH)
    rows = {row[0]: row for row in compared.rows}
    assert rows["AP Bridge"][1] == "2.00"
    assert rows["dlt"][1] == "2,469 (1,234×)"
    assert rows["plain script, one by one"][1:3] == ("≈ 38.0 (19.0×)", "–")
    assert {row[0]: row[1] for row in spread.rows}["dlt"] == "1,234 – 3,704"
    judged = {row[0]: row[1:] for row in aims.rows}
    assert judged["first sync ÷ floor"] == ("1.25", "at most 1.40", "met")
    assert judged["dlt ÷ AP Bridge, first sync"] == ("1,234", "at least 7.00", "met")
    assert judged["one by one ÷ AP Bridge, first sync"] == ("19.0", "at least 20.0", "missed")
    assert judged["largest exponent of time"] == ("1.20", "at most 1.05", "missed")


def test_every_name_in_a_table_has_its_french() -> None:
    english, french = tables(figures(), ENGLISH), tables(figures(), FRENCH)
    same = {"AP Bridge", "dlt", "version", "", "1×", "2×", "4×", "8×"}
    for one, other in zip(english, french, strict=True):
        assert one.title != other.title
        here_named = (*one.header, *(row[0] for row in one.rows))
        there_named = (*other.header, *(row[0] for row in other.rows))
        for here, there in zip(here_named, there_named, strict=True):
            assert here != there or here in same, here


def test_the_page_of_each_language_gets_the_figures_and_keeps_its_words(tmp_path: Path) -> None:
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
        (tmp_path / language / page.PAGE).write_text(
            f"Before\n{page.BEGIN}\nold\n{page.END}\nAfter\n", encoding="utf-8"
        )

    page.write(figures(), tmp_path)
    written = {language: (tmp_path / language / page.PAGE).read_text(encoding="utf-8") for language in LANGUAGES}
    page.write(figures(), tmp_path)

    for language in LANGUAGES:
        text = (tmp_path / language / page.PAGE).read_text(encoding="utf-8")
        assert text.startswith("Before\n")
        assert text.endswith("\nAfter\n")
        assert "old" not in text
        assert text == written[language]
        assert f"({Words(language).number(1234.5)}×)" in text
        assert re.search("busy with other work|occupée à autre chose", text)
        bars, growth = ((tmp_path / language / name).read_text(encoding="utf-8") for name in (page.BARS, page.GROWTH))
        assert bars.count("<rect") == 4 + 3
        assert re.search("processor|processeur", bars)
        assert growth.count("<polyline") == 1 + 2
        assert text.count(page.BARS) == text.count(page.GROWTH) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_in_the_help_has_its_marks(language: str) -> None:
    text = (Path(__file__).parents[2] / "resources" / "help" / language / page.PAGE).read_text(encoding="utf-8")
    assert text.count(page.BEGIN) == text.count(page.END) == 1
