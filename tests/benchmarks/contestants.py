"""Who brings the long lists from Sage to the server, each as a command of its own."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pyodbc

from app.domain.lists import ListName
from app.sandbox.odbc import DRIVERS
from tests.benchmarks.worlds import APBRIDGE, Failed, Measured, Served, measure

LISTS = (ListName.GL_ACCOUNT, ListName.ITEM, ListName.VENDOR)
SYNC = ("sync", "--json", *(word for name in LISTS for word in ("--only", name.value)))
_NAMES = tuple(map(str, LISTS))
PEERS = Path(__file__).parent / "peers"
ONE_BY_ONE_LIMIT = 20_000

Step = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """What a contestant is given: the company's file, its own server, its own folder, and one for what it writes."""

    sage_file: Path
    world: Served
    home: Path
    scratch: Path


@dataclass(frozen=True, slots=True)
class Contestant:
    """One program: `run` takes a step's name and its mode (first, full or changes), and returns the step's figures.

    `limit`: it sends no more records than that, and then takes part in the first step only.
    """

    name: str
    run: Callable[[Place, str, str], Step]
    limit: int | None = None


def ap_bridge() -> Contestant:
    """Return AP Bridge as its user has it."""

    def run(place: Place, _: str, mode: str) -> Step:
        done = measure((*APBRIDGE, *SYNC, *(["--full"] if mode == "full" else [])), place.home, place.scratch)
        end = orjson.loads(done.out.splitlines()[-1]) if done.out else {}
        # What cannot be read of the demo company needs its user: that is a good end.
        if done.code not in (0, 1) or end.get("event") != "run_finished":
            raise Failed(f"AP Bridge ended with {done.code}: {end.get('title', '')} {end.get('message', '')}")
        return figures(done)

    return Contestant("AP Bridge", run)


def floor(records: Path) -> Contestant:
    """Return the least that any program must do: `records` holds what AP Bridge read, sent and wrote in each step."""
    bare = (sys.executable, "-m", "tests.benchmarks.bare")

    def run(place: Place, step: str, _: str) -> Step:
        record, written = records / f"{step}.sqlite", place.home / f"{step}.sqlite"
        written.unlink(missing_ok=True)
        parts = {
            "read": measure((*bare, "read", str(record), str(place.sage_file)), place.home, place.scratch),
            "upload": measure(
                (*bare, "upload", str(record)), place.home, place.scratch, stdin=orjson.dumps(place.world.access)
            ),
            "write": measure(
                (*bare, "write", str(records / f"{step}-store.sqlite"), str(written)), place.home, place.scratch
            ),
        }
        for part, done in parts.items():
            if done.code:
                raise Failed(f"the bare {part} ended with {done.code}")
        seconds = {part: orjson.loads(done.out)["seconds"] for part, done in parts.items()}
        return {
            "seconds": sum(seconds.values()),
            "cpu": sum(done.cpu for done in parts.values()),
            "peak_mb": max(done.peak_mb for done in parts.values()),
            "parts": seconds,
        }

    return Contestant("floor", run)


def peer(name: str, python: Path, program: str, *options: str, limit: int | None = None) -> Contestant:
    """Return a program of `peers` that runs in the virtual environment of `python`."""

    def run(place: Place, _: str, mode: str) -> Step:
        state = place.home / "state"
        state.mkdir(exist_ok=True)
        given = {
            "driver": next(each for each in DRIVERS if each in pyodbc.drivers()),
            "sage": str(place.sage_file),
            "state": str(state),
            "server": place.world.access,
        }
        command = (str(python), str(PEERS / f"{program}.py"), mode, *options)
        done = measure(command, place.home, place.scratch, stdin=json.dumps(given).encode() + b"\n", quiet=True)
        if done.code:
            raise Failed(f"{name} ended with {done.code}: {done.complaint}")
        return figures(done) | (reckoned(done) if limit else {})

    options = (*options, "--limit", str(limit)) if limit else options
    return Contestant(name, run, limit)


def figures(done: Measured) -> Step:
    """Return what every contestant is measured by."""
    return {"seconds": done.seconds, "cpu": done.cpu, "peak_mb": done.peak_mb}


def reckoned(done: Measured) -> Step:
    """Return how long all records would have taken, at the pace of those that were sent."""
    told = orjson.loads(done.out.splitlines()[-1])
    left = told["changed"] - told["posted"]
    if not left:
        return {}
    factor = 1 + left * told["posting_seconds"] / told["posted"] / done.seconds
    return {"seconds": done.seconds * factor, "cpu": done.cpu * factor, "extrapolated_from": told["posted"]}


@dataclass(frozen=True, slots=True)
class Environments:
    """Virtual environments of the peers, made in `folder` when they are first needed."""

    folder: Path
    tell: Callable[[str], None] = field(default=lambda _: None)

    def python(self, name: str) -> Path:
        """Return the Python of an environment with what `peers/requirements-NAME.txt` asks for.

        Raises:
            Failed: when it cannot be made.
        """
        wanted = PEERS / f"requirements-{name}.txt"
        home = self.folder / f"{name}-{sha256(wanted.read_bytes()).hexdigest()[:12]}"
        python = home / "bin" / "python"
        if (home / "complete").exists():
            return python
        self.tell(f"making the virtual environment of {name}")
        shutil.rmtree(home, ignore_errors=True)
        for command in (
            [sys.executable, "-m", "venv", str(home)],
            [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(wanted)],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise Failed(f"the virtual environment of {name} cannot be made: {done.stderr[-500:]}")
        (home / "complete").touch()
        return python


def peers(against: Sequence[str], environments: Environments) -> list[Contestant]:
    """Return the contestants that `against` names: dlt, singer, naive."""
    found: list[Contestant] = []
    if "naive" in against:
        python = Path(sys.executable)
        found += [
            peer("script", python, "script"),
            peer("naive", python, "naive"),
            peer("naive, one by one", python, "naive", "--one-by-one", limit=ONE_BY_ONE_LIMIT),
        ]
    if "dlt" in against:
        found.append(peer("dlt", environments.python("dlt"), "dlt_pipeline"))
    if "singer" in against:
        found.append(peer("Singer", environments.python("singer"), "singer"))
    return found


def count_delivered(cloud_file: Path) -> int:
    """Return how many records of the lists a server has."""
    with closing(sqlite3.connect(cloud_file)) as cloud:
        return int(cloud.execute(f"SELECT count(*) FROM list_items WHERE list IN {_NAMES}").fetchone()[0])


def is_part_of(cloud_file: Path, whole: Path) -> bool:
    """Tell whether every record of the lists that one server has is the same in the other, in any order of fields.

    Most are spelled alike, which SQLite sees at once.
    """
    sql = (
        "SELECT here.record, there.record FROM list_items AS here LEFT JOIN whole.list_items AS there"
        " USING (entity, list, key)"
        f" WHERE list IN {_NAMES} AND there.record IS NOT here.record"
    )
    with closing(sqlite3.connect(cloud_file)) as cloud:
        cloud.execute("ATTACH ? AS whole", (str(whole),))
        return all(
            there is not None and orjson.loads(there) == orjson.loads(here) for here, there in cloud.execute(sql)
        )
