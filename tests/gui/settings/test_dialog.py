"""The settings dialog: each page, OK, Apply and Cancel, and what it refuses."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import QDate, QLocale, Qt, QTime
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QMessageBox, QPushButton, QTimeEdit, QWidget
from pytestqt.qtbot import QtBot

from app.domain.lists import ListName
from app.engine.store import Store
from app.gui.help.door import HelpDoor
from app.gui.settings.dialog import SettingsDialog
from app.gui.windows_entry import WindowsEntry
from app.schedule import ScheduleSettings
from app.settings import CloudSettings, CompanySettings, Home, SageSettings, Settings, WindowSettings
from tests.test_task_scheduler import FakeSchtasks, windows_of

SAGE = SageSettings("sage", r"C:\Sage\MAS90", "bridge", remote_host="srv")
ABC = CompanySettings("ABC", "Northwind Supply", SAGE, CloudSettings("https://ap.example.com", "client", "le-1"))
XYZ = replace(ABC, code="XYZ", name="Northwind West", check_prefix="Q", workflow_banks=("Z",))
NOTHING = (sys.executable, "-c", "pass")

Open = Callable[..., SettingsDialog]


@pytest.fixture
def home(empty_home: Home) -> Home:
    empty_home.save(Settings((ABC, XYZ)))
    return empty_home


@pytest.fixture
def opened(qtbot: QtBot, home: Home) -> Open:
    def open_(company: str = "ABC", held: Callable[[str], str] = lambda _: "") -> SettingsDialog:
        dialog = SettingsDialog(home, NOTHING, company, held, lambda: None)
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.show()
        return dialog

    return open_


@pytest.fixture
def windows_entry() -> Iterator[tuple[WindowsEntry, FakeSchtasks]]:
    """Jane's entry in a Task Scheduler, which has none yet."""
    schtasks = FakeSchtasks()
    entry = WindowsEntry(windows_of(schtasks, "jane"))
    yield entry, schtasks
    entry.shut_down()


def turn_to(qtbot: QtBot, dialog: SettingsDialog, page: str) -> QWidget:
    """Go to a page the way a person does with the keyboard: by the arrows in the list."""
    place = next(place for place, each in enumerate(dialog.pages) if each.objectName() == page)
    dialog.list.setFocus()
    while dialog.list.currentRow() != place:
        qtbot.keyClick(dialog.list, Qt.Key.Key_Down if dialog.list.currentRow() < place else Qt.Key.Key_Up)
    assert dialog.pages[place].isVisible()
    return dialog.pages[place]


def click(qtbot: QtBot, dialog: QWidget, name: str) -> None:
    button = next(each for each in dialog.findChildren(QPushButton, name) if each.isVisible())
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def press(qtbot: QtBot, page: QWidget, name: str) -> None:
    """Press a tick or a choice by the space bar."""
    widget = page.findChild(QWidget, name)
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_Space)


def trouble(dialog: SettingsDialog) -> str:
    return dialog.findChild(QLabel, "settings_trouble").text()


def test_what_is_not_touched_is_saved_as_it_was(qtbot: QtBot, opened: Open, home: Home) -> None:
    before = home.load()
    assert opened().apply()
    assert home.load() == before


def test_lists_are_switched_off_and_vendors_carry_another_address(qtbot: QtBot, opened: Open, home: Home) -> None:
    dialog = opened()
    page = turn_to(qtbot, dialog, "lists_settings")
    press(qtbot, page, "list_item")
    press(qtbot, page, "address_remit_to")
    page.zone.setFocus()
    qtbot.keyClicks(page.zone, "America/Chicago")
    with qtbot.waitSignal(dialog.saved):
        click(qtbot, dialog, "settings_ok")
    assert dialog.isHidden()
    assert home.load() == Settings(
        (replace(ABC, lists_off=(ListName.ITEM,), vendor_address="remit_to", time_zone="America/Chicago"), XYZ)
    )


