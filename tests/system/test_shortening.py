"""A description that a person shortened: previewed before it is sent, sent as previewed, and ended by a correction."""

from typing import Any

import requests

from app.engine.store import Store
from app.engine.views import DocumentRow, Views
from app.settings import Home
from tests.system.commands import Ended, Program, rows

WORDS = "Annual maintenance, north warehouse"


def too_long(program: Program) -> DocumentRow:
    assert program.run("sync", "--json").code in (0, 1)
    return next(each for each in seen(program) if any(found.code == "description-too-long" for found in each.findings))


def seen(program: Program) -> list[DocumentRow]:
    views = Views(Home(program.home).store_file, "ABC")
    try:
        return views.documents("invoice")
    finally:
        views.close()


def now(program: Program, id_: str) -> DocumentRow:
    return next(each for each in seen(program) if each.id == id_)


def shorten(program: Program, id_: str, *words: str) -> Ended:
    return program.run("shorten", "invoices", "--id", id_, *words, "--json")


def in_entry(world: dict[str, Any], number: str) -> tuple[str, list[str]]:
    file = world["sage"]["file"]
    ((comment,),) = rows(file, "SELECT Comment FROM AP_InvoiceHeader WHERE InvoiceNo = ?", (number,))
    lines = rows(file, "SELECT CommentText FROM AP_InvoiceDetail WHERE InvoiceNo = ?", (number,))
    return comment.strip(), [text.strip() for (text,) in lines]


def test_the_words_are_previewed_first_and_then_stand_in_sage(program: Program, world: dict[str, Any]) -> None:
    before = too_long(program)
    assert shorten(program, before.id, "--description", WORDS).code in (0, 1)
    after = now(program, before.id)
    assert after.document.description == WORDS
    assert after.whole_description == before.document.description
    assert after.sendable
    assert not after.findings
    assert [(each.before, each.now) for each in after.changes] == [(before.document.description, WORDS)]
    ended = program.run("send", "invoices", "--id", before.id, "--json")
    assert ended.code == 0, ended.sentence
    comment, lines = in_entry(world, before.document.number)
    assert comment == WORDS
    assert lines == [f"AP Bridge {before.id}"]
    assert program.run("sync", "--json").code in (0, 1)
    assert now(program, before.id).state == "sent"


def test_without_a_new_preview_nothing_is_sent_in_other_words(program: Program, world: dict[str, Any]) -> None:
    before = too_long(program)
    file = program.home / "store.sqlite"
    kept = rows(file, "SELECT payload, hash FROM documents WHERE id = ?", (before.id,))
    shorten(program, before.id, "--description", WORDS)
    store = Store(file)
    store.write("UPDATE documents SET payload = ?, hash = ? WHERE id = ?", (*kept[0], before.id))
    store.close()
    ended = program.run("send", "invoices", "--id", before.id, "--json")
    assert ended.code == 1
    assert (
        rows(world["sage"]["file"], "SELECT 1 FROM AP_InvoiceHeader WHERE InvoiceNo = ?", (before.document.number,))
        == []
    )


def test_a_correction_in_quadient_ap_ends_the_decision(program: Program, world: dict[str, Any]) -> None:
    before = too_long(program)
    shorten(program, before.id, "--description", WORDS)
    url = f"{world['quadient_ap']['admin_url']}invoices/{before.id}"
    requests.patch(url, json={"description": "Something quite different, and again longer than Sage takes"}, timeout=10)
    requests.post(f"{url}/approve", timeout=10)
    requests.post(f"{url}/mark-for-export", timeout=10)
    assert program.run("sync", "--json").code in (0, 1)
    after = now(program, before.id)
    assert after.document.description.startswith("Something quite different")
    assert after.whole_description == ""


def test_the_whole_description_can_be_had_again(program: Program, world: dict[str, Any]) -> None:
    before = too_long(program)
    shorten(program, before.id, "--description", WORDS)
    assert shorten(program, before.id, "--whole").code in (0, 1)
    after = now(program, before.id)
    assert after.document == before.document
    assert after.whole_description == ""


def test_words_that_sage_cannot_keep_are_refused_and_nothing_changes(program: Program, world: dict[str, Any]) -> None:
    before = too_long(program)
    for words in ("x" * 41, " ", "snow ☃ man"):
        ended = shorten(program, before.id, "--description", words)
        assert ended.code == 1
    assert now(program, before.id).document == before.document


def test_an_invoice_that_is_not_ready_is_told(program: Program, world: dict[str, Any]) -> None:
    too_long(program)
    ended = shorten(program, "inv-nowhere", "--description", WORDS)
    assert ended.code == 1
    assert any(event.get("code") == "not-ready" for event in ended.events)
