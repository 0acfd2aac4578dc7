"""The pages about the program itself: schedule, window and notifications, storage."""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QLocale, QTime, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QTimeEdit,
    QWidget,
)

from app.gui.format import clock, typed_clock
from app.gui.help.door import helped_by
from app.gui.settings.page import SettingsPage, tick, under
from app.gui.setup.pages import form, keyring_words, line, note
from app.gui.text import later, tr
from app.gui.widgets.rebuild_bar import RebuildButton
from app.gui.windows_entry import WindowsEntry
from app.schedule import LONGEST, SHORTEST, WEEKDAYS, ScheduleSettings, describe, not_allowed
from app.settings import Home, Settings

WINDOWS = os.name == "nt"

_SHORT_DAYS = (later("Mon"), later("Tue"), later("Wed"), later("Thu"), later("Fri"), later("Sat"), later("Sun"))
_THEMES = (("system", later("As the system")), ("light", later("Light")), ("dark", later("Dark")))
_LANGUAGES = (("", later("As the system")), ("en", "English"), ("fr", "Français"))
_KEPT = "HH:mm"  # as the settings have times
_EXAMPLES = ("08:00", "13:00")
NARROW = 130  # pixels


class SchedulePage(SettingsPage):
    """When AP Bridge syncs by itself, and with `entry` whether Windows knows of it."""

    def __init__(self, entry: WindowsEntry | None = None, parent: QWidget | None = None) -> None:
        super().__init__("schedule_settings", tr("Schedule"), parent)
        self._entry = entry
        self._has_entry: bool | None = None
        helped_by(self, "schedule")
        self._loaded = ScheduleSettings()
        self.on = tick("schedule_on", tr("&Sync all companies by schedule"), self)
        self.at_times = QRadioButton(tr("At these &times"))
        self.at_times.setObjectName("schedule_at_times")
        self.times = line("schedule_times", self, tr("For example {times}", times=_listed(_EXAMPLES)))
        self.times.setAccessibleName(self.at_times.text().replace("&", ""))
        self.often = QRadioButton(tr("Eve&ry"))
        self.often.setObjectName("schedule_often")
        self.minutes = QSpinBox()
        self.minutes.setObjectName("schedule_minutes")
        self.minutes.setRange(SHORTEST, LONGEST)
        self.minutes.setSuffix(tr(" minutes"))
        self.minutes.setAccessibleName(tr("Minutes between two syncs"))
        self.days = {day: tick(f"day_{day}", tr(words), self) for day, words in zip(WEEKDAYS, _SHORT_DAYS, strict=True)}
        self.earliest, self.latest = QTimeEdit(), QTimeEdit()
        for edit, name in ((self.earliest, "schedule_earliest"), (self.latest, "schedule_latest")):
            edit.setObjectName(name)
            edit.timeChanged.connect(self.changed)
            edit.setMaximumWidth(NARROW)
        self.minutes.setMaximumWidth(NARROW)
        self.when_closed = tick(
            "schedule_when_closed", tr("Also while the window is &closed (Windows Task Scheduler)"), self
        )
        self.in_windows = note("", "schedule_in_windows")
        self.in_windows.hide()
        self.paused = tick("schedule_paused", tr("&Pause the schedule until I go on"), self)
        self.sentence = note("", "schedule_sentence")
        self.at_times.toggled.connect(self.changed)
        self.minutes.valueChanged.connect(self.changed)
        self._inside = QWidget()
        fields = form()
        fields.setContentsMargins(24, 0, 0, 0)
        self._inside.setLayout(fields)
        fields.addRow(self.at_times, self.times)
        fields.addRow(self.often, self.minutes)
        fields.addRow(tr("Days"), row(*self.days.values()))
        fields.addRow(tr("Not &before"), self.earliest)
        fields.addRow(tr("Not &after"), self.latest)
        fields.addRow(under(self.when_closed, self.in_windows))
        fields.addRow(self.paused)
        self.body.addWidget(self.on)
        self.body.addWidget(self._inside)
        self.body.addWidget(self.sentence)
        self.body.addWidget(note(tr("A schedule never sends anything to Sage; that is always yours to click.")))
        self.body.addStretch(1)
        self.on.toggled.connect(self._inside.setEnabled)
        self.changed.connect(self._say)
        if entry is not None:
            entry.told.connect(self._show_entry)

    def load(self, settings: Settings) -> None:
        """Show the schedule."""
        schedule = self._loaded = settings.schedule
        self.on.setChecked(schedule.on)
        self._inside.setEnabled(schedule.on)
        (self.often if schedule.every_minutes else self.at_times).setChecked(True)
        self.times.setText(_listed(schedule.times))
        self.minutes.setValue(schedule.every_minutes or 60)
        for day, box in self.days.items():
            box.setChecked(day in schedule.weekdays)
        self.earliest.setTime(QTime.fromString(schedule.earliest, _KEPT))
        self.latest.setTime(QTime.fromString(schedule.latest, _KEPT))
        self.when_closed.setChecked(schedule.when_closed)
        self.when_closed.setEnabled(WINDOWS)
        self.when_closed.setToolTip("" if WINDOWS else tr("Needs Windows."))
        self.paused.setChecked(schedule.paused)
        self._say()
        if self._entry is not None:
            self._entry.look()

    def problems(self) -> list[str]:
        """Say what is wrong with the schedule."""
        return list(not_allowed(self._chosen(), clock))

    @property
    def help_code(self) -> str:
        """What leads to the paragraph about times and days."""
        return "schedule-not-allowed"

    def store(self, settings: Settings) -> Settings:
        """Return `settings` with this schedule."""
        return replace(settings, schedule=self._chosen())

    def keep_entry(self) -> None:
        """Have Windows' entry made again where the schedule that is kept wants one and there is none."""
        if self._entry is not None and self._has_entry is False and self._wants_entry():
            self._entry.keep(self._loaded)

    def _wants_entry(self) -> bool:
        return self._loaded.on and self._loaded.when_closed

    def _show_entry(self, there: bool) -> None:
        assert self._entry is not None  # noqa: S101  # it has told so
        self._has_entry = there
        if there:
            self.in_windows.setText(tr("Windows keeps the entry “{name}” for it.", name=self._entry.name))
        else:
            self.in_windows.setText(
                tr("Windows has no entry for it, so nothing starts then. Click OK: AP Bridge makes it again.")
            )
        self.in_windows.setVisible(there or self._wants_entry())

    def _chosen(self) -> ScheduleSettings:
        times = tuple(typed_clock(each.strip()) for each in self.times.text().split(",") if each.strip())
        return replace(
            self._loaded,
            on=self.on.isChecked(),
            times=times,
            every_minutes=self.minutes.value() if self.often.isChecked() else 0,
            weekdays=tuple(day for day, box in self.days.items() if box.isChecked()),
            earliest=self.earliest.time().toString(_KEPT),
            latest=self.latest.time().toString(_KEPT),
            when_closed=self.when_closed.isChecked(),
            paused=self.paused.isChecked(),
        )

    def _say(self) -> None:
        wrong = self.problems()
        self.sentence.setText(tr("Not yet: {problem}.", problem=wrong[0]) if wrong else describe(self._chosen(), clock))


