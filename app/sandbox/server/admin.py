"""The sandbox's back door under /_sandbox/: what people do in Quadient AP's screens, for scripts and tests.

No sign-in, so it answers only callers on this computer.
"""

import re
import sqlite3
from collections.abc import Awaitable, Callable
from decimal import Decimal
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.cloud.port import DocumentKind
from app.domain.codec import plain, restore
from app.sandbox.server import rules
from app.sandbox.server.contract import Misfit, contract
from app.sandbox.server.defaults import filled
from app.sandbox.server.exports import KINDS, move_document
from app.sandbox.server.faults import Fault
from app.sandbox.server.problems import Problem, not_found, unreadable
from app.sandbox.server.state import SHAPES, ServerState, document_columns, next_revision

if TYPE_CHECKING:
    from app.sandbox.server.app import Server

Endpoint = Callable[[Request], Awaitable[Response]]

_LOCAL_NAMES = re.compile(r"(localhost|127(\.\d+){3}|\[::1\])(:\d+)?")


def admin_routes(server: "Server") -> list[Route]:
    """Return the routes; what each takes and gives, its method says."""
    admin = Admin(server.state)
    switches = Switchboard(server, admin)
    table: list[tuple[str, str, Callable[[Request, Any], Any]]] = [
        ("GET", "/state", admin.show_state),
        ("GET", "/documents", admin.show_documents),
        ("POST", "/{kind}", admin.add_documents),
        ("PATCH", "/{kind}/{id}", admin.edit_document),
        ("POST", "/{kind}/{id}/{action}", admin.move_document),
        ("GET", "/purchase-orders", admin.show_orders),
        ("GET", "/channels", admin.show_channels),
        ("PUT", "/channels", admin.set_channels),
        ("GET", "/faults", switches.show_faults),
        ("POST", "/faults", switches.add_fault),
        ("DELETE", "/faults", switches.clear_faults),
        ("GET", "/requests", switches.show_requests),
        ("DELETE", "/requests", switches.clear_requests),
        ("POST", "/reset", switches.reset),
    ]
    by_path: dict[str, dict[str, Callable[[Request, Any], Any]]] = {}
    # Fixed names come before the patterns that would swallow them.
    for method, path, action in sorted(table, key=lambda row: row[1].startswith("/{")):
        by_path.setdefault(f"/_sandbox{path}", {})[method] = action
    return [Route(path, _endpoint(actions), methods=list(actions)) for path, actions in by_path.items()]


