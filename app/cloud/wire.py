"""One conversation with the server over HTTPS: the session, the token, tries and waits, and JSON both ways."""

import gzip
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from threading import Lock
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson
import requests

from app.cloud import failures
from app.errors import BridgeError

log = logging.getLogger(__name__)

TRIES = 5
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 120.0
TIMEOUTS_SECONDS = (10.0, 60.0)  # to connect, and between two packets of an answer
COMPRESS_FROM_BYTES = 1024

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{16,4096}=*", re.ASCII)
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_BUSY = frozenset({429, 503})


class Random(Protocol):
    """Where jitter comes from."""

    def random(self) -> float:
        """Return a number from 0 up to 1."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause before the next try: for how long, before which try, and why."""

    seconds: float
    next_try: int
    reason: str


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to ask; `name` is what errors and the log call it."""

    name: str
    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: Any = None
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How to wait between tries; `sleep` may raise to end the wait (the user cancelled)."""

    sleep: Callable[[float], None]
    random: Random
    on_wait: Callable[[Wait], None] | None = None
    timeouts: tuple[float, float] = TIMEOUTS_SECONDS
    tries: int = TRIES


class Wire:
    """Asks the server, signing in when it must, trying again when that may help.

    Neither the secret nor a token ever stands in an error, a log line or a repr.
    """

    def __init__(
        self, url: str, client_id: str, secret: str, entity: str, session: requests.Session, pace: Pace
    ) -> None:
        self._base, self._host, loopback = _checked(url)
        self._client_id = client_id
        self._secret = secret
        self._entity = entity
        self._session = session
        self._pace = pace
        self.clock_skew: timedelta | None = None
        """By how much the server's clock was ahead of this computer's at its last answer; None before one says."""
        self._token = ""
        self._signing_in = Lock()
        # No answer may leave anything in the session that requests in other threads would send along.
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # The demo's server on this computer is never behind the company's proxy.
        self._proxies = {"no_proxy": self._host} if loopback else None

    def __repr__(self) -> str:
        return f"<Wire to {self._host}>"

    def close(self) -> None:
        """Let go of the connection and forget the token."""
        self._token = ""
        self._session.close()

    def ask(self, request: Request) -> Any:
        """Return the JSON answer to `request`.

        Raises:
            RetryLater: after the last try without an answer, or when the answer is not understood.
            NeedsUser: when sign-in is refused or a right is missing.
            BugError: when the server says that the request is malformed.
        """
        answer = self.ask_unless(request, "")
        if answer is None:
            raise failures.not_understood(f"{request.name}: an empty answer")
        return answer

    def ask_unless(self, request: Request, missing_code: str) -> Any:
        """Return the JSON answer, or None when the server answers 404 with this code; raises as `ask`."""
        response = self._signed_in(request)
        if response.status_code == requests.codes.ok:
            return _json(response, request.name)
        problem = self._problem(response)
        if missing_code and problem.status == requests.codes.not_found and problem.code == missing_code:
            return None
        raise failures.refusal(problem, request.name, self._entity)

    def _signed_in(self, request: Request) -> requests.Response:
        fresh, token = self._token_unlike("")
        response = self._persistently(request, token)
        if response.status_code == requests.codes.unauthorized and not fresh:
            _, token = self._token_unlike(token)
            response = self._persistently(request, token)
        return response

    def _token_unlike(self, refused: str) -> tuple[bool, str]:
        """Return a token other than the refused one, and whether it was asked for just now.

        Requests may be under way in several threads: one of them signs in, the others wait for it.
        """
        with self._signing_in:
            fresh = self._token in ("", refused)
            if fresh:
                self._sign_in()
            return fresh, self._token

    def _sign_in(self) -> None:
        self._token = ""
        body = {"client_id": self._client_id, "client_secret": self._secret}
        response = self._persistently(Request("sign in", "POST", "/v1/sign-in", body=body), "")
        if response.status_code != requests.codes.ok:
            problem = self._problem(response)
            if problem.status == requests.codes.forbidden and problem.told:
                raise failures.sign_in_refused(problem)
            raise failures.refusal(problem, "sign in", self._entity)
        answer = _json(response, "sign in")
        token = answer.get("access_token") if isinstance(answer, dict) else None
        # A token with other characters would make requests name it in its complaint.
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise failures.not_understood("sign in: no usable token in the answer")
        self._token = token

    def _persistently(self, request: Request, token: str) -> requests.Response:
        """Return the server's answer, trying again as long as trouble may pass.

        Every request of the contract may be repeated: batches carry a key, the others change nothing twice.
        """
        for attempt in range(1, self._pace.tries + 1):
            failure: BridgeError
            asked: float | None = None
            try:
                response = self._send(request, token)
            except requests.RequestException as error:
                failure = failures.from_exception(error, self._host)
                if not failures.is_passing(error):
                    raise failure from error
                if attempt == self._pace.tries:
                    raise failure from error
            else:
                if response.status_code not in _PASSING:
                    return response
                failure, asked = self._passing_failure(response, request)
                if attempt == self._pace.tries or (asked is not None and asked > LONGEST_WAIT_SECONDS):
                    raise failure
            self._wait(attempt, asked, failure, request)
        raise AssertionError("the last try returns or raises")

    def _passing_failure(self, response: requests.Response, request: Request) -> tuple[BridgeError, float | None]:
        problem = self._problem(response)
        asked = _retry_after(response.headers.get("Retry-After", ""))
        if problem.status in _BUSY or problem.told:
            return failures.busy(problem), asked
        return failures.not_understood(f"{request.name}: {problem}"), asked

    def _wait(self, attempt: int, asked: float | None, failure: BridgeError, request: Request) -> None:
        # Jitter keeps many computers that lost the server at once from coming back at once.
        seconds = FIRST_WAIT_SECONDS * 2 ** (attempt - 1) * (0.5 + self._pace.random.random() / 2)
        if asked is not None:
            seconds += asked
        log.info("%s: %s; try %d in %.1f s", request.name, failure.detail or failure.title, attempt + 1, seconds)
        if self._pace.on_wait is not None:
            self._pace.on_wait(Wait(seconds, attempt + 1, failure.title))
        self._pace.sleep(seconds)

    def _send(self, request: Request, token: str) -> requests.Response:
        headers = dict(request.headers or {})
        data = None
        if request.body is not None:
            data = orjson.dumps(request.body)
            headers["Content-Type"] = "application/json"
            # Sign-in stays plain: its contract has no compression.
            if token and len(data) >= COMPRESS_FROM_BYTES:
                data = gzip.compress(data, compresslevel=5, mtime=0)
                headers["Content-Encoding"] = "gzip"
        response = self._session.request(
            request.method,
            self._base + request.path,
            params=request.query,
            data=data,
            headers=headers,
            auth=_Bearer(token),
            timeout=self._pace.timeouts,
            proxies=self._proxies,
            # A redirect would carry the token to a place that nobody chose.
            allow_redirects=False,
        )
        said = _moment(response.headers.get("Date", ""))
        if said is not None:
            self.clock_skew = said - datetime.now(UTC)
        return response

    def _problem(self, response: requests.Response) -> failures.Problem:
        problem = failures.problem_of(response)
        clean = self._without_secrets
        return replace(
            problem,
            code=clean(problem.code),
            title=clean(problem.title),
            detail=clean(problem.detail),
            fix=clean(problem.fix),
        )

    def _without_secrets(self, text: str) -> str:
        for hidden in (self._secret, self._token):
            if hidden:
                text = text.replace(hidden, "…")
        return text


