"""The command that tries AP Bridge in a test company: the doctor's checks, Sage's tables, and one document a kind."""

import argparse
import logging
import sys
from collections.abc import Sequence
from contextlib import nullcontext, redirect_stdout
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from tabulate import tabulate

from app import __version__
from app.commands.doctor import TRIES
from app.commands.output import write
from app.commands.probe import show_report
from app.commands.running import run_work
from app.commands.trouble import computer_trouble
from app.commands.wiring import cloud_of, company_credentials, ports_for
from app.domain.language import count, later, say
from app.domain.words import number
from app.engine.events import Event, Kind
from app.engine.health.results import State
from app.engine.ports import Ports
from app.engine.selftest.parts import Part
from app.engine.selftest.report import kept_file, report_json
from app.engine.selftest.selftest import SelfTest
from app.errors import ExitCode
from app.sage.tape import Call, Tape
from app.settings import CompanySettings, Home, write_whole

log = logging.getLogger(__name__)

WIDTH = 70  # of a call in the table; the report in a file has all of it
_STATES = {"passed": later("passed"), "failed": later("FAILED"), "not_tried": later("not tried")}


def selftest(home: Home, chosen: argparse.Namespace) -> int:
    """Look at everything, then try one document of each kind in the company that the user names as a test company."""
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
    file = Path(chosen.report) if chosen.report is not None and not to_output else None
    keeper = _Keeper(home, company, test, tape, file, sys.stdout if to_output else None)
    # Standard output is for the report alone, so that it can go into a pipe.
    with redirect_stdout(sys.stderr) if to_output else nullcontext():
        if not chosen.json:
            told = say(
                "Self-test of AP Bridge {version} in {name} ({code})",
                version=__version__,
                name=company.name,
                code=company.code,
            )
            write(sys.stdout, f"{told}\n")
        ports = _ports(company, home, tape)
        ended = run_work(home, company, "selftest", test.work, json=chosen.json, ports=ports, sink=keeper)
    if not to_output and not chosen.json:
        if test.probe is not None:
            show_report(sys.stdout, test.probe)
        show_calls(sys.stdout, tape.calls)
        show_parts(sys.stdout, test.parts)
        write(sys.stdout, f"\n{conclusion(test)}\n")
    if keeper.trouble is not None and file is not None:
        raise computer_trouble(file.parent, keeper.trouble) from keeper.trouble
    if keeper.kept is not None and not to_output and not chosen.json:
        write(sys.stdout, say("\nThe whole report is in {file}.\n", file=keeper.kept))
    return ended


class _Keeper:
    """Writes the report as soon as the run has ended, however it did: where Sage never answers, the process ends then.

    `kept` is the file with the report, `trouble` is why the file that the user wants could not be written.
    """

    def __init__(
        self,
        home: Home,
        company: CompanySettings,
        test: SelfTest,
        tape: Tape,
        file: Path | None,
        out: TextIO | None,
    ) -> None:
        self.kept: Path | None = None
        self.trouble: OSError | None = None
        self._home = kept_file(home.path, company.code)
        self._company = company
        self._test = test
        self._tape = tape
        self._file = file
        self._out = out

    def __call__(self, event: Event) -> None:
        if event.kind is not Kind.RUN_FINISHED:
            return
        report = report_json(self._company, self._test, self._tape.calls, event)
        if self._out is not None:
            write(self._out, report.decode())
        # A run that was not let in has found nothing, and what the one before found is worth more.
        for file in ([self._home] if self._test.checks else []) + ([self._file] if self._file else []):
            try:
                write_whole(file, report)
            except OSError as error:
                log.warning("The report of the self-test cannot be written to %s: %s", file, error)
                self.trouble = error if file == self._file else self.trouble
            else:
                self.kept = file


def show_calls(out: TextIO, calls: Sequence[Call]) -> None:
    """Write every call into Sage's Business Objects as a table."""
    rows = [
        (place, call.object, _shortened(call), call.answer, f"{call.milliseconds:,.1f}", call.message)
        for place, call in enumerate(calls, start=1)
    ]
    headers = ("", say("Object"), say("Call"), say("Answer"), "ms", say("Sage says"))
    align = ("right", "left", "left", "right", "right", "left")
    table = tabulate(rows, headers=headers, tablefmt="simple", colalign=align if rows else None, disable_numparse=True)
    write(
        out,
        say("\nCalls into Sage's Business Objects\n{table}\n\n", table=table)
        if rows
        else say("\nSage's Business Objects were not called.\n\n"),
    )


def show_parts(out: TextIO, parts: Sequence[Part]) -> None:
    """Write how each part fared, one a line, with what should be known beside it."""
    said = []
    for part in parts:
        name = f"{part.what} {part.number}".rstrip()
        taken = [say("{seconds} s", seconds=number(Decimal(str(part.seconds))))] if part.seconds else []
        told = "; ".join((*part.steps, *taken))
        fared = f"{say(_STATES[part.state])}{f' ({told})' if told else ''}. {part.message} {part.fix}".rstrip()
        said.append(say("{name}: {text}", name=name, text=fared))
        said += [f"  {note}" for note in part.notes]
    write(out, "".join(f"{line}\n" for line in said))


def conclusion(test: SelfTest) -> str:
    """Return in one sentence what the whole test comes to."""
    failed = sum(part.state == "failed" for part in test.parts)
    failed += sum(result.state is State.BLOCKED for result in test.checks)
    failed += len(test.probe.stopping) if test.probe else 0
    if failed:
        return count(failed, "{n} thing is not well: see above.", "{n} things are not well: see above.")
    if test.stopped is not None or not test.parts:
        return say("The self-test was not finished.")
    left_out = sum(part.state == "not_tried" for part in test.parts)
    if left_out:
        return count(left_out, "All that was tried is well; {n} was not.", "All that was tried is well; {n} were not.")
    return say("All that a program can try is well.")


def _ports(company: CompanySettings, home: Home, tape: Tape) -> Ports:
    """Return the ways to reach both sides, so that a missing password is told by the check that needs it."""

    def found() -> Ports:
        return ports_for(company, home, tape.recorded)

    return Ports(
        lambda company, on_call: found().open_sage(company, on_call),
        lambda company, on_call, sleep: found().open_writer(company, on_call, sleep),
        lambda company, sleep: cloud_of(company, company_credentials(company), sleep, tries=TRIES),
        now=lambda: datetime.now(UTC),
    )


def _shortened(call: Call) -> str:
    text = f"{call.method}({', '.join(call.arguments)})"
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
