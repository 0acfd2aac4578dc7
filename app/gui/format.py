"""Dates, numbers and money as this computer's user writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from PySide6.QtCore import QDate, QLocale, QTime

from app.domain.language import language
from app.domain.money import CENT
from app.gui.text import tr

_KEPT = "HH:mm"  # as times of day are kept


def whole(number: int) -> str:
    """Return a count with the locale's thousands separators."""
    return QLocale().toString(number)


def money(amount: Decimal) -> str:
    """Return an amount with two decimals, exactly: it never becomes a binary float."""
    return _decimal(format(amount.quantize(CENT), "f"))


def quantity(number: Decimal) -> str:
    """Return a quantity or unit cost with as many decimals as it needs, up to six."""
    text = format(number, "f")
    return _decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def unit_cost(number: Decimal) -> str:
    """Return a unit cost with at least two decimals, and more where it has them."""
    shortest = number.normalize()
    return money(number) if shortest.as_tuple().exponent >= -2 else quantity(number)


def day(value: date | None) -> str:
    """Return a date, or nothing where there is none."""
    return _day(value.year, value.month, value.day, QLocale().name()) if value else ""


def moment(value: datetime | None) -> str:
    """Return a moment in this computer's time: “today 08:02”, “yesterday 17:30”, “tomorrow 08:00” or date and time."""
    # The user's own day is meant, and the computer knows it.
    return _moment(value, date.today(), QLocale().name(), language()) if value else ""  # noqa: DTZ011


def short_moment(value: datetime | None) -> str:
    """Return a moment as `moment` does, of today only the time."""
    if value is None:
        return ""
    local = value.astimezone()
    # As in `moment`, the user's own day is meant.
    return _clock(local) if local.date() == date.today() else moment(value)  # noqa: DTZ011


def exact_moment(value: datetime | None) -> str:
    """Return a moment to the second, for lists where the order of things matters."""
    if value is None:
        return ""
    local, locale = value.astimezone(), QLocale()
    short = locale.timeFormat(QLocale.FormatType.ShortFormat)
    form = "HH:mm:ss" if "'" in short else short.replace("mm", "mm:ss")  # French Canada: 23 h 43
    return locale.toString(QTime(local.hour, local.minute, local.second), form)


def clock(text: str) -> str:
    """Return a time of day, kept as 08:00, as this computer writes it; what is no time stays as it is."""
    found = QTime.fromString(text, _KEPT)
    return QLocale().toString(found, QLocale.FormatType.ShortFormat) if found.isValid() else text


def typed_clock(text: str) -> str:
    """Return a time of day that was typed, as this computer writes it or as 8:00, as 08:00; else the text itself."""
    locale = QLocale()
    plain = _plain(text)
    forms = (_plain(locale.timeFormat(QLocale.FormatType.ShortFormat)), _KEPT, "H:mm")
    found = (locale.toTime(plain, form) for form in forms)
    return next((each.toString(_KEPT) for each in found if each.isValid()), text)


def since_now() -> str:
    """Say since when that is waited for which begins now."""
    return tr("Since {when}.", when=short_moment(datetime.now(UTC)))


def duration(seconds: float) -> str:
    """Return a span of time in the largest unit that fits."""
    if seconds < 60:
        return tr("{n} s", n=max(round(seconds), 1))
    if seconds < 3600:
        return tr("{n} min", n=round(seconds / 60))
    return tr("{n} h {m} min", n=int(seconds // 3600), m=round(seconds % 3600 / 60))


def _clock(local: datetime) -> str:
    return QLocale().toString(QTime(local.hour, local.minute), QLocale.FormatType.ShortFormat)


def _plain(text: str) -> str:
    """Return the text with the space of the keyboard for those that locales have."""
    return " ".join(text.split())


def _decimal(text: str) -> str:
    locale = QLocale()
    negative = text.startswith("-")
    before, _, after = text.lstrip("-").partition(".")
    number = locale.toString(int(before)) + (locale.decimalPoint() + after if after else "")
    return f"{locale.negativeSign()}{number}" if negative and any(digit in "123456789" for digit in text) else number


# Long tables are searched as text and hold the same days and times over and over. The locale's name is there only to
# tell answers apart.


@lru_cache(maxsize=4096)
def _day(year: int, month: int, day_: int, locale: str) -> str:  # noqa: ARG001
    return QLocale().toString(QDate(year, month, day_), QLocale.FormatType.ShortFormat)


@lru_cache(maxsize=4096)
def _moment(value: datetime, today: date, locale: str, language: str) -> str:  # noqa: ARG001
    local = value.astimezone()
    clock = _clock(local)
    age = (today - local.date()).days
    if age == 0:
        return tr("today {time}", time=clock)
    if age == 1:
        return tr("yesterday {time}", time=clock)
    if age == -1:
        return tr("tomorrow {time}", time=clock)
    return f"{day(local.date())} {clock}"
