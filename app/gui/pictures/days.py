"""The runs of the last days: a bar a day, for the Overview and, small, for the head of the window."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.engine.views import RunRow, Views
from app.gui.format import day as day_words
from app.gui.format import whole
from app.gui.pictures.picture import Part, Picture
from app.gui.style import negative_colour, quiet_colour, scaled_font, series_colours
from app.gui.table import Column
from app.gui.text import counted, tr

DAYS = 14
_FAILED = ("failed", "broken_off")
BAR, SMALL_HEIGHT, SMALL_STEP, MARK = 64, 26, 9, 3


@dataclass(frozen=True, slots=True)
class Day:
    """How many runs a day had, and how many of them needed the user, or failed."""

    day: date
    runs: int
    needed: int
    failed: int


def by_day(runs: Iterable[RunRow], today: date) -> list[Day]:
    """Return the last 14 days, oldest first, in this computer's time."""
    counts: Counter[tuple[date, str]] = Counter()
    for run in runs:
        its = run.started_at.astimezone().date()
        counts[its, "runs"] += 1
        counts[its, "failed"] += run.outcome in _FAILED
        counts[its, "needed"] += run.outcome == "needs_user"
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    return [Day(day, *(counts[day, what] for what in ("runs", "needed", "failed"))) for day in days]


def last_days(views: Views) -> list[Day]:
    """Return the last 14 days up to today.

    Raises:
        NeedsUser: when the store cannot be read.
    """
    now = datetime.now(UTC)
    return by_day(views.runs_since(now - timedelta(days=DAYS)), day_of(now))


def day_of(value: datetime) -> date:
    """Return the day of a moment in this computer's time."""
    return value.astimezone().date()


class DaysPicture(Picture):
    """A bar a day, parted into what went well, what needed the user and what failed; `opened` carries the date."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(name, title, _columns(), parent)
        self._days: Sequence[Day] = ()
        self._small = scaled_font(self, 0.85)

    def show_days(self, days: Sequence[Day]) -> None:
        """Show the days, oldest first."""
        self._days = days
        self.table.set_rows(days)
        self.show_parts([Part(each.day, words_of(each), each.runs > 0) for each in days])

    def sizeHint(self) -> QSize:
        """Bars of a fixed height over two lines of text."""
        return QSize(300, BAR + 2 * QFontMetrics(self._small).height() + 6)

    def minimumSizeHint(self) -> QSize:
        """As high as it must be, and narrow enough for a small screen."""
        return QSize(220, self.sizeHint().height())

    def places(self) -> list[QRectF]:
        """Return the days' places, equally wide."""
        width = self.width() / max(1, len(self._days))
        return [QRectF(at * width, 0, width, self.height()) for at in range(len(self._days))]

    def paint(self, painter: QPainter) -> None:
        """Draw the bars, above each how many, below it the day of the month."""
        metrics = QFontMetrics(self._small)
        line = metrics.height()
        most = max((each.runs for each in self._days), default=0) or 1
        painter.setFont(self._small)
        bottom = self.height() - line - 3
        painter.setPen(quiet_colour(self.palette()))
        painter.drawLine(0, int(bottom) + 1, self.width(), int(bottom) + 1)
        for each, place in zip(self._days, self.places(), strict=True):
            under = QRectF(place.left(), self.height() - line, place.width(), line)
            painter.setPen(quiet_colour(self.palette()))
            painter.drawText(under, Qt.AlignmentFlag.AlignCenter, str(each.day.day))
            if not each.runs:
                continue
            height = max(6.0, BAR * each.runs / most)
            wide = min(place.width() - 4, 22)
            bar = QRectF(place.center().x() - wide / 2, bottom - height, wide, height)
            paint_bar(painter, each, bar, series_colours(self.palette()))
            painter.setPen(negative_colour(self.palette()) if each.failed else self.palette().text().color())
            above = QRectF(place.left(), bar.top() - line - 1, place.width(), line)
            painter.drawText(above, Qt.AlignmentFlag.AlignCenter, f"{each.runs}!" if each.failed else str(each.runs))


