"""What goes wrong outside AP Bridge: each gives the sentence a bookkeeper can act on, and its exit code."""

import contextlib
import resource
import signal
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests

from tests.system.commands import Program, in_cloud, in_sage, rows, switch


def cloud_fault(world: dict[str, Any], **fault: Any) -> None:
    requests.post(world["quadient_ap"]["admin_url"] + "faults", json=fault, timeout=10).raise_for_status()


def test_a_wrong_sage_password(program: Program, world: dict[str, Any]) -> None:
    switch(world, wrong_password=True)
    ended = program.run("sync", "--json")
    assert ended.code == 3
    assert "password" in ended.sentence.lower()
    assert "Sage" in ended.sentence


def test_a_server_that_is_down(program: Program) -> None:
    ended = program.run("sync", "--json")
    assert ended.code == 4
    assert "Quadient AP" in ended.sentence
    assert "Traceback" not in ended.err


def test_a_refused_sign_in(program: Program, world: dict[str, Any]) -> None:
    cloud_fault(world, name="refuse_sign_in", times=10)
    ended = program.run("sync", "--json")
    assert ended.code == 4
    assert "sign" in ended.sentence.lower()


@contextlib.contextmanager
def held(program: Program, world: dict[str, Any]) -> Iterator[None]:
    """Another run holds the company: it hangs in Sage until it is killed."""
    switch(world, hang="odbc")
    other = program.start("sync", "--json")
    while '"health"' not in other.stdout.readline():
        pass
    try:
        yield
    finally:
        other.kill()
        other.communicate()
        switch(world)


def test_a_company_that_another_run_holds(program: Program, world: dict[str, Any]) -> None:
    with held(program, world):
        ended = program.run("sync", "--json")
    assert ended.code == 5
    assert "“sync”" in ended.sentence
    assert program.run("sync", "--json").code in (0, 1)


def test_a_broken_store(program: Program, world: dict[str, Any]) -> None:
    (program.home / "store.sqlite").write_bytes(b"not a database at all" * 1000)
    ended = program.run("sync", "--json")
    assert ended.code == 7
    assert "store is damaged" in ended.sentence.lower()
    assert program.run("status").code == 7
    (program.home / "store.sqlite").unlink()
    assert program.run("sync", "--json").code in (0, 1)


def test_broken_settings(program: Program) -> None:
    (program.home / "settings.json").write_text("{")
    ended = program.run("sync", "--json")
    assert ended.code == 7
    assert "settings" in ended.sentence.lower()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on file sizes")
def test_a_full_disk_ends_the_run_and_loses_nothing(program: Program, world: dict[str, Any]) -> None:
    def small_disk() -> None:
        # The kernel refuses every write beyond this size, as it does when the disk is full.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))

    ended = program.run("sync", "--json", preexec=small_disk)
    assert ended.code == 7, ended.out[-1500:]
    assert "disk" in ended.sentence.lower()
    store = sqlite3.connect(program.home / "store.sqlite")
    assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()
    assert program.run("sync", "--json").code in (0, 1)


def test_cancel_on_standard_input_ends_the_run(program: Program, world: dict[str, Any]) -> None:
    cloud_fault(world, name="unavailable", times=1000)
    run = program.start("sync", "--json")
    out, err = run.communicate('{"command": "cancel"}\n', timeout=60)
    assert run.returncode == 6, out[-500:] + err


def test_no_secret_is_in_the_store_the_logs_the_events_or_the_process_list(
    program: Program, world: dict[str, Any]
) -> None:
    secrets = [world["sage"]["password"], world["quadient_ap"]["client_secret"]]
    switch(world, hang="bo")
    assert program.run("sync", "--json").code in (0, 1)
    run = program.start("send", "invoices", "--all-ready", "--json")
    while '"send.invoice"' not in run.stdout.readline():
        pass
    commands = [file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if file.exists()]
    environments = Path(f"/proc/{run.pid}/environ").read_bytes()
    run.kill()
    said = "".join(run.communicate())
    switch(world, wrong_password=True)
    refused = program.run("sync", "--json")
    assert refused.code == 3
    switch(world)
    done = program.run("send", "invoices", "--all-ready", "--json")
    assert done.code in (0, 1)
    kept = b"".join(file.read_bytes() for file in program.home.rglob("*") if file.is_file())
    for secret in secrets:
        assert secret not in said + refused.out + refused.err + done.out + done.err
        assert not any(secret.encode() in command for command in commands)
        assert secret.encode() not in environments
        assert secret.encode() not in kept


