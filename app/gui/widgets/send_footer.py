"""The foot of a preview: how much is ready, warned of and blocked, and the button that sends what is ticked."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.engine.views import DocumentRow
from app.gui.format import money, whole
from app.gui.icons import icon
from app.gui.sums import Sum
from app.gui.tabs.kind import DocumentKind
from app.gui.text import counted, tr
from app.gui.widgets.able import able
from app.gui.widgets.confirm_bar import ConfirmBar


class SendFooter(QWidget):
    """`send_confirmed` carries the ids that the confirmed question was about, and no others."""

    send_confirmed = Signal(list)

    def __init__(self, kind: DocumentKind, company: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._company = company
        self._ticked: list[DocumentRow] = []
        self._hidden = 0
        self._asked: list[str] = []
        self._running = False
        self.sums = QLabel()
        self.sums.setObjectName(f"{kind.plural}_sums")
        self.sums.setWordWrap(True)
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

    def show_rows(self, rows: Sequence[DocumentRow], ticked: Sequence[DocumentRow], *, hidden: int = 0) -> None:
        """Show sums of all `rows` and offer to send the ticked ones; an open question is taken back.

        `hidden` of the ticked ones are out of sight, since the table is narrowed.
        """
        self._ticked = list(ticked)
        self._hidden = hidden
        self.confirm.dismiss()
        self.sums.setText("  │  ".join(self._sum_words(rows)))
        total = Sum.of(ticked)
        if total.count:
            documents = self._kind.counted(total.count)
            self.send.setText(tr("Sen&d {documents} · {amount}", documents=documents, amount=money(total.amount)))
        else:
            self.send.setText(_nothing_words(rows))
        self._enable()

    def set_running(self, running: bool) -> None:
        """Send nothing while a run goes on."""
        self._running = running
        self.confirm.dismiss()
        self._enable()

    def _enable(self) -> None:
        why = "" if self._running else tr("Tick what is to be sent; only what is ready can be ticked")
        able(self.send, bool(self._ticked) and not self._running, why)

    def _sum_words(self, rows: Sequence[DocumentRow]) -> list[str]:
        ticked = Sum.of(self._ticked)
        ready = Sum.of(row for row in rows if row.state == "ready")
        blocked = Sum.of(row for row in rows if row.state == "blocked")
        warned = sum(row.state == "ready" and row.warnings > 0 for row in rows)
        first = tr("Ticked {n} · {amount}", n=whole(ticked.count), amount=money(ticked.amount))
        if ticked.credits:
            first = tr("{words} (incl. {credit})", words=first, credit=_credit_words(ticked))
        if self._hidden:
            first = tr("{words}, {n} of them not shown", words=first, n=whole(self._hidden))
        words = [first, tr("Ready {n} · {amount}", n=whole(ready.count), amount=money(ready.amount))]
        if warned:
            words.append(tr("Warnings {n}", n=whole(warned)))
        if blocked.count:
            words.append(tr("Blocked {n} · {amount}", n=whole(blocked.count), amount=money(blocked.amount)))
        return words

    def _ask(self) -> None:
        total = Sum.of(self._ticked)
        self._asked = [row.id for row in self._ticked]
        documents = self._kind.counted(total.count)
        question = tr(
            "Send {documents}, {amount}, to Sage company {company}?",
            documents=documents,
            amount=money(total.amount),
            company=self._company,
        )
        if total.credits:
            question = f"{question} {tr('The sum includes {credit}.', credit=_credit_words(total))}"
        places = Counter(str(row.document.destination) for row in self._ticked)
        parts = [tr("{n} to {place}", n=whole(number), place=place) for place, number in places.most_common()]
        warned = sum(row.warnings > 0 for row in self._ticked)
        if warned:
            parts.append(tr("{n} with warnings", n=whole(warned)))
        changed = sum(bool(row.changes) for row in self._ticked)
        if changed:
            parts.append(tr("{n} changed since it was checked before", n=whole(changed)))
        if self._hidden:
            parts.append(tr("{n} not shown in the table", n=whole(self._hidden)))
        promise = tr("They go to unposted batches; nothing is posted.")
        self.confirm.ask(f"{question} {', '.join(parts)}. {promise}", tr("Send {documents}", documents=documents))

    def _confirm(self) -> None:
        asked, self._asked = self._asked, []
        if asked and not self._running:
            self.send_confirmed.emit(asked)


def _nothing_words(rows: Sequence[DocumentRow]) -> str:
    """Say why nothing can be sent."""
    ready = sum(row.sendable for row in rows)
    blocked = sum(row.state == "blocked" for row in rows)
    if ready:
        return counted(ready, "Nothing ticked: {n} is ready", "Nothing ticked: {n} are ready")
    if blocked:
        return counted(blocked, "Nothing ready: {n} is blocked", "Nothing ready: {n} are blocked")
    return tr("Nothing ready to send")


def _credit_words(total: Sum) -> str:
    credit = counted(total.credits, "{n} credit note", "{n} credit notes")
    return f"{credit} {money(total.credit_amount)}"
