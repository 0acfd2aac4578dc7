"""The language is for people: what goes to Sage and to Quadient AP, and into files for Excel, is the same in all."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.system.commands import Program, rows

RUN = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
STAMP = re.compile(r"(Date|Time|User)(Created|Updated)")
WRITTEN = ("AP_InvoiceHeader", "AP_InvoiceDetail", "PO_ReceiptHeader", "PO_ReceiptDetail", "AP_ManualCheckHeader",
           "AP_ManualCheckDetail")  # fmt: skip


def entered(file: str, table: str) -> list[dict[str, Any]]:
    """Return a table of Sage's entry screens without who saved it when, and without the ids of runs."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        found = [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
    return [{name: RUN.sub("RUN", str(value)) for name, value in row.items() if not STAMP.match(name)} for row in found]


@pytest.fixture
def homes(tmp_path: Path) -> dict[str, Program]:
    """The whole job, done in each language on one and the same demo world."""
    programs = {}
    for language in ("en", "fr"):
        program = Program(tmp_path / language)
        program.environment["APBRIDGE_LANGUAGE"] = language
        ended = program.run("demo", "--headless", "--scale", "small")
        assert ended.code in (0, 1), ended.err
        programs[language] = program
        assert ("Totaux de contrôle" in ended.out) == (language == "fr")
    return programs


def test_what_is_sent_is_the_same_in_every_language(homes: dict[str, Program]) -> None:
    english, french = (homes[language].home for language in ("en", "fr"))
    databases = [home / "sandbox" / "sage" / "MAS_ABC.sqlite" for home in (english, french)]
    for table in WRITTEN:
        there = [entered(str(file), table) for file in databases]
        assert there[0]
        assert there[1] == there[0], table
    sent = "SELECT company, list, key, hash, active FROM checkpoints ORDER BY list, key"
    assert rows(french / "store.sqlite", sent) == rows(english / "store.sqlite", sent)
    external = "SELECT document, hash, external_id FROM journal ORDER BY document"
    assert rows(french / "store.sqlite", external) == rows(english / "store.sqlite", external)


def test_a_file_for_excel_has_the_same_titles_states_and_numbers_in_every_language(
    homes: dict[str, Program], tmp_path: Path
) -> None:
    written = []
    for language, program in homes.items():
        file = tmp_path / f"{language}.csv"
        ended = program.run("preview", "invoices", "--kept", "--csv", str(file), "--csv-lines", f"{file}.lines.csv")
        assert ended.code == 0, ended.err
        written.append(Path(f"{file}.lines.csv").read_bytes())
        assert file.read_bytes().splitlines()[0].startswith(b"\xef\xbb\xbfStatus,Kind,Vendor")
    assert written[1] == written[0]
