"""The password command keeps what it is given in the keyring, and says nothing of it."""

import io
from collections.abc import Callable

import pytest

from app.cli import main
from app.credentials import KeyringCredentials
from app.sandbox.company import Scale
from app.sandbox.world import create_world
from app.settings import Home
from tests.engine.fakes import NOW


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def give(line: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO())
        monkeypatch.setattr("app.commands.input.InputLines.next", lambda _: line or None)

    return give


def test_a_password_goes_to_the_keyring_and_nowhere_else(
    apbridge_home: Home, given: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    create_world(apbridge_home, seed=1, scale=Scale.SMALL, today=NOW.date())
    given("s3cret-of-mine")
    assert main(["password", "sage"]) == 0
    assert KeyringCredentials().get("ABC/sage") == "s3cret-of-mine"
    said = capsys.readouterr()
    assert "s3cret" not in said.out + said.err
    kept = b"".join(file.read_bytes() for file in apbridge_home.path.rglob("*") if file.is_file())
    assert b"s3cret-of-mine" not in kept


def test_no_password_leaves_the_old_one(
    apbridge_home: Home, given: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    create_world(apbridge_home, seed=1, scale=Scale.SMALL, today=NOW.date())
    before = KeyringCredentials().get("ABC/cloud")
    given("")
    assert main(["password", "cloud"]) == 7
    assert KeyringCredentials().get("ABC/cloud") == before
    assert "No password was given" in capsys.readouterr().err


def test_forgotten_passwords_are_gone_also_those_of_a_company_that_is_not_connected(
    apbridge_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = KeyringCredentials()
    for side in ("sage", "cloud"):
        kept.put(f"OLD/{side}", "s3cret-of-old")
        kept.put(f"NEW/{side}", "s3cret-of-new")
    assert main(["password", "all", "--forget", "--company", "OLD"]) == 0
    assert [kept.get(f"OLD/{side}") for side in ("sage", "cloud")] == [None, None]
    assert kept.get("NEW/sage") == "s3cret-of-new"
    assert "no longer holds the password for Sage 100, Quadient AP, company OLD" in capsys.readouterr().out

    assert main(["password", "all", "--forget", "--company", "OLD"]) == 0
    assert "held no such password" in capsys.readouterr().out


def test_all_is_for_forgetting_only(apbridge_home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["password", "all", "--company", "ABC"]) == 2
    assert "goes with “--forget” only" in capsys.readouterr().err
