"""The wizard, on the real engine: from nothing to a connected company, and every way to go wrong or leave."""

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app.gui.setup.draft import Draft, Entity
from app.gui.setup.wizard import Connected, SetupWizard
from app.settings import CloudSettings, CompanySettings, Home, SageSettings, Settings
from tests.gui.file_keyring import FileKeyring
from tests.gui.setup.conftest import ENGINE, World
from tests.system.commands import Program

PATIENCE = 60_000

Open = Callable[..., SetupWizard]


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    def open_(home: Home, **options) -> SetupWizard:
        wizard = SetupWizard(home, ENGINE, **options)
        qtbot.addWidget(wizard, before_close_func=lambda made: made.abandon())
        with qtbot.waitActive(wizard):
            wizard.show()
        return wizard

    return open_


def field(wizard: SetupWizard, name: str) -> QLineEdit:
    return wizard.findChild(QLineEdit, name)


def type_into(qtbot: QtBot, wizard: SetupWizard, **texts: str) -> None:
    for name, text in texts.items():
        field(wizard, name).clear()
        qtbot.keyClicks(field(wizard, name), text)


def click(qtbot: QtBot, wizard: SetupWizard, name: str) -> None:
    button = next(each for each in wizard.findChildren(QPushButton, name) if each.isVisible())
    qtbot.waitUntil(button.isEnabled, timeout=PATIENCE)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def go_to(qtbot: QtBot, wizard: SetupWizard, page: str) -> None:
    click(qtbot, wizard, "wizard_next")
    qtbot.waitUntil(lambda: wizard.page.objectName() == page, timeout=PATIENCE)


def answers(wizard: SetupWizard, state: str) -> str:
    return " ".join(
        each.text()
        for each in wizard.page.findChildren(QLabel, "test_answer")
        if not each.parentWidget().isHidden() and each.property("state") == state
    )


def to_the_sign_in(qtbot: QtBot, wizard: SetupWizard, world: World) -> None:
    go_to(qtbot, wizard, "sage_user_page")
    type_into(qtbot, wizard, sage_user="BRIDGE", sage_password=world.sage_password, company_code="abc")
    go_to(qtbot, wizard, "cloud_page")
    company = world.company.cloud
    type_into(qtbot, wizard, cloud_url=company.url, cloud_client=company.client_id, cloud_secret=world.cloud_secret)


def test_a_person_connects_her_company_by_mouse(
    qtbot: QtBot, opened: Open, world: World, kept_secrets: FileKeyring
) -> None:
    wizard = opened(world.home, draft=world.draft())
    to_the_sign_in(qtbot, wizard, world)
    go_to(qtbot, wizard, "pairs_page")
    assert wizard.page.boxes[0].currentText().startswith("ABC · ")
    go_to(qtbot, wizard, "last_page")
    assert "binds" in wizard.findChild(QLabel, "last_words").text()
    assert not world.home.settings_file.exists(), "nothing is kept before the last click"
    with qtbot.waitSignal(wizard.accepted, timeout=PATIENCE):
        click(qtbot, wizard, "wizard_next")

    assert wizard.outcome == Connected("ABC", "sync")
    (company,) = world.home.load().companies
    assert (company.code, company.sage, company.cloud) == ("ABC", world.company.sage, world.company.cloud)
    assert kept_secrets.all() == {"ABC/sage": world.sage_password, "ABC/cloud": world.cloud_secret}
    assert world.sage_password not in world.home.settings_file.read_text()


def test_the_same_by_keyboard_alone(qtbot: QtBot, opened: Open, world: World, kept_secrets: FileKeyring) -> None:
    wizard = opened(world.home, draft=world.draft())

    def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        qtbot.keyClick(QApplication.focusWidget() or wizard, key, modifier)

    def enter(page: str) -> None:
        press(Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: wizard.page.objectName() == page, timeout=PATIENCE)

    def type_here(text: str) -> None:
        qtbot.keyClicks(QApplication.focusWidget(), text)

    enter("sage_user_page")
    type_here("BRIDGE")
    press(Qt.Key.Key_Tab)
    type_here(world.sage_password)
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Space)
    assert field(wizard, "sage_password").displayText() == world.sage_password, "shown by its button"
    press(Qt.Key.Key_Tab)
    type_here("ABC")
    enter("cloud_page")
    type_here(world.company.cloud.url)
    press(Qt.Key.Key_Tab)
    type_here(world.company.cloud.client_id)
    press(Qt.Key.Key_Tab)
    type_here(world.cloud_secret)
    enter("pairs_page")
    enter("last_page")
    with qtbot.waitSignal(wizard.accepted, timeout=PATIENCE):
        press(Qt.Key.Key_Return)
    assert [company.code for company in world.home.load().companies] == ["ABC"]
    assert set(kept_secrets.all()) == {"ABC/sage", "ABC/cloud"}


