"""Payments on their way from Quadient AP to Sage, and those made in Sage on their way to Quadient AP."""

from collections.abc import Iterator, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.payments import ImportKind, Payment, SagePayment
from app.engine.views import DocumentRow, SagePaymentRow, Views
from app.gui.format import day, moment, money
from app.gui.state import TabState
from app.gui.table import Column
from app.gui.tabs.documents import DocumentsTab
from app.gui.tabs.kind import DocumentKind
from app.gui.tabs.pages import (
    state_of,
    write_changes,
    write_findings,
    write_last_failure,
    write_side_by_side,
    write_standing,
)
from app.gui.tabs.records import Records, RecordsTab
from app.gui.tabs.sheet import write_payment_sheet
from app.gui.text import counted, later_counted, tr
from app.gui.unticked import Unticked
from app.gui.widgets.detail import Page
from app.gui.widgets.tabs import Tabs
from app.gui.words import import_state, key_words


def payments() -> DocumentKind:
    """Return all there is to know of payments as a kind of documents."""
    return DocumentKind(
        name="payment",
        plural="payments",
        title=tr("Payments to Sage"),
        one="{n} payment",
        many="{n} payments",
        empty=tr(
            "No payments to send. Mark paid payments for export in Quadient AP, then click Sync Now to check them."
        ),
        nothing=tr(
            "Checked {when}: no payment is marked for export in Quadient AP. Mark paid payments for export there, then "
            "click Sync Now."
        ),
        unreadable=later_counted(
            "Checked {when}: {n} payment is marked for export in Quadient AP, and cannot be read. See Overview for "
            "why, and what to do.",
            "Checked {when}: {n} payments are marked for export in Quadient AP, and none can be read. See Overview for "
            "why, and what to do.",
        ),
        columns=_columns(),
        write_page=_write_page,
        label=lambda row: tr("Payment {reference}", reference=_payment(row).reference),
    )


