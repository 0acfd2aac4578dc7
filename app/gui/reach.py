"""How a company stands: how fresh it is, what needs the user, and whether Sage and Quadient AP can be reached."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.engine.events import Kind
from app.engine.views import Attention, EventRow, Holder, RunRow, Views
from app.errors import BridgeError, ExitCode
from app.gui.pictures.days import Day, last_days
from app.settings import Home

WHOLE = (ExitCode.DONE, ExitCode.NEEDS_USER)  # how a run exits that got to its end
_SAGE_ONLY = ("probe",)  # what these runs do needs no Quadient AP
_HEALTH = "health"  # the stage that ends well only when both sides have answered
_SIGN_IN = ("logon", "sign-in", "password", "token", "administrator")
_NO_ANSWER = ("unreachable", "sage-no-answer")


@dataclass(frozen=True, slots=True)
class Reach:
    """What the last run that tried says of one side; `reached` is None before any run.

    `refused`: it answered, but did not let AP Bridge sign in. `shut`: it answered, and something else is in the way,
    such as single-user mode. `title`, `reason` (why, and what to do) and `code` are the run's own where it left any.
    `run` is the one without which it was not reached.
    """

    reached: bool | None = None
    at: datetime | None = None
    refused: bool = False
    shut: bool = False
    title: str = ""
    reason: str = ""
    code: str = ""
    run: str = ""

    @property
    def silent(self) -> bool:
        """Whether it gave no answer at all."""
        return self.reached is False and not self.refused and not self.shut


@dataclass(frozen=True, slots=True)
class Standing:
    """What the head of the window shows of a company; `unfinished` is its newest sync if it did not get to its end.

    `days` are the runs of the last 14. `unreadable`: the store cannot tell.
    """

    last_sync: datetime | None = None
    unfinished: RunRow | None = None
    attention: tuple[Attention, ...] = ()
    sage: Reach = Reach()
    cloud: Reach = Reach()
    days: tuple[Day, ...] = ()
    unreadable: bool = False

    @property
    def told_below(self) -> tuple[Attention, ...]:
        """What the foot of the window tells with its next step, and is therefore told nowhere else."""
        return told_below(self.attention, self.sage, self.cloud)

    @property
    def needs(self) -> int:
        """How many things need the user, but for what is told at the foot."""
        return len(self.attention) - len(self.told_below)


@dataclass(frozen=True, slots=True)
class OtherStanding:
    """What the notification area shows of a company that is not open. `unreadable`: the store cannot tell.

    `below` is what the foot of the window tells of it once it is open.
    """

    attention: tuple[Attention, ...] = ()
    unfinished: bool = False
    holder: Holder | None = None
    newest: RunRow | None = None
    unreadable: bool = False
    below: tuple[Attention, ...] = ()

    @property
    def running(self) -> bool:
        """Whether a run works on it."""
        return self.holder is not None

    @property
    def needs(self) -> int:
        """How many things need the user, counted as in `Standing`."""
        return len(self.attention) - len(self.below)


def standing(views: Views) -> Standing:
    """Return how the company of `views` stands.

    Raises:
        NeedsUser: when the store cannot be read.
    """
    runs = views.runs()
    return Standing(
        views.last_sync(),
        unfinished_sync(runs),
        tuple(views.needs_you()),
        *_reaches(views, runs),
        tuple(last_days(views)),
    )


def needs_of(store_file: Path, company: str) -> int:
    """Return how many things need the user in a company that is not open; 0 where the store cannot tell."""
    views = Views(store_file, company)
    try:
        needs = views.needs_you()
        return len(needs) - len(told_below(needs, *_reaches(views, views.runs())))
    except BridgeError:  # it is told where the company is opened
        return 0
    finally:
        views.close()


def other_standing(home: Home, company: str, before: OtherStanding | None = None) -> OtherStanding:
    """Return how a company stands that is not open: as `before`, unless a run has begun or ended since.

    What the store cannot tell is told where it is opened.
    """
    views = Views(home.store_file, company)
    holder = views.holder(home.locks)
    try:
        newest = next(iter(views.runs(1)), None)
        if before is not None and not before.unreadable and (before.holder, before.newest) == (holder, newest):
            return before
        runs = views.runs()
        needs = tuple(views.needs_you())
        below = told_below(needs, *_reaches(views, runs))
        return OtherStanding(needs, unfinished_sync(runs) is not None, holder, newest, below=below)
    except BridgeError:
        return OtherStanding(holder=holder, newest=before.newest if before is not None else None, unreadable=True)
    finally:
        views.close()


def told_below(needs: Iterable[Attention], sage: Reach, cloud: Reach) -> tuple[Attention, ...]:
    """Return those of `needs` that say no more than the foot does: that a side gave no answer."""
    lost = next((side for side in (sage, cloud) if side.reached is False), None)  # the foot tells of the first
    if lost is None or not lost.silent or not lost.run:
        return ()
    return tuple(each for each in needs if not each.key and (each.run, each.code) == (lost.run, lost.code))


def _reaches(views: Views, runs: Iterable[RunRow]) -> tuple[Reach, Reach]:
    return reaches(runs, lambda run: views.events(run, Kind.STAGE_FINISHED))


def reaches(runs: Iterable[RunRow], events: Callable[[str], Sequence[EventRow]]) -> tuple[Reach, Reach]:
    """Return what the newest run that tried says of Sage, and of Quadient AP; `runs` come newest first.

    `events` returns the stored events of a run, asked only where its exit code does not say enough.
    """
    sage, cloud = Reach(), Reach()
    for run in runs:
        if run.finished_at is None or run.exit_code is None:
            continue
        if sage.reached is not None and cloud.reached is not None:
            break
        both = run.exit_code in WHOLE or any(
            row.event == Kind.STAGE_FINISHED and row.data.get("stage") == _HEALTH for row in events(run.id)
        )
        if sage.reached is None:
            sage = _reach(run, ExitCode.SAGE_UNREACHABLE, both=both)
        if cloud.reached is None and run.command not in _SAGE_ONLY:
            cloud = _reach(run, ExitCode.CLOUD_UNREACHABLE, both=both)
    return sage, cloud


def unfinished_sync(runs: Iterable[RunRow]) -> RunRow | None:
    """Return the newest sync when it did not get to its end, else None; `runs` come newest first."""
    newest = next((run for run in runs if run.command == "sync" and run.outcome != "running"), None)
    return newest if newest is not None and newest.exit_code not in WHOLE else None


def _reach(run: RunRow, lost: ExitCode, *, both: bool) -> Reach:
    """Return what `run` says of the side without which a run ends with `lost`."""
    if run.exit_code == lost:
        error = run.summary.get("error") or {}
        code, title = str(error.get("code", "")), str(error.get("title", ""))
        refused, silent = (any(word in code for word in words) for words in (_SIGN_IN, _NO_ANSWER))
        reason = " ".join(str(error[part]) for part in ("message", "fix") if error.get(part))
        return Reach(
            False, run.finished_at, refused, bool(title) and not refused and not silent, title, reason, code, run.id
        )
    return Reach(True, run.finished_at) if both else Reach()
