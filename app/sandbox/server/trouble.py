"""The outermost layer of the server: makes switched-on faults happen and logs what was asked (never what with)."""

import asyncio
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.sandbox.server.faults import FaultName, Faults, as_problem
from app.sandbox.server.state import ServerState


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: `status` is 0 when it got no answer, `count` the records or items it was about."""

    method: str
    path: str
    query: str
    status: int
    count: int

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)


class Trouble:
    """Wraps the application; only the contract's addresses have faults and are logged."""

    def __init__(self, application: ASGIApp, state: ServerState, faults: Faults, requests: deque[Entry]) -> None:
        self._application = application
        self._state = state
        self._faults = faults
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, as ASGI has it."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._application(scope, receive, send)
            return
        status = 0

        async def noting_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._serve(scope, receive, noting_send, send)
        finally:
            query = scope["query_string"].decode("ascii", "replace")
            self._requests.append(Entry(scope["method"], scope["path"], query, status, scope.get("counted", 0)))

    async def _serve(self, scope: Scope, receive: Receive, send: Send, wire: Send) -> None:
        path = scope["path"]
        if fault := self._faults.take(FaultName.SLOW, path):
            await asyncio.sleep(fault.seconds)
        if self._faults.take(FaultName.NEVER_ANSWER, path):
            await _until_gone(receive)
            return
        if self._faults.take(FaultName.DROP_BEFORE_COMMIT, path):
            await _drop(receive, wire)
            return
        if self._faults.take(FaultName.EXPIRE_TOKENS, path):
            with self._state.transaction() as db:
                db.execute("DELETE FROM tokens")
        for name in (FaultName.UNAVAILABLE, FaultName.THROTTLE):
            if fault := self._faults.take(name, path):
                await as_problem(fault).response()(scope, receive, send)
                return
        if self._faults.take(FaultName.DROP_AFTER_COMMIT, path):
            await self._application(scope, receive, _nowhere)
            await _drop(receive, wire)
            return
        await self._application(scope, receive, send)


async def _nowhere(_: Message) -> None:
    """Take an answer that nobody is to get."""


async def _drop(receive: Receive, wire: Send) -> None:
    """Cut the connection without a word; ASGI has no message for that, so uvicorn's transport is asked."""
    wire.__self__.transport.abort()  # type: ignore[attr-defined]
    await _until_gone(receive)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