def test_orders_come_from_a_day_on_and_pending(qtbot: QtBot, opened: Open, home: Home) -> None:
    dialog = opened()
    page = turn_to(qtbot, dialog, "orders_settings")
    press(qtbot, page, "orders_from_limited")
    page.since.day.setDate(QDate(2026, 1, 31))
    press(qtbot, page, "arrive_as_pa")
    click(qtbot, dialog, "settings_apply")
    assert home.load().company("ABC") == replace(ABC, orders_from=date(2026, 1, 31), orders_arrive_as="PA")
    assert dialog.isVisible()


def test_payments_of_each_company_are_its_own(qtbot: QtBot, opened: Open, home: Home) -> None:
    dialog = opened("XYZ")
    page = turn_to(qtbot, dialog, "payments_settings")
    assert page.prefix.text() == "Q"
    page.prefix.clear()
    qtbot.keyClicks(page.prefix, "W")
    page.banks.item(0).setCheckState(Qt.CheckState.Unchecked)
    dialog.company.setFocus()
    qtbot.keyClick(dialog.company, Qt.Key.Key_Up)
    assert page.prefix.text() == ""
    assert page.findChild(QLabel, "no_banks").isVisible()
    press(qtbot, page, "payments_on")
    click(qtbot, dialog, "settings_ok")
    expected = (replace(ABC, payments_on=False), replace(XYZ, check_prefix="W", workflow_banks=()))
    assert home.load().companies == expected


def test_a_schedule_is_said_in_words_and_not_saved_while_it_is_wrong(qtbot: QtBot, opened: Open, home: Home) -> None:
    dialog = opened()
    page = turn_to(qtbot, dialog, "schedule_settings")
    press(qtbot, page, "schedule_on")
    times = page.findChild(QLineEdit, "schedule_times")
    times.clear()
    qtbot.keyClicks(times, "8 o'clock")
    turn_to(qtbot, dialog, "about_settings")
    click(qtbot, dialog, "settings_ok")
    assert dialog.isVisible()
    assert page.isVisible(), "the page with the mistake comes to the front"
    assert "allowed are times like 8:00\u202fAM" in trouble(dialog)
    assert home.load().schedule == ScheduleSettings()

    times.clear()
    qtbot.keyClicks(times, "07:30, 13:00")
    assert page.findChild(QLabel, "schedule_sentence").text() == ("Monday to Friday at 7:30\u202fAM and 1:00\u202fPM.")
    click(qtbot, dialog, "settings_ok")
    assert home.load().schedule == ScheduleSettings(on=True, times=("07:30", "13:00"))


@pytest.mark.parametrize(
    ("country", "shown", "typed"),
    [
        (QLocale.Country.UnitedStates, "8:00\u202fAM", "7:30 am, 1:05\u202fPM"),
        (QLocale.Country.Canada, "08 h 00", "07 h 30, 13 h 05"),
        (QLocale.Country.Canada, "08 h 00", "7:30, 13:05"),
    ],
)
def test_times_of_the_schedule_stand_and_are_typed_as_this_computer_writes_them(
    qtbot: QtBot, opened: Open, home: Home, country: QLocale.Country, shown: str, typed: str
) -> None:
    french = country is QLocale.Country.Canada
    QLocale.setDefault(QLocale(QLocale.Language.French if french else QLocale.Language.English, country))
    dialog = opened()
    page = turn_to(qtbot, dialog, "schedule_settings")
    press(qtbot, page, "schedule_on")
    times = page.findChild(QLineEdit, "schedule_times")
    assert times.text() == shown
    assert shown in times.placeholderText()
    assert shown in page.findChild(QLabel, "schedule_sentence").text()
    latest = page.findChild(QTimeEdit, "schedule_latest")
    assert latest.text() == ("20 h 00" if french else "8:00\u202fPM")
    latest.setTime(QTime(18, 30))
    times.setText(typed)
    click(qtbot, dialog, "settings_ok")
    assert home.load().schedule == ScheduleSettings(on=True, times=("07:30", "13:05"), latest="18:30")


def test_f1_opens_the_page_about_what_is_set(qtbot: QtBot, opened: Open) -> None:
    door, dialog = HelpDoor(), opened()
    for page, told in (("window_settings", "settings"), ("schedule_settings", "schedule")):
        turn_to(qtbot, dialog, page)
        with qtbot.waitActive(dialog):
            dialog.activateWindow()
        qtbot.keyClick(dialog, Qt.Key.Key_F1)
        assert door.window.place == (told, "")
        door.close_window()
    door.close()


