"""What stands at the top of every page: what it is, whose, of which run, and who printed it where and when."""

import getpass
import platform
from dataclasses import dataclass
from datetime import datetime

from app.domain.language import say
from app.domain.words import day
from app.settings import CompanySettings


@dataclass(frozen=True, slots=True)
class Heading:
    """The lines at the top of a page: `title`, `company`, and in small print `facts`."""

    title: str
    company: str
    facts: tuple[str, ...]


def heading(title: str, company: CompanySettings, run: str, what: str, at: datetime | None, now: datetime) -> Heading:
    """Return the heading of a page about `run`; `what` happened `at` (“previewed”, “sent”), it is printed `now`.

    Nothing is said of a run or a time that is not known.
    """
    facts = (
        say("Run {run}", run=run) if run else "",
        f"{what} {moment(at)}" if at else "",
        say(
            "printed {now} by {person} on {computer}",
            now=moment(now),
            person=_person(),
            computer=platform.node() or say("this computer"),
        ),
    )
    return Heading(title, f"{company.name} ({company.code})", tuple(fact for fact in facts if fact))


def moment(value: datetime) -> str:
    """Return a moment in this computer's time: Nov 3, 2026 08:02."""
    local = value.astimezone()
    return f"{day(local)} {local:%H:%M}"


def _person() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a service may run as nobody; KeyError until Python 3.12
        return say("an unknown user")
