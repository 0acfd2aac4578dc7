"""Every place that tells a failure leads on to the paragraph about it: each is made to fail, and its link looked at."""

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.domain.findings import Severity
from app.domain.probe import Difference, Installation, ProbeReport
from app.engine.store import Store
from app.errors import ExitCode
from app.gui.help.door import help_address
from app.gui.help.link import LearnMore
from app.gui.papers import PRINT, Paper
from app.gui.probe_dialog import ProbeDialog
from app.gui.settings.dialog import SettingsDialog
from app.gui.setup.wizard import SetupWizard
from app.gui.window import MainWindow
from app.import_jobs import ImportJob, VisualIntegratorSettings
from app.settings import Home, SageSettings
from tests.gui.filled import COMPANY, SYNC_RUN, add_event, add_run
from tests.gui.shell import settle

GUI = Path(__file__).parents[3] / "app" / "gui"
FAKE = str(Path(__file__).parents[1] / "fake_engine.py")
PATIENCE = 30_000
PAPER = Paper("papers invoices", (), "Invoices")
# These tell a fix where no link can be: in a notification, in a table whose chosen row is told in full below it, and in
# what another function tells with its code.
ELSEWHERE = {
    ("notices.py", "news"),
    ("probe_dialog.py", "_difference_columns"),
    ("setup/connection_test.py", "_words"),
    ("story.py", "end"),
    ("tabs/lists.py", "_record_columns"),
    ("tabs/orders.py", "_columns"),
    ("tabs/overview.py", "_need_columns"),
    ("tabs/payments.py", "_sage_columns"),
}

Open = Callable[..., MainWindow]
OpenSettings = Callable[..., SettingsDialog]


@pytest.fixture
def open_window(qtbot: QtBot, home: Home) -> Iterator[Open]:
    made: list[MainWindow] = []

    def window(mode: str = "unreachable", program: str = sys.executable) -> MainWindow:
        made.append(MainWindow(home, COMPANY, (program, FAKE, mode)))
        qtbot.addWidget(made[-1])
        made[-1].show()
        return made[-1]

    yield window
    for each in made:
        each.shut_down()


@pytest.fixture
def open_settings(qtbot: QtBot, home: Home) -> OpenSettings:
    def dialog(mode: str = "unreachable", held: Callable[[str], str] = lambda _: "") -> SettingsDialog:
        made = SettingsDialog(home, (sys.executable, FAKE, mode), COMPANY, held, lambda: None)
        qtbot.addWidget(made)
        made.show()
        return made

    return dialog


def leads_to(shown: QWidget, link: str) -> str:
    """Return the code to whose paragraph a link leads, '' when it is not seen."""
    settle(shown)
    found = shown.findChild(LearnMore, link)
    assert found is not None, link
    if not found.isVisible():
        return ""
    assert help_address(found.code) in found.text()
    return found.code


def page_of(dialog: SettingsDialog, name: str) -> QWidget:
    place = next(place for place, each in enumerate(dialog.pages) if each.objectName() == name)
    dialog.list.setCurrentRow(place)
    return dialog.pages[place]


def test_who_tells_a_fix_knows_the_way_to_the_help() -> None:
    without = set()
    for file in GUI.rglob("*.py"):
        for each in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(each, ast.FunctionDef):
                read = {node.attr for node in ast.walk(each) if isinstance(node, ast.Attribute)}
                if "fix" in read and "code" not in read:
                    without.add((file.relative_to(GUI).as_posix(), each.name))
    assert without == ELSEWHERE


@pytest.mark.logs_warnings
@pytest.mark.parametrize(("mode", "code"), [("unreachable", "sage-unreachable"), ("complaint", "run-broke-off")])
def test_a_paper_or_a_bundle_that_was_not_made(qtbot: QtBot, open_window: Open, mode: str, code: str) -> None:
    window = open_window(mode)
    with qtbot.waitSignal(window.papers.told, timeout=PATIENCE):
        window.papers.want(PAPER, PRINT)
    assert leads_to(window, "banner_learn_more") == code
    window.banner.hide()
    with qtbot.waitSignal(window.support.told, timeout=PATIENCE):
        window.support.make("bundle.zip")
    assert leads_to(window, "banner_learn_more") == code


def test_an_engine_that_cannot_be_started(qtbot: QtBot, open_window: Open) -> None:
    window = open_window(program="no-such-program-on-this-computer")
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE):
        window.start("sync")
    assert leads_to(window, "banner_learn_more") == "engine-not-started"


