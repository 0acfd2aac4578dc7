"""Measures AP Bridge beside the least that any program must do and beside what people would use instead.

`python -m tests.benchmarks [--scale small|medium|reference] [--against dlt,singer,naive] [--parts …] [--repeat N]
[--world DIR] [--environments DIR] [--json FILE [--resume]] [--page]`

* contest: every contestant brings the same three lists, side by side (`contest`); each in a virtual environment of its
  own, which is made when it is missing;
* whole: AP Bridge with all lists, orders and payments, beside the bare loops (`reading`);
* sending: previews and sends of many invoices, and what the journal costs each (`sending`, `journal`);
* window: long lists in the window, and how long it stands still (`window`);
* scaling: AP Bridge at one, two, four and eight times the work (`scaling`);
* start: how long it takes to begin (`startup`).

With `--page`, the figures are also written into the help. All parts at scale reference take more than an hour: what has
broken off goes on with `--resume`. Only on Linux, with the SQLite ODBC driver.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson

from app.resources import resource
from tests.benchmarks import contest, page, reading, scaling, sending, startup
from tests.benchmarks.contestants import Environments, ap_bridge, floor, peers
from tests.benchmarks.machine import described
from tests.benchmarks.tables import ENGLISH, tables
from tests.benchmarks.worlds import Failed, copy_world, make_world, measure

AGAINST = ("dlt", "singer", "naive")
PACKAGES = {"dlt": "dlt", "singer": "singer-sdk"}
ROOT = Path(__file__).parents[2]
DOCUMENTS = {"small": (10, 100), "medium": (100, 1_000), "reference": (100, 1_000, 10_000)}
ROWS = {"small": (1_000,), "medium": (1_000, 100_000), "reference": (1_000, 100_000, 200_000, 1_000_000)}
LINES = 5


class Suite:
    """The parts; each returns its figures as they are written to the JSON file."""

    def __init__(self, chosen: argparse.Namespace, scratch: Path, environments: Environments) -> None:
        self._chosen = chosen
        self._scratch = scratch
        self._environments = environments
        self._made = (chosen.world or scratch / "made").absolute()

    def prepare(self) -> None:
        """Make the world that the parts use, unless it is there."""
        make_world(self._made, self._chosen.scale)

    def contest(self) -> Any:
        """AP Bridge, the floor and the peers side by side."""
        contestants = [ap_bridge(), *peers(self._chosen.against, self._environments)]
        contestants.insert(1, floor(contest.record(self._made, self._scratch)))
        return contest.run(self._made, self._scratch, contestants, repeat=self._chosen.repeat, tell=tell)

    def whole(self) -> Any:
        """All lists, orders and payments beside the bare loops."""
        return reading.run(self._made, self._scratch, scale=self._chosen.scale, repeat=self._chosen.repeat, tell=tell)

    def sending(self) -> Any:
        """Previews and sends, and the journal's share."""
        taken = []
        for documents in DOCUMENTS[self._chosen.scale]:
            made = copy_world(self._made, self._scratch / "filled")
            sending.fill(made, documents=documents, lines=LINES)
            taken.append(
                sending.run(made, self._scratch, repeat=self._chosen.repeat, profile=False, tell=tell)
                | {"journal": self._journal(documents)}
            )
            shutil.rmtree(made)
        return taken

    def _journal(self, documents: int) -> list[dict[str, float]]:
        costs = []
        for _ in range(self._chosen.repeat):
            folder = self._scratch / "journal"
            folder.mkdir()
            given = (str(self._made), str(folder), str(documents), str(LINES))
            done = measure((sys.executable, "-m", "tests.benchmarks.journal", *given), self._scratch, self._scratch)
            if done.code:
                raise Failed(f"the journal's benchmark ended with {done.code}")
            costs.append(orjson.loads(done.out))
            shutil.rmtree(folder)
        return costs

    def window(self) -> Any:
        """Long lists in the window; it measures in a process of its own, since Qt is large."""
        file = self._scratch / "window.json"
        rows = [str(number) for number in ROWS[self._chosen.scale]]
        options = ("--rows", *rows, "--repeat", str(self._chosen.repeat), "--scale", self._chosen.scale)
        command = (sys.executable, "-m", "tests.benchmarks.window", *options, "--json", str(file))
        done = measure(command, self._scratch, self._scratch, quiet=True)
        if done.code:
            raise Failed(f"the window's benchmark ended with {done.code}: {done.complaint}")
        return {"figures": orjson.loads(file.read_bytes()), "report": done.out.decode()}

    def scaling(self) -> Any:
        """The same work at one, two, four and eight times."""
        return scaling.run(self._scratch, scale=self._chosen.scale, repeat=self._chosen.repeat, tell=tell)

    def start(self) -> Any:
        """How long AP Bridge takes to begin."""
        return startup.run(self._made, self._scratch, repeat=self._chosen.repeat, tell=tell)


