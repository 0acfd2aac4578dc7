"""For how long things have needed the user: a bar for each age."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from app.engine.views import Attention
from app.gui.format import whole
from app.gui.pictures.days import day_of
from app.gui.pictures.picture import Part, Picture
from app.gui.style import ages_colour, ground_colour
from app.gui.table import Column
from app.gui.text import counted, tr

PAD, BAR_LEAST = 4, 3


class Age(StrEnum):
    """How long something has needed the user."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    OLDER = "older"


@dataclass(frozen=True, slots=True)
class Aged:
    """How many things have one age."""

    age: Age
    count: int


def age_of(each: Attention, today: date) -> Age:
    """Return since how many calendar days something has needed the user; of what the beginning is not known, today."""
    days = (today - day_of(each.since)).days if each.since is not None else 0
    return Age.TODAY if days < 1 else Age.WEEK if days < 7 else Age.MONTH if days < 30 else Age.OLDER


def by_age(needs: Iterable[Attention], today: date) -> list[Aged]:
    """Return the four ages, newest first."""
    counts = Counter(age_of(each, today) for each in needs)
    return [Aged(age, counts[age]) for age in Age]


def age_words(age: Age) -> str:
    """Return what an age is called."""
    return {
        Age.TODAY: tr("Today"),
        Age.WEEK: tr("1–6 days"),
        Age.MONTH: tr("7–29 days"),
        Age.OLDER: tr("30 days or more"),
    }[age]


class AgesPicture(Picture):
    """A line an age: its name, its bar and its number; `opened` carries the `Age`."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(name, title, _columns(), parent)
        self._ages: Sequence[Aged] = ()

    def show_ages(self, ages: Sequence[Aged]) -> None:
        """Show the ages, newest first."""
        self._ages = ages
        self.table.set_rows(ages)
        self.show_parts([Part(each.age, _words(each), each.count > 0) for each in ages])

    def sizeHint(self) -> QSize:
        """A line of text high for each age."""
        return QSize(260, len(Age) * self._line())

    def minimumSizeHint(self) -> QSize:
        """As high as it must be, and narrow enough for a small screen."""
        return QSize(200, self.sizeHint().height())

    def places(self) -> list[QRectF]:
        """Return the ages' lines."""
        line = self._line()
        return [QRectF(0, at * line, self.width(), line) for at in range(len(self._ages))]

    def paint(self, painter: QPainter) -> None:
        """Draw name, bar and number of each age; an older one has a stronger bar, and all are as long as they count."""
        metrics = QFontMetrics(self.font())
        names = max(metrics.horizontalAdvance(age_words(age)) for age in Age) + 2 * PAD
        numbers = (
            max(metrics.horizontalAdvance(whole(each.count)) for each in self._ages) + 2 * PAD if self._ages else 0
        )
        most = max((each.count for each in self._ages), default=0) or 1
        for each, place in zip(self._ages, self.places(), strict=True):
            painter.setPen(self.palette().text().color())
            painter.drawText(place.adjusted(PAD, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, age_words(each.age))
            track = QRectF(place.left() + names, place.top() + PAD, place.width() - names - numbers, 0)
            track.setHeight(place.height() - 2 * PAD)
            painter.fillRect(track, ground_colour(self.palette()))
            if each.count:
                bar = QRectF(track)
                bar.setWidth(max(BAR_LEAST, track.width() * each.count / most))
                painter.fillRect(bar, ages_colour(self.palette(), each.age))
            number = QRectF(track.right(), place.top(), numbers - PAD, place.height())
            aligned = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(number, aligned, whole(each.count))

    def _line(self) -> int:
        return QFontMetrics(self.font()).height() + 2 * PAD


def _columns() -> list[Column[Aged]]:
    return [
        Column(tr("For how long"), lambda row: age_words(row.age)),
        Column(tr("Things that need you"), lambda row: whole(row.count), lambda row: row.count, right=True),
    ]


def _words(each: Aged) -> str:
    needs = counted(each.count, "{n} thing needs you", "{n} things need you")
    return f"{age_words(each.age)}: {needs}."
