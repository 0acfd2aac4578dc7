"""The doctor's answers: what is well, what stands in the way, and what it could not look at."""

import struct
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.cloud.port import LegalEntity
from app.engine.health import cloud, computer, sage
from app.engine.health.results import State
from app.engine.ports import Ports
from app.errors import NeedsUser, RetryLater, Side
from app.sage.discovery import Installation
from tests.engine.fakes import COMPANY, NOW, nowhere

ENTITY = LegalEntity("le", "Northwind", "USD")
BITS = struct.calcsize("P") * 8
REAL = replace(COMPANY, sage=replace(COMPANY.sage, kind="sage", location=r"C:\Sage\MAS90"))


class Cloud:
    def __init__(self, entities=(ENTITY,), skew=timedelta(), trouble=None):
        self._entities, self._skew, self._trouble = entities, skew, trouble
        self.closed = False

    def legal_entities(self):
        if self._trouble is not None:
            raise self._trouble
        return self._entities

    def clock_skew(self):
        return self._skew

    def close(self):
        self.closed = True


def states(results) -> dict[str, State]:
    return {result.check.name: result.state for result in results}


def of_cloud(opened: Cloud, company=COMPANY) -> dict[str, State]:
    found = states(cloud.CloudLook(company, lambda: opened).results())
    assert opened.closed
    return found


def of_sage(company, ports=None, find=lambda: None) -> list:
    def open_ports() -> Ports:
        if ports is None:
            raise NeedsUser("no-password", "The password is missing", "", "Enter it.", side=Side.SAGE)
        return ports

    return list(sage.SageLook(company, open_ports, lambda _: nullcontext(), nowhere, find).results())


def refusing(code: str) -> Ports:
    def open_sage(*_):
        raise RetryLater(code, "Sage says no", "It does.", "Wait.", side=Side.SAGE)

    return Ports(open_sage, nowhere, nowhere, lambda: NOW)


def test_a_cloud_that_lets_us_in_is_well() -> None:
    assert set(of_cloud(Cloud()).values()) == {State.OK}


@pytest.mark.parametrize(
    ("code", "blocked", "waiting"),
    [
        ("cloud-unreachable", "cloud-reached", ["cloud-sign-in", "cloud-entity", "cloud-clock"]),
        ("cloud-sign-in", "cloud-sign-in", ["cloud-entity", "cloud-clock"]),
        ("cloud-no-right", "cloud-entity", ["cloud-clock"]),
        ("no-password", "cloud-sign-in", ["cloud-reached", "cloud-entity", "cloud-clock"]),
    ],
)
def test_what_follows_from_the_first_trouble_is_not_looked_at(code: str, blocked: str, waiting: list[str]) -> None:
    found = of_cloud(Cloud(trouble=NeedsUser(code, "No", "No.", "Do.", side=Side.CLOUD)))
    assert [name for name, state in found.items() if state is State.BLOCKED] == [blocked]
    assert [name for name, state in found.items() if state is State.UNKNOWN] == waiting


@pytest.mark.parametrize("entities", [(), (replace(ENTITY, id="other"),)])
def test_a_legal_entity_that_is_not_shown_blocks(entities: tuple[LegalEntity, ...]) -> None:
    assert of_cloud(Cloud(entities))["cloud-entity"] is State.BLOCKED


def test_before_one_is_chosen_the_legal_entities_are_named() -> None:
    look = cloud.CloudLook(replace(COMPANY, cloud=replace(COMPANY.cloud, legal_entity="")), Cloud)
    assert any("Northwind (le)" in result.message for result in look.results())
    assert look.entities == (ENTITY,)


@pytest.mark.parametrize(
    ("skew", "state", "said"),
    [
        (timedelta(minutes=12), State.WARNING, "12 minutes behind"),
        (timedelta(minutes=-90), State.WARNING, "90 minutes ahead"),
        (timedelta(seconds=40), State.OK, "agrees"),
        (None, State.UNKNOWN, "did not say"),
    ],
)
def test_a_clock_that_is_wrong_is_told(skew: timedelta | None, state: State, said: str) -> None:
    *_, clock = cloud.CloudLook(COMPANY, lambda: Cloud(skew=skew)).results()
    assert clock.state is state
    assert said in clock.message


