"""Files that a command writes: each whole or not at all, and what was there is only replaced by what is done."""

import argparse
import errno
from pathlib import Path

import pytest

from app.cloud.port import DocumentKind
from app.commands import papers
from app.commands.papers import asked_for, write_preview
from app.errors import NeedsUser
from app.settings import Home
from tests.engine.fakes import COMPANY


def chosen(**files: str | None) -> argparse.Namespace:
    return argparse.Namespace(**({"csv": None, "pdf": None, "csv_lines": None, "kind": "invoices"} | files))


def test_what_was_not_asked_for_is_not_written(tmp_path: Path) -> None:
    assert asked_for(chosen()) == []
    assert write_preview(Home(tmp_path), COMPANY, DocumentKind.INVOICE, chosen()) == []
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_file_s_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(NeedsUser, match="it is a folder"):
        asked_for(chosen(pdf=str(tmp_path)))


def test_two_things_in_one_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(NeedsUser, match="two things are to be written to it"):
        asked_for(chosen(pdf=str(tmp_path / "a"), csv=str(tmp_path / "." / "a")))


def test_a_file_that_another_program_holds_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(file: Path, _: bytes) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(file))

    old = tmp_path / "preview.csv"
    old.write_bytes(b"old")
    monkeypatch.setattr(papers, "write_whole", held)
    with pytest.raises(NeedsUser) as told:
        write_preview(Home(tmp_path), COMPANY, DocumentKind.INVOICE, chosen(csv=str(old)))
    assert told.value.code == "file-unwritable"
    assert "preview.csv cannot be written" in told.value.title
    assert "Permission denied" in told.value.message
    assert "Close it where it is open" in told.value.fix
    assert old.read_bytes() == b"old"


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "preview.csv").write_bytes(b"old")
    files = write_preview(
        Home(tmp_path),
        COMPANY,
        DocumentKind.INVOICE,
        chosen(csv=str(folder / "preview.csv"), pdf=str(folder / "p.pdf")),
    )
    assert files == [folder / "preview.csv", folder / "p.pdf"]
    assert sorted(folder.iterdir()) == [folder / "p.pdf", folder / "preview.csv"]
    assert (folder / "preview.csv").read_bytes().startswith(b"\xef\xbb\xbfStatus,")
    assert (folder / "p.pdf").read_bytes().startswith(b"%PDF-")
