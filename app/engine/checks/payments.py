"""The checks of payments made in Quadient AP before they are recorded in Sage."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from decimal import Decimal

from app.domain.findings import Finding, stop
from app.domain.invoices import InvoiceKey
from app.domain.language import say
from app.domain.money import ZERO
from app.domain.numbers import bare
from app.domain.payments import CheckKey, Payment
from app.domain.words import codes, day, listed, money, place, vendor
from app.engine.checks.check_numbers import (
    adoptable,
    adopted,
    check_near_in_run,
    check_near_used,
    check_number,
    check_number_fits,
    check_used,
)
from app.engine.checks.common import (
    check_balance,
    check_currency,
    check_dates,
    check_number_clean,
    entries,
    no_lines,
    unreadable,
    vendor_missing,
)
from app.engine.checks.facts import CheckContext, LedgerLookups, Verdict, ordered
from app.engine.sending.sage_now import SageNow
from app.sage.found import FoundCheck, FoundInvoice, LedgerOpenInvoice, LedgerVendor, UnpostedUse

_NONE = UnpostedUse(ZERO, ())


@dataclass(frozen=True, slots=True)
class _Facts:
    """What Sage has now of all that the payments name."""

    vendors: Mapping[tuple[str, str], LedgerVendor]
    banks: frozenset[str]
    found: Mapping[CheckKey, tuple[FoundCheck, ...]]
    near: Mapping[CheckKey, Mapping[str, tuple[FoundCheck, ...]]]
    open: Mapping[InvoiceKey, LedgerOpenInvoice]
    unposted: Mapping[InvoiceKey, UnpostedUse]
    elsewhere: Mapping[InvoiceKey, tuple[FoundInvoice, ...]]
    owed: Mapping[str, AbstractSet[tuple[str, str]]]
    divisions: frozenset[str]
    number_size: int


@dataclass(slots=True)
class _Paid:
    """What the payments judged so far, and not in Sage yet, take of each open invoice."""

    amounts: dict[InvoiceKey, Decimal] = field(default_factory=dict)

    def add(self, payment: Payment) -> None:
        for number, amount in _by_invoice(payment).items():
            key = _key(payment, number)
            self.amounts[key] = self.amounts.get(key, ZERO) + amount


def check_payments(context: CheckContext, payments: Sequence[Payment]) -> dict[str, Verdict]:
    """Check all ready payments together against Sage as it is now; the verdicts are keyed by document id.

    Raises:
        BridgeError: what the ledger raises when Sage cannot be read.
    """
    ready = {payment.id: payment for payment in payments}
    if not ready:
        return {}
    prefix = context.company.check_prefix
    keys = {id_: CheckKey(each.bank_code, check_number(each, prefix)) for id_, each in ready.items()}
    facts = _gather(context.ledger, list(ready.values()), keys)
    adopting = {id_: adoptable(payment, facts.found.get(keys[id_], ())) for id_, payment in ready.items()}
    same_number, near_number = defaultdict(list), defaultdict(list)
    for id_, payment in ready.items():
        if adopting[id_] is None:
            same_number[keys[id_]].append(payment)
            near_number[_bare(keys[id_])].append((keys[id_].check_number, payment))
    paid = _Paid()
    verdicts = {}
    for id_, payment in ready.items():
        found, key = adopting[id_], keys[id_]
        fits = 0 < len(key.check_number) <= facts.number_size
        if found is not None:
            verdict = Verdict((adopted(key, found),), key)
        else:
            findings = [
                *_check(context, facts, payment, key, same_number[key], paid),
                *check_near_in_run(payment, key, near_number[_bare(key)]),
            ]
            verdict = Verdict(ordered(findings), key if fits else None)
        # What Sage has, posted or not, is counted there; what goes with this run counts here.
        if verdict.sendable and found is None:
            paid.add(payment)
        open_ = {line.invoice_number: _key(payment, line.invoice_number) for line in payment.lines}
        now = SageNow(
            facts.vendors.get((payment.division, payment.vendor_number)),
            open={number: facts.open[its] for number, its in open_.items() if its in facts.open},
        )
        verdicts[id_] = replace(verdict, found=facts.found.get(key, ()), now=now)
    return verdicts


def _gather(ledger: LedgerLookups, payments: Sequence[Payment], keys: Mapping[str, CheckKey]) -> _Facts:
    divisions = frozenset(ledger.divisions())
    invoices = {_key(payment, line.invoice_number) for payment in payments for line in payment.lines}
    open_ = ledger.open_invoices(invoices)
    # What is not open may be unposted, or belong to the vendor of that number in another division.
    missing = {key for key in invoices if key not in open_}
    others = {key._replace(division=division) for key in missing for division in divisions} | missing
    elsewhere = ledger.invoices(others) if others else {}
    unknown = {key.number for key in missing if key not in elsewhere}
    vendors = {(payment.division, payment.vendor_number) for payment in payments}
    numbered = {key for key in keys.values() if key.check_number}
    found = ledger.checks(numbered | ledger.near_checks(numbered, vendors))
    near: defaultdict[CheckKey, dict[str, tuple[FoundCheck, ...]]] = defaultdict(dict)
    for check, places in found.items():
        near[_bare(check)][check.check_number] = places
    return _Facts(
        vendors=ledger.vendors(vendors),
        banks=frozenset(ledger.banks()),
        found=found,
        near=near,
        open=open_,
        unposted=ledger.unposted_paid(invoices),
        elsewhere=elsewhere,
        owed=ledger.vendors_owed(unknown) if unknown else {},
        divisions=divisions,
        number_size=ledger.sizes().check_number,
    )


def _check(
    context: CheckContext,
    facts: _Facts,
    payment: Payment,
    key: CheckKey,
    same_number: Sequence[Payment],
    paid: _Paid,
) -> Iterator[Finding]:
    """Yield all findings of one payment that is still to be written; among stops, the root cause first."""
    known = (payment.division, payment.vendor_number) in facts.vendors
    if not known:
        yield vendor_missing(payment.division, payment.vendor_number, payment.vendor_name)
    yield from check_currency(payment.currency, context.company.currency)
    yield from _check_bank(payment, facts.banks)
    yield from check_number_clean(say("payment reference"), payment.reference)
    yield from check_number_fits(payment, key, facts.number_size)
    found = facts.found.get(key, ())
    yield from check_used(payment, key, found, intended=bool(found) and context.ours(payment.id))
    near = {number: each for number, each in facts.near.get(_bare(key), {}).items() if number != key.check_number}
    yield from check_near_used(payment, key, near)
    yield from _check_in_run(payment, key, same_number)
    if known and not found:
        # Without its vendor no invoice can be found; a check that Sage has already may be what paid them.
        yield from _check_invoices(payment, facts, paid)
    if payment.lines:
        lines = sum((line.amount for line in payment.lines), ZERO)
        yield from check_balance(payment.amount, lines, say("payment"), ZERO, ZERO)
    else:
        yield no_lines(say("payment"))
    yield from check_dates(say("payment"), payment.payment_date, context.today)


def _check_bank(payment: Payment, banks: frozenset[str]) -> Iterator[Finding]:
    if payment.bank_code not in banks:
        named = (
            say("bank code “{bank_code}”", bank_code=payment.bank_code) if payment.bank_code else say("no bank code")
        )
        yield stop(
            "bank-missing",
            say("The payment has {named}. Sage's bank codes are: {codes}.", named=named, codes=codes(banks)),
            say("Sync the list of bank accounts and choose one of them for the payment in Quadient AP."),
        )


def _check_in_run(payment: Payment, key: CheckKey, same_number: Sequence[Payment]) -> Iterator[Finding]:
    others = [
        f"{each.id} ({vendor(each.division, each.vendor_number)}, {day(each.payment_date)}, {money(each.amount)})"
        for each in same_number
        if each.id != payment.id
    ]
    if others and key.check_number:
        yield stop(
            "duplicate-in-run",
            say(
                "Check {check_number} of bank {bank_code} is made from the reference of more than one payment: "
                "{id} ({vendor}, {payment_date}, {amount}) and {others}.",
                check_number=key.check_number,
                bank_code=key.bank_code,
                id=payment.id,
                vendor=vendor(payment.division, payment.vendor_number),
                payment_date=day(payment.payment_date),
                amount=money(payment.amount),
                others=listed(others),
            ),
            say(
                "Send one of them. Record the other in Sage by hand, with another check number, and choose Mark "
                "as exported."
            ),
        )


def _bare(key: CheckKey) -> CheckKey:
    return key._replace(check_number=bare(key.check_number))


def _check_invoices(payment: Payment, facts: _Facts, paid: _Paid) -> Iterator[Finding]:
    for number, amount in _by_invoice(payment).items():
        key = _key(payment, number)
        known = facts.open.get(key)
        if known is None:
            yield _not_open(key, facts)
            continue
        unposted = facts.unposted.get(key, _NONE)
        damaged = [value for value in (known.unreadable, unposted.unreadable) if value]
        if damaged:
            yield unreadable(say("what is left to pay of invoice {number}", number=number), damaged)
        else:
            yield from _check_left(number, amount, known.balance, unposted, paid.amounts.get(key, ZERO))


def _check_left(
    number: str, amount: Decimal, balance: Decimal, unposted: UnpostedUse, before: Decimal
) -> Iterator[Finding]:
    """Stop `over-balance`: the payment takes more than the balance, unposted checks and payments before it leave.

    A credit's balance is negative, and so is what is taken of it. What is taken against the balance's sign gives
    nothing back before it is posted.
    """
    low, high = min(ZERO, balance), max(ZERO, balance)
    left = min(max(balance - unposted.taken - before, low), high)
    if min(ZERO, left) <= amount <= max(ZERO, left):
        return
    if amount * balance < ZERO:
        yield stop(
            "over-balance",
            say(
                "The payment has {amount} for invoice {number} (discount included), against the sign of its "
                "balance in Sage: {balance}.",
                amount=money(amount),
                number=number,
                balance=money(balance),
            ),
            say("Correct the payment in Quadient AP, or record it in Sage by hand and choose Mark as exported."),
        )
        return
    others = say(", and other payments before this one take {before}", before=money(before)) if before else ""
    held, fix = "", say("Look in Sage whether the invoice was paid or credited before")
    if unposted.entries:
        held = say(
            ", of which {taken} stands in {entries}, not posted yet",
            taken=money(unposted.taken),
            entries=entries(say("check"), unposted.entries),
        )
        fix = say(
            "If an unposted check pays it already, choose Mark as exported; if that check is wrong, delete it in Sage"
        )
    yield stop(
        "over-balance",
        say(
            "The payment takes {amount} of invoice {number} (discount included). Sage has a balance of "
            "{balance}{held}{others}.",
            amount=money(amount),
            number=number,
            balance=money(balance),
            held=held,
            others=others,
        ),
        say(
            "{fix}; then correct the payment in Quadient AP, or record it in Sage by hand and choose Mark as exported.",
            fix=fix,
        ),
    )


def _not_open(key: InvoiceKey, facts: _Facts) -> Finding:
    code, shown = "invoice-not-open", vendor(key.division, key.vendor_number)
    found = facts.elsewhere.get(key, ())
    damaged = [each.unreadable for each in found if each.unreadable]
    if damaged:
        return unreadable(say("invoice {number} of vendor {shown}", number=key.number, shown=shown), damaged)
    unposted = next((each for each in found if not each.place.posted), None)
    if unposted is not None:
        what = (
            say("post batch {batch} first", batch=unposted.batch)
            if unposted.batch
            else say("post the register of {place} first", place=say(unposted.place))
        )
        return stop(
            code,
            say(
                "Invoice {number} of vendor {shown} is not posted in Sage yet: it is in {place}, {amount}. To "
                "pay it, {what}.",
                number=key.number,
                shown=shown,
                place=place(unposted.place, unposted.batch),
                amount=money(unposted.amount),
                what=what,
            ),
            say("In Sage, {what}. Then send the payment.", what=what),
        )
    if found:
        return stop(
            code,
            say(
                "Invoice {number} of vendor {shown} is no longer open in Sage: it stands in history only, dated "
                "{invoice_date}, {amount}, with nothing left to pay.",
                number=key.number,
                shown=shown,
                invoice_date=day(found[0].invoice_date),
                amount=money(found[0].amount),
            ),
            say("Look in Sage how it was paid. If by this payment, choose Mark as exported."),
        )
    for division in sorted(facts.divisions - {key.division}):
        if facts.elsewhere.get(key._replace(division=division)):
            return stop(
                "vendor-differs",
                say(
                    "The payment is to vendor {shown}. In Sage, invoice {number} belongs to vendor {vendor}.",
                    shown=shown,
                    number=key.number,
                    vendor=vendor(division, key.vendor_number),
                ),
                say(
                    "Correct the vendor's division in Quadient AP, or record the payment in Sage by hand and choose "
                    "Mark as exported."
                ),
            )
    owners = sorted(facts.owed.get(key.number, frozenset()))
    theirs = [say("vendor {vendor}", vendor=vendor(*each)) for each in owners]
    hint = say(" It has an open invoice of this number from {vendors}.", vendors=listed(theirs)) if owners else ""
    return stop(
        code,
        say(
            "The payment pays invoice {number} of vendor {shown}. Sage does not know this invoice, neither "
            "unposted nor posted.{hint}",
            number=key.number,
            shown=shown,
            hint=hint,
        ),
        say(
            "Send the invoice first and post it in Sage; if it has another number there, record the payment "
            "by hand and choose Mark as exported."
        ),
    )


def _key(payment: Payment, invoice_number: str) -> InvoiceKey:
    return InvoiceKey(payment.division, payment.vendor_number, invoice_number)


def _by_invoice(payment: Payment) -> dict[str, Decimal]:
    """Return what the payment takes of each invoice: money and discount, all its lines together."""
    taken: dict[str, Decimal] = {}
    for line in payment.lines:
        taken[line.invoice_number] = taken.get(line.invoice_number, ZERO) + line.amount + line.discount
    return taken