class _Bearer(requests.auth.AuthBase):
    """Sets the token; also keeps requests from taking a password out of a .netrc file instead."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            prepared.headers["Authorization"] = f"Bearer {self._token}"
        return prepared


def _checked(url: str) -> tuple[str, str, bool]:
    """Return the address without a slash at its end, its host, and whether that is this computer."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise failures.wrong_address(url, str(error)) from error
    loopback = failures.is_loopback(host)
    usable = parts.scheme == "https" or (parts.scheme == "http" and loopback)
    if not usable or not host or port == 0 or "@" in parts.netloc or parts.query or parts.fragment:
        raise failures.wrong_address(url)
    return url.rstrip("/"), host, loopback


def _json(response: requests.Response, name: str) -> Any:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise failures.not_understood(f"{name}: an answer of type {kind or 'unknown'}")
    try:
        return orjson.loads(response.content)
    except orjson.JSONDecodeError:
        # The error carries the answer, and the answer may carry a token.
        raise failures.not_understood(f"{name}: the answer is not JSON") from None


def _retry_after(text: str) -> float | None:
    """Return for how many seconds the server asks to wait (it may name a time instead), or None."""
    if re.fullmatch(r"\s*\d{1,9}\s*", text, re.ASCII):
        return float(text)
    moment = _moment(text)
    return None if moment is None else max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _moment(text: str) -> datetime | None:
    """Return the time that a header names, or None when it names none."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
