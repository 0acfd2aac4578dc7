"""The demo company's posted invoices and the checks that paid them."""

from dataclasses import dataclass
from random import Random

from app.sandbox.sage import words
from app.sandbox.sage.plan import STAMPS, Plan, Sink, money
from app.sandbox.sage.setup import account_key
from app.sandbox.sage.vendors import VendorParts, active_vendor

# Bills come in blocks of one vendor, so that a check can pay several.
BLOCK = 3
SHARED_NUMBER = "INV-48210"
_FIRST_CHECK = 100_000
_TYPES = "AAAMACAAAM"
_BANKS = "AAPAA"

_HISTORY = (
    "InvoiceNo HeaderSeqNo ModuleCode InvoiceType APDivisionNo VendorNo InvoiceDate InvoiceDueDate "
    f"InvoiceDiscountDate TransactionDate TermsCode Comment PurchaseOrderNo ReceiptNo InvoiceAmt {STAMPS}"
)
_HISTORY_LINE = "InvoiceNo HeaderSeqNo DetailSeqNo AccountKey ExtensionAmt CommentText"
_OPEN = (
    "APDivisionNo VendorNo InvoiceNo InvoiceHistoryHeaderSeqNo InvoiceDate InvoiceDueDate InvoiceDiscountDate "
    f"TermsCode HoldPayment Comment SeparateCheck Balance InvoiceAmt DiscountAmt PostingDate {STAMPS}"
)
_CHECK = (
    "BankCode CheckNo CheckSeqNo CheckType CheckDate TransactionDate APDivisionNo VendorNo VendorName CheckAmt "
    f"ClearedBank ClearedDate CheckComment SourceJournal SourceJournalBatchNo ACHElectronicPayment {STAMPS}"
)
_CHECK_LINE = "BankCode CheckNo CheckSeqNo InvoiceNo InvoiceSeqNo Comment AmountPaid DiscountAmt"


@dataclass(slots=True)
class _Bill:
    """One posted invoice; amounts in cents."""

    number: str
    sequence: str
    vendor: VendorParts
    ago: int
    amount: int
    discount: int
    paid: int = 0


def write_bills(sink: Sink, plan: Plan) -> None:
    """Write AP_InvoiceHistory*, AP_OpenInvoice and AP_CheckHistory*."""
    sink.open("AP_InvoiceHistoryHeader", _HISTORY)
    sink.open("AP_InvoiceHistoryDetail", _HISTORY_LINE)
    sink.open("AP_OpenInvoice", _OPEN)
    sink.open("AP_CheckHistoryHeader", _CHECK)
    sink.open("AP_CheckHistoryDetail", _CHECK_LINE)
    random = plan.random("bills")
    blocks = plan.counts.bills // BLOCK
    for block in range(blocks):
        vendor = active_vendor(block * 5, plan.counts.vendors)
        bills = [
            _bill(plan, random, block * BLOCK + place, vendor, plan.spread(block, blocks)) for place in range(BLOCK)
        ]
        if block % 31 == 9:
            # A credit note eats up a bill: the check that clears both is over nothing.
            bill, credit = bills[0], bills[1]
            credit.amount = -bill.amount
            bill.discount = credit.discount = 0
            bills = [bill, credit]
        _pay(sink, plan, random, block, bills)
        for bill in bills:
            _write_bill(sink, plan, random, bill)
    sink.close()


