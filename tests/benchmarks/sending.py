"""How fast AP Bridge previews and sends many invoices, beside what the Business Objects take of it.

`python -m tests.benchmarks.sending [--scale small|medium|reference] [--documents N] [--lines N] [--repeat N]
[--world DIR] [--json FILE] [--profile]`

One run makes a demo world in which exactly N invoices of so many lines are ready, all in order. Each repetition then
measures, each in a process of its own and from a fresh copy of the world: `apbridge preview invoices` and
`apbridge send invoices --all-ready`. Within Send, the time inside Business Objects' calls is Sage's own and is told
apart; on a real Sage it is far more than the demo's. Whatever is measured must also be right: every invoice is in
Sage once, is Exported in Quadient AP, and the totals match. Only on Linux, with the SQLite ODBC driver: peak memory
is what `wait4` tells there.
"""

import argparse
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from app.cloud.port import DocumentKind
from app.domain.codec import plain
from app.domain.invoices import Invoice, InvoiceLine
from app.domain.money import ZERO
from app.sandbox.server.state import ServerState
from app.settings import Home
from tests.benchmarks.worlds import Failed, Served, copy_world, make_world, measure, served

STEPS = ("preview", "send")
COMMANDS = {"preview": ("preview", "invoices", "--json"), "send": ("send", "invoices", "--all-ready", "--json")}
PREVIEW_TARGET = 3.0
SEND_TARGET = 5.0

Step = dict[str, Any]


def run(made: Path, scratch: Path, *, repeat: int, profile: bool, tell: Callable[[str], None]) -> dict[str, Any]:
    """Measure with the world in `made`, which is left as it is; return everything as it is written to the JSON file.

    Raises:
        Failed: when a run ended badly, or did not send everything once.
    """
    load = os.getloadavg()[0]
    count = _ready(Home(made).sandbox / "quadient-ap.sqlite")
    steps: dict[str, list[Step]] = {name: [] for name in STEPS}
    for number in range(1, repeat + 1):
        tell(f"repetition {number} of {repeat}")
        home = copy_world(made, scratch / "home")
        with served(home) as world:
            for name in STEPS:
                steps[name].append(_step(home, scratch, name, profile=profile))
            _require_sent(world, count, steps["send"][-1])
        shutil.rmtree(home)
    return {
        "documents": count,
        "repeat": repeat,
        "python": platform.python_version(),
        "processors": os.cpu_count() or 1,
        "load": load,
        "steps": steps,
    }


def fill(home: Path, *, documents: int, lines: int) -> None:
    """Make exactly so many invoices ready in the world of `home`, in a process of its own: this one must stay small.

    Raises:
        Failed: when they cannot be made.
    """
    apart = get_context("spawn").Process(target=_fill, args=(home, documents, lines))
    apart.start()
    apart.join()
    if apart.exitcode:
        raise Failed(f"{documents} invoices could not be made ready: exit code {apart.exitcode}")


def _fill(home: Path, documents: int, lines: int) -> None:
    state = ServerState(Home(home).sandbox / "quadient-ap.sqlite")
    with closing(state):
        with state.transaction() as db:
            db.execute("UPDATE documents SET marked = 0")
        made = bills(home, documents=documents, lines=lines)
        state.add_documents(DocumentKind.INVOICE, map(plain, made), "A", marked=True)


def bills(home: Path, *, documents: int, lines: int) -> Iterator[Invoice]:
    """Yield so many invoices, spread over the vendors and accounts of the world in `home` and over two months."""
    sandbox = Home(home).sandbox
    description = orjson.loads((sandbox / "world.json").read_bytes())
    sage_file = sandbox / "sage" / f"MAS_{description['company']}.sqlite"
    with closing(sqlite3.connect(sage_file)) as sage:
        vendors = sage.execute(
            "SELECT rtrim(APDivisionNo), rtrim(VendorNo), rtrim(VendorName), rtrim(TermsCode) FROM AP_Vendor"
            " WHERE VendorStatus = 'A' AND HoldPayment <> 'Y' AND UsePOReceiptOfInvForVendor <> 'Y'"
            " AND VendorNo NOT GLOB '*[^A-Z0-9 ]*' AND trim(VendorNo) <> ''"
            " AND TermsCode IN (SELECT TermsCode FROM AP_TermsCode) ORDER BY 1, 2"
        ).fetchall()
        accounts = [row[0] for row in sage.execute("SELECT AccountKey FROM GL_Account WHERE Status = 'A' ORDER BY 1")]
    made_on = date.fromisoformat(description["made_on"])
    with closing(sqlite3.connect(sandbox / "quadient-ap.sqlite")) as cloud:
        (currency,) = cloud.execute("SELECT currency FROM legal_entities").fetchone()
    for number in range(documents):
        yield _bill(number, vendors[number % len(vendors)], accounts, made_on, currency, lines)


def _bill(
    number: int, vendor: tuple[str, str, str, str], accounts: Sequence[str], today: date, currency: str, lines: int
) -> Invoice:
    division, vendor_number, name, terms = vendor
    day = today - timedelta(days=number % 28)
    distributions = tuple(
        InvoiceLine(place, accounts[(number + place) % len(accounts)], Decimal(1000 + number * place) / 100)
        for place in range(1, lines + 1)
    )
    return Invoice(
        id=f"many-{number:06}",
        division=division,
        vendor_number=vendor_number,
        vendor_name=name,
        number=f"MANY-{number:06}",
        invoice_date=day,
        due_date=day + timedelta(days=30),
        discount_date=None,
        terms=terms,
        description=f"Delivery {number}",
        currency=currency,
        amount=sum((line.amount for line in distributions), ZERO),
        freight=ZERO,
        tax=ZERO,
        tax_schedule="",
        separate_cheque=False,
        hold=False,
        purchase_order="",
        image_url="",
        lines=distributions,
    )


