"""Makes the set-up scripts importable, which live outside the package, and stands in for the programs they run."""

import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

import pytest

DEV = Path(__file__).parents[2] / "resources" / "dev"
if str(DEV) not in sys.path:
    sys.path.insert(0, str(DEV))


class Programs:
    """Answers commands by their beginning; what nobody has taught it to answer succeeds in silence.

    `ran` is what was run, in order, as text.
    """

    def __init__(self) -> None:
        self.ran: list[str] = []
        self._answers: list[tuple[str, str, int]] = []

    def answer(self, beginning: str, output: str, status: int = 0) -> None:
        """From now on answer commands that begin so, before older answers."""
        self._answers.insert(0, (beginning, output, status))

    def __call__(self, command: Sequence[str]) -> CompletedProcess[str]:
        text = " ".join(command)
        self.ran.append(text)
        for beginning, output, status in self._answers:
            if text.startswith(beginning):
                return CompletedProcess(command, status, output)
        return CompletedProcess(command, 0, "")

    def begun_with(self, beginning: str) -> list[str]:
        """Return the commands that were run and begin so."""
        return [each for each in self.ran if each.startswith(beginning)]


@pytest.fixture
def programs() -> Programs:
    return Programs()