class PaymentsTab(Tabs):
    """Two views: payments to send to Sage, and payments made in Sage."""

    failed = Signal(object)
    step_asked = Signal(object)

    def __init__(self, views: Views, company: str, unticked: Unticked, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("payments_views")
        self.setDocumentMode(True)
        self.to_sage = DocumentsTab(payments(), views, company, unticked)
        self.from_sage = SagePaymentsTab(views)
        self.addTab(self.to_sage, tr("To Sage"))
        self.addTab(self.from_sage, tr("Made in Sage"))
        self.to_sage.failed.connect(self.failed)
        self.from_sage.failed.connect(self.failed)
        for view in (self.to_sage, self.from_sage):
            view.step_asked.connect(self.step_asked)

    def focus_filter(self) -> None:
        """Put the cursor into the filter box of the view in front."""
        self.currentWidget().focus_filter()

    def show_state(self, state: TabState) -> None:
        """Say in an empty view whether anything was looked for yet."""
        for view in (self.to_sage, self.from_sage):
            view.show_state(state)

    def show_stage(self, stage: str) -> None:
        """Show the payments to Sage that stand at `stage` of their way."""
        self.setCurrentWidget(self.to_sage)
        self.to_sage.show_stage(stage)

    def choose_none(self) -> None:
        """Show no payment to Sage: the one that is wanted is not among them."""
        self.setCurrentWidget(self.to_sage)
        self.to_sage.choose_none()

    def open_record(self, key: str) -> None:
        """Show the payment called `key` in the view that has it."""
        self.to_sage.load_if_stale()
        inside = any(row.id == key for row in self.to_sage.documents.rows)
        view = self.to_sage if inside else self.from_sage
        self.setCurrentWidget(view)
        view.open_record(key)


class SagePaymentsTab(RecordsTab[SagePaymentRow]):
    """Payments made in Sage and how they fared on their way to Quadient AP."""

    def __init__(self, views: Views, parent: QWidget | None = None) -> None:
        kind = Records(
            "sage_payments",
            tr("Payments made in Sage"),
            tr("The chosen payment"),
            _sage_columns(),
            lambda row: row.key,
            lambda number: counted(number, "{n} payment", "{n} payments"),
            tr("No payments made in Sage yet. Click Sync Now to bring them to Quadient AP."),
            tr("The sync of {when} found no payments in Sage that are to be brought to Quadient AP."),
        )
        super().__init__(kind, views, parent)

    def rows(self) -> Iterator[SagePaymentRow]:
        """Yield the payments as the store has them."""
        return self.views.sage_payments()

    def write_page(self, page: Page, row: SagePaymentRow) -> None:
        """Write a payment with the invoices that it pays."""
        picture, state = import_state(row.state)
        page.title(tr("{name}: {text}", name=_called(row), text=state), picture)
        if row.reason:
            page.finding(picture, row.reason, row.fix, row.code)
        else:
            page.text(tr("{state}, last sent {when}", state=state, when=moment(row.changed_at)), quiet=True)
        if row.payment is not None:
            _write_sage_payment(page, row.payment)


def _payment(row: DocumentRow) -> Payment:
    assert isinstance(row.document, Payment)  # noqa: S101  # the views give this tab nothing else
    return row.document


def _invoices_paid(payment: Payment | SagePayment) -> str:
    return ", ".join(line.invoice_number for line in payment.lines)


def _columns() -> list[Column[DocumentRow]]:
    return [
        Column(
            tr("Status"),
            lambda row: state_of(row)[1],
            width=20,
            icon=lambda row: state_of(row)[0],
        ),
        Column(tr("Bank"), lambda row: _payment(row).bank_code, width=6),
        Column(tr("Check number"), lambda row: row.check_number, width=13),
        Column(tr("Reference"), lambda row: _payment(row).reference, width=16),
        Column(
            tr("Vendor"),
            lambda row: f"{row.document.division}-{row.document.vendor_number} {row.document.vendor_name}",
            width=28,
            long=True,
            up_to=46,
        ),
        Column(
            tr("Date"), lambda row: day(_payment(row).payment_date), lambda row: _payment(row).payment_date, width=12
        ),
        Column(
            tr("Amount"),
            lambda row: money(row.document.amount),
            lambda row: row.document.amount,
            right=True,
            width=13,
            tone=lambda row: "negative" if row.document.amount < 0 else "",
        ),
        Column(tr("Invoices paid"), lambda row: _invoices_paid(_payment(row)), width=16, long=True),
    ]


def _write_page(page: Page, row: DocumentRow, _: Mapping[str, str]) -> None:
    payment = _payment(row)
    picture, state = state_of(row)
    amount = f"{money(payment.amount)} {payment.currency}"
    title = tr("Payment {reference}, {vendor}", reference=payment.reference, vendor=payment.vendor_name)
    page.title(tr("{name}: {text}", name=f"{title}, {amount}", text=state), picture)
    write_standing(page, row)
    write_last_failure(page, row)
    write_findings(page, row)
    write_side_by_side(page, row)
    write_changes(page, row)
    write_payment_sheet(page, row, payment)
    page.text(tr("Quadient AP's id: {id}", id=payment.id), quiet=True)


def _write_lines(page: Page, payment: SagePayment) -> None:
    page.section(tr("Invoices paid"))
    page.table(
        (tr("Invoice"), tr("Amount"), tr("Discount")),
        ((line.invoice_number, money(line.amount), money(line.discount)) for line in payment.lines),
        right=(1, 2),
    )


def _called(row: SagePaymentRow) -> str:
    """Return what people call a payment made in Sage; one that cannot be read has little more than its key."""
    payment = row.payment
    if payment is None:
        return tr("Payment {key}", key=f"{key_words(row.key)} {row.called}".strip())
    title = tr(
        "Check {number} (bank {bank}), {vendor}",
        number=payment.check_number,
        bank=payment.bank_code,
        vendor=payment.vendor_name,
    )
    return f"{title}, {money(payment.amount)}"


def _kind_words(payment: SagePayment) -> str:
    if payment.cancels:
        return tr("Cancels {key}", key=payment.cancels)
    return {ImportKind.WORKFLOW: tr("Quadient AP pays"), ImportKind.RECORD: tr("Paid in Sage")}[payment.kind]


def _write_sage_payment(page: Page, payment: SagePayment) -> None:
    page.facts(
        (
            (tr("Vendor"), f"{payment.division}-{payment.vendor_number} {payment.vendor_name}"),
            (tr("What it is"), _kind_words(payment)),
            (tr("Bank"), payment.bank_code),
            (tr("Check number"), payment.check_number),
            (tr("Date"), day(payment.payment_date)),
            (tr("Amount"), money(payment.amount)),
        )
    )
    _write_lines(page, payment)


def _sage_columns() -> list[Column[SagePaymentRow]]:
    return [
        Column(
            tr("State"), lambda row: import_state(row.state)[1], width=19, icon=lambda row: import_state(row.state)[0]
        ),
        Column(tr("Bank"), lambda row: row.payment.bank_code if row.payment else "", width=6),
        Column(
            tr("Check number"), lambda row: row.payment.check_number if row.payment else key_words(row.key), width=13
        ),
        Column(tr("What it is"), lambda row: _kind_words(row.payment) if row.payment else "", width=18, long=True),
        Column(
            tr("Vendor"),
            lambda row: (
                f"{row.payment.division}-{row.payment.vendor_number} {row.payment.vendor_name}"
                if row.payment
                else row.called
            ),
            width=30,
            long=True,
            up_to=50,
        ),
        Column(
            tr("Date"),
            lambda row: day(row.payment.payment_date) if row.payment else "",
            lambda row: row.payment.payment_date if row.payment else None,
            width=12,
        ),
        Column(
            tr("Amount"),
            lambda row: money(row.payment.amount) if row.payment else "",
            lambda row: row.payment.amount if row.payment else None,
            right=True,
            width=13,
            tone=lambda row: "negative" if row.payment and row.payment.amount < 0 else "",
        ),
        Column(tr("Reason"), lambda row: f"{row.reason} {row.fix}".strip(), width=8, long=True),
    ]
