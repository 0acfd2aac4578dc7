"""The page where a connected company is given another legal entity: what that means, before it is done."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QMessageBox, QWidget

from app.engine.views import Rebound
from app.gui.setup.draft import Draft, Entity
from app.gui.setup.pages import Page, Points, form
from app.gui.text import counted, tr
from app.settings import CompanySettings

LookUp = Callable[[CompanySettings], Rebound | None]
"""A company as it would be -> what changes of the legal entity that is kept of it, None when nothing does."""


class EntityPage(Page):
    """Which legal entity of Quadient AP the company goes with. `rebound` says what another one means."""

    def __init__(self, rebound: LookUp, parent: QWidget | None = None) -> None:
        super().__init__("entity_page", parent)
        self.title = tr("Which legal entity?")
        self.lead = tr("Bills that are approved for this legal entity in Quadient AP are entered in the Sage company.")
        self._rebound = rebound
        self._draft = Draft()
        self._change: Rebound | None = None
        self._entities: tuple[Entity, ...] = ()
        self.box = QComboBox()
        self.box.setObjectName("entity")
        self.box.currentIndexChanged.connect(self._look)
        fields = form()
        fields.addRow(tr("&Legal entity"), self.box)
        self.what = Points("entity_what")
        self.body.addLayout(fields)
        self.body.addWidget(self.what)
        self.body.addStretch(1)

    @property
    def change(self) -> Rebound | None:
        """What changes of what is kept of the company, None when nothing does."""
        return self._change

    def show_draft(self, draft: Draft) -> None:
        """Offer the legal entities that Quadient AP shows; the one of now is chosen."""
        self._draft = draft
        now = draft.cloud.legal_entity
        known = any(entity.id == now for entity in draft.entities)
        self._entities = draft.entities if known else (Entity(now, now, ""), *draft.entities)
        self.box.blockSignals(True)
        self.box.clear()
        for entity in self._entities:
            self.box.addItem(f"{entity.name} ({entity.id})" if entity.name != entity.id else entity.id, entity.id)
        self.box.setCurrentIndex(self.box.findData(now))
        self.box.blockSignals(False)
        self._say()

    def fill(self, draft: Draft) -> None:
        """Put the legal entity into the draft."""
        chosen = self._chosen()
        draft.chosen = chosen
        draft.cloud = replace(draft.cloud, legal_entity=chosen.id)

    def missing(self) -> str:
        """Documents on their way keep the legal entity that they belong to."""
        if self._draft.entities and self._chosen() not in self._draft.entities:
            return tr(
                "Quadient AP does not show {entity} to this client id: choose another, or have it given access there.",
                entity=self._chosen().name,
            )
        if self._change is None or not self._change.unsettled:
            return ""
        if self._change.before.legal_entity == self._change.after.legal_entity:
            return tr("Put back the address of before: another one is possible once nothing is on its way.")
        return tr("Choose {entity} again: the change is possible once nothing is on its way.", entity=self._before())

    def _chosen(self) -> Entity:
        return self._entities[self.box.currentIndex()]

    def _before(self) -> str:
        before = self._change.before.legal_entity if self._change is not None else ""
        return next((entity.name for entity in self._entities if entity.id == before), before)

    def _look(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        draft = replace(self._draft, secrets={})
        self.fill(draft)
        self._change = self._rebound(draft.company())
        self.what.say(*self._points(draft))

    def _points(self, draft: Draft) -> list[str]:
        change, entity = self._change, self._chosen()
        if change is None:
            return [tr("Nothing changes.")]
        moved = change.before.legal_entity == change.after.legal_entity
        if change.unsettled:
            waiting = counted(
                change.unsettled,
                "{n} document of {entity} is still on its way: one side does not know yet what the other has of it.",
                "{n} documents of {entity} are still on their way: one side does not know yet what the other has of "
                "them.",
                entity=self._before(),
            )
            first = tr("Cancel here and click Sync Now. When that has ended well, nothing is on its way any more.")
            return [f"{waiting} {first}"]
        if moved:
            return [
                tr(
                    "Another address is taken for another Quadient AP: the next sync sends everything to it anew. What "
                    "was sent before can no longer be undone from here, and is remembered under the old address."
                )
            ]
        parts = [
            tr("The next sync sends all lists, purchase orders and payments to {entity}.", entity=entity.name),
            tr(
                "What was sent for {before} stays there and in Sage. It can no longer be undone from here, and is "
                "remembered in case you choose {before} again.",
                before=self._before(),
            ),
            tr("The previews are made anew, of what is ready for {entity}.", entity=entity.name),
        ]
        if draft.base is not None and entity.currency and entity.currency != draft.base.currency:
            parts.append(
                tr(
                    "Its currency is {currency} instead of {before}: see that the Sage company keeps its books in it.",
                    currency=entity.currency,
                    before=draft.base.currency,
                )
            )
        return parts


def ask_to_change(wizard: QWidget, draft: Draft, change: Rebound, save: Callable[[], None]) -> None:
    """Ask whether the company is to go with another legal entity from now on; `save` is called when it is."""
    after = draft.chosen.name if draft.chosen is not None else change.after.legal_entity
    names = {entity.id: entity.name for entity in draft.entities}
    before = names.get(change.before.legal_entity, change.before.legal_entity)
    question = QMessageBox(wizard)
    question.setObjectName("entity_question")
    question.setIcon(QMessageBox.Icon.Question)
    question.setWindowTitle(wizard.windowTitle())
    question.setText(tr("Connect company {code} to {entity} from now on?", code=draft.code, entity=after))
    if before == after:
        before = change.before.address
        after = change.after.address
    question.setInformativeText(
        tr(
            "Bills that are approved for {before} are then no longer entered in this Sage company. Make sure that "
            "{entity} is the one whose books it keeps.",
            before=before,
            entity=after,
        )
    )
    yes = question.addButton(tr("&Connect to {entity}", entity=after), QMessageBox.ButtonRole.AcceptRole)
    yes.setObjectName("entity_yes")
    keep = question.addButton(tr("&Keep {entity}", entity=before), QMessageBox.ButtonRole.RejectRole)
    keep.setObjectName("entity_keep")
    question.setDefaultButton(keep)
    question.setEscapeButton(keep)
    question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    yes.clicked.connect(save)
    question.open()
