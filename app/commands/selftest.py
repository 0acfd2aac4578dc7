"""The command that tries Sage's Business Objects in a test company, and reports every call."""

import argparse
import sys
from contextlib import nullcontext, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import orjson
from tabulate import tabulate

from app import __version__
from app.commands.output import write
from app.commands.running import run_work
from app.commands.trouble import computer_trouble
from app.commands.wiring import ports_for
from app.domain.codec import plain
from app.domain.language import later, say
from app.engine.selftest.selftest import Part, SelfTest
from app.errors import ExitCode
from app.sage.tape import Call, Tape
from app.settings import CompanySettings, Home, write_whole

FORMAT = 1
WIDTH = 70  # of a call in the table; the report in a file has all of it
_STATES = {"passed": later("passed"), "failed": later("FAILED"), "not_tried": later("not tried")}


def selftest(home: Home, chosen: argparse.Namespace) -> int:
    """Try one document of each kind in the company that the user names as a test company."""
    company = home.load().company(chosen.company)
    if chosen.test_company != company.code:
        sys.stderr.write(
            say(
                "The self-test enters and deletes documents, so it runs only in a company that you name as a "
                "test company. AP Bridge is connected to company {code}, and “--test-company {test_company}” "
                "names another. If {code} is a test company, name it; otherwise connect AP Bridge to one first.\n",
                code=company.code,
                test_company=chosen.test_company,
            )
        )
        return ExitCode.USAGE
    tape, test = Tape(), SelfTest(order=chosen.order or "")
    to_output = chosen.report == "-"
    # Standard output is for the report alone, so that it can go into a pipe.
    with redirect_stdout(sys.stderr) if to_output else nullcontext():
        ports = ports_for(company, home, tape.recorded)
        ended = run_work(home, company, "selftest", test.work, json=chosen.json, ports=ports)
    # However it ended: what was called until then is what the test is for.
    report = _report(company, test.parts, tape.calls)
    if to_output:
        write(sys.stdout, report.decode())
    elif not chosen.json:
        show_parts(sys.stdout, test.parts, tape.calls)
    if chosen.report is not None and not to_output:
        file = Path(chosen.report)
        try:
            write_whole(file, report)
        except OSError as error:
            raise computer_trouble(file.parent, error) from error
        write(sys.stdout, say("\nThe whole report is in {file}.\n", file=file))
    return ended


def show_parts(out: TextIO, parts: list[Part], calls: list[Call]) -> None:
    """Write every call as a table, and under it how each kind of document fared."""
    rows = [
        (number, call.object, _shortened(call), call.answer, f"{call.milliseconds:,.1f}", call.message)
        for number, call in enumerate(calls, start=1)
    ]
    headers = ("", say("Object"), say("Call"), say("Answer"), "ms", say("Sage says"))
    align = ("right", "left", "left", "right", "right", "left")
    table = tabulate(rows, headers=headers, tablefmt="simple", colalign=align if rows else None, disable_numparse=True)
    said = [
        say("\nCalls into Sage's Business Objects\n{table}\n", table=table)
        if rows
        else say("\nSage's Business Objects were not called.\n")
    ]
    for part in parts:
        name = f"{part.what} {part.number}".rstrip()
        told = "; ".join(part.steps)
        said.append(
            f"{name}: {say(_STATES[part.state])}{f' ({told})' if told else ''}. {part.message} {part.fix}".rstrip()
        )
        said += [f"  {note}" for note in part.notes]
    write(out, "\n".join(said) + "\n")


def _report(company: CompanySettings, parts: list[Part], calls: list[Call]) -> bytes:
    """Return the report as JSON."""
    report = {
        "format": FORMAT,
        "version": __version__,
        "company": company.code,
        "name": company.name,
        "made_at": datetime.now(UTC).isoformat(),
        "parts": plain(parts),
        "calls": plain(calls),
    }
    return orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _shortened(call: Call) -> str:
    text = f"{call.method}({', '.join(call.arguments)})"
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
