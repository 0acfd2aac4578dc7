"""A/P Manual Check and Payment Entry (AP_ManualCheck_bus) of the demo company.

New checks for posted invoices only: voids and reversals, and distributions straight to the ledger, are not entered.
Columns of the lines are inferred from Visual Integrator's field list.
"""

from collections.abc import Mapping
from decimal import Decimal

from app.sandbox.screens.batches import CHECKS
from app.sandbox.screens.entry import EntryScreen
from app.sandbox.screens.invoice import check_vendor
from app.sandbox.screens.link import Problem
from app.sandbox.screens.record import Record, Value


class ManualCheckEntry(EntryScreen):
    """AP_ManualCheck_bus: key BankCode$, CheckNo$; lines InvoiceNo$, InvoiceAmt (what is paid), DiscountAmt."""

    header_table = "AP_ManualCheckHeader"
    line_table = "AP_ManualCheckDetail"
    batch_setup = CHECKS

    def check_key(self, key: Mapping[str, str]) -> None:
        """The bank must be on file and the number not yet used."""
        bank, number = key["BankCode"], key["CheckNo"]
        self.check_code("GL_Bank", "BankCode", bank, "The bank code")
        if self.link.find("AP_CheckHistoryHeader", BankCode=bank, CheckNo=number) is not None:
            raise Problem(f"Check number {number} has already been used for bank code {bank}.")

    def new_record(self, header: Record) -> None:
        """A new check, until it is said to be something else."""
        header.values["CheckType"] = "N"

    def check_value(self, header: Record, name: str, value: Value) -> str:
        """New checks only; the vendor must be on file, and stays once lines are entered."""
        if name == "CheckType" and value != "N":
            raise Problem(f"Check type {value} cannot be entered here.")
        if name in ("APDivisionNo", "VendorNo") and self.lines.written:
            raise Problem("The vendor cannot be changed once invoices are entered.")
        if name == "APDivisionNo":
            self.check_code("AP_Division", "APDivisionNo", value, "The A/P division")
        if name == "VendorNo":
            check_vendor(self, header.text("APDivisionNo"), str(value))
        return ""

    def value_entered(self, header: Record, name: str) -> None:
        """The vendor brings the name on the check."""
        if name == "VendorNo":
            vendor = self.link.find(
                "AP_Vendor", APDivisionNo=header.text("APDivisionNo"), VendorNo=header.text("VendorNo")
            )
            header.values["VendorName"] = str(vendor["VendorName"]).rstrip() if vendor is not None else ""

    def check_line_value(self, line: Record, name: str, value: Value) -> str:
        """The invoice must be open; paying more than is left of it draws a warning."""
        if name == "InvoiceNo":
            if any(each is not line and each.text("InvoiceNo") == value for each in self.lines.written):
                raise Problem(f"Invoice {value} is already on this check.")
            self._open_invoice(str(value))
        elif name in ("InvoiceAmt", "DiscountAmt") and isinstance(value, Decimal):
            if not line.text("InvoiceNo"):
                raise Problem("The InvoiceNo is required.")
            other = line.number("DiscountAmt" if name == "InvoiceAmt" else "InvoiceAmt")
            if value + other > self._open_invoice(line.text("InvoiceNo"))[0]:
                return f"The amount is greater than the balance of invoice {line.text('InvoiceNo')}."
        return ""

    def line_value_entered(self, line: Record, name: str) -> None:
        """The invoice brings its date."""
        if name == "InvoiceNo":
            line.values["InvoiceDate"] = self._open_invoice(line.text("InvoiceNo"))[1]

    def check_line(self, line: Record) -> None:
        """A line needs its invoice."""
        line.require("InvoiceNo")

    def check_record(self, header: Record) -> str:
        """Date and vendor are required, and the lines must come to the check's amount."""
        header.require("CheckDate", "APDivisionNo", "VendorNo")
        paid = sum((line.number("InvoiceAmt") for line in self.lines.written), Decimal(0))
        if not self.lines.written or paid != header.number("CheckAmt"):
            raise Problem("The check is out of balance.")
        return ""

    def document(self, header: Record) -> str:
        """The check number."""
        return header.text("CheckNo")

    def _open_invoice(self, number: str) -> tuple[Decimal, str | None]:
        header = self.must_have_record()
        header.require("APDivisionNo", "VendorNo")
        row = self.link.find(
            "AP_OpenInvoice",
            APDivisionNo=header.text("APDivisionNo"),
            VendorNo=header.text("VendorNo"),
            InvoiceNo=number,
        )
        if row is None:
            raise Problem(f"Invoice {number} is not on file for this vendor.")
        return Decimal(str(row["Balance"])), row["InvoiceDate"]
