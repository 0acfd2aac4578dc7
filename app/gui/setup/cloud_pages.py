"""The pages about Quadient AP: the sign-in, and which legal entity goes with which Sage company."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QScrollArea, QWidget

from app.gui.engine_process import EngineProcess
from app.gui.setup.connection_test import ConnectionTest
from app.gui.setup.draft import Draft, Entity, Pair
from app.gui.setup.pages import Page, add_secret, form, hint_kept, line, note, secret, where_kept
from app.gui.text import tr
from app.settings import CODE_LENGTH

SIGN_IN_CHECKS = ("cloud-reached", "cloud-sign-in", "cloud-entity", "cloud-clock")
PAIR_CHECKS = ("sage-company", "sage-single-user")
MOST_SHOWN = 190  # pixels: a few rows, the rest scrolls


class CloudSignInPage(Page):
    """Where Quadient AP is, and how AP Bridge signs in."""

    def __init__(self, engine: EngineProcess, parent: QWidget | None = None) -> None:
        super().__init__("cloud_page", parent)
        self.title = tr("Sign in to Quadient AP")
        self.lead = tr("An administrator of Quadient AP gives you the address, a client id and its secret.")
        self.url = line("cloud_url", self, "https://")
        self.client = line("cloud_client", self)
        self.password = secret("cloud_secret", self)
        fields = form()
        fields.addRow(tr("&Address"), self.url)
        fields.addRow(tr("Client &id"), self.client)
        add_secret(fields, tr("&Secret"), self.password)
        self.body.addLayout(fields)
        self.body.addWidget(where_kept())
        self.add_test(ConnectionTest(engine, "cloud", SIGN_IN_CHECKS))
        self._has_secret = False

    def show_draft(self, draft: Draft) -> None:
        """Show what is known already."""
        self.url.setText(draft.cloud.url)
        self.client.setText(draft.cloud.client_id)
        self.password.setText(draft.secrets.get("cloud", ""))
        self._has_secret = draft.base is not None
        hint_kept(self.password, draft)

    def fill(self, draft: Draft) -> None:
        """Put the sign-in into the draft."""
        draft.cloud = replace(draft.cloud, url=self.url.text().strip(), client_id=self.client.text().strip())
        draft.secrets["cloud"] = self.password.text()

    def missing(self) -> str:
        """All three are needed."""
        if not self.url.text().strip():
            return tr("Type the address of Quadient AP.")
        if not self.client.text().strip():
            return tr("Type the client id.")
        if not self.password.text() and not self._has_secret:
            return tr("Type the secret.")
        return ""

    def candidates(self, draft: Draft) -> list[str]:
        """Look at the sign-in only: which legal entity it is, is chosen later."""
        company = draft.company()
        return [draft.candidate(replace(company, cloud=replace(company.cloud, legal_entity="")))]

    def take_answers(self, draft: Draft) -> None:
        """Note the legal entities that Quadient AP shows."""
        assert self.test is not None  # noqa: S101  # made with the page
        found = self.test.summary.get("entities") or []
        draft.entities = tuple(Entity(str(each["id"]), str(each["name"]), str(each["currency"])) for each in found)


class PairsPage(Page):
    """Which legal entity is bound to which Sage company: one row each."""

    may_skip_test = True

    def __init__(self, engine: EngineProcess, connected: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__("pairs_page", parent)
        self.title = tr("Which books belong together?")
        self.lead = tr(
            "Each legal entity in Quadient AP goes with one company in Sage 100: bills approved there are entered here."
        )
        self._connected = connected
        self._entities: tuple[Entity, ...] = ()
        self.boxes: list[QComboBox] = []
        self._inside = QWidget()
        self._rows = QGridLayout(self._inside)
        self._rows.setContentsMargins(0, 0, 8, 0)
        self._rows.setHorizontalSpacing(14)
        self._rows.setVerticalSpacing(8)
        self._rows.setColumnStretch(1, 1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setMaximumHeight(MOST_SHOWN)
        self._area.setWidget(self._inside)
        self.body.addWidget(self._area)
        self.body.addWidget(note(tr("What is connected already is not offered again."), "pairs_note"))
        self.add_test(ConnectionTest(engine, "sage", PAIR_CHECKS))

    def show_draft(self, draft: Draft) -> None:
        """Offer the companies to each legal entity; a company that bears the entity's name is chosen for it."""
        while self._rows.count():
            self._rows.takeAt(0).widget().deleteLater()
        self.boxes = []
        self._entities = draft.entities
        companies = [each for each in draft.companies or ((draft.code, draft.code),) if each[0] not in self._connected]
        before = {pair.entity.id: pair.code for pair in draft.pairs}
        for place, entity in enumerate(draft.entities):
            label = QLabel(f"{entity.name} ({entity.id})")
            label.setTextFormat(Qt.TextFormat.PlainText)
            box = QComboBox()
            box.setObjectName(f"pair_{place}")
            box.setAccessibleName(tr("Sage company of {entity}", entity=entity.name))
            box.addItem(tr("Do not connect"), ("", ""))
            for code, name in companies:
                box.addItem(f"{code} · {name}" if name and name != code else code, (code, name))
            if not draft.companies:  # Sage does not show them to this user, so any code may be typed
                box.setEditable(True)
                box.lineEdit().setMaxLength(max(CODE_LENGTH, len(box.itemText(0))))
            box.setCurrentIndex(self._proposed(draft, entity, companies, before))
            box.currentTextChanged.connect(self.changed)
            self._rows.addWidget(label, place, 0)
            self._rows.addWidget(box, place, 1)
            self.boxes.append(box)
        self._area.setFixedHeight(min(MOST_SHOWN, self._inside.sizeHint().height() + 4))

    def fill(self, draft: Draft) -> None:
        """Put the pairs into the draft."""
        draft.pairs = tuple(
            Pair(entity, code, name or entity.name)
            for entity, box in zip(self._entities, self.boxes, strict=True)
            for code, name in [_chosen(box)]
            if code
        )

    def missing(self) -> str:
        """One pair at least, and no company twice."""
        codes = [code for code, _ in map(_chosen, self.boxes) if code]
        if not codes:
            return tr("Choose the Sage company of at least one legal entity.")
        if any(code in self._connected for code in codes):
            return tr("This company is connected already.")
        if len(set(codes)) < len(codes):
            return tr("One Sage company can go with one legal entity only.")
        return ""

    def candidates(self, draft: Draft) -> list[str]:
        """Look at each company."""
        return [draft.candidate(company) for company in draft.companies_to_keep()]

    def _proposed(
        self, draft: Draft, entity: Entity, companies: Sequence[tuple[str, str]], before: dict[str, str]
    ) -> int:
        codes = [code for code, _ in companies]
        if before:
            return codes.index(before[entity.id]) + 1 if before.get(entity.id) in codes else 0
        for place, (_, name) in enumerate(companies, start=1):
            if name.casefold() == entity.name.casefold():
                return place
        return codes.index(draft.code) + 1 if len(draft.entities) == 1 and draft.code in codes else 0


def _chosen(box: QComboBox) -> tuple[str, str]:
    """Return code and name of the chosen company; empty ones for none."""
    place = box.findText(box.currentText())
    if place >= 0:
        return box.itemData(place)
    return box.currentText().strip().upper(), ""
