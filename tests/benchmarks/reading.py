"""How fast AP Bridge reads Sage 100 and brings it to Quadient AP, beside bare loops over the same rows and bytes.

`python -m tests.benchmarks.reading [--scale small|medium|reference] [--repeat N] [--world DIR] [--json FILE]`

One run makes a demo world and records what a first sync asks its ODBC driver and uploads. Then each repetition
measures, one after the other and each from a fresh copy of the world:

* bare read: a program that sends the same SELECT statements through a bare pyodbc loop and throws the rows away;
* bare upload: one that posts the same request bodies one after the other over one connection to a fresh AP server;
* first sync: `apbridge sync` as its user has it, on a fresh store and a fresh server;
* unchanged full pass: `apbridge sync --full` right after it;
* incremental: `apbridge sync` after 100 vendors, items and accounts were changed in Sage.

All are timed as whole commands, the start of Python included; the ratio of the syncs to the loops alone, without the
start of the programs that they are in, is printed beside.

The syncs bring lists, orders and payments (`--only`), so the previews of invoices are left out; that of payments
belongs to its part, and its few queries are among those that the bare read repeats. Only on Linux, with the SQLite
ODBC driver: peak memory is what `wait4` tells there.
"""

import argparse
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from app.domain.lists import ListName
from tests.benchmarks.worlds import APBRIDGE, Failed, Measured, Served, copy_world, make_world, measure, served

PARTS = (*(name.value for name in ListName), "orders", "payments")
SYNC = ("sync", "--json", *(word for part in PARTS for word in ("--only", part)))
CHANGES = {ListName.VENDOR: 40, ListName.ITEM: 40, ListName.GL_ACCOUNT: 20}
STEPS = ("bare_read", "bare_upload", "first_sync", "unchanged", "incremental")
SYNCS = ("first_sync", "unchanged", "incremental")
UNCHANGED_TARGET = 1.5
FIRST_TARGET = 2.0
PEAK_TARGET_MB = 250
FULL_SHARE = 0.98

_TABLES = {
    ListName.VENDOR: ("AP_Vendor", "VendorName", "rtrim(APDivisionNo) || '-' || rtrim(VendorNo)"),
    ListName.ITEM: ("CI_Item", "ItemCodeDesc", "rtrim(ItemCode)"),
    ListName.GL_ACCOUNT: ("GL_Account", "AccountDesc", "rtrim(AccountKey)"),
}

Step = dict[str, Any]
Tell = Callable[[str], None]


def run(made: Path, scratch: Path, *, scale: str, repeat: int, tell: Tell) -> dict[str, Any]:
    """Measure with the world in `made`, which is left as it is; return everything as it is written to the JSON file.

    Raises:
        Failed: when the two sides did not read the same rows or send the same records.
    """
    tell("recording a first sync and a full pass")
    record = scratch / "first.sqlite"
    rows, rows_unchanged = _record(made, scratch, record)
    # The first sync also tries out the driver, which costs it a few rows more; less than that would be no full pass.
    if not FULL_SHARE * rows <= rows_unchanged <= rows:
        raise Failed(f"the unchanged full pass read {rows_unchanged} rows, the first sync {rows}")
    steps: dict[str, list[Step]] = {name: [] for name in STEPS}
    for number in range(1, repeat + 1):
        tell(f"repetition {number} of {repeat}")
        for name, step in _repetition(made, scratch, record).items():
            steps[name].append(step)
    for step in steps["bare_read"]:
        _require("rows of the bare read", step["rows"], rows)
    for name, read in (("first_sync", rows), ("unchanged", rows_unchanged)):
        for step in steps[name]:
            step["rows"] = read
    for bare, first in zip(steps["bare_upload"], steps["first_sync"], strict=True):
        _require("records of the bare upload", bare["records"], sum(first["sent"].values()))
    return {
        "scale": scale,
        "repeat": repeat,
        "python": platform.python_version(),
        "parts": PARTS,
        "rows": rows,
        "steps": steps,
        "ratios": _ratios(steps),
        "peak_mb": {name: max(step["peak_mb"] for step in steps[name]) for name in SYNCS} | {"target": PEAK_TARGET_MB},
    }


def _record(made: Path, scratch: Path, record: Path) -> tuple[int, int]:
    """Record a first sync and a full pass after it; return how many rows the driver handed over in each."""
    home, second = copy_world(made, scratch / "recorded"), scratch / "second.sqlite"
    with served(home):
        for file, arguments in ((record, SYNC), (second, (*SYNC, "--full"))):
            command = (sys.executable, "-m", "tests.benchmarks.recorded", str(file), *arguments)
            _require_ended(measure(command, home, scratch), "a recorded sync")
    shutil.rmtree(home)
    return _recorded_rows(record), _recorded_rows(second)


