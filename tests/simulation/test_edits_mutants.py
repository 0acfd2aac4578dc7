"""A deliberate bug in reading what changed: the stories of edits, which hold without it, must catch it."""

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from app.engine.importing import passes
from tests.simulation.test_edits_converge import WORKING_DAY, made_world, tell

ENOUGH = 10  # seeds


@pytest.mark.timeout(300)
def test_the_stories_of_edits_catch_a_watermark_without_its_overlap(tmp_path: Path) -> None:
    with made_world(tmp_path, WORKING_DAY) as world:
        for seed in range(ENOUGH):
            tell(world, seed)
            with patch.object(passes, "OVERLAP", timedelta(0)):
                try:
                    tell(world, seed)
                except AssertionError as caught:
                    assert "in the cloud is" in str(caught)  # noqa: PT017  # the first seed that notices is enough
                    return
    pytest.fail("nothing noticed that the overlap is gone")
