"""The newest look at a company's tables, kept as a JSON file in the home folder for the window and for support."""

from pathlib import Path

import orjson

from app.domain.codec import plain, restore
from app.domain.language import say
from app.domain.probe import FORMAT, ProbeReport
from app.errors import NeedsUser, Side, StopRun
from app.settings import write_whole


def report_file(folder: Path, company: str) -> Path:
    """Return where the report of a company is kept in the home `folder`."""
    return folder / f"probe-{company}.json"


def report_json(report: ProbeReport) -> bytes:
    """Return the report as JSON for people and programs."""
    return orjson.dumps(plain(report), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def save_report(folder: Path, report: ProbeReport) -> None:
    """Keep the report in place of the one before.

    Raises:
        StopRun: when the folder cannot be written.
    """
    file = report_file(folder, report.company)
    try:
        write_whole(file, report_json(report))
    except OSError as error:
        raise StopRun(
            "report-unwritable",
            say("The report about Sage 100's tables cannot be kept"),
            say("{file} could not be written: {value}.", file=file, value=error.strerror or error),
            say("Check that the disk has space and that the folder may be written, then start again."),
            side=Side.COMPUTER,
            detail=str(error),
        ) from error


def load_report(folder: Path, company: str) -> ProbeReport | None:
    """Return the kept report, or None when there is none of this version.

    Raises:
        NeedsUser: when the file cannot be read.
    """
    file = report_file(folder, company)
    try:
        data = orjson.loads(file.read_bytes())
        if isinstance(data, dict) and data.get("format") != FORMAT:
            return None
        return restore(ProbeReport, data)
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        raise NeedsUser(
            "report-unreadable",
            say("The report about Sage 100's tables cannot be read"),
            say("{file} is damaged, or may not be read.", file=file),
            say("Look at Sage 100's tables again: that writes the report anew."),
            side=Side.COMPUTER,
            detail=str(error),
        ) from error
