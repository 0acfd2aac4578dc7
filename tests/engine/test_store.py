"""The store tells damage, a full disk and a missing right apart, and keeps nothing half-written."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from app.engine import soundness
from app.engine.database import Database, Migrations
from app.engine.migrations import migrations
from app.engine.store import Store, put_aside_if_damaged
from app.errors import BridgeError, ExitCode, NeedsUser, StopRun


def insert_run(store: Store, id_: str = "r1", company: str = "ABC") -> None:
    store.write("INSERT INTO runs (id, company, command, started_at) VALUES (?, ?, 'sync', '')", (id_, company))


def test_a_new_store_has_every_table_and_is_durable(tmp_path: Path) -> None:
    store = Store(tmp_path / "deep" / "store.sqlite")
    assert {"checkpoints", "documents", "journal", "totals", "runs", "events"} <= {
        name for (name,) in store.tuples("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    assert store.rows("PRAGMA journal_mode")[0]["journal_mode"] == "wal"
    assert store.rows("PRAGMA synchronous")[0]["synchronous"] == 2  # FULL
    store.close()


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")

    def runs() -> Iterator[tuple[str]]:
        yield ("r1",)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.write_many("INSERT INTO runs (id, company, command, started_at) VALUES (?, 'ABC', 'sync', '')", runs())
    assert store.rows("SELECT * FROM runs") == []
    store.close()


def test_rubbish_instead_of_a_store_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    file.write_bytes(b"this is no database " * 500)
    before = file.read_bytes()
    with pytest.raises(NeedsUser) as told:
        Store(file)
    assert told.value.code == "store-damaged"
    assert "choose Rebuild: it gives this file another name" in told.value.fix
    assert told.value.exit_code == ExitCode.COMPUTER
    assert file.read_bytes() == before


@pytest.mark.parametrize("looked_at_before", [False, True])
def test_a_store_with_a_torn_page_is_told(tmp_path: Path, looked_at_before: bool) -> None:
    file = tmp_path / "store.sqlite"
    store = Store(file)
    for number in range(500):
        insert_run(store, f"r{number}")
    store.close()
    data = bytearray(file.read_bytes())
    data[4096 * 3 : 4096 * 12] = b"\xa5" * (4096 * 9)
    file.write_bytes(data)
    if looked_at_before:
        soundness.begin(file)
    with pytest.raises(NeedsUser) as told:
        Store(file)
    assert told.value.code == "store-damaged"


def test_a_sound_store_is_looked_at_once_by_whoever_opens_it_next(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    Store(file).close()
    asked: list[str] = []
    with closing(sqlite3.connect(file)) as connection:
        connection.set_trace_callback(asked.append)
        soundness.begin(file)
        assert soundness.trouble(file, connection) is None
        assert asked == []  # the look that was begun is enough
        assert soundness.trouble(file, connection) is None
        assert asked == ["PRAGMA quick_check(1)"]


def test_a_store_that_is_not_there_is_not_made_by_looking_at_it(tmp_path: Path) -> None:
    soundness.begin(tmp_path / "store.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_what_was_kept_stays(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    store = Store(file)
    insert_run(store)
    pages = store.rows("PRAGMA page_count")[0]["page_count"]
    store.rows(f"PRAGMA max_page_count = {pages}")  # SQLite then answers as it does on a full disk
    with pytest.raises(StopRun) as told:
        store.write_many(
            "INSERT INTO runs (id, company, command, started_at) VALUES (?, 'ABC', ?, '')",
            ((f"x{number}", "y" * 2000) for number in range(50)),
        )
    assert told.value.code == "disk-full"
    assert told.value.exit_code == ExitCode.COMPUTER
    assert [row["id"] for row in store.rows("SELECT id FROM runs")] == ["r1"]
    store.close()


def test_a_folder_in_the_place_of_the_store_is_told(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").mkdir()
    with pytest.raises(StopRun) as told:
        Store(tmp_path / "store.sqlite")
    assert told.value.code == "store-unwritable"


def test_an_older_store_is_copied_before_it_is_updated(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    store = Store(file)
    insert_run(store, "kept")
    store.db.execute("DELETE FROM _sqlite_migrations")
    for (name,) in list(
        store.tuples("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlite%'")
    ):
        if name != "runs":
            store.db.execute(f"DROP TABLE {name}")
    store.db.execute("ALTER TABLE runs RENAME TO old_runs")
    store.db.execute("DROP INDEX runs_by_company")
    store.close()
    updated = Store(file)
    assert not migrations.pending(updated.db)
    copy = sqlite3.connect(tmp_path / "store.before-update.sqlite")
    assert copy.execute("SELECT id FROM old_runs").fetchall() == [("kept",)]
    copy.close()
    updated.close()


@pytest.mark.parametrize("last", ["under_way", "first_shape"])  # an older store, and one that is not made yet
def test_of_several_that_open_a_store_at_once_one_updates_it(tmp_path: Path, last: str) -> None:
    file = tmp_path / "store.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        migrations.apply(Database(connection), stop_before=last)
    together = threading.Barrier(4)

    def opened(read_only: bool) -> list[str]:
        together.wait()
        store = Store(file, read_only=read_only)
        pending = migrations.pending(store.db)
        store.close()
        return pending

    with ThreadPoolExecutor(together.parties) as threads:
        assert list(threads.map(opened, [True, False] * 2)) == [[]] * 4


def test_a_store_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    store = Store(file)
    store.write(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('apbridge', 'of_tomorrow', '')"
    )
    store.close()
    before = file.read_bytes()
    for opened in (lambda: Store(file), lambda: Store(file, read_only=True), lambda: put_aside_if_damaged(file, "now")):
        with pytest.raises(NeedsUser) as told:
            opened()
        assert (told.value.code, told.value.detail) == ("store-newer", "of_tomorrow")
    assert file.read_bytes() == before


def test_what_only_an_update_needs_is_not_loaded_to_open_a_store_of_this_version(tmp_path: Path) -> None:
    Store(tmp_path / "store.sqlite").close()
    program = (
        "import sys; from pathlib import Path; from app.engine.store import Store\n"
        "Store(Path(sys.argv[1])).close(); print('sqlite_utils' in sys.modules)"
    )
    for name, loaded in (("store.sqlite", "False\n"), ("new.sqlite", "True\n")):
        command = [sys.executable, "-c", program, str(tmp_path / name)]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == loaded


def test_what_is_replaced_is_deleted_for_triggers_too(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    insert_run(store)
    store.db.execute("CREATE TABLE gone (id TEXT)")
    store.db.execute("CREATE TRIGGER r AFTER DELETE ON runs BEGIN INSERT INTO gone VALUES (OLD.id); END")
    store.write("INSERT OR REPLACE INTO runs (id, company, command, started_at) VALUES ('r1', 'ABC', 'sync', '')")
    assert store.rows("SELECT id FROM gone") == [{"id": "r1"}]
    store.close()


def test_a_migration_that_fails_leaves_the_shape_as_it_was_and_is_taken_later(tmp_path: Path) -> None:
    steps = Migrations("tried")
    broken = True

    @steps()
    def two_tables(db: Database) -> None:
        db.execute("CREATE TABLE one (id)")
        if broken:
            raise ValueError
        db.execute("CREATE TABLE two (id)")

    with closing(sqlite3.connect(tmp_path / "tried.sqlite", isolation_level=None)) as connection:
        db = Database(connection)
        with pytest.raises(ValueError):  # noqa: PT011  # it has no text
            steps.apply(db)
        assert steps.pending(db) == ["two_tables"]
        broken = False
        steps.apply(db)
        assert steps.pending(db) == []
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('one', 'two')").fetchone() == (2,)


def test_forgetting_a_company_leaves_the_others(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    insert_run(store, "r1", "ABC")
    insert_run(store, "r2", "XYZ")
    store.forget("ABC")
    assert [row["id"] for row in store.rows("SELECT id FROM runs")] == ["r2"]
    store.close()


def test_only_a_damaged_store_is_put_aside_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    store = Store(file)
    insert_run(store)
    store.close()
    assert put_aside_if_damaged(file, "now") is None
    file.write_bytes(b"no store" * 1000)
    (tmp_path / "store.sqlite-wal").write_bytes(b"its log")
    aside = put_aside_if_damaged(file, "now")
    assert aside == tmp_path / "store.damaged-now.sqlite"
    assert aside.read_bytes() == b"no store" * 1000
    assert not file.exists()
    assert not (tmp_path / "store.sqlite-wal").exists()


def test_a_copy_holds_everything_and_replaces_no_file(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    insert_run(store)
    store.copy(tmp_path / "copy.sqlite")
    copy = Store(tmp_path / "copy.sqlite")
    assert [row["id"] for row in copy.rows("SELECT id FROM runs")] == ["r1"]
    copy.close()
    with pytest.raises(BridgeError):
        store.copy(tmp_path / "copy.sqlite")
    store.close()


def test_a_store_of_an_older_version_is_brought_up_to_date_by_who_only_looks(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    db = Database(sqlite3.connect(file, isolation_level=None))
    migrations.apply(db, stop_before="undo")
    db.close()
    store = Store(file, read_only=True)
    assert store.rows("SELECT undone_at, payload FROM journal") == []
    store.close()
    assert file.with_suffix(".before-update.sqlite").exists()
