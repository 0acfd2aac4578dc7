"""Another process reads the items ahead: then this one reads of them only what differs, or all where it must."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.commands import ahead as process
from app.domain.lists import ListName
from app.engine.importing import ahead
from app.engine.work import SyncOptions, sync
from app.errors import Cancelled, ExitCode
from app.sage.source import Source
from app.sage.wanted import Printed
from tests.system.commands import change_sage
from tests.system.desk import Desk
from tests.system.plain_reading import read_cloud

ITEMS = "CI_Item"
FULL = SyncOptions(frozenset({"item", "vendor"}), full=True)


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Which tables this process reads, and which part of each."""
    read: list[tuple[str, str]] = []
    batches = Source.batches

    def noted(self: Source, table: str, columns: Sequence[str], *, where: str = "", **how: Any) -> Any:
        read.append((table, where))
        return batches(self, table, columns, where=where, **how)

    monkeypatch.setattr(Source, "batches", noted)
    return read


@pytest.fixture
def synced(desk: Desk, monkeypatch: pytest.MonkeyPatch, read_here: list[tuple[str, str]]) -> Desk:
    monkeypatch.setattr(ahead, "WORTH_IT", 1)
    monkeypatch.setattr(ahead, "cpu_count", lambda: 2)
    change_sage(desk.description, "DELETE FROM CI_Item WHERE ItemCode = ''")  # what cannot be read is told each time
    full(desk)
    read_here.clear()
    return desk


def full(desk: Desk) -> dict[str, Any]:
    """Read the lists in full; return what was counted of the items."""
    ended = desk.run("sync", sync(FULL))
    assert ended.code in (ExitCode.DONE, ExitCode.NEEDS_USER), ended.events[-1]
    counts: dict[str, Any] = ended.events[-1].data["summary"]["item"]
    return counts


def test_a_list_that_is_as_it_was_is_not_read_here(synced: Desk, read_here: list[tuple[str, str]]) -> None:
    counts = full(synced)
    ((number,),) = synced.rows("SELECT count(*) FROM CI_Item")
    assert (counts["read"], counts["unchanged"]) == (number, number)
    assert {table for table, _ in read_here} >= {"AP_Vendor"}
    assert ITEMS not in {table for table, _ in read_here}


def test_what_was_changed_and_deleted_is_read_here_and_arrives(synced: Desk, read_here: list[tuple[str, str]]) -> None:
    active = "SELECT ItemCode FROM CI_Item WHERE InactiveItem = 'N' AND ItemCode > 'A' ORDER BY ItemCode DESC LIMIT 2"
    last, gone = (key for (key,) in synced.rows(active))
    change_sage(
        synced.description,
        f"UPDATE CI_Item SET ItemCodeDesc = 'Changed Silently' WHERE ItemCode = '{last}'",
        f"DELETE FROM CI_Item WHERE ItemCode = '{gone}'",
    )
    counts = full(synced)
    assert (counts["changed"], counts["deactivated"]) == (1, 1)
    assert ITEMS in {table for table, _ in read_here}
    items = read_cloud(synced.description).lists["item"]
    assert items[last]["description"] == "Changed Silently"
    assert items[gone]["active"] is False
    read_here.clear()
    assert full(synced)["changed"] == 0
    assert ITEMS not in {table for table, _ in read_here}


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("there-is-no-such-program",), id="does-not-start"),
        pytest.param((sys.executable, "-c", "print('rubbish')"), id="tells-rubbish"),
        pytest.param((sys.executable, "-c", "print('[\"\", 1, 2, 3]')"), id="tells-no-block"),
        pytest.param((sys.executable, "-c", "pass"), id="tells-nothing"),
        pytest.param(("false",), id="ends-at-once"),
        pytest.param((sys.executable, "-c", "import time; time.sleep(3600)"), id="never-answers"),
    ],
)
def test_what_the_other_process_does_not_tell_is_read_here(
    synced: Desk, read_here: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    synced.home.save(replace(synced.home.load(), sage_timeout_seconds=1))
    monkeypatch.setattr(process, "own_command", lambda: command)
    counts = full(synced)
    assert counts["unchanged"] == counts["read"] > 0
    assert (ITEMS, "") in read_here


def test_what_was_not_read_to_its_end_is_read_here_from_there_on(synced: Desk) -> None:
    starts = [key for (key,) in synced.rows("SELECT ItemCode FROM CI_Item ORDER BY ItemCode LIMIT 3")]
    with process.reading_ahead(synced.home, synced.company, ListName.ITEM, ["", *starts[1:]], bool) as blocks:
        told = list(blocks)
    assert [block.start for block in told[:3]] == ["", *starts[1:]]
    assert [block.rows for block in told[:2]] == [1, 1]
    assert told[-1].end is None
    assert all(block.hash for block in told)

    lines = [orjson_line(block) for block in told[:2]]
    cut = iter([*lines, b""])
    assert list(process.told_blocks(ListName.ITEM, lambda: next(cut))) == [
        *told[:2],
        Printed(told[2].start, None, None, 0),
    ]


def orjson_line(block: Printed) -> bytes:
    return process.line([block.start, block.end, (block.hash or b"").hex(), block.rows]).encode()


def test_when_the_sync_is_cancelled_the_other_process_ends(synced: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def noted(*command: Any, **how: Any) -> subprocess.Popen[bytes]:
        started.append(popen(*command, **how))
        return started[-1]

    def cancelled() -> None:
        raise Cancelled

    monkeypatch.setattr(process.subprocess, "Popen", noted)
    for command in ((sys.executable, "-c", "import time; time.sleep(3600)"), ("false",)):
        monkeypatch.setattr(process, "own_command", lambda command=command: command)
        with (
            pytest.raises(Cancelled),
            process.reading_ahead(synced.home, synced.company, ListName.ITEM, [""] * 10_000, cancelled) as blocks,
        ):
            next(blocks)
        assert started[-1].poll() is not None


READING_WITHOUT_END = """
import sys
import time
from app.cli import main
from app.commands import ahead

def reading(company, home):
    print("reading", flush=True)
    time.sleep(3600)

ahead.ports_for = reading
sys.exit(main(["read-ahead", "item"]))
"""


@pytest.mark.parametrize("told", [b"", b'[""]\n'])
def test_the_process_ends_when_the_sync_that_it_reads_for_is_gone(synced: Desk, told: bytes) -> None:
    command = [sys.executable, "-c", READING_WITHOUT_END]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "env": synced.home.environment}
    with subprocess.Popen(command, **pipes) as alone:
        assert alone.stdin
        assert alone.stdout
        alone.stdin.write(told)
        alone.stdin.flush()
        if told:
            assert alone.stdout.readline() == b"reading\n"
        alone.stdin.close()
        assert alone.wait(timeout=60) == ExitCode.CANCELLED


@pytest.mark.parametrize("options", [replace(FULL, resend=True), SyncOptions(only=FULL.only)])
def test_nothing_is_read_ahead_that_is_not_to_be_compared_in_full(
    synced: Desk, monkeypatch: pytest.MonkeyPatch, options: SyncOptions
) -> None:
    full(synced)  # the demo company has a vendor without a number, so the day's full pass is made twice
    begun: list[object] = []
    monkeypatch.setattr(process, "own_command", lambda: begun.append(options))
    synced.run("sync", sync(options))
    assert begun == []
