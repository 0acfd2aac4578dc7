"""Sage 100 to Quadient AP: find what differs from what the cloud has acknowledged, send it, remember the answer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import orjson

from app.cloud.port import RecordResult, RecordStatus
from app.domain.codec import canonical, fingerprint
from app.engine.reporter import Stage
from app.engine.run import Run
from app.errors import SkipItem
from app.sage.outcomes import Quarantined, Skipped

T = TypeVar("T")

GUARD_SHARE = 0.05  # of a list's records …
GUARD_COUNT = 20  # … and more than this many: then a person says whether they are really gone


@dataclass(frozen=True, slots=True)
class Source(Generic[T]):
    """One stream of records from Sage and where it goes.

    `read` yields every record there is. `describe` gives (key, active, description) for the store. `send` sends a
    batch under an idempotency key. `merge` completes a changed record with what the cloud had before (JSON), and
    `gone` makes the record that tells the cloud that one vanished, or None to leave it.
    """

    name: str
    title: str
    read: Callable[[], Iterator[T | Skipped | Quarantined]]
    describe: Callable[[T], tuple[str, bool, str]]
    send: Callable[[Sequence[T], str], Sequence[RecordResult]]
    keep_payload: bool
    merge: Callable[[T, bytes], T] | None = None
    gone: Callable[[str, str, bytes | None], T | None] | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    hash: bytes | None
    active: bool
    state: str

    @property
    def maybe_there(self) -> bool:
        """Whether the cloud may have the record: it acknowledged it, or the answer to it never came."""
        return self.hash is not None or self.state == "sending"


@dataclass(frozen=True, slots=True)
class _Changed(Generic[T]):
    record: T
    key: str
    active: bool
    description: str
    payload: bytes
    hash: bytes
    kind: str  # the count it goes under when accepted: new, changed or deactivated


class Import(Generic[T]):
    """Brings one source to the cloud."""

    def __init__(self, run: Run, source: Source[T], max_batch: int, *, accept_deletions: bool) -> None:
        self._run = run
        self._source = source
        self._max_batch = max_batch
        self._accept_deletions = accept_deletions
        self._batch: list[_Changed[T]] = []
        self._batches = 0
        self._stage = Stage("", "", run.reporter)

    def run(self) -> dict[str, int]:
        """Do it; return the stage's counts. A source that cannot be read fails alone, with its reason."""
        known = self._load_known()
        with self._run.reporter.stage(self._source.name, self._source.title, len(known) or None) as stage:
            self._stage = stage
            for count in ("read", "new", "changed", "unchanged", "deactivated", "failed"):
                stage.count(count, 0)
            try:
                self._compare(known)
                self._handle_vanished(known)
                self._flush()
                self._remember_sync()
            except SkipItem as error:
                stage.count("failed")
                self._run.attention(error.code, f"{self._source.title}: {error.title}", error.message, error.fix)
                self._flush()
        return stage.counts

    def _compare(self, known: dict[str, _Known]) -> None:
        seen = 0
        for record in self._source.read():
            seen += 1
            if seen % 64 == 0:
                self._run.cancel.check()
            self._stage.advance()
            if isinstance(record, Skipped):
                self._stage.count("skipped")
                self._stage.count(f"skipped {record.code}")
                before = known.pop(record.key, None)
                if before is not None and before.hash is None:
                    self._forget([record.key])  # it was set aside before, and no longer needs anybody
                continue
            self._stage.count("read")
            if isinstance(record, Quarantined):
                self._quarantine(record, known.pop(record.key, None))
            else:
                self._compare_one(record, known)

    def _compare_one(self, record: T, known: dict[str, _Known]) -> None:
        key, active, description = self._source.describe(record)
        before = known.pop(key, None)
        payload = canonical(record)
        hashed = fingerprint(payload)
        if before is not None and before.maybe_there and before.hash != hashed and self._source.merge:
            record = self._source.merge(record, self._payload(key))
            payload = canonical(record)
            hashed = fingerprint(payload)
        if before is not None and before.hash == hashed:
            self._stage.count("unchanged")
            if before.state != "acknowledged":
                self._mark_acknowledged(key)
            return
        kind = "new" if before is None or before.hash is None else "changed"
        self._add(_Changed(record, key, active, description, payload, hashed, kind))

    def _handle_vanished(self, known: dict[str, _Known]) -> None:
        """What the cloud has and Sage no longer: made inactive there, unless so much is gone that a person must say."""
        self._forget([key for key, before in known.items() if not before.maybe_there])
        gone = list(self._vanished([key for key, before in known.items() if before.active and before.maybe_there]))
        if not gone:
            return
        read = self._stage.counts["read"]
        total = read + len(gone)
        many = len(gone) > GUARD_COUNT and len(gone) > GUARD_SHARE * total
        if (many or not read) and not self._accept_deletions:
            self._run.attention(
                "many-deletions",
                f"{self._source.title}: {len(gone):,} of {total:,} records are missing in Sage",
                "They were there at the last sync. AP Bridge left them as they are in Quadient AP.",
                "If they were really deleted, sync again with “--accept-deletions”. If not, check the company in Sage.",
            )
            return
        for changed in gone:
            self._add(changed)

    def _vanished(self, keys: Sequence[str]) -> Iterator[_Changed[T]]:
        """What to send for records that vanished; the source leaves out those that are only out of its range."""
        make = self._source.gone
        if make is None:
            return
        for key in keys:
            row = self._run.store.rows(
                "SELECT description, payload FROM checkpoints WHERE company = ? AND list = ? AND key = ?",
                (self._run.company.code, self._source.name, key),
            )[0]
            record = make(key, row["description"], row["payload"].encode() if row["payload"] else None)
            if record is not None:
                data = canonical(record)
                yield _Changed(record, key, False, row["description"], data, fingerprint(data), "deactivated")

    def _add(self, changed: _Changed[T]) -> None:
        self._batch.append(changed)
        if len(self._batch) >= self._max_batch:
            self._flush()

    def _flush(self) -> None:
        """Send the batch and remember, in one transaction, what the cloud said of each record."""
        if not self._batch:
            return
        self._run.cancel.check()
        self._batches += 1
        batch, self._batch = self._batch, []
        # Noted first: when the answer is lost, the cloud may have what it never acknowledged.
        self._run.store.write_many(_SENDING, [self._row(changed, None) for changed in batch])
        results = self._source.send(
            [changed.record for changed in batch], f"{self._run.id}-{self._source.name}-{self._batches}"
        )
        now = self._run.stamp()
        accepted = []
        for changed, result in zip(batch, results, strict=True):
            if result.status is RecordStatus.ACCEPTED:
                self._stage.count(changed.kind)
                accepted.append(self._row(changed, now))
            else:
                self._set_aside(changed, result)
        self._run.store.write_many(_ACCEPT, accepted)

    def _row(self, changed: _Changed[T], now: str | None) -> tuple[object, ...]:
        payload = changed.payload.decode() if self._source.keep_payload else None
        company, name, run = self._run.company.code, self._source.name, self._run.id
        return (company, name, changed.key, changed.hash, changed.active, changed.description, payload, now, run)

    def _set_aside(self, changed: _Changed[T], result: RecordResult) -> None:
        self._stage.count("waiting" if result.status is RecordStatus.WAITING else "failed")
        self._run.needs_user = True
        self._stage.item(changed.key, result.status, result.code, result.message, result.fix)
        payload = changed.payload.decode() if self._source.keep_payload else None
        self._keep_aside(
            changed.key,
            changed.active,
            changed.description,
            payload,
            result.status,
            result.code,
            result.message,
            result.fix,
        )

    def _quarantine(self, record: Quarantined, before: _Known | None) -> None:
        self._stage.count("failed")
        self._run.needs_user = True
        message = f"{record.reason} (table {record.table}, column {record.column}, value “{record.raw}”)"
        fix = "Correct the record in Sage; it goes with the next sync. All others go on."
        self._stage.item(record.key, "quarantined", "unreadable", message, fix)
        active = before.active if before is not None else True
        self._keep_aside(record.key, active, "", None, "quarantined", "unreadable", message, fix)

    def _keep_aside(self, key: str, active: bool, *rest: str | None) -> None:
        self._run.store.write(_SET_ASIDE, (self._run.company.code, self._source.name, key, active, *rest, self._run.id))

    def _load_known(self) -> dict[str, _Known]:
        rows = self._run.store.tuples(
            "SELECT key, hash, active, state FROM checkpoints WHERE company = ? AND list = ?",
            (self._run.company.code, self._source.name),
        )
        return {key: _Known(hashed, bool(active), state) for key, hashed, active, state in rows}

    def _payload(self, key: str) -> bytes:
        row = self._run.store.rows(
            "SELECT payload FROM checkpoints WHERE company = ? AND list = ? AND key = ?",
            (self._run.company.code, self._source.name, key),
        )[0]
        return str(row["payload"]).encode()

    def _mark_acknowledged(self, key: str) -> None:
        self._run.store.write(
            "UPDATE checkpoints SET state = 'acknowledged', code = '', reason = '', fix = ''"
            " WHERE company = ? AND list = ? AND key = ?",
            (self._run.company.code, self._source.name, key),
        )

    def _forget(self, keys: Sequence[str]) -> None:
        company, name = self._run.company.code, self._source.name
        self._run.store.write_many(
            "DELETE FROM checkpoints WHERE company = ? AND list = ? AND key = ?",
            ((company, name, key) for key in keys),
        )

    def _remember_sync(self) -> None:
        self._run.store.write(
            "INSERT OR REPLACE INTO list_syncs (company, list, finished_at, run, counts) VALUES (?, ?, ?, ?, ?)",
            (
                self._run.company.code,
                self._source.name,
                self._run.stamp(),
                self._run.id,
                orjson.dumps(self._stage.counts).decode(),
            ),
        )


