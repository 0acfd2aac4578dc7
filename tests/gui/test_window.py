"""The window on a prepared store: what it shows, and what its buttons do."""

import sys
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.domain.codec import canonical
from app.domain.invoices import Destination
from app.domain.lists import ListName
from app.engine.store import Store
from app.engine.views import DocumentRow
from app.errors import ExitCode
from app.gui.help.door import help_address
from app.gui.widgets.table_view import TableView
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.filled import COMPANY, SEND_RUN, SYNC_RUN, add_document, add_event, add_run, invoice
from tests.gui.shell import settle

FAKE = str(Path(__file__).with_name("fake_engine.py"))
PATIENCE = 30_000

Open = Callable[..., MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Open]:
    made: list[MainWindow] = []

    def window(home: Home, mode: str = "done", company: str = COMPANY) -> MainWindow:
        made.append(MainWindow(home, company, (sys.executable, FAKE, mode)))
        qtbot.addWidget(made[-1])
        made[-1].show()
        with qtbot.waitActive(made[-1]):  # keys reach shortcuts of the active window only
            made[-1].activateWindow()
        return made[-1]

    yield window
    for each in made:
        each.shut_down()


def part(window: QWidget, kind: type[QObject], name: str):
    settle(window)
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def seen_at(table: TableView, row: int | None) -> QPoint:
    """Return where a row is seen, once it is scrolled to."""
    index = table.table.index(row, 1)
    table.scrollTo(index)
    return table.visualRect(index).center()


def texts(table: TableView) -> list[list[str]]:
    settle(table)
    rows = map(table.table.row, range(table.table.rowCount()))
    return [[column.text(row) for column in table.table.columns] for row in rows]


def ended(qtbot: QtBot, window: MainWindow):
    return qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE)


def started(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Sequence[str] | None]]:
    """Return the list to which each start of the engine is added, instead of starting it."""
    starts: list[tuple[str, Sequence[str] | None]] = []
    monkeypatch.setattr(window.engine, "start", lambda command, ids=None, arguments=(): starts.append((command, ids)))
    return starts


def amount_of(rows: Sequence[DocumentRow]) -> Decimal:
    return sum((row.document.amount for row in rows), Decimal(0))


def test_there_are_fonts_to_write_with(open_window: Open, home: Home) -> None:
    open_window(home)
    assert QFontDatabase.families()


def test_head_says_whose_books_how_fresh_and_who_was_reached(open_window: Open, home: Home) -> None:
    window = open_window(home)
    assert part(window, QLabel, "company_name").text() == "Northwind Supply (ABC)"
    assert part(window, QLabel, "last_sync").text().startswith("Last sync ")
    assert part(window, QPushButton, "needs_button").text() == "7 need you"
    assert part(window, QLabel, "reach_sage").text().startswith("Sage 100: reached ")
    assert part(window, QLabel, "reach_cloud").text().startswith("Quadient AP: reached ")


def test_empty_store_shows_the_next_step_in_every_tab(open_window: Open, empty_home: Home) -> None:
    window = open_window(empty_home)
    assert part(window, QLabel, "last_sync").text() == "Never synced"
    assert part(window, QLabel, "reach_sage").text() == "Sage 100: not tried yet"
    for number in range(window.tabs.count()):
        window.tabs.setCurrentIndex(number)
        labels = window.findChildren(QLabel)
        shown = [label for label in labels if label.objectName().endswith("_empty") and label.isVisible()]
        assert len(shown) == 1, window.tabs.tabText(number)
        assert "Sync Now" in shown[0].text()


def test_damaged_store_is_told_and_the_window_stays(open_window: Open, home: Home) -> None:
    home.store_file.write_bytes(b"not a database at all" * 1000)
    for beside in ("-wal", "-shm"):
        home.store_file.with_name(home.store_file.name + beside).unlink(missing_ok=True)
    window = open_window(home)
    assert part(window, QLabel, "banner_title").text() == "The store is damaged"
    assert window.isVisible()


def test_lists_show_counts_and_the_records_of_the_chosen_one(open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.lists)
    lists = part(window, TableView, "lists_table")
    assert len(texts(lists)) == 9
    lists.choose("vendor")
    vendor = next(row for row in texts(lists) if row[0] == "Vendor")
    assert vendor[1:5] == ["On", "40", "34", "6"]
    assert vendor[5] == "1"
    records = part(window, TableView, "records_table")
    assert len(texts(records)) == 41
    assert part(window, QLabel, "records_caption").text() == "Vendor: 41 records, 1 set aside"
    zinc = next(row for row in texts(records) if row[0] == "01-ZINC")
    assert zinc[3] == "Set aside"
    assert "longer than 2 characters" in zinc[5]


def test_filter_narrows_the_records_and_esc_brings_them_back(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.lists)
    part(window, TableView, "lists_table").choose("vendor")
    box = part(window, QWidget, "lists_filter")
    records = part(window, TableView, "records_table")
    qtbot.keyClicks(box, "zinc")
    qtbot.waitUntil(lambda: len(texts(records)) == 1)
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert len(texts(records)) == 41


