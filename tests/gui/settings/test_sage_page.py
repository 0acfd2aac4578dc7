"""The page about Sage 100 in the settings: what only the file knew before, checked beside the field."""

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.gui.settings.dialog import SettingsDialog
from app.gui.settings.sage import SagePage
from app.gui.setup.draft import Draft
from app.gui.setup.sage_pages import SagePlacePage
from app.import_jobs import ImportJob, VisualIntegratorSettings
from app.settings import CloudSettings, CompanySettings, Home, SageSettings, Settings
from tests.gui.settings.test_dialog import click, press, trouble, turn_to

ABC = CompanySettings(
    "ABC", "Northwind", SageSettings("sage", r"C:\Sage\MAS90", "bridge"), CloudSettings("https://a", "client", "le")
)
PREMIUM = replace(ABC, code="PRE", name="Premium", sage=SageSettings("premium", "", "bridge", server=r"SRV\SAGE"))
NOTHING = (sys.executable, "-c", "pass")

Open = Callable[..., SagePage]


@pytest.fixture
def home(empty_home: Home) -> Home:
    empty_home.save(Settings((ABC, PREMIUM)))
    return empty_home


@pytest.fixture
def opened(qtbot: QtBot, home: Home) -> Open:
    def open_(company: str = "ABC", engine: tuple[str, ...] = NOTHING) -> tuple[SettingsDialog, SagePage]:
        dialog = SettingsDialog(home, engine, company, lambda _: "", lambda: None)
        qtbot.addWidget(dialog, before_close_func=lambda made: made.reject())
        with qtbot.waitActive(dialog):
            dialog.show()
        return dialog, turn_to(qtbot, dialog, "sage_settings")

    return open_


def type_into(qtbot: QtBot, page: QWidget, name: str, text: str) -> None:
    field = page.findChild(QLineEdit, name)
    assert field.isVisible()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def said(page: QWidget, name: str) -> str:
    label = page.findChild(QLabel, name)
    return label.text() if label.isVisible() else ""


def test_what_a_bookkeeper_does_not_need_is_folded(qtbot: QtBot, opened: Open) -> None:
    _, page = opened()
    assert not page.dsn.isVisible()
    assert not page.findChild(QWidget, "integrator_settings").isVisible()
    qtbot.mouseClick(page.advanced.head, Qt.MouseButton.LeftButton)
    assert page.dsn.isVisible()
    assert not page.driver.isVisible(), "that is for SQL Server"
    press(qtbot, page, "sage_advanced")
    assert not page.dsn.isVisible()


def test_client_server_host_port_and_waiting_are_kept_by_mouse(qtbot: QtBot, opened: Open, home: Home) -> None:
    dialog, page = opened()
    qtbot.mouseClick(page.advanced.head, Qt.MouseButton.LeftButton)
    type_into(qtbot, page, "sage_host", "sageserver")
    page.port.setValue(20_333)
    page.wait.setValue(600)
    click(qtbot, dialog, "settings_ok")
    settings = home.load()
    assert settings.company("ABC").sage == replace(ABC.sage, remote_host="sageserver", remote_port=20_333)
    assert settings.sage_timeout_seconds == 600
    assert settings.company("PRE") == PREMIUM


def test_a_data_source_and_a_host_do_not_go_together(qtbot: QtBot, opened: Open, home: Home) -> None:
    dialog, page = opened()
    press(qtbot, page, "sage_advanced")
    type_into(qtbot, page, "sage_host", "sageserver")
    assert said(page, "host_trouble") == ""
    type_into(qtbot, page, "sage_dsn", "SOTAMAS90")
    assert "leave one of the two empty" in said(page, "host_trouble")
    assert "leave one of the two empty" in said(page, "dsn_trouble")
    click(qtbot, dialog, "settings_ok")
    assert "leave one of the two empty" in trouble(dialog)
    assert home.load().company("ABC") == ABC

    page.host.clear()
    page.host.textEdited.emit("")
    assert said(page, "dsn_trouble") == ""
    click(qtbot, dialog, "settings_ok")
    assert home.load().company("ABC").sage.dsn == "SOTAMAS90"


def test_premium_takes_a_certificate_and_a_driver_by_keyboard(qtbot: QtBot, opened: Open, home: Home) -> None:
    dialog, page = opened("PRE")
    press(qtbot, page, "sage_advanced")
    assert not page.host.isVisible(), "that is for files"
    type_into(qtbot, page, "sage_driver", "ODBC Driver 18 for SQL Server")
    press(qtbot, page, "sage_trust")
    press(qtbot, page, "sage_encrypt")
    dialog.ok.setFocus()
    qtbot.keyClick(dialog.ok, Qt.Key.Key_Return)
    kept = home.load().company("PRE").sage
    assert (kept.driver, kept.trust_certificate, kept.encrypt) == ("ODBC Driver 18 for SQL Server", True, False)
    assert home.load().company("ABC") == ABC


