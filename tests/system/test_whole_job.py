"""The whole job, by the commands a user types: nothing in it is imported from the product."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import requests

from tests.system.commands import Program, in_cloud, in_sage, rows


def test_the_headless_demo_ends_with_equal_totals_and_sends_nothing_the_second_time(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    first = program.run("demo", "--headless", "--json", "--scale", "small")
    assert first.code in (0, 1), first.out[-2000:] + first.err
    totals = [row for each in first.events if each["event"] == "totals" for row in each["rows"]]
    assert totals
    for row in totals:
        assert row["sent_count"] == row["sage_count"] == row["cloud_count"] > 0
        assert Decimal(row["sent_amount"]) == Decimal(row["sage_amount"]) == Decimal(row["cloud_amount"])
        assert row["differing"] == []
    journal = rows(program.home / "store.sqlite", "SELECT state, amount FROM journal")
    assert {state for state, _ in journal} == {"acknowledged"}
    assert sum(Decimal(amount) for _, amount in journal) == sum(Decimal(row["sent_amount"]) for row in totals)

    second = program.run("demo", "--headless", "--json")
    assert second.code in (0, 1), second.err
    finished = [each for each in second.events if each["event"] == "stage_finished"]
    assert sum(each.get("new", 0) + each.get("changed", 0) + each.get("deactivated", 0) for each in finished) == 0
    assert sum(each.get("sent", 0) for each in finished) == 0
    assert rows(program.home / "store.sqlite", "SELECT COUNT(*) FROM journal") == [(len(journal),)]


def test_what_was_sent_is_in_sage_once_and_exported_in_the_cloud(program: Program, world: dict[str, Any]) -> None:
    assert program.run("sync", "--json").code in (0, 1)
    sent = program.run("send", "invoices", "--all-ready", "--json")
    assert sent.code in (0, 1), sent.sentence
    there = in_sage(world)
    documents = in_cloud(world, "invoices")
    exported = {id_ for id_, each in documents.items() if each["status"] == "EX" and id_ in there}
    ids = {row[0] for row in rows(program.home / "store.sqlite", "SELECT document FROM journal")}
    assert ids == exported == set(there)
    assert all(count == 1 for count, _ in there.values())
    for id_, (_, amount) in there.items():
        assert amount == Decimal(documents[id_]["document"]["amount"])


def test_only_the_named_document_is_sent(program: Program, world: dict[str, Any]) -> None:
    program.run("sync", "--json")
    ready = [
        row[0]
        for row in rows(
            program.home / "store.sqlite",
            "SELECT id FROM documents WHERE kind = 'invoice' AND state = 'ready' ORDER BY id",
        )
    ]
    ended = program.run("send", "invoices", "--ids-from", "-", "--json", stdin=f'["{ready[1]}"]\n')
    assert ended.code in (0, 1), ended.sentence
    assert set(in_sage(world)) == {ready[1]}


def test_a_document_changed_after_the_preview_is_not_sent(program: Program, world: dict[str, Any]) -> None:
    program.run("sync", "--json")
    (id_,) = rows(
        program.home / "store.sqlite", "SELECT id FROM documents WHERE kind = 'invoice' AND state = 'ready' ORDER BY id"
    )[0]
    url = f"{world['quadient_ap']['admin_url']}invoices/{id_}"
    assert requests.patch(url, json={"description": "Changed in the meantime"}, timeout=10).ok
    ended = program.run("send", "invoices", "--id", id_, "--json")
    assert ended.code == 1
    (told,) = [each for each in ended.events if each["event"] == "item"]
    assert told["code"] == "changed-since-preview"
    assert "and is now Changed in the meantime" in told["message"]
    assert in_sage(world) == {}
    ((state, findings),) = rows(
        program.home / "store.sqlite", "SELECT state, findings FROM documents WHERE id = ?", (id_,)
    )
    assert (state, "changed-since-preview" in findings) == ("blocked", True)
    program.run("send", "invoices", "--all-ready", "--json")
    assert id_ not in in_sage(world)
    program.run("preview", "invoices", "--json")
    assert program.run("send", "invoices", "--id", id_, "--json").code == 0
    assert id_ in in_sage(world)


def test_a_part_can_be_synced_alone_and_an_unknown_part_is_usage(program: Program, world: dict[str, Any]) -> None:
    ended = program.run("sync", "--only", "vendor", "--json")
    assert ended.code in (0, 1)
    stages = {each["stage"] for each in ended.events if each["event"] == "stage_finished"}
    assert stages == {"health", "vendor", "notes"}
    wrong = program.run("sync", "--only", "vendors")
    assert wrong.code == 2
    assert "vendor" in wrong.err


def test_status_and_history_speak_of_the_last_run(program: Program, world: dict[str, Any]) -> None:
    program.run("sync", "--json")
    history = program.run("history")
    assert "sync" in history.out
    assert history.code == 0
    run = rows(program.home / "store.sqlite", "SELECT id FROM runs")[0][0]
    assert "Vendor" in program.run("history", "--run", run).out
    status = program.run("status")
    assert "Harborline Supply Company (ABC), last sync 20" in status.out
    assert status.code in (0, 1)
    assert program.run("history", "--run", "nonsense").code != 0


def test_the_sandbox_tells_a_stranger_all_that_is_needed(program: Program, world: dict[str, Any]) -> None:
    token = requests.post(
        f"{world['quadient_ap']['url']}/v1/sign-in",
        json={"client_id": world["quadient_ap"]["client_id"], "client_secret": world["quadient_ap"]["client_secret"]},
        timeout=10,
    ).json()["access_token"]
    entities = requests.get(
        f"{world['quadient_ap']['url']}/v1/legal-entities", headers={"Authorization": f"Bearer {token}"}, timeout=10
    )
    assert world["quadient_ap"]["legal_entity"] in entities.text
    for path in (world["sage"]["file"], world["settings"], world["quadient_ap"]["file"]):
        assert Path(path).exists()


def test_a_code_that_nobody_knows_is_synced_as_active_and_told(program: Program, world: dict[str, Any]) -> None:
    told = [each["message"] for each in program.run("sync", "--json").events if each.get("state") == "note"]
    assert "Vendors with the unknown status “Z” are taken as active." in told
