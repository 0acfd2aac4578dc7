"""What the terminal shows of a run that is past."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from app.cli import main
from app.engine.store import Store
from app.settings import Home, Settings
from tests.engine.fakes import COMPANY

BEGAN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store in which run-0 sent an invoice, and 300 runs came after it."""
    monkeypatch.setenv("APBRIDGE_HOME", str(tmp_path))
    home = Home()
    home.save(Settings((COMPANY,)))
    store = Store(home.store_file)
    for number in range(301):
        began = (BEGAN + timedelta(hours=number)).isoformat()
        store.write(
            "INSERT INTO runs (id, company, command, started_at, outcome, exit_code) VALUES (?, ?, ?, ?, 'done', 0)",
            (f"run-{number}", COMPANY.code, "send invoices" if number == 0 else "sync", began),
        )
    key = orjson.dumps(["00", "0000123", "INV-1", "2026-02-01"]).decode()
    store.write(
        "INSERT INTO journal (company, kind, document, hash, payload, run, state, destination, natural_key, amount,"
        " intended_at) VALUES (?, 'invoice', 'inv-1', x'00', '', 'run-0', 'acknowledged', ?, ?, '12.50', ?)",
        (COMPANY.code, "A/P Invoice Data Entry", key, BEGAN.isoformat()),
    )
    store.write(
        "INSERT INTO totals (run, company, destination, batch, credit, sent_count, sent_amount, sage_count,"
        " sage_amount, cloud_count, cloud_amount, differing)"
        " VALUES ('run-0', ?, 'A/P Invoice Data Entry', '00012', 0, 1, '12.50', 1, '12.50', 1, '12.50', '[]')",
        (COMPANY.code,),
    )
    return store


def test_a_run_is_shown_however_many_came_after_it(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    store.close()
    assert main(["history", "--run", "run-0"]) == 0
    shown = capsys.readouterr().out
    assert "batch 00012" in shown
    assert "undone" not in shown


def test_the_totals_of_a_run_that_was_undone_since_say_so(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    store.write("UPDATE journal SET state = 'undone'")
    store.close()
    assert main(["history", "--run", "run-0"]) == 0
    assert "1 document was undone since: deleted in Sage 100." in capsys.readouterr().out
