"""Runs `apbridge` in this process; an AP server that it serves also tallies what it is sent.

`python -m tests.benchmarks.tallied sandbox serve …`; `GET /_sandbox/tally` gives requests, bytes of their bodies as
they came, and records in accepted batches.
"""

import sys
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.cli import main
from app.sandbox.server import serve
from app.sandbox.server.app import Server


class Tally:
    """An application around another one that counts what goes in."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application
        self._counts = {"requests": 0, "bytes": 0, "records": 0}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/_sandbox/tally":
            await Response(orjson.dumps(self._counts), media_type="application/json")(scope, receive, send)
            return
        if scope["path"].startswith("/_sandbox/"):
            await self._application(scope, receive, send)
            return

        async def counted() -> Message:
            message = await receive()
            self._counts["bytes"] += len(message.get("body", b""))
            return message

        self._counts["requests"] += 1
        await self._application(scope, counted, send)
        if scope["path"].endswith("/batches"):
            self._counts["records"] += scope.get("counted", 0)


class TallyingServer(Server):
    """The server, inside a tally."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.application = Tally(self.application)


if __name__ == "__main__":
    serve.Server = TallyingServer  # type: ignore[misc]
    sys.exit(main(sys.argv[1:]))
