"""Deliberate bugs: each is caught by the stories that AP Bridge as it is comes through well."""

import logging

import pytest

from tests.simulation.sending.many import shared_store
from tests.simulation.sending.mutants import MUTANTS, Mutant
from tests.simulation.sending.oracle import FAULT, Problem
from tests.simulation.sending.story import tell

ENOUGH = 4_000  # seeds, all among those that must be well without the bug


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
@pytest.mark.logs_errors
def test_the_stories_catch(mutant: Mutant, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL + 1)
    with mutant.mutate():
        caught = next((seed for seed in range(ENOUGH) if _noticed(_problems(seed))), None)
    assert caught is not None, f"nothing noticed the bug: {mutant.sentence}"
    assert _problems(caught) == ()


def test_there_are_enough_of_them_and_each_has_its_name() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 12


def _noticed(problems: tuple[Problem, ...]) -> bool:
    """Whether the bug did harm; that the planted code itself broke down proves nothing."""
    return bool(problems) and not any(FAULT in problem.sentence for problem in problems)


def _problems(seed: int) -> tuple[Problem, ...]:
    return tell(seed, shared_store()).problems