def test_a_wrong_password_stops_there_and_says_what_to_do(qtbot: QtBot, opened: Open, world: World) -> None:
    wizard = opened(world.home, draft=world.draft())
    go_to(qtbot, wizard, "sage_user_page")
    type_into(qtbot, wizard, sage_user="BRIDGE", sage_password="wrong", company_code="ABC")
    with qtbot.waitSignal(wizard.page.test.ended, timeout=PATIENCE) as ended:
        click(qtbot, wizard, "wizard_next")
    assert ended.args == [False]
    assert wizard.page.objectName() == "sage_user_page"
    assert "refused the sign-in" in answers(wizard, "blocked")
    assert "Correct the user or the password above" in answers(wizard, "blocked")

    type_into(qtbot, wizard, sage_password=world.sage_password)
    assert answers(wizard, "blocked") == "", "an answer about another password is not shown"
    go_to(qtbot, wizard, "cloud_page")


def test_what_is_missing_is_asked_for_before_anything_is_tested(qtbot: QtBot, opened: Open, world: World) -> None:
    wizard = opened(world.home, draft=world.draft())
    go_to(qtbot, wizard, "sage_user_page")
    click(qtbot, wizard, "wizard_next")
    assert wizard.findChild(QLabel, "wizard_hint").text() == "Type the Sage user."
    assert wizard.page.objectName() == "sage_user_page"


@pytest.mark.logs_warnings
def test_a_test_can_be_stopped(qtbot: QtBot, opened: Open, world: World) -> None:
    (world.home.path / "sandbox" / "faults.json").write_text('{"hang": "odbc"}')
    wizard = opened(world.home, draft=world.draft())
    go_to(qtbot, wizard, "sage_user_page")
    type_into(qtbot, wizard, sage_user="BRIDGE", sage_password=world.sage_password, company_code="ABC")
    click(qtbot, wizard, "test_sage")
    assert wizard.page.test.running
    assert not wizard.next.isEnabled()
    with qtbot.waitSignal(wizard.page.test.ended, timeout=PATIENCE):
        click(qtbot, wizard, "test_sage")
    assert "Nothing was changed" in answers(wizard, "info")
    assert wizard.next.isEnabled()


def test_leaving_half_way_asks_and_keeps_nothing(
    qtbot: QtBot, opened: Open, world: World, kept_secrets: FileKeyring
) -> None:
    wizard = opened(world.home, draft=world.draft())
    to_the_sign_in(qtbot, wizard, world)
    qtbot.keyClick(wizard, Qt.Key.Key_Escape)
    question = wizard.findChild(QMessageBox, "leave_question")
    assert question.isVisible()
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert wizard.isVisible(), "the answer that loses nothing is the one of Esc"

    qtbot.keyClick(wizard, Qt.Key.Key_Escape)
    leave = next(each for each in wizard.findChildren(QPushButton, "leave") if each.isVisible())
    with qtbot.waitSignal(wizard.rejected):
        qtbot.mouseClick(leave, Qt.MouseButton.LeftButton)
    assert wizard.outcome is None
    assert not world.home.settings_file.exists()
    assert kept_secrets.all() == {}
    assert {field(wizard, name).text() for name in ("sage_password", "cloud_secret")} == {""}


