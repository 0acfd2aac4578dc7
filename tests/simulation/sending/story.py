"""One story from one seed: runs, faults, crashes and people, then a quiet end in which all must be settled."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from app.cloud.port import DocumentKind
from tests.simulation.sending.disk import SimulatedStore
from tests.simulation.sending.faults import Faults
from tests.simulation.sending.oracle import Problem
from tests.simulation.sending.people import People
from tests.simulation.sending.world import World

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Told:
    """How a story went; `problems` is empty when all is well."""

    seed: int
    problems: tuple[Problem, ...]
    runs: int
    crashes: int
    faults: Counter[str]
    trace: tuple[str, ...]


def tell(seed: int, store: SimulatedStore, *, traced: bool = False) -> Told:
    """Play the story of a seed: the same seed, the same story, call by call."""
    random = Random(seed)  # noqa: S311  # chance that can be repeated, no secret
    faults = Faults(random, traced=traced)
    world = World(store, faults, random, batches_on=random.random() < 0.8)
    people = People(world.books, world.cloud, random, faults.note)
    people.set_up()
    faults.meanwhile = lambda: world.oracle.interfered(people.act())
    runs = 0
    for step in _plan(world, random):
        if runs and random.random() < 0.55:
            world.oracle.acted(people.act())
        if runs and random.random() < 0.05:
            world.set_the_clock_back()
        step()
        runs += 1
    if random.random() < 0.3:
        world.oracle.acted(people.act())
    runs += settle(world)
    world.end()
    return Told(seed, tuple(world.oracle.problems), runs, faults.crashes, faults.injected, tuple(faults.trace or ()))


def settle(world: World) -> int:
    """Let everything come to its end without faults; return how many runs it took."""
    runs = 0
    for kind in _kinds(world):
        world.preview(kind)
        runs += 1
        # What one document held up may go when that one is settled.
        for _ in range(_TRIES):
            if not world.is_ready(kind):
                break
            world.send(kind)
            world.preview(kind)
            runs += 2
    return runs


def _plan(world: World, random: Random) -> list[Callable[[], object]]:
    """Return the runs of a story: most previews are followed by a send, a few sends by second thoughts."""
    plan: list[Callable[[], object]] = []
    for _ in range(random.choice((1, 1, 2))):
        kind = random.choice(_kinds(world))
        if random.random() < 0.9:
            plan.append(partial(world.preview, kind, faults=True))
        plan.append(partial(world.send, kind, faults=True))
        if random.random() < 0.3:
            plan.append(partial(world.send, kind, faults=True))
        if random.random() < 0.3:
            plan.append(partial(_think_again, world, random, kind))
    return plan


def _think_again(world: World, random: Random, kind: DocumentKind) -> None:
    """Undo the last send or a document, mark one as exported, or send one again."""
    filed = [id_ for id_, each in world.cloud.files.items() if each.kind is kind]
    sent = [id_ for id_ in filed if world.books.of(id_)] or filed
    random.choice(
        (
            partial(world.undo, world.last_sent, ()),
            partial(world.undo, None, (random.choice(sent),)),
            partial(world.mark_exported, kind, random.choice(filed)),
            partial(world.send_again, kind, random.choice(filed)),
        )
    )(faults=True)


def _kinds(world: World) -> list[DocumentKind]:
    there = {filed.kind for filed in world.cloud.files.values()}
    return [kind for kind in DocumentKind if kind in there]
