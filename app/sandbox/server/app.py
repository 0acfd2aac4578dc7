"""The server as an ASGI application: every operation of the contract, checked against the contract."""

import time
import zlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from app.sandbox.server import exports, imports, signin
from app.sandbox.server.admin import admin_routes
from app.sandbox.server.calls import Answer, Call, Handler
from app.sandbox.server.contract import Contract, Misfit, Operation, contract
from app.sandbox.server.faults import FaultName, Faults
from app.sandbox.server.problems import (
    Problem,
    forbidden,
    refused_batch_key,
    unauthorized,
    unprocessable,
    unreadable,
)
from app.sandbox.server.state import ServerState
from app.sandbox.server.trouble import Entry, Trouble

MAX_BODY = 32 * 1024 * 1024
LOG_LENGTH = 10_000


class Server:
    """The contract's operations on one state file.

    `clock` gives seconds since the epoch; `requests` is the log of what was asked, `faults` what is to go wrong.
    """

    def __init__(self, state: ServerState, clock: Callable[[], float] = time.time) -> None:
        self.state = state
        self.clock = clock
        self.faults = Faults()
        self.requests: deque[Entry] = deque(maxlen=LOG_LENGTH)
        routes = [*_contract_routes(self, contract()), *admin_routes(self)]
        handlers: dict[Any, Callable[[Request, Any], Response]] = {
            Problem: lambda _, problem: problem.response(),
            HTTPException: lambda _, error: _http_problem(error).response(),
            # Nothing was done, and nobody is there to be answered.
            ClientDisconnect: lambda *_: Response(status_code=400),
        }
        starlette = Starlette(routes=routes, exception_handlers=handlers)
        self.application: ASGIApp = Trouble(starlette, state, self.faults, self.requests)

    async def answer(self, operation: Operation, handler: Handler, request: Request) -> Response:
        """Check the request, do what it asks and answer.

        Raises:
            Problem: when it is refused.
        """
        client = self._client(request) if operation.secured else ""
        body: Any = None
        raw = b""
        try:
            params = operation.read(request.path_params, request.query_params.multi_items(), request.headers)
            entity = params.get("entity", "")
            if entity and not self._may_sync(client, entity):
                raise forbidden(entity)
            if operation.envelope is not None:
                raw = await _read_body(request, params.get("Content-Encoding"))
                body = operation.envelope(_parse(raw))
            with self._scope(operation) as db:
                call = Call(
                    db, client, entity, request.url.path, params, body, operation.record, self.faults, self.clock()
                )
                answer = _answer_once(call, handler, operation, raw)
        except Misfit as misfit:
            raise unprocessable("invalid-request", str(misfit)) from misfit
        request.scope["counted"] = answer.count
        return Response(answer.body, media_type="application/json")

    @contextmanager
    def _scope(self, operation: Operation) -> Iterator[Any]:
        if operation.method == "GET":
            yield self.state.db
        else:
            with self.state.transaction() as db:
                yield db

    def _client(self, request: Request) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthorized("no-token", "The request carries no bearer token.", "Sign in first.")
        client = signin.client_of(self.state.db, token, self.clock())
        if client is None:
            raise unauthorized("token-expired", "The token is unknown or has expired.", "Sign in again.")
        return client

    def _may_sync(self, client: str, entity: str) -> bool:
        found = self.state.db.execute(
            "SELECT 1 FROM rights WHERE client_id = ? AND entity = ?", (client, entity)
        ).fetchone()
        return found is not None


def sign_in(call: Call) -> Answer:
    """Give a token for the client's secret."""
    body = call.body
    token = None
    if not call.faults.take(FaultName.REFUSE_SIGN_IN, call.path):
        token = signin.sign_in(call.db, body["client_id"], body["client_secret"], call.now)
    if token is None:
        raise unauthorized(
            "sign-in-refused",
            "The client id or its secret is wrong.",
            "Enter the secret again with “apbridge password cloud”.",
        )
    answer = {"access_token": token, "token_type": "Bearer", "expires_in": signin.TOKEN_SECONDS}
    return Answer(orjson.dumps(answer), 1)


