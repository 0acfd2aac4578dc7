"""The checks of approved invoices before they are sent to Sage."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.findings import Finding, inform, stop, warn
from app.domain.invoices import Destination, Invoice, InvoiceKey, InvoiceLine
from app.domain.language import count, later, say, whole
from app.domain.money import ZERO
from app.domain.numbers import bare
from app.domain.words import codes, day, listed, money, vendor
from app.engine.checks.common import (
    check_balance,
    check_currency,
    check_dates,
    check_number_clean,
    no_lines,
    vendor_missing,
)
from app.engine.checks.duplicates import (
    adoptable,
    adopted,
    check_in_run,
    check_in_sage,
    check_near_in_run,
    check_near_in_sage,
)
from app.engine.checks.facts import CheckContext, LedgerLookups, Verdict, ordered
from app.engine.checks.orders import Billed, SagesOrder, check_order
from app.engine.sending.marks import line_texts
from app.engine.sending.sage_now import of_invoice
from app.sage.found import FoundInvoice, LedgerAccount, LedgerVendor, Sizes, UnpostedUse

NO_DIVISIONS = frozenset({"00"})  # the division of every vendor when the company does not use divisions

_VENDOR_INACTIVE = "I"
_ACCOUNT_INACTIVE = {"I": later("inactive"), "D": later("marked as deleted")}


@dataclass(frozen=True, slots=True)
class _Facts:
    """What Sage has now of all that the invoices name."""

    vendors: Mapping[tuple[str, str], LedgerVendor]
    accounts: Mapping[str, LedgerAccount]
    orders: Mapping[str, SagesOrder]
    unposted: Mapping[tuple[str, str], UnpostedUse]
    found: Mapping[InvoiceKey, tuple[FoundInvoice, ...]]
    near: Mapping[InvoiceKey, Mapping[str, tuple[FoundInvoice, ...]]]
    terms: frozenset[str]
    tax_schedules: frozenset[str]
    units: frozenset[str]
    warehouses: frozenset[str]
    divisions: frozenset[str]
    sizes: Sizes


def check_invoices(context: CheckContext, invoices: Sequence[Invoice]) -> dict[str, Verdict]:
    """Check all ready invoices together against Sage as it is now; the verdicts are keyed by document id.

    Raises:
        BridgeError: what the ledger raises when Sage cannot be read.
    """
    ready = {invoice.id: invoice for invoice in invoices}
    if not ready:
        return {}
    facts = _gather(context.ledger, list(ready.values()))
    adopting = {id_: adoptable(invoice, facts.found.get(invoice.key, ())) for id_, invoice in ready.items()}
    # An invoice that Sage has as ours is settled: only those still to be written can double each other.
    same_number, near_number = defaultdict(list), defaultdict(list)
    for id_, invoice in ready.items():
        if adopting[id_] is None:
            same_number[invoice.key].append(invoice)
            near_number[_bare(invoice.key)].append(invoice)
    billed = Billed(facts.unposted)
    verdicts = {}
    for id_, invoice in ready.items():
        found = adopting[id_]
        if found is not None:
            verdict = Verdict((adopted(found), *_check_sign(invoice)))
        else:
            near = near_number[_bare(invoice.key)]
            verdict = Verdict(ordered(list(_check(context, facts, invoice, same_number[invoice.key], near, billed))))
        # What Sage has, posted or not, is counted there; what goes with this run counts here.
        if verdict.sendable and found is None:
            billed.add(invoice)
        vendor_now = facts.vendors.get((invoice.division, invoice.vendor_number))
        order = facts.orders.get(invoice.purchase_order)
        now = of_invoice(invoice, vendor_now, facts.accounts, order, facts.sizes)
        verdicts[id_] = replace(verdict, found=facts.found.get(invoice.key, ()), now=now)
    return verdicts


def _gather(ledger: LedgerLookups, invoices: Sequence[Invoice]) -> _Facts:
    lines = [line for invoice in invoices for line in invoice.lines]
    matched = [invoice for invoice in invoices if invoice.destination is Destination.RECEIPT_OF_INVOICE]
    orders = {invoice.purchase_order for invoice in matched if invoice.purchase_order}
    keys = {invoice.key for invoice in invoices}
    found = ledger.invoices(keys | ledger.near_invoices(keys))
    near: defaultdict[InvoiceKey, dict[str, tuple[FoundInvoice, ...]]] = defaultdict(dict)
    for key, places in found.items():
        near[_bare(key)][key.number] = places
    return _Facts(
        vendors=ledger.vendors({(invoice.division, invoice.vendor_number) for invoice in invoices}),
        accounts=ledger.accounts({line.account_key for line in lines if line.account_key}),
        orders=ledger.purchase_orders(orders),
        unposted=ledger.unposted_billed(orders),
        found=found,
        near=near,
        terms=frozenset(ledger.terms()),
        tax_schedules=frozenset(ledger.tax_schedules()),
        units=frozenset(ledger.units()),
        warehouses=frozenset(ledger.warehouses()),
        divisions=frozenset(ledger.divisions()) or NO_DIVISIONS,
        sizes=ledger.sizes(),
    )


def _bare(key: InvoiceKey) -> InvoiceKey:
    return key._replace(number=bare(key.number))


def _check(
    context: CheckContext,
    facts: _Facts,
    invoice: Invoice,
    same_number: Sequence[Invoice],
    near_number: Sequence[Invoice],
    billed: Billed,
) -> Iterator[Finding]:
    """Yield all findings of one invoice that is still to be written; among stops, the root cause first."""
    yield from _check_vendor(invoice, facts)
    yield from check_currency(invoice.currency, context.company.currency)
    found = facts.found.get(invoice.key, ())
    yield from check_in_sage(invoice, found, intended=bool(found) and context.ours(invoice.id))
    yield from check_in_run(invoice, same_number)
    near = facts.near.get(_bare(invoice.key), {})
    yield from check_near_in_sage(invoice, {number: each for number, each in near.items() if number != invoice.number})
    yield from check_near_in_run(invoice, near_number)
    if not found:
        # A bill that Sage has already uses up its order: what the order says then only follows from that.
        yield from check_order(invoice, facts.orders, billed)
    yield from _check_texts(invoice, facts.sizes)
    yield from _check_codes(invoice, facts)
    yield from _check_accounts(invoice, facts.accounts)
    if invoice.lines:
        lines = sum((line.amount for line in invoice.lines), ZERO)
        yield from check_balance(invoice.amount, lines, say("invoice amount"), invoice.freight, invoice.tax)
    else:
        yield no_lines(say("invoice"))
    yield from _check_dates(context, invoice)
    yield from _check_sign(invoice)


def _check_vendor(invoice: Invoice, facts: _Facts) -> Iterator[Finding]:
    known = facts.vendors.get((invoice.division, invoice.vendor_number))
    if invoice.division not in facts.divisions:
        yield stop(
            "division-missing",
            say(
                "Quadient AP has division “{division}”. Sage's divisions are: {codes}.",
                division=invoice.division,
                codes=codes(facts.divisions),
            ),
            say("Choose a vendor of a division that Sage has and approve again, or add the division in Sage."),
        )
    elif known is None:
        yield vendor_missing(invoice.division, invoice.vendor_number, invoice.vendor_name)
    if known is None:
        return
    shown = vendor(invoice.division, invoice.vendor_number, known.name)
    if known.status == _VENDOR_INACTIVE:
        yield stop(
            "vendor-inactive",
            say("Quadient AP has an invoice of vendor {shown}. In Sage this vendor is inactive.", shown=shown),
            say("Make the vendor active in Sage, or choose another vendor in Quadient AP and approve again."),
            vendor(invoice.division, invoice.vendor_number),
        )
    if known.hold:
        held = later(
            "In Sage, payments to vendor {shown} are on hold. Quadient AP has the invoice with hold; it "
            "will be written with hold."
        )
        not_held = later(
            "In Sage, payments to vendor {shown} are on hold. Quadient AP has the invoice without hold; it "
            "will be written with hold."
        )
        yield warn(
            "vendor-on-hold",
            say(held if invoice.hold else not_held, shown=shown),
            say("Nothing to do now. Take the hold off in Sage when the invoice may be paid."),
        )
    if known.uses_receipt_of_invoice and invoice.destination is Destination.INVOICE_ENTRY:
        with_order = later(
            "Bills of vendor {shown} are entered in P/O Receipt of Invoice Entry, as the vendor is set up in "
            "Sage. It names purchase order {purchase_order}, but no line of this invoice is matched to a purchase "
            "order, so it goes to A/P Invoice Data Entry."
        )
        without = later(
            "Bills of vendor {shown} are entered in P/O Receipt of Invoice Entry, as the vendor is set up in "
            "Sage. No line of this invoice is matched to a purchase order, so it goes to A/P Invoice Data Entry."
        )
        yield warn(
            "vendor-uses-receipt-of-invoice",
            say(with_order if invoice.purchase_order else without, shown=shown, purchase_order=invoice.purchase_order),
            say(
                "If it is the bill of a purchase order, match it in Quadient AP and approve it again: entered "
                "here, it leaves the order open."
            ),
        )


def _check_texts(invoice: Invoice, sizes: Sizes) -> Iterator[Finding]:
    yield from check_number_clean(say("invoice number"), invoice.number)
    if len(invoice.number) > sizes.invoice_number:
        yield stop(
            "number-too-long",
            say(
                "Invoice number {number} has {length} characters. This Sage takes {invoice_number}.",
                number=invoice.number,
                length=len(invoice.number),
                invoice_number=sizes.invoice_number,
            ),
            say("Shorten the invoice number in Quadient AP and approve the invoice again."),
        )
    if len(invoice.description) > sizes.comment:
        yield warn(
            "description-too-long",
            say(
                "The description has {length} characters. Sage's header keeps the first {comment}: “{description}”.",
                length=len(invoice.description),
                comment=sizes.comment,
                description=invoice.description[: sizes.comment],
            ),
            say("Nothing to do: the text also goes to the comment of line 1, which takes more."),
        )
    for line, (text, room) in zip(invoice.lines, line_texts(invoice, sizes.comment, sizes.line_comment), strict=True):
        if len(text) > room:
            yield warn(
                "comment-too-long",
                say(
                    "What goes to the comment of line {number} has {length} characters. Sage keeps the first {room}, "
                    "up to “{text}”.",
                    number=line.number,
                    length=whole(len(text)),
                    room=whole(room),
                    text=text[:room][-40:],
                ),
                say("Nothing to do, unless Sage needs the rest: then shorten it in Quadient AP and approve it again."),
            )


def _check_codes(invoice: Invoice, facts: _Facts) -> Iterator[Finding]:
    yield from _check_terms(invoice, facts)
    if invoice.tax_schedule and invoice.tax_schedule not in facts.tax_schedules:
        yield stop(
            "tax-schedule-missing",
            say(
                "Quadient AP has tax schedule “{tax_schedule}”. Sage's tax schedules are: {codes}.",
                tax_schedule=invoice.tax_schedule,
                codes=codes(facts.tax_schedules),
            ),
            say("Choose another tax schedule in Quadient AP and approve again, or add this one in Sage."),
        )
    for code, noun, nouns, known, values in (
        (
            "unit-missing",
            say("unit of measure"),
            say("units of measure"),
            facts.units,
            _lines_by(invoice, lambda line: line.unit),
        ),
        (
            "warehouse-missing",
            say("warehouse"),
            say("warehouses"),
            facts.warehouses,
            _lines_by(invoice, lambda line: line.warehouse),
        ),
    ):
        for value, lines in values.items():
            if value and value not in known:
                yield stop(
                    code,
                    say(
                        "Quadient AP has {noun} “{value}” on {named}. Sage's {nouns} are: {codes}.",
                        noun=noun,
                        value=value,
                        named=_named(lines),
                        nouns=nouns,
                        codes=codes(known),
                    ),
                    say("Choose another {noun} in Quadient AP and approve again, or add this one in Sage.", noun=noun),
                )


def _check_terms(invoice: Invoice, facts: _Facts) -> Iterator[Finding]:
    """Stop `terms-missing`. An invoice without terms takes its vendor's, as Sage's entry screen does."""
    fix = say("Choose other terms in Quadient AP and approve again, or add this terms code in Sage.")
    if invoice.terms:
        if invoice.terms not in facts.terms:
            yield stop(
                "terms-missing",
                say(
                    "Quadient AP has terms code “{terms}”. Sage's terms codes are: {codes}.",
                    terms=invoice.terms,
                    codes=codes(facts.terms),
                ),
                fix,
            )
        return
    known = facts.vendors.get((invoice.division, invoice.vendor_number))
    if known is not None and known.terms not in facts.terms:
        vendors = say("“{terms}”, which is not among them", terms=known.terms) if known.terms else say("none either")
        yield stop(
            "terms-missing",
            say(
                "Quadient AP has no terms code, and in Sage the vendor has {vendors}. Sage's terms codes are: {codes}.",
                vendors=vendors,
                codes=codes(facts.terms),
            ),
            say("Choose terms in Quadient AP and approve again, or give the vendor a terms code in Sage."),
        )


def _check_accounts(invoice: Invoice, accounts: Mapping[str, LedgerAccount]) -> Iterator[Finding]:
    """Check the lines' accounts; a matched line without one takes the account of its order line."""
    for key, lines in _lines_by(invoice, lambda line: line.account_key).items():
        account = accounts.get(key)
        coded = [line for line in lines if not line.po_line_key]
        if not key and coded:
            yield stop(
                "account-missing",
                say("Quadient AP has no GL account on {named}. Sage needs one.", named=_named(coded)),
                say("Choose a GL account in Quadient AP and approve the invoice again."),
            )
        elif key and account is None:
            yield stop(
                "account-missing",
                say(
                    "Sage has no GL account with the key {key}, which Quadient AP has on {named}.",
                    key=key,
                    named=_named(lines),
                ),
                say("Sync the GL accounts, choose another account in Quadient AP and approve the invoice again."),
                key,
            )
        elif account and account.status in _ACCOUNT_INACTIVE:
            yield stop(
                "account-inactive",
                say(
                    "Quadient AP has GL account {account} ({description}) on {named}. In Sage this account is "
                    "{account_inactive}.",
                    account=account.account,
                    description=account.description,
                    named=_named(lines),
                    account_inactive=say(_ACCOUNT_INACTIVE[account.status]),
                ),
                say("Make the account active in Sage, or choose another one in Quadient AP and approve again."),
                key,
            )


