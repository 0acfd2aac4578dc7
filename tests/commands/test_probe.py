"""`apbridge probe` on the demo company, as it is and after somebody has changed its tables."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.cli import main
from app.domain.codec import restore
from app.domain.probe import ProbeReport
from app.errors import ExitCode
from app.sandbox.company import Scale
from app.sandbox.world import World, create_world
from app.settings import Home
from tests.system.commands import Program, rows

Run = Callable[..., Any]


@pytest.fixture
def world(apbridge_home: Home) -> World:
    return create_world(apbridge_home, seed=7, scale=Scale.SMALL, today=date(2026, 3, 2))


def change(world: World, *statements: str) -> None:
    with closing(sqlite3.connect(world.sage_file)) as company, company:
        for statement in statements:
            company.execute(statement)


def widen(world: World, table: str, column: str, size: int) -> None:
    """Rebuild a table with another size for one of its columns; rows and keys stay."""
    (ddl,) = rows(world.sage_file, "SELECT sql FROM sqlite_master WHERE name = ?", [table])[0]
    before, _, after = ddl.partition(f"{column} VARCHAR(")
    indexes = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type = 'index' AND sql IS NOT NULL"
    keys = [sql for (sql,) in rows(world.sage_file, indexes, [table])]
    change(
        world,
        f"ALTER TABLE {table} RENAME TO before_it",
        f"{before}{column} VARCHAR({size}){after[after.index(')') :].removeprefix(')')}",
        f"INSERT INTO {table} SELECT * FROM before_it",
        "DROP TABLE before_it",
        *keys,
    )


def report_of(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, ProbeReport]:
    capsys.readouterr()
    ended = main(["probe", *options, "--json", "-"])
    return ended, restore(ProbeReport, orjson.loads(capsys.readouterr().out))


def test_an_untouched_company_has_no_differences(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    ended, report = report_of(capsys)
    assert ended == ExitCode.DONE
    assert report.differences == ()
    assert all(table.there for table in report.tables)
    assert report.installation.location == world.folder
    assert report.installation.driver == "PVXODBC.DLL"
    assert "SY_Company" in report.other_tables


def test_a_dropped_table_a_renamed_and_a_widened_column_are_the_three_differences(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    change(world, "DROP TABLE IM_Warehouse", "ALTER TABLE AP_Vendor RENAME COLUMN EmailAddress TO EMailAddr")
    widen(world, "AP_InvoiceHeader", "InvoiceNo", 30)
    ended, report = report_of(capsys)
    assert ended == ExitCode.NEEDS_USER
    assert [(each.code, each.where, each.found, each.expected) for each in report.differences] == [
        ("table-missing", "IM_Warehouse", "not there", "a table"),
        ("column-missing", "AP_Vendor.EmailAddress", "perhaps EMailAddr", "text of 250"),
        ("column-size", "AP_InvoiceHeader.InvoiceNo", "text of 30", "text of 10 or 20"),
    ]
    assert [each.table for each in report.stopping] == ["IM_Warehouse"]


def test_what_only_stays_blank_needs_nobody(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    change(world, "ALTER TABLE AP_Vendor DROP COLUMN EmailAddress", "ALTER TABLE AP_Vendor ADD COLUMN UDF_X VARCHAR(9)")
    assert main(["probe"]) == ExitCode.DONE
    said = capsys.readouterr().out
    assert "1 thing differs from what AP Bridge expects; everything works." in said
    assert "In Quadient AP the e-mail address of vendors stays blank." in said


def test_a_missing_required_column_tells_what_does_not_work(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    change(world, "ALTER TABLE CI_Item RENAME COLUMN InactiveItem TO ItemIsInactive")
    assert main(["probe"]) == ExitCode.NEEDS_USER
    said = " ".join(capsys.readouterr().out.split())
    assert "1. CI_Item.InactiveItem (needs you): perhaps ItemIsInactive, expected text of 1" in said
    assert "The Item list does not work without it; everything else does." in said
    assert "ItemIsInactive, which AP Bridge does not know, stands at its place" in said


def test_the_report_is_kept_and_written_where_asked(
    world: World, apbridge_home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.json"
    assert main(["probe", "--json", str(file)]) == ExitCode.DONE
    assert file.read_bytes() == (apbridge_home.path / "probe-ABC.json").read_bytes()
    said = capsys.readouterr().out
    assert "Everything that AP Bridge reads is there." in said
    assert f"The whole report is in {file}." in said


def test_rows_of_large_tables_are_counted_only_when_asked_for(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    counted = {table.name: table.rows for table in report_of(capsys)[1].tables}
    assert counted["GL_Bank"] == rows(world.sage_file, "SELECT COUNT(*) FROM GL_Bank")[0][0]
    assert counted["AP_Vendor"] is None
    counted = {table.name: table.rows for table in report_of(capsys, "--counts")[1].tables}
    assert counted["AP_Vendor"] == rows(world.sage_file, "SELECT COUNT(*) FROM AP_Vendor")[0][0]


def test_neither_secrets_nor_records_are_in_the_report(
    world: World, apbridge_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["probe", "--counts"])
    kept = (apbridge_home.path / "probe-ABC.json").read_text("utf-8")
    names = [name for (name,) in rows(world.sage_file, "SELECT VendorName FROM AP_Vendor")]
    assert len(names) > 10
    assert not [secret for secret in (*world.secrets().values(), *names) if secret in kept]


def test_it_is_a_run_like_others(world: World, apbridge_home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    change(world, "DROP TABLE IM_Warehouse")
    assert main(["probe", "--json"]) == ExitCode.NEEDS_USER
    told = [orjson.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["event"] for each in told if each["event"] != "progress"] == [
        "run_started",
        "stage_started",
        "stage_finished",
        "attention",
        "run_finished",
    ]
    assert told[-1]["summary"] == {"probe": {"tables": 32, "different": 1, "stopping": 1}}
    assert rows(apbridge_home.store_file, "SELECT command, outcome FROM runs") == [("probe", "needs_user")]


def test_sage_that_is_away_is_exit_code_3(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.sage_file.rename(world.sage_file.with_suffix(".away"))
    assert main(["probe"]) == ExitCode.SAGE_UNREACHABLE
    assert "Sage 100" in capsys.readouterr().out


def test_a_report_that_cannot_be_written_is_told(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["probe", "--json", str(tmp_path / "nowhere" / "report.json")]) == ExitCode.COMPUTER
    assert "nowhere" in capsys.readouterr().err


def test_a_driver_that_hangs_is_ended_by_the_watchdog(world: World, apbridge_home: Home) -> None:
    (Path(world.folder) / "faults.json").write_bytes(orjson.dumps({"hang_at": {"odbc": 40}}))
    apbridge_home.settings_file.write_bytes(
        apbridge_home.settings_file.read_bytes().replace(b'"sage_timeout_seconds": 300', b'"sage_timeout_seconds": 2')
    )
    ended = Program(apbridge_home.path).run("probe")
    assert ended.code == ExitCode.SAGE_UNREACHABLE
    assert "Sage gave no answer for 2 seconds" in ended.out