@pytest.mark.parametrize("tab", ["lists", "orders", "invoices"])
def test_a_filter_that_nothing_matches_says_so(qtbot: QtBot, open_window: Open, home: Home, tab: str) -> None:
    window = open_window(home)
    page = getattr(window, tab)
    window.tabs.setCurrentWidget(page)
    assert not page.no_match.isVisible()
    qtbot.keyClicks(page.filter_box, "no such thing")
    qtbot.waitUntil(page.no_match.isVisible)
    assert page.no_match.text() == "Nothing matches. Clear the filter, or choose something else above."
    qtbot.keyClick(page.filter_box, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not page.no_match.isVisible())


def test_an_empty_list_says_so_and_only_a_narrowed_one_speaks_of_the_filter(
    qtbot: QtBot, open_window: Open, home: Home
) -> None:
    store = Store(home.store_file)
    store.write("DELETE FROM checkpoints WHERE list = ?", (ListName.TAX,))
    store.close()
    window = open_window(home)
    window.tabs.setCurrentWidget(window.lists)
    part(window, TableView, "lists_table").choose(ListName.TAX)
    qtbot.waitUntil(window.lists.no_match.isVisible)
    assert window.lists.no_match.text() == "This list has no records yet."
    qtbot.keyClicks(window.lists.filter_box, "zinc")
    qtbot.waitUntil(lambda: window.lists.no_match.text().startswith("Nothing matches."))
    qtbot.keyClick(window.lists.filter_box, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.lists.no_match.text() == "This list has no records yet.")


def test_orders_show_state_reason_lines_and_receipts(open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.orders)
    table = part(window, TableView, "orders_table")
    rows = {row[0]: row for row in texts(table)}
    assert rows["0001004"][7] == "Waiting"
    assert "no approval channel" in rows["0001004"][8]
    assert rows["0001001"][5:7] == ["3", "382.35"]
    assert rows["0001005"][3] == "Drop ship"
    table.choose("0001001")
    detail = window.orders.detail.toPlainText()
    for expected in ("ITEM-2", "100", "40", "25.5", "1.2345", "0000301"):
        assert expected in detail
    table.choose("0009999")
    assert "not a number" in window.orders.detail.toPlainText()


def test_orders_and_payments_made_in_sage_say_what_they_come_to(open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.orders)
    said = part(window, QLabel, "orders_caption")
    rest = "2 did not reach Quadient AP: 382.35 · 1 without an amount"
    assert said.text() == f"19 orders: 6,882.30 · {rest}"
    window.orders.records.set_filter("acme")
    shown = window.orders.records.shown
    amount = f"{sum(row.order.total for row in shown):,.2f}"
    assert said.text() == f"19 orders: 6,882.30 · {len(shown)} shown: {amount} · {rest}"
    part(window, QCheckBox, "orders_trouble").click()
    window.orders.records.set_filter("")
    assert said.text() == f"19 orders: 6,882.30 · 2 shown: 382.35 · {rest}"
    window.tabs.setCurrentWidget(window.payments)
    window.payments.setCurrentWidget(window.payments.from_sage)
    said = part(window, QLabel, "sage_payments_caption")
    assert said.text() == "6 payments: 1,860.00 · 1 did not reach Quadient AP: 310.00"


def test_what_did_not_reach_quadient_ap_is_shown_alone_until_esc(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.orders)
    table = part(window, TableView, "orders_table")
    everything = len(texts(table))
    part(window, QCheckBox, "orders_trouble").click()
    assert {row[7] for row in texts(table)} == {"Waiting", "Set aside"}
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    assert len(texts(table)) == everything


@pytest.mark.parametrize("place", range(6))
def test_esc_closes_the_banner_on_every_tab(qtbot: QtBot, open_window: Open, home: Home, place: int) -> None:
    window = open_window(home)
    window.tabs.setCurrentIndex(place)
    window.banner.say("info", "Sync done")
    focus = next(each for each in window.tabs.currentWidget().findChildren(TableView) if each.isVisible())
    focus.setFocus()
    qtbot.keyClick(focus, Qt.Key.Key_Escape)
    assert window.banner.isHidden()
    window.banner.say("info", "Sync done")
    qtbot.keyClick(window.tabs.tabBar(), Qt.Key.Key_Escape)
    assert window.banner.isHidden()