def _recorded_rows(record: Path) -> int:
    with closing(sqlite3.connect(record)) as database:
        (rows,) = database.execute("SELECT coalesce(sum(rows), 0) FROM statements").fetchone()
    return int(rows)


def _repetition(made: Path, scratch: Path, record: Path) -> dict[str, Step]:
    home = copy_world(made, scratch / "synced")
    bare = (sys.executable, "-m", "tests.benchmarks.bare")
    steps: dict[str, Step] = {}
    with served(home) as world:
        steps["bare_read"] = _bare(measure((*bare, "read", str(record), str(world.sage_file)), home, scratch))
        steps["bare_upload"] = _bare_upload(made, scratch, (*bare, "upload", str(record)))
        steps["first_sync"] = _sync(world, home, scratch)
        steps["unchanged"] = _sync(world, home, scratch, "--full")
        _require("records sent by the unchanged full pass", steps["unchanged"]["sent_anew"], 0)
        change_sage(world, CHANGES)
        steps["incremental"] = _sync(world, home, scratch)
        _require("records sent by the incremental sync", steps["incremental"]["sent_by_list"], dict(CHANGES))
        _require("records sent by the incremental sync", steps["incremental"]["sent_anew"], sum(CHANGES.values()))
    shutil.rmtree(home)
    return steps


def _bare_upload(made: Path, scratch: Path, command: Sequence[str]) -> Step:
    home = copy_world(made, scratch / "uploaded", sage=False)
    with served(home) as world:
        step = _bare(measure(command, home, scratch, stdin=orjson.dumps(world.access)))
    shutil.rmtree(home)
    return step


def _bare(done: Measured) -> Step:
    if done.code:
        raise Failed(f"the bare loop ended with exit code {done.code}")
    told = orjson.loads(done.out)
    loop = told.pop("seconds")
    return {"seconds": done.seconds, "loop_seconds": loop, "cpu": done.cpu, "peak_mb": done.peak_mb, **told}


def _sync(world: Served, home: Path, scratch: Path, *options: str) -> Step:
    """Run `apbridge sync`; what the server was sent must be what the run says it sent."""
    world.forget_requests()
    done = measure((*APBRIDGE, *SYNC, *options), home, scratch)
    end = _require_ended(done, "a sync")
    sent = world.records_sent()
    parts = {name: counts for name, counts in end["summary"].items() if isinstance(counts, dict) and "new" in counts}
    anew = {name: counts["new"] + counts["changed"] + counts["deactivated"] for name, counts in parts.items()}
    _require("records that arrived", sum(sent.values()), sum(anew.values()))
    return {
        "seconds": done.seconds,
        "cpu": done.cpu,
        "peak_mb": done.peak_mb,
        "records": sum(counts["read"] for counts in parts.values()),
        "sent": sent,
        "sent_anew": sum(anew.values()),
        "sent_by_list": {name: count for name, count in anew.items() if count},
        "waiting": sum(counts.get("waiting", 0) for counts in parts.values()),
    }


def _require_ended(done: Measured, what: str) -> Any:
    """Return the run's last event; a run that only found something for its user to do has ended well."""
    end = orjson.loads(done.out.splitlines()[-1]) if done.out else {}
    if done.code not in (0, 1) or end.get("event") != "run_finished":
        raise Failed(f"{what} ended with exit code {done.code}: {end.get('title', '')} {end.get('message', '')}")
    return end


def _require(what: str, found: Any, wanted: Any) -> None:
    if found != wanted:
        raise Failed(f"{what}: {found} instead of {wanted}")


def change_sage(world: Served, counts: dict[ListName, int], description: str = "Measured anew") -> None:
    """Give so many records of each list this description and today's date, as somebody at Sage's screens would."""
    today = date.today().isoformat()  # noqa: DTZ011  # Sage's own day
    with closing(sqlite3.connect(world.sage_file)) as sage, sage:
        for name, count in counts.items():
            table, text, key = _TABLES[name]
            keys = _some_keys(world.cloud_file, name, count)
            changed = sage.execute(
                f"UPDATE {table} SET {text} = ?, DateUpdated = ?, TimeUpdated = '23.90000'"
                f" WHERE {key} IN ({', '.join('?' * len(keys))})",
                [description, today, *keys],
            ).rowcount
            _require(f"{table} rows changed in Sage", changed, count)


