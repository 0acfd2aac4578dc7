"""Draws the figures as SVG pictures: who takes how long, and how time grows with the work."""

from collections.abc import Iterable
from html import escape
from math import log2
from statistics import median
from typing import Any

from tests.benchmarks.contest import OURS
from tests.benchmarks.scaling import TIMES
from tests.benchmarks.tables import FLOOR, Words

WIDTH = 560
TEXT = "#7d8590"  # readable on white and on black
OUR_COLOUR, FLOOR_COLOUR, OTHERS = "#2f7fd1", "#9aa0a6", "#c58a3c"
BARS_OF = ("first", "unchanged")
NAMES, BAR, GAP, HEAD, ROOM = 180, 14, 5, 26, 60
GROWN = {
    "first": "#2f7fd1",
    "unchanged": "#2a9d6f",
    "changes_100": "#c58a3c",
    "send": "#b0569b",
    "peak_mb": "#9aa0a6",
}
SQUARE, LEFT, TOP, LINE = 260, 40, 16, 15


def bars(taken: dict[str, Any], words: Words, figure: str = "seconds") -> str:
    """Return how long each contestant took for a first sync, and for a full pass over what has not changed."""
    called = f"{words('processor')}, {words('seconds')}" if figure == "cpu" else words("seconds")
    lines: list[str] = []
    top = 0
    for step in BARS_OF:
        lines.append(_text(0, top + HEAD - 10, f"{words(step)} ({called})", "bold"))
        top += HEAD
        seconds = {name: median(each[figure] for each in of[step]) for name, of in taken.items() if step in of}
        longest = max(seconds.values())
        for name, value in sorted(seconds.items(), key=lambda pair: pair[1]):
            width = max(1.0, value / longest * (WIDTH - NAMES - ROOM))
            colour = {OURS: OUR_COLOUR, FLOOR: FLOOR_COLOUR}.get(name, OTHERS)
            lines.append(_text(0, top + BAR - 3, words(name)))
            lines.append(f'<rect x="{NAMES}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>')
            lines.append(_text(NAMES + width + 6, top + BAR - 3, words.number(value)))
            top += BAR + GAP
        top += GAP
    return _picture(lines, top)


def growth(result: dict[str, Any], words: Words) -> str:
    """Return how many times as much each step takes of twice, four and eight times the work, beside just as many."""
    lines = [_path([(times, times) for times in TIMES], TEXT, ' stroke-dasharray="4 4"')]
    for times in TIMES:
        x, y = _place(times, times)
        lines.append(_text(x - 8, TOP + SQUARE + 18, f"{times}×"))
        lines.append(_text(0, y + 4, f"{times}×"))
    ends: list[tuple[float, str, str]] = []
    for name, colour in GROWN.items():
        if name in result["taken"]:
            medians = [median(result["taken"][name][str(times)]) for times in TIMES]
            points = [(times, value / medians[0]) for times, value in zip(TIMES, medians, strict=True)]
            lines.append(_path(points, colour))
            ends.append((_place(*points[-1])[1], f"{words(name)}: {words.number(result['exponents'][name])}", colour))
    x = LEFT + SQUARE + 12
    lines += [_text(x, y, said, "bold", colour) for y, said, colour in _apart(sorted(ends))]
    return _picture(lines, TOP + SQUARE + 2 * LINE)


def _place(times: float, grown: float) -> tuple[float, float]:
    """Return where a point is drawn; both directions are logarithms."""
    unit = SQUARE / log2(TIMES[-1])
    return LEFT + unit * log2(times), TOP + SQUARE - unit * log2(max(grown, 1.0))


def _path(points: Iterable[tuple[float, float]], colour: str, dashes: str = "") -> str:
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in (_place(*point) for point in points))
    return f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'


def _apart(ends: list[tuple[float, str, str]]) -> Iterable[tuple[float, str, str]]:
    """Yield what is written at the ends of lines, from the top, so that none covers another."""
    lowest = 0.0
    for number, (y, said, colour) in enumerate(ends):
        last = TOP + SQUARE - LINE * (len(ends) - 1 - number)
        lowest = max(min(y, last), lowest + LINE)
        yield lowest + 4, said, colour


def _text(x: float, y: float, text: str, weight: str = "normal", colour: str = TEXT) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-weight="{weight}">{escape(text)}</text>'


def _picture(lines: Iterable[str], height: int) -> str:
    inside = "\n".join(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
        f' font-family="sans-serif" font-size="12">\n{inside}\n</svg>\n'
    )
