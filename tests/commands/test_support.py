"""The support bundle: what is in it, and what never is."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import orjson
import pytest

from app.cli import main
from app.credentials import KeyringCredentials
from app.errors import ExitCode
from app.sandbox.company import Scale
from app.sandbox.world import World, create_world
from app.settings import Home
from tests.system.commands import Program, rows


@pytest.fixture
def world(apbridge_home: Home) -> World:
    return create_world(apbridge_home, seed=7, scale=Scale.SMALL, today=date(2026, 3, 2))


def report_file(home: Home) -> bytes:
    return (home.path / "probe-ABC.json").read_bytes()


def contents(file: Path) -> dict[str, bytes]:
    with ZipFile(file) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_bundle_says_what_is_in_it(
    world: World, apbridge_home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["probe"])
    capsys.readouterr()
    file = tmp_path / "for support.zip"
    assert main(["support", str(file)]) == ExitCode.DONE
    said = capsys.readouterr().out
    found = contents(file)
    assert set(found) == {"versions.json", "settings.json", "runs-ABC.json", "probe-ABC.json", "logs/apbridge.log"}
    assert all(name in said for name in (*found, str(file)))
    assert orjson.loads(found["settings.json"])["companies"][0]["code"] == "ABC"
    assert orjson.loads(found["versions.json"])["packages"]["pyodbc"][0].isdigit()
    (run,) = orjson.loads(found["runs-ABC.json"])
    assert run["command"] == "probe"
    assert run["events"][0]["event"] == "stage_started"
    assert orjson.loads(found["probe-ABC.json"]).keys() == orjson.loads(report_file(apbridge_home)).keys()


def test_neither_secrets_nor_documents_are_in_the_bundle(apbridge_home: Home, tmp_path: Path) -> None:
    program = Program(apbridge_home.path)
    done = program.run("demo", "--headless", "--seed", "7")
    assert done.code in (ExitCode.DONE, ExitCode.NEEDS_USER), done.err
    file = tmp_path / "bundle.zip"
    assert program.run("support", str(file)).code == ExitCode.DONE
    everything = b"\n".join(contents(file).values())
    described = orjson.loads(program.run("sandbox", "create", "--seed", "7").out)
    for secret in (described["sage"]["password"], described["quadient_ap"]["client_secret"]):
        assert secret.startswith("demo-")
        assert secret.encode() not in everything


def test_payloads_of_the_store_stay_in_it(world: World, apbridge_home: Home, tmp_path: Path) -> None:
    main(["probe"])
    with closing(sqlite3.connect(apbridge_home.store_file)) as store, store:
        store.execute(
            "INSERT INTO checkpoints (company, list, key, active, description, payload, state, run)"
            " VALUES ('ABC', 'vendor', '01-ACME', 1, 'Secret Vendor', '{\"iban\": 4711}', 'acknowledged', 'r')"
        )
    file = tmp_path / "bundle.zip"
    main(["support", str(file)])
    everything = b"\n".join(contents(file).values())
    assert rows(apbridge_home.store_file, "SELECT COUNT(*) FROM checkpoints") == [(1,)]
    assert b"Secret Vendor" not in everything
    assert b"4711" not in everything


def test_large_counts_of_rows_stay_numbers_and_the_report_stays_json(
    world: World, apbridge_home: Home, tmp_path: Path
) -> None:
    main(["probe", "--counts"])
    report = apbridge_home.path / "probe-ABC.json"
    found = orjson.loads(report.read_bytes())
    found["tables"][0]["rows"] = 12_345_678
    found["installation"]["location"] = 'C:\\Sage "old" 12345678'
    report.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    file = tmp_path / "bundle.zip"
    assert main(["support", str(file)]) == ExitCode.DONE
    told = orjson.loads(contents(file)["probe-ABC.json"])
    assert told["tables"][0]["rows"] == 12_345_678
    assert told["installation"]["location"] == 'C:\\Sage "old" [number 1]'


def test_what_cannot_be_read_is_replaced_by_the_reason(world: World, apbridge_home: Home, tmp_path: Path) -> None:
    apbridge_home.store_file.write_bytes(b"no database" * 1000)
    file = tmp_path / "bundle.zip"
    assert main(["support", str(file)]) == ExitCode.DONE
    assert b"The store is damaged" in contents(file)["runs-ABC.json"]
    (apbridge_home.path / "probe-ABC.json").write_bytes(b"{")
    assert main(["support", str(file)]) == ExitCode.DONE
    assert orjson.loads(contents(file)["probe-ABC.json"]).keys() == {"cannot be read"}
    apbridge_home.settings_file.write_bytes(b"{")
    assert main(["support", str(file)]) == ExitCode.DONE
    assert b"The settings cannot be read" in contents(file)["settings.json"]


def test_programs_are_told_where_the_bundle_is(
    apbridge_home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bundle.zip"
    assert main(["support", str(file), "--json", "--company", "ABC"]) == ExitCode.DONE
    told = orjson.loads(capsys.readouterr().out)
    assert (told["event"], told["outcome"], told["summary"]["file"]) == ("run_finished", "done", str(file))
    assert file.exists()


def test_without_a_name_it_is_put_here(
    apbridge_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["support"]) == ExitCode.DONE
    (file,) = tmp_path.glob("apbridge-support-*.zip")
    assert str(file) in capsys.readouterr().out


def test_a_folder_that_takes_no_file_is_told(
    apbridge_home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["support", str(tmp_path / "nowhere" / "bundle.zip")]) == ExitCode.COMPUTER
    assert "nowhere" in capsys.readouterr().err


PLANTED = {
    "secret": "Zebra crossing 7!",
    "another secret": "tok_9f8e7d6c5b",
    "account": "0012345678901",
    "routing": "021000021",
    "tax number": "12-3456789",
    "social number": "987-65-4321",
    "vendor": "Wickersham & Daughters Ltd",
    "iban": "DE89370400440532013000",
}


@pytest.fixture
def planted(world: World, apbridge_home: Home) -> str:
    """Secrets, numbers and a name wherever AP Bridge keeps text; returns that text."""
    main(["probe"])
    KeyringCredentials().put("ABC/cloud", PLANTED["secret"])
    text = " / ".join([*PLANTED.values(), f"password={PLANTED['another secret']}"]).replace(
        f" / {PLANTED['another secret']} /", " /"
    )
    with closing(sqlite3.connect(apbridge_home.store_file)) as store, store:
        (run,) = store.execute("SELECT id FROM runs").fetchone()
        told = orjson.dumps({"code": "x", "message": text, "password": PLANTED["another secret"], "names": [text]})
        store.execute(
            "INSERT INTO events (run, at, event, data) VALUES (?, '2026-03-02T08:00:00+00:00', 'item', ?)",
            (run, told.decode()),
        )
        store.execute("UPDATE runs SET summary = ?", (orjson.dumps({"title": text}).decode(),))
        store.execute(
            "INSERT INTO checkpoints (company, list, key, active, description, payload, state, run)"
            " VALUES ('ABC', 'vendor', '01-WICK', 1, ?, ?, 'acknowledged', 'r')",
            (PLANTED["vendor"], orjson.dumps({"text": text}).decode()),
        )
    log = apbridge_home.logs / "apbridge.log"
    log.write_text(log.read_text("utf-8") + f"2026-03-02 08:00:00,000 INFO 1 x: {text}\n", "utf-8")
    (apbridge_home.logs / "apbridge.log.1").write_text(text, "utf-8")
    settings = apbridge_home.load()
    company = replace(settings.companies[0], name=f"{PLANTED['vendor']} {PLANTED['account']}")
    apbridge_home.save(settings.with_company(company))
    report = apbridge_home.path / "probe-ABC.json"
    report.write_bytes(report.read_bytes().replace(b'"AP_Vendor"', orjson.dumps(f"AP_Vendor {text}"), 1))
    tried = {
        "calls": [{"method": "nSetUser", "arguments": [text]}],
        "checks": [{"message": text}],
        "name": company.name,
    }
    (apbridge_home.path / "selftest-ABC.json").write_bytes(orjson.dumps(tried))
    return text


def test_nothing_that_was_planted_anywhere_is_in_the_bundle(planted: str, tmp_path: Path) -> None:
    file = tmp_path / "bundle.zip"
    assert main(["support", str(file)]) == ExitCode.DONE
    assert {"probe-ABC.json", "selftest-ABC.json", "logs/apbridge.log.1"} <= set(contents(file))
    for name, content in contents(file).items():
        for what, each in PLANTED.items():
            assert each.encode() not in content, f"{what} in {name}"
    runs = orjson.loads(contents(file)["runs-ABC.json"])
    assert [event for event in runs[0]["events"] if event["event"] == "item"]


def test_names_are_taken_out_too_before_a_store_of_an_older_version_is_updated(
    planted: str, apbridge_home: Home, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(apbridge_home.store_file)) as store, store:
        store.execute("DROP TABLE under_way")
        store.execute("DROP INDEX checkpoints_by_state")
        store.execute("CREATE INDEX checkpoints_by_state ON checkpoints (company, list, state)")
        store.execute("DELETE FROM _sqlite_migrations WHERE name = 'under_way'")
    assert PLANTED["vendor"].encode() not in bundled(tmp_path)


def test_names_are_taken_out_too_that_only_a_sync_that_was_cut_off_has_noted(
    planted: str, apbridge_home: Home, tmp_path: Path
) -> None:
    noted = orjson.dumps([["01-WICK", True, PLANTED["vendor"], None]]).decode()
    with closing(sqlite3.connect(apbridge_home.store_file)) as store, store:
        store.execute("DELETE FROM checkpoints")
        store.execute("INSERT INTO under_way VALUES ('ABC', 'vendor', 1, 'cut-off', ?)", (noted,))
        store.execute("INSERT INTO under_way VALUES ('ABC', 'vendor', 2, 'cut-off', '[[')")
    assert PLANTED["vendor"].encode() not in bundled(tmp_path)


def bundled(folder: Path) -> bytes:
    """Make a bundle and return all that is in it, in one piece."""
    file = folder / "bundle.zip"
    assert main(["support", str(file)]) == ExitCode.DONE
    return b"\n".join(contents(file).values())


def test_names_stay_where_they_are_asked_for_and_nothing_else_does(planted: str, tmp_path: Path) -> None:
    file = tmp_path / "bundle.zip"
    assert main(["support", str(file), "--names"]) == ExitCode.DONE
    everything = b"\n".join(contents(file).values())
    assert [what for what, each in PLANTED.items() if each.encode() in everything] == ["vendor"]
