"""A small demo company for every test, copied from one that is made once."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.sandbox.business_objects import dispatch_sandbox
from app.sandbox.company import CompanyFacts, Scale, company_file, create_company, read_facts
from app.sandbox.faults import Faults
from app.settings import SageSettings

CODE, USER, PASSWORD = "DEM", "APBRIDGE", "correct horse"
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = company_file(tmp_path_factory.mktemp("made"), CODE)
    create_company(file, code=CODE, seed=1, scale=Scale.SMALL, password=PASSWORD, user=USER, today=TODAY)
    return file


@pytest.fixture
def location(made_once: Path, tmp_path: Path) -> Path:
    file = company_file(tmp_path / "world", CODE)
    file.parent.mkdir(parents=True)
    shutil.copyfile(made_once, file)
    return tmp_path / "world"


@pytest.fixture
def settings(location: Path) -> SageSettings:
    return SageSettings("demo", str(location), USER)


@pytest.fixture
def facts(location: Path) -> CompanyFacts:
    return read_facts(company_file(location, CODE))


@pytest.fixture
def faults(location: Path) -> Faults:
    return Faults.load(location)


@pytest.fixture
def rows(location: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask the company's file itself."""

    def ask(sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(company_file(location, CODE), isolation_level=None)) as database:
            return database.execute(sql, values).fetchall()

    return ask


class Reference:
    """A by-reference argument, as COM has them."""

    def __init__(self) -> None:
        self.value: Any = ""


class Sage:
    """A signed-in session with shortcuts for what every test does."""

    def __init__(self, location: Path) -> None:
        self.script = dispatch_sandbox(location, clock=lambda: NOW)("ProvideX.Script")
        self.script.Init(str(location))
        self.session = self.script.NewObject("SY_Session")

    def sign_in(self) -> "Sage":
        assert self.session.nSetUser(USER, PASSWORD) == 1, self.session.sLastErrorMsg
        assert self.session.nSetCompany(CODE) == 1, self.session.sLastErrorMsg
        return self

    def open(self, module: str, task: str, name: str) -> Any:
        assert self.session.nSetDate(module, "20261124") == 1
        assert self.session.nSetModule(module) == 1
        assert self.session.nSetProgram(self.session.nLookupTask(task)) == 1, self.session.sLastErrorMsg
        return self.script.NewObject(name, self.session)

    def invoices(self) -> Any:
        return self.open("A/P", "AP_Invoice_ui", "AP_Invoice_bus")

    def checks(self) -> Any:
        return self.open("A/P", "AP_ManualCheck_ui", "AP_ManualCheck_bus")

    def receipts(self) -> Any:
        return self.open("P/O", "PO_ReceiptInvoice_ui", "PO_Receipt_bus")


@pytest.fixture
def sage(location: Path) -> Iterator[Sage]:
    made = Sage(location)
    yield made
    made.script.DropObject()
