"""What a person can decide about a document: Mark as exported or Send again what was not sent, Undo what was."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.engine.views import DocumentRow
from app.gui.format import money
from app.gui.tabs.kind import DocumentKind
from app.gui.text import tr
from app.gui.widgets.confirm_bar import ConfirmBar

_UNSENT = ("failed", "asking", "undone")
_TO_SETTLE = (*_UNSENT, "blocked", "differs")
_SENT = ("sent",)


class SettleBar(QWidget):
    """Shown for a document that needs the user or was sent.

    `asked` carries command, the document's id, and further arguments.
    """

    asked = Signal(str, list, list)

    def __init__(self, kind: DocumentKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._row: DocumentRow | None = None
        self._command = ""
        self._marks = False
        self._running = False
        self.mark = QPushButton(tr("Mark as E&xported…"))
        self.mark.setObjectName(f"mark_exported_{kind.plural}")
        self.mark.setToolTip(tr("Sage has it already, or is never to have it: nothing is sent"))
        self.mark.clicked.connect(self._ask_mark)
        self.again = QPushButton(tr("Send A&gain…"))
        self.again.setObjectName(f"send_again_{kind.plural}")
        self.again.setToolTip(
            tr("Mark it for export again in Quadient AP and check it; it is sent when you click Send")
        )
        self.again.clicked.connect(self._ask_again)
        self.undo = QPushButton(tr("&Undo…"))
        self.undo.setObjectName(f"undo_{kind.plural}")
        self.undo.setToolTip(tr("Delete it in Sage again, while it is unposted and unchanged"))
        self.undo.clicked.connect(self._ask_undo)
        self.although = QCheckBox(tr("Altho&ugh not in Sage"))
        self.although.setObjectName(f"although_{kind.plural}")
        self.although.setToolTip(tr("Ticked, it is marked even where Sage does not have it; it is never entered there"))
        self.confirm = ConfirmBar(picture="info", answer=f"confirm_settle_{kind.plural}")
        self.confirm.confirmed.connect(self._confirmed)
        self.confirm.asking.connect(self._show_asking)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for widget in (self.although, self.undo, self.mark, self.again):
            buttons.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.confirm)
        layout.addLayout(buttons)
        self.show_row(None)

    def show_row(self, row: DocumentRow | None) -> None:
        """Offer what can be done with the document; an open question is taken back."""
        self.confirm.dismiss()
        self._row = row
        state = row.state if row is not None else ""
        not_taken = row is not None and bool(row.steps) and row.steps[-1].code == "not-acknowledged"
        self._marks = state in _TO_SETTLE or not_taken
        self.setVisible(self._marks or state in _SENT)
        self._show_asking(asking=False)

    def set_running(self, running: bool) -> None:
        """Decide nothing while a run goes on."""
        self._running = running
        self.confirm.dismiss()
        self._show_asking(asking=False)

    def _ask_mark(self) -> None:
        self._command = f"mark-exported {self._kind.plural}"
        self.although.setChecked(False)
        question = tr("Mark {document} as exported in Quadient AP? Nothing is sent to Sage.", document=self._named())
        self.confirm.ask(question, tr("&Mark as exported"))

    def _ask_again(self) -> None:
        self._command = f"send-again {self._kind.plural}"
        question = tr(
            "Mark {document} for export again in Quadient AP, and check it? It is sent only when you click Send.",
            document=self._named(),
        )
        self.confirm.ask(question, tr("&Mark for export"))

    def _ask_undo(self) -> None:
        self._command = "undo"
        question = tr(
            "Undo {document}? If unposted and unchanged, it is deleted in Sage and approved again in Quadient AP.",
            document=self._named(),
        )
        self.confirm.ask(question, tr("&Undo it"))

    def _named(self) -> str:
        assert self._row is not None  # noqa: S101  # the buttons are there for a document only
        document = self._row.document
        return f"{self._kind.label(self._row)}, {document.vendor_name}, {money(document.amount)}"

    def _show_asking(self, asking: bool) -> None:
        state = self._row.state if self._row is not None else ""
        self.mark.setHidden(asking or not self._marks)
        self.again.setHidden(asking or state not in _UNSENT)
        self.undo.setHidden(asking or state not in _SENT)
        self.although.setHidden(not asking or not self._command.startswith("mark"))
        self.mark.setEnabled(not self._running)
        self.again.setEnabled(not self._running)
        self.undo.setEnabled(not self._running)

    def _confirmed(self) -> None:
        assert self._row is not None  # noqa: S101  # as in _named
        marks = self._command.startswith("mark")
        arguments = ["--although-not-in-sage"] if marks and self.although.isChecked() else []
        self.asked.emit(self._command, [self._row.id], arguments)
