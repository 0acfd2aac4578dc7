"""Entry batches: whether a screen uses them, making new ones, selecting one."""

from dataclasses import dataclass

from app.sandbox.schema import tables
from app.sandbox.screens.link import Link, Problem


@dataclass(frozen=True, slots=True)
class BatchSetup:
    """Where a screen's batches are kept."""

    table: str
    kind: str
    options: str
    switch: str
    next_number: str


INVOICES = BatchSetup("AP_Batch", "IN", "AP_Options", "InvoiceBatchEntry", "NextInvoiceBatchNo")
CHECKS = BatchSetup("AP_Batch", "MC", "AP_Options", "ManualCheckBatchEntry", "NextManualCheckBatchNo")
RECEIPTS = BatchSetup("PO_Batch", "RI", "PO_Options", "ReceiptOfInvoiceBatchEntry", "NextReceiptOfInvoiceBatchNo")


def in_use(link: Link, setup: BatchSetup) -> bool:
    """Return whether the company uses batches in this screen."""
    row = link.database.execute(f"SELECT {setup.switch} FROM {setup.options}").fetchone()  # noqa: S608  # constants
    return row is not None and row[0] == "Y"


def new_batch(link: Link, setup: BatchSetup, private: str, description: str) -> str:
    """Make a batch and return its number; it is there at once, even when nothing is ever entered in it.

    Raises:
        Problem: batches are off, or the description is too long.
    """
    _must_be_in_use(link, setup)
    description_column = tables()[setup.table].column("BatchDesc")
    if description_column is not None and len(description) > description_column.size:
        raise Problem(f"The value for BatchDesc must not exceed {description_column.size} characters.")
    if private not in ("Y", "N"):
        raise Problem("The private flag must be Y or N.")
    database = link.database
    with database:
        database.execute("BEGIN IMMEDIATE")
        number = str(
            database.execute(f"SELECT {setup.next_number} FROM {setup.options}").fetchone()[0]  # noqa: S608
        )
        database.execute(
            f"UPDATE {setup.options} SET {setup.next_number} = ?",  # noqa: S608
            (f"{int(number) + 1:05d}",),
        )
        database.execute(
            f"INSERT INTO {setup.table} (BatchType, BatchNo, BatchDesc, PrivateBatch, DateCreated, TimeCreated, "  # noqa: S608
            "UserCreatedKey) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (setup.kind, number, description, private, *link.stamp()),
        )
    return number


def make_if_missing(link: Link, setup: BatchSetup, number: str) -> None:
    """Make the batch called `number` as an import job does: without a description, and without using up a number."""
    if not in_use(link, setup) or link.find(setup.table, BatchType=setup.kind, BatchNo=number) is not None:
        return
    with link.database as database:
        database.execute(
            f"INSERT INTO {setup.table} (BatchType, BatchNo, PrivateBatch, DateCreated, TimeCreated, UserCreatedKey) "  # noqa: S608
            "VALUES (?, ?, 'N', ?, ?, ?)",
            (setup.kind, number, *link.stamp()),
        )


def select(link: Link, setup: BatchSetup, number: str) -> str:
    """Return the number of an existing batch.

    Raises:
        Problem: batches are off, or there is no such batch.
    """
    _must_be_in_use(link, setup)
    if link.find(setup.table, BatchType=setup.kind, BatchNo=number) is None:
        raise Problem(f"Batch {number} is not on file.")
    return number


def _must_be_in_use(link: Link, setup: BatchSetup) -> None:
    if not in_use(link, setup):
        raise Problem("Batch entry is not enabled.")
