"""A preview as a file: one row a document with what was found, or one row a line with its coding."""

from collections.abc import Iterator, Mapping, Sequence

from app.domain.findings import Severity
from app.domain.invoices import Invoice
from app.domain.language import count, english, later, later_counted, say
from app.domain.money import ZERO
from app.domain.payments import Payment
from app.domain.words import day, money, vendor
from app.engine.views import Compared, DocumentRow
from app.papers.csv_file import Cell, csv_file
from app.papers.heading import Heading
from app.papers.page import Column, Paper
from app.papers.shown import Shown

_DOCUMENTS = later_counted("{n} document", "{n} documents")
_CREDIT_NOTES = later_counted("{n} credit note", "{n} credit notes")
_CALLED = {
    "invoice": later_counted("{n} invoice", "{n} invoices"),
    "payment": later_counted("{n} payment", "{n} payments"),
}
_SEVERITIES = {Severity.STOPS: later("Blocked"), Severity.WARNS: later("Warning"), Severity.INFORMS: later("Note")}
_INVOICE_COLUMNS = (
    Column(later("Status"), 70),
    Column(later("Vendor"), 184),
    Column(later("Invoice"), 122),
    Column(later("Date"), 62),
    Column(later("Due"), 62),
    Column(later("Goes to"), 138),
    Column(later("Amount"), 82, right=True),
)
_PAYMENT_COLUMNS = (
    Column(later("Status"), 70),
    Column(later("Vendor"), 202),
    Column(later("Bank"), 38),
    Column(later("Check"), 66),
    Column(later("Date"), 62),
    Column(later("Method"), 54),
    Column(later("Goes to"), 146),
    Column(later("Amount"), 82, right=True),
)
_INVOICE_TITLES = (
    "Status", "Kind", "Vendor", "Vendor name", "Invoice", "Date", "Due", "Discount date", "Terms", "Description",
    "Purchase order", "Hold payment", "Separate cheque", "Tax schedule", "Currency", "Freight", "Sales tax", "Amount",
    "Goes to", "What was found", "Changed since first previewed", "Quadient AP",
)  # fmt: skip
_PAYMENT_TITLES = (
    "Status", "Kind", "Vendor", "Vendor name", "Bank", "Check", "Reference", "Date", "Method", "Currency", "Amount",
    "Goes to", "What was found", "Changed since first previewed", "Quadient AP",
)  # fmt: skip
_INVOICE_LINE_TITLES = (
    "Status", "Vendor", "Vendor name", "Invoice", "Date", "Line", "Account", "Comment", "Purchase order", "Item",
    "Quantity", "Unit", "Unit cost", "Warehouse", "Job", "Cost code", "Cost type", "Amount", "Quadient AP",
)  # fmt: skip
_PAYMENT_LINE_TITLES = (
    "Status", "Vendor", "Vendor name", "Bank", "Check", "Date", "Pays invoice", "Discount", "Amount", "Quadient AP",
)  # fmt: skip


def documents_csv(kind: str, rows: Sequence[DocumentRow], shown: Shown | None = None) -> bytes:
    """Return a preview of a kind ("invoice" or "payment") as CSV, one row a document.

    Where a window has them `shown`, a last column tells which of those that can be sent are ticked.
    """
    titles = _INVOICE_TITLES if kind == "invoice" else _PAYMENT_TITLES
    with english():
        if shown is None:
            return csv_file(titles, map(_document_cells, rows))
        return csv_file((*titles, "Ticked"), ([*_document_cells(row), _ticked(row, shown)] for row in rows))


def lines_csv(kind: str, rows: Sequence[DocumentRow], accounts: Mapping[str, str]) -> bytes:
    """Return the lines of a preview as CSV, to be added up by account; `accounts` names each AccountKey.

    Freight and sales tax are rows of their own, so that the rows of an invoice add up to its amount.
    """
    titles = _INVOICE_LINE_TITLES if kind == "invoice" else _PAYMENT_LINE_TITLES
    with english():
        return csv_file(titles, (cells for row in rows for cells in _line_cells(row, accounts)))