def test_jobs_of_visual_integrator_are_checked_beside_the_field(qtbot: QtBot, opened: Open, home: Home) -> None:
    dialog, page = opened()
    press(qtbot, page, "writer_integrator")
    assert said(page, "jobs_trouble") == "Name at least one job."
    type_into(qtbot, page, "job_invoices", "VIWI")
    assert "two letters or digits" in said(page, "job_invoices_trouble")
    type_into(qtbot, page, "job_invoices", "viwi0a")
    assert "whole path" in said(page, "job_invoices_trouble")
    click(qtbot, dialog, "settings_ok")
    assert "whole path" in trouble(dialog)
    type_into(qtbot, page, "file_invoices", r"C:\Jobs\invoices.csv")
    assert said(page, "job_invoices_trouble") == ""
    type_into(qtbot, page, "job_checks", "VIWI0A")
    type_into(qtbot, page, "file_checks", r"C:\Jobs\checks.csv")
    assert "Two jobs have one name" in said(page, "jobs_trouble")
    type_into(qtbot, page, "job_checks", "VIWI0B")
    page.jobs.longest.setValue(900)
    press(qtbot, page, "jobs_password")
    click(qtbot, dialog, "settings_ok")
    kept = home.load().company("ABC").sage
    assert kept.writer == "visual_integrator"
    assert kept.visual_integrator == VisualIntegratorSettings(
        invoices=ImportJob("VIWI0A", r"C:\Jobs\invoices.csv"),
        checks=ImportJob("VIWI0B", r"C:\Jobs\checks.csv"),
        timeout_seconds=900,
        password_on_command_line=True,
    )


def test_sages_own_task_scheduler_signs_in_itself(qtbot: QtBot, opened: Open, home: Home) -> None:
    jobs = VisualIntegratorSettings(invoices=ImportJob("VIWI0A", r"C:\Jobs\i.csv"), password_on_command_line=True)
    written = replace(ABC, sage=replace(ABC.sage, writer="visual_integrator", visual_integrator=jobs))
    home.save(Settings((written,)))
    dialog, page = opened()
    assert page.jobs.integrator.isChecked()
    assert page.jobs.password.isVisible()
    page.jobs.started_by.setFocus()
    qtbot.keyClick(page.jobs.started_by, Qt.Key.Key_Down)
    assert not page.jobs.password.isVisible()
    click(qtbot, dialog, "settings_ok")
    kept = home.load().company("ABC").sage.visual_integrator
    assert (kept.started_by, kept.password_on_command_line) == ("task_scheduler", False)


def test_the_connection_is_tested_as_it_stands_on_the_page(qtbot: QtBot, opened: Open) -> None:
    shows = "import sys, json; line = sys.stdin.readline(); " + (
        "told = {'check': 'sage-driver', 'state': 'blocked', 'title': 'Driver', 'message': json.loads(line)['company']"
        "['sage']['dsn'], 'fix': ''}; "
        "print(json.dumps({'v': 1, 'run': 'r', 'at': '2026-01-01T00:00:00+00:00', 'event': 'check', **told}))"
    )
    _, page = opened(engine=(sys.executable, "-c", shows))
    press(qtbot, page, "sage_advanced")
    type_into(qtbot, page, "sage_dsn", "MINE")
    with qtbot.waitSignal(page.test.ended, timeout=30_000):
        qtbot.mouseClick(page.findChild(QPushButton, "test_sage"), Qt.MouseButton.LeftButton)
    assert "MINE" in " ".join(label.text() for label in page.findChildren(QLabel, "test_answer"))
    type_into(qtbot, page, "sage_dsn", "OTHER")
    assert not [label for label in page.findChildren(QLabel, "test_answer") if label.isVisible()], "no longer true"


def test_premium_with_a_data_source_of_its_own_and_back(qtbot: QtBot, opened: Open, home: Home) -> None:
    dialog, page = opened("PRE")
    press(qtbot, page, "sage_advanced")
    type_into(qtbot, page, "sage_dsn", "SAGESQL")
    click(qtbot, dialog, "settings_apply")
    kept = home.load().company("PRE").sage
    assert (kept.dsn, kept.server) == ("SAGESQL", "")

    type_into(qtbot, page, "sage_dsn", " ")
    assert "Name a data source here" in said(page, "dsn_trouble")
    click(qtbot, dialog, "settings_ok")
    assert "Name a data source here" in trouble(dialog)

    place = SagePlacePage(dialog._engine)
    qtbot.addWidget(place)
    draft = Draft.of(home.load().company("PRE"))
    place.show_draft(draft)
    assert place.missing() == ""
    place.fill(draft)
    assert draft.sage.dsn == "SAGESQL"
    place.server.setText(r"SRV\SAGE")
    place.fill(draft)
    assert (draft.sage.dsn, draft.sage.server) == ("", r"SRV\SAGE")
