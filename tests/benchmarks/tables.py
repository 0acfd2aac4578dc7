"""The figures of a whole measurement as tables, in English or French: medians, with what they are compared with."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from tabulate import tabulate

from tests.benchmarks import contest, scaling, startup
from tests.benchmarks.reading import SYNCS

ENGLISH, FRENCH = "en", "fr"
OURS, FLOOR, DLT, ONE_BY_ONE = contest.OURS, "floor", "dlt", "naive, one by one"
UNCHANGED_LIMIT, FIRST_LIMIT, CHANGES_LIMIT = 1.2, 1.4, 1.1  # times as long as the bare loops
PEAK_LIMIT_MB = 200
COMPARED = ("first", "unchanged", "changes_100", "changes_10000")  # all steps would make too wide a table

# What things are called by people; where the code's own name is English enough, it is not there.
_ENGLISH = {
    "script": "script of thirty lines",
    "naive": "plain script, in batches",
    "naive, one by one": "plain script, one by one",
    "first": "first sync",
    "unchanged": "nothing changed, all read",
    "changes": "changed",
    "bare_read": "bare read",
    "bare_upload": "bare upload",
    "first_sync": "first sync",
    "incremental": "100 changes",
    "changes_0": "0 changes",
    "changes_100": "100 changes",
    "changes_10000": "up to 10,000 changes",
    "nothing_to_do": "sync with nothing to do",
    "nothing_to_do_own": "of it AP Bridge's own",
    "window": "window usable",
    "first, cpu": "first sync, processor",
    "unchanged, cpu": "nothing changed, processor",
    "changes_0, cpu": "0 changes, processor",
    "changes_100, cpu": "100 changes, processor",
    "changes_10000, cpu": "up to 10,000 changes, processor",
    "deletions, cpu": "deletions, processor",
    "peak_mb": "memory (MB)",
    "preview": "preview (s)",
    "send": "send (s)",
}
_FRENCH = {
    "The same three lists, by each (seconds)": "Les trois mêmes listes, par chacun (secondes)",
    "The same, in processor time (seconds)": "Les mêmes, en temps de processeur (secondes)",
    "The same, from the quickest to the slowest (seconds)": "Les mêmes, de la plus courte à la plus longue (secondes)",
    "AP Bridge, step by step": "AP Bridge, étape par étape",
    "What is aimed at": "Ce qui est visé",
    "All lists, orders and payments": "Toutes les listes, bons de commande et paiements",
    "Invoices": "Factures",
    "Invoices, from the quickest to the slowest": "Factures, de la mesure la plus courte à la plus longue",
    "As the work grows": "Quand le travail grandit",
    "To begin": "Au démarrage",
    "The window": "La fenêtre",
    "floor": "plancher",
    "script": "script de trente lignes",
    "naive": "script simple, par lots",
    "naive, one by one": "script simple, un par un",
    "first": "premier passage",
    "unchanged": "rien de changé, tout relu",
    "changes": "changés",
    "deletions": "suppressions",
    "bare_read": "lecture nue",
    "bare_upload": "envoi nu",
    "first_sync": "premier passage",
    "incremental": "100 changements",
    "changes_0": "0 changement",
    "changes_100": "100 changements",
    "changes_10000": "jusqu'à 10\u202f000 changements",
    "version": "version",
    "nothing_to_do": "synchronisation sans rien à faire",
    "nothing_to_do_own": "dont AP Bridge lui-même",
    "window": "fenêtre utilisable",
    "first, cpu": "premier passage, processeur",
    "unchanged, cpu": "rien de changé, processeur",
    "changes_0, cpu": "0 changement, processeur",
    "changes_100, cpu": "100 changements, processeur",
    "changes_10000, cpu": "jusqu'à 10\u202f000 changements, processeur",
    "deletions, cpu": "suppressions, processeur",
    "peak_mb": "mémoire (Mo)",
    "preview": "prévisualiser (s)",
    "send": "envoyer (s)",
    "GB": "Go",
    "seconds": "secondes",
    "from – to": "de – à",
    "processor": "processeur",
    "memory (MB)": "mémoire (Mo)",
    "requests": "requêtes",
    "sent (KB)": "envoyé (Ko)",
    "rows": "lignes",
    "of it Sage's objects": "dont les objets de Sage",
    "journal, each (ms)": "journal, chacune (ms)",
    "one fsync (ms)": "un fsync (ms)",
    "exponent": "exposant",
    "measured": "mesuré",
    "at most": "au plus",
    "at least": "au moins",
    "met": "atteint",
    "missed": "manqué",
    "nothing changed ÷ bare read": "rien de changé ÷ lecture nue",
    "first sync ÷ floor": "premier passage ÷ plancher",
    "all parts: nothing changed ÷ bare read": "toutes les parties\u00a0: rien de changé ÷ lecture nue",
    "all parts: first sync ÷ bare read and upload": "toutes les parties\u00a0: premier passage ÷ lecture et envoi nus",
    "100 changes ÷ bare read and upload": "100 changements ÷ lecture et envoi nus",
    "dlt ÷ AP Bridge, nothing changed": "dlt ÷ AP Bridge, rien de changé",
    "dlt ÷ AP Bridge, first sync": "dlt ÷ AP Bridge, premier passage",
    "one by one ÷ AP Bridge, first sync": "un par un ÷ AP Bridge, premier passage",
    "largest exponent of time": "plus grand exposant de durée",
    "exponent of memory": "exposant de mémoire",
    "version (s)": "version (s)",
    "sync with nothing to do, its own (s)": "synchronisation sans rien à faire, part d'AP Bridge (s)",
    "window usable (s)": "fenêtre utilisable (s)",
}
_STARTS = {
    "version": "version (s)",
    "nothing_to_do_own": "sync with nothing to do, its own (s)",
    "window": "window usable (s)",
}


@dataclass(frozen=True, slots=True)
class Table:
    """One table, or a text in columns that was made elsewhere."""

    title: str
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    text: str = ""

    def as_text(self) -> str:
        """Return it for a terminal."""
        return f"{self.title}\n{self.text or self._drawn('simple')}"

    def as_markdown(self) -> str:
        """Return it for a page of the help."""
        return f"## {self.title}\n\n" + (f"```\n{self.text}```" if self.text else self._drawn("pipe"))

    def _drawn(self, style: str) -> str:
        align = ("left", *["right"] * (len(self.header) - 1))
        return tabulate(self.rows, self.header, tablefmt=style, colalign=align, disable_numparse=True)


@dataclass(frozen=True, slots=True)
class Words:
    """How a language calls things and writes numbers."""

    language: str

    def __call__(self, name: str) -> str:
        """Return what `name` is called."""
        known = _FRENCH if self.language == FRENCH else _ENGLISH
        return known.get(name, name.replace("_", " "))

    def number(self, value: float) -> str:
        """Return a number with as many digits as tell something."""
        value = value if abs(value) >= 0.005 else 0.0  # or it would be written -0.00
        text = f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
        return text.replace(",", "\u202f").replace(".", ",") if self.language == FRENCH else text

    def whole(self, value: int) -> str:
        """Return a whole number."""
        return f"{value:,}".replace(",", "\u202f" if self.language == FRENCH else ",")

    def spread(self, values: Sequence[float]) -> str:
        """Return the lowest and the highest."""
        return f"{self.number(min(values))} – {self.number(max(values))}"


def tables(result: dict[str, Any], language: str) -> list[Table]:
    """Return a table of each part that was measured."""
    words = Words(language)
    makers: dict[str, Callable[[Any, Words], list[Table]]] = {
        "contest": _contest,
        "whole": _whole,
        "sending": _sending,
        "scaling": _scaling,
        "start": _start,
        "window": _window,
    }
    made = [table for part, make in makers.items() if part in result for table in make(result[part], words)]
    aimed = [aim.row(words) for aim in aims(result)]
    return [*made, Table(words("What is aimed at"), ("", words("measured"), "", ""), aimed)] if aimed else made


def ratio(above: Sequence[dict[str, Any]], below: Sequence[dict[str, Any]], figure: str = "seconds") -> float:
    """Return the median of the ratios of what was measured in the same repetition."""
    return median(one[figure] / other[figure] for one, other in zip(above, below, strict=True))


def _contest(taken: Any, words: Words) -> list[Table]:
    called = {step: _called(step, figures, words) for step, figures in taken[OURS].items()}
    compared = [step for step in COMPARED if step in called]

    def rows(figure: str) -> list[tuple[str, ...]]:
        return [
            (words(name), *(_compared(of.get(step), taken[OURS][step], figure, words) for step in compared))
            for name, of in taken.items()
        ]

    steps = [called[step] for step in compared]
    spread = [(words(name), *(_spread(of.get(step), words) for step in compared)) for name, of in taken.items()]
    peaks = [words.number(_peak(of.values())) for of in taken.values()]
    clock = [(*row, peak) for row, peak in zip(rows("seconds"), peaks, strict=True)]
    ours = [
        (
            called[step],
            _middle(figures, "seconds", words),
            words.spread([each["seconds"] for each in figures]),
            _middle(figures, "cpu", words),
            words.number(_peak([figures])),
            words.whole(figures[0]["requests"]),
            words.number(figures[0]["bytes"] / 1000),
        )
        for step, figures in taken[OURS].items()
    ]
    names = ("seconds", "from – to", "processor", "memory (MB)", "requests", "sent (KB)")
    return [
        Table(words("The same three lists, by each (seconds)"), ("", *steps, words("memory (MB)")), clock),
        Table(words("The same, from the quickest to the slowest (seconds)"), ("", *steps), spread),
        Table(words("The same, in processor time (seconds)"), ("", *steps), rows("cpu")),
        Table(words("AP Bridge, step by step"), ("", *map(words, names)), ours),
    ]


def _called(step: str, figures: Sequence[dict[str, Any]], words: Words) -> str:
    """Return what a step is called; a company may be too small for all the changes that its name says."""
    if not step.startswith("changes"):
        return words(step)
    return f"{words.whole(figures[0]['records'])} {words('changes')}"


def _compared(figures: Any, ours: Any, figure: str, words: Words) -> str:
    if figures is None:
        return "–"
    about = "≈ " if "extrapolated_from" in figures[0] else ""
    against = "" if figures is ours else f" ({words.number(ratio(figures, ours, figure))}×)"
    return f"{about}{_middle(figures, figure, words)}{against}"


def _spread(figures: Any, words: Words) -> str:
    return "–" if figures is None else words.spread([each["seconds"] for each in figures])


def _whole(result: Any, words: Words) -> list[Table]:
    rows = [
        (
            words(name),
            _middle(figures, "seconds", words),
            words.spread([each["seconds"] for each in figures]),
            _middle(figures, "cpu", words),
            words.number(_peak([figures])),
            words.whole(figures[0]["rows"]) if "rows" in figures[0] else "",
        )
        for name, figures in result["steps"].items()
    ]
    header = ("", *map(words, ("seconds", "from – to", "processor", "memory (MB)", "rows")))
    return [Table(words("All lists, orders and payments"), header, rows)]


def _sending(results: Any, words: Words) -> list[Table]:
    rows = [
        (
            words.whole(result["documents"]),
            _middle(result["steps"]["preview"], "seconds", words),
            _middle(result["steps"]["send"], "seconds", words),
            _middle(result["steps"]["send"], "business_objects", words),
            words.number(_peak(result["steps"].values())),
            _middle(result["journal"], "milliseconds", words),
            _middle(result["journal"], "fsync_milliseconds", words),
        )
        for result in results
    ]
    names = (
        "Invoices",
        "preview",
        "send",
        "of it Sage's objects",
        "memory (MB)",
        "journal, each (ms)",
        "one fsync (ms)",
    )
    spread = [
        (words.whole(result["documents"]), *(_spread(result["steps"][step], words) for step in ("preview", "send")))
        for result in results
    ]
    return [
        Table(words("Invoices"), tuple(map(words, names)), rows),
        Table(words("Invoices, from the quickest to the slowest"), tuple(map(words, names[:3])), spread),
    ]


def _scaling(result: Any, words: Words) -> list[Table]:
    rows = [
        (
            words(name),
            *(words.number(median(of[str(times)])) for times in scaling.TIMES),
            words.number(result["exponents"][name]),
        )
        for name, of in result["taken"].items()
    ]
    return [Table(words("As the work grows"), ("", *(f"{times}×" for times in scaling.TIMES), words("exponent")), rows)]


def _start(taken: Any, words: Words) -> list[Table]:
    rows = [(words(name), words.number(median(values)), words.spread(values)) for name, values in taken.items()]
    return [Table(words("To begin"), ("", words("seconds"), words("from – to")), rows)]


def _window(result: Any, words: Words) -> list[Table]:
    return [Table(words("The window"), text=result["report"])]


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure that is to be at most (or at least) its limit."""

    name: str
    measured: float
    limit: float
    at_least: bool = False

    def row(self, words: Words) -> tuple[str, str, str, str]:
        """Return the aim, what was measured, the limit, and the verdict."""
        met = self.measured >= self.limit if self.at_least else self.measured <= self.limit
        side = words("at least" if self.at_least else "at most")
        return (
            words(self.name),
            words.number(self.measured),
            f"{side} {words.number(self.limit)}",
            words("met" if met else "missed"),
        )