@pytest.mark.logs_warnings
def test_without_a_keyring_nothing_is_kept(
    qtbot: QtBot, opened: Open, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wizard = opened(world.home, draft=world.draft())
    to_the_sign_in(qtbot, wizard, world)
    go_to(qtbot, wizard, "pairs_page")
    go_to(qtbot, wizard, "last_page")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    with qtbot.waitSignal(wizard._saving.failed, timeout=PATIENCE):
        click(qtbot, wizard, "wizard_next")
    assert "no place to keep passwords" in wizard.findChild(QLabel, "save_trouble").text()
    assert world.home.load() == Settings()
    assert wizard.next.isEnabled()


def test_the_demo_company_is_made_from_the_first_page(
    qtbot: QtBot, opened: Open, program: Program, kept_secrets: FileKeyring
) -> None:
    home = Home(program.home)
    wizard = opened(home, offers_demo=True)
    go_to(qtbot, wizard, "demo_page")
    with qtbot.waitSignal(wizard.accepted, timeout=PATIENCE):
        click(qtbot, wizard, "wizard_next")
    assert wizard.outcome == Connected("ABC")
    assert home.load().company("ABC").sage.kind == "demo"
    assert set(kept_secrets.all()) == {"ABC/sage", "ABC/cloud"}


def test_the_way_back_keeps_what_was_typed(qtbot: QtBot, opened: Open, world: World) -> None:
    wizard = opened(world.home, draft=world.draft())
    to_the_sign_in(qtbot, wizard, world)
    click(qtbot, wizard, "wizard_back")
    assert (wizard.page.objectName(), field(wizard, "sage_user").text()) == ("sage_user_page", "BRIDGE")
    go_to(qtbot, wizard, "cloud_page")
    assert field(wizard, "cloud_url").text() == world.company.cloud.url


def test_a_company_that_is_connected_already_is_not_offered_again(qtbot: QtBot, opened: Open, world: World) -> None:
    world.home.save(Settings((world.company,)))
    wizard = opened(world.home, draft=world.draft())
    to_the_sign_in(qtbot, wizard, world)
    go_to(qtbot, wizard, "pairs_page")
    (box,) = wizard.page.boxes
    assert [box.itemText(place) for place in range(box.count())] == ["Do not connect"]
    click(qtbot, wizard, "wizard_next")
    assert "Choose the Sage company" in wizard.findChild(QLabel, "wizard_hint").text()


def test_a_changed_secret_replaces_the_kept_one_and_an_empty_field_keeps_it(
    qtbot: QtBot, opened: Open, world: World, kept_secrets: FileKeyring
) -> None:
    world.home.save(Settings((world.company,)))
    for side, secret in (("sage", "old and wrong"), ("cloud", world.cloud_secret)):
        kept_secrets.set_password("", f"ABC/{side}", secret)
    wizard = opened(world.home, change=world.company)
    go_to(qtbot, wizard, "sage_user_page")
    assert field(wizard, "sage_password").text() == ""
    assert not field(wizard, "company_code").isEnabled()
    type_into(qtbot, wizard, sage_password=world.sage_password)
    go_to(qtbot, wizard, "cloud_page")
    go_to(qtbot, wizard, "entity_page")
    go_to(qtbot, wizard, "last_page")
    with qtbot.waitSignal(wizard.accepted, timeout=PATIENCE):
        click(qtbot, wizard, "wizard_next")
    assert kept_secrets.all() == {"ABC/sage": world.sage_password, "ABC/cloud": world.cloud_secret}
    assert world.home.load().companies == (world.company,)
    assert wizard.outcome == Connected("ABC")


def test_a_company_that_was_changed_elsewhere_is_not_overwritten(
    qtbot: QtBot, opened: Open, empty_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = CompanySettings("ABC", "Northwind", SageSettings("sage", "", "u"), CloudSettings("https://a", "c", "l"))
    empty_home.save(Settings((company,)))
    wizard = opened(empty_home, change=company)
    wizard._show(wizard.last)
    elsewhere = Settings((CompanySettings("ABC", "Renamed", company.sage, company.cloud),))
    empty_home.save(elsewhere)
    click(qtbot, wizard, "wizard_next")
    assert "have changed meanwhile" in wizard.findChild(QLabel, "save_trouble").text()
    assert empty_home.load() == elsewhere


def test_two_legal_entities_become_two_companies(
    qtbot: QtBot, opened: Open, world: World, kept_secrets: FileKeyring
) -> None:
    draft = world.draft()
    draft.sage, draft.cloud, draft.code = world.company.sage, world.company.cloud, "ABC"
    draft.secrets = {"sage": world.sage_password, "cloud": world.cloud_secret}
    draft.entities = (Entity("le-1", "Northwind Supply", "USD"), Entity("le-2", "Northwind Canada", "CAD"))
    draft.companies = (("ABC", "Northwind Supply"), ("XYZ", "Northwind West"))
    wizard = opened(world.home, draft=draft)
    wizard._show(next(page for page in wizard._connecting if page.objectName() == "pairs_page"))
    first, second = wizard.page.boxes
    assert (first.currentText(), second.currentText()) == ("ABC · Northwind Supply", "Do not connect")
    second.setCurrentIndex(1)
    click(qtbot, wizard, "wizard_next")
    assert "one legal entity only" in wizard.findChild(QLabel, "wizard_hint").text()

    second.setFocus()
    qtbot.keyClick(second, Qt.Key.Key_End)
    with qtbot.waitSignal(wizard.page.test.ended, timeout=PATIENCE):
        click(qtbot, wizard, "wizard_next")
    assert "did not open the company" in answers(wizard, "blocked"), "the demo's Sage has no company XYZ"
    click(qtbot, wizard, "wizard_anyway")
    with qtbot.waitSignal(wizard.accepted, timeout=PATIENCE):
        click(qtbot, wizard, "wizard_next")
    kept = {company.code: company for company in world.home.load().companies}
    assert {(code, each.cloud.legal_entity, each.currency) for code, each in kept.items()} == {
        ("ABC", "le-1", "USD"),
        ("XYZ", "le-2", "CAD"),
    }
    assert set(kept_secrets.all()) == {"ABC/sage", "ABC/cloud", "XYZ/sage", "XYZ/cloud"}


def test_where_sage_is_is_looked_up_before_the_user_has_to_know(
    qtbot: QtBot, opened: Open, empty_home: Home, kept_secrets: FileKeyring
) -> None:
    wizard = opened(empty_home, offers_demo=True)
    qtbot.mouseClick(wizard.start.connect_, Qt.MouseButton.LeftButton)
    click(qtbot, wizard, "wizard_next")
    assert wizard.page.objectName() == "sage_place_page"
    assert wizard.page.test.running
    with qtbot.waitSignal(wizard.page.test.ended, timeout=PATIENCE):
        pass
    assert "Sage 100's folder" in answers(wizard, "blocked" if sys.platform == "win32" else "unknown")


def test_premium_is_described_by_its_sql_server(qtbot: QtBot, opened: Open, empty_home: Home) -> None:
    wizard = opened(empty_home, draft=Draft(SageSettings("sage", r"C:\MAS90", "")))
    page = wizard.page
    qtbot.mouseClick(page.premium, Qt.MouseButton.LeftButton)
    click(qtbot, wizard, "wizard_next")
    assert wizard.findChild(QLabel, "wizard_hint").text() == "Name the SQL Server that holds Sage's data."
    type_into(qtbot, wizard, sage_server="SRV\\SAGE", sql_user="reader", sql_password="s3cret")
    page.fill(wizard._draft)
    assert wizard._draft.sage == SageSettings("premium", r"C:\MAS90", "", server="SRV\\SAGE", sql_user="reader")
    assert wizard._draft.secrets["sql"] == "s3cret"
    assert "s3cret" not in repr(wizard._draft)

    qtbot.mouseClick(page.standard, Qt.MouseButton.LeftButton)
    assert not field(wizard, "sage_server").isVisible()
    page.fill(wizard._draft)
    assert wizard._draft.sage == SageSettings("sage", r"C:\MAS90", "")
    assert wizard._draft.secrets["sql"] == ""


@pytest.mark.logs_warnings
def test_an_answer_about_what_was_changed_meanwhile_does_not_count(qtbot: QtBot, opened: Open, world: World) -> None:
    wizard = opened(world.home, draft=world.draft())
    go_to(qtbot, wizard, "sage_user_page")
    type_into(qtbot, wizard, sage_user="BRIDGE", sage_password=world.sage_password, company_code="ABC")
    with qtbot.waitSignal(wizard.page.test.ended, timeout=PATIENCE) as ended:
        click(qtbot, wizard, "wizard_next")
        type_into(qtbot, wizard, sage_password="another")
    assert ended.args == [False]
    assert wizard.page.objectName() == "sage_user_page"
    assert not wizard.page.test.well
    assert not wizard.anyway.isVisible()
    assert {answers(wizard, state) for state in ("ok", "blocked", "info", "unknown")} == {""}
    assert wizard.next.isEnabled()


def test_a_password_is_hidden_until_it_is_asked_for_and_again_on_the_next_page(
    qtbot: QtBot, opened: Open, world: World
) -> None:
    wizard = opened(world.home, draft=world.draft())
    go_to(qtbot, wizard, "sage_user_page")
    assert "Passwords are kept in" in wizard.page.findChild(QLabel, "where_kept").text()
    type_into(qtbot, wizard, sage_user="BRIDGE", sage_password=world.sage_password, company_code="abc")
    password = field(wizard, "sage_password")
    assert password.displayText() != world.sage_password
    click(qtbot, wizard, "sage_password_show")
    assert password.displayText() == world.sage_password
    go_to(qtbot, wizard, "cloud_page")
    click(qtbot, wizard, "wizard_back")
    assert password.displayText() != world.sage_password
    for log in world.home.logs.glob("*"):
        assert world.sage_password not in log.read_text()