# Where the engine dies: at the n-th call into the ODBC driver or the Business Objects, or beside the n-th commit.
MOMENTS = [
    ("odbc", 3), ("odbc", 40), ("odbc", 75), ("odbc", 120), ("odbc", 90),
    ("bo", 2), ("bo", 12), ("bo", 25), ("bo", 60), ("bo", 130),
    ("bo-before-commit", 1), ("bo-before-commit", 7), ("bo-after-commit", 1), ("bo-after-commit", 9),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "call"), MOMENTS)
def test_an_engine_killed_in_mid_send_ends_with_every_document_once(
    program: Program, world: dict[str, Any], layer: str, call: int
) -> None:
    assert program.run("sync", "--json").code in (0, 1)
    ready = ready_invoices(program)
    switch(world, die_at={layer: call})
    killed = program.run("send", "invoices", "--all-ready", "--json")
    assert killed.code == -signal.SIGKILL
    switch(world)
    again = program.run("sync", "--json")
    assert again.code in (0, 1), again.sentence
    done = program.run("send", "invoices", "--all-ready", "--json")
    assert done.code in (0, 1), done.sentence
    assert_each_is_in_sage_once(program, world, ready)


def test_an_engine_killed_while_it_waits_for_the_acknowledgement_ends_with_every_document_once(
    program: Program, world: dict[str, Any]
) -> None:
    assert program.run("sync", "--json").code in (0, 1)
    ready = ready_invoices(program)
    cloud_fault(world, name="never_answer", times=1, path=".*/results")
    run = program.start("send", "invoices", "--all-ready", "--json")
    told: set[str] = set()
    while told != ready:
        event = orjson.loads(run.stdout.readline())
        told |= {event["key"]} if event.get("state") == "in_sage" else set()
    run.kill()
    run.communicate()
    requests.delete(world["quadient_ap"]["admin_url"] + "faults", timeout=10).raise_for_status()
    done = program.run("send", "invoices", "--all-ready", "--json")
    assert done.code in (0, 1), done.sentence
    assert_each_is_in_sage_once(program, world, ready)


def ready_invoices(program: Program) -> set[str]:
    return {
        row[0]
        for row in rows(
            program.home / "store.sqlite", "SELECT id FROM documents WHERE kind = 'invoice' AND state = 'ready'"
        )
    }


def assert_each_is_in_sage_once(program: Program, world: dict[str, Any], documents: set[str]) -> None:
    there = in_sage(world)
    assert set(there) == documents
    assert all(count == 1 for count, _ in there.values())
    left_open = rows(
        program.home / "store.sqlite", "SELECT document FROM journal WHERE state NOT IN ('acknowledged', 'absent')"
    )
    assert left_open == []
    cloud = in_cloud(world, "invoices")
    assert {cloud[id_]["status"] for id_ in documents} == {"EX"}


@pytest.mark.parametrize("when", ["drop_before_commit", "drop_after_commit"])
def test_a_lost_acknowledgement_is_repeated(program: Program, world: dict[str, Any], when: str) -> None:
    program.run("sync", "--json")
    cloud_fault(world, name=when, times=1, path=".*/results")
    ended = program.run("send", "invoices", "--all-ready", "--json")
    assert ended.code in (0, 1), ended.sentence
    assert ended.event("stage_finished")
    for row in ended.event("totals")["rows"]:
        assert row["sent_count"] == row["sage_count"] == row["cloud_count"]
