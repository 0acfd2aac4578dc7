"""Where AP Bridge meets the shell and the disk: readers that go away, closed streams, missing or wrong files."""

import os
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.engine.lock import company_lock
from app.settings import Home
from tests.system.commands import Ended, Program, change_sage, rows

posix = pytest.mark.skipif(sys.platform == "win32", reason="closing a stream by its number is a habit of Unix shells")


def close_input() -> None:
    os.close(0)


def close_output() -> None:
    os.close(1)


def read_one_line(program: Program, *arguments: str) -> Ended:
    """Run a command as `apbridge … | head -1` does: read one line of it and go away."""
    run = program.start(*arguments)
    line = run.stdout.readline()
    run.stdout.close()
    run.stdin.close()
    err = run.stderr.read()
    run.stderr.close()
    return Ended(run.wait(timeout=110), line, err)


def last_run(program: Program) -> tuple[Any, ...]:
    return rows(program.home / "store.sqlite", "SELECT command, outcome, exit_code FROM runs ORDER BY id DESC")[0]


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_run_goes_on_to_its_end_when_its_reader_goes_away(
    program: Program, world: dict[str, Any], more: Sequence[str]
) -> None:
    ended = read_one_line(program, "sync", "--only", "orders", *more)
    assert ended.code in (0, 1), ended.err
    for trouble in ("Traceback", "Exception ignored", "pipe"):
        assert trouble not in ended.err
    assert last_run(program) == ("sync orders", "needs_user" if ended.code else "done", ended.code)


@posix
def test_a_run_needs_neither_input_nor_output(program: Program, world: dict[str, Any]) -> None:
    silent = program.run("sync", "--only", "orders", "--json", preexec=close_output)
    assert silent.code in (0, 1), silent.err
    assert silent.err == ""
    deaf = program.run("sync", "--only", "orders", "--json", preexec=close_input)
    assert deaf.code in (0, 1), deaf.sentence
    assert deaf.err == ""
    assert deaf.event("run_finished")["exit_code"] == deaf.code


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("command", [("status",), ("status", "--json"), ("sync", "--only", "orders", "--json")])
def test_an_output_that_takes_no_more_is_a_sentence(
    program: Program, world: dict[str, Any], command: Sequence[str]
) -> None:
    def full_output() -> None:
        os.dup2(os.open("/dev/full", os.O_WRONLY), 1)

    ended = program.run(*command, preexec=full_output)
    assert ended.code == 7
    assert "What AP Bridge says cannot be written. " in ended.err
    assert "Traceback" not in ended.err


@posix
def test_ids_from_a_closed_input_are_missing(program: Program) -> None:
    ended = program.run("send", "invoices", "--ids-from", "-", preexec=close_input)
    assert ended.code == 7
    assert ended.err.startswith("The list of documents cannot be read. ")
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("command", [("sync",), ("preview", "payments"), ("send", "invoices", "--all-ready")])
def test_a_demo_company_whose_world_is_gone_says_how_to_make_it_again(program: Program, command: Sequence[str]) -> None:
    shutil.rmtree(program.home / "sandbox")
    ended = program.run(*command, "--json")
    assert ended.code == 7
    end = ended.event("run_finished")
    assert end["code"] == "demo-gone"
    assert "apbridge demo --fresh" in end["fix"]
    assert ended.err == f"{ended.sentence}\n"
    assert "apbridge demo --fresh" in program.run(*command).err


@pytest.mark.parametrize("damage", [b"", b"{", b"{}", b'{"seed": "seven"}'])
def test_a_damaged_world_says_how_to_make_it_again(program: Program, damage: bytes) -> None:
    (program.home / "sandbox" / "world.json").write_bytes(damage)
    ended = program.run("sync", "--json")
    assert ended.code == 7
    assert ended.event("run_finished")["code"] == "demo-damaged"
    for command in (("demo", "--headless"), ("sandbox", "serve")):
        told = program.run(*command)
        assert told.code == 7
        assert "apbridge demo --fresh" in told.err
        assert "Traceback" not in told.err


