"""What came after what is told by the order in which it was noted: the clock of a computer may be set back."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.cloud.port import DocumentKind, DocumentResult, Move, Outcome, RecordResult, RecordStatus
from app.engine.database import Database
from app.engine.in_flight import standings
from app.engine.migrations import migrations
from app.engine.rebuild.made_anew import MadeAnew
from app.engine.run import Run
from app.engine.sending import whereabouts
from app.engine.sending.journal import Intent, Journal
from app.engine.sending.moves import Asked, Moves
from app.engine.sending.natural_key import natural_key
from app.engine.sending.whereabouts import Stands
from app.engine.store import Store
from app.engine.views import Views
from app.errors import RetryLater, Side
from tests.engine.checks.fakes import make_invoice
from tests.engine.fakes import COMPANY, NOW, make_run


class Cloud:
    """Quadient AP, which takes every move unless it is away."""

    max_batch = 100
    away = False

    def move(self, kind: DocumentKind, ids: Sequence[str], *_: Any) -> list[RecordResult]:
        if self.away:
            raise RetryLater("cloud-away", "Quadient AP does not answer", "It is away.", "Wait.", side=Side.CLOUD)
        return [RecordResult(id_, RecordStatus.ACCEPTED, "", "") for id_ in ids]


def run_at(folder: Path, id_: str, minutes: int, ended: str = "running", error: str = "") -> Run:
    """Return a sync that is noted as begun at this time, and as ended so."""
    run, _ = make_run(folder, id_)
    run.ports = replace(run.ports, now=lambda: NOW + timedelta(minutes=minutes))
    told = {"code": "x", "title": error, "message": "", "fix": ""}
    run.store.write(
        "INSERT INTO runs (id, company, command, started_at, finished_at, outcome, exit_code, summary)"
        " VALUES (?, ?, 'sync', ?, ?, ?, ?, ?)",
        (id_, COMPANY.code, run.stamp(), run.stamp(), ended, 0 if ended == "done" else 70,
         orjson.dumps({"error": told} if error else {}).decode()),
    )  # fmt: skip
    return run


def ask(run: Run, cloud: Cloud, move: Move, id_: str) -> None:
    with run.reporter.stage("moves", "Moving") as stage:
        Moves(run, cloud).ask(DocumentKind.INVOICE, move, {id_: Asked()}, stage)  # type: ignore[arg-type]


def test_what_stopped_a_sync_is_past_after_one_that_the_clock_puts_before_it(tmp_path: Path) -> None:
    run_at(tmp_path, "r1", 60, "failed", "Sage was away")
    run_at(tmp_path, "r2", 0, "done")
    views = Views(tmp_path / "store.sqlite", COMPANY.code)
    assert views.needs_you() == []
    assert views.last_sync() == NOW
    views.close()


def test_what_stopped_the_sync_after_the_clock_was_set_back_is_told(tmp_path: Path) -> None:
    run_at(tmp_path, "r1", 60, "done")
    run_at(tmp_path, "r2", 0, "failed", "Sage was away")
    views = Views(tmp_path / "store.sqlite", COMPANY.code)
    assert [each.title for each in views.needs_you()] == ["Sage was away"]
    views.close()


def test_runs_that_a_rebuild_brings_back_come_before_those_that_were_noted_here(tmp_path: Path) -> None:
    run = run_at(tmp_path, "r3", 60, "failed", "Sage was away")
    made = MadeAnew(run)
    earlier, later = (NOW.isoformat(), (NOW + timedelta(minutes=1)).isoformat())
    made.add("runs", [("r2", "sync", later, later, "done", 0), ("r1", "sync", earlier, earlier, "done", 0)])
    made.add("runs", [("r3", "sync", later, later, "done", 0)])
    made.put_in_place()
    assert [row["id"] for row in run.store.rows("SELECT id FROM runs ORDER BY rowid")] == ["r1", "r2", "r3"]
    views = Views(tmp_path / "store.sqlite", COMPANY.code)
    assert [each.title for each in views.needs_you()] == ["Sage was away"], "the run is told as it was noted here"
    views.close()


def test_what_was_not_answered_is_repeated_in_the_order_in_which_it_was_asked(tmp_path: Path) -> None:
    cloud = Cloud()
    cloud.away = True
    for id_, minutes, move in (("b", 60, Move.MARK_FOR_EXPORT), ("a", 0, Move.MARK_AS_EXPORTED)):
        run = run_at(tmp_path, id_, minutes)
        with pytest.raises(RetryLater):
            ask(run, cloud, move, "inv-1")
    assert [each.move for each in Moves(run, cloud).unanswered()] == [  # type: ignore[arg-type]
        Move.MARK_FOR_EXPORT,
        Move.MARK_AS_EXPORTED,
    ]


def test_reports_are_repeated_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    made = []
    for id_, minutes in (("b", 60), ("a", 0)):
        journal = Journal(run_at(tmp_path, id_, minutes))
        invoice = make_invoice(id=id_, number=id_)
        (entry,) = journal.intend("invoice", [Intent(invoice, b"1", natural_key(invoice, None))])
        result = DocumentResult("", id_, "", id_, Outcome.EXPORTED, "ABC:x")
        made += journal.report([(entry, result)])
    assert [each.result.key for each in journal.open_reports()] == [each.result.key for each in made]


def test_what_a_person_lets_be_needs_nobody_until_sage_has_it_again_and_no_more(tmp_path: Path) -> None:
    run = run_at(tmp_path, "r1", 60)
    journal, invoice = Journal(run), make_invoice(id="inv-1")
    (entry,) = journal.intend("invoice", [Intent(invoice, b"1", natural_key(invoice, None))])
    journal.proven(entry.id, "00001", "ABC:x", {})

    def stands(where: Stands) -> bool:
        whereabouts._keep(run, {entry.id: whereabouts._Seen(where)})
        return standings(run.store.rows, COMPANY.code)["invoice", "inv-1"].let_be

    assert not stands(Stands.GONE)
    ask(run_at(tmp_path, "r2", 0), Cloud(), Move.MARK_AS_EXPORTED, "inv-1")
    assert stands(Stands.GONE)
    assert [stands(Stands.UNPOSTED), stands(Stands.GONE)] == [False, False]


def test_what_was_let_be_before_the_update_is_so_after_it(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    db = Database(sqlite3.connect(file, isolation_level=None))
    migrations.apply(db, stop_before="let_be")
    for entry, (document, stands, answered) in enumerate(
        [("let-be", "gone", "10:01"), ("asks", "gone", "09:59"), ("there", "unposted", "10:01")], start=1
    ):
        db.execute(
            "INSERT INTO journal (id, company, kind, document, hash, run, state, destination, natural_key, amount,"
            " intended_at) VALUES (?, 'ABC', 'invoice', ?, x'', '', 'acknowledged', '', '', '', '')",
            (entry, document),
        )
        db.execute("INSERT INTO whereabouts VALUES (?, 'ABC', ?, NULL, '2026-03-02T10:00', '', '')", (entry, stands))
        db.execute(
            "INSERT INTO moves (company, key, place, kind, document, run, move, external_id, asked_at, answered_at)"
            " VALUES ('ABC', 'key', 0, 'invoice', ?, '', 'mark-as-exported', '', '', ?)",
            (document, f"2026-03-02T{answered}"),
        )
    db.close()
    store = Store(file)
    sql = "SELECT document, let_be FROM whereabouts JOIN journal ON id = entry"
    assert store.pairs(sql) == {"let-be": 1, "asks": 0, "there": 0}
    store.close()
