"""What surrounds a run of the engine in a command."""

import gc

from app.commands.running import LOOK_FOR_CYCLES_AFTER, cycles_sought_seldom


def test_cycles_are_sought_seldom_in_a_run_and_as_before_behind_it() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with cycles_sought_seldom():
        assert gc.get_threshold() == (LOOK_FOR_CYCLES_AFTER, *before[1:])
        assert gc.isenabled()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() <= frozen
