"""What a person can decide about the chosen documents: Mark as exported, Send again, Undo or Leave."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.engine.views import DocumentRow, suggestion
from app.gui.format import money, whole
from app.gui.sums import Sum
from app.gui.tabs.kind import DocumentKind
from app.gui.text import counted, tr
from app.gui.widgets.able import able
from app.gui.widgets.confirm_bar import ConfirmBar
from app.gui.widgets.shorten_bar import ShortenBar

_UNSENT = ("failed", "asking", "undone")
_TO_SETTLE = (*_UNSENT, "blocked", "differs")
# Sage has the document as it was before it was changed in Quadient AP, and what AP Bridge sent can be taken out again.
_AS_IT_WAS = ("sent-under-another-number", "duplicate-unposted", "check-number-used")
_IN_SAGE = ("proven", "acknowledged")
LEAVE = "leave"


class SettleBar(QWidget):
    """Shown for documents that need the user or were sent; of several, what can be done with each of them.

    `asked` carries command, the documents' ids, and further arguments; `check_asked`: all are to be looked at again.
    """

    asked = Signal(str, list, list)
    check_asked = Signal()

    def __init__(self, kind: DocumentKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._rows: list[DocumentRow] = []
        self._command = ""
        self._running = False
        self.mark, self.again, self.undo = QPushButton(), QPushButton(), QPushButton()
        self.mark.setObjectName(f"mark_exported_{kind.plural}")
        self.mark.setToolTip(tr("Sage has it already, or is never to have it: nothing is sent"))
        self.mark.clicked.connect(self._ask_mark)
        self.again.setObjectName(f"send_again_{kind.plural}")
        self.again.setToolTip(
            tr("Mark it for export again in Quadient AP and check it; it is sent when you click Send")
        )
        self.again.clicked.connect(self._ask_again)
        self.undo.setObjectName(f"undo_{kind.plural}")
        self.undo.setToolTip(tr("Delete it in Sage again, while it is unposted and unchanged"))
        self.undo.clicked.connect(self._ask_undo)
        self.leave = QPushButton()
        self.leave.setObjectName(f"leave_{kind.plural}")
        self.leave.setToolTip(tr("It is right that Sage has it no longer: it stays Exported, and is not sent again"))
        self.leave.clicked.connect(self._ask_leave)
        self.although = QCheckBox(tr("Altho&ugh not in Sage"))
        self.although.setObjectName(f"although_{kind.plural}")
        self.although.setToolTip(tr("Ticked, it is marked even where Sage does not have it; it is never entered there"))
        self.confirm = ConfirmBar(picture="info", answer=f"confirm_settle_{kind.plural}")
        self.confirm.confirmed.connect(self._confirmed)
        self.confirm.asking.connect(self._show_asking)
        self.shorten, self.unshorten, self.look = QPushButton(), QPushButton(), QPushButton()
        self.shorten.setObjectName(f"shorten_{kind.plural}")
        self.shorten.setText(tr("Sho&rten Description…"))
        self.shorten.setToolTip(tr("Choose the words that Sage gets instead of those it would cut"))
        self.shorten.clicked.connect(self._ask_shorten)
        self.unshorten.setObjectName(f"unshorten_{kind.plural}")
        self.unshorten.setText(tr("&Whole Description Again"))
        self.unshorten.setToolTip(tr("Sage gets Quadient AP's description, as far as it takes it"))
        self.unshorten.clicked.connect(lambda: self._emit_about_description("--whole"))
        self.look.setObjectName(f"look_again_{kind.plural}")
        self.look.setText(tr("Look A&gain"))
        self.look.setToolTip(tr("You have put it right: check it against Sage as it is now"))
        self.look.clicked.connect(self.check_asked)
        self.words = ShortenBar(kind.plural)
        self.words.decided.connect(lambda text: self._emit_about_description(f"--description={text}"))
        self.words.asking.connect(self._show_asking)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for widget in (
            self.although,
            self.unshorten,
            self.shorten,
            self.undo,
            self.leave,
            self.mark,
            self.again,
            self.look,
        ):
            buttons.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.confirm)
        layout.addWidget(self.words)
        layout.addLayout(buttons)
        self.show_rows(())

    def show_rows(self, rows: Sequence[DocumentRow]) -> None:
        """Offer what can be done with the documents; an open question is taken back."""
        self.confirm.dismiss()
        self.words.dismiss()
        self._rows = list(rows)
        self._show_words()
        self._show_asking(asking=False)

    def set_running(self, running: bool) -> None:
        """Decide nothing while a run goes on."""
        self._running = running
        self.confirm.dismiss()
        self.words.dismiss()
        self._show_asking(asking=False)

    def _ask_mark(self) -> None:
        self._command = f"mark-exported {self._kind.plural}"
        self.although.setChecked(False)
        question = tr("Mark {document} as exported in Quadient AP? Nothing is sent to Sage.", document=self._named())
        self.confirm.ask(question, counted(len(self._rows), "&Mark as exported", "&Mark {n} as exported"))

    def _ask_leave(self) -> None:
        self._command = LEAVE
        question = tr(
            "Leave {documents} as Exported in Quadient AP, though no longer in Sage? Nothing is sent again.",
            documents=self._named(),
        )
        self.confirm.ask(question, counted(len(self._rows), "L&eave it", "L&eave {n}"))

    def _ask_again(self) -> None:
        self._command = f"send-again {self._kind.plural}"
        question = tr(
            "Mark {documents} for export again in Quadient AP, and check again? Nothing is sent before you click Send.",
            documents=self._named(),
        )
        self.confirm.ask(question, counted(len(self._rows), "&Mark for export", "&Mark {n} for export"))

    def _ask_undo(self) -> None:
        self._command = "undo"
        if len(self._rows) == 1:
            question = tr(
                "Undo {document}? If unposted and unchanged, it is deleted in Sage and approved again in Quadient AP.",
                document=self._named(),
            )
            self.confirm.ask(question, tr("&Undo it"))
            return
        question = tr(
            "Undo {documents}? What is unposted and unchanged is deleted in Sage and approved again in Quadient AP. "
            "The rest is left as it is, and you are told why.",
            documents=self._named(),
        )
        self.confirm.ask(question, tr("&Undo {n}", n=whole(len(self._rows))))

    def _ask_shorten(self) -> None:
        (row,) = self._rows
        room = row.now.sizes.comment
        self.words.ask(row.document.description, suggestion(row.document.description, room), room)

    def _emit_about_description(self, argument: str) -> None:
        (row,) = self._rows
        self.asked.emit(f"shorten {self._kind.plural}", [row.id], [argument])

    def _named(self) -> str:
        if len(self._rows) > 1:
            total = Sum.of(self._rows)
            return f"{self._kind.counted(total.count)}, {money(total.amount)}"
        (row,) = self._rows
        return f"{self._kind.label(row)}, {row.document.vendor_name}, {money(row.document.amount)}"

    def _show_words(self) -> None:
        """Say on the buttons how many they are about, where it is not just one."""
        number = whole(len(self._rows))
        several = len(self._rows) > 1
        self.mark.setText(tr("Mark {n} as E&xported…", n=number) if several else tr("Mark as E&xported…"))
        self.again.setText(tr("Send {n} A&gain…", n=number) if several else tr("Send A&gain…"))
        self.undo.setText(tr("&Undo {n}…", n=number) if several else tr("&Undo…"))
        self.leave.setText(tr("L&eave {n}…", n=number) if several else tr("L&eave It…"))

    def _show_asking(self, asking: bool) -> None:
        offers = {
            self.mark: bool(self._rows) and all(map(_can_be_marked, self._rows)),
            self.again: bool(self._rows) and all(row.state in _UNSENT for row in self._rows),
            self.undo: bool(self._rows) and all(map(_can_be_undone, self._rows)),
            self.leave: bool(self._rows) and all(row.gone or row.unclear for row in self._rows),
            self.shorten: len(self._rows) == 1 and _can_be_shortened(self._rows[0]),
            self.unshorten: len(self._rows) == 1 and self._rows[0].sendable and bool(self._rows[0].whole_description),
            self.look: bool(self._rows) and all(row.state == "blocked" for row in self._rows),
        }
        for button, offered in offers.items():
            button.setHidden(asking or not offered)
            able(button, not self._running)
        self.although.setHidden(not asking or not self._command.startswith("mark"))
        self.setVisible(any(offers.values()))

    def _confirmed(self) -> None:
        marks, leaves = self._command.startswith("mark"), self._command == LEAVE
        # To leave a document is to mark it once more, in the knowledge that Sage has it not.
        command = f"mark-exported {self._kind.plural}" if leaves else self._command
        arguments = ["--although-not-in-sage"] if leaves or (marks and self.although.isChecked()) else []
        self.asked.emit(command, [row.id for row in self._rows], arguments)


def _can_be_shortened(row: DocumentRow) -> bool:
    too_long = any(finding.code == "description-too-long" for finding in row.findings)
    return too_long and row.now is not None and row.state in ("ready", "blocked")


def _can_be_undone(row: DocumentRow) -> bool:
    if row.state == "sent":
        return row.standing is None or row.standing.stands != "gone"
    in_the_way = any(finding.code in _AS_IT_WAS for finding in row.findings)
    return row.state == "blocked" and in_the_way and bool(row.steps) and row.steps[-1].state in _IN_SAGE


def _can_be_marked(row: DocumentRow) -> bool:
    not_taken = bool(row.steps) and row.steps[-1].code == "not-acknowledged"
    return row.state in _TO_SETTLE or not_taken
