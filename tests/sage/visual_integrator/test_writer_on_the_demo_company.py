"""Visual Integrator on the demo company: real files, real child processes, its entry screens, and what goes wrong."""

import subprocess
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal

import orjson
import pytest

from app.domain.invoices import Destination, InvoiceLine
from app.domain.payments import CheckKey
from app.errors import Cancelled, NeedsUser, RetryLater, SkipItem
from app.import_jobs import ImportJob
from app.sage.found import Place
from app.sage.source import Source
from app.sage.visual_integrator.calls import Calls, SignOn
from app.sage.visual_integrator.processes import start_program
from app.sage.visual_integrator.writer import VisualIntegratorWriter
from app.sandbox.odbc import connect_sandbox
from app.sandbox.visual_integrator.jobs import job_program, set_up_jobs
from app.sandbox.visual_integrator.program import BEGINNING
from tests.sage.test_on_the_demo_company import World


class Killed(BaseException):
    """AP Bridge ends at once, as when its process is killed."""


class JobWorld(World):
    """The demo company with Visual Integrator installed; every job that was started is in `processes`."""

    def __init__(self, folder):
        super().__init__(folder)
        self.jobs = set_up_jobs(folder, self.file, "BRIDGE")
        self.sign_on = SignOn()
        self.processes = []
        self.slept = 0
        self.dies_after = None  # sleeps
        self.end = Killed
        self.between = None
        self.scheduled = []  # what Sage's Task Scheduler starts when it is time

    def writer(self):
        calls = Calls(self.jobs, "ABC", job_program(str(self.folder)), self.sign_on, self.sleep, start=self.start)
        return VisualIntegratorWriter(self.jobs, self.source, calls, self.sleep)

    def source(self):
        return Source(connect_sandbox(self.sage, "ABC", "pw"), nullcontext)

    def start(self, arguments, folder):
        if self.between is not None:
            self.between()
        self.processes.append(start_program(arguments, folder))
        return self.processes[-1]

    def sleep(self, seconds):
        """Wait for the job, which needs no time of its own; one that never ends is waited for as long as it says."""
        self.slept += 1
        if self.scheduled and self.slept == 1:
            self.start([*job_program(str(self.folder)).command, *self.scheduled], job_program(str(self.folder)).home)
        if self.dies_after is not None and self.slept > self.dies_after:
            raise self.end
        try:
            self.processes[-1].wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def reap(self):
        for process in self.processes:
            process.kill()
            process.wait(timeout=60)

    def files(self):
        return sorted(file.name for file in self.folder.iterdir() if ".csv" in file.name)


@pytest.fixture
def world(tmp_path):
    made = JobWorld(tmp_path)
    yield made
    made.reap()


def write_check(world, payment):
    with world.writer() as writer:
        batch = writer.select_batch(Destination.MANUAL_CHECK, "AP Bridge run-1")
        return writer.write_check(payment, CheckKey("A", "QP1"), comment="AP Bridge pay-000007", batch=batch)


def failed(world, kind, invoice):
    with pytest.raises(kind) as caught:
        world.write(invoice)
    return caught.value


def test_an_invoice_arrives_with_all_its_fields_in_a_batch_of_its_own(world):
    invoice = world.invoice(hold=True, separate_cheque=True)
    written = world.write(invoice)
    (found,) = world.found(invoice.key)
    assert (found.place, found.batch) == (Place.INVOICE_ENTRY, written.batch)
    assert (found.amount, found.invoice_date, found.comment) == (
        invoice.amount,
        invoice.invoice_date,
        invoice.description,
    )
    assert [(line.account_key, line.amount, line.comment) for line in found.lines] == [
        (invoice.lines[0].account_key, Decimal("60.10"), "inv-000123"),
        (invoice.lines[1].account_key, Decimal("40.00"), ""),
    ]
    assert world.rows(
        "SELECT TermsCode, InvoiceDueDate, HoldPayment, SeparateCheck, FreightAmt, SalesTaxAmt FROM AP_InvoiceHeader"
        " WHERE InvoiceNo = ?",
        invoice.number,
    ) == [(invoice.terms, "2026-04-01", "Y", "Y", 10, 5.25)]
    assert world.files() == []
    assert len(world.processes) == 1