def list_legal_entities(call: Call) -> Answer:
    """Show what the client may sync."""
    rows = call.db.execute(
        "SELECT e.id, e.name, e.currency FROM legal_entities e JOIN rights r ON r.entity = e.id"
        " WHERE r.client_id = ? ORDER BY e.id",
        (call.client,),
    ).fetchall()
    return Answer(orjson.dumps({"items": [dict(row) for row in rows]}), len(rows))


HANDLERS: dict[str, Handler] = {
    "signIn": sign_in,
    "listLegalEntities": list_legal_entities,
    "sendListItems": imports.send_list_items,
    "listListItems": imports.list_list_items,
    "sendPurchaseOrders": imports.send_purchase_orders,
    "listPurchaseOrders": imports.list_purchase_orders,
    "sendImportedPayments": imports.send_imported_payments,
    "listImportedPayments": imports.list_imported_payments,
    "listReadyInvoices": exports.list_ready_invoices,
    "listReadyPayments": exports.list_ready_payments,
    "sendResults": exports.send_results,
    "moveDocuments": exports.move_documents,
    "listSyncErrors": exports.list_sync_errors,
    "listExported": exports.list_exported,
    "listDocumentsOfRun": exports.list_documents_of_run,
    "getDocument": exports.get_document,
    "listExportedInvoices": exports.list_exported_invoices,
    "putSyncRun": exports.put_sync_run,
    "getSyncRun": exports.get_sync_run,
    "listSyncRuns": exports.list_sync_runs,
}


def _contract_routes(server: Server, wire: Contract) -> list[Route]:
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in wire.operations:
        by_path.setdefault(operation.path, {})[operation.method] = operation
    return [
        Route(path, _endpoint(server, operations), methods=list(operations)) for path, operations in by_path.items()
    ]


def _endpoint(server: Server, operations: dict[str, Operation]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        operation = operations["GET" if request.method == "HEAD" else request.method]
        return await server.answer(operation, HANDLERS[operation.name], request)

    return endpoint


def _answer_once(call: Call, handler: Handler, operation: Operation, raw: bytes) -> Answer:
    """Run the handler, or give the first answer again when the call's Idempotency-Key was used before."""
    key = call.params.get("Idempotency-Key")
    if key is None:
        return handler(call)
    scope, body_hash = f"{call.client} {operation.method} {call.path}", sha256(raw).digest()
    stored = call.db.execute(
        "SELECT body_hash, answer FROM answers WHERE scope = ? AND key = ?", (scope, key)
    ).fetchone()
    if stored is None:
        answer = handler(call)
        # In the same transaction as its effect: there is never one without the other.
        packed = zlib.compress(answer.body, 1)
        call.db.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", (scope, key, body_hash, packed))
        return answer
    if stored["body_hash"] != body_hash:
        raise refused_batch_key()
    return Answer(zlib.decompress(stored["answer"]), len(call.body["records"]))


async def _read_body(request: Request, encoding: str | None) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "not-json", "The body is not JSON", "Content-Type must be application/json.",
                      "Send JSON.")  # fmt: skip
    chunks, size = [], 0
    async for chunk in request.stream():
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BODY:
            raise _too_large()
    data = b"".join(chunks)
    return _inflate(data) if encoding == "gzip" else data


def _inflate(data: bytes) -> bytes:
    inflater = zlib.decompressobj(wbits=31)
    try:
        plain = inflater.decompress(data, MAX_BODY)
    except zlib.error as error:
        raise unreadable("The body is not compressed with gzip.") from error
    if inflater.unconsumed_tail:
        raise _too_large()
    if not inflater.eof:
        raise unreadable("The compressed body ends too early.")
    return plain


def _too_large() -> Problem:
    return Problem(413, "too-large", "The body is too large", "More than 32 MiB were sent.", "Send less at once.")


def _parse(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise unreadable(f"The body is not JSON: {error.msg}.") from error


def _http_problem(error: HTTPException) -> Problem:
    code = {404: "unknown-address", 405: "unknown-method"}.get(error.status_code, "refused")
    return Problem(
        error.status_code, code, "There is nothing here", error.detail, "Check the address.", error.headers or {}
    )
