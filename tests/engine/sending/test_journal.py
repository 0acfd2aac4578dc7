"""The journal: one entry for each thing that stands in Sage, whatever is tried with the document."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.engine.sending.journal import Entry, Intent, Journal
from app.engine.sending.natural_key import natural_key
from tests.engine.checks.fakes import make_invoice
from tests.engine.fakes import make_run

INVOICE = make_invoice()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(make_run(tmp_path)[0])


def intent(number: str = INVOICE.number, hashed: bytes = b"1") -> Intent:
    invoice = replace(INVOICE, number=number)
    return Intent(invoice, hashed, natural_key(invoice, None))


def proven(journal: Journal, what: Intent) -> Entry:
    (entry,) = journal.intend("invoice", [what])
    journal.written(entry, "00012")
    journal.proven(entry.id, "00012", "ABC:01-ACME:INV-1043", {})
    return entry


def test_what_is_proven_and_not_told_goes_on_as_the_same_entry_in_its_place(journal: Journal) -> None:
    there = proven(journal, intent())
    others = [intent("B-1"), intent(), intent("B-2")]
    entries = journal.intend("invoice", others)
    assert [entry.natural_key for entry in entries] == [each.natural_key for each in others]
    assert [entry.state for entry in entries] == ["intended", "proven", "intended"]
    assert entries[1].id == there.id


@pytest.mark.parametrize("what", [intent(hashed=b"2"), intent("B-1")], ids=["another-payload", "another-number"])
def test_what_differs_from_it_is_another_attempt(journal: Journal, what: Intent) -> None:
    there = proven(journal, intent())
    (entry,) = journal.intend("invoice", [what])
    assert (entry.state, entry.id == there.id) == ("intended", False)
