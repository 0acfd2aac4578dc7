"""The command that looks at Sage 100's tables and says how they differ from what AP Bridge reads."""

import argparse
import sys
import textwrap
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import TextIO

from app.commands.output import write
from app.commands.running import run_work
from app.commands.trouble import computer_trouble
from app.domain.findings import Severity
from app.domain.language import count, later, say, whole
from app.domain.probe import Difference, ProbeReport
from app.engine.probe_report import load_report, report_json
from app.engine.probing import probe as probe_work
from app.errors import ExitCode
from app.settings import Home, write_whole

WIDTH = 100
_MARKS = {
    Severity.STOPS: later("needs you"),
    Severity.WARNS: later("left out"),
    Severity.INFORMS: later("good to know"),
}


def probe(home: Home, chosen: argparse.Namespace) -> int:
    """Look at the tables of a company, and show or write the report."""
    company = home.load().company(chosen.company)
    to_output = chosen.report == "-"
    # Standard output is for the report alone, so that it can go into a pipe.
    with redirect_stdout(sys.stderr) if to_output else nullcontext():
        ended = run_work(home, company, "probe", probe_work(count_all=chosen.counts), json=chosen.json)
    if ended not in (ExitCode.DONE, ExitCode.NEEDS_USER) or chosen.json:
        return ended
    report = load_report(home.path, company.code)
    assert report is not None  # noqa: S101  # the run that has just ended well has written it
    if to_output:
        write(sys.stdout, report_json(report).decode())
        return ended
    show_report(sys.stdout, report)
    if chosen.report is not None:
        file = Path(chosen.report)
        try:
            write_whole(file, report_json(report))
        except OSError as error:
            raise computer_trouble(file.parent, error) from error
        write(sys.stdout, say("\nThe whole report is in {file}.\n", file=file))
    return ended


def show_report(out: TextIO, report: ProbeReport) -> None:
    """Write a summary of the report that a bookkeeper can read."""
    where = report.installation
    said = [f"\n{report.name} ({report.company})"]
    there = [table for table in report.tables if table.there]
    columns = sum(len(table.columns) for table in there)
    own = sum(table.site_columns for table in there)
    tables = say(
        "{there} of the {tables} that AP Bridge reads, with {columns} columns",
        there=whole(len(there)),
        tables=whole(len(report.tables)),
        columns=whole(columns),
    )
    told = [
        (say("{name}:", name="Sage 100"), where.location or where.data_source),
        (say("{name}:", name=say("Driver")), f"{where.driver} {where.driver_version}".strip()),
        (say("{name}:", name=say("Database")), f"{where.database} {where.database_version}".strip()),
        (say("Tables:"), tables + (say(" ({own} of them your own, UDF)", own=whole(own)) if own else "")),
    ]
    width = max(len(name) for name, _ in told) + 1
    said += [f"  {name:<{width}}{text}" for name, text in told if text]
    said.append(f"\n{headline(report)}")
    for number, difference in enumerate(report.differences, start=1):
        said += _paragraph(number, difference)
    write(out, "\n".join(said) + "\n")


def headline(report: ProbeReport) -> str:
    """Return in one sentence how the tables compare with what AP Bridge expects."""
    number = len(report.differences)
    if not number:
        return say("Everything that AP Bridge reads is there.")
    stopping = len(report.stopping)
    if not stopping:
        return count(
            number,
            "1 thing differs from what AP Bridge expects; everything works.",
            "{n} things differ from what AP Bridge expects; everything works.",
        )
    things = count(
        number, "1 thing differs from what AP Bridge expects", "{n} things differ from what AP Bridge expects"
    )
    return count(stopping, "{things}; {n} of them needs you.", "{things}; {n} of them need you.", things=things)


def _paragraph(number: int, difference: Difference) -> list[str]:
    first = f"{number}. {difference.where} ({say(_MARKS[difference.severity])}): {difference.found}"
    wrap = textwrap.TextWrapper(WIDTH, initial_indent="   ", subsequent_indent="   ", break_long_words=False)
    return [
        say("\n{first}, expected {expected}", first=first, expected=difference.expected),
        *wrap.wrap(difference.message),
        *wrap.wrap(difference.fix),
    ]