def test_a_receipt_of_invoice_bills_one_line_and_leaves_the_others_at_nothing(world):
    invoice = world.received()
    written = world.write(invoice)
    (found,) = world.found(invoice.key)
    assert (found.place, found.entry_number) == (Place.RECEIPT_OF_INVOICE, written.entry_number)
    assert found.balanced
    billed = world.rows(
        "SELECT PurchaseOrderLineKey, QuantityInvoiced FROM PO_ReceiptDetail WHERE ReceiptNo = ? AND ReceiptType = 'I'"
        " AND QuantityInvoiced <> 0",
        written.entry_number,
    )
    assert billed == [(invoice.lines[0].po_line_key, 1)]
    assert found.lines[-1].amount == Decimal("9.50")


def test_a_check_arrives_with_its_invoices(world):
    payment = world.payment()
    written = write_check(world, payment)
    assert world.rows(
        "SELECT CheckAmt, VendorNo, BatchNo, Comment FROM AP_ManualCheckHeader WHERE CheckNo = 'QP1'"
    ) == [(12.34, payment.vendor_number, written.batch, "AP Bridge pay-000007")]
    assert world.rows("SELECT InvoiceNo, InvoiceAmt, DiscountAmt FROM AP_ManualCheckDetail WHERE CheckNo = 'QP1'") == [
        (payment.lines[0].invoice_number, 12.34, 0.66)
    ]


def test_a_batch_takes_a_number_that_nobody_has_and_says_that_it_has_no_description(world):
    used = {row[0] for row in world.rows("SELECT BatchNo FROM AP_Batch")}
    next_number = world.rows("SELECT NextInvoiceBatchNo FROM AP_Options")[0][0]
    written = world.write(world.invoice())
    assert written.batch not in used | {next_number}
    assert world.rows("SELECT BatchDesc FROM AP_Batch WHERE BatchNo = ?", written.batch) == [("",)]
    assert [each for each in written.warnings if f"Batch {written.batch} has no description" in each]


def test_two_batches_of_one_run_have_two_numbers_and_each_is_told_once(world):
    with world.writer() as writer:
        batches = [writer.select_batch(Destination.INVOICE_ENTRY, f"AP Bridge {month}") for month in (1, 2)]
        told = []
        for number, batch in zip(("QP-1", "QP-2"), batches, strict=True):
            written = writer.write_invoice(world.invoice(number), comment="", line_comments=["", ""], batch=batch)
            told.append(len(written.warnings))
    assert len(set(batches)) == 2
    assert sum(told) == 2


def test_a_batch_number_that_somebody_took_at_the_same_moment_is_told(world):
    with world.writer() as writer:
        batch = writer.select_batch(Destination.INVOICE_ENTRY, "AP Bridge run-1")
        theirs = world.rows("SELECT InvoiceNo FROM AP_InvoiceHeader LIMIT 1")[0][0]
        world.change("UPDATE AP_InvoiceHeader SET BatchNo = ? WHERE InvoiceNo = ?", batch, theirs)
        written = writer.write_invoice(world.invoice(), comment="", line_comments=["", ""], batch=batch)
    assert [each for each in written.warnings if f"Batch {batch} also has 1" in each and "took the same number" in each]
    assert len(world.found(world.invoice().key)) == 1


def test_without_batches_none_is_named(world):
    world.change("UPDATE AP_Options SET InvoiceBatchEntry = 'N'")
    written = world.write(world.invoice(), batch="")
    assert written.batch == ""
    assert world.found(world.invoice().key)[0].batch == ""


def test_when_the_last_batch_number_is_used_a_person_is_asked(world):
    world.change("UPDATE AP_InvoiceHeader SET BatchNo = '99999'")
    error = failed(world, NeedsUser, world.invoice())
    assert error.code == "no-batch-number"
    assert "99999" in error.message


def test_a_screen_without_a_job_is_named(world):
    world.jobs = replace(world.jobs, checks=ImportJob())
    with pytest.raises(NeedsUser) as caught:
        write_check(world, world.payment())
    assert caught.value.code == "no-import-job"
    assert Destination.MANUAL_CHECK in caught.value.title


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"terms": "ZZ"}, "terms code ZZ is not on file"),
        ({"amount": Decimal("999.99")}, "out of balance"),
        ({"lines": (InvoiceLine(1, "999999999", Decimal("100.10")),)}, "account 999999999 is not on file"),
        ({"vendor_number": "9999999"}, "9999999 is not on file"),
        ({"number": "X" * 21}, "must not exceed 20 characters"),
    ],
)
def test_what_sage_refuses_is_told_in_its_words_and_nothing_is_left(world, changes, said):
    tables = ("AP_InvoiceHeader", "AP_InvoiceDetail")
    before = [world.rows(f"SELECT COUNT(*) FROM {table}") for table in tables]
    refused = world.invoice(**changes)
    with world.writer() as writer:
        batch = writer.select_batch(Destination.INVOICE_ENTRY, "AP Bridge run-1")
        with pytest.raises(SkipItem) as caught:
            writer.write_invoice(refused, comment="", line_comments=[""] * len(refused.lines), batch=batch)
        assert caught.value.code == "sage-refused"
        assert said in caught.value.message
        assert [world.rows(f"SELECT COUNT(*) FROM {table}") for table in tables] == before
        good = world.invoice("QP-1002")
        writer.write_invoice(good, comment="", line_comments=["", ""], batch=batch)
    assert len(world.found(good.key)) == 1


