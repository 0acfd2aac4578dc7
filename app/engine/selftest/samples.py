"""What the self-test enters: the smallest documents that fit a real vendor, account, bank, open invoice and order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from app.domain.invoices import Destination, Invoice, InvoiceKey, InvoiceLine
from app.domain.language import say
from app.domain.lists import ListItem, ListName
from app.domain.money import ZERO
from app.domain.payments import CheckKey, Payment, PaymentLine
from app.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from app.engine.sending.screens import enter, take_out
from app.errors import Side, SkipItem
from app.sage.company import SageCompany
from app.sage.found import Found, FoundCheck, FoundInvoice, LedgerVendor, Written
from app.sage.ledger import Ledger
from app.sage.port import Deleter

NAME = "APBTEST"  # in the number, and in the mark of what was entered; at most 9 characters: a digit follows
CREDIT_NAME = "APBTESTC"
NUMBERS = range(1, 10)  # a number that was posted in the test company cannot be used again
CENT = Decimal("0.01")
SHARES = (Decimal("0.10"), Decimal("0.20"))  # whose sum binary numbers miss: 0.30000000000000004
DESCRIPTION = "AP Bridge self-test, which is deleted again at once"  # too long for a head, so a line has it too
DUE_IN = timedelta(days=37)  # so that it is not what Sage works out from the terms
LOOKED_AT = 200  # open invoices, to find one that can be paid
_GOODS = "1"


@dataclass(frozen=True, slots=True)
class Trial:
    """One document of the self-test, and how to enter it, find it and delete it."""

    document: Invoice | Payment

    @property
    def name(self) -> str:
        """What its numbers begin with, and its mark in Sage."""
        return self.document.id

    @property
    def number(self) -> str:
        """The invoice's or check's number."""
        return self.document.number if isinstance(self.document, Invoice) else self.document.reference

    @property
    def destination(self) -> Destination:
        """The entry screen it goes to."""
        return self.document.destination

    @property
    def numbered_by_sage(self) -> bool:
        """Whether Sage gives the entry a number of its own, and so takes the same document again."""
        return self.destination is Destination.RECEIPT_OF_INVOICE

    def numbered(self, number: int) -> "Trial":
        """Return the same document under another number of the self-test's."""
        name = f"{self.name}{number}"
        if isinstance(self.document, Invoice):
            return Trial(replace(self.document, number=name))
        return Trial(replace(self.document, reference=name))

    def altered(self) -> "Trial":
        """Return the document with a cent more, as if somebody had changed it in Sage since."""
        amount = self.document.amount + CENT
        if isinstance(self.document, Invoice):
            line = replace(self.document.lines[0], amount=self.document.lines[0].amount + CENT)
            return Trial(replace(self.document, amount=amount, lines=(line, *self.document.lines[1:])))
        paid = replace(self.document.lines[0], amount=self.document.lines[0].amount + CENT)
        return Trial(replace(self.document, amount=amount, lines=(paid, *self.document.lines[1:])))

    def as_left(self, found: Found) -> "Trial":
        """Return the document as an earlier self-test entered it, which may have been on another day."""
        if isinstance(self.document, Invoice):
            day = found.invoice_date if isinstance(found, FoundInvoice) else None
            day = day or self.document.invoice_date
            return Trial(replace(self.document, invoice_date=day, due_date=day + DUE_IN))
        if not isinstance(found, FoundCheck) or not found.lines:
            return self
        line = replace(self.document.lines[0], invoice_number=found.lines[0].invoice_number)
        document = replace(
            self.document,
            payment_date=found.check_date or self.document.payment_date,
            division=found.division,
            vendor_number=found.vendor_number,
            lines=(line,),
        )
        return Trial(document)

    def found(self, ledger: Ledger) -> tuple[Found, ...]:
        """Return what Sage has under its number, wherever it is."""
        if isinstance(self.document, Invoice):
            return ledger.invoices([self.document.key]).get(self.document.key, ())
        check = CheckKey(self.document.bank_code, self.number)
        return ledger.checks([check]).get(check, ())

    def left(self, ledger: Ledger) -> list[tuple[str, Found]]:
        """Return the number and place of all that self-tests entered of its kind and Sage still has unposted.

        What cannot be read under one of its numbers may be theirs.
        """
        named = [self.numbered(number) for number in NUMBERS]
        there: dict[str, tuple[Found, ...]] = {}
        if isinstance(self.document, Invoice):
            keys = [self.document.key._replace(number=each.number) for each in named]
            for key, invoices in ledger.invoices(keys).items():
                there[key.number] = invoices
        else:
            checks = [CheckKey(self.document.bank_code, each.number) for each in named]
            for check, places in ledger.checks(checks).items():
                there[check.check_number] = places
        waiting = [(number, each) for number in sorted(there) for each in there[number] if self.is_at_its_place(each)]
        return [(number, each) for number, each in waiting if each.unreadable or each.carries(self.name)]

    def write(self, deleter: Deleter, ledger: Ledger, batch: str) -> Written:
        """Enter it as a document of Quadient AP is entered."""
        check = CheckKey(self.document.bank_code, self.number) if isinstance(self.document, Payment) else None
        return enter(deleter, ledger.sizes(), self.document, check, batch)

    def delete(self, deleter: Deleter, ledger: Ledger, found: Found) -> None:
        """Delete it as undo does: only if every field and line reads as it was entered."""
        take_out(deleter, ledger.sizes(), self.document, self.number, found)

    def is_ours(self, found: Found) -> bool:
        """Whether a self-test entered what was found, and it is unposted."""
        return self.is_at_its_place(found) and found.carries(self.name)

    def is_at_its_place(self, found: Found) -> bool:
        """Whether what was found waits in the entry screen that it is entered in."""
        return not found.place.posted and found.place.value == self.destination.value


