"""The demo's Visual Integrator: what its jobs do with a file, however it came there."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from app.sandbox.company import Scale, company_file, create_company
from app.sandbox.visual_integrator.jobs import job_program, load_jobs, set_up_jobs
from app.sandbox.visual_integrator.program import BEGINNING

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 3, 2)


class Site:
    """A demo company with Visual Integrator, and its job for invoices."""

    def __init__(self, folder):
        self.company = company_file(folder, "ABC")
        self.facts = create_company(
            self.company, code="ABC", seed=7, scale=Scale.SMALL, password="pw", user="BRIDGE", today=TODAY
        )
        set_up_jobs(folder, self.company, "BRIDGE")
        self.folder = folder
        self.job = load_jobs(folder).jobs["VIWI01"]
        self.file = folder / "invoices.csv"
        self.vendor = next(each for each in self.facts.active_vendors if not each.hold)
        self.account = self.facts.expense_accounts[0].key

    def row(self, number, amount, line, **changes):
        """Return a row of the import file, by the fields of the job."""
        cells = {
            "H.BatchNo": "00777",
            "H.APDivisionNo": self.vendor.division,
            "H.VendorNo": self.vendor.number,
            "H.InvoiceNo": number,
            "H.InvoiceDate": "20260220",
            "H.InvoiceAmt": amount,
            "L.AccountKey": self.account,
            "L.DistributionAmt": line,
        } | {field.replace("_", "."): value for field, value in changes.items()}
        return ",".join(cells.get(field, "") for field in self.job.fields)

    def run(self, *rows):
        self.file.write_text("\r\n".join(rows) + "\r\n", encoding="cp1252", newline="")
        (self.folder / "invoices.csv.running").touch()
        program = job_program(str(self.folder))
        arguments = [*program.command, *BEGINNING, "UIOFF", "", "", "ABC", "VIWI01", "AUTO"]
        done = subprocess.run(arguments, cwd=program.home, capture_output=True, check=False, timeout=60, text=True)
        assert done.returncode == 0, done.stderr
        assert not list(self.folder.glob("*.csv*"))

    def rows(self, sql, *values):
        with closing(sqlite3.connect(self.company)) as database:
            return database.execute(sql, values).fetchall()

    def entered(self):
        return self.rows(
            "SELECT InvoiceNo, InvoiceAmt, COUNT(LineKey), SUM(DistributionAmt) FROM AP_InvoiceHeader LEFT JOIN"
            " AP_InvoiceDetail USING (APDivisionNo, VendorNo, InvoiceNo) WHERE BatchNo = '00777' GROUP BY InvoiceNo"
        )

    def messages(self):
        return self.rows(
            "SELECT RecordNo, ResultFlag, FieldData FROM VI_JobLog WHERE IndexNo = '00000000' ORDER BY RecordNo"
        )


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_rows_with_one_head_are_one_record_and_each_record_has_its_result(site):
    site.run(
        site.row("VI-1", "30.00", "10.00"),
        site.row("VI-1", "30.00", "20.00"),
        site.row("VI-2", "30.00", "10.00"),
        site.row("VI-3", "-5.00", "-5.00"),
    )
    assert site.entered() == [("VI-1", 30, 2, 30), ("VI-3", -5, 1, -5)]
    totals, *records = site.messages()
    assert totals == ("0000000000", "", "2 records passed, 1 failed.")
    assert records == [
        ("0000000001", "P", ""),
        ("0000000002", "F", "The invoice is out of balance."),
        ("0000000003", "P", ""),
    ]


def test_a_batch_that_is_not_there_is_made_without_a_description(site):
    site.run(site.row("VI-1", "10.00", "10.00"))
    assert site.rows("SELECT BatchNo, BatchDesc FROM AP_Batch WHERE BatchNo = '00777'") == [("00777", "")]


def test_what_a_blank_cell_leaves_alone_is_what_sage_proposes(site):
    site.run(site.row("VI-1", "10.00", "10.00"))
    assert site.rows("SELECT TermsCode FROM AP_InvoiceHeader WHERE InvoiceNo = 'VI-1'") == [(site.vendor.terms,)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"L_AccountKey": "999999999"}, "The G/L account 999999999 is not on file."),
        ({"L_DistributionAmt": "ten"}, "The value ten for DistributionAmt is invalid."),
        ({"H_InvoiceDate": "2026-02-20"}, "The date 2026-02-20 is invalid."),
    ],
)
def test_a_cell_that_sage_does_not_take_fails_its_record_and_is_marked_in_the_log(site, changes, said):
    site.run(site.row("VI-1", "10.00", "10.00", **changes), site.row("VI-2", "10.00", "10.00"))
    assert [each[0] for each in site.entered()] == ["VI-2"]
    assert said in site.messages()[1][2]


def test_a_record_that_exists_is_added_to(site):
    site.run(site.row("VI-1", "10.00", "10.00"))
    site.run(site.row("VI-1", "30.00", "20.00"))
    assert site.entered() == [("VI-1", 30, 2, 30)]


def test_a_job_without_a_file_leaves_an_empty_log(site):
    site.run(site.row("VI-1", "10.00", "10.00"))
    program = job_program(str(site.folder))
    arguments = [*program.command, *BEGINNING, "UIOFF", "", "", "ABC", "VIWI01", "AUTO"]
    assert subprocess.run(arguments, cwd=program.home, check=False, timeout=60).returncode == 0
    assert site.messages() == [("0000000000", "", "0 records passed, 0 failed.")]


def test_the_installed_program_runs_a_job_itself(site, monkeypatch):
    site.run(site.row("VI-1", "10.00", "10.00"))
    site.file.write_text(site.row("VI-2", "20.00", "20.00") + "\r\n", encoding="cp1252", newline="")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    program = job_program(str(site.folder))
    engine, *words = program.command
    assert engine.endswith("apbridge.exe")
    source = [sys.executable, "-m", "app", *words]
    arguments = [*source, *BEGINNING, "UIOFF", "", "", "ABC", "VIWI01", "AUTO"]
    home = {"APBRIDGE_HOME": str(site.folder / "home"), "PYTHONPATH": str(ROOT)}
    assert subprocess.run(arguments, cwd=program.home, env=os.environ | home, check=False, timeout=60).returncode == 0
    assert site.entered() == [("VI-1", 10, 1, 10), ("VI-2", 20, 1, 20)]
