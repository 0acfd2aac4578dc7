"""A Sage company in memory: what stands in its entry screens, open and in history, and what people do there."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from app.domain.invoices import Destination, Invoice, InvoiceKey
from app.domain.money import ZERO, amount
from app.domain.payments import CheckKey, Payment
from app.domain.purchase_orders import OrderState, OrderType, PurchaseOrder, PurchaseOrderLine
from app.sage.found import FoundLine, LedgerAccount, LedgerVendor

TODAY = date(2026, 11, 20)
DIVISION = "01"
ACTIVE, HELD, INACTIVE = "ACME", "HOLDCO", "OLDCO"
ACCOUNT, OTHER_ACCOUNT = "000000012", "000000013"
BANK = "A"
TERMS = "01"
ORDER = "0010001"
ORDER_LINE = "000001"

COMMENT_SIZE = 40
ENTRY, POSTED = "entry", "posted"

VENDORS = {
    (DIVISION, ACTIVE): LedgerVendor("Acme Tools", "A", hold=False, uses_receipt_of_invoice=False, terms=TERMS),
    (DIVISION, HELD): LedgerVendor("Hold & Co", "A", hold=True, uses_receipt_of_invoice=False, terms=TERMS),
    (DIVISION, INACTIVE): LedgerVendor("Old & Co", "I", hold=False, uses_receipt_of_invoice=False, terms=TERMS),
}
ACCOUNTS = {
    ACCOUNT: LedgerAccount("610-00-00", "Office supplies", "A"),
    OTHER_ACCOUNT: LedgerAccount("620-00-00", "Repairs", "A"),
}
ORDERS = {
    ORDER: PurchaseOrder(
        ORDER,
        OrderType.STANDARD,
        OrderState.OPEN,
        "O",
        TODAY,
        None,
        DIVISION,
        ACTIVE,
        "Acme Tools",
        TERMS,
        "",
        "",
        "",
        ZERO,
        ZERO,
        (
            PurchaseOrderLine(
                ORDER_LINE,
                "00000000000001",
                "DRILL",
                "1",
                "Drill",
                "",
                "",
                ACCOUNT,
                Decimal("10.000000"),
                ZERO,
                ZERO,
                ZERO,
                Decimal("12.500000"),
                Decimal("125.00"),
            ),
        ),
        (),
    )
}


@dataclass(frozen=True, slots=True)
class BillLine:
    """A line as Sage keeps it; `order_line` and `quantity` stand on lines of an order."""

    account_key: str
    amount: Decimal
    comment: str
    order_line: str = ""
    quantity: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice in Sage. `origin` is the document it was written for ('' by hand), `written` that document then."""

    id: int
    key: InvoiceKey
    day: date
    amount: Decimal
    comment: str
    lines: tuple[BillLine, ...]
    screen: Destination
    batch: str
    number: str = ""  # of the receipt
    order: str = ""
    place: str = ENTRY
    balance: Decimal = ZERO
    origin: str = ""
    written: Invoice | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A check in Sage, as a `Bill`; `paid` are (invoice number, amount, discount)."""

    id: int
    key: CheckKey
    day: date
    division: str
    vendor_number: str
    amount: Decimal
    comment: str
    paid: tuple[tuple[str, Decimal, Decimal], ...]
    batch: str
    place: str = ENTRY
    origin: str = ""
    written: Payment | None = None


class RefusalError(Exception):
    """Sage does not take something; the text is its own message."""


@dataclass(slots=True)
class Books:
    """The company. Records are never changed but replaced, so that a copy of the dicts is the state of a moment.

    Args:
        stale: The records as they were before the last change: what a read through locks may still show.
        touched: Documents whose record a person has edited or deleted.
        refusals: Documents that Sage once did not take.
        closed: Months that nothing can be entered in.
    """

    batches_on: bool = True
    comment_kept: int = 2048
    bills: dict[int, Bill] = field(default_factory=dict)
    checks: dict[int, Check] = field(default_factory=dict)
    stale: tuple[dict[int, Bill], dict[int, Check]] = field(default_factory=lambda: ({}, {}))
    batches: dict[Destination, dict[str, str]] = field(default_factory=lambda: {each: {} for each in Destination})
    touched: set[str] = field(default_factory=set)
    refusals: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    _ids: int = 0

    def new_batch(self, screen: Destination, description: str) -> str:
        """Make a batch and return its number.

        Raises:
            RefusalError: batches are off.
        """
        if not self.batches_on:
            raise RefusalError("Batch entry is not enabled.")
        number = f"{len(self.batches[screen]) + 1:05d}"
        self.batches[screen][number] = description
        return number

    def bills_under(self, key: InvoiceKey) -> list[Bill]:
        """Return the bills under a number."""
        return [bill for bill in self.bills.values() if bill.key == key]

    def of(self, document: str) -> list[Bill | Check]:
        """Return what stands in Sage of a document."""
        records: list[Bill | Check] = [bill for bill in self.bills.values() if bill.origin == document]
        return records + [check for check in self.checks.values() if check.origin == document]

    def enter_invoice(
        self, invoice: Invoice, comment: str, line_comments: list[str], batch: str, *, origin: str = ""
    ) -> None:
        """Enter a bill in A/P Invoice Data Entry.

        Raises:
            RefusalError: Sage does not take it.
        """
        self._check_common(invoice, comment, batch, Destination.INVOICE_ENTRY)
        lines = tuple(
            BillLine(line.account_key, line.amount, text[: self.comment_kept])
            for line, text in zip(invoice.lines, line_comments, strict=True)
        )
        self._check_lines(invoice, lines)
        self._add(invoice, comment, lines, Destination.INVOICE_ENTRY, batch, origin)

    def enter_receipt(
        self, invoice: Invoice, comment: str, line_comments: list[str], batch: str, *, origin: str = ""
    ) -> str:
        """Enter a bill in P/O Receipt of Invoice Entry and return the receipt's number.

        Raises:
            RefusalError: Sage does not take it.
        """
        order = ORDERS.get(invoice.purchase_order)
        if order is None:
            raise RefusalError(f"Purchase order {invoice.purchase_order} is not on file.")
        self._check_common(invoice, comment, batch, Destination.RECEIPT_OF_INVOICE)
        ordered = {line.line_key: line for line in order.lines}
        lines = []
        for line, text in zip(invoice.lines, line_comments, strict=True):
            kept = text[: self.comment_kept]
            if line.po_line_key:
                theirs, quantity = ordered[line.po_line_key], line.quantity or ZERO
                cost = theirs.unit_cost if line.unit_cost is None else line.unit_cost
                lines.append(BillLine(theirs.account_key, amount(quantity * cost), kept, line.po_line_key, quantity))
            else:
                lines.append(BillLine(line.account_key, line.amount, kept))
        if self.bills_under(invoice.key):
            raise RefusalError(f"Invoice {invoice.number} already exists for this vendor.")
        self._check_lines(invoice, tuple(lines))
        number = f"{self._ids + 1:06d}"
        self._add(invoice, comment, tuple(lines), Destination.RECEIPT_OF_INVOICE, batch, origin, number)
        return number

    def enter_check(self, payment: Payment, key: CheckKey, comment: str, batch: str, *, origin: str = "") -> None:
        """Enter a check in A/P Manual Check and Payment Entry.

        Raises:
            RefusalError: Sage does not take it.
        """
        if key.bank_code != BANK:
            raise RefusalError(f"The bank code {key.bank_code} is not on file.")
        if any(check.key == key for check in self.checks.values()):
            raise RefusalError(f"Check number {key.check_number} has already been used for bank code {key.bank_code}.")
        self._check_comment(comment)
        self._check_batch(batch, Destination.MANUAL_CHECK)
        self._check_month(payment.payment_date)
        for line in payment.lines:
            if self.open_bill(InvoiceKey(payment.division, payment.vendor_number, line.invoice_number)) is None:
                raise RefusalError(f"Invoice {line.invoice_number} is not on file for this vendor.")
        if not payment.lines or sum((line.amount for line in payment.lines), ZERO) != payment.amount:
            raise RefusalError("The check is out of balance.")
        self.remember()
        self._ids += 1
        self.checks[self._ids] = Check(
            self._ids,
            key,
            payment.payment_date,
            payment.division,
            payment.vendor_number,
            payment.amount,
            comment,
            tuple((line.invoice_number, line.amount, line.discount) for line in payment.lines),
            batch,
            origin=origin,
            written=payment if origin else None,
        )

    def open_bill(self, key: InvoiceKey) -> Bill | None:
        """Return the posted bill under a number that still has a balance."""
        return next((bill for bill in self.bills_under(key) if bill.place == POSTED and bill.balance), None)

    def order(self, number: str) -> PurchaseOrder | None:
        """Return an order as it is now: what is posted of its lines counts as invoiced."""
        order = ORDERS.get(number)
        posted = [bill for bill in self.bills.values() if bill.order == number and bill.place == POSTED]
        if order is None or not posted:
            return order
        lines = []
        for line in order.lines:
            billed = (each.quantity for bill in posted for each in bill.lines if each.order_line == line.line_key)
            lines.append(replace(line, invoiced=sum(billed, line.invoiced)))
        return replace(order, lines=tuple(lines))

    def remember(self) -> None:
        """Keep what is there now as what a stale read may show; called before every change."""
        self.stale = (dict(self.bills), dict(self.checks))

    def post(self, screen: Destination, batch: str) -> None:
        """Post a batch: its records are in the open invoices or paid, and in history."""
        self.remember()
        if screen is Destination.MANUAL_CHECK:
            for check in [each for each in self.checks.values() if each.place == ENTRY and each.batch == batch]:
                self.checks[check.id] = replace(check, place=POSTED, batch="")
                for number, paid, discount in check.paid:
                    bill = self.open_bill(InvoiceKey(check.division, check.vendor_number, number))
                    if bill is not None:
                        self.bills[bill.id] = replace(bill, balance=bill.balance - paid - discount)
            return
        for bill in [each for each in self.bills.values() if each.place == ENTRY and each.batch == batch]:
            if bill.screen is screen:
                self.bills[bill.id] = replace(bill, place=POSTED, batch="", balance=bill.amount)

    def change(self, record: Bill | Check) -> None:
        """Put an edited record in the place of the one it was."""
        self.remember()
        self.touched.add(record.origin)
        if isinstance(record, Bill):
            self.bills[record.id] = record
        else:
            self.checks[record.id] = record

    def delete(self, record: Bill | Check) -> None:
        """Delete an unposted record, as a person does."""
        self.touched.add(record.origin)
        self.take_out(record)

    def take_out(self, record: Bill | Check) -> None:
        """Delete an unposted record."""
        self.remember()
        if isinstance(record, Bill):
            del self.bills[record.id]
        else:
            del self.checks[record.id]

    def _add(
        self,
        invoice: Invoice,
        comment: str,
        lines: tuple[BillLine, ...],
        screen: Destination,
        batch: str,
        origin: str,
        number: str = "",
    ) -> None:
        self.remember()
        self._ids += 1
        self.bills[self._ids] = Bill(
            self._ids,
            invoice.key,
            invoice.invoice_date,
            invoice.amount,
            comment[: self.comment_kept],
            lines,
            screen,
            batch,
            number,
            invoice.purchase_order,
            origin=origin,
            written=invoice if origin else None,
        )

    def _check_common(self, invoice: Invoice, comment: str, batch: str, screen: Destination) -> None:
        if (invoice.division, invoice.vendor_number) not in VENDORS:
            raise RefusalError(f"The vendor {invoice.division}-{invoice.vendor_number} is not on file.")
        if invoice.terms != TERMS:
            raise RefusalError(f"The terms code {invoice.terms} is not on file.")
        self._check_comment(comment)
        self._check_batch(batch, screen)
        self._check_month(invoice.invoice_date)

    def _check_comment(self, comment: str) -> None:
        if len(comment) > COMMENT_SIZE:
            raise RefusalError(f"The value for Comment must not exceed {COMMENT_SIZE} characters.")

    def _check_batch(self, batch: str, screen: Destination) -> None:
        if self.batches_on and batch not in self.batches[screen]:
            raise RefusalError("A batch must be selected before entries can be made.")

    def _check_month(self, day: date) -> None:
        if f"{day:%Y-%m}" in self.closed:
            raise RefusalError(f"The period of {day:%Y-%m} is closed to this module.")

    def _check_lines(self, invoice: Invoice, lines: tuple[BillLine, ...]) -> None:
        if any(line.account_key not in ACCOUNTS for line in lines):
            raise RefusalError("The G/L account is not on file.")
        if sum((line.amount for line in lines), invoice.freight + invoice.tax) != invoice.amount:
            raise RefusalError("The invoice is out of balance.")


def found_lines(lines: tuple[BillLine, ...]) -> tuple[FoundLine, ...]:
    """Return lines as a look-up answers them."""
    return tuple(FoundLine(line.account_key, line.amount, line.comment) for line in lines)