def test_esc_takes_the_filter_back_before_it_closes_the_banner(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    window.banner.say("info", "Sync done")
    window.invoices.filter_box.setText("acme")
    window.invoices.table.setFocus()
    qtbot.keyClick(window.invoices.table, Qt.Key.Key_Escape)
    assert window.invoices.filter_box.text() == ""
    assert window.banner.isVisible()
    qtbot.keyClick(window.invoices.table, Qt.Key.Key_Escape)
    assert window.banner.isHidden()


def test_ready_invoices_are_ticked_and_the_send_button_says_how_many_and_how_much(
    open_window: Open, home: Home
) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    assert window.tabs.tabText(3) == "&Invoices (12)"
    assert part(window, QLabel, "invoices_ticked").text() == "12 of 12 ticked"
    ticked = window.invoices.documents.ticked()
    assert part(window, QPushButton, "send_invoices").text() == f"Sen&d 12 invoices · {amount_of(ticked):,.2f}"
    sums = part(window, QLabel, "invoices_sums").text()
    assert f"Ticked 12 · {amount_of(ticked):,.2f} (incl. 1 credit note -310.00)" in sums
    assert f"Ready 12 · {amount_of(ticked):,.2f}" in sums
    assert "Warnings 2" in sums
    assert "Blocked 2 · " in sums


def test_invoice_table_and_page_show_all_there_is(open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    table = part(window, TableView, "invoices_table")
    credit = next(row for row in texts(table) if row[2] == "CM-77")
    assert credit[5:] == ["-310.00", "Invoice entry, credit"]
    table.choose("inv-000005")
    page = window.invoices.detail.toPlainText()
    assert "P/O Receipt of Invoice Entry" in page
    assert "BOLT-M8" in page
    table.choose("inv-000014")
    page = window.invoices.detail.toPlainText()
    assert "Account 510-00-01 on line 1 is inactive in Sage." in page
    assert "Make the account active" in page
    assert "Vendor 01-CEDAR is on hold" in page
    table.choose("inv-000015")
    page = window.invoices.detail.toPlainText()
    assert "the fiscal period is closed" in page
    assert "batch 00012" in page


def test_what_needs_the_user_comes_first_then_what_is_ready_by_vendor_and_number(open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)

    def shown() -> list[tuple[bool, str, str, str]]:
        return [
            (row.sendable, row.document.division, row.document.vendor_number, row.document.number)
            for row in window.invoices.documents.shown
        ]

    assert shown() == sorted(shown())
    assert {each[0] for each in shown()} == {False, True}
    before = shown()
    window.refresh()
    assert shown() == before
    window.invoices.table.sortByColumn(6, Qt.SortOrder.AscendingOrder)
    amounts = [row.document.amount for row in window.invoices.documents.shown]
    assert amounts == sorted(amounts), "sorted by hand"
    window.refresh()
    assert [row.document.amount for row in window.invoices.documents.shown] == amounts


def test_accounts_are_shown_as_people_know_them(open_window: Open, home: Home) -> None:
    store = Store(home.store_file)
    store.write("UPDATE checkpoints SET key = '000000012', description = '6980-00-00 Suspense'"
                " WHERE list = 'gl_account' AND key = '000'")  # fmt: skip
    store.close()
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    table = part(window, TableView, "invoices_table")
    for number in ("inv-000001", "inv-000005"):
        table.choose(number)
        page = window.invoices.detail.toPlainText()
        assert "6980-00-00 Suspense" in page
        assert "000000012" not in page
    table.choose("inv-000001")
    assert "000000047" in window.invoices.detail.toPlainText(), "an account not known keeps its key"
    window.tabs.setCurrentWidget(window.orders)
    part(window, TableView, "orders_table").choose("0001001")
    assert "6980-00-00 Suspense" in window.orders.detail.toPlainText()


def test_sent_invoices_are_out_of_sight_until_asked_for(open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    table = part(window, TableView, "invoices_table")
    assert "In Sage" not in [row[0] for row in texts(table)]
    states = part(window, QComboBox, "invoices_states")
    states.setCurrentIndex(states.findText("In Sage"))
    assert [row[0] for row in texts(table)] == ["In Sage", "In Sage"]


def test_vendor_box_narrows_the_preview(open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    vendors = part(window, QComboBox, "invoices_vendors")
    vendors.setCurrentIndex(vendors.findData("01-ACME"))
    assert {row[1] for row in texts(part(window, TableView, "invoices_table"))} == {"01-ACME Acme Tools"}
    assert part(window, QLabel, "invoices_ticked").text() == "12 of 12 ticked"
    assert "10 of them not shown" in part(window, QLabel, "invoices_sums").text()
    part(window, QPushButton, "send_invoices").click()
    assert "10 not shown in the table" in window.invoices.footer.confirm.question.text()


def test_warnings_can_be_looked_at_apart(open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    states = part(window, QComboBox, "invoices_states")
    states.setCurrentIndex(states.findText("With warnings"))
    assert {row[0] for row in texts(part(window, TableView, "invoices_table"))} == {"Ready, warning"}


def test_narrowed_to_what_is_not_ticked_the_window_still_fits_a_small_screen(open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    states = part(window, QComboBox, "invoices_states")
    states.setCurrentIndex(states.findText("In Sage"))
    assert window.minimumSizeHint().width() <= 1024
    assert window.minimumSizeHint().height() <= 700


def test_several_chosen_documents_are_decided_about_at_once(
    qtbot: QtBot, open_window: Open, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(home.store_file)
    for number in (16, 17):
        store.write("UPDATE documents SET state = 'undone' WHERE id = ?", (f"inv-{number:06}",))
    store.close()
    window = open_window(home)
    starts = started(window, monkeypatch)
    window.tabs.setCurrentWidget(window.invoices)
    window.invoices.open_record("inv-000016")
    table = part(window, TableView, "invoices_table")
    again, mark = (part(window, QPushButton, f"{name}_invoices") for name in ("send_again", "mark_exported"))
    assert again.text() == "Send A&gain…"
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert (again.text(), mark.text()) == ("Send 2 A&gain…", "Mark 2 as E&xported…")
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    total = invoice(16).amount + invoice(17).amount
    assert window.invoices.settle.confirm.question.text().startswith(f"Mark 2 invoices, {total:,.2f} for export again")
    qtbot.mouseClick(window.invoices.settle.confirm.yes, Qt.MouseButton.LeftButton)
    assert starts == [("send-again invoices", ["inv-000016", "inv-000017"])]


def test_only_what_can_be_done_with_each_chosen_document_is_offered(
    qtbot: QtBot, open_window: Open, home: Home
) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    window.invoices.open_record("inv-000015")  # in Sync Error; the next one is blocked
    table = part(window, TableView, "invoices_table")
    again, mark = (part(window, QPushButton, f"{name}_invoices") for name in ("send_again", "mark_exported"))
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert (again.isVisible(), mark.isVisible()) == (False, True)
    sent = window.invoices.documents.position("inv-000016")  # in Sage
    qtbot.mouseClick(
        table.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ControlModifier,
        seen_at(table, sent),
    )
    assert [row.id for row in table.chosen()] == ["inv-000015", "inv-000013", "inv-000016"]
    assert window.invoices.settle.isHidden()


def test_the_answer_says_how_many_it_is_about(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    settle = window.invoices.settle
    rows = {row.id: row for row in window.invoices.documents.rows}
    failed, sent = rows["inv-000015"], [rows["inv-000016"], rows["inv-000017"]]
    for button, chosen, verb in (
        (settle.mark, [failed], "&Mark as exported"),
        (settle.mark, [failed, failed], "&Mark 2 as exported"),
        (settle.again, [failed, failed], "&Mark 2 for export"),
        (settle.undo, sent[:1], "&Undo it"),
        (settle.undo, sent, "&Undo 2"),
    ):
        settle.show_rows(chosen)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert settle.confirm.yes.text() == verb


def test_there_is_one_question_at_a_time(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    window.invoices.open_record("inv-000015")
    send, settle = window.invoices.footer.confirm, window.invoices.settle.confirm
    qtbot.mouseClick(part(window, QPushButton, "send_again_invoices"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(part(window, QPushButton, "send_invoices"), Qt.MouseButton.LeftButton)
    assert (send.isVisible(), settle.isVisible()) == (True, False)
    qtbot.mouseClick(part(window, QPushButton, "mark_exported_invoices"), Qt.MouseButton.LeftButton)
    assert (send.isVisible(), settle.isVisible()) == (False, True)


def test_not_yet_leads_back_to_the_button_that_asked(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    window.invoices.open_record("inv-000015")
    again = part(window, QPushButton, "send_again_invoices")
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    qtbot.keyClick(window.invoices.settle.confirm.no, Qt.Key.Key_Space)
    assert window.focusWidget() is again


def test_totals_of_a_send_that_was_undone_do_not_tell_to_post_it(open_window: Open, home: Home) -> None:
    store = Store(home.store_file)
    store.write("UPDATE journal SET state = 'undone' WHERE document = 'inv-000016'")
    store.close()
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    told = window.invoices.totals.words.toPlainText()
    assert f"Since then 1 of 2, {invoice(16).amount:,.2f}, were undone" in told
    assert "Post what is left in batch 00012" in told
    store = Store(home.store_file)
    store.write("UPDATE journal SET state = 'undone' WHERE document = 'inv-000017'")
    store.close()
    window.refresh()
    told = window.invoices.totals.words.toPlainText()
    assert "Nothing of this send is left to post." in told
    assert "Post batch" not in told


def test_with_nothing_ready_the_send_button_says_so(open_window: Open, home: Home) -> None:
    store = Store(home.store_file)
    store.write("UPDATE documents SET state = 'settled' WHERE state = 'ready'")
    store.close()
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    send = part(window, QPushButton, "send_invoices")
    assert (send.text(), send.isEnabled()) == ("Nothing ready: 2 are blocked", False)
    assert send.accessibleDescription() == "Tick what is to be sent; only what is ready can be ticked"
    store = Store(home.store_file)
    store.write("UPDATE documents SET state = 'settled' WHERE state = 'blocked'")
    store.close()
    window.refresh()
    assert send.text() == "Nothing ready to send"


def test_tick_none_and_tick_all(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    send = part(window, QPushButton, "send_invoices")
    qtbot.mouseClick(part(window, QPushButton, "invoices_tick_none"), Qt.MouseButton.LeftButton)
    assert (send.text(), send.isEnabled()) == ("Nothing ticked: 12 are ready", False)
    qtbot.mouseClick(part(window, QPushButton, "invoices_tick_all"), Qt.MouseButton.LeftButton)
    assert send.isEnabled()
    assert len(window.invoices.documents.ticked()) == 12


def test_unticked_documents_stay_unticked_after_a_restart_also_when_they_have_changed(
    open_window: Open, home: Home
) -> None:
    window = open_window(home)
    documents = window.invoices.documents
    documents.tick([row for row in documents.rows if row.id in ("inv-000001", "inv-000002")], on=False)
    window.close()
    store = Store(home.store_file)
    add_document(store, "invoice", invoice(2, description="Another text"))
    store.write(
        "UPDATE documents SET known = ?, known_at = previewed_at WHERE id = 'inv-000002'",
        (canonical(invoice(2)).decode(),),
    )
    store.close()
    window = open_window(home)
    assert [row.id for row in window.invoices.documents.unticked()] == ["inv-000001", "inv-000002"]
    window.tabs.setCurrentWidget(window.invoices)
    window.invoices.open_record("inv-000002")
    assert "It was not ticked, and has been changed since" in window.invoices.detail.toPlainText()
    window.invoices.open_record("inv-000001")
    assert "It was not ticked" not in window.invoices.detail.toPlainText()


def test_unticked_document_that_is_gone_is_forgotten(open_window: Open, home: Home) -> None:
    documents = open_window(home).invoices.documents
    (gone, *_) = documents.ticked()
    documents.tick([gone], on=False)
    store = Store(home.store_file)
    store.write("UPDATE documents SET state = 'gone' WHERE id = ?", (gone.id,))
    assert open_window(home).invoices.documents.unticked() == []
    store.write("UPDATE documents SET state = 'ready' WHERE state = 'gone'")
    store.close()
    assert open_window(home).invoices.documents.unticked() == []


def test_nothing_is_sent_before_the_question_is_answered(
    qtbot: QtBot, open_window: Open, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(home)
    starts = started(window, monkeypatch)
    window.tabs.setCurrentWidget(window.invoices)
    window.invoices.documents.tick(sorted(window.invoices.documents.rows, key=lambda row: row.id)[:10], on=False)
    left = window.invoices.documents.ticked()
    qtbot.mouseClick(part(window, QPushButton, "send_invoices"), Qt.MouseButton.LeftButton)
    assert starts == []
    question = window.invoices.footer.confirm.question.text()
    assert question == (
        f"Send 2 invoices, {amount_of(left):,.2f}, to Sage company ABC? The sum includes 1 credit note -310.00. "
        "2 to A/P Invoice Data Entry. They go to unposted batches; nothing is posted."
    )
    qtbot.mouseClick(window.invoices.footer.confirm.yes, Qt.MouseButton.LeftButton)
    assert starts == [("send invoices", [row.id for row in left])]


def test_no_means_no_and_so_does_esc(
    qtbot: QtBot, open_window: Open, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(home)
    starts = started(window, monkeypatch)
    window.tabs.setCurrentWidget(window.invoices)
    confirm = window.invoices.footer.confirm
    for refuse in (
        lambda: qtbot.mouseClick(confirm.no, Qt.MouseButton.LeftButton),
        lambda: qtbot.keyClick(confirm.no, Qt.Key.Key_Escape),
        window.invoices.escape,
    ):
        qtbot.mouseClick(part(window, QPushButton, "send_invoices"), Qt.MouseButton.LeftButton)
        assert confirm.isVisible()
        refuse()
        assert confirm.isHidden()
    assert starts == []


def test_question_is_taken_back_when_what_it_asks_about_changes(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    qtbot.mouseClick(part(window, QPushButton, "send_invoices"), Qt.MouseButton.LeftButton)
    window.invoices.documents.tick(window.invoices.documents.ticked()[:1], on=False)
    assert window.invoices.footer.confirm.isHidden()


def test_totals_show_what_was_sent_and_what_was_not(open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    window.invoices.show_totals()
    (row,) = texts(part(window, TableView, "totals_table"))
    assert row[0] == "00012"
    assert row[2] == row[4] == row[6] == "2"
    assert row[3] == row[5] == row[7]
    assert row[8] == "Agrees"
    words = window.invoices.totals.words.toPlainText()
    assert "1 was not sent" in words
    assert "INV-1015: Sage says: the fiscal period is closed." in words
    assert "Open the period" in words


def test_what_was_not_sent_leads_to_the_help_about_its_reason(open_window: Open, home: Home) -> None:
    store = Store(home.store_file)
    store.write("UPDATE journal SET code = 'sage-refused' WHERE code = 'refused'")
    store.close()
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    window.invoices.show_totals()
    words = window.invoices.totals.words
    assert words.toPlainText().count("Learn more") == 1
    assert f'href="{help_address("sage-refused")}"' in words.toHtml()


def test_totals_of_several_batches_are_added_up_and_the_batches_named(open_window: Open, home: Home) -> None:
    store = Store(home.store_file)
    amounts = ("-310.00",) * 3
    store.write("INSERT INTO totals VALUES (?, ?, ?, '00004', 1, 1, ?, 1, ?, 1, ?, '[]')",
                (SEND_RUN, COMPANY, Destination.RECEIPT_OF_INVOICE, *amounts))  # fmt: skip
    store.close()
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    window.invoices.show_totals()
    table = part(window, TableView, "totals_table")
    first, second, total = texts(table)
    assert total[:3] == ["All", "", "3"]
    added = sum(Decimal(row[3].replace(",", "")) for row in (first, second))
    assert total[3] == total[5] == total[7] == f"{added:,.2f}"
    assert table.table.data(table.table.index(2, 0), Qt.ItemDataRole.FontRole).bold()
    titles = [column.title for column in table.table.columns]
    assert titles[2:8] == [
        "Sent", "Sent amount", "In Sage", "Sage amount", "Acknowledged", "Acknowledged amount",
    ]  # fmt: skip
    words = window.invoices.totals.words.toPlainText()
    assert (
        "Post batch 00012 in A/P Invoice Data Entry and batch 00004 in P/O Receipt of Invoice Entry when you are ready."
    ) in words


def test_totals_that_differ_name_the_documents(open_window: Open, home: Home) -> None:
    store = Store(home.store_file)
    store.write("UPDATE totals SET sage_count = 1, differing = '[\"inv-000016\"]'")
    store.close()
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    (row,) = texts(part(window, TableView, "totals_table"))
    assert row[8] == "1 differs"
    assert "These differ: Invoice INV-1016." in window.invoices.totals.words.toPlainText()


def test_payments_show_bank_check_and_invoices_paid(open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.payments)
    rows = texts(part(window, TableView, "payments_table"))
    assert rows[0] == [
        "Ready", "A", "-88001", "PP-88001", "01-ACME Acme Tools", "11/20/26", "1,500.00", "INV-900, INV-901",
    ]  # fmt: skip
    assert part(window, QPushButton, "send_payments").text() == "Sen&d 2 payments · 3,000.00"


def test_payments_made_in_sage_show_how_they_fared(open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.payments)
    window.payments.setCurrentWidget(window.payments.from_sage)
    table = part(window, TableView, "sage_payments_table")
    rows = texts(table)
    assert [row[0] for row in rows].count("Waiting") == 1
    assert "88-1 is not Exported" in next(row for row in rows if row[0] == "Waiting")[-1]
    assert table.horizontalScrollBar().maximum() == 0
    arrived = next(row for row in table.table.rows if row.state == "acknowledged")
    table.choose(table.table.identity(arrived))
    said = window.payments.from_sage.detail.toPlainText()
    assert "In Quadient AP, last sent " in said
    paid = arrived.payment
    assert f"Check {paid.check_number} (bank {paid.bank_code}), {paid.vendor_name}, 310.00: In Quadient AP" in said


@pytest.mark.parametrize(
    ("tab", "table", "key"),
    [
        ("orders_tab", "orders_table", "0001004"),
        ("lists_tab", "records_table", "01-ZINC"),
        ("invoices_tab", "invoices_table", "inv-000013"),
        ("payments_views", "sage_payments_table", "B-0000005002-000000"),
    ],
)
def test_what_needs_you_opens_where_it_is(
    qtbot: QtBot, open_window: Open, home: Home, tab: str, table: str, key: str
) -> None:
    window = open_window(home)
    needs = part(window, TableView, "needs_table")
    row = next(row for row in needs.table.rows if row.key == key)
    assert needs.choose(needs.table.identity(row))
    there = part(window, TableView, table)
    for opened in (lambda: qtbot.keyClick(needs, Qt.Key.Key_Return), part(window, QPushButton, "need_open").click):
        window.tabs.setCurrentWidget(window.overview)
        there.choose_none()
        opened()
        assert window.tabs.currentWidget().objectName() == tab
        assert there.table.identity(part(window, TableView, table).current()) == key


def test_what_a_run_asked_as_a_whole_opens_that_run(qtbot: QtBot, open_window: Open, home: Home) -> None:
    store = Store(home.store_file)
    add_event(store, SYNC_RUN, "attention", code="many-deletions", title="40 items vanished", message="M.", fix="F.")
    add_run(store, "run-shut", "check invoices", 1, "failed", ExitCode.SAGE_UNREACHABLE)
    error = '{"error":{"code":"sage-single-user","title":"Single-user mode","message":"M.","fix":"F."}}'
    store.write("UPDATE runs SET summary = ? WHERE id = 'run-shut'", (error,))
    store.close()
    window = open_window(home)
    needs = part(window, TableView, "needs_table")
    for title, run in (("40 items vanished", SYNC_RUN), ("Single-user mode", "run-shut")):
        window.tabs.setCurrentWidget(window.overview)
        assert needs.choose(needs.table.identity(next(row for row in needs.table.rows if row.title == title)))
        qtbot.keyClick(needs, Qt.Key.Key_Return)
        assert window.tabs.currentWidget() is window.activity
        assert window.activity.runs_table.current().id == run


@pytest.mark.parametrize(("kind", "tab"), [("invoice", "invoices"), ("payment", "payments")])
def test_a_document_that_cannot_be_read_leaves_no_other_chosen_in_its_place(
    qtbot: QtBot, open_window: Open, home: Home, kind: str, tab: str
) -> None:
    store = Store(home.store_file)
    store.write(
        "INSERT INTO checkpoints (company, list, key, active, description, state, code, reason, fix, run)"
        " VALUES (?, ?, 'odd-1', 1, '', 'quarantined', 'unreadable', 'It has no amount.', 'Correct it.', ?)",
        (COMPANY, f"unreadable_{kind}", SYNC_RUN),
    )
    store.close()
    window = open_window(home)
    window.tabs.setCurrentWidget(getattr(window, tab))
    documents = part(window, TableView, f"{tab}_table")
    assert documents.current() is not None
    window.tabs.setCurrentWidget(window.overview)
    needs = part(window, TableView, "needs_table")
    assert needs.choose(needs.table.identity(next(row for row in needs.table.rows if row.key == "odd-1")))
    qtbot.keyClick(needs, Qt.Key.Key_Return)
    assert documents.isVisible()
    assert (documents.current(), documents.chosen()) == (None, [])
    view = window.payments.to_sage if kind == "payment" else window.invoices
    assert view.detail.toPlainText() == "Choose a line above to see all of it here."
    assert part(window, QLabel, "banner_message").text() == "It has no amount. Correct it."


@pytest.mark.parametrize("left", [True, False], ids=["others are done", "none was ever there"])
@pytest.mark.parametrize(("kind", "tab"), [("invoice", "invoices"), ("payment", "payments")])
def test_where_the_only_marked_one_cannot_be_read_the_tab_does_not_say_that_none_is_marked(
    open_window: Open, home: Home, kind: str, tab: str, left: bool
) -> None:
    store = Store(home.store_file)
    store.write("UPDATE documents SET state = 'settled'" if left else "DELETE FROM documents")
    store.write(
        "INSERT INTO checkpoints (company, list, key, active, description, state, code, reason, fix, run)"
        " VALUES (?, ?, 'odd-1', 1, '', 'quarantined', 'unreadable', 'It has no amount.', 'Correct it.', ?)",
        (COMPANY, f"unreadable_{kind}", SYNC_RUN),
    )
    store.close()
    window = open_window(home)
    window.tabs.setCurrentWidget(getattr(window, tab))
    view = window.payments.to_sage if kind == "payment" else window.invoices
    settle(window)
    told = view.no_match if left else view.empty.words
    assert told.isVisible()
    assert f"1 {kind} is marked for export in Quadient AP, and cannot be read. See Overview" in told.text()


def test_reason_too_long_for_its_cell_stands_below_in_full(open_window: Open, home: Home) -> None:
    window = open_window(home)
    needs = part(window, TableView, "needs_table")
    zinc = next(row for row in needs.table.rows if row.key == "01-ZINC")
    needs.choose(needs.table.identity(zinc))
    reason = part(window, QLabel, "need_reason")
    assert reason.text() == (
        f"What: {zinc.title}\n"
        "Why: The terms code “4B” in AP_Vendor.TermsCode is longer than 2 characters.\n"
        "What to do: Correct the vendor's terms in Sage, then sync again."
    )
    window.tabs.setCurrentWidget(window.lists)
    part(window, TableView, "lists_table").choose("vendor")
    part(window, TableView, "records_table").choose("01-ZINC")
    assert "longer than 2 characters" in part(window, QLabel, "record_reason").text()
    part(window, TableView, "records_table").choose("01-V00001")
    assert part(window, QLabel, "record_reason").isHidden()


def test_overview_and_activity_tell_runs_in_sentences(open_window: Open, home: Home) -> None:
    window = open_window(home)
    stages = dict(texts(part(window, TableView, "stages_table")))
    assert stages["Vendor"] == "41 read · 2 new · 39 unchanged · 1 set aside"
    window.tabs.setCurrentWidget(window.activity)
    sentences = [row[1] for row in texts(part(window, TableView, "events_table"))]
    assert sentences[0] == "Sync started for company ABC."
    assert (
        "Vendor, 01-ZINC: set aside. The terms code “4B” is longer than 2 characters. Correct it in Sage." in sentences
    )
    assert "12 invoices are ready (34,210.55) · 2 blocked · 2 with warnings." in sentences
    assert [row[3] for row in texts(part(window, TableView, "runs_table"))] == [
        "Done, needs you", "Done, needs you", "Failed",
    ]  # fmt: skip


def test_undo_is_offered_for_a_run_that_sent_something_and_asks_first(
    qtbot: QtBot, open_window: Open, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(home)
    starts: list[tuple[object, ...]] = []
    monkeypatch.setattr(window.engine, "start", lambda *given: starts.append(given))
    window.tabs.setCurrentWidget(window.activity)
    undo = part(window, QPushButton, "undo_run")
    window.activity.open_run(SYNC_RUN)
    assert undo.isHidden()
    window.activity.open_run(SEND_RUN)
    assert undo.isVisible()
    assert undo.text() == "&Undo 2 invoices…"
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    confirm = window.activity.confirm
    assert confirm.question.text().startswith("Undo ")
    qtbot.keyClick(window.activity, Qt.Key.Key_Escape)
    assert confirm.isHidden()
    assert starts == []
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    window.activity.open_run(SYNC_RUN)
    assert confirm.isHidden(), "the question was about the other run"
    window.activity.open_run(SEND_RUN)
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(part(window, QPushButton, "confirm_undo"), Qt.MouseButton.LeftButton)
    assert starts == [("undo", None, ("--run", SEND_RUN))]
    assert not undo.isEnabled(), "one run at a time"


def test_overview_tells_first_why_the_last_run_failed(open_window: Open, home: Home) -> None:
    store = Store(home.store_file)
    add_run(store, "run-new", "sync", 1, "failed", 3)
    error = '{"error": {"code": "sage-logon-refused", "title": "Sage 100 refused the sign-in", "message": "The password is not right.", "fix": "Enter it anew."}}'  # noqa: E501
    store.write("UPDATE runs SET summary = ? WHERE id = 'run-new'", (error,))
    store.close()
    window = open_window(home)
    assert texts(part(window, TableView, "stages_table")) == [
        ["Sage 100 refused the sign-in", "The password is not right. Enter it anew."]
    ]
    assert part(window, QLabel, "reach_sage").text().startswith("Sage 100: sign-in refused, ")
    assert " · failed " in part(window, QLabel, "last_sync").text()


def test_sync_now_runs_and_refreshes(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    sync = part(window, QPushButton, "sync_button")
    store = Store(home.store_file)
    with ended(qtbot, window):
        qtbot.mouseClick(sync, Qt.MouseButton.LeftButton)
        assert not sync.isEnabled()
        assert not part(window, QPushButton, "send_invoices").isEnabled()
        assert window.run_bar.isVisible()
        add_document(store, "invoice", invoice(99))
    store.close()
    assert sync.isEnabled()
    assert window.run_bar.isHidden()
    assert part(window, QLabel, "banner_title").text() == "Sync done"
    assert part(window, QLabel, "banner_message").text() == "3 new."
    assert window.tabs.tabText(3) == "&Invoices (13)"


def test_f5_syncs(qtbot: QtBot, open_window: Open, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window(home)
    starts = started(window, monkeypatch)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert starts == [("sync", None)]


def test_send_ends_with_the_totals_in_front(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home, "ids")
    window.tabs.setCurrentWidget(window.invoices)
    qtbot.mouseClick(part(window, QPushButton, "send_invoices"), Qt.MouseButton.LeftButton)
    with ended(qtbot, window):
        qtbot.mouseClick(window.invoices.footer.confirm.yes, Qt.MouseButton.LeftButton)
    assert window.invoices.lower.currentWidget() is window.invoices.totals


def test_failure_is_shown_with_why_and_what_to_do(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home, "unreachable")
    with ended(qtbot, window):
        window.start("sync")
    assert part(window, QLabel, "banner_title").text() == "Sage 100 cannot be reached"
    assert part(window, QLabel, "banner_message").text() == "The server did not answer. Start it."
    assert window.banner.isVisible()


def test_what_belongs_to_no_record_is_said_in_the_banner(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home, "attention")
    with ended(qtbot, window):
        window.start("sync")
    assert part(window, QLabel, "banner_title").text() == "The totals do not match"
    assert "Compare them." in part(window, QLabel, "banner_message").text()


def test_cancel_stops_the_run(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home, "cancel")
    with ended(qtbot, window):
        window.start("sync")
        qtbot.mouseClick(part(window, QPushButton, "cancel_button"), Qt.MouseButton.LeftButton)
    assert part(window, QLabel, "banner_title").text() == "Cancelled"


def test_progress_is_told_in_words(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    told: list[str] = []
    window.engine.told.connect(lambda _: told.append(part(window, QLabel, "progress_text").text()))
    with ended(qtbot, window):
        window.start("sync")
    assert "Vendors: 500 of 1,000 · 500/s · about 1 s left" in told


def test_closing_in_mid_run_cancels_it_and_leaves_no_orphan(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home, "cancel")
    with qtbot.waitSignal(window.engine.told, timeout=PATIENCE):
        window.start("sync")
    with qtbot.waitSignal(window.closed, timeout=PATIENCE):
        window.close()
        assert window.isHidden()
    assert not window.engine.running


def test_closing_without_a_run_closes_at_once(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    with qtbot.waitSignal(window.closed, timeout=PATIENCE):
        assert window.close()


def test_window_fits_a_small_screen(open_window: Open, home: Home) -> None:
    window = open_window(home)
    hint = window.minimumSizeHint()
    assert hint.width() <= 1024
    assert hint.height() <= 700