def invoice_trial(sage: SageCompany, day: date) -> Trial:
    """Return an invoice of thirty cents in two distributions, of the first vendor that can have one.

    Raises:
        SkipItem: when Sage has no such vendor or no active account.
    """
    return _smallest(sage, day, NAME, SHARES)


def credit_trial(sage: SageCompany, day: date) -> Trial:
    """Return a credit note of thirty cents, as Quadient AP exports one: an invoice whose amounts are negative.

    Raises:
        SkipItem: when Sage has no such vendor or no active account.
    """
    return _smallest(sage, day, CREDIT_NAME, tuple(-share for share in SHARES))


def check_trial(sage: SageCompany, day: date) -> Trial:
    """Return a check of one cent for an open invoice of an active vendor.

    Raises:
        SkipItem: when Sage has no such invoice, or no bank.
    """
    open_ = sage.ledger.some_open_invoices(LOOKED_AT)
    vendors = sage.ledger.vendors({(key.division, key.vendor_number) for key in open_})
    key = next((each for each in open_ if _can_be_paid(each, vendors)), None)
    if key is None:
        raise _nothing(say("no open invoice of an active vendor"), say("Post an invoice in the test company."))
    bank = min(sage.ledger.banks(), default="")
    if not bank:
        raise _nothing(say("no bank"), say("Make a bank code in the test company."))
    line = PaymentLine(key.number, CENT, ZERO)
    return Trial(Payment(NAME, NAME, bank, day, key.division, key.vendor_number, "", "", CENT, "check", (line,)))


def receipt_trial(sage: SageCompany, day: date, order_number: str) -> Trial:
    """Return an invoice for one piece of the first line of an order that can be billed.

    Raises:
        SkipItem: when Sage has no such open order, or nothing of it is left to bill.
    """
    order = sage.ledger.purchase_orders([order_number]).get(order_number)
    if not isinstance(order, PurchaseOrder) or order.state is not OrderState.OPEN:
        raise _nothing(
            say("no open standard or drop-ship order {order_number}", order_number=order_number),
            say("Name another order."),
        )
    line = next((each for each in order.lines if _left(each) > 0 and _amount(each) > 0), None)
    if line is None:
        raise _nothing(
            say("nothing left to bill on order {order_number}", order_number=order_number), say("Name another order.")
        )
    billed = InvoiceLine(
        1,
        line.account_key,
        _amount(line),
        po_line_key=line.line_key,
        item_code=line.item_code,
        quantity=min(_left(line), Decimal(1)),
        unit_cost=line.unit_cost,
    )
    return Trial(_invoice(order.division, order.vendor_number, order.terms, day, order.number, (billed,)))


def open_order(sage: SageCompany) -> str:
    """Return the number of an order that the self-test could bill; '' when there is none.

    Raises:
        SkipItem: when this Sage shows no P/O module.
    """
    for order in sage.purchase_orders():
        if isinstance(order, PurchaseOrder) and order.state is OrderState.OPEN and any(map(_left, order.lines)):
            return order.number
    return ""


def _smallest(sage: SageCompany, day: date, name: str, amounts: Iterable[Decimal]) -> Trial:
    vendor = next((each for each in _items(sage, ListName.VENDOR) if each.active and not each.attributes["hold"]), None)
    if vendor is None:
        raise _nothing(say("no active vendor that is not on hold"), say("Make one in the test company."))
    preferred = vendor.attributes["account_key"]
    accounts = [each for each in _items(sage, ListName.GL_ACCOUNT) if each.active]
    account = next((each for each in accounts if each.key == preferred), accounts[0] if accounts else None)
    if account is None:
        raise _nothing(say("no active G/L account"), say("Make one in the test company."))
    division, number = vendor.attributes["division"], vendor.attributes["vendor_number"]
    terms = vendor.attributes["terms"] or min(sage.ledger.terms(), default="")
    lines = tuple(InvoiceLine(place, account.key, amount) for place, amount in enumerate(amounts, start=1))
    return Trial(replace(_invoice(division, number, terms, day, "", lines), id=name))


def _items(sage: SageCompany, name: ListName) -> Iterable[ListItem]:
    return (each for each in sage.list_items(name) if isinstance(each, ListItem))


def _can_be_paid(key: InvoiceKey, vendors: Mapping[tuple[str, str], LedgerVendor]) -> bool:
    vendor = vendors.get((key.division, key.vendor_number))
    return vendor is not None and vendor.status != "I" and not vendor.hold


def _left(line: PurchaseOrderLine) -> Decimal:
    return max(line.ordered - line.invoiced, Decimal(0)) if line.item_type == _GOODS else Decimal(0)


def _amount(line: PurchaseOrderLine) -> Decimal:
    return (min(_left(line), Decimal(1)) * line.unit_cost).quantize(CENT, ROUND_HALF_UP)


def _invoice(
    division: str, vendor_number: str, terms: str, day: date, order: str, lines: tuple[InvoiceLine, ...]
) -> Invoice:
    return Invoice(
        id=NAME,
        division=division,
        vendor_number=vendor_number,
        vendor_name="",
        number=NAME,
        invoice_date=day,
        due_date=day + DUE_IN,
        discount_date=None,
        terms=terms,
        description=DESCRIPTION,
        currency="",
        amount=sum((line.amount for line in lines), ZERO),
        freight=ZERO,
        tax=ZERO,
        tax_schedule="",
        separate_cheque=False,
        hold=False,
        purchase_order=order,
        image_url="",
        lines=lines,
    )


def _nothing(what: str, fix: str) -> SkipItem:
    return SkipItem(
        "nothing-to-test-with",
        say("There is nothing to test with"),
        say("This company has {what}.", what=what),
        fix,
        side=Side.SAGE,
    )
