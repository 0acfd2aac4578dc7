"""A site that writes through Visual Integrator: what may stand in its settings."""

from dataclasses import replace

import pytest

from app.errors import NeedsUser
from app.import_jobs import ImportJob, VisualIntegratorSettings
from app.settings import CloudSettings, CompanySettings, Home, SageSettings, Settings

JOBS = VisualIntegratorSettings(
    invoices=ImportJob("VIWI0A", "C:\\AP Bridge\\invoices.csv"),
    checks=ImportJob("VIWI0B", "\\\\srv\\share\\checks.csv"),
)


def stored(home: Home, jobs: VisualIntegratorSettings, writer: str = "visual_integrator") -> Settings:
    sage = SageSettings("sage", "C:\\Sage\\MAS90", "BRIDGE", writer=writer, visual_integrator=jobs)
    home.save(Settings(companies=(CompanySettings("ABC", "Northwind", sage, CloudSettings("http://x", "c", "le")),)))
    return home.load()


@pytest.mark.parametrize(
    "jobs",
    [
        JOBS,
        replace(JOBS, started_by="task_scheduler", timeout_seconds=900),
        replace(JOBS, password_on_command_line=True),
        VisualIntegratorSettings(receipts_of_invoice=ImportJob("VIWIZZ", "/var/receipts.csv")),
    ],
)
def test_jobs_come_back_as_they_were_stored(apbridge_home: Home, jobs: VisualIntegratorSettings) -> None:
    assert stored(apbridge_home, jobs).companies[0].sage.visual_integrator == jobs


def test_a_site_with_business_objects_needs_no_jobs(apbridge_home: Home) -> None:
    home = stored(apbridge_home, VisualIntegratorSettings(), writer="business_objects")
    assert home.companies[0].sage.visual_integrator.jobs() == {}


@pytest.mark.parametrize(
    ("jobs", "said"),
    [
        (VisualIntegratorSettings(), "visual_integrator names no job"),
        (replace(JOBS, started_by="cron"), "started_by is “cron”; allowed are ap_bridge and task_scheduler"),
        (replace(JOBS, timeout_seconds=0), "timeout_seconds is 0; allowed is 1 or more"),
        (
            replace(JOBS, started_by="task_scheduler", password_on_command_line=True),
            "password_on_command_line is set; it is for started_by “ap_bridge”",
        ),
        (replace(JOBS, invoices=ImportJob("INV", "C:\\i.csv")), "the name of job invoices is “INV”"),
        (replace(JOBS, invoices=ImportJob("VIWI0a", "C:\\i.csv")), "the name of job invoices is “VIWI0a”"),
        (replace(JOBS, invoices=ImportJob("VIWI01", "i.csv")), "the file of job invoices is “i.csv”"),
        (replace(JOBS, invoices=ImportJob("VIWI01")), "the file of job invoices is “”"),
        (replace(JOBS, invoices=ImportJob("VIWI0B", "C:\\i.csv")), "two jobs have one name"),
        (replace(JOBS, invoices=ImportJob("VIWI01", "\\\\SRV\\share\\CHECKS.csv")), "two jobs have one file"),
    ],
)
def test_what_would_only_fail_at_the_first_send_is_refused_at_once(
    apbridge_home: Home, jobs: VisualIntegratorSettings, said: str
) -> None:
    with pytest.raises(NeedsUser) as caught:
        stored(apbridge_home, jobs)
    assert caught.value.code == "settings-invalid"
    assert f"of company ABC, {said}" in caught.value.message


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (ImportJob("VIWI0A", "C:\\other.csv"), "“VIWI0A” is a job or a file of two companies"),
        (ImportJob("VIWI0Z", "c:\\ap bridge\\INVOICES.csv"), "“c:\\ap bridge\\invoices.csv” is a job or a file of two"),
    ],
)
def test_no_two_companies_share_a_job_or_its_file(apbridge_home: Home, job: ImportJob, said: str) -> None:
    (first,) = stored(apbridge_home, JOBS).companies
    theirs = replace(first.sage, visual_integrator=VisualIntegratorSettings(invoices=job))
    apbridge_home.save(Settings(companies=(first, replace(first, code="XYZ", sage=theirs))))
    with pytest.raises(NeedsUser) as caught:
        apbridge_home.load()
    assert said in caught.value.message
    apbridge_home.save(
        Settings(companies=(first, replace(first, code="XYZ", sage=replace(theirs, writer="business_objects"))))
    )
    assert len(apbridge_home.load().companies) == 2


def test_only_the_two_writers_are_known(apbridge_home: Home) -> None:
    with pytest.raises(NeedsUser) as caught:
        stored(apbridge_home, JOBS, writer="odbc")
    assert "writer of company ABC is “odbc”; allowed are business_objects and visual_integrator" in caught.value.message
