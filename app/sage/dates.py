"""Reads dates as Sage's drivers hand them over, and writes them as its Business Objects want them."""

import re
from datetime import date, datetime

_SPELLINGS = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?: 00:00:00.*)?")

# SQL Server editions of Sage store this day for "no date".
_NO_DAY = date(1753, 1, 1)


def day(raw: object) -> date | None:
    """Return the day that `raw` holds, or None for a blank one.

    Raises:
        ValueError: when it is neither blank nor a day of the calendar.
    """
    if raw is None:
        return None
    if isinstance(raw, date):
        found = raw.date() if isinstance(raw, datetime) else raw
    else:
        text = str(raw).strip()
        if not text or not text.strip("0"):
            return None
        parts = _SPELLINGS.fullmatch(text)
        if parts is None:
            raise ValueError(f"“{text}” is not a date")
        found = date(int(parts[1]), int(parts[2]), int(parts[3]))
    return None if found == _NO_DAY else found


def compact(value: date) -> str:
    """Return the day as YYYYMMDD, the form the Business Objects take."""
    return value.strftime("%Y%m%d")
