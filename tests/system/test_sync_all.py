"""All companies in one go: each has its own run and end, and none stops the next."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.engine.lock import company_lock
from app.settings import Home
from tests.system.commands import Program, rows


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Two companies: OLD, for which the keyring holds no password, comes before the demo's."""
    made = Program(tmp_path / "home")
    created = made.run("sandbox", "create", "--seed", "11")
    assert created.code == 0, created.err
    home = Home(made.home)
    settings = home.load()
    (demo,) = settings.companies
    home.save(replace(settings, companies=(replace(demo, code="OLD", name="Old Company"), demo)))
    return made


def runs(program: Program) -> list[tuple[str, str, int]]:
    return rows(program.home / "store.sqlite", "SELECT company, command, exit_code FROM runs ORDER BY started_at")


def test_company_that_fails_does_not_stop_the_next_and_the_gravest_end_wins(program: Program) -> None:
    with program.served():
        ended = program.run("sync", "--all", "--json")
    (not_begun, (company, command, code)) = runs(program)
    assert not_begun == ("OLD", "sync", 7)
    assert (company, command) == ("ABC", "sync")
    assert code in (0, 1)
    assert ended.code == 7
    ends = [(each.get("company"), each["exit_code"]) for each in ended.events if each["event"] == "run_finished"]
    assert ends == [("OLD", 7), (None, code)]


def test_company_that_is_busy_is_told_in_the_terminal_and_the_next_is_tried(program: Program) -> None:
    with company_lock(Home(program.home).locks, "ABC", "sync", datetime.now(UTC)):
        ended = program.run("sync", "--all")
    assert ended.code == 7
    assert "The password for Sage 100 is missing" in ended.err
    assert "(ABC)\nCompany ABC is busy" in ended.out


def test_one_company_and_all_of_them_are_not_asked_for_together(program: Program) -> None:
    for words in (("sync", "--all", "--company", "ABC"), ("--company", "ABC", "sync", "--all")):
        assert program.run(*words).code == 2
