"""How fresh what the tabs show is, in a sentence with one next step: first, waiting, failed, offline, fresh."""

from dataclasses import dataclass
from enum import StrEnum

from app.gui.format import moment
from app.gui.reach import Standing
from app.gui.text import tr
from app.gui.words import outcome_words


class Case(StrEnum):
    """What is to be said of all that the tabs show."""

    FRESH = "fresh"
    FIRST = "first"
    WAITING = "waiting"
    FAILED = "failed"
    OFFLINE = "offline"


class Step(StrEnum):
    """What a person can do about it."""

    NONE = ""
    SYNC = "sync"
    SHOW_RUN = "run"


@dataclass(frozen=True, slots=True)
class TabState:
    """What to say of all tabs; `run` is the one to be shown, `last_sync` when all was fresh, as people read it.

    `code` leads to the help. `syncs`: the run that goes on is a sync.
    """

    case: Case
    picture: str = ""
    words: str = ""
    step: Step = Step.NONE
    run: str = ""
    last_sync: str = ""
    syncs: bool = False
    code: str = ""


def tab_state(standing: Standing, *, running: bool, command: str = "") -> TabState:
    """Return what is to be said of the tabs of a company that stands so, while a run of `command` goes on or not."""
    as_of = moment(standing.last_sync)
    if running:
        words = tr("A run is on. What is shown above is refreshed when it ends.")
        return TabState(Case.WAITING, "waiting", words, last_sync=as_of, syncs=command == "sync")
    lost, code = _lost(standing)
    if lost:
        return TabState(Case.OFFLINE, "blocked", f"{lost} {_shown(as_of)}", Step.SYNC, last_sync=as_of, code=code)
    if standing.unfinished is not None:
        run = standing.unfinished
        error = run.summary.get("error") or {}
        said = [
            tr(
                "The sync of {when} did not get to its end ({outcome}).",
                when=moment(run.finished_at or run.started_at),
                outcome=outcome_words(run.outcome)[1].lower(),
            )
        ]
        said += [str(error[part]) for part in ("message", "fix") if error.get(part)]
        words, code = " ".join([*said, _shown(as_of)]), str(error.get("code", ""))
        return TabState(Case.FAILED, "blocked", words, Step.SHOW_RUN, run.id, as_of, code=code)
    return TabState(Case.FRESH if standing.last_sync else Case.FIRST, last_sync=as_of)


def step_words(step: Step) -> str:
    """Return what the button of a step says."""
    return {Step.SYNC: tr("Try Again: Sync Now"), Step.SHOW_RUN: tr("Show What Happened"), Step.NONE: ""}[step]


def _lost(standing: Standing) -> tuple[str, str]:
    """Return what is to be said of the side that was not reached, and its code; empty when both were."""
    sides = (("Sage 100", standing.sage, "sage-unreachable"), ("Quadient AP", standing.cloud, "cloud-unreachable"))
    for name, reach, code in sides:
        when = moment(reach.at)
        if reach.reached is not False:
            continue
        if reach.shut:
            said = tr("{title} ({when}).", title=reach.title, when=when)
        elif reach.refused:
            said = tr("{side} refused the sign-in {when}.", side=name, when=when)
        else:
            said = tr("{side} could not be reached {when}.", side=name, when=when)
        return f"{said} {reach.reason}".strip(), reach.code or code
    return "", ""


def _shown(as_of: str) -> str:
    return tr("What is shown here is as of {when}.", when=as_of) if as_of else tr("There is nothing to show yet.")
