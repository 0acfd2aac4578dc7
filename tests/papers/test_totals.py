"""Control totals on paper and in Excel."""

import csv
from decimal import Decimal

from app.papers.totals import totals_csv, totals_pdf
from tests.papers.pages import HEADING, credit, has_red, pages, right_ends, totals

NAMES = {"inv-9": "INV-1043 of 01-ACME"}


def flat(page: str) -> str:
    """Return a page's text on one line."""
    return " ".join(page.split())


def test_a_usual_run_is_one_page_with_sums_a_tick_and_lines_to_sign_on() -> None:
    told = pages(totals_pdf(HEADING, [*(totals(f"{number:05}") for number in range(15)), credit()], NAMES))
    assert len(told) == 1
    page = flat(told[0])
    assert "Sum of 15 30 18,067.50 30 18,067.50 30 18,067.50" in page
    assert "All together 31 17,757.50 31 17,757.50 31 17,757.50" in page
    assert "Sent = in Sage 100 = acknowledged by Quadient AP, document by document." in page
    assert "✔" in page
    assert page.index("Compared by") < page.index("Posted by")


def test_credit_notes_are_apart_and_named() -> None:
    (page,) = pages(totals_pdf(HEADING, [totals(), credit()], NAMES))
    assert "A/P Invoice Data Entry, credit notes 1 -310.00 1 -310.00 1 -310.00" in flat(page)
    assert flat(page).index("Sum 2 1,204.50") < flat(page).index("Credit notes")


def test_documents_that_differ_are_named_as_people_know_them() -> None:
    differing = totals(sage_count=1, sage_amount=Decimal("1000.00"), differing=("inv-9",))
    (page,) = pages(totals_pdf(HEADING, [differing, totals("00013")], NAMES, not_sent=2))
    assert "The totals differ: INV-1043 of 01-ACME. Compare them in both programs before you post." in flat(page)
    assert "2 documents were not sent" in flat(page)
    assert "document by document" not in page


def test_what_was_undone_since_is_told() -> None:
    (page,) = pages(totals_pdf(HEADING, [totals()], NAMES, undone=1))
    assert "1 document was undone since: deleted in Sage 100. The totals above are those of the run." in flat(page)


def test_a_run_that_sent_nothing_says_so_without_a_tick() -> None:
    (page,) = pages(totals_pdf(HEADING, [], {}, not_sent=1))
    assert "This run sent nothing to Sage 100." in page
    assert "1 document was not sent" in flat(page)
    assert "✔" not in page


def test_two_hundred_batches_go_on_over_pages_that_each_say_what_they_are() -> None:
    told = pages(totals_pdf(HEADING, [totals(f"{number:05}") for number in range(200)], NAMES))
    assert len(told) > 1
    assert all("Control totals" in page and "Acknowledged amount" in page for page in told)
    assert [page for page in told if "Compared by" in page] == [told[-1]]
    assert "Sum of 200 400 240,900.00" in flat(told[-1])


def test_a_csv_of_totals_ends_with_the_sum_of_the_run() -> None:
    differing = totals(sage_count=1, differing=("inv-9",))
    text = totals_csv("run-7", [differing, credit()], NAMES).decode("utf-8-sig")
    first, second, last = csv.DictReader(text.splitlines(keepends=True))
    assert (first["Compared"], first["Documents that differ"]) == ("differs", "INV-1043 of 01-ACME")
    assert (second["Credit notes"], second["Sent amount"], second["Compared"]) == ("Yes", "-310.00", "agrees")
    assert (last["Where in Sage"], last["Sent"], last["In Sage"], last["Sent amount"]) == ("All", "3", "2", "894.50")


def test_a_csv_of_nothing_is_its_titles() -> None:
    assert totals_csv("run-7", [], {}).decode("utf-8-sig").count("\r\n") == 1


def test_each_row_says_whether_it_agrees() -> None:
    one = totals("00013", sage_count=1, differing=("inv-9",))
    two = totals("00014", sage_count=0, differing=("inv-9", "inv-8"))
    (page,) = pages(totals_pdf(HEADING, [totals(), one, two], NAMES))
    rows = [line.split() for line in page.replace("\n", " ").split("A/P Invoice Data Entry")[1:]]
    assert [row[6:8] for row in rows] == [["✔", "agrees"], ["1", "differs"], ["2", "differ"]]
    assert "Differ: INV-1043 of 01-ACME, inv-8." in page


def test_a_single_batch_is_not_called_a_sum_of_several_and_may_have_no_number() -> None:
    (page,) = pages(totals_pdf(HEADING, [totals("")], NAMES))
    assert "no batch" in page
    assert "Sum of" not in page
    assert "All together" not in page
    assert "Differ" not in page


def test_red_is_for_credit_notes_and_what_differs() -> None:
    assert not has_red(totals_pdf(HEADING, [totals()], NAMES))
    assert has_red(totals_pdf(HEADING, [credit()], NAMES))
    assert has_red(totals_pdf(HEADING, [totals(sage_count=1, differing=("inv-9",))], NAMES))


def test_amounts_end_below_each_other() -> None:
    small = totals("00013", sent_amount=Decimal("1.00"), sage_amount=Decimal("2.00"), cloud_amount=Decimal("3.00"))
    large = totals(
        "00014",
        sent_amount=Decimal("1234567890.12"), sage_amount=Decimal("234567890.12"), cloud_amount=Decimal("34567890.12"),
    )  # fmt: skip
    pdf = totals_pdf(HEADING, [small, large], NAMES)
    assert right_ends(pdf, "1.00", "2.00", "3.00") == right_ends(
        pdf, "1,234,567,890.12", "234,567,890.12", "34,567,890.12"
    )
