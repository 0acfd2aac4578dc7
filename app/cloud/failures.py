"""The one place where trouble with HTTP becomes an error of ours: requests' exceptions, and answers that are none."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import orjson
import requests

from app.domain.language import say
from app.errors import BridgeError, BugError, NeedsUser, RetryLater, Side

TEXT_LIMIT = 400


@dataclass(frozen=True, slots=True)
class Problem:
    """What the server says in an error answer (application/problem+json); empty texts where it says nothing."""

    status: int
    code: str = ""
    title: str = ""
    detail: str = ""
    fix: str = ""
    told: bool = False  # whether this is the contract's error answer, and not some other server's page

    def __str__(self) -> str:
        return f"HTTP {self.status} {self.code} {self.title}. {self.detail}"[:TEXT_LIMIT].strip()


def problem_of(response: requests.Response) -> Problem:
    """Return what an error answer says."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/problem+json":
        return Problem(response.status_code)
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return Problem(response.status_code)

    def text(name: str) -> str:
        value: Any = body.get(name, "") if isinstance(body, dict) else ""
        return value[:TEXT_LIMIT] if isinstance(value, str) else ""

    return Problem(response.status_code, text("code"), text("title"), text("detail"), text("fix"), told=True)


def is_passing(error: requests.RequestException) -> bool:
    """Tell whether to try again: the network may be back in a moment, a wrong certificate will not."""
    if isinstance(error, requests.exceptions.SSLError):
        return "CERTIFICATE_VERIFY_FAILED" not in str(error)
    return isinstance(
        error,
        requests.ConnectionError | requests.Timeout | requests.exceptions.ChunkedEncodingError
        | requests.exceptions.ContentDecodingError,
    )  # fmt: skip


def from_exception(error: requests.RequestException, host: str) -> BridgeError:
    """Return what a failed connection means to the user."""
    detail = f"{type(error).__name__}: {error}"[:TEXT_LIMIT]
    if isinstance(error, requests.exceptions.SSLError) and not is_passing(error):
        return NeedsUser(
            "cloud-not-trusted",
            say("The connection to Quadient AP is not trusted"),
            say("{host} did not prove who it is: its certificate is not accepted on this computer.", host=host),
            say(
                "Check this computer's date and time. Where a firewall inspects traffic, ask your IT to let this "
                "address through."
            ),
            side=Side.CLOUD,
            detail=detail,
        )
    if isinstance(error, requests.exceptions.ProxyError):
        reason = say("The proxy between this computer and {host} does not let AP Bridge through.", host=host)
        fix = say("Ask your IT to check the proxy, then start again.")
    elif isinstance(error, requests.Timeout):
        reason = say("{host} did not answer in time, several times in a row.", host=host)
        fix = say("Start again in a few minutes.")
    elif is_passing(error):
        reason = say("There is no connection to {host}.", host=host)
        fix = say("Check this computer's internet connection, then start again.")
        if is_loopback(host):
            fix = say("It runs on this computer and has stopped: start it again, or open the demo anew.")
    else:
        return wrong_address(host, detail)
    return RetryLater(
        "cloud-unreachable", say("Quadient AP cannot be reached"), reason, fix, side=Side.CLOUD, detail=detail
    )


def wrong_address(url: str, detail: str = "") -> NeedsUser:
    """Return the error for an address that cannot be used; a password in it is not repeated."""
    shown = re.sub("//.*@", "//…@", url)
    return NeedsUser(
        "cloud-address",
        say("The address of Quadient AP cannot be used"),
        say("“{shown}” is not the address of a secure server (https://…).", shown=shown),
        say("Correct the address in Settings > Companies > Change the connection."),
        side=Side.CLOUD,
        detail=detail,
    )


def busy(problem: Problem) -> RetryLater:
    """Return the error for a server that keeps saying “not now”."""
    return RetryLater(
        "cloud-busy",
        say("Quadient AP is busy"),
        say("It could not take requests just now, several times in a row."),
        say("Start again in a few minutes."),
        side=Side.CLOUD,
        detail=str(problem),
    )


def sign_in_refused(problem: Problem) -> NeedsUser:
    """Return the error for a client that cannot sign in."""
    return NeedsUser(
        "cloud-sign-in",
        say("Quadient AP refused the sign-in"),
        say("The client id or its secret is wrong, or was changed or withdrawn."),
        say("Enter the client id and its secret again in Settings > Companies > Change the connection."),
        side=Side.CLOUD,
        detail=str(problem),
    )


def no_right(problem: Problem, entity: str) -> NeedsUser:
    """Return the error for a client without a right."""
    return NeedsUser(
        "cloud-no-right",
        say("Quadient AP does not let AP Bridge in here"),
        say("The sign-in is right, but it has no right to the legal entity {entity}.", entity=entity),
        say(
            "Ask an administrator in Quadient AP for the right, or choose another legal entity in Settings > Companies "
            "> Change the connection."
        ),
        side=Side.CLOUD,
        detail=str(problem),
    )


def not_understood(what: str) -> RetryLater:
    """Return the error for an answer that is not in the contract's shape."""
    return RetryLater(
        "cloud-not-understood",
        say("Quadient AP answered something AP Bridge does not understand"),
        say("Something else may have answered in its place (a proxy, a sign-in page), or it is newer than AP Bridge."),
        say(
            "Check the address in Settings > Companies > Change the connection and update AP Bridge; if "
            "that does not help, send its log to support."
        ),
        side=Side.CLOUD,
        detail=what[:TEXT_LIMIT],
    )


def malformed_request(problem: Problem, what: str) -> BugError:
    """Return the error for a request of ours that the server says is wrong."""
    return BugError(
        "cloud-contract",
        say("AP Bridge sent Quadient AP something wrong"),
        say("Quadient AP refused the request as malformed. Nothing of it was taken."),
        say("Send AP Bridge's log to support."),
        side=Side.CLOUD,
        detail=f"{what}: {problem}",
    )


def refusal(problem: Problem, what: str, entity: str) -> BridgeError:
    """Return what an error answer means that no further try will change."""
    if problem.status == requests.codes.forbidden and problem.told:
        return no_right(problem, entity)
    if problem.status == requests.codes.unauthorized and problem.told:
        return sign_in_refused(problem)
    if 400 <= problem.status < 500 and problem.told:
        return malformed_request(problem, what)
    return not_understood(f"{what}: {problem}")


def is_loopback(host: str) -> bool:
    """Whether the host is this computer."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