def documents_pdf(
    heading: Heading,
    kind: str,
    rows: Sequence[DocumentRow],
    accounts: Mapping[str, str],
    shown: Shown | None = None,
) -> bytes:
    """Return a preview as pages: what will be sent, credit notes apart, then what cannot; each with what was found.

    What a window has `shown` is in its order, and summed up at the end.
    """
    columns = _INVOICE_COLUMNS if kind == "invoice" else _PAYMENT_COLUMNS
    paper = Paper(heading, columns)
    if shown is not None:
        _put_shown(paper, kind, rows, accounts, shown)
        return paper.pdf(count(len(rows), *_DOCUMENTS))
    ready = [row for row in rows if row.sendable]
    plus = [row for row in ready if row.document.amount >= 0]
    minus = [row for row in ready if row.document.amount < 0]
    for title, part in (
        (say("Ready to be sent"), plus),
        (say("Ready to be sent: credit notes"), minus),
        (say("Not ready: needs you first"), [row for row in rows if not row.sendable]),
    ):
        if part:
            paper.section(title)
            for row in part:
                paper.row(_page_cells(row), _below(row, accounts), red=row.document.amount < 0)
            called = _CREDIT_NOTES if part is minus else _CALLED[kind]
            paper.row(_sum_cells(say("Sum"), part, called, len(columns)), bold=True, red=part is minus)
        if part is minus and plus and minus:
            paper.row(_sum_cells(say("All ready"), ready, _DOCUMENTS, len(columns)), bold=True)
    if not rows:
        paper.text(say("Nothing is ready in Quadient AP."))
    return paper.pdf(count(len(rows), *_DOCUMENTS))


def _put_shown(paper: Paper, kind: str, rows: Sequence[DocumentRow], accounts: Mapping[str, str], shown: Shown) -> None:
    for row in rows:
        below = _below(row, accounts)
        if _ticked(row, shown) is False:
            below.append(say("Not ticked: it stays here when you send."))
        paper.row(_page_cells(row), below, red=row.document.amount < 0)
    for title, called, part in _shown_sums(kind, rows, shown):
        if part:
            minus = called is _CREDIT_NOTES
            paper.row(_sum_cells(say(title), part, called, len(paper.columns)), bold=True, red=minus)
    if not rows:
        paper.text(say("No document is shown."))


def _shown_sums(
    kind: str, rows: Sequence[DocumentRow], shown: Shown
) -> Iterator[tuple[str, tuple[str, str], list[DocumentRow]]]:
    """Yield title, name and rows of each sum, credit notes and what is not ticked apart; some have no rows."""
    ticked = [row for row in rows if _ticked(row, shown)]
    plus = [row for row in ticked if row.document.amount >= 0]
    minus = [row for row in ticked if row.document.amount < 0]
    yield later("Ticked, ready to be sent"), _CALLED[kind], plus
    yield later("Ticked, ready to be sent"), _CREDIT_NOTES, minus
    yield later("All ticked"), _DOCUMENTS, ticked if plus and minus else []
    yield later("Ready, not ticked"), _DOCUMENTS, [row for row in rows if _ticked(row, shown) is False]
    yield later("Not ready: needs you first"), _DOCUMENTS, [row for row in rows if row.pending and not row.sendable]
    yield later("No longer to be sent"), _DOCUMENTS, [row for row in rows if not row.pending and not row.sendable]


def _ticked(row: DocumentRow, shown: Shown) -> bool | None:
    """Return whether a document is ticked; None of one that cannot be sent."""
    return row.id in shown.ticked if row.sendable else None


def _kind_word(document: Invoice | Payment) -> str:
    if isinstance(document, Payment):
        return say("Payment")
    return say("Credit note") if document.amount < 0 else say("Invoice")


def _found(row: DocumentRow) -> Iterator[str]:
    for finding in row.findings:
        said = f"{finding.message} {finding.fix}".rstrip()
        yield say("{name}: {text}", name=say(_SEVERITIES[finding.severity]), text=said)
    if row.state in ("failed", "asking", "differs") and row.steps:
        yield say("Not sent: {message} {fix}", message=row.steps[-1].message, fix=row.steps[-1].fix).rstrip()


