"""Quadient AP over HTTPS: the port's methods as requests of the wire contract."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

import requests

from app.cloud.failures import not_understood
from app.cloud.port import (
    DocumentKind,
    DocumentResult,
    Exported,
    LegalEntity,
    Move,
    RecordedRun,
    RecordResult,
    RecordStatus,
    ShownDocument,
    SyncError,
    Unreadable,
)
from app.cloud.session import trusting_session
from app.cloud.wire import TIMEOUTS_SECONDS, TRIES, Pace, Random, Request, Wait, Wire
from app.domain.codec import plain, restore
from app.domain.invoices import Invoice, InvoiceKey
from app.domain.lists import ListItem, ListName
from app.domain.payments import Payment, SagePayment
from app.domain.purchase_orders import PurchaseOrder
from app.settings import CloudSettings

T = TypeVar("T")
D = TypeVar("D", bound=Invoice | Payment)

PAGE = 500
_FOLDERS = {DocumentKind.INVOICE: "invoices", DocumentKind.PAYMENT: "payments"}
_SHAPES: Mapping[DocumentKind, type[Invoice | Payment]] = {
    DocumentKind.INVOICE: Invoice,
    DocumentKind.PAYMENT: Payment,
}


_ACCEPTED = plain(RecordResult("", RecordStatus.ACCEPTED))


@dataclass(frozen=True, slots=True)
class _ExportedFrame:
    document: Any
    external_id: str
    run: str


@dataclass(frozen=True, slots=True)
class _ErrorFrame:
    document: Any
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class _RunFrame:
    run: str
    started: str
    finished: str | None
    summary: dict[str, Any]


class HttpsCloud:
    """The port of `app.cloud.port` for one legal entity.

    `sleep` is called between tries, `tries` in all, and may raise to end them; `on_wait` is told before.

    Raises:
        NeedsUser: when the address is neither https nor this computer.
    """

    max_batch = 500

    def __init__(
        self,
        settings: CloudSettings,
        secret: str,
        *,
        sleep: Callable[[float], None],
        random: Random,
        session: requests.Session | None = None,
        on_wait: Callable[[Wait], None] | None = None,
        timeouts: tuple[float, float] = TIMEOUTS_SECONDS,
        tries: int = TRIES,
    ) -> None:
        pace = Pace(sleep, random, on_wait, timeouts, tries)
        self._wire = Wire(
            settings.url,
            settings.client_id,
            secret,
            settings.legal_entity,
            trusting_session() if session is None else session,
            pace,
        )
        self._home = f"/v1/legal-entities/{quote(settings.legal_entity, safe='')}"

    def close(self) -> None:
        """Let go of the connection."""
        self._wire.close()

    def legal_entities(self) -> Sequence[LegalEntity]:
        """Return what the signed-in user may sync; also proves that sign-in works."""
        name = "legal entities"
        answer = self._wire.ask(Request(name, "GET", "/v1/legal-entities"))
        return [_restored(LegalEntity, each, name) for each in _items(answer, name)]

    def clock_skew(self) -> timedelta | None:
        """Return by how much the server's clock was ahead of this computer's at its last answer."""
        return self._wire.clock_skew

    def send_list(self, name: ListName, items: Sequence[ListItem], idempotency_key: str) -> Sequence[RecordResult]:
        """Create or change list items."""
        path, keys = f"/lists/{name.value}/batches", [item.key for item in items]
        return self._send(f"send {name.label}", path, {"records": plain(items)}, keys, idempotency_key)

    def list_items(self, name: ListName) -> Iterator[ListItem]:
        """Yield all items of a list as the cloud has them."""
        return self._all(ListItem, f"read {name.label}", f"/lists/{name.value}/items")

    def send_orders(
        self, orders: Sequence[PurchaseOrder], arrive_as: str, idempotency_key: str
    ) -> Sequence[RecordResult]:
        """Create or change purchase orders."""
        body = {"arrive_as": arrive_as, "records": plain(orders)}
        keys = [order.number for order in orders]
        return self._send("send purchase orders", "/purchase-orders/batches", body, keys, idempotency_key)

    def orders(self) -> Iterator[PurchaseOrder]:
        """Yield all imported orders as the cloud has them."""
        return self._all(PurchaseOrder, "read purchase orders", "/purchase-orders")

    def send_payments(self, payments: Sequence[SagePayment], idempotency_key: str) -> Sequence[RecordResult]:
        """Create or cancel payments made in Sage."""
        keys = [payment.key for payment in payments]
        body = {"records": plain(payments)}
        return self._send("send payments", "/imported-payments/batches", body, keys, idempotency_key)

    def imported_payments(self) -> Iterator[SagePayment]:
        """Yield all imported payments as the cloud has them."""
        return self._all(SagePayment, "read payments", "/imported-payments")

    def known_invoices(self) -> Iterator[tuple[str, str, str]]:
        """Yield (division, vendor number, invoice number) of every Exported invoice."""
        name = "read exported invoices"
        for item in self._pages(name, "/exported-invoices", {}):
            try:
                yield InvoiceKey(item["division"], item["vendor_number"], item["number"])
            except (KeyError, TypeError) as error:
                raise not_understood(f"{name}: {error!r}") from error

    def ready_invoices(self) -> Iterator[Invoice | Unreadable]:
        """Yield the invoices that are ready to sync."""
        return self._ready(Invoice, "read ready invoices", "/exports/invoices")

    def ready_payments(self) -> Iterator[Payment | Unreadable]:
        """Yield the payments that are ready to sync."""
        return self._ready(Payment, "read ready payments", "/exports/payments")

    def send_results(
        self, kind: DocumentKind, results: Sequence[DocumentResult], idempotency_key: str
    ) -> Sequence[RecordResult]:
        """Report documents' outcomes."""
        path, keys = f"/exports/{_FOLDERS[kind]}/results", [result.id for result in results]
        return self._send(f"report {kind.value}s", path, {"records": plain(results)}, keys, idempotency_key)

    def move(
        self,
        kind: DocumentKind,
        ids: Sequence[str],
        move: Move,
        run: str,
        idempotency_key: str,
        external_ids: Mapping[str, str] | None = None,
        revisions: Mapping[str, str] | None = None,
    ) -> Sequence[RecordResult]:
        """Mark documents for export or as exported, or undo their export."""
        known, versions = external_ids or {}, revisions or {}
        records = [
            {
                "id": id_,
                "revision": versions.get(id_, ""),
                "run": run,
                "move": move.value,
                "external_id": known.get(id_, ""),
            }
            for id_ in ids
        ]
        path = f"/exports/{_FOLDERS[kind]}/moves"
        return self._send(f"move {kind.value}s", path, {"records": records}, ids, idempotency_key)

    def exported(self, kind: DocumentKind) -> Iterator[Exported | Unreadable]:
        """Yield every Exported document."""
        name = f"read exported {kind.value}s"
        for frame in self._all(_ExportedFrame, name, f"/exports/{_FOLDERS[kind]}/exported"):
            whole = _whole(_SHAPES[kind], frame.document)
            yield whole if isinstance(whole, Unreadable) else Exported(whole, frame.external_id, frame.run)

    def sync_errors(self, kind: DocumentKind) -> Iterator[SyncError | Unreadable]:
        """Yield every document in Sync Error."""
        name = f"read {kind.value}s in Sync Error"
        for frame in self._all(_ErrorFrame, name, f"/exports/{_FOLDERS[kind]}/sync-errors"):
            whole = _whole(_SHAPES[kind], frame.document)
            yield whole if isinstance(whole, Unreadable) else SyncError(whole, frame.code, frame.message)

    def documents_of_run(self, kind: DocumentKind, run: str) -> Iterator[ShownDocument]:
        """Yield the documents whose Exported result came with this run's id."""
        name, path = f"read the run's {kind.value}s", f"/exports/{_FOLDERS[kind]}/documents"
        for item in self._pages(name, path, {"run": run}):
            yield _restored(ShownDocument, item, name)

    def document(self, kind: DocumentKind, id_: str) -> ShownDocument | None:
        """Return one document as the cloud shows it now, or None."""
        name = f"read {kind.value} {id_}"
        path = f"{self._home}/exports/{_FOLDERS[kind]}/documents/{quote(id_, safe='')}"
        answer = self._wire.ask_unless(Request(name, "GET", path), "unknown-document")
        return None if answer is None else _restored(ShownDocument, answer, name)

    def record_run(self, run: str, started: datetime, finished: datetime | None, summary: Mapping[str, Any]) -> None:
        """Show this run in Quadient AP's sync history."""
        body = {
            "started": started.isoformat(),
            "finished": None if finished is None else finished.isoformat(),
            "summary": plain(summary),
        }
        path = f"{self._home}/sync-runs/{quote(run, safe='')}"
        self._wire.ask(Request("record the run", "PUT", path, body=body))

    def runs(self) -> Iterator[RecordedRun]:
        """Yield the runs of Quadient AP's sync history."""
        name = "read the sync history"
        for frame in self._all(_RunFrame, name, "/sync-runs"):
            try:
                started = datetime.fromisoformat(frame.started)
                finished = None if frame.finished is None else datetime.fromisoformat(frame.finished)
            except ValueError as error:
                raise not_understood(f"{name}: {error}") from error
            yield RecordedRun(frame.run, started, finished, frame.summary)

    def _send(self, name: str, path: str, body: Any, keys: Sequence[str], idempotency_key: str) -> list[RecordResult]:
        request = Request(name, "POST", self._home + path, body=body, headers={"Idempotency-Key": idempotency_key})
        answer = self._wire.ask(request)
        given = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(given, list):
            raise not_understood(f"{name}: no results")
        results = list(map(partial(_result, name), given))
        # A result for another record would mark the wrong one as sent.
        if [result.key for result in results] != list(keys):
            raise not_understood(f"{name}: {len(results)} results do not match {len(keys)} records")
        return results

    def _all(self, kind: type[T], name: str, path: str) -> Iterator[T]:
        for item in self._pages(name, path, {}):
            yield _restored(kind, item, name)

    def _ready(self, kind: type[D], name: str, path: str) -> Iterator[D | Unreadable]:
        for item in self._pages(name, path, {}):
            yield _whole(kind, item)

    def _pages(self, name: str, path: str, query: Mapping[str, str]) -> Iterator[Any]:
        seen: set[str] = set()
        cursor = ""
        while True:
            asked = {**query, "limit": str(PAGE), **({"cursor": cursor} if cursor else {})}
            answer = self._wire.ask(Request(name, "GET", self._home + path, query=asked))
            yield from _items(answer, name)
            following = answer.get("next")
            if following is None:
                return
            if not isinstance(following, str) or not following or following in seen:
                raise not_understood(f"{name}: the pages do not end")
            seen.add(following)
            cursor = following


def _result(name: str, data: Any) -> RecordResult:
    # Of a first sync's hundreds of thousands almost all are this.
    if isinstance(data, dict) and type(key := data.get("key")) is str and data == _ACCEPTED | {"key": key}:
        return RecordResult(key, RecordStatus.ACCEPTED)
    return _restored(RecordResult, data, name)


def _items(answer: Any, name: str) -> list[Any]:
    items = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(items, list):
        raise not_understood(f"{name}: no items")
    return items


def _whole(kind: type[D], data: Any) -> D | Unreadable:
    try:
        whole = restore(kind, data)
        if not whole.revision:
            # Nothing could be told of it: the answer would not say which version it is about.
            raise ValueError(f"not a valid {kind.__name__}: “revision” is missing")  # noqa: TRY301  # said like the others
    except ValueError as error:
        given = data.get("id") if isinstance(data, dict) else None
        return Unreadable(given if isinstance(given, str) else "", str(error))
    return whole


def _restored(kind: type[T], data: Any, name: str) -> T:
    try:
        return restore(kind, data)
    except ValueError as error:
        raise not_understood(f"{name}: {error}") from error
