"""A company whose legal entity changes: what one has is never taken for what another has; nothing is left hanging."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
import requests

from app.sandbox.world import load_world_at
from app.settings import Home
from tests.system.commands import Ended, Program, in_cloud, in_sage, rows

OTHER = "le-west"


@pytest.fixture
def world(program: Program) -> Iterator[dict[str, Any]]:
    """The served world; its Quadient AP has a second legal entity, which knows nothing yet."""
    file = load_world_at(program.home / "sandbox").cloud_file
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("INSERT INTO legal_entities SELECT ?, 'Harborline West', currency FROM legal_entities", (OTHER,))
        db.execute("INSERT INTO rights SELECT client_id, ? FROM rights", (OTHER,))
        db.execute("INSERT INTO channels SELECT ?, by, value FROM channels", (OTHER,))
    with program.served() as description:
        yield description


def connect(program: Program, entity: str) -> str:
    """Name another legal entity in the settings; return the one before."""
    home = Home(program.home)
    company = home.load().companies[0]
    home.save(home.load().with_company(replace(company, cloud=replace(company.cloud, legal_entity=entity))))
    return company.cloud.legal_entity


def vendors(world: dict[str, Any], entity: str) -> int:
    answer = requests.get(f"{world['quadient_ap']['admin_url']}state?entity={entity}", timeout=10)
    answer.raise_for_status()
    return int(answer.json()["lists"].get("vendor", {}).get("active", 0))


def admin(world: dict[str, Any], method: str, path: str, /, **json: Any) -> None:
    requests.request(method, world["quadient_ap"]["admin_url"] + path, json=json or None, timeout=10).raise_for_status()


def sync(program: Program) -> Ended:
    ended = program.run("sync", "--json")
    assert ended.code in (0, 1), ended.sentence
    return ended


def new(ended: Ended, stage: str) -> int:
    done = [each for each in ended.events if each["event"] == "stage_finished" and each["stage"] == stage]
    return int(done[-1].get("new", 0) + done[-1].get("changed", 0))


def test_another_legal_entity_gets_everything_and_the_one_before_is_as_it_was(
    program: Program, world: dict[str, Any]
) -> None:
    sync(program)
    before = connect(program, OTHER)
    had = vendors(world, before)
    assert had > 0
    assert vendors(world, OTHER) == 0

    told = sync(program)

    assert vendors(world, OTHER) == had
    assert vendors(world, before) == had
    assert "legal-entity-changed" in {each.get("code") for each in told.events}
    assert rows(program.home / "store.sqlite", "SELECT DISTINCT company FROM documents WHERE company LIKE '%@%'") == [
        (f"{Home(program.home).load().companies[0].code}@/{before}",)
    ]


def test_back_at_the_one_before_nothing_is_sent_twice(program: Program, world: dict[str, Any]) -> None:
    sync(program)
    assert program.run("send", "invoices", "--all-ready", "--json").code in (0, 1)
    in_books = in_sage(world)
    before = connect(program, OTHER)
    sync(program)
    connect(program, before)

    told = sync(program)

    assert new(told, "vendor") == 0
    assert program.run("send", "invoices", "--all-ready", "--json").code in (0, 1, 2)
    assert in_sage(world) == in_books


def test_while_documents_are_on_their_way_the_legal_entity_does_not_change(
    program: Program, world: dict[str, Any]
) -> None:
    sync(program)
    admin(world, "POST", "faults", name="unavailable", times=20, path=".*/results")
    program.run("send", "invoices", "--all-ready", "--json")
    admin(world, "DELETE", "faults")
    waiting = len(in_sage(world))
    assert waiting > 0
    before = connect(program, OTHER)

    refused = program.run("sync", "--json")

    assert refused.code == 7
    assert f"{waiting} documents of {before} are still on their way" in refused.sentence
    assert "click Sync Now" in refused.sentence
    assert vendors(world, OTHER) == 0

    connect(program, before)
    sync(program)
    exported = [each for each in in_cloud(world, "invoices").values() if each["status"] == "EX"]
    assert len(exported) >= waiting
    connect(program, OTHER)
    sync(program)
    assert vendors(world, OTHER) > 0


def test_what_was_sent_for_one_legal_entity_is_not_undone_in_another(program: Program, world: dict[str, Any]) -> None:
    sync(program)
    sent = program.run("send", "invoices", "--all-ready", "--json")
    run = sent.event("run_finished")["run"]
    in_books = in_sage(world)
    connect(program, OTHER)

    undone = program.run("undo", "--run", run, "--json")

    assert undone.code == 2, undone.sentence
    assert in_sage(world) == in_books


def test_a_rebuild_goes_on_without_the_one_before(program: Program, world: dict[str, Any]) -> None:
    sync(program)
    admin(world, "POST", "faults", name="unavailable", times=20, path=".*/results")
    program.run("send", "invoices", "--all-ready", "--json")
    admin(world, "DELETE", "faults")
    connect(program, OTHER)

    rebuilt = program.run("rebuild", "--json")

    assert rebuilt.code in (0, 1), rebuilt.sentence
    sync(program)
    assert vendors(world, OTHER) > 0
