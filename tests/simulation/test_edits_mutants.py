"""Deliberate bugs in reading: the stories of edits, which hold without them, must catch each."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from app.engine.importing import passes
from app.sage.fingerprints import Fingerprints
from app.sage.readers import payments
from tests.simulation.test_edits_converge import WORKING_DAY, made_world, tell, tell_in_full
from tests.simulation.world import World

ENOUGH = 10  # seeds
Bug = Callable[[], AbstractContextManager[Any]]


def without_overlap() -> AbstractContextManager[Any]:
    """What changed shortly before the last reading is not read again."""
    return patch.object(passes, "OVERLAP", timedelta(0))


def a_block_is_known_by_its_first_row() -> AbstractContextManager[Any]:
    """A block is passed over although one of its rows changed."""
    of_block = Fingerprints.of_block
    return patch.object(
        Fingerprints, "of_block", lambda self, *parts: of_block(self, *(list(part)[:1] for part in parts))
    )


def a_block_is_known_without_its_lines() -> AbstractContextManager[Any]:
    """Only the first of the tables that make a record decides."""
    of_block = Fingerprints.of_block
    return patch.object(Fingerprints, "of_block", lambda self, *parts: of_block(self, parts[0]))


def what_is_exported_decides_nothing() -> AbstractContextManager[Any]:
    """A block of payments stays known although the invoice that one of them waited for was exported."""
    return patch.object(payments, "_of_numbers", lambda *_: ())


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("bug", "story"),
    [
        (without_overlap, tell),
        (a_block_is_known_by_its_first_row, tell_in_full),
        (a_block_is_known_without_its_lines, tell_in_full),
        (what_is_exported_decides_nothing, tell_in_full),
    ],
)
def test_the_stories_of_edits_catch(tmp_path: Path, bug: Bug, story: Callable[[World, int], None]) -> None:
    with made_world(tmp_path, WORKING_DAY) as world:
        for seed in range(ENOUGH):
            story(world, seed)
            with bug():
                try:
                    story(world, seed)
                except AssertionError as caught:
                    assert "in the cloud is" in str(caught)  # noqa: PT017  # the first seed that notices is enough
                    return
    pytest.fail(f"nothing noticed: {bug.__doc__}")