def aims(result: dict[str, Any]) -> list[Aim]:
    """Return what is aimed at and what was measured; what belongs to a part that was not measured is left out."""
    found: list[Aim] = []
    if "contest" in result:
        found += _contest_aims(result["contest"])
    if "whole" in result:
        peak = _peak(result["whole"]["steps"][name] for name in SYNCS)
        unchanged, first = (each["median"] for each in result["whole"]["ratios"].values())
        found += [
            Aim("all parts: nothing changed ÷ bare read", unchanged, UNCHANGED_LIMIT),
            Aim("all parts: first sync ÷ bare read and upload", first, FIRST_LIMIT),
            Aim("memory (MB)", peak, PEAK_LIMIT_MB),
        ]
    if "scaling" in result:
        exponents = result["scaling"]["exponents"]
        slowest = max(value for name, value in exponents.items() if name != "peak_mb")
        found += [
            Aim("largest exponent of time", slowest, scaling.EXPONENT_TARGET),
            Aim("exponent of memory", exponents["peak_mb"], scaling.MEMORY_TARGET),
        ]
    if "start" in result:
        found += [Aim(_STARTS[name], median(result["start"][name]), at) for name, at in startup.TARGETS.items()]
    return found


def _contest_aims(taken: Any) -> list[Aim]:
    ours = taken[OURS]
    found: list[Aim] = []
    if FLOOR in taken:
        floor = taken[FLOOR]
        changes = _beside(ours, floor, "changes_100", "read", "upload")
        found += [
            Aim("nothing changed ÷ bare read", _beside(ours, floor, "unchanged", "read"), UNCHANGED_LIMIT),
            Aim("first sync ÷ floor", ratio(ours["first"], floor["first"]), FIRST_LIMIT),
            Aim("100 changes ÷ bare read and upload", changes, CHANGES_LIMIT),
        ]
    for name, step, limit, called in (
        (DLT, "unchanged", 12, "dlt ÷ AP Bridge, nothing changed"),
        (DLT, "first", 7, "dlt ÷ AP Bridge, first sync"),
        (ONE_BY_ONE, "first", 20, "one by one ÷ AP Bridge, first sync"),
    ):
        if name in taken:
            found.append(Aim(called, ratio(taken[name][step], ours[step]), limit, at_least=True))
    return found


def _beside(ours: Any, floor: Any, step: str, *parts: str) -> float:
    """Return how many times as long as some parts of the floor a step takes."""
    least = [sum(figures["parts"][part] for part in parts) for figures in floor[step]]
    return median(figures["seconds"] / bare for figures, bare in zip(ours[step], least, strict=True))


def _middle(figures: Sequence[dict[str, Any]], figure: str, words: Words) -> str:
    return words.number(median(each[figure] for each in figures))


def _peak(steps: Iterable[Sequence[dict[str, Any]]]) -> float:
    return max(float(figures["peak_mb"]) for of in steps for figures in of)
