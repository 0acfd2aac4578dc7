"""What earlier runs did with a document that is ready again."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.findings import Finding, Severity
from app.domain.invoices import Invoice, InvoiceKey
from app.domain.payments import CheckKey
from app.domain.words import day
from app.engine.run import Run
from app.engine.sending.earlier import find_earlier
from app.engine.sending.journal import Entry, Intent, Journal
from app.engine.sending.natural_key import natural_key
from app.errors import Side, SkipItem
from app.sage.elsewhere import Alike
from app.sage.found import FoundInvoice, Place
from tests.engine.checks.fakes import FakeLedger, make_found, make_found_check, make_invoice, make_payment
from tests.engine.fakes import make_run

OURS = make_found(reference="inv-000123")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made, _ = make_run(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def journal(run: Run) -> Journal:
    return Journal(run)


def preview(run: Run, *ids: str, kind: str = "invoice") -> None:
    """Keep documents as previewed: only their earlier attempts are of interest."""
    run.store.write_many(
        "INSERT INTO documents (company, kind, id, payload, hash, state, findings, previewed_at, run)"
        " VALUES ('ABC', ?, ?, '', x'', 'ready', '', '', '')",
        [(kind, id_) for id_ in ids],
    )


def attempt(journal: Journal, invoice: Invoice, hashed: bytes = b"1") -> Entry:
    (entry,) = journal.intend("invoice", [Intent(invoice, hashed, natural_key(invoice, None))])
    return entry


def earlier(
    journal: Journal, ledger: FakeLedger, *invoices: Invoice, hashed: bytes = b"1"
) -> Mapping[str, list[Finding]]:
    return find_earlier(
        journal, ledger, "invoice", [Intent(each, hashed, natural_key(each, None)) for each in invoices]
    )


def test_a_document_that_sage_has_under_its_former_number_stops_and_names_both(run: Run, journal: Journal) -> None:
    preview(run, "inv-000123")
    journal.written(attempt(journal, make_invoice()), "00012")
    ledger = FakeLedger(invoice_rows={make_invoice().key: (OURS,)})
    renamed = make_invoice(number="INV-9", amount=Decimal("99.00"))
    (finding,) = earlier(journal, ledger, renamed)["inv-000123"]
    assert (finding.code, finding.severity) == ("sent-under-another-number", Severity.STOPS)
    assert finding.message == (
        "AP Bridge already wrote it to Sage: invoice INV-1043 of vendor 01-ACME, dated Nov 3, 2026, 1,204.50, in A/P "
        "Invoice Data Entry, batch 00012. Since then it was changed in Quadient AP: invoice INV-9 of vendor 01-ACME, "
        "dated Nov 3, 2026, 99.00."
    )


@pytest.mark.parametrize("proven", [True, False], ids=["ours", "not-certainly-ours"])
def test_the_fix_names_undo_only_for_what_undo_can_take_out(run: Run, journal: Journal, proven: bool) -> None:
    preview(run, "inv-000123")
    entry = attempt(journal, make_invoice())
    if proven:
        journal.proven(entry.id, "00012", "ABC:01-ACME:INV-1043", {})
    else:
        journal.stopped(entry, "different-in-sage", "It has no mark.", "Look.", [make_found()])
    ledger = FakeLedger(invoice_rows={make_invoice().key: (OURS,)})
    (finding,) = earlier(journal, ledger, make_invoice(number="INV-9"))["inv-000123"]
    assert ("choose Undo, which deletes the one in Sage" in finding.fix) is proven


def test_an_equal_bill_under_the_former_number_stops_though_its_mark_is_gone(run: Run, journal: Journal) -> None:
    preview(run, "inv-000123")
    journal.stopped(attempt(journal, make_invoice()), "different-in-sage", "It has no mark.", "Look.", [make_found()])
    ledger = FakeLedger(invoice_rows={make_invoice().key: (make_found(),)})
    (finding,) = earlier(journal, ledger, make_invoice(number="INV-9"))["inv-000123"]
    assert finding.code == "sent-under-another-number"
    assert finding.message.startswith("Sage has one like it, as it was called before: invoice INV-1043 of vendor")


def test_another_bill_under_a_number_that_was_free_before_stops_since_it_may_be_this_one_edited(
    run: Run, journal: Journal
) -> None:
    preview(run, "inv-000123")
    entry = attempt(journal, make_invoice())
    journal.tried([entry])
    journal.stopped(entry, "different-in-sage", "It has no mark.", "Look.", [make_found()])
    ledger = FakeLedger(invoice_rows={make_invoice().key: (make_found(amount=Decimal("88.00")),)})
    (finding,) = earlier(journal, ledger, make_invoice(number="INV-9"))["inv-000123"]
    assert finding.code == "sent-under-another-number"
    assert "Under that number, Sage now has another one, in A/P Invoice Data Entry, batch 00012" in finding.message


def test_a_payment_that_sage_has_under_its_former_check_number_stops_and_names_both(run: Run, journal: Journal) -> None:
    preview(run, "pay-000123", kind="payment")
    payment, before, now = make_payment(), CheckKey("A", "QP1"), CheckKey("A", "QP2")
    (entry,) = journal.intend("payment", [Intent(payment, b"1", natural_key(payment, before))])
    journal.written(entry, "00031")
    ledger = FakeLedger(check_rows={before: (make_found_check(reference="pay-000123"),)})
    found = find_earlier(journal, ledger, "payment", [Intent(payment, b"1", natural_key(payment, now))])
    (finding,) = found["pay-000123"]
    assert (
        "check QP1 of bank A for vendor 01-ACME, dated Nov 18, 2026, 1,204.50, in A/P Manual Check" in finding.message
    )
    assert "changed in Quadient AP: check QP2 of bank A" in finding.message


@pytest.mark.parametrize(
    ("invoice", "rows"),
    [
        pytest.param(make_invoice(), {make_invoice().key: (OURS,)}, id="the-number-is-the-same"),
        pytest.param(make_invoice(number="INV-9"), {}, id="it-was-deleted-in-sage"),
        pytest.param(
            make_invoice(number="INV-9"),
            {make_invoice().key: (make_found(amount=Decimal("88.00")),)},
            id="it-is-another-ones-now",
        ),
    ],
)
def test_what_sage_does_not_have_under_another_number_is_silent(
    run: Run, journal: Journal, invoice: Invoice, rows: dict[InvoiceKey, tuple[FoundInvoice, ...]]
) -> None:
    preview(run, "inv-000123")
    journal.written(attempt(journal, make_invoice()), "00012")
    assert earlier(journal, FakeLedger(invoice_rows=rows), invoice) == {"inv-000123": []}


def handed_over(journal: Journal) -> Entry:
    entry = attempt(journal, make_invoice())
    journal.tried([entry])
    return entry


@pytest.mark.parametrize("place", [Place.INVOICE_ENTRY, Place.HISTORY])
@pytest.mark.parametrize("number", ["INV-1043", "INV-9"])
def test_what_people_gave_another_number_in_sage_stops_and_names_it(
    run: Run, journal: Journal, place: Place, number: str
) -> None:
    preview(run, "inv-000123")
    journal.absent([handed_over(journal)])
    there = make_invoice(number="INV-1043A").key
    ledger = FakeLedger(invoice_rows={there: (make_found(place, reference="inv-000123"),)})
    (finding,) = earlier(journal, ledger, make_invoice(number=number))["inv-000123"]
    assert (finding.code, finding.severity) == ("renumbered-in-sage", Severity.STOPS)
    assert "invoice INV-1043 of vendor 01-ACME" in finding.message
    assert "Under its number Sage has nothing, but it has INV-1043A, 1,204.50, in" in finding.message


def test_a_check_that_people_gave_another_number_in_sage_stops(run: Run, journal: Journal) -> None:
    preview(run, "pay-000123", kind="payment")
    payment, before, now = make_payment(), CheckKey("A", "QP1"), CheckKey("A", "QP1R")
    intent = Intent(payment, b"1", natural_key(payment, before))
    (entry,) = journal.intend("payment", [intent])
    journal.tried([entry])
    journal.written(entry, "00031")
    ledger = FakeLedger(check_rows={now: (make_found_check(reference="pay-000123"),)})
    (finding,) = find_earlier(journal, ledger, "payment", [intent])["pay-000123"]
    assert finding.code == "renumbered-in-sage"
    assert "it has QP1R, 1,204.50, in A/P Manual Check" in finding.message


def test_where_other_numbers_cannot_be_looked_up_the_document_stops(
    run: Run, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hidden(*_: object) -> None:
        raise SkipItem(
            "table-not-accessible", "Bills cannot be read", "The table is hidden.", "Allow it.", side=Side.SAGE
        )

    preview(run, "inv-000123")
    journal.absent([handed_over(journal)])
    ledger = FakeLedger()
    monkeypatch.setattr(ledger, "invoices_of", hidden)
    (finding,) = earlier(journal, ledger, make_invoice())["inv-000123"]
    assert finding.code == "renumbered-in-sage"
    assert "could not be looked up: Bills cannot be read. The table is hidden." in finding.message


@pytest.mark.parametrize("amount", ["1204.50", "1205.50"], ids=["equal", "edited"])
@pytest.mark.parametrize("reference", ["", "AP Bridge", "AP Bridge inv-0"], ids=["rewritten", "cut", "cut-later"])
def test_what_has_another_number_in_sage_and_no_whole_mark_any_more_stops(
    run: Run, journal: Journal, reference: str, amount: str
) -> None:
    preview(run, "inv-000123")
    journal.absent([handed_over(journal)])
    other = {make_invoice(number="INV-2").key: (make_found(reference=reference, amount=Decimal(amount)),)}
    (finding,) = earlier(journal, FakeLedger(invoice_rows=other), make_invoice())["inv-000123"]
    assert finding.code == "renumbered-in-sage"
    assert (
        f"but it may be INV-2 of {day(make_found().invoice_date)}, 1,{amount[1:]}, in A/P Invoice Data Entry"
        in finding.message
    )


def test_what_is_renumbered_between_the_two_questions_of_a_look_is_found_all_the_same(
    run: Run, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview(run, "inv-000123")
    there = (make_found(reference="AP Bridge inv-000123"),)
    ledger = FakeLedger(invoice_rows={make_invoice(number="INV-2").key: there})
    listed = ledger.invoices_of

    def renumbered_meanwhile(alike: Alike) -> Collection[InvoiceKey]:
        keys = listed(alike)
        ledger.invoice_rows = {make_invoice(number="INV-3").key: there}
        return keys

    monkeypatch.setattr(ledger, "invoices_of", renumbered_meanwhile)
    (finding,) = earlier(journal, ledger, make_invoice())["inv-000123"]
    assert finding.code == "renumbered-in-sage"
    assert "it has INV-3, " in finding.message


def test_what_stands_under_the_number_of_another_document_is_that_one_unless_it_is_equal(
    run: Run, journal: Journal
) -> None:
    preview(run, "inv-000123")
    journal.absent([handed_over(journal)])
    there = make_invoice(number="INV-2")
    ledger = FakeLedger(invoice_rows={there.key: (make_found(amount=Decimal("7.00")),)})
    found = earlier(journal, ledger, make_invoice(), make_invoice(id="inv-000124", number="INV-2"))
    assert found["inv-000123"] == []
    ledger.invoice_rows[there.key] = (make_found(),)
    found = earlier(journal, ledger, make_invoice(), make_invoice(id="inv-000124", number="INV-2"))
    assert [finding.code for finding in found["inv-000123"]] == ["renumbered-in-sage"]


def test_what_stands_under_the_number_of_a_document_that_is_no_longer_ready_is_that_one(
    run: Run, journal: Journal
) -> None:
    preview(run, "inv-000123")
    journal.absent([handed_over(journal)])
    gone = make_invoice(id="inv-000124", number="INV-2")
    attempt(journal, gone)
    ledger = FakeLedger(invoice_rows={gone.key: (make_found(amount=Decimal("7.00")),)})
    assert earlier(journal, ledger, make_invoice())["inv-000123"] == []


@pytest.mark.parametrize(
    "other",
    [make_found(reference="AP Bridge inv-000999"), make_found(amount=Decimal("7.00"), invoice_date=date(2026, 1, 2))],
    ids=["ours", "theirs"],
)
def test_what_sage_had_and_has_no_more_warns_although_the_vendor_has_other_bills(
    run: Run, journal: Journal, other: FoundInvoice
) -> None:
    preview(run, "inv-000123")
    journal.stopped(handed_over(journal), "different-in-sage", "It is gone.", "Look.", [])
    ledger = FakeLedger(invoice_rows={make_invoice(number="INV-2").key: (other,)})
    (finding,) = earlier(journal, ledger, make_invoice())["inv-000123"]
    assert (finding.code, finding.severity) == ("was-in-sage", Severity.WARNS)
    assert finding.message.endswith("Sage has nothing under that number now.")


@pytest.mark.parametrize("ended", ["absent", "refused"])
def test_what_never_was_in_sage_is_silent_about_other_numbers(run: Run, journal: Journal, ended: str) -> None:
    preview(run, "inv-000123")
    entry = handed_over(journal)
    if ended == "absent":
        journal.absent([entry])
    else:
        journal.refused(entry.id, "refused", "The period is closed.", "Open the period.")
    assert earlier(journal, FakeLedger(), make_invoice(), hashed=b"2") == {"inv-000123": []}


def test_a_document_refused_as_it_is_now_warns_with_what_sage_said(run: Run, journal: Journal) -> None:
    preview(run, "inv-000123")
    journal.refused(attempt(journal, make_invoice()).id, "refused", "The period is closed.", "Open the period.")
    (finding,) = earlier(journal, FakeLedger(), make_invoice())["inv-000123"]
    assert (finding.code, finding.severity) == ("refused-before", Severity.WARNS)
    assert finding.message == "Sage refused it the last time: The period is closed."
    assert finding.fix == "Open the period."


def test_a_document_changed_since_sage_refused_it_is_silent(run: Run, journal: Journal) -> None:
    preview(run, "inv-000123")
    journal.refused(attempt(journal, make_invoice()).id, "refused", "The period is closed.", "Open the period.")
    assert earlier(journal, FakeLedger(), make_invoice(), hashed=b"2") == {"inv-000123": []}


def test_two_hundred_renamed_documents_cost_one_look(run: Run, journal: Journal) -> None:
    invoices = [make_invoice(id=f"inv-{place}", number=f"OLD-{place}") for place in range(200)]
    preview(run, *(each.id for each in invoices))
    ledger = FakeLedger()
    with run.store.transaction():
        for each in invoices:
            journal.written(attempt(journal, each), "00012")
            ledger.invoice_rows[each.key] = (make_found(reference=each.id),)
    found = earlier(journal, ledger, *(replace(each, number=f"NEW-{each.id}") for each in invoices))
    assert all([finding.code for finding in findings] == ["sent-under-another-number"] for findings in found.values())
    assert len(found) == 200
    assert ledger.calls == {"invoices": 1}


RECODED = make_invoice(lines=tuple(replace(line, account_key="000000099") for line in make_invoice().lines))


def test_what_sage_has_as_it_was_before_it_was_changed_stops_and_names_the_change(run: Run, journal: Journal) -> None:
    preview(run, "inv-000123")
    journal.written(attempt(journal, make_invoice()), "00012")
    ledger = FakeLedger(invoice_rows={make_invoice().key: (OURS,)})
    (finding,) = earlier(journal, ledger, RECODED, hashed=b"2")["inv-000123"]
    assert (finding.code, finding.severity) == ("duplicate-unposted", Severity.STOPS)
    assert "in A/P Invoice Data Entry, batch 00012. Since then it was changed in Quadient AP. " in finding.message
    assert "account was 000000012 and is now 000000099" in finding.message
    assert "choose Undo, which deletes the one in Sage" in finding.fix


def test_it_goes_on_when_sage_has_it_as_it_is_or_no_more(run: Run, journal: Journal) -> None:
    preview(run, "inv-000123")
    journal.written(attempt(journal, make_invoice()), "00012")
    ledger = FakeLedger(invoice_rows={make_invoice().key: (OURS,)})
    assert earlier(journal, ledger, make_invoice(), hashed=b"1")["inv-000123"] == []
    assert earlier(journal, FakeLedger(), RECODED, hashed=b"2")["inv-000123"] == []
    journal.written(attempt(journal, RECODED, b"2"), "00013")
    assert earlier(journal, ledger, RECODED, hashed=b"2")["inv-000123"] == []


def test_a_change_of_nothing_that_sage_or_a_person_sees_stops_nothing(run: Run, journal: Journal) -> None:
    preview(run, "inv-000123")
    journal.written(attempt(journal, make_invoice()), "00012")
    ledger = FakeLedger(invoice_rows={make_invoice().key: (OURS,)})
    assert earlier(journal, ledger, make_invoice(), hashed=b"2")["inv-000123"] == []


@pytest.mark.parametrize("place", [Place.INVOICE_ENTRY, Place.HISTORY])
def test_what_bears_the_mark_under_another_number_stops_though_this_journal_does_not_know_it(
    journal: Journal, place: Place
) -> None:
    there = make_invoice(number="INV-1").key
    ledger = FakeLedger(invoice_rows={there: (make_found(place, reference="AP Bridge inv-000123"),)})
    (finding,) = earlier(journal, ledger, make_invoice())["inv-000123"]
    assert (finding.code, finding.severity) == ("renumbered-in-sage", Severity.STOPS)
    assert "it has INV-1, 1,204.50, in" in finding.message
    assert "on another computer" in finding.message


@pytest.mark.parametrize(
    "reference", ["", "AP Bridge inv-000999", "AP Bridge inv-00012"], ids=["no-mark", "anothers", "cut"]
)
def test_what_does_not_bear_the_mark_is_another_bill_where_the_journal_knows_nothing(
    journal: Journal, reference: str
) -> None:
    there = make_invoice(number="INV-1").key
    ledger = FakeLedger(invoice_rows={there: (make_found(reference=reference),)})
    assert earlier(journal, ledger, make_invoice()) == {"inv-000123": []}


def test_what_sage_has_under_its_own_number_too_is_for_the_other_checks_to_tell(journal: Journal) -> None:
    marked = make_found(reference="AP Bridge inv-000123")
    there = make_invoice(number="INV-1").key
    ledger = FakeLedger(invoice_rows={there: (marked,), make_invoice().key: (marked,)})
    assert earlier(journal, ledger, make_invoice()) == {"inv-000123": []}


def test_where_marks_cannot_be_looked_for_the_document_stops(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden(*_: object) -> None:
        raise SkipItem("table-not-accessible", "Bills cannot be read", "It is hidden.", "Allow it.", side=Side.SAGE)

    ledger = FakeLedger()
    monkeypatch.setattr(ledger, "invoices_of", hidden)
    (finding,) = earlier(journal, ledger, make_invoice())["inv-000123"]
    assert finding.code == "renumbered-in-sage"
    assert "could not be looked up: Bills cannot be read. It is hidden." in finding.message
