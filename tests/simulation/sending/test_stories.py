"""Twenty thousand stories of sending, each with its faults, crashes and people: nothing is lost, nothing is doubled."""

import pytest

from tests.simulation.sending.many import play, shared_store, trace_of
from tests.simulation.sending.story import tell

SEEDS = 20_000
PARTS = 40  # for as many tests as there are workers, and a few seconds each


@pytest.mark.parametrize("part", range(PARTS))
def test_no_story_loses_or_doubles_a_document(part: int) -> None:
    size = SEEDS // PARTS
    tally = play(range(part * size, (part + 1) * size))
    assert not tally.failed, trace_of(tally.failed[0])
    assert tally.crashes > size / 4
    assert tally.faults.total() > size / 4


def test_the_same_seed_is_the_same_story_call_by_call() -> None:
    for seed in range(20):
        first = tell(seed, shared_store(), traced=True)
        assert first == tell(seed, shared_store(), traced=True)
        assert len(first.trace) > 20


def test_another_seed_is_another_story() -> None:
    assert len({tell(seed, shared_store(), traced=True).trace for seed in range(20)}) == 20


def test_every_fault_there_is_happens() -> None:
    happened = play(range(4_000)).faults  # a record that Sage will not delete is rare
    assert set(happened) == {
        "busy", "comments cut", "delivered twice", "disk full", "half a document", "locked", "meanwhile",
        "not deleted", "pages in another order", "period closed", "record locked", "reply lost after",
        "reply lost before", "single user", "stale read", "table gone", "time-out after", "time-out before", "warning",
    }  # fmt: skip