def test_a_log_that_cannot_be_read_takes_nothing_but_the_reason(world):
    world.faults.set("table_missing", ["VI_JobLog"])
    world.faults.set("refuse_write", "QP-BAD")
    with world.writer() as writer:
        batch = writer.select_batch(Destination.INVOICE_ENTRY, "AP Bridge run-1")
        with pytest.raises(SkipItem) as caught:
            writer.write_invoice(world.invoice("QP-BAD"), comment="", line_comments=["", ""], batch=batch)
        written = writer.write_invoice(world.invoice(), comment="", line_comments=["", ""], batch=batch)
    assert caught.value.code == "sage-job-silent"
    assert [each for each in written.warnings if "log cannot be read" in each]
    assert len(world.found(world.invoice().key)) == 1


def test_no_invoice_number_is_entered_twice_nor_added_to(world):
    invoice = world.invoice()
    world.write(invoice)
    error = failed(world, SkipItem, replace(invoice, amount=Decimal("200.00"), freight=Decimal("94.65")))
    assert (error.code, len(world.processes)) == ("already-in-sage", 1)
    (found,) = world.found(invoice.key)
    assert (found.amount, len(found.lines)) == (invoice.amount, 2)


def test_a_posted_invoice_is_not_adjusted(world):
    posted = world.facts.posted_invoices[0].key
    error = failed(
        world, SkipItem, world.invoice(posted.number, division=posted.division, vendor_number=posted.vendor_number)
    )
    assert (error.code, world.processes) == ("already-in-sage", [])


def test_a_check_number_that_is_used_is_not_entered_again(world):
    write_check(world, world.payment())
    with pytest.raises(SkipItem) as caught:
        write_check(world, world.payment())
    assert caught.value.code == "already-in-sage"
    assert world.rows("SELECT COUNT(*) FROM AP_ManualCheckDetail WHERE CheckNo = 'QP1'") == [(1,)]


def test_an_invoice_that_somebody_types_in_while_the_job_starts_stays_as_it_is(world):
    invoice = world.invoice()

    def typed_in():
        world.change(
            "INSERT INTO AP_InvoiceHeader (APDivisionNo, VendorNo, InvoiceNo, InvoiceDate, TermsCode, InvoiceAmt)"
            " VALUES (?, ?, ?, '2026-02-20', ?, 999)",
            *invoice.key,
            invoice.terms,
        )
        world.change(
            "INSERT INTO AP_InvoiceDetail (APDivisionNo, VendorNo, InvoiceNo, LineKey, AccountKey, DistributionAmt)"
            " VALUES (?, ?, ?, '000001', ?, 999)",
            *invoice.key,
            invoice.lines[0].account_key,
        )

    world.between = typed_in
    assert failed(world, SkipItem, invoice).code == "already-in-sage"
    (found,) = world.found(invoice.key)
    assert (found.amount, [line.amount for line in found.lines]) == (Decimal(999), [Decimal(999)])


@pytest.mark.parametrize(
    ("fault", "value"), [("die_at", {"bo-before-commit": 1}), ("wrong_password", True), ("single_user_mode", True)]
)
def test_a_job_that_ends_before_it_is_done_leaves_nothing_and_says_so(world, fault, value):
    world.sign_on = SignOn("BRIDGE", "pw")
    with world.writer() as writer:
        world.faults.set(fault, value)
        with pytest.raises(RetryLater) as caught:
            writer.write_invoice(world.invoice(), comment="", line_comments=["", ""], batch="00012")
    assert caught.value.code == "sage-job-broke-off"
    world.faults.clear()
    assert world.found(world.invoice().key) == ()
    assert world.files() == []
    assert world.write(world.invoice()).batch


def test_a_job_that_dies_after_it_has_written_is_found_by_the_next_look(world):
    world.faults.set("die_at", {"bo-after-commit": 1})
    error = failed(world, RetryLater, world.invoice())
    assert error.code == "sage-job-broke-off"
    (found,) = world.found(world.invoice().key)
    assert (found.balanced, found.carries("inv-000123")) == (True, True)


