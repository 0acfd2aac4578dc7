"""A preview on paper and in Excel."""

import csv
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.findings import Finding, Severity
from app.domain.invoices import InvoiceLine
from app.domain.payments import PaymentLine
from app.engine.sending.changes import Change
from app.engine.views import Compared, DocumentRow, Step
from app.papers.documents import documents_csv, documents_pdf, lines_csv
from app.papers.shown import Shown
from tests.engine.checks.fakes import make_payment
from tests.engine.fakes import NOW
from tests.papers.pages import HEADING, has_red, named, pages, right_ends, row

STOP = Finding("vendor-missing", Severity.STOPS, "Sage has no such vendor.", "Add the vendor in Sage.")
WARN = Finding("future-date", Severity.WARNS, "The date is in the future.", "Look whether it is right.")
ACCOUNTS = {"000000012": "610-00-00 Office supplies"}


def table(content: bytes) -> list[dict[str, str]]:
    """Return the rows of a CSV file by title."""
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines(keepends=True)))


def payment_row(**changes: object) -> DocumentRow:
    payment = make_payment(**changes)
    return DocumentRow(payment.id, payment, "ready", (), "PAY000123", NOW, ())


def test_each_document_is_one_row_with_all_that_was_found() -> None:
    rows = [row(1), row(2, "blocked", (STOP, WARN), amount=Decimal("-310.00"))]
    first, second = table(documents_csv("invoice", rows))
    assert (first["Status"], first["Kind"], first["Invoice"], first["What was found"]) == (
        "Ready",
        "Invoice",
        "N-1",
        "",
    )
    assert (second["Status"], second["Kind"], second["Amount"]) == ("Blocked", "Credit note", "-310.00")
    assert second["What was found"] == (
        "Blocked: Sage has no such vendor. Add the vendor in Sage. "
        "Warning: The date is in the future. Look whether it is right."
    )


def test_states_are_called_as_in_quadient_ap_and_say_why_it_was_not_sent() -> None:
    step = Step(
        "run-1", "refused", "A/P Invoice Data Entry", "", "", "x", "The period is closed.", "Open it.", NOW, *[None] * 4
    )
    rows = [replace(row(1, "failed"), steps=(step,)), replace(row(2, "asking"), steps=(step,))]
    first, second = table(documents_csv("invoice", rows))
    assert (first["Status"], second["Status"]) == ("Sync Error", "Your decision")
    assert first["What was found"] == second["What was found"] == "Not sent: The period is closed. Open it."


def test_what_changed_since_the_last_preview_is_in_the_row() -> None:
    changed = replace(row(1), changes=(Change("Amount", "1.00", "2.00"),))
    (read,) = table(documents_csv("invoice", [changed]))
    assert read["Status"] == "Ready, changed"
    assert read["Changed since first previewed"] == "Amount was 1.00 and is now 2.00"


def test_payments_have_their_bank_and_check() -> None:
    (read,) = table(documents_csv("payment", [payment_row()]))
    assert (read["Bank"], read["Check"], read["Kind"]) == ("A", "PAY000123", "Payment")


def test_the_lines_of_an_invoice_add_up_to_its_amount() -> None:
    lines = (InvoiceLine(1, "000000012", Decimal("90.00"), "Paper"), InvoiceLine(2, "000000013", Decimal("5.00")))
    amounts = {"amount": Decimal("107.50"), "freight": Decimal("4.50"), "tax": Decimal("8.00")}
    read = table(lines_csv("invoice", [row(1, lines=lines, **amounts)], ACCOUNTS))
    assert [each["Line"] for each in read] == ["1", "2", "Freight", "Sales tax"]
    assert [each["Account"] for each in read] == ["610-00-00 Office supplies", "000000013", "", ""]
    assert sum(Decimal(each["Amount"]) for each in read) == Decimal("107.50")


def test_the_lines_of_a_payment_name_the_invoices() -> None:
    paid = PaymentLine("INV-9", Decimal("10.00"), Decimal("0.20"))
    (read,) = table(lines_csv("payment", [payment_row(lines=(paid,))], {}))
    assert (read["Pays invoice"], read["Amount"], read["Discount"]) == ("INV-9", "10.00", "0.20")


def test_a_page_says_whose_it_is_of_which_run_and_who_printed_it() -> None:
    (page,) = pages(documents_pdf(named("Société Générale d’Équipement €uro"), "invoice", [row()], {}))
    assert "Société Générale d’Équipement €uro (ABC)" in page
    assert "Run run-7" in page
    assert "printed Mar 2, 2026" in page
    assert "Page 1 of 1" in page.replace("\n", "")