@pytest.mark.parametrize(
    ("code", "blocked"),
    [
        ("odbc-width", "sage-driver"),
        ("sage-unreachable", "sage-reached"),
        ("sage-odbc", "sage-reached"),
        ("sage-logon-refused", "sage-logon"),
        ("sage-company-refused", "sage-company"),
        ("sage-single-user", "sage-single-user"),
    ],
)
def test_each_refusal_of_sage_belongs_to_one_check(tmp_path: Path, code: str, blocked: str) -> None:
    company = replace(COMPANY, sage=replace(COMPANY.sage, location=str(tmp_path)))
    results = of_sage(company, refusing(code))
    assert [each.check.name for each in results if each.state is State.BLOCKED] == [blocked]
    assert [each.fix for each in results if each.state is State.BLOCKED] == ["Wait."]
    assert results[-1].state is State.UNKNOWN


def test_without_a_password_sage_is_not_asked(tmp_path: Path) -> None:
    company = replace(COMPANY, sage=replace(COMPANY.sage, location=str(tmp_path)))
    found = states(of_sage(company))
    assert (found["sage-reached"], found["sage-logon"]) == (State.UNKNOWN, State.BLOCKED)


def test_what_needs_windows_is_told_as_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sage, "WINDOWS", False)
    results = of_sage(REAL)
    assert {each.state for each in results} == {State.UNKNOWN}
    assert {each.message for each in results} == {"Not looked at here: needs Windows."}


def test_a_folder_that_is_not_sages_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sage, "WINDOWS", True)
    for location, said in ((tmp_path, "holds no folders HOME and SY"), (tmp_path / "gone", "cannot be opened")):
        folder = of_sage(replace(REAL, sage=replace(REAL.sage, location=str(location))))[0]
        assert folder.state is State.BLOCKED
        assert said in folder.message


def test_without_a_folder_the_one_that_windows_knows_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sage, "WINDOWS", True)
    company = replace(REAL, sage=replace(REAL.sage, location=""))
    assert of_sage(company, find=lambda: Installation("D:\\MAS90"))[0].message == "D:\\MAS90, as Windows knows."
    assert of_sage(company)[0].code == "sage-folder-unknown"


def test_little_room_warns_and_hardly_any_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for free in (10_000_000, 100_000_000, 900_000_000):
        monkeypatch.setattr(computer.shutil, "disk_usage", lambda _, free=free: type("Usage", (), {"free": free}))
        seen.append(states(computer.look_at_computer(tmp_path / "not" / "yet", None))["disk"])
    assert seen == [State.BLOCKED, State.WARNING, State.OK]


def test_a_proxys_password_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computer, "getproxies", lambda: {"https": "http://me:s3cret@proxy:8080"})
    said = " ".join(result.message for result in computer.look_at_computer(tmp_path, None))
    assert "proxy:8080" in said
    assert "s3cret" not in said


def test_driver_is_told_with_its_width_and_the_engine_that_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sage, "installed_driver", lambda _: "MAS 90 4.0 ODBC Driver")
    told = next(result for result in of_sage(REAL) if result.check is sage.DRIVER)
    assert told.state is State.OK
    assert told.message == f"MAS 90 4.0 ODBC Driver, {BITS}-bit. AP Bridge works with its {BITS}-bit engine."


def test_data_source_is_told_with_the_width_in_which_it_is_looked_for() -> None:
    named = replace(REAL, sage=replace(REAL.sage, dsn="SAGE_AP"))
    told = next(result for result in of_sage(named) if result.check is sage.DRIVER)
    assert told.state is State.OK
    assert "SAGE_AP" in told.message
    assert f"{BITS}-bit engine" in told.message