class WindowPage(SettingsPage):
    """How the window looks and speaks, and when it tells something by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("window_settings", tr("Window and notifications"), parent)
        self.language = _choice("language", _LANGUAGES, self)
        self.theme = _choice("theme", _THEMES, self)
        fields = form()
        fields.setFieldGrowthPolicy(fields.FieldGrowthPolicy.FieldsStayAtSizeHint)
        fields.addRow(tr("&Language"), self.language)
        fields.addRow(tr("C&olours"), self.theme)
        self.notifications = tick("notifications", tr("&Notify me when something needs me or a run has failed"), self)
        self.tray = tick("tray", tr("&Keep AP Bridge in the notification area when I close the window"), self)
        self.body.addLayout(fields)
        self.body.addWidget(note(tr("Another language counts from the next start on.")))
        self.body.addSpacing(6)
        unseen = tr("While AP Bridge is not in the notification area, its button in the taskbar blinks instead.")
        self.body.addWidget(under(self.notifications, note(unseen, "notifications_note")))
        self.body.addWidget(self.tray)
        self.body.addStretch(1)

    def load(self, settings: Settings) -> None:
        """Show what is set."""
        self.language.setCurrentIndex(self.language.findData(settings.language))
        self.theme.setCurrentIndex(self.theme.findData(settings.window.theme))
        self.notifications.setChecked(settings.window.notifications)
        self.tray.setChecked(settings.window.tray)

    def store(self, settings: Settings) -> Settings:
        """Return `settings` with this choice."""
        window = replace(
            settings.window,
            theme=self.theme.currentData(),
            tray=self.tray.isChecked(),
            notifications=self.notifications.isChecked(),
        )
        return replace(settings, language=self.language.currentData(), window=window)


class StoragePage(SettingsPage):
    """Where AP Bridge keeps what it knows, and how much that is.

    `rebuild_asked` is emitted when what it knows is to be made again.
    """

    rebuild_asked = Signal()

    def __init__(self, home: Home, make_bundle: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__("storage_settings", tr("Storage"), parent)
        self._home = home
        self.where = note("", "storage_where")
        self.sizes = QLabel()
        self.sizes.setObjectName("storage_sizes")
        open_folder = QPushButton(tr("Open the &folder"))
        open_folder.setObjectName("open_folder")
        open_folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(home.path))))
        bundle = QPushButton(tr("Make a support &bundle…"))
        bundle.setObjectName("make_bundle")
        bundle.clicked.connect(make_bundle)
        for button in (open_folder, bundle):
            button.setAutoDefault(False)
        self.body.addWidget(note(tr("Everything that AP Bridge keeps on this computer is in one folder:")))
        self.body.addWidget(self.where)
        self.body.addWidget(self.sizes)
        self.body.addWidget(row(open_folder, bundle))
        self.body.addWidget(note(tr("Passwords are not in it; they are in {keyring}.", keyring=keyring_words())))
        self.body.addSpacing(12)
        lost = tr(
            "Is something missing that AP Bridge once knew, since this folder was lost or an old copy was put back? "
            "Make it again from what Quadient AP and Sage have:"
        )
        self.rebuild = RebuildButton("rebuild", tr("Rebuild…"))
        self.rebuild.setAutoDefault(False)
        self.rebuild.asked.connect(self.rebuild_asked)
        self.body.addWidget(note(lost))
        self.body.addWidget(row(self.rebuild))
        self.body.addStretch(1)

    def load(self, settings: Settings) -> None:  # noqa: ARG002  # the folder is not one of the settings
        """Show folder and sizes."""
        self.where.setText(str(self._home.path))
        store = sum(_size(each) for each in self._home.path.glob(f"{self._home.store_file.name}*"))
        logs = sum(_size(each) for each in self._home.logs.glob("*"))
        self.sizes.setText(
            tr(
                "Runs, documents and what was sent: {store}\nLogs: {logs}",
                store=_megabytes(store),
                logs=_megabytes(logs),
            )
        )


def _choice(name: str, choices: tuple[tuple[str, str], ...], page: SettingsPage) -> QComboBox:
    made = QComboBox()
    made.setObjectName(name)
    for data, words in choices:
        made.addItem(tr(words), data)
    made.currentIndexChanged.connect(page.changed)
    return made


def row(*widgets: QWidget) -> QWidget:
    """Return the widgets side by side."""
    made = QWidget()
    box = QHBoxLayout(made)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(10)
    for widget in widgets:
        box.addWidget(widget)
    box.addStretch(1)
    return made


def _listed(times: Iterable[str]) -> str:
    return ", ".join(clock(each) for each in times)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # a log that was just rotated away
        return 0


def _megabytes(size: int) -> str:
    return QLocale().formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)