# What the cloud acknowledged last stays known beside the version that is on its way.
_SENDING = """
INSERT INTO checkpoints (company, list, key, hash, active, description, payload, state, acknowledged_at, run)
VALUES (?1, ?2, ?3, NULL, ?5, ?6, ?7, 'sending', ?8, ?9)
ON CONFLICT (company, list, key) DO UPDATE SET payload = excluded.payload, state = 'sending',
    active = checkpoints.active OR excluded.active, run = excluded.run
"""

_ACCEPT = """
INSERT INTO checkpoints (company, list, key, hash, active, description, payload, state, acknowledged_at, run)
VALUES (?, ?, ?, ?, ?, ?, ?, 'acknowledged', ?, ?)
ON CONFLICT (company, list, key) DO UPDATE SET hash = excluded.hash, active = excluded.active,
    description = excluded.description, payload = excluded.payload, state = 'acknowledged', code = '', reason = '',
    fix = '', acknowledged_at = excluded.acknowledged_at, run = excluded.run
"""

# The hash stays what the cloud acknowledged last, so that the record is sent again until it is accepted.
_SET_ASIDE = """
INSERT INTO checkpoints (company, list, key, hash, active, description, payload, state, code, reason, fix, run)
VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (company, list, key) DO UPDATE SET state = excluded.state, code = excluded.code,
    payload = coalesce(excluded.payload, checkpoints.payload), reason = excluded.reason, fix = excluded.fix,
    run = excluded.run
"""
