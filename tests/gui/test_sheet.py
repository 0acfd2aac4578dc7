"""The sheet: what will stand in Sage beside what Sage has, and what befell the document."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import orjson
import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QPalette

from app.domain.codec import plain
from app.engine.sending.sage_now import SageNow
from app.engine.store import Store
from app.gui.style import is_dark, marked_colour
from app.gui.widgets.detail import Differs, Page
from app.sage.found import LedgerAccount, LedgerOpenInvoice, LedgerVendor, Sizes
from app.settings import Home
from tests.gui.filled import COMPANY, NOW, SYNC_RUN, order
from tests.gui.test_window import Open, open_window

__all__ = ["open_window"]

ACME = LedgerVendor("Acme Tools", "A", hold=True, uses_receipt_of_invoice=False, terms="45")

Keep = Callable[[str, SageNow], None]


@pytest.fixture
def keep(home: Home) -> Keep:
    """Keep with a document's preview what Sage had."""

    def kept(document: str, now: SageNow) -> None:
        store = Store(home.store_file)
        store.write("UPDATE documents SET sage = ? WHERE id = ?", (orjson.dumps(plain(now)).decode(), document))
        store.close()

    return kept


def page_of(open_window: Open, home: Home, document: str) -> str:
    window = open_window(home)
    tab = window.invoices if document.startswith("inv") else window.payments.to_sage
    window.tabs.setCurrentWidget(window.invoices if document.startswith("inv") else window.payments)
    tab.open_record(document)
    return tab.detail.toPlainText()


def test_what_the_vendor_decides_in_sage_is_shown_and_marked(open_window: Open, home: Home, keep: Keep) -> None:
    keep("inv-000010", SageNow(ACME, {"000000012": LedgerAccount("510-00", "Supplies", "I")}))
    page = page_of(open_window, home, "inv-000010")
    assert "≠ Acme Tools, payments on hold" in page
    assert "≠ vendor: 45" in page
    assert "≠ 510-00 Supplies, inactive" in page
    assert "≠ 000000047: not in Sage" in page


def test_a_comment_that_sage_cuts_is_shown_as_it_will_stand(open_window: Open, home: Home, keep: Keep) -> None:
    keep("inv-000010", SageNow(ACME, sizes=Sizes(comment=8)))
    page = page_of(open_window, home, "inv-000010")
    assert "≠ Supplies" in page
    assert "Sage takes 8 characters" in page
    assert "AP Bridge inv-000010" in page, "the first line carries the mark"


def test_an_order_line_is_set_beside_the_invoice_line(open_window: Open, home: Home, keep: Keep) -> None:
    there = order(1)
    line = replace(there.lines[0], line_key="000001", ordered=Decimal("50.000000"), unit_cost=Decimal("1.300000"))
    keep("inv-000005", SageNow(ACME, order=replace(there, lines=(line,), receipts=())))
    page = page_of(open_window, home, "inv-000005")
    assert "standard, open" in page
    assert "≠ 50" in page
    assert "≠ 1.30" in page


def test_a_payment_shows_what_is_left_of_each_invoice(open_window: Open, home: Home, keep: Keep) -> None:
    keep("pay-000001", SageNow(ACME, open={"INV-900": LedgerOpenInvoice(Decimal("900.00"), Decimal("0.00"))}))
    page = page_of(open_window, home, "pay-000001")
    assert "900.00" in page
    assert "≠ -100.00" in page
    assert "≠ not open" in page


def test_an_older_preview_has_a_sheet_without_marks(open_window: Open, home: Home) -> None:
    page = page_of(open_window, home, "inv-000010")
    assert "Will stand in Sage" in page
    assert "≠" not in page


def test_the_history_tells_all_that_befell_a_document_and_leads_to_the_run(open_window: Open, home: Home) -> None:
    store = Store(home.store_file)
    store.write(
        "INSERT INTO history (company, kind, document, at, run, what, message) VALUES (?, 'invoice', 'inv-000016', ?,"
        " ?, 'changed', 'Amount was 1.00 and is now 2.00.')",
        (COMPANY, "2026-11-01T08:00:00+00:00", SYNC_RUN),
    )
    (entry,) = store.rows("SELECT id FROM journal WHERE document = 'inv-000016'")
    store.write(
        "INSERT INTO whereabouts (entry, company, stands, balance, since, as_of, run)"
        " VALUES (?, ?, 'paid', '0.00', ?, ?, ?)",
        (entry["id"], COMPANY, NOW.isoformat(), NOW.isoformat(), SYNC_RUN),
    )
    store.close()
    page = page_of(open_window, home, "inv-000016")
    told = [
        "Paid in Sage (first seen by a sync)",
        "Quadient AP was told",
        "In Sage, read back and compared (Invoice entry, batch 00012)",
        "Changed in Quadient AP: Amount was 1.00 and is now 2.00.",
    ]
    assert [page.index(each) for each in told] == sorted(page.index(each) for each in told), "newest first"
    window = open_window(home)
    window.invoices.detail.anchorClicked.emit(QUrl(f"run:{SYNC_RUN}"))
    assert window.tabs.currentWidget() is window.activity
    assert window.activity.runs_table.current().id == SYNC_RUN


@pytest.mark.parametrize(
    ("stands", "balance", "words"),
    [
        ("unposted", None, "Unposted in Sage, as of "),
        ("posted", "40.00", "Posted; 40.00 is left to pay, as of "),
        ("posted", None, "Posted in Sage, as of "),
        ("paid", "0.00", "Paid in Sage, as of "),
        ("gone", None, "Sage has it no longer, as of "),
    ],
)
def test_a_sent_invoice_says_where_it_stands_and_as_of_when(
    open_window: Open, home: Home, stands: str, balance: str | None, words: str
) -> None:
    store = Store(home.store_file)
    (entry,) = store.rows("SELECT id FROM journal WHERE document = 'inv-000016'")
    moment = NOW.isoformat()
    values = (entry["id"], COMPANY, stands, balance, moment, moment, SYNC_RUN)
    store.write(
        "INSERT INTO whereabouts (entry, company, stands, balance, since, as_of, run) VALUES (?, ?, ?, ?, ?, ?, ?)",
        values,
    )
    store.close()
    assert words in page_of(open_window, home, "inv-000016")


def test_what_differs_has_a_mark_and_a_readable_ground() -> None:
    page = Page("#111111", "#222222", "#333333", "#ffe9a8")
    page.table(("", "Sage"), [("Terms", Differs("<45>"))])
    assert "≠ &lt;45&gt;" in page.html()
    for dark, text in ((False, "#000000"), (True, "#eeeeee")):
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Base, QColor("#1f1f1f" if dark else "#ffffff"))
        assert is_dark(palette) is dark
        ground = marked_colour(palette)
        assert abs(ground.lightnessF() - QColor(text).lightnessF()) > 0.5