class Sparkline(QWidget):
    """The same in small, for the head of the window: it takes no focus, its words are its description."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sparkline")
        self.setAccessibleName(tr("Runs of the last {n} days", n=DAYS))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._days: Sequence[Day] = ()

    def sizeHint(self) -> QSize:
        """As wide as all days need."""
        return QSize(DAYS * SMALL_STEP, SMALL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Of no width: it makes no window wider."""
        return QSize(0, SMALL_HEIGHT)

    def show_days(self, days: Sequence[Day]) -> None:
        """Show the days, oldest first."""
        self._days = days
        words = summary_words(days)
        self.setToolTip(words)
        self.setAccessibleDescription(words)
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw a thin bar a day; one that failed carries a mark on top, a day without runs is a dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most = max((each.runs for each in self._days), default=0) or 1
        room = self.height() - MARK - 3
        for at, each in enumerate(self._days):
            left = at * SMALL_STEP + 1.0
            if not each.runs:
                painter.fillRect(QRectF(left + 2, self.height() - 2, 3, 2), quiet_colour(self.palette()))
                continue
            height = max(3.0, room * each.runs / most)
            paint_bar(
                painter,
                each,
                QRectF(left, self.height() - height, SMALL_STEP - 2, height),
                series_colours(self.palette()),
            )
            if each.failed:
                mark = QRectF(left, self.height() - height - MARK - 2, SMALL_STEP - 2, MARK)
                painter.fillRect(mark, negative_colour(self.palette()))
        painter.end()


def paint_bar(painter: QPainter, each: Day, bar: QRectF, colours: tuple[QColor, QColor, QColor]) -> None:
    """Draw one day's bar from below: what went well, what needed the user (striped), what failed (crossed)."""
    parts = zip(
        (each.runs - each.needed - each.failed, each.needed, each.failed),
        colours,
        (Qt.BrushStyle.SolidPattern, Qt.BrushStyle.BDiagPattern, Qt.BrushStyle.SolidPattern),
        strict=True,
    )
    bottom = bar.bottom()
    for number, colour, pattern in parts:
        height = bar.height() * number / each.runs
        part = QRectF(bar.left(), bottom - height, bar.width(), height)
        if pattern is not Qt.BrushStyle.SolidPattern:
            fill = QColor(colour)
            fill.setAlpha(110)
            painter.fillRect(part, fill)
        brush = painter.brush()
        brush.setColor(colour)
        brush.setStyle(pattern)
        painter.fillRect(part, brush)
        bottom -= height


def _columns() -> list[Column[Day]]:
    return [
        Column(tr("Date"), lambda row: day_words(row.day), lambda row: row.day),
        Column(tr("Runs"), lambda row: whole(row.runs), lambda row: row.runs, right=True),
        Column(tr("Needed you"), lambda row: whole(row.needed), lambda row: row.needed, right=True),
        Column(tr("Failed"), lambda row: whole(row.failed), lambda row: row.failed, right=True),
    ]


def words_of(each: Day) -> str:
    """Return one day in a sentence: “11/23/26: 3 runs, 1 needed you.”"""
    told = [counted(each.runs, "{n} run", "{n} runs") if each.runs else tr("no run")]
    if each.needed:
        told.append(counted(each.needed, "{n} needed you", "{n} needed you"))
    if each.failed:
        told.append(counted(each.failed, "{n} failed", "{n} failed"))
    return f"{day_words(each.day)}: {', '.join(told)}."


def summary_words(days: Sequence[Day]) -> str:
    """Return all days together: “In 14 days 12 runs, 3 needed you, 1 failed.”"""
    runs, needed, failed = (sum(getattr(each, what) for each in days) for what in ("runs", "needed", "failed"))
    told = [counted(runs, "{n} run", "{n} runs")]
    if needed:
        told.append(counted(needed, "{n} needed you", "{n} needed you"))
    if failed:
        told.append(counted(failed, "{n} failed", "{n} failed"))
    return tr("In {n} days: {words}.", n=len(days), words=", ".join(told))