def delete_sage(world: Served, counts: dict[ListName, int]) -> None:
    """Delete so many records of each list in Sage."""
    with closing(sqlite3.connect(world.sage_file)) as sage, sage:
        for name, count in counts.items():
            table, _, key = _TABLES[name]
            keys = _some_keys(world.cloud_file, name, count)
            deleted = sage.execute(f"DELETE FROM {table} WHERE {key} IN ({', '.join('?' * len(keys))})", keys).rowcount
            _require(f"{table} rows deleted in Sage", deleted, count)


def _some_keys(cloud_file: Path, name: ListName, count: int) -> list[str]:
    """Return keys, spread over the list, of records that are active in the cloud: those can be read."""
    with closing(sqlite3.connect(cloud_file)) as cloud:
        found = cloud.execute(
            "SELECT key FROM list_items WHERE list = ? AND active ORDER BY key", (name.value,)
        ).fetchall()
    return [key for (key,) in found[:: max(1, len(found) // count)]][:count]


def _ratios(steps: dict[str, list[Step]]) -> dict[str, dict[str, float]]:
    taken = list(zip(*(steps[name] for name in STEPS[:4]), strict=True))

    def ratios(span: str) -> tuple[list[float], list[float]]:
        unchanged = [again["seconds"] / read[span] for read, _, _, again in taken]
        return unchanged, [first["seconds"] / (read[span] + sent[span]) for read, sent, first, _ in taken]

    (unchanged, first), (unchanged_to_loop, first_to_loops) = ratios("seconds"), ratios("loop_seconds")
    return {
        "unchanged ÷ bare read": _spread(unchanged)
        | {"target": UNCHANGED_TARGET, "to_loop": median(unchanged_to_loop)},
        "first ÷ (bare read + bare upload)": _spread(first)
        | {"target": FIRST_TARGET, "to_loop": median(first_to_loops)},
    }


def _spread(values: Iterable[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"median": median(ordered), "low": ordered[0], "high": ordered[-1]}


def report(result: dict[str, Any]) -> str:
    """Return the figures as a person reads them: medians, with the lowest and the highest beside them."""
    lines = [
        f"Scale {result['scale']}, {result['repeat']} repetitions, Python {result['python']}; "
        "lists, orders and payments, without the previews of invoices",
        f"{'':22}{'seconds':>9}{'low':>9}{'high':>9}{'cpu s':>9}{'rows':>11}{'rows/s':>10}{'sent':>9}{'MB':>7}",
    ]
    lines += [_step_line(name, taken) for name, taken in result["steps"].items()]
    for name, ratio in result["ratios"].items():
        verdict = "met" if ratio["median"] <= ratio["target"] else "missed"
        lines.append(
            f"{name}: {ratio['median']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f}), "
            f"target at most {ratio['target']:.1f}: {verdict}; to the loop alone {ratio['to_loop']:.2f}"
        )
    peak = max(result["peak_mb"][name] for name in SYNCS)
    verdict = "met" if peak < PEAK_TARGET_MB else "missed"
    lines.append(f"peak memory of a sync: {peak:.0f} MB, target below {PEAK_TARGET_MB} MB: {verdict}")
    last = result["steps"]["incremental"][-1]
    lines.append(
        f"sent by the incremental sync: {last['sent_anew']} changed records and nothing else; "
        f"{last['waiting']} payments wait here for their invoices"
    )
    if result["scale"] == "small":
        lines.append("At this scale the start of the program is most of a sync: its ratios say nothing about speed.")
    return "\n".join(lines) + "\n"


def _step_line(name: str, taken: Sequence[Step]) -> str:
    took = _spread(step["seconds"] for step in taken)
    rows = taken[0].get("rows")
    read = f"{rows:11,}{rows / took['median']:10,.0f}" if rows is not None else f"{'':21}"
    sent = taken[0].get("sent_anew", taken[0].get("records", ""))
    cpu = median(step["cpu"] for step in taken)
    peak = max(step["peak_mb"] for step in taken)
    return (
        f"{name.replace('_', ' '):22}{took['median']:9.2f}{took['low']:9.2f}{took['high']:9.2f}{cpu:9.2f}"
        f"{read}{sent:>9}{peak:7.0f}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; with --json also write everything to a file."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.reading", description=__doc__.splitlines()[0])
    parser.add_argument("--scale", choices=["small", "medium", "reference"], default="small")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="how often to measure (default 3)")
    parser.add_argument("--world", type=Path, metavar="DIR", help="use the world in this folder; made when missing")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to this file")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="apbridge-reading-") as folder:
        scratch = Path(folder)
        made = (chosen.world or scratch / "made").absolute()
        make_world(made, chosen.scale)
        result = run(made, scratch, scale=chosen.scale, repeat=chosen.repeat, tell=_tell)
    sys.stdout.write(report(result))
    if chosen.json is not None:
        chosen.json.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
