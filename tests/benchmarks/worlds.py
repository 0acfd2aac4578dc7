"""Copies of one demo world, each with its own AP server, and children whose time and memory are measured."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson
import requests

from app.settings import Home

APBRIDGE = (sys.executable, "-m", "app")


@dataclass(frozen=True, slots=True)
class Measured:
    """A child that has ended: wall and processor seconds, peak memory in MB, and what it wrote."""

    code: int
    seconds: float
    cpu: float
    peak_mb: float
    out: bytes


def measure(command: Sequence[str], home: Path, scratch: Path, stdin: bytes = b"") -> Measured:
    """Run `command` in the home folder `home` to its end; `scratch` is a folder for what it writes.

    The measuring process must stay small: on Linux a child's peak begins at the peak of the process that starts it.
    """
    given, out = scratch / "stdin", scratch / "stdout"
    given.write_bytes(stdin)
    with given.open("rb") as source, out.open("wb") as sink:
        started = time.perf_counter()
        code, cpu, peak = _wait(_start(command, home, source, sink))
        seconds = time.perf_counter() - started
    return Measured(code, seconds, cpu, peak, out.read_bytes())


def _start(command: Sequence[str], home: Path, source: IO[bytes], sink: IO[bytes]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, env=environment(home), stdin=source, stdout=sink)


def _wait(child: "subprocess.Popen[bytes]") -> tuple[int, float, float]:
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)  # or Popen would wait for it again
    return child.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a child whose home folder is `home`; it finds no keyring, as the demo needs none.

    It may keep what it compiled, as an installed program has it.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"APBRIDGE_HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


def make_world(home: Path, scale: str) -> None:
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
    command = [*APBRIDGE, "sandbox", "create", "--scale", scale]
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


@contextmanager
def served(home: Path) -> Iterator[Served]:
    """Serve the AP server of the world in `home` from a process of its own."""
    command = [*APBRIDGE, "sandbox", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None, "it is a pipe"
            yield Served(orjson.loads(server.stdout.readline()))
        finally:
            server.send_signal(signal.SIGTERM)
