"""Previews and control totals as files, by the commands a user types."""

import csv
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from pypdf import PdfReader

from tests.system.commands import Program, rows


def table(file: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file by title."""
    return list(csv.DictReader(file.read_text("utf-8-sig").splitlines(keepends=True)))


def words(file: Path) -> str:
    """Return the text of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(file.read_bytes())).pages)


def test_a_preview_is_written_as_it_is_shown(program: Program, world: dict[str, Any], tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("preview.csv", "lines.csv", "preview.pdf")}
    arguments = ("--csv", files["preview.csv"], "--csv-lines", files["lines.csv"], "--pdf", files["preview.pdf"])
    ended = program.run("preview", "invoices", *map(str, arguments))
    assert ended.code in (0, 1), ended.err
    kept = dict(rows(program.home / "store.sqlite", "SELECT id, state FROM documents WHERE kind = 'invoice'"))
    documents = table(files["preview.csv"])
    assert {each["Quadient AP"]: each["Status"].split(",")[0].lower() for each in documents} == kept
    for each in documents:
        lines = [line for line in table(files["lines.csv"]) if line["Quadient AP"] == each["Quadient AP"]]
        assert sum(Decimal(line["Amount"]) for line in lines) == Decimal(each["Amount"])
    text = words(files["preview.pdf"])
    assert all(each["Invoice"] in text for each in documents)
    assert f"Written: {files['preview.pdf']}" in ended.out


def test_a_run_for_programs_ends_once_whatever_is_written(
    program: Program, world: dict[str, Any], tmp_path: Path
) -> None:
    ended = program.run("preview", "invoices", "--json", "--csv", str(tmp_path / "preview.csv"))
    ends = [each for each in ended.events if each["event"] == "run_finished"]
    assert [each["exit_code"] for each in ends] == [ended.code]
    assert table(tmp_path / "preview.csv")


def test_a_kept_preview_is_written_without_asking_sage_or_quadient_ap(program: Program, tmp_path: Path) -> None:
    with program.served():
        assert program.run("sync", "--json").code in (0, 1)
    before = rows(program.home / "store.sqlite", "SELECT id FROM runs")
    ended = program.run("preview", "payments", "--kept", "--csv", str(tmp_path / "p.csv"), "--json")
    assert ended.code == 0, ended.err
    assert ended.event("run_finished")["summary"]["files"] == [str(tmp_path / "p.csv")]
    assert {each["Kind"] for each in table(tmp_path / "p.csv")} == {"Payment"}
    assert rows(program.home / "store.sqlite", "SELECT id FROM runs") == before


def test_a_preview_that_was_never_made_is_not_an_empty_one(program: Program, tmp_path: Path) -> None:
    ended = program.run("preview", "invoices", "--kept", "--pdf", str(tmp_path / "p.pdf"))
    assert ended.code == 7
    assert "There is no preview of invoices yet" in ended.err
    assert not (tmp_path / "p.pdf").exists()


def test_what_changed_since_the_last_preview_is_told_until_it_is_sent(
    program: Program, world: dict[str, Any], tmp_path: Path
) -> None:
    assert program.run("sync", "--json").code in (0, 1)
    store = program.home / "store.sqlite"
    ((id_, old),) = rows(
        store,
        "SELECT id, json_extract(payload, '$.description') FROM documents"
        " WHERE kind = 'invoice' AND state = 'ready' ORDER BY id LIMIT 1",
    )
    url = f"{world['quadient_ap']['admin_url']}invoices/{id_}"
    assert requests.patch(url, json={"description": "Changed in the meantime"}, timeout=10).ok
    for _ in range(2):
        shown = program.run("preview", "invoices", "--csv", str(tmp_path / "p.csv"))
        assert f"Description was {old} and is now Changed in the meantime." in shown.out
    changed = {each["Quadient AP"]: each["Changed since first previewed"] for each in table(tmp_path / "p.csv")}
    assert {key for key, words in changed.items() if words} == {id_}
    assert program.run("send", "invoices", "--id", id_).code in (0, 1)
    assert "is now Changed in the meantime" not in program.run("preview", "invoices").out


def test_a_change_that_is_taken_back_is_none(program: Program, world: dict[str, Any]) -> None:
    assert program.run("sync", "--json").code in (0, 1)
    ((id_, old),) = rows(
        program.home / "store.sqlite",
        "SELECT id, json_extract(payload, '$.description') FROM documents"
        " WHERE kind = 'invoice' AND state = 'ready' ORDER BY id LIMIT 1",
    )
    url = f"{world['quadient_ap']['admin_url']}invoices/{id_}"
    assert requests.patch(url, json={"description": "Changed in the meantime"}, timeout=10).ok
    assert "changed since" in program.run("preview", "invoices").out
    assert requests.patch(url, json={"description": old}, timeout=10).ok
    assert "changed since" not in program.run("preview", "invoices").out


def test_the_totals_of_a_send_are_written_then_and_again_later(
    program: Program, world: dict[str, Any], tmp_path: Path
) -> None:
    assert program.run("sync", "--json").code in (0, 1)
    now, later = tmp_path / "now.csv", tmp_path / "later.csv"
    sent = program.run("send", "invoices", "--all-ready", "--csv", str(now), "--pdf", str(tmp_path / "now.pdf"))
    assert sent.code in (0, 1), sent.err
    ((run,),) = rows(program.home / "store.sqlite", "SELECT id FROM runs ORDER BY started_at DESC LIMIT 1")
    again = program.run("history", "--run", run, "--csv", str(later), "--json")
    assert again.event("run_finished")["summary"]["files"] == [str(later)]
    assert now.read_bytes() == later.read_bytes()
    *batches, last = table(now)
    journal = [Decimal(amount) for (amount,) in rows(program.home / "store.sqlite", "SELECT amount FROM journal")]
    assert sum(Decimal(each["Sent amount"]) for each in batches) == Decimal(last["Sent amount"]) == sum(journal)
    assert int(last["Sent"]) == int(last["In Sage"]) == int(last["Acknowledged"]) == len(journal)
    assert {each["Compared"] for each in (*batches, last)} == {"agrees"}
    assert len(PdfReader(tmp_path / "now.pdf").pages) == 1
    assert run in words(tmp_path / "now.pdf")


@pytest.mark.parametrize("command", [("send", "invoices", "--all-ready"), ("preview", "invoices")])
def test_a_place_that_cannot_be_written_is_told_before_anything_is_done(
    program: Program, world: dict[str, Any], tmp_path: Path, command: tuple[str, ...]
) -> None:
    ended = program.run(*command, "--pdf", str(tmp_path / "nowhere" / "totals.pdf"))
    assert ended.code == 7
    assert "totals.pdf cannot be written" in ended.err
    assert not (program.home / "store.sqlite").exists()


def test_totals_of_no_run_are_wrong_usage(program: Program, tmp_path: Path) -> None:
    ended = program.run("history", "--csv", str(tmp_path / "t.csv"))
    assert (ended.code, ended.err) == (2, "Control totals are those of one run: name it with --run.\n")
    assert not (tmp_path / "t.csv").exists()
