"""P/O Receipt of Invoice Entry (PO_Receipt_bus, ReceiptType I) of the demo company.

No layout and no program that drives this screen is public: its columns, nGetNextReceiptNo and the proposal of a
line's quantity (received and not yet invoiced) are unconfirmed, and a site's self-test must show them.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.sandbox.screens.batches import RECEIPTS
from app.sandbox.screens.entry import EntryScreen
from app.sandbox.screens.invoice import (
    check_balance,
    check_invoice_value,
    is_posted,
    propose_from_vendor,
    vendor_warning,
    work_out_due_dates,
)
from app.sandbox.screens.link import OK, Problem, answers
from app.sandbox.screens.record import Record, Value

_CHARGE, _COMMENT, _MISCELLANEOUS = "3", "4", "5"
_CENT = Decimal("0.01")


class ReceiptOfInvoiceEntry(EntryScreen):
    """PO_Receipt_bus: key ReceiptType$ "I", ReceiptNo$; PurchaseOrderNo$ brings the order's lines.

    Lines: PurchaseOrderLineKey$ names the order's line; QuantityInvoiced and UnitCost make ExtensionAmt. Lines that
    are added are charges: ItemType$ "3" or "5", AccountKey$, ExtensionAmt.
    """

    header_table = "PO_ReceiptHeader"
    line_table = "PO_ReceiptDetail"
    batch_setup = RECEIPTS

    @answers
    def nGetNextReceiptNo(self, number: Any) -> int:  # noqa: N802
        """Put the next receipt number into `number.value`; it is used up by asking."""
        with self.link.database as database:
            database.execute("BEGIN IMMEDIATE")
            number.value = str(database.execute("SELECT NextReceiptNo FROM PO_Options").fetchone()[0])
            database.execute("UPDATE PO_Options SET NextReceiptNo = ?", (f"{int(number.value) + 1:06d}",))
        return OK

    def check_key(self, key: Mapping[str, str]) -> None:
        """Only receipts of invoice are entered here."""
        if key["ReceiptType"] != "I":
            raise Problem(f"Receipt type {key['ReceiptType']} is entered in another task.")

    def check_value(self, header: Record, name: str, value: Value) -> str:
        """The order must be there and open, codes must be on file."""
        if name == "PurchaseOrderNo":
            self._check_order(str(value))
        elif name in ("APDivisionNo", "VendorNo"):
            raise Problem(f"The {name} comes from the purchase order.")
        check_invoice_value(self, header, name, value)
        return ""

    def value_entered(self, header: Record, name: str) -> None:
        """The order brings vendor, terms and lines; terms and invoice date give the due dates."""
        if name == "PurchaseOrderNo":
            self._load_order(header)
        elif name in ("TermsCode", "InvoiceDate"):
            work_out_due_dates(self.link, header)

    def check_line_value(self, line: Record, name: str, value: Value) -> str:
        """Accounts must be usable; more than ordered draws a warning."""
        if name == "AccountKey":
            self.check_account(str(value))
        elif name == "ItemType" and value not in (_CHARGE, _MISCELLANEOUS):
            raise Problem("Only charges and miscellaneous items can be added to a receipt of invoice.")
        elif name == "QuantityInvoiced" and isinstance(value, Decimal):
            if value and line.text("ItemType") == _COMMENT:
                raise Problem("A comment line has no quantity.")
            if value > self._left_to_invoice(line) and line.text("ItemType") != _CHARGE:
                return "The quantity invoiced is greater than the quantity ordered."
        return ""

    def line_value_entered(self, line: Record, name: str) -> None:
        """Quantity times cost is the extension."""
        if name in ("QuantityInvoiced", "UnitCost"):
            extension = line.number("QuantityInvoiced") * line.number("UnitCost")
            line.values["ExtensionAmt"] = extension.quantize(_CENT, ROUND_HALF_UP)

    def check_line(self, line: Record) -> None:
        """Every line but a comment needs its account."""
        if line.text("ItemType") != _COMMENT:
            line.require("AccountKey")

    def check_record(self, header: Record) -> str:
        """Order, number, date and terms are required; the lines must come to the invoice amount; no number twice."""
        header.require("PurchaseOrderNo", "InvoiceNo", "InvoiceDate", "TermsCode")
        self._check_order(header.text("PurchaseOrderNo"))
        self._check_number(header)
        lines = (line.number("ExtensionAmt") for line in self.lines.written)
        check_balance(header, sum(lines, Decimal(0)))
        return vendor_warning(self.link, header)

    def document(self, header: Record) -> str:
        """The invoice number."""
        return header.text("InvoiceNo")

    def _check_order(self, number: str) -> None:
        order = self.link.find("PO_PurchaseOrderHeader", PurchaseOrderNo=number)
        if order is None:
            raise Problem(f"Purchase order {number} is not on file.")
        if order["OrderStatus"] in ("X", "Z"):
            state = "complete" if order["OrderStatus"] == "X" else "cancelled"
            raise Problem(f"Purchase order {number} is {state}.")
        if order["OrderType"] not in ("S", "D"):
            raise Problem(f"Purchase order {number} is of type {order['OrderType']} and cannot be invoiced.")

    def _load_order(self, header: Record) -> None:
        order = self.link.find("PO_PurchaseOrderHeader", PurchaseOrderNo=header.text("PurchaseOrderNo"))
        if order is None:
            return
        vendor = self.link.find("AP_Vendor", APDivisionNo=order["APDivisionNo"], VendorNo=order["VendorNo"])
        if vendor is not None:
            propose_from_vendor(header, dict(vendor))
        header.values.update(
            APDivisionNo=order["APDivisionNo"],
            VendorNo=order["VendorNo"],
            TermsCode=order["TermsCode"],
            TaxSchedule=order["TaxSchedule"],
            ReceiptDate=self.link.stamp()[0],
        )
        lines = self.link.rows("PO_PurchaseOrderDetail", "LineSeqNo", PurchaseOrderNo=order["PurchaseOrderNo"])
        self.lines.restart([self._order_line(dict(row)) for row in lines])

    def _order_line(self, row: Mapping[str, Any]) -> Record:
        line = self.lines.fresh()
        for name in (
            "ItemCode", "ItemType", "ItemCodeDesc", "WarehouseCode", "UnitOfMeasure", "CommentText",
            "JobNo", "CostCode", "CostType", "QuantityOrdered", "QuantityReceived", "UnitCost",
        ):  # fmt: skip
            column = line.table.column(name)
            number = column is not None and column.kind == "number"
            line.values[name] = _decimal(row[name]) if number else row[name]
        received = _decimal(row["QuantityReceived"]) - _decimal(row["QuantityInvoiced"])
        line.values.update(
            PurchaseOrderLineKey=row["LineKey"],
            AccountKey=row["PurchasesAcctKey"],
            QuantityInvoiced=max(received, Decimal(0)),
        )
        if row["ItemType"] == _CHARGE:
            line.values["ExtensionAmt"] = _decimal(row["ExtensionAmt"]) - _decimal(row["InvoicedAmt"])
        else:
            self.line_value_entered(line, "QuantityInvoiced")
        return line

    def _left_to_invoice(self, line: Record) -> Decimal:
        order = self.must_have_record().text("PurchaseOrderNo")
        row = self.link.find("PO_PurchaseOrderDetail", PurchaseOrderNo=order, LineKey=line.text("PurchaseOrderLineKey"))
        if row is None:
            return Decimal("Infinity")
        return _decimal(row["QuantityOrdered"]) - _decimal(row["QuantityInvoiced"])

    def _check_number(self, header: Record) -> None:
        key = {name: header.text(name) for name in ("APDivisionNo", "VendorNo", "InvoiceNo")}
        entered = self.link.rows("PO_ReceiptHeader", "ReceiptNo", ReceiptType="I", **key)
        others = [row for row in entered if row["ReceiptNo"] != header.text("ReceiptNo")]
        if others or self.link.find("AP_InvoiceHeader", **key) is not None or is_posted(self.link, header):
            raise Problem(f"Invoice {key['InvoiceNo']} already exists for this vendor.")


def _decimal(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except ArithmeticError:
        raise Problem(f"Error #41: Invalid integer encountered ({value}).") from None
