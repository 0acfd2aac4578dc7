"""The server's error answers: application/problem+json with a code, what happened, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from starlette.responses import Response


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818  # the name it has in the contract
    """An answer that is an error."""

    status: int
    code: str
    title: str
    detail: str
    fix: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """Return it as it goes over the wire."""
        body = {
            "type": "about:blank",
            "status": self.status,
            "code": self.code,
            "title": self.title,
            "detail": self.detail,
            "fix": self.fix,
        }
        return Response(
            orjson.dumps(body),
            status_code=self.status,
            headers=dict(self.headers),
            media_type="application/problem+json",
        )


def unauthorized(code: str, detail: str, fix: str) -> Problem:
    """Return the answer to a caller who is not signed in (or not any more)."""
    return Problem(401, code, "You are not signed in", detail, fix, {"WWW-Authenticate": "Bearer"})


def forbidden(entity: str) -> Problem:
    """Return the answer to a caller who has no right to a legal entity."""
    return Problem(
        403,
        "no-right",
        "This legal entity is not yours to sync",
        f"The signed-in client has no right to {entity}.",
        "Ask an administrator in Quadient AP to give it the right, or choose another legal entity.",
    )


def unprocessable(code: str, detail: str) -> Problem:
    """Return the answer to a request that does not fit the contract."""
    return Problem(
        422,
        code,
        "The request does not fit the contract",
        detail,
        "Update AP Bridge; if it is up to date, send its log to support.",
    )


def unreadable(detail: str) -> Problem:
    """Return the answer to a body that cannot be decoded."""
    return Problem(400, "unreadable-body", "The body cannot be read", detail, "Send it again.")


def not_found(code: str, detail: str) -> Problem:
    """Return the answer to a question about something that is not there."""
    return Problem(404, code, "There is no such thing", detail, "Check the address.")


def refused_batch_key() -> Problem:
    """Return the answer to an Idempotency-Key that was used for another body."""
    return unprocessable("idempotency-key-reused", "This Idempotency-Key was used before, with a different body.")