def _document_cells(row: DocumentRow) -> list[Cell]:
    document = row.document
    who = vendor(document.division, document.vendor_number)
    start: list[Cell] = [row.status, _kind_word(document), who, document.vendor_name]
    changed = "; ".join(change.words for change in row.changes)
    end: list[Cell] = [document.amount, say(document.destination), " ".join(_found(row)), changed, row.id]
    if isinstance(document, Payment):
        middle: list[Cell] = [
            document.bank_code, row.check_number, document.reference, document.payment_date, document.method,
            document.currency,
        ]  # fmt: skip
    else:
        middle = [
            document.number, document.invoice_date, document.due_date, document.discount_date, document.terms,
            document.description, document.purchase_order, document.hold, document.separate_cheque,
            document.tax_schedule, document.currency, document.freight, document.tax,
        ]  # fmt: skip
    return [*start, *middle, *end]


def _line_cells(row: DocumentRow, accounts: Mapping[str, str]) -> Iterator[list[Cell]]:
    document = row.document
    who: list[Cell] = [row.status, vendor(document.division, document.vendor_number), document.vendor_name]
    if isinstance(document, Payment):
        for paid in document.lines:
            yield [
                *who, document.bank_code, row.check_number, document.payment_date, paid.invoice_number, paid.discount,
                paid.amount, row.id,
            ]  # fmt: skip
        return
    who += [document.number, document.invoice_date]
    for line in document.lines:
        yield [
            *who, line.number, accounts.get(line.account_key, line.account_key), line.comment, document.purchase_order,
            line.item_code, line.quantity, line.unit, line.unit_cost, line.warehouse, line.job_number, line.cost_code,
            line.cost_type, line.amount, row.id,
        ]  # fmt: skip
    for name, amount in ((say("Freight"), document.freight), (say("Sales tax"), document.tax)):
        if amount:
            yield [*who, name, *[""] * 11, amount, row.id]


def _page_cells(row: DocumentRow) -> list[str]:
    document = row.document
    who = f"{document.division}-{document.vendor_number} {document.vendor_name}"
    if isinstance(document, Payment):
        middle = [document.bank_code, row.check_number, day(document.payment_date), document.method]
    else:
        due = day(document.due_date) if document.due_date else ""
        middle = [document.number, day(document.invoice_date), due]
    where = (
        say("{destination}, credit note", destination=say(document.destination))
        if document.amount < 0
        else say(document.destination)
    )
    return [row.status, who, *middle, where, money(document.amount)]


def _below(row: DocumentRow, accounts: Mapping[str, str]) -> list[str]:
    """Return the small print under a document: its coding, what was found, what changed and what differs."""
    return [
        " · ".join(_coding(row.document, accounts)),
        *_found(row),
        *(say("Changed: {words}.", words=change.words) for change in row.changes),
        *(say("Differs: {versions}.", versions=_versions(each)) for each in row.compared if each.differs),
    ]


def _versions(compared: Compared) -> str:
    there = ", ".join(f"“{text}”" for text in compared.theirs if text)
    return say(
        "{field} is “{ours}” in Quadient AP; in Sage 100: {there}",
        field=compared.field,
        ours=compared.ours,
        there=there,
    )


def _coding(document: Invoice | Payment, accounts: Mapping[str, str]) -> Iterator[str]:
    if isinstance(document, Payment):
        for paid in document.lines:
            discount = say(", discount {discount}", discount=money(paid.discount)) if paid.discount else ""
            yield f"{paid.invoice_number} {money(paid.amount)}{discount}"
        return
    for line in document.lines:
        yield f"{accounts.get(line.account_key, line.account_key)} {money(line.amount)}"
    for name, amount in ((say("freight"), document.freight), (say("sales tax"), document.tax)):
        if amount:
            yield f"{name} {money(amount)}"


def _sum_cells(title: str, rows: Sequence[DocumentRow], called: tuple[str, str], width: int) -> list[str]:
    number = count(len(rows), *called)
    total = sum((row.document.amount for row in rows), ZERO)
    return [title, number, *[""] * (width - 3), money(total)]
