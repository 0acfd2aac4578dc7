"""Copies of one demo world, each with its own AP server, and children whose time and memory are measured."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import requests

from app.settings import Home

APBRIDGE = (sys.executable, "-m", "app")
TALLIED = (sys.executable, "-m", "tests.benchmarks.tallied")
FAMILY_SECONDS = 0.05


class Failed(Exception):  # noqa: N818  # what became of the measurement
    """What was measured did not do what it should: the figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A child that has ended: wall and processor seconds of it and its own children, their peak memory in MB together.

    `out` is what it wrote, `complaint` the end of what it wrote to standard error, where that was kept.
    """

    code: int
    seconds: float
    cpu: float
    peak_mb: float
    out: bytes
    complaint: str = ""


def measure(command: Sequence[str], home: Path, scratch: Path, stdin: bytes = b"", *, quiet: bool = False) -> Measured:
    """Run `command` in the home folder `home` to its end; `scratch` is a folder for what it writes.

    `quiet` keeps its standard error from the terminal.
    The measuring process must stay small: on Linux a child's peak begins at the peak of the process that starts it.
    """
    given, out, errors = (scratch / name for name in ("stdin", "stdout", "stderr"))
    given.write_bytes(stdin)
    with given.open("rb") as source, out.open("wb") as sink, errors.open("wb") as complaints:
        started = time.perf_counter()
        child = subprocess.Popen(
            command, env=environment(home), stdin=source, stdout=sink, stderr=complaints if quiet else None
        )
        with FamilyMemory(child.pid) as family:
            code, cpu, peak = _wait(child)
            seconds = time.perf_counter() - started
    complaint = errors.read_text(errors="replace")[-2000:]
    return Measured(code, seconds, cpu, max(peak, family.peak_mb), out.read_bytes(), complaint)


def _wait(child: "subprocess.Popen[bytes]") -> tuple[int, float, float]:
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)  # or Popen would wait for it again
    return child.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


class FamilyMemory:
    """Looks now and then how much memory a child and its children have together; of one alone `wait4` tells it better.

    What they share counts once.
    """

    def __init__(self, pid: int) -> None:
        self.peak_mb = 0.0
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="family memory")

    def __enter__(self) -> "FamilyMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(FAMILY_SECONDS):
            family = [self._pid]
            for pid in family:
                family += _children(pid)
            if len(family) > 1:
                self.peak_mb = max(self.peak_mb, sum(map(_shared_out_mb, family)))


def _children(pid: int) -> list[int]:
    """Return the children of a process; one that has ended meanwhile has none."""
    found: list[int] = []
    with suppress(FileNotFoundError):
        for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, tasks.read_text().split())
    return found


def _shared_out_mb(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a child whose home folder is `home`; it finds no keyring, as the demo needs none.

    It may keep what it compiled, as an installed program has it.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"APBRIDGE_HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


def make_world(home: Path, scale: str, program: Sequence[str] = APBRIDGE) -> None:
    """Make the demo world in `home` unless there is one.

    Raises:
        ValueError: when the one that is there has another scale.
    """
    description = Home(home).sandbox / "world.json"
    if description.exists():
        there = orjson.loads(description.read_bytes())["scale"]
        if there != scale:
            raise ValueError(f"{home} holds a world of scale {there}, not {scale}")
        return
    command = [*program, "sandbox", "create", "--scale", scale]
    subprocess.run(command, env=environment(home), check=True, stdout=subprocess.DEVNULL)


def copy_world(made: Path, home: Path, *, sage: bool = True) -> Path:
    """Copy the unused world of `made` to `home`: fresh server, no store; without `sage` the company's data stay."""
    left_out = shutil.ignore_patterns("*.sqlite-wal", "*.sqlite-shm", *([] if sage else ["MAS_*"]))
    shutil.copytree(made / "sandbox", home / "sandbox", ignore=left_out)
    shutil.copy(made / "settings.json", home)
    for file in (home / "sandbox" / "world.json", home / "settings.json"):
        file.write_bytes(file.read_bytes().replace(str(made).encode(), str(home).encode()))
    return home


class Served:
    """The AP server of one copied world, running."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.sage_file = Path(description["sage"]["file"])
        self.cloud_file = Path(description["quadient_ap"]["file"])
        self.access = description["quadient_ap"]

    def forget_requests(self) -> None:
        """Empty the server's log of requests."""
        requests.delete(f"{self.access['admin_url']}requests", timeout=30).raise_for_status()

    def records_sent(self) -> dict[str, int]:
        """Return how many records came in batches since, by the part they belong to ("vendor", "orders" …)."""
        answer = requests.get(f"{self.access['admin_url']}requests", timeout=30)
        answer.raise_for_status()
        sent: Counter[str] = Counter()
        for entry in answer.json()["items"]:
            if entry["method"] == "POST" and entry["path"].endswith("/batches"):
                sent[entry["path"].split("/")[-2]] += entry["count"]
        return dict(sent)

    def tally(self) -> dict[str, int]:
        """Return how many requests, bytes of their bodies and records came in since the start; of a `TALLIED` one."""
        answer = requests.get(f"{self.access['admin_url']}tally", timeout=30)
        answer.raise_for_status()
        return dict(answer.json())


@contextmanager
def served(home: Path, program: Sequence[str] = APBRIDGE) -> Iterator[Served]:
    """Serve the AP server of the world in `home` from a process of its own."""
    command = [*program, "sandbox", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None, "it is a pipe"
            yield Served(orjson.loads(server.stdout.readline()))
        finally:
            server.send_signal(signal.SIGTERM)
