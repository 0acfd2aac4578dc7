"""Whole runs with Sage's program behind real COM: the demo's totals, a program that dies, one that never answers."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from tests.windows.inside import com_server

PROGRAM = Path(__file__).with_name("through_com.py")


@pytest.fixture(scope="module", autouse=True)
def registered():
    com_server.register_server()
    yield
    com_server.unregister_server()


class Bridge:
    """`apbridge` through COM, in one home folder; the secrets are in Windows' vault."""

    def __init__(self, home):
        self.home = home
        self.environment = os.environ | {"APBRIDGE_HOME": str(home)}
        self.environment.pop("PYTHON_KEYRING_BACKEND", None)

    def run(self, *arguments):
        command = [sys.executable, str(PROGRAM), *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, encoding="utf-8", check=False)
        return done.returncode, [orjson.loads(line) for line in done.stdout.splitlines() if line.startswith("{")], done

    def trouble(self, at, what):
        file = self.home / "sandbox" / "sage" / com_server.TROUBLE
        folder = file.parent if file.parent.joinpath("MAS_ABC.sqlite").exists() else self.home / "sandbox"
        (folder / com_server.TROUBLE).write_text(json.dumps({"at": at, "trouble": what}), "utf-8")
        return folder / com_server.TROUBLE

    def entries(self):
        """Return how often each bill stands in Sage's entry screens, with its amount."""
        (company,) = self.home.glob("sandbox/**/MAS_ABC.sqlite")
        with closing(sqlite3.connect(company)) as database:
            return database.execute(
                "SELECT APDivisionNo, VendorNo, InvoiceNo, COUNT(*) FROM AP_InvoiceHeader GROUP BY 1, 2, 3"
            ).fetchall()


def assert_totals_match(events):
    totals = [row for each in events if each["event"] == "totals" for row in each["rows"]]
    assert totals
    for row in totals:
        assert row["sent_count"] == row["sage_count"] == row["cloud_count"] > 0
        assert row["sent_amount"] == row["sage_amount"] == row["cloud_amount"]
        assert row["differing"] == []


def test_the_demo_ends_with_equal_totals(tmp_path):
    code, events, done = Bridge(tmp_path / "home").run("demo", "--headless", "--json", "--seed", "7")
    assert code in (0, 1), done.stderr + done.stdout[-2000:]
    assert_totals_match(events)


@pytest.mark.parametrize(("what", "code"), [("die", "sage-went-away"), ("hang", "sage-no-answer")])
def test_what_a_dying_or_silent_program_interrupted_is_sent_once_by_the_next_run(tmp_path, what, code):
    bridge = Bridge(tmp_path / "home")
    bridge.run("sandbox", "create", "--seed", "7", "--json")
    settings = bridge.home / "settings.json"
    settings.write_bytes(orjson.dumps(orjson.loads(settings.read_bytes()) | {"sage_timeout_seconds": 8}))
    used = bridge.trouble("nWrite", what)
    ended, events, done = bridge.run("demo", "--headless", "--json")
    assert not used.exists()
    assert any(each.get("code") == code for each in events), done.stdout[-3000:] + done.stderr
    if what == "hang":
        assert ended == 3
        os.kill(int(used.with_suffix(".process").read_text("utf-8")), signal.SIGTERM)  # as a person does it
    _, events, done = bridge.run("demo", "--headless", "--json")
    assert_totals_match(events)
    assert {count for *_, count in bridge.entries()} == {1}, done.stdout[-3000:]
