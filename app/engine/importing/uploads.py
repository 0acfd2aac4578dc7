"""Takes records to the cloud in batches, some of them at once, and remembers what the cloud said of each."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, TypeVar

from app.cloud.port import RecordResult, RecordStatus
from app.domain.language import later, say
from app.engine.importing import under_way
from app.engine.reporter import Stage
from app.engine.run import Run
from app.errors import BridgeError, BugError, Side

T = TypeVar("T")

IN_FLIGHT = 2
MOST_SPOILERS = 20  # records a source may have that the cloud cannot even read
SPOILER = later("Quadient AP cannot read this record, and AP Bridge cannot tell why.")


@dataclass(frozen=True, slots=True)
class Changed(Generic[T]):
    """A record on its way: its canonical JSON and hash, and the fingerprint of the rows it was made of.

    `kind` is the count it goes under when accepted: new, changed or deactivated.
    """

    record: T
    key: str
    active: bool
    description: str
    payload: bytes
    hash: bytes
    rows: bytes | None
    kind: str


@dataclass(frozen=True, slots=True)
class Route(Generic[T]):
    """How the records of one source go: `send` takes a batch and its idempotency key, in a thread of its own.

    With `in_order` a batch waits for the answer to the one before: its records refer to earlier ones.
    """

    name: str
    send: Callable[[Sequence[T], str], Sequence[RecordResult]]
    keep_payload: bool
    max_batch: int
    in_order: bool = False


class Uploads(Generic[T]):
    """The batches of one source. Leaving its `with` block waits for every answer and remembers it, whatever happened.

    Raises:
        RetryLater, NeedsUser, BugError, Cancelled: what sending raised, once the answers of all others are kept.
    """

    def __init__(self, run: Run, stage: Stage, route: Route[T]) -> None:
        self._run = run
        self._stage = stage
        self._route = route
        self._where = (run.company.code, route.name)
        self._batch: list[Changed[T]] = []
        self._batches = 0
        self._spoilers = 0
        self._at_once = 1 if route.in_order else IN_FLIGHT
        self._threads = ThreadPoolExecutor(self._at_once, thread_name_prefix="upload")
        self._aside: list[tuple[Changed[T], RecordResult]] = []
        self._under_way: deque[tuple[int, list[Changed[T]], Future[list[RecordResult]]]] = deque()

    def __enter__(self) -> "Uploads[T]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        later: BridgeError | None = None
        while self._under_way:
            try:
                self._settle()
            except BridgeError as failed:
                later = later or failed
        self._threads.shutdown()
        try:
            under_way.give_up_waiting(self._run.store, self._run.company.code)
        except BridgeError as failed:
            later = later or failed
        if error is None and later is not None:
            raise later

    def add(self, changed: Changed[T]) -> None:
        """Send `changed` with the next full batch."""
        self._batch.append(changed)
        if len(self._batch) >= self._route.max_batch:
            self._dispatch()

    def put_aside(self, changed: Changed[T], result: RecordResult) -> None:
        """Remember `changed` as not taken, as if the cloud had answered `result`."""
        self._aside.append((changed, result))
        if len(self._aside) >= self._route.max_batch:
            self._keep_aside()

    def finish(self) -> None:
        """Send what waits for its batch to fill, and wait for every answer."""
        self._keep_aside()
        if self._batch:
            self._dispatch()
        while self._under_way:
            self._settle()

    def _dispatch(self) -> None:
        answered = self._answered() if len(self._under_way) == self._at_once else None
        batch, number = self._batch, self._batches + 1
        with self._run.store.transaction():
            if answered is not None:
                self._remember(*answered)
            if not self._run.cancel.is_asked:
                # Noted first: when the answer is lost, the cloud may have what it never acknowledged.
                noted = ((each.key, each.active, each.description, self._kept(each)) for each in batch)
                under_way.note(self._run.store, *self._where, number, self._run.id, noted)
        self._run.cancel.check()
        self._batches = number
        self._batch = []
        key = f"{self._run.id}-{self._route.name}-{number}"
        answer = self._threads.submit(self._sent, batch, key)
        self._under_way.append((number, batch, answer))

    def _sent(self, batch: Sequence[Changed[T]], key: str) -> list[RecordResult]:
        """Send a batch, in a thread of its own; where one record spoils it for the cloud, all others still go."""
        try:
            return list(self._route.send([changed.record for changed in batch], key))
        except BugError as error:
            if error.side is not Side.CLOUD:
                raise
            if len(batch) > 1:
                half = len(batch) // 2
                return [*self._sent(batch[:half], f"{key}-1"), *self._sent(batch[half:], f"{key}-2")]
            if self._spoilers >= MOST_SPOILERS:
                raise  # not single records are wrong, but all that is said
            self._spoilers += 1
            return [
                RecordResult(
                    batch[0].key, RecordStatus.REFUSED, error.code, f"{say(SPOILER)} {error.detail}", error.fix
                )
            ]

    def _settle(self) -> None:
        self._remember(*self._answered())

    def _answered(self) -> tuple[int, list[Changed[T]], list[RecordResult]]:
        """Wait for the oldest answer."""
        number, batch, answer = self._under_way.popleft()
        return number, batch, answer.result()

    def _remember(self, number: int, batch: Sequence[Changed[T]], results: Sequence[RecordResult]) -> None:
        """Remember, in one transaction, what the cloud accepted of a batch, and why not the rest."""
        now = self._run.stamp()
        with self._run.store.transaction():
            accepted = []
            for changed, result in zip(batch, results, strict=True):
                if result.status is RecordStatus.ACCEPTED:
                    self._stage.count(changed.kind)
                    accepted.append(self._row(changed, now))
                else:
                    self._set_aside(changed, result)
            self._run.store.write_many(_ACCEPT, accepted)
            under_way.answered(self._run.store, *self._where, number)

    def _keep_aside(self) -> None:
        aside, self._aside = self._aside, []
        with self._run.store.transaction():
            for changed, result in aside:
                self._set_aside(changed, result)

    def _row(self, changed: Changed[T], now: str) -> tuple[object, ...]:
        shown = (changed.active, changed.description, self._kept(changed))
        return (*self._where, changed.key, changed.hash, *shown, now, self._run.id, changed.rows)

    def _kept(self, changed: Changed[T]) -> str | None:
        return changed.payload.decode() if self._route.keep_payload else None

    def _set_aside(self, changed: Changed[T], result: RecordResult) -> None:
        self._stage.count("waiting" if result.status is RecordStatus.WAITING else "failed")
        self._run.needs_user = True
        self._stage.item(changed.key, result.status, result.code, result.message, result.fix)
        shown = (changed.active, changed.description, self._kept(changed))
        said = (result.status, result.code, result.message, result.fix)
        set_aside(self._run, self._route.name, changed.key, *shown, *said, changed.rows)


def set_aside(run: Run, name: str, key: str, active: bool, *rest: str | bytes | None) -> None:
    """Remember that `key` was not taken: `rest` is description, payload, state, code, reason, fix and row hash."""
    run.store.write(_SET_ASIDE, (run.company.code, name, key, active, *rest, run.id))


_ACCEPT = """
INSERT INTO checkpoints (company, list, key, hash, active, description, payload, state, acknowledged_at, run, row_hash,
    taken)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'acknowledged', ?8, ?9, ?10, ?7)
ON CONFLICT (company, list, key) DO UPDATE SET hash = excluded.hash, active = excluded.active,
    description = excluded.description, payload = excluded.payload, state = 'acknowledged', code = '', reason = '',
    fix = '', acknowledged_at = excluded.acknowledged_at, run = excluded.run, row_hash = excluded.row_hash,
    taken = excluded.taken
"""

# The hash stays what the cloud acknowledged last, so that the record is sent again until it is accepted.
_SET_ASIDE = """
INSERT INTO checkpoints (company, list, key, hash, active, description, payload, state, code, reason, fix,
    row_hash, run)
VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (company, list, key) DO UPDATE SET state = excluded.state, code = excluded.code,
    payload = coalesce(excluded.payload, checkpoints.payload), reason = excluded.reason, fix = excluded.fix,
    run = excluded.run, row_hash = excluded.row_hash,
    description = CASE WHEN checkpoints.hash IS NULL AND excluded.description <> ''
        THEN excluded.description ELSE checkpoints.description END
"""