def _lines_by(invoice: Invoice, code: Callable[[InvoiceLine], str]) -> dict[str, list[InvoiceLine]]:
    """Return the lines by a code they carry, so that a code that Sage lacks is said once."""
    lines: dict[str, list[InvoiceLine]] = {}
    for line in invoice.lines:
        lines.setdefault(code(line), []).append(line)
    return lines


def _named(lines: Sequence[InvoiceLine]) -> str:
    shown = listed([f"{line.number} ({money(line.amount)})" for line in lines])
    return count(len(lines), "line {lines}", "lines {lines}", lines=shown)


def _check_dates(context: CheckContext, invoice: Invoice) -> Iterator[Finding]:
    yield from check_dates(say("invoice"), invoice.invoice_date, context.today)
    if invoice.due_date and invoice.due_date < invoice.invoice_date:
        yield warn(
            "due-before-invoice-date",
            say(
                "The invoice is due on {due_date}, before its own date of {invoice_date}.",
                due_date=day(invoice.due_date),
                invoice_date=day(invoice.invoice_date),
            ),
            say("Check both dates with the bill; correct them in Quadient AP if one is wrong."),
        )


def _check_sign(invoice: Invoice) -> Iterator[Finding]:
    if invoice.amount < ZERO:
        yield inform(
            "credit-note",
            say("This is a credit note of {amount}. It lowers what you owe the vendor.", amount=money(-invoice.amount)),
            say("Nothing to do: credit notes are shown in red and summed apart."),
        )
