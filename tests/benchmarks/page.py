"""Writes the figures into the help: a page in each language has its own words, and the figures between two marks.

`python -m tests.benchmarks.page FILE` writes those of a JSON file that `python -m tests.benchmarks --json` wrote.
"""

import sys
from pathlib import Path
from typing import Any

import orjson

from app.language import LANGUAGES
from app.resources import resource
from tests.benchmarks import plots
from tests.benchmarks.machine import is_busy
from tests.benchmarks.tables import ENGLISH, FRENCH, Words, tables

PAGE, BARS, GROWTH = "performance.md", "performance.svg", "growth.svg"
BEGIN, END = "<!-- figures, written by the benchmarks -->", "<!-- end of the figures -->"
_CALLED = {BARS: "The same three lists, by each (seconds)", GROWTH: "As the work grows"}
_MEASURED = {
    ENGLISH: (
        "Measured on {date} on {size}; {versions}; company “{scale}”; medians of {repeat} measurements.",
        "**The machine was busy with other work (load {load}): of these figures only processor time tells much.**",
    ),
    FRENCH: (
        "Mesuré le {date} sur {size}; {versions}; compagnie « {scale} »; médianes de {repeat} mesures.",
        "**La machine était occupée à autre chose (charge {load}) : de ces chiffres, seul le temps de processeur est "
        "parlant.**",
    ),
}


def write(result: dict[str, Any], help_folder: Path) -> None:
    """Put the figures between the marks of each language's page, and the pictures beside it."""
    for language in LANGUAGES:
        words = Words(language)
        file = help_folder / language / PAGE
        before, _, rest = file.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        pictures = {}
        if "contest" in result:
            pictures[BARS] = plots.bars(result["contest"], words, "cpu" if is_busy(result["machine"]) else "seconds")
        if "scaling" in result:
            pictures[GROWTH] = plots.growth(result["scaling"], words)
        for name, picture in pictures.items():
            (help_folder / language / name).write_text(picture, encoding="utf-8")
        parts = [_measured(result, words), *(f"![{words(_CALLED[name])}]({name})" for name in pictures)]
        parts += [table.as_markdown() for table in tables(result, language)]
        figures = "\n\n".join(parts)
        file.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}", encoding="utf-8")


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
