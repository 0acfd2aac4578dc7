"""What the window shows for a moment: a run under way, a question, an answer, a message at the foot."""

import sys
from collections.abc import Callable, Container, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QWidget
from showing import ENGINE, NO_ENGINE, ON_WINDOWS, SAGE_ON_WINDOWS, Screens, copied, opened, rest, until
from worlds import served

from app.domain.lists import ListName
from app.engine.events import Kind
from app.gui.probe_dialog import ProbeDialog
from app.gui.window import MainWindow

# Tells how far it is, and waits until its window is closed.
_TOLD = """
import json, sys
said = {"v": 1, "run": "run-1", "at": "2026-11-26T13:00:00+00:00", "stage": "vendor", "title": sys.argv[1]}
for event in ({"event": "run_started"}, {"event": "stage_started"},
              {"event": "progress", "done": 61200, "total": 100000, "rate": 48000}):
    print(json.dumps(said | event), flush=True)
sys.stdin.read()
"""
DOCUMENTS_ON_WINDOWS = r"C:\Users\Dana\Documents"
TOO_LONG = "description-too-long"


@dataclass(frozen=True, slots=True)
class Moment:
    """What is seen in a home's `tab` after `show`, which may return a dialog that is seen instead."""

    home: str
    tab: str
    name: str
    show: Callable[[MainWindow], QWidget | None]
    engine: Sequence[str] = NO_ENGINE

    @property
    def called(self) -> str:
        """What its picture is called."""
        return f"{self.tab}_{self.name}"


def moments(worlds: Path, theme: str, names: Container[str] | None = None) -> Screens:
    """Yield name and widget of each, or of those called `names`."""
    for each in _MOMENTS:
        if names is not None and each.called not in names:
            continue
        talks = each.engine is ENGINE and each.home != "offline"
        with served(worlds / each.home) if talks else nullcontext():
            engine = _telling_engine() if each.show is _running else each.engine
            window = opened(copied(worlds, each.home, theme), each.tab, engine)
            over = each.show(window)
            rest(window)
        yield each.called, over or window
        if over is not None:
            over.close()
        window.shut_down()
        window.deleteLater()


def _telling_engine() -> tuple[str, ...]:
    return (sys.executable, "-c", _TOLD, ListName.VENDOR.label)


def _running(window: MainWindow) -> None:
    """Sync, and stop where the engine has told how far it is."""
    told = QEventLoop()
    window.engine.told.connect(lambda event: told.quit() if event.kind is Kind.PROGRESS else None)
    window.start("sync")
    told.exec()


def _in_vain(window: MainWindow) -> None:
    until(window.page.run_ended, lambda: window.start("sync"))


def _many_gone(window: MainWindow) -> None:
    many = next(each for each in window.page.standing.attention if each.code == "many-deletions")
    window.overview.needs_table.choose(window.overview.needs.identity(many))


def _asking_to_accept(window: MainWindow) -> None:
    _many_gone(window)
    window.overview.deletions.button.click()


def _asking_to_send(window: MainWindow) -> None:
    window.findChild(QPushButton, "send_invoices").click()


def _asking_to_mark(window: MainWindow) -> None:
    window.invoices.lower.setCurrentWidget(window.invoices.details)
    window.findChild(QPushButton, "mark_exported_invoices").click()


def _asking_to_shorten(window: MainWindow) -> None:
    rows = window.invoices.documents.shown
    long = next(row for row in rows if any(finding.code == TOO_LONG for finding in row.findings))
    window.invoices.table.choose(long.id)
    window.invoices.lower.setCurrentWidget(window.invoices.details)
    window.findChild(QPushButton, "shorten_invoices").click()


def _shortened(window: MainWindow) -> None:
    _asking_to_shorten(window)
    until(window.page.run_ended, window.findChild(QPushButton, "shorten_yes_invoices").click)


def _saved(window: MainWindow) -> None:
    """Save the records of the list that is shown, beside the home that is looked at."""
    folder = Path(window.page.engine._home)

    def beside(_: QWidget, __: str, suggested: str, ___: str) -> tuple[str, str]:
        return str(folder / Path(suggested).name), ""

    with patch.object(QFileDialog, "getSaveFileName", beside):
        save = window.lists.export.menu().actions()[0].trigger
        until(window.page.exports.told, save)
    title = window.banner.findChild(QLabel, "banner_title")
    title.setText(title.text().replace(f"{folder}/", f"{DOCUMENTS_ON_WINDOWS}\\"))  # the pictures are made elsewhere


