"""The same work done by each contestant, side by side: the three long lists of one company to servers that are alike.

All read one company, each sends to a server of its own. A step is done by all of them, one after the other and each
time beginning with another, before the company is changed and the next step begins. After each step every server must
have exactly the same records, and must have been sent only what had changed.
"""

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from app.domain.lists import ListName
from app.settings import Home
from tests.benchmarks.contestants import SYNC, Contestant, Place, Step, count_delivered, is_part_of
from tests.benchmarks.reading import change_sage, delete_sage
from tests.benchmarks.worlds import TALLIED, Failed, Served, copy_world, measure, served

# Step: the mode in which it is done, and how many records of all lists are changed, or (negative) deleted, before it.
STEPS = {
    "first": ("first", 0),
    "unchanged": ("full", 0),
    "changes_0": ("changes", 0),
    "changes_100": ("changes", 100),
    "changes_10000": ("changes", 10_000),
    "deletions": ("full", -40),
}
SHARES = {ListName.VENDOR: 4, ListName.ITEM: 4, ListName.GL_ACCOUNT: 2}  # of ten
PART = 2  # no more than one of so many records is changed
OURS = "AP Bridge"

Tell = Callable[[str], None]
Results = dict[str, dict[str, list[Step]]]


def run(made: Path, scratch: Path, contestants: Sequence[Contestant], *, repeat: int, tell: Tell) -> Results:
    """Return every contestant's figures of every step; the first contestant says what the others must deliver.

    Raises:
        Failed: when a contestant ends badly, or did not deliver the same.
    """
    taken: Results = {each.name: {} for each in contestants}
    for number in range(repeat):
        tell(f"contest, repetition {number + 1} of {repeat}")
        with ExitStack() as stack:
            places = _places(stack, made, scratch, contestants)
            for step, changed in _steps(places[contestants[0].name].world):
                begin = number % len(contestants)
                for each in (*contestants[begin:], *contestants[:begin]):
                    if each.limit is None or step == "first":
                        figures = _step(each, places[each.name], step, changed)
                        taken[each.name].setdefault(step, []).append(figures)
                _require_alike(contestants, places, step)
        for place in places.values():
            shutil.rmtree(place.home)
    return taken


def record(made: Path, scratch: Path) -> Path:
    """Do all steps once with AP Bridge, unmeasured; return the folder with what it read, sent and wrote in each."""
    kept = scratch / "records"
    kept.mkdir()

    def recorded(place: Place, step: str, mode: str) -> Step:
        command = (sys.executable, "-m", "tests.benchmarks.recorded", str(kept / f"{step}.sqlite"), *SYNC)
        done = measure((*command, *(["--full"] if mode == "full" else [])), place.home, place.scratch)
        if done.code not in (0, 1):
            raise Failed(f"a recorded sync ended with {done.code}")
        shutil.copy(Home(place.home).store_file, kept / f"{step}-store.sqlite")
        return {}

    run(made, scratch, [Contestant(OURS, recorded)], repeat=1, tell=lambda _: None)
    return kept


def _places(stack: ExitStack, made: Path, scratch: Path, contestants: Sequence[Contestant]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    sage_file: Path | None = None
    for each in contestants:
        home = copy_world(made, scratch / f"contest-{each.name}", sage=sage_file is None)
        world = stack.enter_context(served(home, TALLIED))
        sage_file = sage_file or world.sage_file
        places[each.name] = Place(sage_file, world, home, scratch)
    return places


def _steps(world: Served) -> Iterator[tuple[str, int | None]]:
    """Yield each step with how many records it is about (None: all), having changed Sage for it."""
    for step, (_, count) in STEPS.items():
        counts = {name: min(share * abs(count) // 10, _active(world, name) // PART) for name, share in SHARES.items()}
        if count > 0:
            change_sage(world, counts, f"Changed for {step}")
        elif count < 0:
            delete_sage(world, counts)
        yield step, None if step == "first" else sum(counts.values())


def _step(contestant: Contestant, place: Place, step: str, changed: int | None) -> Step:
    before = place.world.tally()
    figures = contestant.run(place, step, STEPS[step][0])
    came = {name: count - before[name] for name, count in place.world.tally().items()}
    if changed is not None and came["records"] != changed:
        raise Failed(f"{contestant.name}, {step}: {came['records']} records arrived instead of {changed}")
    return figures | came


def _require_alike(contestants: Sequence[Contestant], places: dict[str, Place], step: str) -> None:
    first = places[contestants[0].name].world.cloud_file
    wanted = count_delivered(first)
    for each in contestants[1:]:
        if each.limit is not None and step != "first":
            continue
        file = places[each.name].world.cloud_file
        alike = count_delivered(file) == min(wanted, each.limit or wanted) and is_part_of(file, first)
        if not alike:
            raise Failed(f"{each.name}, {step}: the server has other records than after {contestants[0].name}")


def _active(world: Served, name: ListName) -> int:
    with closing(sqlite3.connect(world.cloud_file)) as cloud:
        return int(cloud.execute("SELECT count(*) FROM list_items WHERE list = ? AND active", (name,)).fetchone()[0])
