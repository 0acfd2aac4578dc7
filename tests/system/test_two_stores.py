"""Two computers, or a store that was put back as it once was: what one sent, the other finds in Sage."""

import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests

from app.settings import Home
from tests.system.commands import Program, in_cloud, in_sage, rows


def admin(world: dict[str, Any], method: str, path: str, /, **json: Any) -> None:
    url = world["quadient_ap"]["admin_url"] + path
    requests.request(method, url, json=json or None, timeout=10).raise_for_status()


def ready(program: Program, kind: str) -> list[str]:
    sql = "SELECT id FROM documents WHERE kind = ? AND state = 'ready' ORDER BY id"
    return [row[0] for row in rows(program.home / "store.sqlite", sql, (kind,))]


def sync(program: Program) -> None:
    ended = program.run("sync", "--json")
    assert ended.code in (0, 1), ended.sentence


def finding(program: Program, id_: str) -> dict[str, Any]:
    """Return what stops a document."""
    (state, found) = rows(program.home / "store.sqlite", "SELECT state, findings FROM documents WHERE id = ?", (id_,))[
        0
    ]
    assert state == "blocked"
    return dict(orjson.loads(found)[0])


@pytest.fixture
def other(program: Program, tmp_path: Path) -> Program:
    """The program on another computer, for the same company."""
    sync(program)
    home = tmp_path / "other"
    home.mkdir()
    for each in program.home.iterdir():
        if each.is_file():
            shutil.copyfile(each, home / each.name)
    (home / "sandbox").symlink_to(program.home / "sandbox")
    return Program(home)


def test_a_bill_that_another_computer_sent_and_that_was_renumbered_since_is_stopped(
    world: dict[str, Any], program: Program, other: Program
) -> None:
    bill = ready(program, "invoice")[0]
    number = in_cloud(world, "invoices")[bill]["document"]["number"]
    assert program.run("send", "invoices", "--id", bill, "--json").code == 0
    admin(world, "POST", f"invoices/{bill}/undo-export")
    admin(world, "PATCH", f"invoices/{bill}", number="RENUMBERED")
    admin(world, "POST", f"invoices/{bill}/mark-for-export")
    sync(other)
    other.run("send", "invoices", "--all-ready", "--json")
    assert in_sage(world)[bill][0] == 1
    sync(other)
    stop = finding(other, bill)
    assert stop["code"] == "renumbered-in-sage"
    assert number in stop["message"]


def test_a_payment_that_another_computer_recorded_under_another_prefix_is_stopped(
    world: dict[str, Any], program: Program, other: Program
) -> None:
    payment = ready(program, "payment")[0]
    admin(world, "POST", "faults", name="unavailable", times=20, path=".*/results")
    assert program.run("send", "payments", "--id", payment, "--json").code == 4
    admin(world, "DELETE", "faults")
    file = Home(other.home).settings_file
    settings = orjson.loads(file.read_bytes())
    settings["companies"][0]["check_prefix"] = "X"
    file.write_bytes(orjson.dumps(settings))
    sync(other)
    other.run("send", "payments", "--all-ready", "--json")
    assert in_sage(world)[payment][0] == 1
    sync(other)
    assert finding(other, payment)["code"] == "renumbered-in-sage"