def _narrowed_to_nothing(window: MainWindow) -> None:
    window.invoices.filter_box.setText("Zanzibar")
    window.invoices.filter_box._apply()


def _damaged(window: MainWindow) -> None:
    said = window.banner.message
    store = Path(window.page.engine._home) / "store.sqlite"
    said.setText(said.text().replace(str(store), rf"{ON_WINDOWS}\store.sqlite"))  # the pictures are made elsewhere


def _asking_to_rebuild(window: MainWindow) -> None:
    window.findChild(QPushButton, "banner_rebuild").click()


def _rebuilt(window: MainWindow) -> None:
    _asking_to_rebuild(window)
    until(window.page.run_ended, window.findChild(QPushButton, "confirm_rebuild").click)


def _gone(window: MainWindow) -> None:
    row = next(row for row in window.invoices.documents.rows if row.gone)
    window.invoices.open_record(row.id)
    window.findChild(QPushButton, "leave_invoices").click()


def _refused(window: MainWindow) -> None:
    _open_in_state(window, "failed")


def _to_be_decided(window: MainWindow) -> None:
    _open_in_state(window, "asking")


def _open_in_state(window: MainWindow, state: str) -> None:
    window.invoices.open_record(next(row.id for row in window.invoices.documents.rows if row.state == state))


def _with_totals(window: MainWindow) -> None:
    window.invoices.show_totals()


def _undoing(window: MainWindow) -> None:
    sent = next(run for run in window.activity.runs.rows if run.command == "send invoices")
    window.activity.open_run(sent.id)
    window.findChild(QPushButton, "undo_run").click()


def _set_aside(window: MainWindow) -> None:
    window.open_record(next(each for each in window.page.standing.attention if each.list == ListName.VENDOR))


def _from_sage(window: MainWindow) -> None:
    window.payments.setCurrentWidget(window.payments.from_sage)
    window.payments.from_sage.load_if_stale()


def _made_in_sage(window: MainWindow) -> None:
    _from_sage(window)
    rest(window)
    waiting = next(row for row in window.payments.from_sage.records.rows if row.state == "waiting")
    window.payments.from_sage.table.choose(waiting.key)


def _probed(window: MainWindow) -> QWidget:
    report = window.activity.views.probe_report()
    there = replace(report.installation, location=SAGE_ON_WINDOWS)  # the pictures are made elsewhere
    dialog = ProbeDialog(replace(report, installation=there), window)
    dialog.show()
    return dialog


_MOMENTS = (
    Moment("synced", "overview", "running", _running),
    Moment("offline", "overview", "trouble", _in_vain, ENGINE),
    Moment("damaged", "overview", "damaged", _damaged),
    Moment("damaged", "overview", "damaged_asked", _asking_to_rebuild),
    Moment("damaged", "overview", "rebuilt", _rebuilt, ENGINE),
    Moment("deleted", "overview", "deletions", _many_gone),
    Moment("deleted", "overview", "deletions_asked", _asking_to_accept),
    Moment("synced", "invoices", "asking", _asking_to_send),
    Moment("synced", "invoices", "mark", _asking_to_mark),
    Moment("synced", "invoices", "shorten", _asking_to_shorten),
    Moment("synced", "invoices", "shortened", _shortened, ENGINE),
    Moment("synced", "invoices", "filter", _narrowed_to_nothing),
    Moment("sent", "invoices", "gone", _gone),
    Moment("stopped", "invoices", "sync_error", _refused),
    Moment("stopped", "invoices", "decision", _to_be_decided),
    Moment("differs", "invoices", "totals_differ", _with_totals),
    Moment("sent", "activity", "undo", _undoing),
    Moment("synced", "lists", "aside", _set_aside),
    Moment("synced", "lists", "saved", _saved),
    Moment("synced", "payments", "sage", _made_in_sage),
    Moment("bare", "payments", "sage_bare", _from_sage),
    Moment("synced", "activity", "tables", _probed),
)
