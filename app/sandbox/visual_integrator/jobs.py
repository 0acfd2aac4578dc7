"""The import jobs of a demo world: what a person would have made in Sage's Import Job Maintenance."""

import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import orjson

from app.domain.codec import plain, restore
from app.import_jobs import ImportJob, VisualIntegratorSettings
from app.resources import own_command
from app.sage.visual_integrator.calls import Program

_HOME = ("MAS90", "Home")
_FILE = "import_jobs.json"

_HEAD = (
    "H.InvoiceDate H.TermsCode H.InvoiceDueDate H.InvoiceDiscountDate H.Comment H.HoldPayment H.SeparateCheck "
    "H.TaxSchedule H.InvoiceAmt H.FreightAmt H.SalesTaxAmt"
)
# Setting of the job -> task of its entry screen, and the data fields by their column in the import file.
_FIELDS = {
    "invoices": (
        "AP_Invoice_ui",
        f"H.BatchNo H.APDivisionNo H.VendorNo H.InvoiceNo {_HEAD} L.AccountKey L.DistributionAmt L.CommentText L.JobNo "
        "L.CostCode L.CostType",
    ),
    "receipts_of_invoice": (
        "PO_ReceiptInvoice_ui",
        f"H.BatchNo H.ReceiptType H.PurchaseOrderNo H.InvoiceNo {_HEAD} L.PurchaseOrderLineKey L.ItemType L.AccountKey "
        "L.QuantityInvoiced L.UnitCost L.ExtensionAmt L.CommentText L.JobNo L.CostCode L.CostType",
    ),
    "checks": (
        "AP_ManualCheck_ui",
        "H.BatchNo H.BankCode H.CheckNo H.CheckType H.CheckDate H.APDivisionNo H.VendorNo H.CheckAmt H.Comment "
        "L.InvoiceNo L.InvoiceAmt L.DiscountAmt",
    ),
}

# As in the public file layout of release 4.40.
_LOG = (
    "CREATE TABLE VI_JobLog (RecordNo VARCHAR(10) NOT NULL, IndexNo VARCHAR(8) NOT NULL, FieldName VARCHAR(120) NOT "
    "NULL DEFAULT '', FieldData VARCHAR(512) NOT NULL DEFAULT '', DataType VARCHAR(1) NOT NULL DEFAULT '', FieldType "
    "VARCHAR(1) NOT NULL DEFAULT '', ResultFlag VARCHAR(1) NOT NULL DEFAULT '', ExistsInRecord VARCHAR(1) NOT NULL "
    "DEFAULT '', PRIMARY KEY (RecordNo, IndexNo)) WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True)
class Job:
    """One import job: the task it enters into, its import file, its fields, and what it deletes on completion."""

    task: str
    file: str
    fields: tuple[str, ...]
    deletes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Jobs:
    """All jobs by their compiled file names, and whom unified logon takes the Windows user for; '' when it is off."""

    unified_logon: str
    jobs: Mapping[str, Job]


def set_up_jobs(location: Path, company: Path, user: str) -> VisualIntegratorSettings:
    """Install Visual Integrator in the demo world: make its jobs and the log of the company's file `company`.

    Return what then stands in AP Bridge's settings.
    """
    home = location.joinpath(*_HOME)
    home.mkdir(parents=True)
    made: dict[str, Job] = {}
    named: dict[str, ImportJob] = {}
    for number, (setting, (task, fields)) in enumerate(_FIELDS.items(), start=1):
        name, file = f"VIWI0{number}", str(location / f"{setting}.csv")
        made[name] = Job(task, file, tuple(fields.split()), (file, f"{file}.running"))
        named[setting] = ImportJob(name, file)
    (location / _FILE).write_bytes(orjson.dumps(plain(Jobs(user, made)), option=orjson.OPT_INDENT_2))
    with closing(sqlite3.connect(company)) as database, database:
        database.execute(_LOG)
    return VisualIntegratorSettings(
        named["invoices"], named["receipts_of_invoice"], named["checks"], timeout_seconds=60
    )


def load_jobs(location: Path) -> Jobs:
    """Return the jobs of the demo world in `location`."""
    return restore(Jobs, orjson.loads((location / _FILE).read_bytes()))


def location_of(home: Path) -> Path:
    """Return the demo world whose folder MAS90/Home is `home`."""
    return home.parents[len(_HOME) - 1]


def job_program(location: str) -> Program:
    """Return the stand-in for Sage's program in the demo world; the installed program is that itself."""
    home = str(Path(location, *_HOME))
    if getattr(sys, "frozen", False):
        return Program((*own_command(), "sandbox", "job"), home)
    root = Path(__file__).parents[3]
    # It works in Sage's folder, as Sage's program does, and from there nothing of AP Bridge can be seen.
    script = f"import sys; sys.path.insert(0, {str(root)!r}); from app.sandbox.visual_integrator.program import main; "
    return Program((sys.executable, "-c", f"{script}sys.exit(main(sys.argv[1:]))"), home)
