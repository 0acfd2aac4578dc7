"""The pages about Sage 100: where it is, and who signs in."""

from dataclasses import replace

from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QPushButton, QRadioButton, QWidget

from app.gui.engine_process import EngineProcess
from app.gui.setup.connection_test import AT_THE_FIELDS, ConnectionTest
from app.gui.setup.draft import Draft
from app.gui.setup.pages import Page, add_secret, form, hint_kept, lead_to, line, note, secret, where_kept
from app.gui.text import later, tr
from app.settings import CODE_LENGTH

PLACE_CHECKS = ("sage-folder", "sage-driver")
# With Premium it is SQL Server that lets the data be read.
_SQL_LOGIN = later(
    "Go back and correct the SQL login or its password; where the login is empty, have the Windows user added as a "
    "login of SQL Server."
)
USER_CHECKS = ("sage-reached", "sage-logon", "sage-company", "sage-single-user", "sage-objects", "sage-licence")


class SagePlacePage(Page):
    """Which edition of Sage 100 it is, and where."""

    may_skip_test = True

    def __init__(self, engine: EngineProcess, parent: QWidget | None = None) -> None:
        super().__init__("sage_place_page", parent)
        self.title = tr("Where is Sage 100?")
        self.lead = tr(
            "AP Bridge reads Sage's data where it is. Leave the folder empty to use the Sage 100 that Windows knows."
        )
        self.standard = QRadioButton(tr("Sage 100 &Standard or Advanced"))
        self.standard.setObjectName("sage_standard")
        self.premium = QRadioButton(tr("Sage 100 &Premium (its data is in SQL Server)"))
        self.premium.setObjectName("sage_premium")
        self._editions = QButtonGroup(self)
        for button in (self.standard, self.premium):
            self._editions.addButton(button)
            button.toggled.connect(self._edition_changed)
            self.body.addWidget(button)
        self._demo = note(tr("This is the demo company; it brings its own Sage 100."), "sage_demo_note")
        self.body.addWidget(self._demo)
        self.folder = line("sage_folder", self, tr("Found by Windows"))
        browse = QPushButton(tr("B&rowse…"))
        browse.setObjectName("browse_folder")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        self.server = line("sage_server", self, tr("For example SRV\\SAGE"))
        self.database = line("sage_database", self, tr("MAS_ and the company's code"))
        self.login = line("sql_user", self, tr("Empty: the Windows user signs in"))
        self.login_password = secret("sql_password", self)
        self._form = form()
        self._form.addRow(tr("&Folder (MAS90)"), place)
        lead_to(self.folder, self._form.labelForField(place))
        self._form.addRow(tr("S&QL Server"), self.server)
        self._form.addRow(tr("&Database"), self.database)
        self._form.addRow(tr("SQL &login"), self.login)
        self._login_row = add_secret(self._form, tr("Its pass&word"), self.login_password)
        self.body.addLayout(self._form)
        self.add_test(ConnectionTest(engine, "sage", PLACE_CHECKS))
        self._kind = "sage"
        self._dsn = ""

    def show_draft(self, draft: Draft) -> None:
        """Show what is known already."""
        sage = draft.sage
        self._kind, self._dsn = sage.kind, sage.dsn
        demo = sage.kind == "demo"
        for widget in (self.standard, self.premium):
            widget.setVisible(not demo)
        self._demo.setVisible(demo)
        (self.premium if sage.kind == "premium" else self.standard).setChecked(True)
        self.folder.setText(sage.location)
        self.folder.setEnabled(not demo)
        self.server.setText(sage.server)
        self.database.setText(sage.database)
        self.login.setText(sage.sql_user)
        hint_kept(self.login_password, draft)
        self._show_edition()

    def fill(self, draft: Draft) -> None:
        """Put edition, place and SQL Server's login into the draft."""
        premium = self.premium.isChecked() and self._kind != "demo"
        kind = "premium" if premium else "demo" if self._kind == "demo" else "sage"
        draft.sage = replace(
            draft.sage,
            kind=kind,
            location=self.folder.text().strip(),
            server=self.server.text().strip() if premium else "",
            database=self.database.text().strip() if premium else "",
            dsn="" if premium and self.server.text().strip() else self._dsn,
            sql_user=self.login.text().strip() if premium else "",
            driver=draft.sage.driver if premium else "",
            remote_host="" if premium else draft.sage.remote_host,
        )
        draft.secrets["sql"] = self.login_password.text() if premium else ""

    def looks_at_once(self) -> bool:
        """Whether Windows is to be asked where Sage is, before the user has to know."""
        return self._kind == "sage" and not self.folder.text()

    def take_answers(self, draft: Draft) -> None:  # noqa: ARG002  # the folder stays for Windows to tell
        """Show the folder that Windows knows."""
        assert self.test is not None  # noqa: S101  # made with the page
        found = self.test.summary.get("installation")
        if found:
            self.folder.setPlaceholderText(str(found["folder"]))

    def missing(self) -> str:
        """Premium needs its server, or a data source of the user's own that names it."""
        if self._dsn:
            return ""
        if self.premium.isChecked() and self._kind != "demo" and not self.server.text().strip():
            return tr("Name the SQL Server that holds Sage's data.")
        return ""

    def candidates(self, draft: Draft) -> list[str]:
        """Look for the place only: nobody is signed in yet."""
        company = draft.company()
        return [draft.candidate(replace(company, sage=replace(company.sage, user="")))]

    def _edition_changed(self) -> None:
        self._show_edition()
        self.changed.emit()

    def _show_edition(self) -> None:
        premium = self.premium.isChecked() and self._kind != "demo"
        for field in (self.server, self.database, self.login, self._login_row):
            self._form.setRowVisible(field, premium)

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("The folder MAS90 of Sage 100"), self.folder.text())
        if chosen:
            self.folder.setText(chosen)
            self.changed.emit()