def test_ready_credit_notes_and_blocked_documents_are_summed_apart() -> None:
    rows = [
        row(1, amount=Decimal("100.00")),
        row(2, amount=Decimal("1104.50")),
        row(3, amount=Decimal("-310.00")),
        row(4, "blocked", (STOP,), amount=Decimal("77.00")),
    ]
    (page,) = pages(documents_pdf(HEADING, "invoice", rows, {}))
    words = page.split("\n")
    assert ["2 invoices", "1,204.50"] in [words[at : at + 2] for at in range(len(words))]
    assert ["1 credit note", "-310.00"] in [words[at : at + 2] for at in range(len(words))]
    assert ["3 documents", "894.50"] in [words[at : at + 2] for at in range(len(words))]
    assert ["1 invoice", "77.00"] in [words[at : at + 2] for at in range(len(words))]
    assert page.count("All ready") == 1
    assert page.index("-310.00") < page.index("All ready") < page.index("Not ready: needs you first")
    assert "A/P Invoice Data Entry, credit note" in page
    assert "Blocked: Sage has no such vendor. Add the vendor in Sage." in page


def test_an_invoice_of_nothing_is_no_credit_note_and_not_lost() -> None:
    rows = [row(1, amount=Decimal("0.00")), row(2, amount=Decimal("5.00"))]
    (page,) = pages(documents_pdf(HEADING, "invoice", rows, {}))
    assert "2 invoices" in page
    assert "credit note" not in page
    assert "All ready" not in page
    assert [each["Kind"] for each in table(documents_csv("invoice", rows))] == ["Invoice", "Invoice"]


def test_credit_notes_alone_have_one_sum() -> None:
    (page,) = pages(documents_pdf(HEADING, "invoice", [row(1, amount=Decimal("-0.01"))], {}))
    assert "1 credit note" in page
    assert "All ready" not in page


def test_red_is_for_credit_notes_whether_ready_or_not() -> None:
    minus = Decimal("-310.00")
    assert not has_red(documents_pdf(HEADING, "invoice", [row(1), row(2, "blocked", (STOP,))], {}))
    assert has_red(documents_pdf(HEADING, "invoice", [row(1, amount=minus)], {}))
    assert has_red(documents_pdf(HEADING, "invoice", [row(1, "blocked", (STOP,), amount=minus)], {}))


def test_amounts_end_below_each_other() -> None:
    rows = [row(1, amount=Decimal("1.00")), row(2, amount=Decimal("1234567890.12"))]
    small, large = right_ends(documents_pdf(HEADING, "invoice", rows, {}), "1.00", "1,234,567,890.12")
    assert small == large


def test_a_page_shows_what_a_document_is_coded_to_and_what_changed() -> None:
    changed = replace(
        row(1, lines=(InvoiceLine(1, "000000012", Decimal("90.00")),), freight=Decimal("4.50")),
        changes=(Change("Amount", "1.00", "2.00"),),
    )
    (page,) = pages(documents_pdf(HEADING, "invoice", [changed], ACCOUNTS))
    assert "610-00-00 Office supplies 90.00 · freight 4.50" in page
    assert "Changed: Amount was 1.00 and is now 2.00." in page


def test_a_page_names_what_sage_has_instead() -> None:
    compared = (
        Compared("Amount", "30.00", ("31.00", ""), differs=True),
        Compared("Comment", "Paper", ("By hand", ""), differs=False),
    )
    (page,) = pages(documents_pdf(HEADING, "invoice", [replace(row(1, "asking"), compared=compared)], {}))
    assert "Differs: Amount is “30.00” in Quadient AP; in Sage 100: “31.00”." in page
    assert "By hand" not in page


@given(st.text(max_size=90), st.text(max_size=40))
def test_whatever_a_text_holds_there_is_a_page_for_it(name: str, number: str) -> None:
    odd = row(1, vendor_name=name, number=number)
    assert (
        len(pages(documents_pdf(HEADING, "invoice", [replace(odd, findings=(replace(STOP, message=name),))], {}))) == 1
    )


def test_long_names_are_broken_and_not_cut() -> None:
    name = " ".join(f"Word{number}" for number in range(14))
    (page,) = pages(documents_pdf(HEADING, "invoice", [row(1, vendor_name=name, number="W" * 40)], {}))
    assert all(f"Word{number}" in page for number in range(14))
    assert page.replace("\n", "").count("W" * 40) == 1