def test_what_stands_in_for_notifications_is_said_under_their_tick(qtbot: QtBot, opened: Open) -> None:
    page = turn_to(qtbot, opened(), "window_settings")
    box, said = page.findChild(QCheckBox, "notifications"), page.findChild(QLabel, "notifications_note")
    assert said.text() == "While AP Bridge is not in the notification area, its button in the taskbar blinks instead."
    assert said.isVisible()
    assert said.mapTo(page, said.rect().topLeft()).y() >= box.mapTo(page, box.rect().bottomLeft()).y()


def test_the_windows_looks_and_notifications_are_kept(qtbot: QtBot, opened: Open, home: Home) -> None:
    dialog = opened()
    page = turn_to(qtbot, dialog, "window_settings")
    page.theme.setFocus()
    qtbot.keyClick(page.theme, Qt.Key.Key_End)
    press(qtbot, page, "notifications")
    press(qtbot, page, "tray")
    click(qtbot, dialog, "settings_ok")
    assert home.load().window == WindowSettings(theme="dark", tray=True, notifications=False)


def test_storage_says_where_the_data_is(qtbot: QtBot, opened: Open, home: Home) -> None:
    page = turn_to(qtbot, opened(), "storage_settings")
    assert page.findChild(QLabel, "storage_where").text() == str(home.path)


def test_cancel_and_esc_save_nothing(qtbot: QtBot, opened: Open, home: Home) -> None:
    before = home.load()
    for leave in (lambda d: click(qtbot, d, "settings_cancel"), lambda d: qtbot.keyClick(d, Qt.Key.Key_Escape)):
        dialog = opened()
        press(qtbot, turn_to(qtbot, dialog, "orders_settings"), "orders_on")
        leave(dialog)
        assert dialog.isHidden()
        assert home.load() == before


def test_a_removed_company_goes_with_ok_and_not_before(qtbot: QtBot, opened: Open, home: Home) -> None:
    dialog = opened()
    turn_to(qtbot, dialog, "companies_settings")
    dialog.companies.list.setCurrentRow(1)
    click(qtbot, dialog, "company_remove")
    question = dialog.findChild(QMessageBox, "remove_question")
    assert "Its passwords are deleted from" in question.informativeText()
    assert "history of what was sent stays on this computer" in question.informativeText()
    assert "last company" not in question.informativeText()
    click(qtbot, question, "remove_yes")
    assert dialog.companies.list.count() == 1
    assert home.load().companies == (ABC, XYZ)
    with qtbot.waitSignal(dialog.removed) as removed:
        click(qtbot, dialog, "settings_ok")
    assert removed.args == [["XYZ"]]
    assert home.load().companies == (ABC,)


