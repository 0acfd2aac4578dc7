"""A demo world, made once a test session and copied for each test; the program that runs in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.settings import Home
from tests.system.commands import Program, copied
from tests.system.desk import Desk, desk_in


@pytest.fixture(scope="session")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("made") / "home"
    made = Program(home).run("sandbox", "create", "--seed", "7")
    assert made.code == 0, made.err
    return home


@pytest.fixture
def program(made_world: Path, tmp_path: Path) -> Program:
    """The program with a fresh demo world of its own."""
    home = copied(made_world, tmp_path / "home")
    assert Home(home).load().companies[0].sage.location == str(home / "sandbox")
    return Program(home)


@pytest.fixture
def desk(made_world: Path, tmp_path: Path) -> Iterator[Desk]:
    """The engine in this process, on a fresh demo world of its own."""
    with desk_in(copied(made_world, tmp_path / "home")) as made:
        yield made


@pytest.fixture
def world(program: Program) -> Iterator[dict[str, Any]]:
    """The served world's description."""
    with program.served() as description:
        yield orjson.loads(orjson.dumps(description))
