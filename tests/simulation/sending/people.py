"""What people do in Sage and in Quadient AP, between two runs and in the middle of one, drawn from the seed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

from app.cloud.port import DocumentKind
from app.domain.invoices import Destination, Invoice, InvoiceKey, InvoiceLine
from app.domain.money import ZERO
from app.domain.payments import CheckKey, Payment, PaymentLine
from app.engine.checks import check_number
from tests.simulation.sending.books import (
    ACCOUNT,
    ACTIVE,
    BANK,
    DIVISION,
    ENTRY,
    HELD,
    INACTIVE,
    ORDER,
    ORDER_LINE,
    OTHER_ACCOUNT,
    POSTED,
    TERMS,
    Bill,
    BillLine,
    Books,
    Check,
    RefusalError,
)
from tests.simulation.sending.cloud import Filed, SimulatedCloud

_THIS_MONTH, _LAST_MONTH = date(2026, 11, 3), date(2026, 10, 28)
_LONG = "Annual maintenance of the conveyor in the north warehouse, parts and travel"


class People:
    """They file documents, correct them, and work in Sage; `acted` is told which document an act was about."""

    def __init__(self, books: Books, cloud: SimulatedCloud, random: Random, note: Callable[[str], None]) -> None:
        self._books = books
        self._cloud = cloud
        self._random = random
        self._note = note
        self._filed = 0
        self._acts: list[tuple[Callable[[], str], int]] = [
            (self._post_a_batch, 5),
            (self._delete_in_sage, 2),
            (self._edit_in_sage, 2),
            (self._renumber_in_sage, 2),
            (self._enter_by_hand, 4),
            (self._close_or_open_the_month, 1),
            (self._correct, 6),
            (self._withdraw, 2),
            (self._mark_as_exported, 1),
            (self._mark_again, 4),
            (self._undo_the_export, 2),
            (self._file_another, 2),
            (self._file_in_other_capitals, 2),
        ]
        self._weights = [weight for _, weight in self._acts]

    def set_up(self) -> None:
        """File the documents of a story, and enter the bills that its payments pay."""
        for _ in range(self._random.choice((1, 1, 2, 2, 3))):
            self._file_invoice()
        for _ in range(self._random.choice((0, 0, 0, 1, 2))):
            self._file_payment()

    def act(self) -> str:
        """Do something; return the document of Quadient AP that it was about, if one."""
        act = self._random.choices(self._acts, self._weights)[0][0]
        document = act()
        self._note(f"  people: {act.__name__.strip('_')} {document}")
        return document

    def _post_a_batch(self) -> str:
        records: list[tuple[Destination, str]] = [
            (bill.screen, bill.batch) for bill in self._books.bills.values() if bill.place == ENTRY
        ]
        records += [
            (Destination.MANUAL_CHECK, each.batch) for each in self._books.checks.values() if each.place == ENTRY
        ]
        if records:
            self._books.post(*self._random.choice(records))
        return ""

    def _delete_in_sage(self) -> str:
        record = self._unposted()
        if record is not None:
            self._books.delete(record)
        return ""

    def _edit_in_sage(self) -> str:
        record = self._unposted()
        if isinstance(record, Bill):
            lines = (replace(record.lines[0], amount=record.lines[0].amount + 1), *record.lines[1:])
            self._books.change(replace(record, amount=record.amount + 1, lines=lines))
        elif record is not None:
            self._books.change(replace(record, day=_LAST_MONTH))
        return ""

    def _renumber_in_sage(self) -> str:
        """Give an unposted record another number, as people do when they see that it was mistyped."""
        record = self._unposted()
        if isinstance(record, Bill):
            key = record.key._replace(number=f"{record.key.number}-R")
            if not self._books.bills_under(key):
                self._books.change(replace(record, key=key))
        elif record is not None:
            number = record.key._replace(check_number=f"{record.key.check_number}R")
            if all(each.key != number for each in self._books.checks.values()):
                self._books.change(replace(record, key=number))
        return ""

    def _enter_by_hand(self) -> str:
        """Somebody enters the paper bill, or the check, that also comes through Quadient AP."""
        filed = self._one(lambda each: each.status != "EX")
        if filed is None:
            return ""
        document = filed.document
        try:
            if isinstance(document, Payment):
                number = CheckKey(BANK, self._perhaps_in_other_capitals(check_number(document, "")))
                self._books.enter_check(document, number, "By hand", self._batch(Destination.MANUAL_CHECK))
            else:
                self._enter_bill(self._perhaps_mistyped(document))
        except RefusalError as refusal:
            self._note(f"  Sage refuses: {refusal}")
        return ""

    def _enter_bill(self, invoice: Invoice) -> None:
        invoice = replace(invoice, terms=TERMS)
        texts = ["" for _ in invoice.lines]
        if invoice.vendor_number == ACTIVE and self._random.random() < 0.5:
            batch = self._batch(Destination.RECEIPT_OF_INVOICE)
            self._books.enter_receipt(replace(invoice, purchase_order=ORDER), "By hand", texts, batch)
        elif not any(bill.screen is Destination.INVOICE_ENTRY for bill in self._books.bills_under(invoice.key)):
            batch = self._batch(Destination.INVOICE_ENTRY)
            self._books.enter_invoice(replace(invoice, purchase_order=""), "By hand", texts, batch)

    def _batch(self, screen: Destination) -> str:
        return self._books.new_batch(screen, "By hand") if self._books.batches_on else ""

    def _perhaps_in_other_capitals(self, number: str) -> str:
        return number.swapcase() if self._random.random() < 0.2 else number

    def _perhaps_mistyped(self, invoice: Invoice) -> Invoice:
        invoice = replace(invoice, number=self._perhaps_in_other_capitals(invoice.number))
        if self._random.random() < 0.6:
            return invoice
        lines = (InvoiceLine(1, ACCOUNT, invoice.amount + 1),)
        return replace(invoice, amount=invoice.amount + 1, freight=ZERO, tax=ZERO, lines=lines)

    def _close_or_open_the_month(self) -> str:
        self._books.closed ^= {f"{_LAST_MONTH:%Y-%m}"}
        return ""

    def _correct(self) -> str:
        """Reset, correct, approve and mark again: number, amount, date or description."""
        filed = self._one(lambda each: each.status in ("A", "SE", "PD"))
        if filed is None:
            return ""
        id_ = filed.document.id
        if isinstance(filed.document, Invoice):
            if not self._cloud.person(id_, "reset"):
                return ""
            self._cloud.edit(id_, self._corrected(filed.document))
            self._cloud.person(id_, "approve")
        else:
            self._cloud.edit(id_, replace(filed.document, payment_date=_LAST_MONTH))
        self._cloud.person(id_, "mark-for-export")
        return id_

    def _corrected(self, invoice: Invoice) -> Invoice:
        what = self._random.choice(("number", "amount", "date", "description", "nothing"))
        if what == "number":
            return replace(invoice, number=f"{invoice.number}-A")
        if what == "amount" and not invoice.purchase_order:
            line = replace(invoice.lines[0], amount=invoice.lines[0].amount + Decimal("0.01"))
            return replace(invoice, amount=invoice.amount + Decimal("0.01"), lines=(line, *invoice.lines[1:]))
        if what == "date":
            return replace(invoice, invoice_date=_LAST_MONTH)
        return invoice if what == "nothing" else replace(invoice, description="Corrected")

    def _withdraw(self) -> str:
        filed = self._one(lambda each: each.status in ("A", "SE"))
        if filed is None:
            return ""
        self._cloud.person(filed.document.id, "reset")
        return filed.document.id

    def _mark_as_exported(self) -> str:
        filed = self._one(lambda each: each.status in ("A", "SE", "PD"))
        if filed is None:
            return ""
        self._cloud.person(filed.document.id, "mark-as-exported")
        return filed.document.id

    def _mark_again(self) -> str:
        filed = self._one(lambda each: each.status in ("SE", "RS"))
        if filed is None:
            return ""
        if filed.status == "RS":
            self._cloud.person(filed.document.id, "approve")
        self._cloud.person(filed.document.id, "mark-for-export")
        return filed.document.id

    def _undo_the_export(self) -> str:
        filed = self._one(lambda each: each.status == "EX" and each.kind is DocumentKind.INVOICE)
        if filed is None:
            return ""
        self._cloud.person(filed.document.id, "undo-export")
        if self._random.random() < 0.5 and isinstance(filed.document, Invoice):
            self._cloud.edit(filed.document.id, self._corrected(filed.document))
        if self._random.random() < 0.8:
            self._cloud.person(filed.document.id, "mark-for-export")
        return filed.document.id

    def _file_another(self) -> str:
        return self._file_invoice() if self._random.random() < 0.7 else self._file_payment()

    def _file_in_other_capitals(self) -> str:
        """File a bill once more, as it happens when it comes by post and by e-mail; at times it is another one."""
        filed = self._one(lambda each: each.kind is DocumentKind.INVOICE)
        if filed is None or not isinstance(filed.document, Invoice):
            return ""
        self._filed += 1
        again = replace(filed.document, id=f"inv-{self._filed}", number=filed.document.number.swapcase(), revision="")
        if self._random.random() < 0.3:
            again = self._corrected(again)
        self._cloud.file(DocumentKind.INVOICE, again)
        return again.id

    def _file_invoice(self) -> str:
        random = self._random
        self._filed += 1
        vendor = random.choices((ACTIVE, HELD, INACTIVE), (12, 3, 1))[0]
        matched = vendor == ACTIVE and random.random() < 0.25
        total = Decimal(random.randrange(100, 90_000)) / 100
        if random.random() < 0.1:
            total = -total
        if matched:
            quantity = Decimal(random.choice((1, 2, 4)))
            total = quantity * Decimal("12.50")
            lines = (InvoiceLine(1, ACCOUNT, total, "", ORDER_LINE, "DRILL", quantity, Decimal("12.500000")),)
        else:
            lines = (InvoiceLine(1, ACCOUNT, total, "Drills"),)
        freight = Decimal("7.25") if random.random() < 0.2 else ZERO
        if random.random() < 0.3:
            lines = (*lines, InvoiceLine(2, OTHER_ACCOUNT, Decimal("1.99")))
        number = f"{random.choice((1, 2, 3, 4, 5, 6, 7))}00" if random.random() < 0.3 else f"B-{self._filed}"
        invoice = Invoice(
            f"inv-{self._filed}",
            DIVISION,
            vendor,
            vendor,
            number,
            _LAST_MONTH if random.random() < 0.25 else _THIS_MONTH,
            None,
            None,
            "" if random.random() < 0.1 else TERMS,
            _LONG if random.random() < 0.1 else "Drills",
            "USD",
            sum((line.amount for line in lines), freight),
            freight,
            ZERO,
            "",
            False,
            False,
            ORDER if matched else "",
            "",
            lines,
        )
        self._cloud.file(DocumentKind.INVOICE, invoice)
        return invoice.id

    def _file_payment(self) -> str:
        """File a payment of a bill that is open in Sage; sometimes a second one of the same bill."""
        self._filed += 1
        number = f"OPEN-{self._random.choice((1, 2))}"
        key = InvoiceKey(DIVISION, ACTIVE, number)
        if not self._books.bills_under(key):
            total = Decimal("80.40")
            line = BillLine(ACCOUNT, total, "")
            bill = Bill(-self._filed, key, _LAST_MONTH, total, "", (line,), Destination.INVOICE_ENTRY, "",
                        place=POSTED, balance=total)  # fmt: skip
            self._books.bills[bill.id] = bill
        paid = Decimal(self._random.choice(("80.40", "40.20", "10.00")))
        payment = Payment(
            f"pay-{self._filed}",
            f"QP{self._filed}" if self._random.random() < 0.8 else "QP7",
            BANK,
            _THIS_MONTH,
            DIVISION,
            ACTIVE,
            ACTIVE,
            "USD",
            paid,
            "Check",
            (PaymentLine(number, paid, ZERO),),
        )
        self._cloud.file(DocumentKind.PAYMENT, payment)
        return payment.id

    def _unposted(self) -> Bill | Check | None:
        records: list[Bill | Check] = [bill for bill in self._books.bills.values() if bill.place == ENTRY]
        records += [check for check in self._books.checks.values() if check.place == ENTRY]
        return self._random.choice(records) if records else None

    def _one(self, fits: Callable[[Filed], bool]) -> Filed | None:
        fitting = [filed for filed in self._cloud.files.values() if fits(filed)]
        return self._random.choice(fitting) if fitting else None