@pytest.mark.parametrize("make", ["invoice", "received"])
@pytest.mark.parametrize("fault", ["header_fails_after_lines", "first_line_only"])
def test_a_part_that_a_job_leaves_is_told_since_it_cannot_be_taken_back(world, make, fault):
    invoice = getattr(world, make)()
    world.faults.set(fault, invoice.number)
    error = failed(world, RetryLater, invoice)
    assert error.code == "sage-left-unfinished"
    assert invoice.number in error.title
    assert invoice.destination in error.fix
    assert [each.balanced for each in world.found(invoice.key)] == ([False] if fault == "first_line_only" else [])


def test_lines_that_belong_to_nothing_are_not_added_to(world):
    invoice = world.invoice()
    world.faults.set("header_fails_after_lines", invoice.number)
    failed(world, RetryLater, invoice)
    world.faults.clear()
    error = failed(world, SkipItem, invoice)
    assert (error.code, len(world.processes)) == ("sage-left-lines", 1)


def test_a_job_that_never_ends_is_ended_and_leaves_nothing(world):
    patient = world.jobs
    world.jobs = replace(patient, timeout_seconds=1)
    world.faults.set("hang", "bo")
    error = failed(world, RetryLater, world.invoice())
    assert error.code == "sage-job-no-end"
    assert world.processes[0].poll() is not None
    assert world.found(world.invoice().key) == ()
    world.faults.clear()
    world.jobs = patient  # a job that only has to start may take more than that second
    assert world.write(world.invoice()).batch


def test_while_the_job_of_a_killed_run_is_at_work_nothing_is_sent_and_then_once(world):
    invoice = world.invoice()
    world.faults.set("hang_at", {"bo": 3})
    world.dies_after = 1
    with pytest.raises(Killed):
        world.write(invoice)
    world.dies_after = None
    error = failed(world, RetryLater, invoice)
    assert (error.code, len(world.processes)) == ("sage-job-running", 1)
    world.reap()
    world.faults.clear()  # not earlier: the job may still be starting when its run is killed
    world.write(invoice)
    assert len(world.found(invoice.key)) == 1
    assert world.files() == []


@pytest.mark.parametrize("end", [Killed, Cancelled])
def test_a_job_that_ends_after_its_run_did_is_not_repeated(world, end):
    invoice = world.invoice()
    world.dies_after, world.end = 0, end
    with pytest.raises(end):
        world.write(invoice)
    world.dies_after = None
    world.processes[0].wait(timeout=60)
    error = failed(world, SkipItem, invoice)
    assert (error.code, len(world.processes)) == ("already-in-sage", 1)
    (found,) = world.found(invoice.key)
    assert (found.amount, len(found.lines), found.carries("inv-000123")) == (invoice.amount, 2, True)


@pytest.mark.parametrize(
    ("sign_on", "unified", "arrives"),
    [
        (SignOn(), "BRIDGE", True),
        (SignOn(), "", False),
        (SignOn(), "NOBODY", False),
        (SignOn("BRIDGE", "pw"), "", True),
        (SignOn("BRIDGE", "wrong"), "BRIDGE", False),
    ],
)
def test_only_who_may_sign_in_writes(world, sign_on, unified, arrives):
    file = world.folder / "import_jobs.json"
    file.write_bytes(orjson.dumps(orjson.loads(file.read_bytes()) | {"unified_logon": unified}))
    world.sign_on = sign_on
    if arrives:
        world.write(world.invoice())
    else:
        assert failed(world, RetryLater, world.invoice()).code == "sage-job-broke-off"
    assert len(world.found(world.invoice().key)) == arrives


def test_sages_task_scheduler_may_run_the_jobs_and_sign_in_itself(world):
    world.jobs = replace(world.jobs, started_by="task_scheduler")
    world.scheduled = [*BEGINNING, "UIOFF", "BRIDGE", "pw", "ABC", "VIWI01", "AUTO"]
    invoice = world.invoice()
    written = world.write(invoice)
    assert world.found(invoice.key)[0].batch == written.batch
    assert (len(world.processes), world.files()) == (1, [])


@pytest.mark.parametrize("cut", [slice(0, 3), slice(0, 9), slice(1, 10)])
def test_arguments_at_other_places_start_nothing(world, cut):
    arguments = [*BEGINNING, "UIOFF", "", "", "ABC", "VIWI01", "AUTO"]
    program = job_program(str(world.folder))
    world.processes.append(start_program([*program.command, *arguments[cut]], program.home))
    assert world.processes[-1].wait(timeout=60) == 1
