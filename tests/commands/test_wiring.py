"""How a company's settings become the ways to reach it."""

from contextlib import nullcontext
from dataclasses import replace

import pyodbc
import pytest

from app.commands import wiring
from app.commands.wiring import ports_for
from app.errors import NeedsUser, RetryLater
from app.import_jobs import ImportJob, VisualIntegratorSettings
from app.sage.visual_integrator.calls import Program, SignOn
from app.sage.visual_integrator.writer import VisualIntegratorWriter
from app.settings import CloudSettings, CompanySettings, SageSettings, Settings

SAGE = SageSettings("sage", "C:\\Sage\\MAS90", "BRIDGE")
PREMIUM = SageSettings("premium", "", "BRIDGE", server="SRV")
COMPANY = CompanySettings("ABC", "Northwind", SAGE, CloudSettings("https://ap.example.com", "client", "10"))


class Driver:
    """A driver that takes every statement, or raises `trouble` at each."""

    def __init__(self):
        self.trouble = None
        self.asked = []
        self.closed = False

    def getinfo(self, number):
        return f"told {number}"

    def cursor(self):
        return self

    def execute(self, sql, *values):
        self.asked.append(sql)
        if self.trouble is not None:
            raise self.trouble

    def fetchmany(self, size):
        return [("00", None)]

    def close(self):
        self.closed = True


@pytest.fixture
def driver(apbridge_home, memory_keyring, monkeypatch):
    """The driver that every sign-in reaches; `signed_in` of it are settings, password and time limit of each."""
    driver = Driver()
    driver.signed_in = []

    def connect(settings, code, password, *, query_timeout):
        driver.signed_in.append((settings, password, query_timeout))
        return driver

    monkeypatch.setattr(wiring, "connect_odbc", connect)
    for side in ("sage", "sql", "cloud"):
        memory_keyring.set_password("AP Bridge", f"ABC/{side}", f"{side} secret")
    apbridge_home.save(Settings())
    ports_for.cache_clear()
    yield driver
    ports_for.cache_clear()


def open_sage(home, **sage):
    company = replace(COMPANY, sage=replace(SAGE, **sage) if "kind" not in sage else replace(PREMIUM, **sage))
    return ports_for(company, home).open_sage(company, lambda doing: nullcontext())


def test_the_driver_is_asked_once_what_it_can_do(driver, apbridge_home):
    with open_sage(apbridge_home):
        asked = len(driver.asked)
    assert asked > 1
    with open_sage(apbridge_home):
        assert len(driver.asked) == asked
    assert apbridge_home.features_file.is_file()


def test_queries_end_before_the_watchdog_ends_the_run(driver, apbridge_home):
    apbridge_home.save(Settings(sage_timeout_seconds=100))
    with open_sage(apbridge_home):
        assert driver.signed_in == [(SAGE, "sage secret", 90)]


def test_without_a_folder_sage_is_looked_for(driver, apbridge_home, monkeypatch):
    monkeypatch.setattr(wiring, "located", lambda settings: replace(settings, location="D:\\Found\\MAS90"))
    with open_sage(apbridge_home, location=""):
        assert driver.signed_in[0][0].location == "D:\\Found\\MAS90"


def test_without_a_folder_that_can_be_found_it_is_asked_for(driver, apbridge_home, monkeypatch):
    monkeypatch.setattr("app.sage.discovery._registry", lambda: None)
    with pytest.raises(NeedsUser) as caught:
        open_sage(apbridge_home, location="")
    assert caught.value.code == "sage-folder-unknown"
    assert driver.signed_in == []


@pytest.mark.parametrize("sage", [{"location": "", "dsn": "Own"}, {"kind": "premium"}])
def test_a_data_source_and_premium_need_no_folder_to_read(driver, apbridge_home, monkeypatch, sage):
    monkeypatch.setattr("app.sage.discovery._registry", lambda: None)
    with open_sage(apbridge_home, **sage):
        assert driver.signed_in[0][0].location == ""


@pytest.mark.parametrize(("login", "password"), [("", ""), ("MAS_User", "sql secret")])
def test_premium_signs_in_to_sql_server_with_a_password_of_its_own(driver, apbridge_home, login, password):
    with open_sage(apbridge_home, kind="premium", sql_user=login):
        assert driver.signed_in[0][1] == password
    assert any("CONVERT(varchar(30)" in sql for sql in driver.asked)


def test_a_missing_password_for_sql_server_is_asked_for(driver, apbridge_home, memory_keyring):
    memory_keyring.delete_password("AP Bridge", "ABC/sql")
    with pytest.raises(NeedsUser) as caught:
        open_sage(apbridge_home, kind="premium", sql_user="MAS_User")
    assert caught.value.code == "no-password"
    assert "SQL Server" in caught.value.title


def test_a_connection_that_is_lost_at_once_is_closed(driver, apbridge_home):
    driver.trouble = pyodbc.OperationalError("08S01", "Communication link failure")
    with pytest.raises(RetryLater):
        open_sage(apbridge_home)
    assert driver.closed


@pytest.mark.parametrize(("location", "home"), [("C:\\Sage\\MAS90\\", "C:\\Sage\\MAS90"), ("", "D:\\Found\\MAS90")])
def test_business_objects_start_in_the_home_folder_of_sage(driver, apbridge_home, monkeypatch, location, home):
    started = []
    monkeypatch.setattr("app.sage.writers.SageWriter", lambda *args, **options: started.append(args[4]))
    registry = {"Directory": "D:\\Found\\MAS90"}
    monkeypatch.setattr("app.sage.discovery._registry", lambda: lambda root, width, name: registry.get(name))
    company = replace(COMPANY, sage=replace(SAGE, location=location))
    ports_for(company, apbridge_home).open_writer(company, lambda doing: nullcontext(), lambda seconds: None)
    assert started == [home + "\\Home"]


@pytest.mark.parametrize(("asked_for", "signs_on"), [(False, SignOn()), (True, SignOn("BRIDGE", "sage secret"))])
def test_jobs_sign_in_with_a_password_only_when_a_setting_says_so(
    driver, apbridge_home, monkeypatch, asked_for, signs_on
):
    made = []
    monkeypatch.setattr(wiring, "Calls", lambda *args: made.append(args))
    jobs = VisualIntegratorSettings(ImportJob("VIWI01", "C:\\i.csv"), password_on_command_line=asked_for)
    company = replace(COMPANY, sage=replace(SAGE, writer="visual_integrator", visual_integrator=jobs))
    writer = ports_for(company, apbridge_home).open_writer(company, lambda doing: nullcontext(), lambda seconds: None)
    assert isinstance(writer, VisualIntegratorWriter)
    ((settings, code, program, sign_on, _),) = made
    assert (settings, code, sign_on) == (jobs, "ABC", signs_on)
    assert program == Program(("C:\\Sage\\MAS90\\Home\\pvxwin32.exe",), "C:\\Sage\\MAS90\\Home")
    with writer:
        assert driver.signed_in[-1][1] == "sage secret"
    assert driver.closed