def _bill(plan: Plan, random: Random, number: int, vendor: VendorParts, ago: int) -> _Bill:
    # Every vendor numbers in its own way.
    spelling = (
        f"INV-{48210 + number}",
        f"{plan.day(ago)[2:4]}{plan.day(ago)[5:7]}-{number:06d}",
        f"{700000 + number}",
        f"FR{number:06d}A",
    )[number // BLOCK % 4]
    sequence = "000000"
    if number == BLOCK:
        # The same number at another vendor: only the sequence tells them apart.
        spelling, sequence = SHARED_NUMBER, "000001"
    amount = random.randrange(4_500, 250_000) if number % 4 else random.randrange(250_000, 2_400_000)
    discount = amount // 50 if vendor.terms == "02" else 0
    return _Bill(spelling, sequence, vendor, ago, amount, discount)


def _pay(sink: Sink, plan: Plan, random: Random, block: int, bills: list[_Bill]) -> None:
    ago = bills[0].ago - 21
    partly = block % 11 == 4
    if ago < 1 or (block % 3 == 0 and not partly):
        return
    bank = _BANKS[block % len(_BANKS)]
    number = f"W{block:09d}" if block % 13 == 6 else f"{_FIRST_CHECK + block:010d}"
    kind = _TYPES[block % len(_TYPES)]
    for bill in bills[: 1 if partly else 1 + block % BLOCK] if block % 31 != 9 else bills:
        bill.paid = bill.amount // 2 if partly else bill.amount
    paid = [bill for bill in bills if bill.paid]
    lines = [(bill.number, bill.sequence, bill.paid - _taken(bill), _taken(bill)) for bill in paid]
    if kind == "M" and block % 2 == 1:
        # A distribution straight to the ledger: Sage makes up an invoice number for it.
        lines.append((f"CK{block:08d}", "000000", random.randrange(1_000, 9_000), 0))
    _write_check(sink, plan, random, (bank, number, "000000", kind), bills[0].vendor, ago, lines)
    if block % 17 == 5 or block % 23 == 7:
        # Undone: a row of its own under the next sequence, and the bills are open again.
        undone = [(invoice, sequence, -amount, -discount) for invoice, sequence, amount, discount in lines]
        key = (bank, number, "000001", "V" if block % 17 == 5 else "R")
        _write_check(sink, plan, random, key, bills[0].vendor, max(ago - 3, 0), undone)
        for bill in paid:
            bill.paid = 0
    if block % 37 == 13:
        stub = (bank, f"{_FIRST_CHECK + 500_000 + block:010d}", "000000", "A")
        _write_check(sink, plan, random, stub, bills[0].vendor, ago, [])


def _taken(bill: _Bill) -> int:
    return bill.discount if bill.paid == bill.amount else 0


def _write_check(
    sink: Sink,
    plan: Plan,
    random: Random,
    key: tuple[str, str, str, str],
    vendor: VendorParts,
    ago: int,
    lines: list[tuple[str, str, int, int]],
) -> None:
    bank, number, sequence, kind = key
    day = plan.day(ago)
    sink.add(
        "AP_CheckHistoryHeader", bank, number, sequence, kind, day, day, vendor.division, vendor.number, vendor.name,
        money(sum(line[2] for line in lines)), "Y" if ago > 30 else "N", plan.day(ago - 10) if ago > 30 else "",
        "" if lines else "STUB ONLY", "CD", f"{1000 + ago:06d}", "N",
        *plan.stamps(random, ago),
    )  # fmt: skip
    for invoice, invoice_sequence, amount, discount in lines:
        sink.add(
            "AP_CheckHistoryDetail", bank, number, sequence, invoice, invoice_sequence, "", money(amount),
            money(discount),
        )  # fmt: skip


def _write_bill(sink: Sink, plan: Plan, random: Random, bill: _Bill) -> None:
    day = plan.day(bill.ago)
    days = next(days for code, _, days, _, _ in words.TERMS if code == bill.vendor.terms)
    due = plan.day(bill.ago - days)
    odd = {8: "2023-02-30", 19: "1753-01-01", 27: ""}.get(random.randrange(40), due)
    stamps = plan.stamps(random, bill.ago)
    comment = random.choice(words.BILLED_FOR)
    sink.add(
        "AP_InvoiceHistoryHeader", bill.number, bill.sequence, "A/P", "IN" if bill.amount >= 0 else "CM",
        bill.vendor.division, bill.vendor.number, day, odd, "", day, bill.vendor.terms, comment, "", "",
        money(bill.amount), *stamps,
    )  # fmt: skip
    accounts = (bill.vendor.account_key, account_key("6310"), account_key("5100"))
    parts = 1 + random.randrange(3)
    share = bill.amount // parts
    for place in range(parts):
        part = bill.amount - share * (parts - 1) if place == 0 else share
        sink.add(
            "AP_InvoiceHistoryDetail", bill.number, bill.sequence, f"{place + 1:06d}", accounts[place], money(part),
            comment,
        )  # fmt: skip
    balance = bill.amount - bill.paid
    if balance == 0 and bill.ago > 60:
        return  # paid and purged: in history only
    sink.add(
        "AP_OpenInvoice", bill.vendor.division, bill.vendor.number, bill.number, bill.sequence, day, odd, "",
        bill.vendor.terms, "N", comment.ljust(40), "N", money(balance), money(bill.amount),
        money(bill.discount if balance == bill.amount else 0), day, *stamps,
    )  # fmt: skip
