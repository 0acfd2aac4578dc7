"""Two hundred real kills of a real engine process between Sage, Quadient AP's server and its store.

Each time the process is ended by SIGKILL, at a moment drawn from a seed: at one of its calls into Sage, at a moment of
the time that an undisturbed run takes, or while Quadient AP is being told and its answer is slow or lost. Some chains
kill the recovery too, and the recovery of that. After each kill the store must be sound; then a run goes to its end,
and nothing is lost, doubled or changed on either side, to the cent.
"""

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
import requests

from tests.system.commands import Program, copied, in_cloud, in_sage, left_behind, out_of_balance, rows, switch

KILLS = 200
WORLDS = 8

KINDS = {"invoices": "invoice", "payments": "payment"}
CALLS = {
    "invoices": {"bo": 480, "odbc": 110, "bo-before-commit": 17, "bo-after-commit": 17},
    "payments": {"bo": 70, "odbc": 55, "bo-before-commit": 4, "bo-after-commit": 4},
}
"""How often a run that sends all of a kind comes by each place, at least."""
RECOVERY_CALLS = {"odbc": 45}

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
    pytest.mark.timeout(600),  # beside other tests on a small machine
]


@pytest.fixture(scope="session")
def previewed(made_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which everything is previewed and nothing is sent yet."""
    home = copied(made_world, tmp_path_factory.mktemp("previewed") / "home")
    program = Program(home)
    with program.served():
        for kind in KINDS:
            assert program.run("preview", kind, "--json").code in (0, 1)
    return home


@dataclass
class Scene:
    """A served world that can be set back to how it was before anything was sent."""

    program: Program
    world: dict[str, Any]
    before: Path
    random: Random
    ready: dict[str, dict[str, Decimal]]
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, 1.0))

    @property
    def store(self) -> Path:
        return self.program.home / "store.sqlite"

    def set_back(self) -> None:
        """Make the store, Sage and Quadient AP what they were."""
        for place, pattern in ((Path(), "store.sqlite*"), (Path("sandbox/sage"), "MAS_ABC.sqlite*")):
            for file in (self.program.home / place).glob(pattern):
                file.unlink()
            for file in (self.before / place).glob(pattern):
                shutil.copyfile(file, self.program.home / place / file.name)
        self.admin("POST", "reset")

    def admin(self, method: str, path: str, /, **json: Any) -> None:
        url = self.world["quadient_ap"]["admin_url"] + path
        requests.request(method, url, json=json or None, timeout=30).raise_for_status()

    def is_killed(self, kind: str, calls: dict[str, int]) -> bool:
        """Start a run that sends a kind, end it at a drawn moment; tell whether it was not over by then."""
        ways = (self._at_a_call, self._at_a_moment, self._while_telling)
        with self.random.choice(ways)(kind, calls) as process:
            process.communicate(timeout=120)
        switch(self.world)
        self.admin("DELETE", "faults")
        return process.returncode == -signal.SIGKILL

    def _at_a_call(self, kind: str, calls: dict[str, int]) -> "subprocess.Popen[bytes]":
        """The process kills itself at its n-th call into Sage."""
        place = self.random.choice(list(calls))
        switch(self.world, die_at={place: self.random.randint(1, calls[place])})
        return self._process(kind)

    def _at_a_moment(self, kind: str, _: dict[str, int]) -> "subprocess.Popen[bytes]":
        """This test kills it after a part of the time that an undisturbed run took last."""
        process = self._process(kind)
        return _kill(process, b'"run_started"', self.random.uniform(0, self.seconds[kind]))

    def _while_telling(self, kind: str, _: dict[str, int]) -> "subprocess.Popen[bytes]":
        """This test kills it soon after it has found its documents in Sage; the server's answer is late or lost."""
        name = self.random.choice(("slow", "drop_after_commit"))
        self.admin("POST", "faults", name=name, path=".*/results", times=1, seconds=0.3)
        process = self._process(kind)
        return _kill(process, b'"in_sage"', self.random.uniform(0, 0.4))

    def _process(self, kind: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "app", "send", kind, "--all-ready", "--json"],
            env=self.program.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def is_sound(self) -> bool:
        """Check the store as the kill has left it, in a copy: looking at it would already set it right."""
        copy = self.program.home.parent / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for file in self.program.home.glob("store.sqlite*"):
            shutil.copyfile(file, copy / file.name)
        with closing(sqlite3.connect(copy / "store.sqlite")) as database:
            return bool(database.execute("PRAGMA integrity_check").fetchall() == [("ok",)])

    def finish(self, kind: str) -> None:
        """Let a run go to its end."""
        ended = self.program.run("send", kind, "--all-ready", "--json")
        assert ended.code == 0, ended.sentence
        begun, over = (datetime.fromisoformat(each["at"]) for each in (ended.events[0], ended.events[-1]))
        self.seconds[kind] = (over - begun).total_seconds()

    def check(self, kind: str) -> None:
        """Nothing lost, doubled or changed, in Sage, in Quadient AP, in the journal and in the totals."""
        expected, other = self.ready[kind], next(each for each in KINDS if each != kind)
        assert in_sage(self.world) == {id_: (1, amount) for id_, amount in expected.items()}
        assert left_behind(self.world) == []
        assert out_of_balance(self.world) == []
        cloud = in_cloud(self.world, kind)
        told = {id_: each for id_, each in cloud.items() if each["run"]}
        assert {id_: Decimal(each["document"]["amount"]) for id_, each in told.items()} == expected
        assert {each["status"] for each in told.values()} == {"EX"}
        assert len({each["external_id"] for each in told.values()}) == len(expected)
        assert not any(each["run"] for each in in_cloud(self.world, other).values())
        held = rows(self.store, "SELECT document FROM journal WHERE state = 'acknowledged' ORDER BY document")
        assert held == [(id_,) for id_ in sorted(expected)]
        assert rows(self.store, "SELECT * FROM journal WHERE state NOT IN ('acknowledged', 'absent')") == []
        assert rows(self.store, "SELECT * FROM reports WHERE answered_at IS NULL") == []
        self._check_totals(expected)

    def _check_totals(self, expected: dict[str, Decimal]) -> None:
        totals = rows(
            self.store,
            "SELECT sent_count, sage_count, cloud_count, sent_amount, sage_amount, cloud_amount, differing FROM totals",
        )
        assert {row[6] for row in totals} == {"[]"}
        for place in (0, 1, 2):
            assert sum(row[place] for row in totals) == len(expected)
            assert sum(Decimal(row[place + 3]) for row in totals) == sum(expected.values())


def _kill(process: "subprocess.Popen[bytes]", seen: bytes, seconds: float) -> "subprocess.Popen[bytes]":
    """Kill `process` so many seconds after it has said a line with `seen` in it, unless it is over before."""
    assert process.stdout is not None, "it is a pipe"
    for line in process.stdout:
        if seen in line:
            break
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    return process


@pytest.fixture
def scene(previewed: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scene]:
    program = Program(copied(previewed, tmp_path / "home"))
    sql = "SELECT id, payload FROM documents WHERE kind = ? AND state = 'ready'"
    ready = {
        kind: {
            id_: Decimal(orjson.loads(payload)["amount"])
            for id_, payload in rows(previewed / "store.sqlite", sql, (stored,))
        }
        for kind, stored in KINDS.items()
    }
    with program.served() as world:
        yield Scene(program, world, previewed, Random(request.param), ready)  # noqa: S311  # a seed that makes the test repeatable


@pytest.mark.parametrize("scene", range(WORLDS), indirect=True)
def test_kills_at_any_moment_lose_and_double_nothing(scene: Scene) -> None:
    assert {kind: len(ready) >= 4 for kind, ready in scene.ready.items()} == {"invoices": True, "payments": True}
    kills = 0
    while kills < KILLS // WORLDS:
        scene.set_back()
        kind = scene.random.choice(("invoices", "invoices", "payments"))
        # The second one of a chain hits the recovery from the first, the third the recovery from that.
        calls = CALLS[kind]
        for _ in range(min(scene.random.choice((1, 2, 3)), KILLS // WORLDS - kills)):
            if not scene.is_killed(kind, calls):
                break
            kills += 1
            assert scene.is_sound()
            calls = RECOVERY_CALLS
        scene.finish(kind)
        scene.check(kind)
    assert kills * WORLDS == KILLS == 200