def test_a_character_that_sage_cannot_hold_is_a_question_mark_with_a_note() -> None:
    (page,) = pages(documents_pdf(HEADING, "invoice", [row(1, vendor_name="Łódź € <b>Sons</b> & Co")], {}))
    assert "?ód? € <b>Sons</b> & Co" in page
    assert "A “?” stands for a character that Sage 100 cannot hold." in page
    (plain,) = pages(documents_pdf(HEADING, "invoice", [row(1, vendor_name="Œuvre €")], {}))
    assert "stands for a character" not in plain


def test_a_thousand_documents_are_numbered_pages_and_none_is_missing() -> None:
    told = pages(documents_pdf(HEADING, "invoice", [row(number) for number in range(1000)], {}))
    text = "\n".join(told)
    assert all(f"\nN-{number}\n" in text for number in range(1000))
    assert all("Northwind Supply (ABC)" in page for page in told)
    assert f"Page {len(told)}\n of {len(told)}" in told[-1]


def test_a_document_with_more_lines_than_a_page_holds_goes_on_on_the_next() -> None:
    lines = tuple(InvoiceLine(number, "000000012", Decimal(number)) for number in range(1, 901))
    told = pages(documents_pdf(HEADING, "invoice", [row(1, lines=lines)], ACCOUNTS))
    assert len(told) > 1
    assert "\n".join(told).count("610-00-00") == 900


def test_an_empty_preview_says_so() -> None:
    (page,) = pages(documents_pdf(HEADING, "payment", [], {}))
    assert "Nothing is ready in Quadient AP." in page


def test_a_preview_of_payments_names_bank_check_and_invoices() -> None:
    (page,) = pages(documents_pdf(HEADING, "payment", [payment_row()], {}))
    assert "PAY000123" in page
    assert "INV-1043 1,204.50" in page
    assert "discount" not in page
    paid = PaymentLine("INV-9", Decimal("10.00"), Decimal("0.20"))
    (page,) = pages(documents_pdf(HEADING, "payment", [payment_row(lines=(paid,))], {}))
    assert "INV-9 10.00, discount 0.20" in page


def test_what_a_window_shows_is_in_its_order_and_summed_by_what_is_ticked() -> None:
    rows = [
        row(4, "blocked", (STOP,), amount=Decimal("77.00")),
        row(3, amount=Decimal("-310.00")),
        row(1, amount=Decimal("100.00")),
        row(5, "sent", amount=Decimal("9.00")),
        row(2, amount=Decimal("1104.50")),
    ]
    shown = Shown(tuple(each.id for each in rows), frozenset(["inv-1", "inv-3"]), "filter “acme”")
    (page,) = pages(documents_pdf(HEADING, "invoice", rows, {}, shown))
    words = page.split("\n")
    assert [word for word in words if word.startswith("N-")] == ["N-4", "N-3", "N-1", "N-5", "N-2"]
    for called, amount in (
        ("1 invoice", "100.00"),
        ("1 credit note", "-310.00"),
        ("2 documents", "-210.00"),
        ("1 document", "1,104.50"),
        ("1 document", "77.00"),
        ("1 document", "9.00"),
    ):
        assert [called, amount] in [words[at : at + 2] for at in range(len(words))]
    assert page.count("Not ticked: it stays here when you send.") == 1
    assert [each["Ticked"] for each in table(documents_csv("invoice", rows, shown))] == ["", "Yes", "Yes", "", "No"]


def test_what_became_ready_after_it_was_shown_is_not_called_ticked() -> None:
    seen = [row(1, "blocked", (STOP,)), row(2)]
    shown = Shown(tuple(each.id for each in seen), frozenset(["inv-2"]), "Not yet sent")
    now = [row(1), row(2)]
    assert [each["Ticked"] for each in table(documents_csv("invoice", now, shown))] == ["No", "Yes"]


def test_what_is_shown_is_passed_on_as_a_line() -> None:
    shown = Shown(("inv-2", "inv-1", "inv-9"), frozenset(["inv-1"]), "filter “é”")
    assert Shown.parsed(shown.line()) == shown
    assert [each.id for each in shown.of([row(1), row(2), row(3)])] == ["inv-2", "inv-1"]


@pytest.mark.parametrize("line", ["", "[]", '{"ids": []}', '{"ids": [1], "ticked": [], "how": ""}'])
def test_a_line_that_does_not_say_what_is_shown_is_refused(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # orjson's own among them
        Shown.parsed(line)