def test_a_missing_keyring_is_an_event_too(program: Program) -> None:
    file = program.home / "settings.json"
    settings = orjson.loads(file.read_bytes())
    settings["companies"][0]["sage"]["kind"] = "sage"
    file.write_bytes(orjson.dumps(settings))
    ended = program.run("sync", "--json")
    assert ended.code == 7
    end = ended.event("run_finished")
    assert (end["run"], end["outcome"], end["exit_code"]) == ("", "failed", 7)
    assert "keyring" in ended.sentence.lower()
    assert ended.err == f"{ended.sentence}\n"


@pytest.mark.parametrize(
    ("setting", "value"), [("time_zone", "Mars/Olympus"), ("orders_arrive_as", "XX"), ("vendor_address", "foo")]
)
def test_a_setting_that_is_not_allowed_stops_before_the_run(program: Program, setting: str, value: str) -> None:
    file = program.home / "settings.json"
    settings = orjson.loads(file.read_bytes())
    settings["companies"][0][setting] = value
    file.write_bytes(orjson.dumps(settings))
    ended = program.run("sync", "--json")
    assert ended.code == 7
    assert [each["event"] for each in ended.events] == ["run_finished"]
    assert setting in ended.sentence
    assert value in ended.sentence


@pytest.mark.parametrize("command", [("sandbox", "create"), ("demo", "--fresh", "--headless")])
def test_a_world_that_a_run_works_on_is_not_thrown_away(program: Program, command: Sequence[str]) -> None:
    home = Home(program.home)
    before = (home.sandbox / "world.json").read_bytes()
    with company_lock(home.locks, "ABC", "sync", datetime.now(UTC)):
        ended = program.run(*command, "--seed", "8")
    assert ended.code == 5
    assert "“sync”" in ended.err
    assert (home.sandbox / "world.json").read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_folder_without_the_right_to_write_is_told_as_that(program: Program) -> None:
    shutil.rmtree(program.home / "logs", ignore_errors=True)
    program.home.chmod(0o500)
    try:
        ended = program.run("sync", "--json")
    finally:
        program.home.chmod(0o700)
    assert ended.code == 7
    assert ended.event("run_finished")["code"] == "not-allowed"
    assert "space" not in ended.sentence


def test_a_home_that_is_a_file_is_told_in_the_words_of_the_system(program: Program) -> None:
    shutil.rmtree(program.home)
    program.home.write_text("not a folder")
    ended = program.run("sync", "--json")
    assert ended.code == 7
    assert "space" not in ended.sentence
    assert str(program.home) in ended.sentence


def test_a_part_that_does_not_exist_is_wrong_usage_even_beside_one_that_does(program: Program) -> None:
    ended = program.run("sync", "--only", "orders", "--only", "nonsense", "--only", "payments")
    assert ended.code == 2
    assert "no part called nonsense." in ended.err
    assert (
        not (program.home / "store.sqlite").exists() or rows(program.home / "store.sqlite", "SELECT * FROM runs") == []
    )


def test_the_history_of_a_run_shows_what_it_asked_of_the_user(program: Program, world: dict[str, Any]) -> None:
    assert program.run("sync", "--only", "vendor", "--json").code in (0, 1)
    # When all vendors are gone, the run asks before it takes them out of Quadient AP.
    change_sage(world, "DELETE FROM AP_Vendor")
    asked = program.run("sync", "--only", "vendor", "--full", "--json")
    assert asked.code == 1, asked.sentence
    attention = asked.event("attention")
    shown = program.run("history", "--run", attention["run"])
    assert shown.code == 0
    assert f"! {attention['title']}. {attention['message']} {attention['fix']}" in shown.out
    told = program.run("history", "--run", attention["run"], "--json")
    kept = [each for each in orjson.loads(told.out)["events"] if each["event"] == "attention"]
    assert attention["code"] in [each["data"]["code"] for each in kept]


def test_a_run_that_is_not_kept_is_told_as_that(program: Program) -> None:
    unknown = program.run("history", "--run", "never", "--json")
    assert unknown.code == 7
    assert unknown.event("run_finished")["code"] == "unknown-run"
