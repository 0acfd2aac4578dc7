"""A/P Invoice Data Entry (AP_Invoice_bus) of the demo company.

Not modelled: Sage's own tax calculation from a schedule; freight and tax are what is entered. Unconfirmed: that an
inactive vendor only draws a warning, and that a posted number shows as a new record with Adjustment set.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from app.sandbox.screens.batches import INVOICES
from app.sandbox.screens.entry import EntryScreen
from app.sandbox.screens.link import Link, Problem
from app.sandbox.screens.record import Record, Value, day


class InvoiceEntry(EntryScreen):
    """AP_Invoice_bus: key APDivisionNo$, VendorNo$, InvoiceNo$; lines AccountKey$, DistributionAmt, CommentText$."""

    header_table = "AP_InvoiceHeader"
    line_table = "AP_InvoiceDetail"
    batch_setup = INVOICES

    def check_key(self, key: Mapping[str, str]) -> None:
        """Division and vendor must be on file."""
        check_vendor(self, key["APDivisionNo"], key["VendorNo"])

    def new_record(self, header: Record) -> None:
        """Propose the vendor's terms, hold and schedule; mark an adjustment of a posted invoice."""
        vendor = self.link.find("AP_Vendor", APDivisionNo=header.text("APDivisionNo"), VendorNo=header.text("VendorNo"))
        if vendor is not None:
            propose_from_vendor(header, dict(vendor))
        header.values.update(Adjustment="N", RecurringInvoice="N", UseTax="N", InvalidTaxCalc="N")
        if is_posted(self.link, header):
            header.values["Adjustment"] = "Y"
            self.said = f"Invoice {header.text('InvoiceNo')} is posted already and will be adjusted."

    def check_value(self, header: Record, name: str, value: Value) -> str:
        """Codes must be on file."""
        check_invoice_value(self, header, name, value)
        return ""

    def value_entered(self, header: Record, name: str) -> None:
        """Terms and invoice date give the due dates."""
        if name in ("TermsCode", "InvoiceDate"):
            work_out_due_dates(self.link, header)

    def check_line_value(self, line: Record, name: str, value: Value) -> str:  # noqa: ARG002
        """The account must be one that can be posted to."""
        if name == "AccountKey":
            self.check_account(str(value))
        return ""

    def check_line(self, line: Record) -> None:
        """A distribution needs its account."""
        line.require("AccountKey")

    def check_record(self, header: Record) -> str:
        """Date and terms are required, and the distributions must come to the invoice amount."""
        header.require("InvoiceDate", "TermsCode")
        lines = (line.number("DistributionAmt") for line in self.lines.written)
        check_balance(header, sum(lines, Decimal(0)))
        if header.text("Adjustment") == "Y":
            return f"Invoice {header.text('InvoiceNo')} was entered as an adjustment of a posted invoice."
        return vendor_warning(self.link, header)

    def document(self, header: Record) -> str:
        """The invoice number."""
        return header.text("InvoiceNo")


def check_vendor(screen: EntryScreen, division: str, number: str) -> None:
    """Raise `Problem` unless division and vendor are on file."""
    screen.check_code("AP_Division", "APDivisionNo", division, "The A/P division")
    if screen.link.find("AP_Vendor", APDivisionNo=division, VendorNo=number) is None:
        raise Problem(f"The vendor {division}-{number} is not on file.")


def check_invoice_value(screen: EntryScreen, header: Record, name: str, value: Value) -> None:
    """Raise `Problem` for a code of an invoice's head that Sage does not know, or a flag that is none."""
    if name == "TermsCode":
        screen.check_code("AP_TermsCode", "TermsCode", value, "The terms code")
    elif name == "TaxSchedule":
        screen.check_code("SY_SalesTaxSchedule", "TaxSchedule", value, "The tax schedule")
    elif name in ("HoldPayment", "SeparateCheck") and value not in ("Y", "N"):
        raise Problem(f"The value {value} for {name} is invalid.")
    elif name in ("InvoiceDueDate", "InvoiceDiscountDate") and value and not header.text("InvoiceDate"):
        raise Problem("The InvoiceDate is required.")


def propose_from_vendor(header: Record, vendor: Mapping[str, object]) -> None:
    """Fill in what Sage takes from the vendor."""
    header.values.update(
        TermsCode=str(vendor["TermsCode"]).strip(),
        HoldPayment="Y" if vendor["HoldPayment"] == "Y" else "N",
        SeparateCheck="Y" if vendor["SeparateCheck"] == "Y" else "N",
        TaxSchedule=str(vendor["TaxSchedule"]).strip(),
    )


def work_out_due_dates(link: Link, header: Record) -> None:
    """Work out due and discount date anew, as Sage does whenever terms or invoice date are entered."""
    terms = link.find("AP_TermsCode", TermsCode=header.text("TermsCode"))
    if terms is None or not header.text("InvoiceDate"):
        return
    invoiced = day(header.text("InvoiceDate"))
    header.values["InvoiceDueDate"] = (invoiced + timedelta(days=int(terms["DaysBeforeDue"]))).isoformat()
    if terms["DaysDiscountAllowed"]:
        discount = invoiced + timedelta(days=int(terms["DaysDiscountAllowed"]))
        header.values["InvoiceDiscountDate"] = discount.isoformat()


def check_balance(header: Record, lines: Decimal) -> None:
    """Raise `Problem` unless lines, freight and tax come to the invoice amount."""
    entered = lines + header.number("FreightAmt") + header.number("SalesTaxAmt")
    if entered != header.number("InvoiceAmt"):
        raise Problem("The invoice is out of balance.")


def is_posted(link: Link, header: Record) -> bool:
    """Return whether this vendor's invoice number is in open invoices or in history."""
    key = {
        "APDivisionNo": header.text("APDivisionNo"),
        "VendorNo": header.text("VendorNo"),
        "InvoiceNo": header.text("InvoiceNo"),
    }
    return any(link.find(table, **key) is not None for table in ("AP_OpenInvoice", "AP_InvoiceHistoryHeader"))


def vendor_warning(link: Link, header: Record) -> str:
    """Return what Sage says about the vendor when an entry for it is kept, '' for nothing."""
    division, number = header.text("APDivisionNo"), header.text("VendorNo")
    vendor = link.find("AP_Vendor", APDivisionNo=division, VendorNo=number)
    if vendor is not None and vendor["VendorStatus"] == "I":
        return f"Vendor {division}-{number} is inactive."
    return ""
