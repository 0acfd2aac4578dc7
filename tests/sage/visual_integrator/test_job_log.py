"""The job's log is taken at its word only where it names the document."""

import pytest

from app.errors import Side, SkipItem
from app.sage.cells import Observations
from app.sage.visual_integrator.job_log import what_it_says

HEAD = ("0000000000", "00000000", "", "1 records passed, 1 failed.", "")


class Log:
    """A source whose one table is the job log."""

    def __init__(self, *rows):
        self.rows = rows

    def stream(self, table, columns, *, order=()):
        assert table == "VI_JobLog"
        if self.rows and isinstance(self.rows[0], Exception):
            raise self.rows[0]
        yield from self.rows


def row(record, index, field, data, result):
    return (f"{record:010d}", f"{index:08d}", field, data, result)


REFUSED = (
    row(1, 0, "", "The invoice is out of balance.", "F"),
    row(1, 1, "InvoiceNo$", "INV-77", "P"),
    row(1, 2, "AccountKey$", "000000999", "F"),
    row(1, 3, "DistributionAmt", "60.10", "P"),
)


@pytest.mark.parametrize("field", ["InvoiceNo$", "H.InvoiceNo$", "AP_InvoiceHeader.InvoiceNo"])
def test_what_is_said_against_a_document_is_told_with_the_fields_that_failed(field):
    rows = [HEAD, REFUSED[0], row(1, 1, field, "INV-77", "P"), *REFUSED[2:]]
    said = what_it_says(Log(*rows), Observations(), "InvoiceNo", "INV-77")
    assert said == "The invoice is out of balance. AccountKey “000000999” was not taken."


def test_a_document_that_passed_has_nothing_said_against_it():
    rows = [HEAD, row(2, 0, "", "Imported.", "P"), row(2, 1, "InvoiceNo$", "INV-78", "P"), *REFUSED]
    assert what_it_says(Log(*rows), Observations(), "InvoiceNo", "INV-78") == ""


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (HEAD,),
        REFUSED,
        (row(1, 1, "InvoiceAmt", "INV-7", "P"),),
        (row(0, 1, "InvoiceNo$", "INV-7", "P"),),
    ],
)
def test_a_log_that_does_not_name_the_document_tells_nothing(rows):
    assert what_it_says(Log(*rows), Observations(), "InvoiceNo", "INV-7") is None


def test_a_log_that_cannot_be_read_tells_nothing_and_is_noted():
    blocked = SkipItem("table-not-accessible", "VI_JobLog is blocked", "", "", side=Side.SAGE)
    seen = Observations()
    assert what_it_says(Log(blocked), seen, "InvoiceNo", "INV-7") is None
    assert [note for note in seen.notes if "log cannot be read" in note and "VI_JobLog is blocked" in note]
