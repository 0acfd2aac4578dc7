"""Sage 100 to Quadient AP: find what differs from what the cloud has acknowledged, send it, remember the answer."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import orjson

from app.cloud.port import RecordResult
from app.domain.codec import canonical, fingerprint
from app.domain.language import say, whole
from app.engine.importing.blocks import Blocks, Tally
from app.engine.importing.known import OPEN, Before, Known
from app.engine.importing.passes import Asked, Pass
from app.engine.importing.uploads import Changed, Route, Uploads, set_aside
from app.engine.reporter import Stage
from app.engine.run import Run
from app.errors import SkipItem
from app.sage.outcomes import BlockRead, Fresh, Quarantined, Skipped
from app.sage.wanted import Printed, Wanted

T = TypeVar("T")

GUARD_SHARE = 0.05  # of a list's records …
GUARD_COUNT = 20  # … and more than this many: then a person says whether they are really gone

_TICK = 64  # records between two looks whether the run was cancelled

# Names what could not be named by its key, by its place in a full pass: nothing that can be asked for.
_PLACE = re.compile(r"row \d+")


@dataclass(frozen=True, slots=True)
class Source(Generic[T]):
    """One stream of records from Sage and where it goes.

    `read` yields the records that differ, in a full pass or since a day; `dates_changes` tells whether it can do the
    latter, `in_blocks` whether in a full pass it passes over many at once, and `recipe` which settings decide what it
    reads. With `watch_active`, records that are active in the cloud are looked at in every pass. `describe` gives (key,
    active, description) for the store. `send` sends a batch under an idempotency key, one after the other if
    `in_order`. `merge` completes a changed record with what the cloud had before (JSON), and `gone` makes the record
    that tells the cloud that one vanished, or None to leave it. `keys_there` looks keys up that were not met: none is
    told as vanished that is still there, however misread. `hold` says what a record must wait for before it is worth
    sending.
    """

    name: str
    title: str
    read: Callable[[Wanted], Iterator[Fresh[T] | Skipped | Quarantined | BlockRead]]
    describe: Callable[[T], tuple[str, bool, str]]
    send: Callable[[Sequence[T], str], Sequence[RecordResult]]
    keep_payload: bool
    merge: Callable[[T, bytes], T] | None = None
    gone: Callable[[str, str, bytes | None], T | None] | None = None
    keys_there: Callable[[Collection[str]], set[str]] = lambda _: set()
    hold: Callable[[T], RecordResult | None] | None = None
    dates_changes: Callable[[], bool] = lambda: False
    recipe: str = ""
    watch_active: bool = False
    in_order: bool = False
    in_blocks: bool = False


class Import(Generic[T]):
    """Brings one source to the cloud."""

    def __init__(
        self,
        run: Run,
        source: Source[T],
        max_batch: int,
        *,
        asked: Asked = Asked(),  # noqa: B008  # frozen
        ahead: Iterable[Printed] | None = None,
        accept_deletions: bool = False,
    ) -> None:
        self._run = run
        self._source = source
        self._route = Route(source.name, source.send, source.keep_payload, max_batch, source.in_order)
        self._pass = Pass(run, source.name, asked, source.recipe)
        self._accept_deletions = accept_deletions
        self._ahead = ahead
        self.lines_left_out = 0
        self._skipped: Counter[str] = Counter()
        self._printed_anew: list[tuple[bytes | None, str]] = []
        self._unnamed = 0
        self._stage = Stage("", "", run.reporter)

    def run(self) -> dict[str, int]:
        """Do it; return the stage's counts. A source that cannot be read fails alone, with its reason."""
        self._distrust_what_was_under_way()
        where = (self._run.store, self._run.company.code, self._source.name)
        known = Known(*where, self._found_unchanged)
        self._blocks = Blocks(*where, known, self._found_block)
        with self._run.reporter.stage(self._source.name, self._source.title) as stage:
            self._stage = stage
            for count in ("read", "new", "changed", "unchanged", "deactivated", "failed"):
                stage.count(count, 0)
            try:
                with Uploads(self._run, stage, self._route) as uploads:
                    self._bring(known, uploads)
            except SkipItem as error:
                stage.count("failed")
                self._run.attention(error.code, f"{self._source.title}: {error.title}", error.message, error.fix)
        return stage.counts

    def _bring(self, known: Known, uploads: Uploads[T]) -> None:
        try:
            since = self._pass.since(dated=self._source.dates_changes())
            pending = known.pending()
            unnamed_before = sum(_PLACE.fullmatch(key) is not None for key in pending)
            also = None if since is None else self._also(known, pending)
            self._stage.since = since
            if since is None:
                self._stage.total = known.total() or None
            blocks = self._blocks if since is None and self._source.in_blocks else None
            if since is not None:
                known.load_as_asked(also or ())
            elif blocks is None:
                known.load()
            ahead = self._ahead if blocks is not None else None
            self._compare(Wanted(known, since, also or frozenset(), blocks=blocks, ahead=ahead), known, uploads)
            nothing_missed = self._handle_vanished(known, also, uploads)
            # What could not be named may be one of those that were missed.
            settled = nothing_missed and (since is not None or self._unnamed <= unnamed_before)
        except SkipItem:
            uploads.finish()  # what was read before the table gave out still goes
            raise
        uploads.finish()
        with self._run.store.transaction():
            self._remember_printed()
            if blocks is not None and nothing_missed:
                blocks.keep()
            self._remember_sync()
            self._pass.remember(full=since is None, settled=settled)

    def _also(self, known: Known, pending: Collection[str]) -> frozenset[str]:
        """Return what to look at besides what changed: what the cloud did not take yet, and what must be watched."""
        keys = {key for key in pending if not _PLACE.fullmatch(key)}
        if self._source.watch_active:
            keys.update(known.active())
        return frozenset(keys)

    def _distrust_what_was_under_way(self) -> None:
        """Where an answer was lost, the cloud may have either version: whatever Sage has now is sent again."""
        self._run.store.write(
            f"UPDATE checkpoints SET hash = x'00' WHERE company = ? AND list = ? AND {OPEN} AND state = 'sending'",  # noqa: S608
            (self._run.company.code, self._source.name),
        )

    def _compare(self, wanted: Wanted, known: Known, uploads: Uploads[T]) -> None:
        seen = 0
        try:
            for record in self._source.read(wanted):
                seen += 1
                if seen % _TICK == 0:
                    self._run.cancel.check()
                    self._stage.advance(_TICK)
                if isinstance(record, BlockRead):
                    known.flush()
                    self._blocks.end(record)
                elif isinstance(record, Skipped):
                    self._skip(record, known.take(record.key))
                else:
                    self._stage.count("read")
                    self._blocks.tally.read += 1
                    if isinstance(record, Quarantined):
                        self._quarantine(record, known.take(record.key))
                    else:
                        self._compare_one(record, known, uploads)
        finally:
            for code, records in self._skipped.items():
                self._stage.count("skipped", records)
                self._stage.count(f"skipped {code}", records)
        known.flush()

    def _skip(self, record: Skipped, before: Before | None) -> None:
        self._skipped[record.code] += 1
        self._blocks.tally.skipped[record.code] += 1
        self._leave_out(record.lines)
        if before is not None and not before.maybe_there:
            self._forget([record.key])  # it was set aside before, and no longer needs anybody

    def _leave_out(self, lines: int) -> None:
        self.lines_left_out += lines
        self._blocks.tally.lines += lines

    def _found_unchanged(self, records: int) -> None:
        self._run.cancel.check()
        self._blocks.tally.read += records
        self._stage.count("read", records)
        self._stage.count("unchanged", records)
        self._stage.advance(records)

    def _found_block(self, tally: Tally) -> None:
        self._run.cancel.check()
        self._stage.count("read", tally.read)
        self._stage.count("unchanged", tally.read - tally.waiting)
        if tally.waiting:
            self._stage.count("waiting", tally.waiting)
            self._run.needs_user = True
        self._skipped += tally.skipped
        self.lines_left_out += tally.lines
        self._stage.advance(tally.read)

    def _compare_one(self, fresh: Fresh[T], known: Known, uploads: Uploads[T]) -> None:
        record = fresh.record
        key, active, description = self._source.describe(record)
        before = known.take(key)
        held = self._source.hold(record) if self._source.hold else None
        self._leave_out(fresh.lines)
        if held is not None and before is not None and _waits_as_before(before, held, fresh.rows):
            self._blocks.tally.waiting += 1
            self._stage.count(held.status.value)
            self._run.needs_user = True
            return
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
            self._printed_anew.append((fresh.rows, key))
            if len(self._printed_anew) >= self._route.max_batch:
                self._remember_printed()
            return
        kind = "new" if before is None or before.hash is None else "changed"
        changed = Changed(record, key, active, description, payload, hashed, fresh.rows, kind)
        if held is None:
            uploads.add(changed)
        else:
            self._blocks.tally.waiting += 1
            uploads.put_aside(changed, held)

    def _handle_vanished(self, known: Known, among: frozenset[str] | None, uploads: Uploads[T]) -> bool:
        """What the cloud has and Sage no longer: made inactive there, unless so much is gone that a person must say.

        Only a full pass (`among` is None) can tell it of all. One since a day looks at what is watched, and where that
        looks odd it changes nothing. Return whether nothing was left open, for the next full pass to tell.
        """
        if among is not None and not self._source.watch_active:
            return True
        left = list(known.left(among))
        self._forget([key for key, before in left if not before.maybe_there])
        gone = list(self._vanished([key for key, before in left if before.active and before.maybe_there]))
        if not gone:
            return True
        read = self._stage.counts["read"]
        if among is not None and (len(gone) > GUARD_COUNT or not read):
            return False
        total = read + len(gone)
        many = len(gone) > GUARD_COUNT and len(gone) > GUARD_SHARE * total
        if (many or not read) and not self._accept_deletions:
            self._run.attention(
                "many-deletions",
                say(
                    "{title}: {gone} of {total} records are missing in Sage",
                    title=self._source.title,
                    gone=whole(len(gone)),
                    total=whole(total),
                ),
                say("They were there at the last sync. AP Bridge left them as they are in Quadient AP."),
                say(
                    "If they were really deleted, choose They Were Deleted in the Overview. If not, check the company "
                    "in Sage."
                ),
            )
            return False
        misread = self._source.keys_there([changed.key for changed in gone])
        for changed in gone:
            if changed.key not in misread:
                uploads.add(changed)
        return not misread

    def _vanished(self, keys: Sequence[str]) -> Iterator[Changed[T]]:
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
                shown = (False, row["description"])
                yield Changed(record, key, *shown, data, fingerprint(data), None, "deactivated")

    def _quarantine(self, record: Quarantined, before: Before | None) -> None:
        self._stage.count("failed")
        self._run.needs_user = True
        unnamed = _PLACE.fullmatch(record.key) is not None
        self._unnamed += unnamed
        where = {"reason": record.reason, "column": record.column, "table": record.table}
        message = say("{reason} That is column {column} of table {table}.", **where)
        if record.raw.strip():
            message = say("{reason} That is column {column} of table {table}: “{raw}”.", raw=record.raw, **where)
        fix = say("Correct the record in Sage; it goes with the next sync. All others go on.")
        self._stage.item(record.key, "quarantined", "unreadable", message, fix)
        if unnamed and self._stage.since is not None:
            return  # its place in this reading is not its place in the table; the full pass remembers it
        active = before.active if before is not None else True
        said = ("quarantined", "unreadable", message, fix)
        set_aside(self._run, self._source.name, record.key, active, record.called, None, *said, None)

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

    def _remember_printed(self) -> None:
        """Remember the rows of records that are the same in the cloud, so that the next pass need not build them."""
        company, name = self._run.company.code, self._source.name
        anew, self._printed_anew = self._printed_anew, []
        self._run.store.write_many(
            "UPDATE checkpoints SET row_hash = ? WHERE company = ? AND list = ? AND key = ? AND row_hash IS NOT ?",
            [(rows, company, name, key, rows) for rows, key in anew],
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


def _waits_as_before(before: Before, held: RecordResult, rows: bytes | None) -> bool:
    """Return whether it was told and remembered already that the record waits, and for what."""
    return rows is not None and (before.state, before.rows, before.reason) == (held.status, rows, held.message)
