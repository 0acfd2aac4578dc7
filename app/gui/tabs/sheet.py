"""The sheet of a document: what will stand in Sage, beside what Sage has now, with what differs marked."""

from collections.abc import Mapping

from app.domain.invoices import Invoice, InvoiceLine
from app.domain.payments import Payment, PaymentLine
from app.domain.purchase_orders import OrderState, OrderType, PurchaseOrderLine
from app.engine.views import AsSent, DocumentRow, SageNow
from app.gui.format import day, moment, money, quantity, unit_cost
from app.gui.text import tr
from app.gui.widgets.detail import Differs, Page

Cells = tuple[str, ...]

_INACTIVE = ("I", "D")


def write_invoice_sheet(page: Page, row: DocumentRow, invoice: Invoice, accounts: Mapping[str, str]) -> None:
    """Set the invoice's head and lines, as they will stand, beside what Sage has now."""
    now, sent = row.now or SageNow(), row.as_sent
    as_it_is = AsSent(invoice.description, tuple(line.comment for line in invoice.lines), invoice.terms, invoice.hold)
    heads = _invoice_heads(row, invoice, now, sent or as_it_is)
    page.table(
        ("", _sent_title(row), tr("Sage 100, {when}", when=moment(row.previewed_at))),
        [each for each in heads if each[1] or each[2]],
    )
    page.section(tr("Lines"))
    if any(line.po_line_key for line in invoice.lines):
        _write_matched_lines(page, invoice, now, sent or as_it_is, accounts)
    else:
        _write_coded_lines(page, invoice, now, sent or as_it_is, accounts)


def write_payment_sheet(page: Page, row: DocumentRow, payment: Payment) -> None:
    """Set the payment's head, as it will stand, beside what Sage has now, and under each invoice what is left of it."""
    now = row.now or SageNow()
    heads = [
        _vendor(payment, now, known=row.now is not None),
        (tr("Goes to"), str(payment.destination), ""),
        (tr("Bank"), payment.bank_code, ""),
        (tr("Check number"), row.check_number, ""),
        (tr("Date"), day(payment.payment_date), ""),
        (tr("Paid by"), payment.method, ""),
        (tr("Amount"), f"{money(payment.amount)} {payment.currency}", ""),
    ]
    page.table(
        ("", _sent_title(row), tr("Sage 100, {when}", when=moment(row.previewed_at))),
        [each for each in heads if each[1] or each[2]],
    )
    page.section(tr("Invoices paid"))
    page.table(
        (tr("Invoice"), tr("Amount"), tr("Discount"), tr("Balance in Sage now"), tr("Left after")),
        [_paid(line, now, known=row.now is not None) for line in payment.lines],
        right=(1, 2, 3, 4),
    )


def _sent_title(row: DocumentRow) -> str:
    return tr("As it was sent") if row.state == "sent" else tr("Will stand in Sage")


def _paid(line: PaymentLine, now: SageNow, *, known: bool) -> Cells:
    number, amount, discount = line.invoice_number, line.amount, line.discount
    open_ = now.open.get(number)
    if open_ is None:
        return (number, money(amount), money(discount), Differs(tr("not open")) if known else "", "")
    if open_.unreadable:
        return (number, money(amount), money(discount), Differs(tr("cannot be read")), "")
    left = open_.balance - amount - discount
    after = Differs(money(left)) if left < 0 else money(left)
    return (number, money(amount), money(discount), money(open_.balance), after)


def _vendor(document: Invoice | Payment, now: SageNow, *, known: bool) -> Cells:
    ours = f"{document.division}-{document.vendor_number} {document.vendor_name}"
    if not known:
        return (tr("Vendor"), ours, "")
    if now.vendor is None:
        return (tr("Vendor"), ours, Differs(tr("no such vendor")))
    said = [now.vendor.name]
    if now.vendor.status in _INACTIVE:
        said.append(tr("inactive"))
    if now.vendor.hold:
        said.append(tr("payments on hold"))
    words = ", ".join(said)
    return (tr("Vendor"), ours, words if said == [document.vendor_name] else Differs(words))


