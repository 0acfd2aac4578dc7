"""`apbridge doctor` as its user runs it: on a connected company, and on one that is only to be looked at."""

from pathlib import Path

import orjson
import pytest

from tests.system.commands import Program, switch


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "home")


@pytest.fixture
def world(program: Program):
    assert program.run("sandbox", "create").code == 0
    with program.served() as description:
        yield description


def candidate(program: Program, world, **cloud) -> str:
    settings = orjson.loads((program.home / "settings.json").read_bytes())
    company = settings["companies"][0]
    company["cloud"] |= cloud
    secrets = {"sage": world["sage"]["password"], "cloud": world["quadient_ap"]["client_secret"]}
    return orjson.dumps({"company": company, "secrets": secrets}).decode() + "\n"


def states(ended) -> dict[str, str]:
    return {each["check"]: each["state"] for each in ended.events if each["event"] == "check"}


def test_all_is_well_with_the_demo_but_for_the_keyring_that_is_not_there(program: Program, world) -> None:
    ended = program.run("doctor", "--json")
    found = states(ended)
    assert found.pop("keyring") == "warning"
    assert set(found.values()) == {"ok"}
    assert ended.code == 1
    summary = ended.event("run_finished")["summary"]
    assert [each["id"] for each in summary["entities"]] == [world["quadient_ap"]["legal_entity"]]
    assert [each["code"] for each in summary["companies"]] == ["ABC"]


def test_before_any_company_is_connected_only_the_computer_is_looked_at(program: Program) -> None:
    ended = program.run("doctor", "--json")
    assert set(states(ended)) == {"width", "disk", "proxy", "keyring"}
    assert ended.code == 7


@pytest.mark.parametrize(
    ("fault", "blocked"),
    [
        ({"wrong_password": True}, "sage-logon"),
        ({"no_external_access": True}, "sage-company"),
        ({"single_user_mode": True}, "sage-single-user"),
        ({"no_licence": True}, "sage-licence"),
    ],
)
def test_what_sage_refuses_is_found(program: Program, world, fault, blocked: str) -> None:
    switch(world, **fault)
    ended = program.run("doctor", "--only", "sage", "--json")
    assert [name for name, state in states(ended).items() if state == "blocked"] == [blocked]
    assert ended.code == 3


def test_a_sage_that_never_answers_ends_the_doctor(program: Program, world) -> None:
    settings = orjson.loads((program.home / "settings.json").read_bytes())
    (program.home / "settings.json").write_bytes(orjson.dumps(settings | {"sage_timeout_seconds": 1}))
    switch(world, hang="odbc")
    ended = program.run("doctor", "--only", "sage", "--json")
    assert ended.code == 3
    assert "does not answer" in ended.sentence


def test_a_candidate_is_looked_at_with_its_own_secrets_and_nothing_of_it_is_kept(program: Program, world) -> None:
    given = candidate(program, world)
    (program.home / "settings.json").unlink()
    ended = program.run("doctor", "--candidate", "-", "--json", stdin=given)
    assert "blocked" not in states(ended).values()
    assert not (program.home / "settings.json").exists()
    kept = b"".join(file.read_bytes() for file in (program.home / "logs").iterdir())
    for secret in orjson.loads(given)["secrets"].values():
        assert secret not in ended.out + ended.err
        assert secret.encode() not in kept


def test_a_candidates_wrong_secret_and_wrong_entity_are_found(program: Program, world) -> None:
    wrong = orjson.loads(candidate(program, world))
    wrong["secrets"]["cloud"] = "s3cret-of-nobody"
    ended = program.run("doctor", "--candidate", "-", "--only", "cloud", "--json", stdin=orjson.dumps(wrong).decode())
    assert (ended.code, states(ended)["cloud-sign-in"]) == (4, "blocked")
    assert "s3cret" not in ended.out + ended.err
    given = candidate(program, world, legal_entity="le-of-others")
    ended = program.run("doctor", "--candidate", "-", "--only", "cloud", "--json", stdin=given)
    assert states(ended)["cloud-entity"] == "blocked"


def test_a_cloud_that_is_away_is_told_soon_with_what_to_do(program: Program) -> None:
    assert program.run("sandbox", "create").code == 0
    ended = program.run("doctor", "--only", "cloud")
    assert ended.code == 4
    assert "Quadient AP cannot be reached" in ended.out
    assert "not seen  Sign-in to Quadient AP" in ended.out


def test_a_candidate_that_cannot_be_read_is_not_repeated(program: Program) -> None:
    ended = program.run("doctor", "--candidate", "-", stdin='{"company": "s3cret"}\n')
    assert ended.code == 7
    assert "cannot be read" in ended.err
    assert "s3cret" not in ended.err
