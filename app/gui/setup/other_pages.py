"""The first and the last page of the wizard, and the one that makes the demo company."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QProgressBar, QRadioButton, QWidget

from app.gui.help.link import LearnMore
from app.gui.setup.draft import Draft
from app.gui.setup.entity_page import LookUp
from app.gui.setup.pages import Page, Points, keyring_words, note
from app.gui.text import counted, tr
from app.gui.waiting import Waiting


class StartPage(Page):
    """Try the demo company, or connect."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("start_page", parent)
        self.title = tr("Welcome to AP Bridge")
        self.lead = tr(
            "AP Bridge keeps Sage 100 and Quadient AP in step: lists and purchase orders go to Quadient AP, approved "
            "bills and payments come into Sage, and each time you see that they arrived."
        )
        self.demo = QRadioButton(tr("Try the &demo company"))
        self.demo.setObjectName("choose_demo")
        self.demo.setChecked(True)
        self.connect_ = QRadioButton(tr("&Connect my Sage 100 and Quadient AP"))
        self.connect_.setObjectName("choose_connect")
        bold = self.demo.font()
        bold.setBold(True)
        for button, words in (
            (
                self.demo,
                tr("Made-up books on this computer. Nothing of yours is touched; you can throw it away later."),
            ),
            (
                self.connect_,
                tr(
                    "You need a Sage user with its password, and from Quadient AP an address, a client id and a secret."
                ),
            ),
        ):
            button.setFont(bold)
            self.body.addWidget(button)
            below = note(words)
            below.setContentsMargins(26, 0, 0, 8)
            self.body.addWidget(below)
            button.toggled.connect(self.changed)
        self.body.addStretch(1)


class DemoPage(Page):
    """Makes the demo company."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("demo_page", parent)
        self.title = tr("The demo company")
        self.lead = tr(
            "AP Bridge makes a Sage company with vendors, orders and books, and beside it a Quadient AP with bills "
            "that are approved and ready. Both live on this computer only."
        )
        self.next_words = tr("&Make the demo company")
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(tr("Making the demo company"))
        self.bar.hide()
        self.words = note("", "demo_words")
        self.waiting = Waiting(self.words)
        self.learn_more = LearnMore("demo_learn_more")
        for widget in (self.bar, self.words, self.learn_more):
            self.body.addWidget(widget)
        self.body.addStretch(1)


class LastPage(Page):
    """Says what will be done, before anything is kept. `rebound` says what another legal entity means."""

    def __init__(self, rebound: LookUp, parent: QWidget | None = None) -> None:
        super().__init__("last_page", parent)
        self._rebound = rebound
        self.title = tr("Ready to connect")
        self.words = Points("last_words")
        self.sync = QCheckBox(tr("Also bring lists, purchase orders and payments to Quadient AP (&Sync Now)"))
        self.sync.setObjectName("sync_at_once")
        self.sync.setChecked(True)
        self.promise = note(tr("Nothing is written to Sage before you click Send."), "promise")
        bold = self.promise.font()
        bold.setBold(True)
        self.promise.setFont(bold)
        self.trouble = note("", "save_trouble")
        self.learn_more = LearnMore("save_learn_more")
        waiting = note("", "save_waiting")
        self.waiting = Waiting(waiting)
        for widget in (self.words, self.sync, self.promise, self.trouble, self.learn_more, waiting):
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def show_draft(self, draft: Draft) -> None:
        """Say it for this draft."""
        changes = draft.base is not None
        self.next_words = tr("&Save") if changes else tr("&Connect")
        self.title = tr("Ready to save") if changes else tr("Ready to connect")
        self.lead = tr("When you click the button, AP Bridge")
        said = [tr("keeps these settings on this computer, and the passwords in {keyring}", keyring=keyring_words())]
        said += [
            tr("binds {entity} to Sage company {code}", entity=pair.entity.name, code=pair.code) for pair in draft.pairs
        ]
        said += self._puts_aside(draft)
        if not changes:
            said.append(tr("looks what is ready in Quadient AP and shows you a preview of it, checked against Sage"))
        self.words.say(*said)
        self.sync.setVisible(not changes)
        self.promise.setVisible(not changes)
        self.say_trouble()

    def say_trouble(self, text: str = "", code: str = "") -> None:
        """Say why nothing was kept, with the way to the help; without a text, that nothing is wrong."""
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))
        self.learn_more.show_code(code)

    def _puts_aside(self, draft: Draft) -> Sequence[str]:
        """Say what becomes of what is known of companies that went with another legal entity before."""
        said = []
        called = {entity.id: entity.name for entity in draft.entities}
        for company in draft.companies_to_keep():
            change = self._rebound(company)
            if change is None:
                continue
            before, after = change.before.legal_entity, change.after.legal_entity
            names = {"code": company.code, "before": called.get(before, before), "after": called.get(after, after)}
            said.append(
                tr("puts aside what it knows of {code} and {before}, and sends everything to {after} anew", **names)
            )
            if change.unsettled:
                said.append(
                    counted(
                        change.unsettled,
                        "but waits: {n} document of {before} is still on its way. Connect {before} first, and sync",
                        "but waits: {n} documents of {before} are still on their way. Connect {before} first, and sync",
                        **names,
                    )
                )
        return said