def _step(home: Path, scratch: Path, name: str, *, profile: bool) -> Step:
    """Run one command; return its seconds, what it counted, and how much of it is AP Bridge's own."""
    tallies = scratch / "tallies.json"
    switch = ("--profile",) if profile else ()
    command = (sys.executable, "-m", "tests.benchmarks.counted", str(tallies), *switch, *COMMANDS[name])
    done = measure(command, home, scratch)
    end = orjson.loads(done.out.splitlines()[-1]) if done.out else {}
    if done.code or end.get("event") != "run_finished":
        raise Failed(f"{name} ended with exit code {done.code}: {end.get('title', '')} {end.get('message', '')}")
    counted = orjson.loads(tallies.read_bytes())
    inside = counted["business_objects"]["seconds"]
    return {
        "seconds": done.seconds,
        "cpu": done.cpu,
        "peak_mb": done.peak_mb,
        "business_objects": inside,
        "own": done.seconds - inside,
        "own_cpu": done.cpu - counted["business_objects"]["cpu"],
        "summary": end["summary"],
        "counted": counted,
    }


def _ready(cloud_file: Path) -> int:
    with closing(sqlite3.connect(cloud_file)) as cloud:
        return int(cloud.execute("SELECT count(*) FROM documents WHERE kind = 'invoice' AND marked = 1").fetchone()[0])


def _require_sent(world: Served, count: int, step: Step) -> None:
    with closing(sqlite3.connect(world.sage_file)) as sage:
        there = sage.execute("SELECT count(*) FROM AP_InvoiceHeader WHERE InvoiceNo LIKE 'MANY-%'").fetchone()[0]
    with closing(sqlite3.connect(world.cloud_file)) as cloud:
        exported = cloud.execute("SELECT count(*) FROM documents WHERE id LIKE 'many-%' AND status = 'EX'").fetchone()[
            0
        ]
    if not (there == exported == count and step["summary"]["totals_match"]):
        raise Failed(f"{count} were ready, {there} are in Sage, {exported} are Exported in Quadient AP")


def report(result: dict[str, Any]) -> str:
    """Return the figures as a person reads them: medians."""
    lines = [
        f"{result['documents']} invoices, {result['repeat']} repetitions, Python {result['python']}; medians",
        f"{'':10}{'wall s':>8}{'objects s':>11}{'own s':>8}{'own cpu s':>11}{'calls':>9}{'ODBC':>7}{'ODBC s':>8}"
        f"{'HTTP':>6}{'HTTP s':>8}{'commits':>9}{'peak MB':>9}",
    ]
    lines += [_step_line(name, taken) for name, taken in result["steps"].items()]
    for name, part, target in (("preview", "seconds", PREVIEW_TARGET), ("send", "own", SEND_TARGET)):
        took = median(step[part] for step in result["steps"][name])
        said = "" if part == "seconds" else " without the Business Objects"
        lines.append(f"{name}{said}: {took:.2f} s, target below {target:.0f} s: {'met' if took < target else 'missed'}")
    if result["load"] > result["processors"]:
        lines.append(
            f"The machine was busy before (load {result['load']:.1f} on {result['processors']} processors): of these "
            "figures only the processor seconds tell much."
        )
    return "\n".join(lines) + "\n"


def _step_line(name: str, taken: Sequence[Step]) -> str:
    def middle(read: Callable[[Step], float]) -> float:
        return median(read(step) for step in taken)

    return (
        f"{name:10}{middle(lambda s: s['seconds']):8.2f}{middle(lambda s: s['business_objects']):11.2f}"
        f"{middle(lambda s: s['own']):8.2f}{middle(lambda s: s['own_cpu']):11.2f}"
        f"{middle(lambda s: s['counted']['business_objects']['calls']):9.0f}"
        f"{middle(lambda s: s['counted']['odbc']['calls']):7.0f}"
        f"{middle(lambda s: s['counted']['odbc']['seconds']):8.2f}"
        f"{middle(lambda s: s['counted']['http']['calls']):6.0f}"
        f"{middle(lambda s: s['counted']['http']['seconds']):8.2f}"
        f"{middle(lambda s: s['counted']['commits']['calls']):9.0f}{max(step['peak_mb'] for step in taken):9.0f}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; with --json also write everything to a file."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sending", description=__doc__.splitlines()[0])
    parser.add_argument("--scale", choices=["small", "medium", "reference"], default="small")
    parser.add_argument("--documents", type=int, default=1000, metavar="N", help="ready invoices (default 1,000)")
    parser.add_argument("--lines", type=int, default=5, metavar="N", help="lines of each (default 5)")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="how often to measure (default 3)")
    parser.add_argument("--world", type=Path, metavar="DIR", help="fill a copy of the world in this folder")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to this file")
    parser.add_argument("--profile", action="store_true", help="print where the time goes; the figures then tell less")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="apbridge-sending-") as folder:
        scratch = Path(folder)
        plain_world = (chosen.world or scratch / "plain").absolute()
        make_world(plain_world, chosen.scale)
        made = copy_world(plain_world, scratch / "made")
        fill(made, documents=chosen.documents, lines=chosen.lines)
        result = run(made, scratch, repeat=chosen.repeat, profile=chosen.profile, tell=_tell)
    sys.stdout.write(report(result))
    if chosen.json is not None:
        chosen.json.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
