"""The command that looks at everything a run needs: this computer, Sage 100 and Quadient AP."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.cloud.port import CloudPort
from app.commands.input import InputLines
from app.commands.output import write
from app.commands.running import cancel_by_input, cancelled_by_ctrl_c
from app.commands.terminal import check_sentence
from app.commands.told import json_lines
from app.commands.wiring import cloud_of, company_credentials, ports_with
from app.credentials import Credentials
from app.domain.codec import restore
from app.domain.language import count, say
from app.engine.cancel import CancelToken
from app.engine.events import Event, Kind
from app.engine.health.doctor import PARTS, examine
from app.engine.health.results import State
from app.engine.ports import Ports
from app.errors import NeedsUser, Side
from app.settings import CompanySettings, Home

TRIES = 2  # a person waits for the answer


@dataclass(frozen=True, slots=True)
class Candidate:
    """A company that is to be looked at before it is kept, and the secrets that go with it, by their sides.

    Where a secret is missing, the one in the keyring counts.
    """

    company: CompanySettings
    secrets: Mapping[str, str]


def doctor(home: Home, chosen: argparse.Namespace) -> int:
    """Look, and say of each thing how it is and what to do."""
    lines = InputLines()
    company, secrets = _asked(home, chosen, lines)

    def credentials() -> Credentials:
        assert company is not None  # noqa: S101  # without one neither side is looked at
        return _Given(company, secrets)

    def open_ports() -> Ports:
        assert company is not None  # noqa: S101
        return ports_with(company, home, credentials())

    def open_cloud(cancel: CancelToken) -> CloudPort:
        assert company is not None  # noqa: S101
        return cloud_of(company, credentials(), cancel.sleep, tries=TRIES)

    cancel = cancel_by_input(lines) if chosen.json else CancelToken()
    with cancelled_by_ctrl_c(cancel):
        return examine(
            (chosen.only,) if chosen.only else PARTS,
            home=home,
            company=company,
            open_ports=open_ports,
            open_cloud=open_cloud,
            timeout=home.load().sage_timeout_seconds,
            sinks=[json_lines if chosen.json else _show],
            cancel=cancel,
        )


def _asked(home: Home, chosen: argparse.Namespace, lines: InputLines) -> tuple[CompanySettings | None, dict[str, str]]:
    """Return which company is meant, and the secrets that came with it; none where none is connected yet."""
    if chosen.candidate:
        candidate = _candidate(lines)
        return candidate.company, dict(candidate.secrets)
    settings = home.load()
    if not settings.companies and chosen.company is None:
        return None, {}
    return settings.company(chosen.company), {}


def _candidate(lines: InputLines) -> Candidate:
    try:
        return restore(Candidate, orjson.loads(lines.next() or ""))
    except ValueError:  # its text could quote a secret
        raise NeedsUser(
            "candidate-unreadable",
            say("The company to look at cannot be read"),
            say("The first line of standard input is not a JSON object with “company” and “secrets”."),
            say("Write “company” as in the settings file, and “secrets” with the passwords by “sage” and “cloud”."),
            side=Side.COMPUTER,
        ) from None


class _Given:
    """The secrets that came with a candidate, before those that are kept."""

    def __init__(self, company: CompanySettings, secrets: Mapping[str, str]) -> None:
        self._company = company
        self._secrets = secrets

    def get(self, name: str) -> str | None:
        """Return the secret, or None when there is none."""
        given = self._secrets.get(name.rpartition("/")[2])
        return given or company_credentials(self._company).get(name)

    def put(self, name: str, secret: str) -> None:
        """Refuse: the doctor keeps nothing."""
        raise NotImplementedError

    def forget(self, name: str) -> bool:
        """Refuse: the doctor changes nothing."""
        raise NotImplementedError


def _show(event: Event) -> None:
    """Show one event to a person."""
    data = event.data
    if event.kind is Kind.CHECK:
        write(sys.stdout, f"{check_sentence(data)}\n")
    elif event.kind is Kind.RUN_FINISHED:
        write(sys.stdout, f"{_end(data)}\n")


def _end(data: Mapping[str, Any]) -> str:
    if data["title"]:
        return f"{data['title']}. {data['message']} {data['fix']}"
    counts = data["summary"]["checks"]
    blocked = counts.get(State.BLOCKED.value, 0)
    if blocked:
        return count(blocked, "{n} thing stands in the way.", "{n} things stand in the way.")
    rest = sum(counts.get(state.value, 0) for state in (State.WARNING, State.UNKNOWN))
    return say("Nothing stands in the way; see the lines above that are not “ok”.") if rest else say("All is well.")