def _invoice_heads(row: DocumentRow, invoice: Invoice, now: SageNow, sent: AsSent) -> list[Cells]:
    known = row.now is not None
    vendors_terms = now.vendor.terms if now.vendor else ""
    terms = tr("{terms} (the vendor's)", terms=sent.terms) if sent.terms and not invoice.terms else sent.terms
    hold = now.vendor is not None and now.vendor.hold
    cut = sent.comment != invoice.description
    beside_comment = tr("Sage takes {n} characters", n=len(sent.comment)) if cut else ""
    if row.whole_description:
        cut, beside_comment = True, tr("shortened from “{text}”", text=row.whole_description)
    vendor = _vendor(invoice, now, known=known)
    return [
        vendor,
        (tr("Goes to"), str(invoice.destination), ""),
        (tr("Invoice date"), day(invoice.invoice_date), ""),
        (tr("Due"), day(invoice.due_date), ""),
        (tr("Discount until"), day(invoice.discount_date), ""),
        (tr("Terms"), terms, _beside(vendors_terms, sent.terms, tr("vendor: {terms}", terms=vendors_terms))),
        (tr("Comment"), Differs(sent.comment) if cut else sent.comment, beside_comment),
        _order(invoice, now, known=known),
        (tr("Hold payment"), tr("Yes") if sent.hold else "", tr("vendor on hold") if hold else ""),
        (tr("Separate cheque"), tr("Yes") if invoice.separate_cheque else "", ""),
        (tr("Tax schedule"), invoice.tax_schedule, ""),
        (tr("Freight"), money(invoice.freight) if invoice.freight else "", ""),
        (tr("Sales tax"), money(invoice.tax) if invoice.tax else "", ""),
        (tr("Amount"), f"{money(invoice.amount)} {invoice.currency}", ""),
    ]


def _beside(theirs: str, ours: str, words: str) -> str:
    if not theirs:
        return ""
    return words if theirs == ours else Differs(words)


def _order(invoice: Invoice, now: SageNow, *, known: bool) -> Cells:
    title, number = tr("Purchase order"), invoice.purchase_order
    if now.order is None:
        missing = known and any(line.po_line_key for line in invoice.lines)
        return (title, number, Differs(tr("no such open order")) if missing else "")
    kind = tr("drop ship") if now.order.order_type is OrderType.DROP_SHIP else tr("standard")
    state = {OrderState.OPEN: tr("open"), OrderState.COMPLETE: tr("complete"), OrderState.CANCELLED: tr("cancelled")}
    words = f"{kind}, {state[now.order.state]}"
    return (title, number, words if now.order.state is OrderState.OPEN else Differs(words))


def _account(key: str, now: SageNow, accounts: Mapping[str, str]) -> str:
    """Return an account as Sage has it now, else as it was synced last, marked where it cannot be used."""
    there = now.accounts.get(key)
    if there is None:
        known = accounts.get(key, key)
        return Differs(tr("{account}: not in Sage", account=known)) if now.accounts and key else known
    words = f"{there.account} {there.description}".strip()
    return Differs(tr("{account}, inactive", account=words)) if there.status in _INACTIVE else words


def _write_coded_lines(page: Page, invoice: Invoice, now: SageNow, sent: AsSent, accounts: Mapping[str, str]) -> None:
    page.table(
        (tr("Line"), tr("Account"), tr("Comment"), tr("Amount")),
        [
            (str(line.number), _account(line.account_key, now, accounts), comment, money(line.amount))
            for line, comment in zip(invoice.lines, sent.line_comments, strict=True)
        ],
        right=(3,),
    )


def _write_matched_lines(page: Page, invoice: Invoice, now: SageNow, sent: AsSent, accounts: Mapping[str, str]) -> None:
    there = {line.line_key: line for line in now.order.lines} if now.order else {}
    page.table(
        (
            tr("Line"),
            tr("Item"),
            tr("Account"),
            tr("Comment"),
            tr("Quantity"),
            tr("Ordered in Sage"),
            tr("Invoiced"),
            tr("Unit cost"),
            tr("Cost in Sage"),
            tr("Amount"),
        ),
        [
            _matched(line, comment, there.get(line.po_line_key), now, accounts)
            for line, comment in zip(invoice.lines, sent.line_comments, strict=True)
        ],
        right=range(4, 10),
    )


def _matched(
    line: InvoiceLine,
    comment: str,
    there: PurchaseOrderLine | None,
    now: SageNow,
    accounts: Mapping[str, str],
) -> Cells:
    bills = quantity(line.quantity) if line.quantity is not None else ""
    cost = unit_cost(line.unit_cost) if line.unit_cost is not None else ""
    if not line.po_line_key:
        item, ordered, invoiced, costs = tr("(not on the order)"), "", "", ""
    elif there is None:
        gone = Differs(tr("no such line")) if now.order else ""
        item, ordered, invoiced, costs = line.item_code, gone, "", ""
    else:
        over = line.quantity is not None and line.quantity + there.invoiced > there.ordered
        dearer = line.unit_cost is not None and line.unit_cost != there.unit_cost
        item, invoiced = line.item_code or there.item_code, quantity(there.invoiced)
        ordered = Differs(quantity(there.ordered)) if over else quantity(there.ordered)
        costs = Differs(unit_cost(there.unit_cost)) if dearer else unit_cost(there.unit_cost)
    key = line.account_key or (there.account_key if there else "")
    return (
        str(line.number),
        item,
        _account(key, now, accounts) if line.account_key else accounts.get(key, key),
        comment,
        f"{bills} {line.unit}".strip(),
        ordered,
        invoiced,
        cost,
        costs,
        money(line.amount),
    )
