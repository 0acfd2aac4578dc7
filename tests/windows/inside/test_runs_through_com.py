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
        # The demo's server is a program of its own, which finds the clone by this.
        self.environment = os.environ | {"APBRIDGE_HOME": str(home), "PYTHONPATH": str(com_server.ROOT)}
        self.environment.pop("PYTHON_KEYRING_BACKEND", None)

    def run(self, *arguments, **variables):
        command = [sys.executable, str(PROGRAM), *arguments]
        done = subprocess.run(
            command, env=self.environment | variables, capture_output=True, encoding="utf-8", check=False
        )
        return done.returncode, [orjson.loads(line) for line in done.stdout.splitlines() if line.startswith("{")], done

    def trouble(self, at, what):
        file = self.home / "sandbox" / com_server.TROUBLE
        file.write_text(json.dumps({"at": at, "trouble": what}), "utf-8")
        return file

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


def test_the_self_test_enters_reads_back_and_deletes_each_kind(tmp_path):
    bridge = Bridge(tmp_path / "home")
    bridge.run("sandbox", "create", "--seed", "7", "--json")
    before = bridge.entries()
    code, events, done = bridge.run("selftest", "--test-company", "ABC", "--json")
    # The demo's AP server does not run, and Sage is tried all the same.
    assert code == 1, done.stdout[-3000:] + done.stderr
    states = {each["check"]: each["state"] for each in events if each["event"] == "check"}
    assert states["sage-objects"] == states["sage-licence"] == "ok", done.stdout[-3000:]
    assert states["cloud-reached"] == "blocked"
    assert events[-1]["summary"]["self_test"] == {
        "invoice": "passed",
        "credit_note": "passed",
        "check": "passed",
        "receipt_of_invoice": "not_tried",
        "left": "passed",
    }, done.stdout[-3000:]
    assert bridge.entries() == before


def test_a_program_that_dies_in_mid_call_ends_the_run_with_its_reason_and_the_next_one_sends_all_once(tmp_path):
    bridge = Bridge(tmp_path / "home")
    bridge.run("sandbox", "create", "--seed", "7", "--json")
    used = bridge.trouble("nWrite", "die")
    ended, events, done = bridge.run("demo", "--headless", "--json")
    assert not used.exists(), done.stdout[-3000:] + done.stderr
    assert ended == 3, done.stdout[-3000:] + done.stderr
    assert any(each.get("code") == "sage-left-unfinished" for each in events)
    with closing(sqlite3.connect(bridge.home / "store.sqlite")) as store:
        assert store.execute("SELECT command, outcome FROM runs WHERE command LIKE 'send%'").fetchall() == [
            ("send invoices", "failed")
        ]
    # The next object comes from a new server.
    _, events, done = bridge.run("demo", "--headless", "--json")
    assert_totals_match(events)
    assert {count for *_, count in bridge.entries()} == {1}, done.stdout[-3000:]


def test_a_program_that_never_answers_ends_the_run_and_the_next_one_sends_all_once(tmp_path):
    bridge = Bridge(tmp_path / "home")
    bridge.run("sandbox", "create", "--seed", "7", "--json")
    settings = bridge.home / "settings.json"
    settings.write_bytes(orjson.dumps(orjson.loads(settings.read_bytes()) | {"sage_timeout_seconds": 8}))
    used = bridge.trouble("nWrite", "hang")
    ended, events, done = bridge.run("demo", "--headless", "--json")
    assert not used.exists(), done.stdout[-3000:] + done.stderr
    assert any(each.get("code") == "sage-no-answer" for each in events), done.stdout[-3000:] + done.stderr
    assert ended == 3
    os.kill(int(used.with_suffix(".process").read_text("utf-8")), signal.SIGTERM)  # as a person does it
    # Wine starts no other server in place of a killed one, so this comes last; the demo's own objects look at the same
    # books.
    _, events, done = bridge.run("demo", "--headless", "--json", WITHOUT_COM="1")
    assert_totals_match(events)
    assert {count for *_, count in bridge.entries()} == {1}, done.stdout[-3000:]
