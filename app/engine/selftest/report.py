"""The newest self-test of a company as JSON: for people and programs, and kept in the home folder for support."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from app import __version__
from app.domain.codec import plain
from app.engine.events import Event
from app.sage.tape import Call
from app.settings import CompanySettings

if TYPE_CHECKING:  # what works through Sage is not loaded by who only asks for the file
    from app.engine.selftest.selftest import SelfTest

FORMAT = 2


def kept_file(folder: Path, company: str) -> Path:
    """Return where the report of a company is kept in the home `folder`."""
    return folder / f"selftest-{company}.json"


def report_json(company: CompanySettings, test: "SelfTest", calls: Sequence[Call], end: Event) -> bytes:
    """Return the report; `calls` are those into Sage's Business Objects, `end` is the run_finished event."""
    told = end.data
    report = {
        "format": FORMAT,
        "version": __version__,
        "bits": struct.calcsize("P") * 8,
        "company": company.code,
        "name": company.name,
        "made_at": end.at.isoformat(),
        "exit_code": told["exit_code"],
        "stopped": {name: told[name] for name in ("code", "title", "message", "fix")} if told["title"] else None,
        "checks": [result.data() for result in test.checks],
        "probe": plain(test.probe) if test.probe else None,
        "parts": plain(test.parts),
        "calls": plain(list(calls)),
    }
    return orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
