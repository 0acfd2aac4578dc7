"""What past runs say of whether Sage and Quadient AP can be reached."""

from collections.abc import Iterable

from app.engine.views import RunRow
from app.errors import ExitCode
from app.gui.widgets.header import Reach

_BOTH = (ExitCode.DONE, ExitCode.NEEDS_USER)


def reaches(runs: Iterable[RunRow]) -> tuple[Reach, Reach]:
    """Return what the newest run that tried says of Sage, and of Quadient AP; `runs` come newest first."""
    sage, cloud = Reach(), Reach()
    for run in runs:
        if run.finished_at is None or run.exit_code is None:
            continue
        if sage.reached is None and run.exit_code in (*_BOTH, ExitCode.SAGE_UNREACHABLE):
            sage = Reach(run.exit_code in _BOTH, run.finished_at)
        if cloud.reached is None and run.exit_code in (*_BOTH, ExitCode.CLOUD_UNREACHABLE):
            cloud = Reach(run.exit_code in _BOTH, run.finished_at)
    return sage, cloud