def test_a_sync_of_all_companies(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    with qtbot.waitSignal(window.sync_all.done, timeout=PATIENCE):
        window.sync_all.start([COMPANY])
    assert window.banner.title.text() == "0 of 1 companies are synced"
    assert leads_to(window, "banner_learn_more") == "sage-unreachable"


@pytest.mark.parametrize(
    ("exit_code", "noted", "code"),
    [
        (ExitCode.COMPUTER, "disk-full", "disk-full"),
        (ExitCode.CLOUD_UNREACHABLE, "cloud-sign-in", "cloud-sign-in"),
        (ExitCode.SAGE_UNREACHABLE, "", "sage-unreachable"),
    ],
    ids=["failed", "refused", "unreachable"],
)
def test_the_line_at_the_foot(open_window: Open, home: Home, exit_code: ExitCode, noted: str, code: str) -> None:
    error = {"code": noted, "title": "A title", "message": "Why.", "fix": "What to do."}
    summary = orjson.dumps({"error": error} if noted else {}).decode()
    store = Store(home.store_file)
    add_run(store, "run-lost", "sync", 1, "failed", exit_code)
    store.write("UPDATE runs SET summary = ? WHERE id = 'run-lost'", (summary,))
    store.close()
    window = open_window()
    assert leads_to(window, "page_state_learn_more") == code


def test_what_happened_in_a_run(open_window: Open, home: Home) -> None:
    store = Store(home.store_file)
    add_event(store, SYNC_RUN, "attention", code="totals-differ", title="They differ", message="Two.", fix="Compare.")
    store.close()
    window = open_window()
    window.tabs.setCurrentWidget(window.activity)
    window.activity.open_run(SYNC_RUN)
    settle(window)
    told = next(each for each in window.activity.events.shown if each.code == "totals-differ")
    window.activity.events_table.choose(str(told.number))
    assert leads_to(window, "event_learn_more") == "totals-differ"


def test_what_differs_in_sage(qtbot: QtBot) -> None:
    missing = Difference("table-missing", Severity.STOPS, "IM_Warehouse", "", "", "", "Needed.", "Ask Sage.")
    there = Installation("", "", "", "", "", "")
    dialog = ProbeDialog(ProbeReport(1, "", "ABC", "", "2026-11-24T13:00:00+00:00", there, (), (), (missing,)))
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.differences_table.choose("table-missing/IM_Warehouse")
    assert leads_to(dialog, "probe_learn_more") == "table-missing"


def test_a_demo_company_that_was_not_made(qtbot: QtBot, empty_home: Home) -> None:
    wizard = SetupWizard(empty_home, (sys.executable, FAKE, "unreachable"), offers_demo=True)
    qtbot.addWidget(wizard, before_close_func=lambda made: made.abandon())
    wizard.show()
    wizard.next.click()
    with qtbot.waitSignal(wizard._maker.ended, timeout=PATIENCE):
        wizard.next.click()
    assert leads_to(wizard, "demo_learn_more") == "sage-unreachable"


def test_a_company_that_was_not_kept(qtbot: QtBot, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    (company,) = home.load().companies
    wizard = SetupWizard(home, (sys.executable, FAKE, "unreachable"), change=company)
    qtbot.addWidget(wizard, before_close_func=lambda made: made.abandon())
    wizard.show()
    wizard._show(wizard.last)
    wizard._draft.secrets["sage"] = "new"
    with qtbot.waitSignal(wizard._saving.failed, timeout=PATIENCE):
        wizard.next.click()
    assert leads_to(wizard, "save_learn_more") == "sage-unreachable"

    def full(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(Home, "save", full)
    wizard.next.click()
    assert "no room" in wizard.last.trouble.text()
    assert leads_to(wizard, "save_learn_more") == "settings-unwritable"
    wizard._show(wizard.last)
    assert leads_to(wizard, "save_learn_more") == ""


def test_a_schedule_that_is_not_allowed(open_settings: OpenSettings) -> None:
    dialog = open_settings()
    page = page_of(dialog, "schedule_settings")
    page.on.setChecked(True)
    page.findChild(QLineEdit, "schedule_times").setText("8 o'clock")
    dialog.apply()
    assert leads_to(dialog, "settings_learn_more") == "schedule-not-allowed"
    page.findChild(QLineEdit, "schedule_times").textEdited.emit("")
    assert leads_to(dialog, "settings_learn_more") == ""


def test_settings_of_sage_that_are_not_allowed(open_settings: OpenSettings, home: Home) -> None:
    settings = home.load()
    (company,) = settings.companies
    home.save(settings.with_company(replace(company, sage=SageSettings("sage", r"C:\Sage", "u", remote_host="srv"))))
    dialog = open_settings()
    page_of(dialog, "sage_settings").dsn.setText("BOOKS")
    dialog.apply()
    assert leads_to(dialog, "settings_learn_more") == "data-source-not-allowed"
    page_of(dialog, "sage_settings").jobs.integrator.setChecked(True)
    dialog.apply()
    assert leads_to(dialog, "settings_learn_more") == "import-jobs-not-allowed"


def test_what_only_all_settings_together_show(open_settings: OpenSettings, home: Home) -> None:
    jobs = VisualIntegratorSettings(invoices=ImportJob("VIWI0A", r"C:\jobs\bills.csv"))
    settings = home.load()
    (company,) = settings.companies
    writes = replace(company, sage=replace(company.sage, writer="visual_integrator", visual_integrator=jobs))
    home.save(settings.with_company(writes).with_company(replace(writes, code="XYZ")))
    dialog = open_settings()
    dialog.apply()
    assert leads_to(dialog, "settings_learn_more") == "settings-invalid"


def test_settings_that_are_not_saved(open_settings: OpenSettings, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = open_settings(held=lambda _: "Sync is at work.")
    page_of(dialog, "orders_settings").on.toggle()
    dialog.apply()
    assert leads_to(dialog, "settings_learn_more") == "company-busy"
    dialog._held = lambda _: ""

    def full(*_: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(Home, "save", full)
        dialog.apply()
    assert leads_to(dialog, "settings_learn_more") == "settings-unwritable"
    home.save(replace(home.load(), look_for_updates=False))
    dialog.apply()
    assert leads_to(dialog, "settings_learn_more") == "settings-changed"
    home.settings_file.write_text("{")
    dialog.findChild(QPushButton, "settings_again").click()
    assert leads_to(dialog, "settings_learn_more") == "settings-unreadable"


def test_a_look_for_a_newer_version_in_vain(qtbot: QtBot, open_settings: OpenSettings) -> None:
    dialog = open_settings()
    page = page_of(dialog, "about_settings")
    with qtbot.waitSignal(dialog._update_engine.ended, timeout=PATIENCE):
        page.look.click()
    assert leads_to(dialog, "update_learn_more") == "sage-unreachable"
