"""What writes documents to Sage 100: its Business Objects, or the import jobs of Visual Integrator."""

from dataclasses import dataclass, replace

from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.gui.settings.page import SettingsPage, say_trouble, tick, trouble, under
from app.gui.setup.pages import form, line, note
from app.gui.text import later, tr
from app.import_jobs import ImportJob, VisualIntegratorSettings, is_job_file, is_job_name

LONGEST_JOB = 24 * 60 * 60  # seconds
NAME_LENGTH = 6  # VIWI and two more
_STARTERS = (("ap_bridge", "AP Bridge"), ("task_scheduler", later("Sage's own Task Scheduler")))


@dataclass(frozen=True, slots=True)
class _Row:
    """The fields of one job, and what is wrong with it below them."""

    name: QLineEdit
    file: QLineEdit
    trouble: QLabel

    def job(self) -> ImportJob:
        return ImportJob(self.name.text().strip().upper(), self.file.text().strip())


class JobsPart(QWidget):
    """A choice of two; the second unfolds the jobs. A change of it is a change of `page`."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__()
        self._page = page
        self._loaded = VisualIntegratorSettings()
        self.objects = QRadioButton(tr("Write to Sage through its Business &Objects (the usual way)"))
        self.objects.setObjectName("writer_objects")
        self.integrator = QRadioButton(tr("Write to Sage through &Visual Integrator, where those cannot be used"))
        self.integrator.setObjectName("writer_integrator")
        self._inside = QWidget()
        self._inside.setObjectName("integrator_settings")
        self.rows = {
            "invoices": self._row("invoices", tr("Invoices")),
            "receipts_of_invoice": self._row("receipts_of_invoice", tr("Receipts of invoice")),
            "checks": self._row("checks", tr("Manual checks")),
        }
        self.started_by = QComboBox()
        self.started_by.setObjectName("jobs_started_by")
        for starter, words in _STARTERS:
            self.started_by.addItem(tr(words), starter)
        self.longest = QSpinBox()
        self.longest.setObjectName("jobs_timeout")
        self.longest.setRange(1, LONGEST_JOB)
        self.longest.setSuffix(tr(" seconds"))
        self.longest.setMaximumWidth(160)
        self.password = tick("jobs_password", tr("Sign in with user and pass&word"), page)
        self._password_part = under(
            self.password,
            note(
                tr(
                    "Everybody who sees this computer's list of processes can then read the password. Without the "
                    "tick, Sage's unified logon signs in the Windows user."
                )
            ),
        )
        self.trouble = trouble("jobs_trouble")
        self._arrange()
        self.integrator.toggled.connect(self._show)
        self.integrator.toggled.connect(page.changed)
        self.started_by.currentIndexChanged.connect(self._show)
        self.started_by.currentIndexChanged.connect(page.changed)
        self.longest.valueChanged.connect(page.changed)
        page.changed.connect(self._say)

    def load(self, writer: str, jobs: VisualIntegratorSettings) -> None:
        """Show what writes."""
        self._loaded = jobs
        for name, row in self.rows.items():
            job: ImportJob = getattr(jobs, name)
            row.name.setText(job.name)
            row.file.setText(job.file)
        self.started_by.setCurrentIndex(max(self.started_by.findData(jobs.started_by), 0))
        self.longest.setMaximum(max(LONGEST_JOB, jobs.timeout_seconds))
        self.longest.setValue(jobs.timeout_seconds)
        self.password.setChecked(jobs.password_on_command_line)
        (self.integrator if writer == "visual_integrator" else self.objects).setChecked(True)
        self._show()
        self._say()

    def chosen(self) -> tuple[str, VisualIntegratorSettings]:
        """Return what writes, and the jobs; those that are typed in stay also while Business Objects write."""
        started_by = self.started_by.currentData()
        jobs = replace(
            self._loaded,
            **{name: row.job() for name, row in self.rows.items()},
            started_by=started_by,
            timeout_seconds=self.longest.value(),
            password_on_command_line=self.password.isChecked() and started_by == "ap_bridge",
        )
        return ("visual_integrator" if self.integrator.isChecked() else "business_objects"), jobs

    def troubles(self) -> list[str]:
        """Say what is wrong with the jobs, where they are to write; nothing when all is well."""
        if not self.integrator.isChecked():
            return []
        each = [wrong for wrong in self._of_each().values() if wrong]
        return each or ([self._of_all()] if self._of_all() else [])

    def _of_each(self) -> dict[str, str]:
        said = {}
        for name, row in self.rows.items():
            job, said[name] = row.job(), ""
            if job == ImportJob():
                continue
            if not is_job_name(job.name):
                said[name] = tr("A job's name is VIWI and two letters or digits, as Import Job Maintenance shows it.")
            elif not is_job_file(job.file):
                said[name] = tr("Give the whole path of the import file, as it is set in the job.")
        return said

    def _of_all(self) -> str:
        jobs = [job for row in self.rows.values() if (job := row.job()) != ImportJob()]
        if not jobs:
            return tr("Name at least one job.")
        if len({job.name for job in jobs}) < len(jobs):
            return tr("Two jobs have one name; each kind of document needs a job of its own.")
        if len({job.file.casefold() for job in jobs}) < len(jobs):
            return tr("Two jobs have one file; each job needs a file of its own.")
        return ""

    def _say(self) -> None:
        on = self.integrator.isChecked()
        each = self._of_each()
        for name, row in self.rows.items():
            say_trouble(row.trouble, each[name] if on else "")
        say_trouble(self.trouble, self._of_all() if on and not any(each.values()) else "")

    def _show(self) -> None:
        self._inside.setVisible(self.integrator.isChecked())
        self._password_part.setVisible(self.started_by.currentData() == "ap_bridge")

    def _row(self, name: str, words: str) -> _Row:
        code = line(f"job_{name}", self._page, "VIWI__")
        code.setMaxLength(NAME_LENGTH)
        code.setMaximumWidth(110)
        code.setAccessibleName(tr("{what}: name of the job", what=words))
        file = line(f"file_{name}", self._page, tr("Import file"))
        file.setAccessibleName(tr("{what}: import file", what=words))
        return _Row(code, file, trouble(f"job_{name}_trouble"))

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(2, 1)
        for place, (name, row) in enumerate(self.rows.items()):
            browse = QPushButton(tr("Browse…"))
            browse.setObjectName(f"browse_{name}")
            browse.setAccessibleName(row.file.accessibleName())
            browse.setAutoDefault(False)
            browse.clicked.connect(lambda _=False, file=row.file: self._browse(file))
            label = QLabel(row.name.accessibleName().partition(":")[0].strip())
            for column, widget in enumerate((label, row.name, row.file, browse)):
                grid.addWidget(widget, 2 * place, column)
            grid.addWidget(row.trouble, 2 * place + 1, 1, 1, 3)
        fields = form()
        fields.addRow(tr("The jobs are started by"), self.started_by)
        fields.addRow(tr("A job may take at most"), self.longest)
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(24, 0, 0, 0)
        inside.addWidget(
            note(
                tr(
                    "Make these jobs in Sage's Import Job Maintenance, and give their names and import files as they "
                    "are set there. Leave empty what you do not send."
                )
            )
        )
        inside.addLayout(grid)
        inside.addWidget(self.trouble)
        inside.addLayout(fields)
        inside.addWidget(self._password_part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self.objects, self.integrator, self._inside):
            layout.addWidget(part)

    def _browse(self, file: QLineEdit) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("The job's import file"), file.text(), options=QFileDialog.Option.DontConfirmOverwrite
        )
        if chosen:
            file.setText(chosen)
            self._page.changed.emit()