class SageUserPage(Page):
    """Who signs in to Sage, and to which company."""

    may_skip_test = True

    def __init__(self, engine: EngineProcess, parent: QWidget | None = None) -> None:
        super().__init__("sage_user_page", parent)
        self.title = tr("Who signs in to Sage 100?")
        self.lead = tr(
            "Best is a Sage user of AP Bridge's own, made in Library Master > User Maintenance. It cannot be Sage's "
            "administrator. The company must have “Allow External Access” ticked."
        )
        self.user = line("sage_user", self)
        self.password = secret("sage_password", self)
        self.code = line("company_code", self, tr("For example ABC"))
        self.code.setMaxLength(CODE_LENGTH)
        fields = form()
        fields.addRow(tr("Sage &user"), self.user)
        add_secret(fields, tr("&Password"), self.password)
        fields.addRow(tr("&Company code"), self.code)
        self.body.addLayout(fields)
        self.body.addWidget(where_kept())
        self.add_test(ConnectionTest(engine, "sage", (*PLACE_CHECKS, *USER_CHECKS)))
        self._has_password = False

    def show_draft(self, draft: Draft) -> None:
        """Show what is known already."""
        self.user.setText(draft.sage.user)
        self.password.setText(draft.secrets.get("sage", ""))
        self.code.setText(draft.code)
        self.code.setEnabled(draft.base is None)
        self._has_password = draft.base is not None
        hint_kept(self.password, draft)
        if self.test is not None and draft.sage.kind == "premium":
            self.test.fixes = {**AT_THE_FIELDS, "sage-logon-refused": _SQL_LOGIN}

    def fill(self, draft: Draft) -> None:
        """Put user, password and company into the draft."""
        draft.sage = replace(draft.sage, user=self.user.text().strip())
        draft.secrets["sage"] = self.password.text()
        draft.code = self.code.text().strip().upper()

    def missing(self) -> str:
        """All three are needed."""
        if not self.user.text().strip():
            return tr("Type the Sage user.")
        if not self.password.text() and not self._has_password:
            return tr("Type the password.")
        if not self.code.text().strip().isalnum():
            return tr("Type the company's code of 1 to 3 letters or digits.")
        return ""

    def take_answers(self, draft: Draft) -> None:
        """Note the companies that Sage has."""
        assert self.test is not None  # noqa: S101  # made with the page
        found = self.test.summary.get("companies") or []
        draft.companies = tuple((str(each["code"]), str(each["name"])) for each in found)