PARTS: dict[str, Callable[[Suite], Any]] = {
    "contest": Suite.contest,
    "whole": Suite.whole,
    "sending": Suite.sending,
    "window": Suite.window,
    "scaling": Suite.scaling,
    "start": Suite.start,
}


def tell(text: str) -> None:
    """Say how far it is."""
    sys.stderr.write(f"{text}\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; write what else is asked for."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.resume and (chosen.json is None or not chosen.json.exists()):
        parser.error("--resume needs the file of --json that was written before")
    environments = Environments(chosen.environments.absolute(), tell)
    result: dict[str, Any] = {"scale": chosen.scale, "repeat": chosen.repeat}
    result["machine"] = described(
        {PACKAGES[name]: environments.python(name) for name in chosen.against if name in PACKAGES}
    )
    if chosen.resume:
        go_on(result, chosen.json)
    with tempfile.TemporaryDirectory(prefix="apbridge-benchmarks-") as folder:
        suite = Suite(chosen, Path(folder), environments)
        suite.prepare()
        for name in chosen.parts:
            if name in result:
                continue
            tell(f"=== {name}")
            result[name] = orjson.loads(orjson.dumps(PARTS[name](suite), option=orjson.OPT_NON_STR_KEYS))
            if chosen.json is not None:  # a later part may break off
                chosen.json.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))
    sys.stdout.write("\n\n".join(table.as_text() for table in tables(result, ENGLISH)) + "\n")
    if chosen.page:
        page.write(result, resource("help"))


def go_on(result: dict[str, Any], file: Path) -> None:
    """Take into `result` the parts that a JSON file has, which were measured in the same way, and the larger load.

    Raises:
        Failed: when they were measured in another way.
    """
    earlier = orjson.loads(file.read_bytes())
    for what in ("scale", "repeat"):
        if earlier[what] != result[what]:
            raise Failed(f"{file} is of another measurement: {what} {earlier[what]}")
    result["machine"]["load"] = max(result["machine"]["load"], earlier["machine"]["load"])
    result.update({name: figures for name, figures in earlier.items() if name in PARTS})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--scale", choices=["small", "medium", "reference"], default="small")
    parser.add_argument(
        "--against", type=_several(AGAINST), default=AGAINST, metavar="PEERS", help=f"of {', '.join(AGAINST)}"
    )
    parser.add_argument(
        "--parts", type=_several(PARTS), default=tuple(PARTS), metavar="PARTS", help=f"of {', '.join(PARTS)}"
    )
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="how often to measure (default 5)")
    parser.add_argument("--world", type=Path, metavar="DIR", help="use the world in this folder; made when missing")
    parser.add_argument(
        "--environments",
        type=Path,
        default=ROOT / "build" / "peers",
        metavar="DIR",
        help="where the peers' Pythons are",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to this file")
    parser.add_argument("--resume", action="store_true", help="keep the parts that the file of --json has")
    parser.add_argument("--page", action="store_true", help="write the figures into the help")
    return parser


def _several(known: Sequence[str] | dict[str, Any]) -> Callable[[str], tuple[str, ...]]:
    def names(given: str) -> tuple[str, ...]:
        found = tuple(filter(None, given.split(",")))
        unknown = set(found) - set(known)
        if unknown:
            raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}")
        return found

    return names


if __name__ == "__main__":
    main()
