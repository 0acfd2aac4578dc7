"""The foot of a preview: how much is ready, warned of and blocked, and the button that sends what is ticked."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.engine.views import DocumentRow
from app.gui.format import money, whole
from app.gui.icons import icon
from app.gui.sums import Sum
from app.gui.tabs.kind import DocumentKind
from app.gui.text import counted, tr
from app.gui.widgets.confirm_bar import ConfirmBar


class SendFooter(QWidget):
    """`send_confirmed` carries the ids that the confirmed question was about, and no others."""

    send_confirmed = Signal(list)

    def __init__(self, kind: DocumentKind, company: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._company = company
        self._ticked: list[DocumentRow] = []
        self._asked: list[str] = []
        self._running = False
        self.sums = QLabel()
        self.sums.setObjectName(f"{kind.plural}_sums")
        self.send = QPushButton(icon("send"), "")
        self.send.setObjectName(f"send_{kind.plural}")
        self.send.setIconSize(QSize(16, 16))
        self.send.setProperty("main", True)
        self.send.clicked.connect(self._ask)
        self.confirm = ConfirmBar()
        self.confirm.confirmed.connect(self._confirm)
        self.confirm.asking.connect(self.send.setHidden)
        row = QHBoxLayout()
        row.addWidget(self.sums, 1)
        row.addWidget(self.send)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.confirm)
        layout.addLayout(row)

    def show_rows(self, rows: Sequence[DocumentRow], ticked: Sequence[DocumentRow]) -> None:
        """Show sums of all `rows` and offer to send the ticked ones; an open question is taken back."""
        self._ticked = list(ticked)
        self.confirm.dismiss()
        self.sums.setText("      ".join(self._sum_words(rows)))
        total = Sum.of(ticked)
        if total.count:
            documents = self._kind.counted(total.count)
            self.send.setText(tr("Sen&d {documents} · {amount}", documents=documents, amount=money(total.amount)))
        else:
            self.send.setText(tr("Nothing ticked to send"))
        self._enable()

    def set_running(self, running: bool) -> None:
        """Send nothing while a run goes on."""
        self._running = running
        self.confirm.dismiss()
        self._enable()

    def _enable(self) -> None:
        self.send.setEnabled(bool(self._ticked) and not self._running)

    def _sum_words(self, rows: Sequence[DocumentRow]) -> list[str]:
        ready = Sum.of(row for row in rows if row.state == "ready")
        blocked = Sum.of(row for row in rows if row.state == "blocked")
        words = [tr("Ready {n} · {amount}", n=whole(ready.debits), amount=money(ready.debit_amount))]
        if ready.credits:
            amount = money(ready.credit_amount)
            words.append(tr("Credit notes {n} · {amount}", n=whole(ready.credits), amount=amount))
        words.append(tr("Warnings {n}", n=whole(sum(row.state == "ready" and row.warnings > 0 for row in rows))))
        words.append(tr("Blocked {n} · {amount}", n=whole(blocked.count), amount=money(blocked.amount)))
        return words

    def _ask(self) -> None:
        total = Sum.of(self._ticked)
        self._asked = [row.id for row in self._ticked]
        documents = self._kind.counted(total.count)
        question = tr(
            "Send {documents}, {amount}, to unposted batches in Sage company {company}?",
            documents=documents,
            amount=money(total.amount),
            company=self._company,
        )
        if total.credits:
            credit = counted(total.credits, "{n} credit note", "{n} credit notes")
            with_credit = tr("The sum includes {credit}, {amount}.", credit=credit, amount=money(total.credit_amount))
            question = f"{question} {with_credit}"
        self.confirm.ask(question, tr("Send {documents}", documents=documents))

    def _confirm(self) -> None:
        asked, self._asked = self._asked, []
        if asked and not self._running:
            self.send_confirmed.emit(asked)
