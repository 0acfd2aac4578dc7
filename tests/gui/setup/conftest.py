"""A demo world that is there but not connected, its AP server, and a keyring that child processes see as well."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.domain.codec import restore
from app.gui.setup.draft import Draft
from app.settings import CompanySettings, Home, SageSettings
from tests.gui.file_keyring import FileKeyring
from tests.system.commands import Program

ENGINE = (sys.executable, "-m", "app")


@dataclass(frozen=True)
class World:
    """What the demo world holds, as a person would know it."""

    home: Home
    description: dict[str, Any]
    company: CompanySettings

    @property
    def sage_password(self) -> str:
        return self.description["sage"]["password"]

    @property
    def cloud_secret(self) -> str:
        return self.description["quadient_ap"]["client_secret"]

    def draft(self) -> Draft:
        """A draft that reaches the demo's Sage; who signs in and all else is still to be told."""
        return Draft(sage=SageSettings("demo", self.company.sage.location, ""))


@pytest.fixture
def kept_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileKeyring:
    monkeypatch.setenv("TEST_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.gui.file_keyring.FileKeyring")
    return FileKeyring()


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "home")


@pytest.fixture
def made(program: Program) -> None:
    assert program.run("sandbox", "create").code == 0


@pytest.fixture
def world(program: Program, made: None, kept_secrets: FileKeyring) -> Iterator[World]:
    """The world, served; no company is connected to it."""
    with program.served() as description:
        file = program.home / "settings.json"
        company = restore(CompanySettings, orjson.loads(file.read_bytes())["companies"][0])
        file.unlink()
        kept_secrets.file.unlink(missing_ok=True)
        yield World(Home(program.home), description, company)