def _endpoint(actions: dict[str, Callable[[Request, Any], Any]]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        _local_only(request)
        body = None
        if request.method in ("POST", "PUT", "PATCH"):
            body = _parse(await request.body(), request.headers.get("content-type", ""))
        try:
            answer = actions["GET" if request.method == "HEAD" else request.method](request, body)
        except (Misfit, TypeError, ValueError, KeyError, sqlite3.IntegrityError) as error:
            raise Problem(422, "not-understood", "The sandbox cannot do that", f"{error}", "Correct the request.") \
                from error  # fmt: skip
        return Response(orjson.dumps(answer), media_type="application/json")

    return endpoint


def _local_only(request: Request) -> None:
    # The Host check keeps a web page in this computer's browser from reaching in under a name of its own.
    caller = request.client.host if request.client else ""
    if not (_is_loopback(caller) and _LOCAL_NAMES.fullmatch(request.headers.get("host", ""))):
        raise Problem(403, "local-only", "Only for this computer", "The sandbox's back door is local.", "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _parse(raw: bytes, content_type: str) -> Any:
    if not raw:
        return {}
    if not content_type.startswith("application/json"):
        raise Problem(415, "not-json", "The body is not JSON", "Content-Type must be application/json.", "")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise unreadable(f"The body is not JSON: {error.msg}.") from error


class Admin:
    """What people do; every method gets the request and its JSON and returns JSON.

    `?entity=` names the legal entity; without it the first one is meant.
    """

    def __init__(self, state: ServerState) -> None:
        self._state = state

    def _entity(self, request: Request) -> str:
        return self._state.legal_entity(request.query_params.get("entity"))

    def show_state(self, request: Request, _: Any) -> Any:
        """Count everything; documents by status, with their totals."""
        entity, db = self._entity(request), self._state.db
        documents: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in KINDS}
        for row in db.execute("SELECT kind, status, record FROM documents WHERE entity = ?", (entity,)):
            name = next(name for name, kind in KINDS.items() if kind.value == row["kind"])
            cell = documents[name].setdefault(row["status"], {"count": 0, "amount": Decimal(0)})
            cell["count"] += 1
            cell["amount"] += Decimal(orjson.loads(row["record"])["amount"])

        def counts(sql: str) -> dict[str, int]:
            return {row[0]: row[1] for row in db.execute(sql, (entity,))}

        return {
            **plain(documents),
            "lists": {
                row["list"]: {"active": row["active"], "inactive": row["inactive"]}
                for row in db.execute(
                    "SELECT list, sum(active) active, sum(1 - active) inactive FROM list_items WHERE entity = ?"
                    " GROUP BY list",
                    (entity,),
                )
            },
            "purchase_orders": counts(
                "SELECT CASE closed WHEN 1 THEN 'CL' ELSE approval END status, count(*) FROM purchase_orders"
                " WHERE entity = ? GROUP BY status"
            ),
            "imported_payments": counts(
                "SELECT CASE WHEN cancelled_by <> '' THEN 'cancelled' ELSE kind END status, count(*)"
                " FROM imported_payments WHERE entity = ? GROUP BY status"
            ),
            "sync_runs": db.execute("SELECT count(*) FROM sync_runs WHERE entity = ?", (entity,)).fetchone()[0],
        }

    def show_documents(self, request: Request, _: Any) -> Any:
        """Show documents in full; `?kind=` invoices or payments, `?status=`."""
        kind, status = request.query_params.get("kind"), request.query_params.get("status")
        rows = self._state.db.execute(
            "SELECT * FROM documents WHERE entity = ? AND kind = coalesce(?, kind) AND status = coalesce(?, status)"
            " ORDER BY kind, id",
            (self._entity(request), KINDS[kind].value if kind else None, status),
        ).fetchall()
        return {"items": [self._full(row) for row in rows]}

    def _full(self, row: sqlite3.Row) -> dict[str, Any]:
        comments = self._state.db.execute(
            "SELECT text FROM comments WHERE entity = ? AND kind = ? AND id = ? ORDER BY rowid",
            (row["entity"], row["kind"], row["id"]),
        )
        return {
            "kind": row["kind"],
            "status": row["status"],
            "marked": bool(row["marked"]),
            "external_id": row["external_id"],
            "run": row["run"],
            "comments": [comment["text"] for comment in comments],
            "document": orjson.loads(row["record"]),
        }

    def add_documents(self, request: Request, body: Any) -> Any:
        """Add one document or a list of them; what is left out is made up (and adds up)."""
        kind = _kind(request)
        given = body if isinstance(body, list) else [body]
        status = request.query_params.get("status", rules.MARKABLE[kind][0])
        marked = request.query_params.get("marked", "true") == "true"
        if status not in rules.STATUSES[kind]:
            raise ValueError(f"there is no status {status}")
        docs = [filled(kind, doc) for doc in given]
        ids = self._state.add_documents(
            kind, docs, status, marked and status in rules.MARKABLE[kind],
            entity=self._entity(request), seeded=False,
        )  # fmt: skip
        return {"ids": ids}

    def edit_document(self, request: Request, body: Any) -> Any:
        """Change fields of a document; it gets another revision, whatever they say."""
        kind, row = self._document(request)
        if row["status"] not in rules.EDITABLE:
            raise ValueError(f"a document in status {row['status']} cannot be changed")
        before = orjson.loads(row["record"])
        doc = {**before, **body, "id": row["id"], "revision": next_revision(before)}
        contract().shape(SHAPES[kind])(doc)
        _, *columns = document_columns(kind, doc)
        with self._state.transaction() as db:
            db.execute(
                "UPDATE documents SET division = ?, vendor_number = ?, number = ?, record = ?"
                " WHERE entity = ? AND kind = ? AND id = ?",
                (*columns, orjson.dumps(doc), row["entity"], row["kind"], row["id"]),
            )
        return self._full(self._document(request)[1])

    def move_document(self, request: Request, _: Any) -> Any:
        """Approve, mark for export … as a person does; approve also takes purchase orders."""
        action = request.path_params["action"]
        if request.path_params["kind"] == "purchase-orders":
            return self._approve_order(request, action)
        kind, row = self._document(request)
        move = rules.MOVES[kind].get(action)
        if move is None:
            raise not_found("unknown-action", f"One can {', '.join(rules.MOVES[kind])}; not {action}.")
        if row["status"] not in move.from_statuses:
            raise ValueError(f"{action} is not for a document in status {row['status']}")
        with self._state.transaction() as db:
            move_document(db, (row["entity"], kind, row["id"]), row["status"], move)
        return self._full(self._document(request)[1])

    def _approve_order(self, request: Request, action: str) -> Any:
        if action != "approve":
            raise not_found("unknown-action", f"One can approve a purchase order; not {action}.")
        with self._state.transaction() as db:
            changed = db.execute(
                "UPDATE purchase_orders SET approval = 'PO' WHERE entity = ? AND number = ?",
                (self._entity(request), request.path_params["id"]),
            ).rowcount
        if not changed:
            raise not_found("unknown-order", "Quadient AP has no such order.")
        return {"number": request.path_params["id"], "approval": "PO"}

    def _document(self, request: Request) -> tuple[DocumentKind, sqlite3.Row]:
        kind = _kind(request)
        row = self._state.db.execute(
            "SELECT * FROM documents WHERE entity = ? AND kind = ? AND id = ?",
            (self._entity(request), kind.value, request.path_params["id"]),
        ).fetchone()
        if row is None:
            raise not_found("unknown-document", "Quadient AP has no such document.")
        return kind, row

    def show_orders(self, request: Request, _: Any) -> Any:
        """Show the purchase orders with their approval (PO, PA) and whether they are closed."""
        rows = self._state.db.execute(
            "SELECT approval, closed, record FROM purchase_orders WHERE entity = ? ORDER BY number",
            (self._entity(request),),
        )
        return {
            "items": [
                {"approval": row["approval"], "closed": bool(row["closed"]), "order": orjson.Fragment(row["record"])}
                for row in rows
            ]
        }

    def show_channels(self, request: Request, _: Any) -> Any:
        """Show the approval channels."""
        rows = self._state.db.execute(
            "SELECT by, value FROM channels WHERE entity = ?", (self._entity(request),)
        ).fetchall()
        return {"items": [dict(row) for row in rows]}

    def set_channels(self, request: Request, body: Any) -> Any:
        """Replace the approval channels."""
        channels = [(each["by"], each["value"]) for each in body["items"]]
        self._state.set_channels(channels, entity=self._entity(request))
        return self.show_channels(request, None)


class Switchboard:
    """Faults, the log of requests, and the way back to the beginning; methods as in `Admin`."""

    def __init__(self, server: "Server", admin: Admin) -> None:
        self._server = server
        self._admin = admin

    def show_faults(self, _: Request, __: Any) -> Any:
        """Show the faults that are switched on."""
        return {"items": plain(self._server.faults.active)}

    def add_fault(self, request: Request, body: Any) -> Any:
        """Switch a fault on."""
        fault = restore(Fault, body)
        re.compile(fault.path)
        self._server.faults.active.append(fault)
        return self.show_faults(request, None)

    def clear_faults(self, request: Request, _: Any) -> Any:
        """Switch all faults off."""
        self._server.faults.active.clear()
        return self.show_faults(request, None)

    def show_requests(self, _: Request, __: Any) -> Any:
        """Show what was asked since the start, the last 10,000 requests."""
        return {"items": [entry.plain() for entry in self._server.requests]}

    def clear_requests(self, _: Request, __: Any) -> Any:
        """Empty the log."""
        self._server.requests.clear()
        return {"items": []}

    def reset(self, request: Request, _: Any) -> Any:
        """Bring everything back to how it was seeded, and switch the faults off."""
        self._server.state.reset()
        self._server.faults.active.clear()
        self._server.requests.clear()
        return self._admin.show_state(request, None)


def _kind(request: Request) -> DocumentKind:
    name = request.path_params["kind"]
    if name not in KINDS:
        raise not_found("unknown-kind", f"There are {' and '.join(KINDS)}; not {name}.")
    return KINDS[name]