def test_the_last_company_goes_too_by_keyboard(qtbot: QtBot, opened: Open, home: Home) -> None:
    home.save(Settings((ABC,)))
    dialog = opened()
    turn_to(qtbot, dialog, "companies_settings")
    press(qtbot, dialog.companies, "company_remove")
    question = dialog.findChild(QMessageBox, "remove_question")
    with qtbot.waitActive(question):
        question.activateWindow()
    assert "begins as at the first start" in question.informativeText()
    assert question.focusWidget().text() == "&Keep"
    qtbot.keyClick(question.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClick(question.focusWidget(), Qt.Key.Key_Space)
    assert dialog.companies.list.count() == 0
    with qtbot.waitSignal(dialog.removed):
        dialog.ok.setFocus()
        qtbot.keyClick(dialog.ok, Qt.Key.Key_Return)
    assert home.load().companies == ()


def test_removing_a_company_with_documents_on_their_way_says_so(qtbot: QtBot, opened: Open, home: Home) -> None:
    store = Store(home.store_file)
    store.write(
        "INSERT INTO journal (company, kind, document, hash, run, state, destination, natural_key, amount, intended_at)"
        " VALUES ('ABC', 'invoice', 'd1', x'00', 'r', 'written', 'invoice_entry', '[]', '1.00', '2026-01-01')"
    )
    store.close()
    dialog = opened()
    turn_to(qtbot, dialog, "companies_settings")
    click(qtbot, dialog, "company_remove")
    question = dialog.findChild(QMessageBox, "remove_question")
    assert "1 document is still on its way" in question.informativeText()
    assert "click Sync Now" in question.informativeText()
    question.reject()


def test_settings_that_were_changed_elsewhere_are_not_overwritten(qtbot: QtBot, opened: Open, home: Home) -> None:
    dialog = opened()
    press(qtbot, turn_to(qtbot, dialog, "orders_settings"), "orders_on")
    elsewhere = Settings((replace(ABC, check_prefix="E"), XYZ))
    home.save(elsewhere)
    click(qtbot, dialog, "settings_ok")
    assert "changed elsewhere" in trouble(dialog)
    assert home.load() == elsewhere

    click(qtbot, dialog, "settings_again")
    assert dialog.findChild(QCheckBox, "orders_on").isChecked()
    press(qtbot, turn_to(qtbot, dialog, "orders_settings"), "orders_on")
    click(qtbot, dialog, "settings_ok")
    assert home.load().company("ABC") == replace(ABC, check_prefix="E", orders_on=False)


def test_a_company_that_a_run_holds_is_not_changed_but_others_are(qtbot: QtBot, opened: Open, home: Home) -> None:
    held = lambda code: "Sync is at work on company ABC." if code == "ABC" else ""  # noqa: E731
    dialog = opened(held=held)
    press(qtbot, turn_to(qtbot, dialog, "orders_settings"), "orders_on")
    click(qtbot, dialog, "settings_ok")
    assert trouble(dialog) == "Sync is at work on company ABC."
    assert home.load().companies == (ABC, XYZ)

    press(qtbot, dialog.pages[2], "orders_on")
    dialog.company.setCurrentIndex(1)
    press(qtbot, dialog.pages[2], "orders_on")
    click(qtbot, dialog, "settings_ok")
    assert home.load().companies == (ABC, replace(XYZ, orders_on=False))


def test_settings_that_cannot_be_read_are_told_and_cannot_be_overwritten(
    qtbot: QtBot, opened: Open, home: Home
) -> None:
    home.settings_file.write_text("{")
    dialog = opened()
    assert "cannot be read" in trouble(dialog)
    assert not dialog.ok.isEnabled()
    assert home.settings_file.read_text() == "{"


KEPT = ScheduleSettings(on=True, times=("09:00",), when_closed=True)


def test_entry_that_windows_has_lost_is_told_and_made_again_by_ok(
    qtbot: QtBot, home: Home, windows_entry: tuple[WindowsEntry, FakeSchtasks]
) -> None:
    entry, schtasks = windows_entry
    home.save(replace(home.load(), schedule=KEPT))
    dialog = SettingsDialog(home, NOTHING, "ABC", lambda _: "", lambda: None, entry=entry)
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(entry.told):
        dialog.show()
    page = turn_to(qtbot, dialog, "schedule_settings")
    told = page.findChild(QLabel, "schedule_in_windows")
    assert told.isVisible()
    assert "Windows has no entry for it" in told.text()
    click(qtbot, dialog, "settings_ok")
    qtbot.waitUntil(lambda: told.text() == "Windows keeps the entry “AP Bridge\\Sync of jane (ACME)” for it.")
    assert "T09:00:00" in (schtasks.definition or "")


def test_nothing_is_said_of_windows_where_nothing_is_wanted_of_it(
    qtbot: QtBot, home: Home, windows_entry: tuple[WindowsEntry, FakeSchtasks]
) -> None:
    entry, schtasks = windows_entry
    dialog = SettingsDialog(home, NOTHING, "ABC", lambda _: "", lambda: None, entry=entry)
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(entry.told):
        dialog.show()
    page = turn_to(qtbot, dialog, "schedule_settings")
    assert not page.findChild(QLabel, "schedule_in_windows").isVisible()
    click(qtbot, dialog, "settings_ok")
    assert dialog.isHidden()
    assert schtasks.definition is None
