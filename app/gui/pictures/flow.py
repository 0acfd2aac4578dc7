"""Money in flight, as stations in a row: approved, in Sage and unposted, posted, paid."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from app.engine.views import InFlight
from app.gui.format import moment, money, whole
from app.gui.pictures.picture import RADIUS, Part, Picture
from app.gui.style import ground_colour, negative_colour, quiet_colour, scaled_font, tint_colour
from app.gui.table import Column
from app.gui.text import counted, tr

Stage: TypeAlias = tuple[str, str]
"""Kind and stage of a station, as `InFlight` names them."""

ARROW, MARGIN, GAP = 20, 8, 3


class FlowPicture(Picture):
    """`opened` carries the (kind, stage) of a station."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(name, title, _columns(), parent)
        self._stations: Sequence[InFlight] = ()
        self._small = scaled_font(self, 0.9)
        self._bold = scaled_font(self, 1.15, bold=True)

    def show_stations(self, stations: Sequence[InFlight]) -> None:
        """Show the stations of one kind, in their order."""
        self._stations = stations
        self.table.set_rows(stations)
        self.show_parts([Part((each.kind, each.stage), station_words(each), each.count > 0) for each in stations])

    def sizeHint(self) -> QSize:
        """Three or four lines of text high: the last one is for credit notes."""
        return QSize(400, self._height())

    def minimumSizeHint(self) -> QSize:
        """As high as it must be, and narrow enough for a small screen."""
        return QSize(300, self._height())

    def places(self) -> list[QRectF]:
        """Return the stations' places: equally wide, with room for the arrows."""
        number = max(1, len(self._stations))
        width = (self.width() - ARROW * (number - 1)) / number
        return [QRectF(at * (width + ARROW), 0, width, self.height()) for at in range(len(self._stations))]

    def paint(self, painter: QPainter) -> None:
        """Draw the stations, and an arrow from each to the next."""
        places = self.places()
        for before, after in pairwise(places):
            self._paint_arrow(painter, before.right(), after.left())
        for station, place in zip(self._stations, places, strict=True):
            self._paint_station(painter, station, place)

    def _paint_arrow(self, painter: QPainter, left: float, right: float) -> None:
        middle, half = self.height() / 2, 6
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(quiet_colour(self.palette()))
        x = (left + right) / 2
        head = [QPointF(x - 4, middle - half), QPointF(x + 5, middle), QPointF(x - 4, middle + half)]
        painter.drawPolygon(QPolygonF(head))

    def _paint_station(self, painter: QPainter, station: InFlight, place: QRectF) -> None:
        palette = self.palette()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground_colour(palette))
        painter.drawRoundedRect(place, RADIUS, RADIUS)
        painter.setBrush(tint_colour(palette, station.stage))
        painter.drawRoundedRect(QRectF(place.left(), place.top(), 5, place.height()), 2, 2)
        text = palette.text().color()
        quiet = quiet_colour(palette)
        inner = place.adjusted(MARGIN + 6, MARGIN - 2, -MARGIN, 0)
        negative = negative_colour(palette)
        lines = [
            (stage_words(station.kind, station.stage), self._small, quiet),
            (money(station.amount), self._bold, negative if station.amount < 0 else text),
            (_number(station), self.font(), text),
            (_credit_words(station), self._small, negative),
        ]
        top = inner.top()
        for words, font, colour in lines:
            metrics = QFontMetrics(font)
            painter.setFont(font)
            painter.setPen(colour)
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(inner.width()))
            painter.drawText(QPointF(inner.left(), top + metrics.ascent()), shown)
            top += metrics.height() + GAP

    def _height(self) -> int:
        credit = (self._small,) if any(each.credits for each in self._stations) else ()
        fonts = (self._small, self._bold, self.font(), *credit)
        return sum(QFontMetrics(font).height() + GAP for font in fonts) + 2 * (MARGIN - 2)


def stage_words(kind: str, stage: str) -> str:
    """Return what a station is called."""
    return _stages().get((kind, stage), stage)


def station_words(station: InFlight) -> str:
    """Return a station in a sentence, as it is read aloud."""
    words = tr(
        "{stage}: {documents}, {amount}",
        stage=stage_words(station.kind, station.stage),
        documents=_number(station),
        amount=money(station.amount),
    )
    credit = _credit_words(station)
    words = f"{words}, {credit}" if credit else words
    as_of = tr("as of {when}", when=moment(station.as_of)) if station.as_of else ""
    return f"{words}, {as_of}." if as_of else f"{words}."


def _columns() -> list[Column[InFlight]]:
    return [
        Column(tr("Stage"), lambda row: stage_words(row.kind, row.stage)),
        Column(tr("Documents"), lambda row: whole(row.count), lambda row: row.count, right=True),
        Column(tr("Amount"), lambda row: money(row.amount), lambda row: row.amount, right=True),
        Column(tr("Credit notes among them"), lambda row: whole(row.credits), lambda row: row.credits, right=True),
        Column(
            tr("Amount of the credit notes"),
            lambda row: money(row.credit_amount),
            lambda row: row.credit_amount,
            right=True,
        ),
        Column(tr("As of"), lambda row: moment(row.as_of), lambda row: row.as_of),
    ]


def _stages() -> Mapping[Stage, str]:
    return {
        ("invoice", "approved"): tr("Approved in Quadient AP"),
        ("invoice", "unposted"): tr("In Sage, unposted"),
        ("invoice", "posted"): tr("Posted, to be paid"),
        ("invoice", "paid"): tr("Paid, last 30 days"),
        ("payment", "approved"): tr("Paid by Quadient AP"),
        ("payment", "unposted"): tr("In Sage, unposted"),
        ("payment", "posted"): tr("Posted, last 30 days"),
    }


def _number(station: InFlight) -> str:
    if station.kind == "payment":
        return counted(station.count, "{n} payment", "{n} payments")
    return counted(station.count, "{n} invoice", "{n} invoices")


def _credit_words(station: InFlight) -> str:
    if not station.credits:
        return ""
    credit = counted(station.credits, "{n} credit note", "{n} credit notes")
    return tr("incl. {credit} {amount}", credit=credit, amount=money(station.credit_amount))
