"""Writes the figures into the help: a page in each language has its own words, and the figures between two marks.

`python -m tests.benchmarks.page FILE` writes those of a JSON file that `python -m tests.benchmarks --json` wrote.
"""

import sys
from html import escape
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from app.language import LANGUAGES
from app.resources import resource
from tests.benchmarks.contest import OURS
from tests.benchmarks.machine import is_busy
from tests.benchmarks.tables import ENGLISH, FRENCH, Words, tables

PAGE, PLOT = "performance.md", "performance.svg"
BEGIN, END = "<!-- figures, written by the benchmarks -->", "<!-- end of the figures -->"
PLOTTED = ("first", "unchanged")
WIDTH, NAMES, BAR, GAP, HEAD, ROOM = 640, 190, 14, 5, 26, 70
COLOURS = {OURS: "#2f7fd1", "floor": "#9aa0a6"}
OTHERS = "#c58a3c"
TEXT = "#7d8590"  # readable on white and on black
_MEASURED = {
    ENGLISH: (
        "Measured on {date} on {size}; {versions}; company “{scale}”; medians of {repeat} measurements.",
        "**The machine was busy with other work (load {load}): only processor time and ratios tell something.**",
    ),
    FRENCH: (
        "Mesuré le {date} sur {size}; {versions}; compagnie « {scale} »; médianes de {repeat} mesures.",
        "**La machine était occupée à autre chose (charge {load}) : seuls le temps de processeur et les rapports "
        "comptent.**",
    ),
}


def write(result: dict[str, Any], help_folder: Path) -> None:
    """Put the figures between the marks of each language's page, and the plot beside it."""
    for language in LANGUAGES:
        words = Words(language)
        file = help_folder / language / PAGE
        before, _, rest = file.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        parts = [_measured(result, words)]
        if "contest" in result:
            (help_folder / language / PLOT).write_text(plot(result["contest"], words), encoding="utf-8")
            parts.append(f"![{words('seconds')}]({PLOT})")
        parts += [table.as_markdown() for table in tables(result, language)]
        figures = "\n\n".join(parts)
        file.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}", encoding="utf-8")


def plot(taken: dict[str, Any], words: Words) -> str:
    """Return the bars of the first sync and of the full pass over what has not changed, as an SVG picture."""
    lines: list[str] = []
    top = 0
    for step in PLOTTED:
        lines.append(_text(0, top + HEAD - 10, f"{words(step)} ({words('seconds')})", weight="bold"))
        top += HEAD
        seconds = {name: median(each["seconds"] for each in of[step]) for name, of in taken.items() if step in of}
        longest = max(seconds.values())
        for name, value in sorted(seconds.items(), key=lambda pair: pair[1]):
            width = max(1.0, value / longest * (WIDTH - NAMES - ROOM))
            colour = COLOURS.get(name, OTHERS)
            lines.append(_text(0, top + BAR - 3, words(name)))
            lines.append(f'<rect x="{NAMES}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>')
            lines.append(_text(NAMES + width + 6, top + BAR - 3, words.number(value)))
            top += BAR + GAP
        top += GAP
    inside = "\n".join(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" viewBox="0 0 {WIDTH} {top}"'
        f' font-family="sans-serif" font-size="12">\n{inside}\n</svg>\n'
    )


def _text(x: float, y: float, text: str, weight: str = "normal") -> str:
    return f'<text x="{x:.1f}" y="{y}" fill="{TEXT}" font-weight="{weight}">{escape(text)}</text>'


def _measured(result: dict[str, Any], words: Words) -> str:
    """Return on what and when it was measured."""
    machine = result["machine"]
    memory = f"{machine['memory_mb'] / 1000:.0f} {words('GB')}"
    size = f"{machine['processors']} × {machine['processor']}, {memory}, {machine['system']}"
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    measured, busy = _MEASURED[words.language]
    said = measured.format(
        date=machine["date"], size=size, versions=versions, scale=result["scale"], repeat=result["repeat"]
    )
    return f"{said} {busy.format(load=words.number(machine['load']))}" if is_busy(machine) else said


if __name__ == "__main__":
    write(orjson.loads(Path(sys.argv[1]).read_bytes()), resource("help"))
