"""How far a sync reads: everything once a day, then what changed; and what the user can ask for instead."""

from datetime import date, timedelta
from typing import Any

import pytest
import requests

from tests.system.commands import Ended, Program, change_sage
from tests.system.plain_reading import read_cloud

VENDORS = ("--only", "vendor", "--json")
TODAY, LONG_AGO = date.today(), date.today() - timedelta(days=400)  # noqa: DTZ011  # Sage's own day


def counts(ended: Ended) -> dict[str, Any]:
    (stage,) = [each for each in ended.events if each["event"] == "stage_finished" and each["stage"] == "vendor"]
    return stage


@pytest.fixture
def synced(program: Program, world: dict[str, Any]) -> Program:
    # The demo company has a vendor without a number, so the day's full pass is made twice.
    for _ in range(2):
        assert program.run("sync", *VENDORS).code == 1
    assert counts(program.run("sync", *VENDORS))["read"] < counts(program.run("sync", *VENDORS, "--full"))["read"]
    return program


def rename(world: dict[str, Any], name: str, changed: date | None) -> str:
    """Give one vendor another name, with or without a new change date; return its key."""
    where = "WHERE APDivisionNo = '00' AND VendorNo = (SELECT MIN(VendorNo) FROM AP_Vendor WHERE APDivisionNo = '00'"
    where += " AND VendorNo > '')"
    dated = f", DateUpdated = '{changed.isoformat()}'" if changed else ""
    change_sage(world, f"UPDATE AP_Vendor SET VendorName = '{name}'{dated} {where}")
    return name


def names(world: dict[str, Any]) -> dict[str, bool]:
    return {each["description"]: each["active"] for each in read_cloud(world).lists["vendor"].values()}


def test_a_dated_change_goes_with_the_next_sync(synced: Program, world: dict[str, Any]) -> None:
    name = rename(world, "Changed Today", TODAY)
    stage = counts(synced.run("sync", *VENDORS))
    assert stage["changed"] == 1
    assert name in names(world)


def test_a_change_without_a_date_is_found_by_a_full_pass(synced: Program, world: dict[str, Any]) -> None:
    name = rename(world, "Changed Silently", None)
    change_sage(world, f"UPDATE AP_Vendor SET DateUpdated = '{LONG_AGO.isoformat()}' WHERE VendorName = '{name}'")
    assert counts(synced.run("sync", *VENDORS))["changed"] == 0
    stage = counts(synced.run("sync", *VENDORS, "--full"))
    assert stage["changed"] == 1
    assert stage["unchanged"] > 1
    assert name in names(world)


def test_a_deletion_is_found_by_a_full_pass(synced: Program, world: dict[str, Any]) -> None:
    name = rename(world, "Soon Gone", TODAY)
    synced.run("sync", *VENDORS)
    change_sage(world, f"DELETE FROM AP_Vendor WHERE VendorName = '{name}'")
    synced.run("sync", *VENDORS)
    assert names(world)[name] is True
    assert counts(synced.run("sync", *VENDORS, "--full"))["deactivated"] == 1
    assert names(world)[name] is False


def test_from_a_day_what_changed_since_is_read(synced: Program, world: dict[str, Any]) -> None:
    name = rename(world, "Changed Last Year", LONG_AGO)
    assert counts(synced.run("sync", *VENDORS))["changed"] == 0
    day_after = (LONG_AGO + timedelta(days=1)).isoformat()
    assert counts(synced.run("sync", *VENDORS, "--from", day_after))["changed"] == 0
    assert counts(synced.run("sync", *VENDORS, "--from", LONG_AGO.isoformat()))["changed"] == 1
    assert name in names(world)


def test_resending_sends_every_record_again_once(synced: Program, world: dict[str, Any]) -> None:
    there = names(world)
    stage = counts(synced.run("sync", *VENDORS, "--resend"))
    assert stage["changed"] == len(read_cloud(world).lists["vendor"])
    assert names(world) == there
    assert counts(synced.run("sync", *VENDORS, "--full"))["changed"] == 0


def test_a_resending_that_broke_off_is_gone_on_with_by_the_next_sync(synced: Program, world: dict[str, Any]) -> None:
    faults = f"{world['quadient_ap']['admin_url']}faults"
    away = {"name": "unavailable", "times": None, "path": "lists/gl_account"}
    requests.post(faults, json=away, timeout=10).raise_for_status()
    assert synced.run("sync", "--only", "gl_account", *VENDORS, "--resend").code == 4
    requests.delete(faults, timeout=10).raise_for_status()
    assert counts(synced.run("sync", *VENDORS))["changed"] == len(read_cloud(world).lists["vendor"])
    for options in ((), ("--full",)):
        assert counts(synced.run("sync", *VENDORS, *options))["changed"] == 0


def test_a_full_pass_that_broke_off_is_gone_on_with_by_the_next_sync(synced: Program, world: dict[str, Any]) -> None:
    name = rename(world, "Soon Gone", TODAY)
    synced.run("sync", *VENDORS)
    change_sage(world, f"DELETE FROM AP_Vendor WHERE VendorName = '{name}'")
    faults = f"{world['quadient_ap']['admin_url']}faults"
    away = {"name": "unavailable", "times": None, "path": "lists/vendor"}
    requests.post(faults, json=away, timeout=10).raise_for_status()
    assert synced.run("sync", *VENDORS, "--full").code == 4
    requests.delete(faults, timeout=10).raise_for_status()
    assert counts(synced.run("sync", *VENDORS))["deactivated"] == 1
    assert names(world)[name] is False


@pytest.mark.parametrize("words", [["--from", "yesterday"], ["--full", "--resend"], ["--from", "2026-01-01", "--full"]])
def test_a_day_that_is_none_or_two_answers_are_wrong_usage(program: Program, words: list[str]) -> None:
    ended = program.run("sync", *words)
    assert ended.code == 2
    assert "usage" in ended.err
