"""The pages about what moves between the books: lists, purchase orders, payments."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from zoneinfo import available_timezones

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QListWidget, QListWidgetItem, QRadioButton, QVBoxLayout, QWidget

from app.domain.lists import ListName
from app.gui.settings.page import CompanySettingsPage, StartDate, tick
from app.gui.setup.pages import form, line, note
from app.gui.text import tr
from app.settings import CompanySettings

PREFIX_LENGTH = 4  # of the check number's ten characters
BANKS_HEIGHT = 120

Banks = Callable[[str], Sequence[tuple[str, str]]]
"""Company code -> its bank accounts: code and description."""


class ListsPage(CompanySettingsPage):
    """Which lists go to Quadient AP, which address vendors carry, and which time Sage goes by."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("lists_settings", tr("Lists"), parent)
        self.body.addWidget(note(tr("These lists go from Sage 100 to Quadient AP with each sync.")))
        self.ticks = {name: tick(f"list_{name.value}", name.label, self) for name in ListName}
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        for place, box in enumerate(self.ticks.values()):
            grid.addWidget(box, place % 5, place // 5)
        grid.setColumnStretch(2, 1)
        self.body.addLayout(grid)
        self.body.addWidget(note(tr("A list that is off stays in Quadient AP as it is; it is no longer kept in step.")))
        self.standard = QRadioButton(tr("Vendors carry their &standard address"))
        self.standard.setObjectName("address_standard")
        self.remit_to = QRadioButton(tr("Vendors carry their &remit-to address, where they have one"))
        self.remit_to.setObjectName("address_remit_to")
        self.remit_to.toggled.connect(self.changed)
        self.zone = QComboBox()
        self.zone.setObjectName("time_zone")
        self.zone.addItem(tr("As this computer"), "")
        for name in sorted(available_timezones()):
            self.zone.addItem(name, name)
        self.zone.currentIndexChanged.connect(self.changed)
        fields = form()
        fields.setFieldGrowthPolicy(fields.FieldGrowthPolicy.FieldsStayAtSizeHint)
        fields.addRow(tr("Time &zone of Sage's server"), self.zone)
        self.body.addSpacing(8)
        self.body.addWidget(self.standard)
        self.body.addWidget(self.remit_to)
        self.body.addSpacing(8)
        self.body.addLayout(fields)
        self.body.addWidget(note(tr("Sage notes its changes in that time; with a wrong one they arrive a day late.")))
        self.body.addStretch(1)

    def load_company(self, company: CompanySettings) -> None:
        """Show which lists are on."""
        for name, box in self.ticks.items():
            box.setChecked(name not in company.lists_off)
        (self.remit_to if company.vendor_address == "remit_to" else self.standard).setChecked(True)
        if self.zone.findData(company.time_zone) < 0:  # an old name that still counts
            self.zone.addItem(company.time_zone, company.time_zone)
        self.zone.setCurrentIndex(self.zone.findData(company.time_zone))

    def store_company(self, company: CompanySettings) -> CompanySettings:
        """Return `company` with these lists."""
        return replace(
            company,
            lists_off=tuple(name for name, box in self.ticks.items() if not box.isChecked()),
            vendor_address="remit_to" if self.remit_to.isChecked() else "standard",
            time_zone=self.zone.currentData(),
        )


class OrdersPage(CompanySettingsPage):
    """Whether purchase orders go to Quadient AP, since when, and how they arrive."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("orders_settings", tr("Purchase orders"), parent)
        self.on = tick("orders_on", tr("Bring purchase orders to &Quadient AP"), self)
        self.since = StartDate("orders_from", tr("Only orders &dated from"))
        self.since.changed.connect(self.changed)
        self.committed = QRadioButton(tr("They arrive as P&O: committed at once"))
        self.committed.setObjectName("arrive_as_po")
        self.pending = QRadioButton(tr("They arrive as P&A: pending approval in Quadient AP"))
        self.pending.setObjectName("arrive_as_pa")
        self.pending.toggled.connect(self.changed)
        self._parts = (self.since, self.committed, self.pending)
        self.body.addWidget(self.on)
        inside = QVBoxLayout()
        inside.setContentsMargins(24, 0, 0, 0)
        self.body.addLayout(inside)
        for part in self._parts:
            inside.addWidget(part)
            self.on.toggled.connect(part.setEnabled)
        self.body.addWidget(
            note(
                tr("Standard and drop-ship orders are brought over. An order that was sent already keeps its approval.")
            )
        )
        self.body.addStretch(1)

    def load_company(self, company: CompanySettings) -> None:
        """Show how orders are brought over."""
        self.on.setChecked(company.orders_on)
        self.since.show_day(company.orders_from)
        (self.pending if company.orders_arrive_as == "PA" else self.committed).setChecked(True)
        for part in self._parts:
            part.setEnabled(company.orders_on)

    def store_company(self, company: CompanySettings) -> CompanySettings:
        """Return `company` with this choice."""
        return replace(
            company,
            orders_on=self.on.isChecked(),
            orders_from=self.since.chosen(),
            orders_arrive_as="PA" if self.pending.isChecked() else "PO",
        )


class PaymentsPage(CompanySettingsPage):
    """Whether payments are kept in step, since when, and from which banks Quadient AP pays."""

    def __init__(self, banks: Banks, parent: QWidget | None = None) -> None:
        super().__init__("payments_settings", tr("Payments"), parent)
        self._banks = banks
        self.on = tick("payments_on", tr("Keep &payments in step"), self)
        self.since = StartDate("payments_from", tr("Only payments made in Sage &from"))
        self.since.changed.connect(self.changed)
        self.banks = QListWidget()
        self.banks.setObjectName("workflow_banks")
        self.banks.setAccessibleName(tr("Bank accounts whose payments Quadient AP makes"))
        self.banks.setFixedHeight(BANKS_HEIGHT)
        self.banks.itemChanged.connect(lambda _: self.changed.emit())
        self.no_banks = note(tr("Bank accounts are offered here after the first sync."), "no_banks")
        self.prefix = line("check_prefix", self)
        self.prefix.setMaxLength(PREFIX_LENGTH)
        self.prefix.setMaximumWidth(120)
        fields = form()
        fields.addRow(tr("Check number begins &with"), self.prefix)
        self.body.addWidget(self.on)
        self.body.addWidget(self.since)
        self.body.addWidget(
            note(
                tr(
                    "Quadient AP is to make the payments that are entered in Sage for these bank accounts. Those of "
                    "all others are made in Sage, and Quadient AP is told of them."
                )
            )
        )
        self.body.addWidget(self.banks)
        self.body.addWidget(self.no_banks)
        self.body.addLayout(fields)
        self.body.addWidget(note(tr("That tells checks which AP Bridge enters in Sage from those you write there.")))
        self.body.addStretch(1)
        for part in (self.since, self.banks, self.prefix):
            self.on.toggled.connect(part.setEnabled)

    def load_company(self, company: CompanySettings) -> None:
        """Show how payments are kept in step."""
        self.on.setChecked(company.payments_on)
        self.since.show_day(company.payments_from)
        self.prefix.setText(company.check_prefix)
        known = dict(self._banks(company.code))
        self.banks.clear()
        for code in sorted({*known, *company.workflow_banks}):
            item = QListWidgetItem(f"{code} · {known[code]}" if known.get(code) else code)
            item.setData(Qt.ItemDataRole.UserRole, code)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            chosen = code in company.workflow_banks
            item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
            self.banks.addItem(item)
        self.banks.setVisible(self.banks.count() > 0)
        self.no_banks.setVisible(self.banks.count() == 0)
        for part in (self.since, self.banks, self.prefix):
            part.setEnabled(company.payments_on)

    def store_company(self, company: CompanySettings) -> CompanySettings:
        """Return `company` with this choice."""
        items = [self.banks.item(place) for place in range(self.banks.count())]
        return replace(
            company,
            payments_on=self.on.isChecked(),
            payments_from=self.since.chosen(),
            workflow_banks=tuple(
                item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() is Qt.CheckState.Checked
            ),
            check_prefix=self.prefix.text().strip(),
        )
