"""A company that writes through Visual Integrator: the same job, the same proof, also when a job or a run is lost."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson
import pytest

from app.settings import Home
from tests.system.commands import Program, in_cloud, in_sage, rows, switch


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("made") / "home"
    created = Program(home).run("sandbox", "create", "--seed", "7", "--writer", "visual_integrator")
    assert created.code == 0, created.err
    return home


@pytest.fixture
def program(made: Path, tmp_path: Path) -> Program:
    home = tmp_path / "home"
    shutil.copytree(made, home)
    for name in ("sandbox/world.json", "sandbox/import_jobs.json", "settings.json"):
        file = home / name
        file.write_bytes(file.read_bytes().replace(str(made).encode(), str(home).encode()))
    assert Home(home).load().companies[0].sage.writer == "visual_integrator"
    return Program(home)


@pytest.fixture
def world(program: Program) -> Iterator[dict[str, Any]]:
    with program.served() as description:
        yield description


def ready(program: Program, kind: str = "invoice") -> list[tuple[str, str]]:
    """Return id and number of what is ready; a payment has no number yet."""
    sql = "SELECT id, payload FROM documents WHERE kind = ? AND state = 'ready' ORDER BY id"
    found = rows(program.home / "store.sqlite", sql, (kind,))
    return [(id_, str(orjson.loads(payload).get("number", ""))) for id_, payload in found]


def synced(program: Program, kind: str = "invoice") -> list[tuple[str, str]]:
    ended = program.run("sync", "--json")
    assert ended.code in (0, 1), ended.sentence
    return ready(program, kind)


def left(program: Program) -> list[str]:
    return [file.name for file in (program.home / "sandbox").iterdir() if ".csv" in file.name]


@pytest.mark.parametrize("kind", ["invoices", "payments"])
def test_all_that_is_ready_arrives_once_with_matching_totals(
    program: Program, world: dict[str, Any], kind: str
) -> None:
    everyone = {id_ for id_, _ in synced(program, kind.removesuffix("s"))}
    ended = program.run("send", kind, "--all-ready", "--json")
    assert ended.code == 0, ended.sentence
    totals = ended.event("totals")["rows"]
    for row in totals:
        assert row["sent_count"] == row["sage_count"] == row["cloud_count"] > 0
        assert Decimal(row["sent_amount"]) == Decimal(row["sage_amount"]) == Decimal(row["cloud_amount"])
        assert (row["differing"], row["batch"] != "") == ([], True)
    there = in_sage(world)
    assert set(there) == everyone
    assert all(count == 1 for count, _ in there.values())
    assert {in_cloud(world, kind)[id_]["status"] for id_ in everyone} == {"EX"}
    if kind == "invoices":
        assert len({row["destination"] for row in totals}) == 2
    assert left(program) == []


def test_what_a_job_refuses_becomes_a_sync_error_in_sages_words_and_the_others_go_on(
    program: Program, world: dict[str, Any]
) -> None:
    everyone = synced(program)[:3]
    bad, number = everyone[1]
    switch(world, refuse_write=number)
    ended = program.run("send", "invoices", *(part for id_, _ in everyone for part in ("--id", id_)), "--json")
    assert ended.code == 1
    assert set(in_sage(world)) == {id_ for id_, _ in everyone} - {bad}
    there = in_cloud(world, "invoices")[bad]
    assert there["status"] == "SE"
    assert "the period is closed to this module" in there["comments"][0]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"die_at": {"VI_JobLog": 1}}, -9),  # AP Bridge dies when its job is done
        ({"die_at": {"bo-before-commit": 1}}, 3),  # the job dies before it has written
        ({"die_at": {"bo-after-commit": 1}}, 3),  # the job dies when it has written
    ],
)
def test_a_run_or_a_job_that_is_lost_is_recovered_exactly_once(
    program: Program, world: dict[str, Any], fault: dict[str, Any], code: int
) -> None:
    everyone = synced(program)[:2]
    chosen = [part for id_, _ in everyone for part in ("--id", id_)]
    switch(world, **fault)
    assert program.run("send", "invoices", *chosen, "--json").code == code
    assert len(in_sage(world)) <= 1
    switch(world)
    assert program.run("sync", "--json").code in (0, 1)
    program.run("send", "invoices", "--all-ready", "--json")
    there = in_sage(world)
    assert {id_ for id_, _ in everyone} <= set(there)
    assert all(count == 1 for count, _ in there.values())
    assert {in_cloud(world, "invoices")[id_]["status"] for id_, _ in everyone} == {"EX"}
    assert left(program) == []


def test_a_part_that_a_job_left_is_stopped_and_never_taken_for_the_whole(
    program: Program, world: dict[str, Any]
) -> None:
    everyone = synced(program)
    lines = "SELECT id FROM documents WHERE kind = 'invoice' AND json_array_length(payload, '$.lines') > 1"
    several = {row[0] for row in rows(program.home / "store.sqlite", lines)}
    bad, number = next(each for each in everyone if each[0] in several)
    switch(world, first_line_only=number)
    ended = program.run("send", "invoices", "--id", bad, "--json")
    assert ended.code == 3
    assert "holds a part of invoice" in ended.sentence
    assert in_cloud(world, "invoices")[bad]["status"] != "EX"
    switch(world)
    assert program.run("sync", "--json").code == 1
    program.run("send", "invoices", "--all-ready", "--json")
    assert in_cloud(world, "invoices")[bad]["status"] != "EX"
    assert in_sage(world)[bad][0] == 1


def test_a_job_that_dies_half_way_stops_its_own_bill_and_no_other(program: Program, world: dict[str, Any]) -> None:
    everyone = synced(program)
    lines = "SELECT id FROM documents WHERE kind = 'invoice' AND json_array_length(payload, '$.lines') > 1"
    several = {row[0] for row in rows(program.home / "store.sqlite", lines)}
    bad, number = [each for each in everyone if each[0] in several][-1]
    switch(world, first_line_only=number)
    broken_off = program.run("send", "invoices", "--all-ready", "--json")
    assert broken_off.code == 3
    before = {id_ for id_ in in_sage(world) if id_ != bad}
    assert {in_cloud(world, "invoices")[id_]["status"] for id_ in before} == {"EX"}
    switch(world)
    assert program.run("sync", "--json").code == 1
    program.run("send", "invoices", "--all-ready", "--json")
    there, cloud = in_sage(world), in_cloud(world, "invoices")
    assert {id_: count for id_, (count, _) in there.items()} == {id_: 1 for id_, _ in everyone}
    assert {id_ for id_, _ in everyone if cloud[id_]["status"] != "EX"} == {bad}
    sql = "SELECT sum(sent_count), sum(sage_count), sum(cloud_count) FROM totals"
    others = len(everyone) - 1
    assert rows(program.home / "store.sqlite", sql) == [(others, others, others)]
    ((state, found),) = rows(
        program.home / "store.sqlite", "SELECT state, findings FROM documents WHERE id = ?", (bad,)
    )
    assert state == "blocked"
    assert "a part of it is missing" in found


def test_what_a_job_entered_is_not_undone_since_jobs_cannot_delete(program: Program, world: dict[str, Any]) -> None:
    bill, _ = synced(program)[0]
    assert program.run("send", "invoices", "--id", bill, "--json").code == 0
    undone = program.run("undo", "--id", bill, "--json")
    assert undone.code != 0
    assert "Visual Integrator, which can only bring entries in" in undone.sentence
    assert in_sage(world)[bill][0] == 1
    assert in_cloud(world, "invoices")[bill]["status"] == "EX"


def test_a_password_that_may_stand_on_the_command_line_stands_nowhere_else(
    program: Program, world: dict[str, Any], tmp_path: Path
) -> None:
    file = Home(program.home).settings_file
    settings = orjson.loads(file.read_bytes())
    settings["companies"][0]["sage"]["visual_integrator"]["password_on_command_line"] = True
    file.write_bytes(orjson.dumps(settings))
    jobs = program.home / "sandbox" / "import_jobs.json"
    jobs.write_bytes(orjson.dumps(orjson.loads(jobs.read_bytes()) | {"unified_logon": ""}))
    first, second = synced(program)[:2]
    good = program.run("send", "invoices", "--id", first[0], "--json")
    assert good.code == 0, good.sentence
    switch(world, die_at={"bo-before-commit": 1})
    bad = program.run("send", "invoices", "--id", second[0], "--json")
    assert bad.code == 3
    bundle = tmp_path / "support.zip"
    assert program.run("support", str(bundle)).code == 0
    with ZipFile(bundle) as archive:
        kept = [archive.read(name) for name in archive.namelist()]
    secret = world["sage"]["password"].encode()
    told = [text.encode() for ended in (good, bad) for text in (ended.out, ended.err)]
    stored = [each.read_bytes() for each in program.home.glob("*.*") if each.is_file()]
    logs = [each.read_bytes() for each in Home(program.home).logs.iterdir()]
    assert len(logs) > 0
    assert not [data for data in (*kept, *told, *stored, *logs) if secret in data]
