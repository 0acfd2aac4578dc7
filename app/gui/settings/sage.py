"""The page about one company's Sage 100: what writes to it, and what is read how where the usual way does not do."""

from dataclasses import replace

from PySide6.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from app.gui.engine_process import EngineProcess
from app.gui.settings.jobs import JobsPart
from app.gui.settings.page import CompanySettingsPage, say_trouble, tick, trouble, under
from app.gui.setup.connection_test import ConnectionTest
from app.gui.setup.draft import Draft
from app.gui.setup.pages import form, lead_to, line, note
from app.gui.text import tr
from app.gui.widgets.fold import Fold
from app.settings import LAST_PORT, CompanySettings, SageSettings, Settings

LONGEST_WAIT = 24 * 60 * 60  # seconds


class SagePage(CompanySettingsPage):
    """Business Objects or Visual Integrator, and, folded away, data source, client/server host, SQL Server, waiting."""

    def __init__(self, engine: EngineProcess, parent: QWidget | None = None) -> None:
        super().__init__("sage_settings", tr("Sage 100"), parent)
        self._company: CompanySettings | None = None
        self.jobs = JobsPart(self)
        self.dsn = line("sage_dsn", self)
        self.host = line("sage_host", self)
        self.port = QSpinBox()
        self.driver = line("sage_driver", self, tr("Empty: the newest that is installed"))
        self.encrypt = tick("sage_encrypt", tr("&Encrypt what goes to and from SQL Server"), self)
        self.trust = tick("sage_trust", tr("Take the certificate that SQL Server made &itself"), self)
        self.wait = QSpinBox()
        for box, name, most in ((self.port, "sage_port", LAST_PORT), (self.wait, "sage_timeout", LONGEST_WAIT)):
            box.setObjectName(name)
            box.setRange(1, most)
            box.setGroupSeparatorShown(False)
            box.valueChanged.connect(self.changed)
            box.setMaximumWidth(160)
        self.wait.setSuffix(tr(" seconds"))
        self.source_trouble, self.host_trouble = trouble("dsn_trouble"), trouble("host_trouble")
        self.test = ConnectionTest(engine, "sage", ())
        self.test.asked.connect(self._test)
        self.advanced = Fold("sage_advanced", tr("&Advanced"), self._inside())
        self.demo = note(tr("This is the demo company; it brings its own Sage 100."), "sage_demo_settings")
        for part in (self.demo, self.jobs, self.advanced):
            self.body.addWidget(part)
        self.body.addWidget(self.test, 1)
        self.changed.connect(self._say)
        self.changed.connect(self.test.clear)

    def load(self, settings: Settings) -> None:
        """Show what is set for the company, and how long AP Bridge waits for Sage."""
        self.wait.setMaximum(max(LONGEST_WAIT, settings.sage_timeout_seconds))
        self.wait.setValue(settings.sage_timeout_seconds)
        super().load(settings)

    def load_company(self, company: CompanySettings) -> None:
        """Show how the company's Sage is read and written."""
        self._company = company
        sage = company.sage
        self.jobs.load(sage.writer, sage.visual_integrator)
        self.dsn.setText(sage.dsn)
        self.host.setText(sage.remote_host)
        self.port.setValue(sage.remote_port)
        self.driver.setText(sage.driver)
        self.encrypt.setChecked(sage.encrypt)
        self.trust.setChecked(sage.trust_certificate)
        for edition, rows in (("sage", self._files), ("premium", self._server)):
            for row in rows:
                self._form.setRowVisible(row, sage.kind == edition)
        self._form.setRowVisible(self._source, sage.kind != "demo")
        self.source_note.setText(
            tr("A data source (DSN) of your own in Windows, in place of the SQL Server that the connection names.")
            if sage.kind == "premium"
            else tr("A data source (DSN) of your own in Windows. Empty: AP Bridge finds Sage by itself.")
        )
        self.demo.setVisible(sage.kind == "demo")
        self._say()
        if self.troubles():
            self.advanced.open()

    def problems(self) -> list[str]:
        """Say what does not go together."""
        if self._company is None:
            return []
        wrong = [each for each in (*self.jobs.troubles(), *self.troubles()) if each]
        if any(self.troubles()):
            self.advanced.open()
        return wrong

    @property
    def help_code(self) -> str:
        """What leads to the paragraph about the first of the problems."""
        return "import-jobs-not-allowed" if self.jobs.troubles() else "data-source-not-allowed"

    def store(self, settings: Settings) -> Settings:
        """Return `settings` with what stands on this page."""
        return super().store(replace(settings, sage_timeout_seconds=self.wait.value()))

    def store_company(self, company: CompanySettings) -> CompanySettings:
        """Return `company` with what stands on this page."""
        writer, jobs = self.jobs.chosen()
        sage = replace(company.sage, writer=writer, visual_integrator=jobs)
        if sage.kind != "demo":
            sage = replace(sage, dsn=self.dsn.text().strip())
        if sage.kind == "sage":
            sage = replace(sage, remote_host=self.host.text().strip(), remote_port=self.port.value())
        if sage.kind == "premium":
            sage = self._with_server(sage)
        return replace(company, sage=sage)

    def troubles(self) -> list[str]:
        """Say what is wrong with data source, host and server; nothing when all is well."""
        sage = self._company.sage if self._company is not None else None
        own = bool(self.dsn.text().strip())
        if sage is not None and sage.kind == "sage" and own and self.host.text().strip():
            return [tr("The data source names its host itself: leave one of the two empty.")]
        if sage is not None and sage.kind == "premium" and not own and not sage.server:
            return [tr("Name a data source here, or the SQL Server in Companies > Change the connection.")]
        return []

    def _with_server(self, sage: SageSettings) -> SageSettings:
        return replace(
            sage,
            server="" if sage.dsn else sage.server,
            driver=self.driver.text().strip(),
            encrypt=self.encrypt.isChecked(),
            trust_certificate=self.trust.isChecked(),
        )

    def _say(self) -> None:
        wrong = next(iter(self.troubles()), "")
        at_host = self._company is not None and self._company.sage.kind == "sage"
        for label, text in ((self.host_trouble, wrong if at_host else ""), (self.source_trouble, wrong)):
            say_trouble(label, text)

    def _test(self) -> None:
        if self._company is not None and not self.problems():
            company = self.store_company(self._company)
            self.test.start([Draft.of(company).candidate(company)])

    def _inside(self) -> QWidget:
        inside = QWidget()
        fields = self._form = form()
        self.source_note = note("", "dsn_note")
        fields.setContentsMargins(24, 0, 0, 0)
        self._source = under(
            self.dsn,
            self.source_note,
            self.source_trouble,
        )
        host = under(
            self.host,
            note(tr("Where Sage 100 Advanced answers for its client/server ODBC. Empty: the files are read directly.")),
            self.host_trouble,
        )
        driver = under(self.driver, note(tr("As Windows' ODBC administrator calls it.")))
        trust = under(
            self.trust,
            note(
                tr(
                    "Only in a network that is all your own: a certificate nobody vouches for could be anybody's. "
                    "Better ask your administrator for one that this computer trusts."
                )
            ),
        )
        self._files: tuple[QWidget, ...] = (host, self.port)
        self._server: tuple[QWidget, ...] = (driver, self.encrypt, trust)
        wait = under(
            self.wait,
            note(
                tr(
                    "For all companies. When Sage gives no answer for so long, the run is ended; nothing is lost. A "
                    "slow network may need more."
                )
            ),
        )
        for words, row, buddy in (
            (tr("&Data source"), self._source, self.dsn),
            (tr("Client/server &host"), host, self.host),
            (tr("&Port"), self.port, self.port),
            (tr("OD&BC driver"), driver, self.driver),
            ("", self.encrypt, None),
            ("", trust, None),
            (tr("Wait for Sage at &most"), wait, self.wait),
        ):
            fields.addRow(words, row)
            if buddy is not None:
                lead_to(buddy, fields.labelForField(row))
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(fields)
        return inside
