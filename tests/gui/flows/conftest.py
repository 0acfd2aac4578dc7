"""Every flow of this folder is worked twice: by the mouse alone, and by the keyboard alone.

| Flow | Where |
|---|---|
| wizard | `tests/gui/setup/test_wizard.py`: by mouse, and the same by keyboard alone |
| sync, preview, untick, send, totals, undo, lost network | `test_whole_job.py` |
| much that was deleted in Sage | `test_deletions.py` |
| a store that is damaged or lost | `test_rebuild.py` |
| settings, schedule, cancel, two companies, locked company, killed engine | `test_at_the_window.py` |
"""

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.flows.hands import Hands, Keyboard, Mouse


@pytest.fixture(params=[Mouse, Keyboard], ids=["mouse", "keyboard"])
def hands(request: pytest.FixtureRequest, qtbot: QtBot) -> Hands:
    return request.param(qtbot)
