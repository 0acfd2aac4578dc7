"""The doctor: looks at everything a run needs, tells each result as an event, and changes nothing anywhere."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime

from app.cloud.port import CloudPort
from app.domain.codec import plain
from app.domain.language import say
from app.engine.cancel import CancelToken
from app.engine.events import Kind, Sink
from app.engine.health import cloud, computer, sage
from app.engine.health.results import Result, State
from app.engine.ports import Ports
from app.engine.reporter import Reporter
from app.engine.run import Summary
from app.engine.watchdog import Watchdog
from app.errors import BridgeError, BugError, ExitCode, Side
from app.settings import CompanySettings, Home

log = logging.getLogger(__name__)

PARTS = ("computer", "sage", "cloud")

_EXIT = {
    Side.SAGE: ExitCode.SAGE_UNREACHABLE,
    Side.CLOUD: ExitCode.CLOUD_UNREACHABLE,
    Side.COMPUTER: ExitCode.COMPUTER,
}


def examine(
    parts: Collection[str],
    *,
    home: Home,
    company: CompanySettings | None,
    open_ports: Callable[[], Ports],
    open_cloud: Callable[[CancelToken], CloudPort],
    timeout: float,
    sinks: Sequence[Sink],
    cancel: CancelToken,
) -> ExitCode:
    """Look at `parts` of what `company` needs; return the exit code of the first check that blocks.

    It takes no lock and writes no record: it may be asked while a run goes on, and of a company that is not kept
    anywhere. The end is told as a run_finished event, whose summary holds how many checks came out how, and what
    there is to choose from: `entities` of Quadient AP, `companies` and `installation` of Sage.
    """
    reporter = Reporter("", sinks, lambda: datetime.now(UTC))
    watchdog = Watchdog(timeout, lambda error: _tell_end(reporter, error, {}))
    watchdog.start()
    looks = _Looks(home, company, open_ports, open_cloud, watchdog, cancel)
    results: list[Result] = []
    try:
        for result in looks.results(parts):
            results.append(result)
            reporter.tell(Kind.CHECK, **result.data())
            cancel.check()
    except BridgeError as error:
        log.info("%s: %s %s", error.code, error, error.detail)
        return _tell_end(reporter, error, looks.summary(results))
    except Exception as unknown:  # the last resort: a fault is told like any other end, and the log has all of it
        log.exception("A health check ended by a fault in AP Bridge")
        return _tell_end(reporter, _bug(unknown), looks.summary(results))
    finally:
        watchdog.stop()
    return _tell_end(reporter, None, looks.summary(results), _exit_code(results))


def look(
    parts: Collection[str],
    *,
    home: Home,
    company: CompanySettings | None,
    open_ports: Callable[[], Ports],
    open_cloud: Callable[[CancelToken], CloudPort],
    watchdog: Watchdog,
    cancel: CancelToken,
) -> Iterator[Result]:
    """Yield the result of each check of `parts`, for a run that looks at them before it works."""
    yield from _Looks(home, company, open_ports, open_cloud, watchdog, cancel).results(parts)


class _Looks:
    def __init__(
        self,
        home: Home,
        company: CompanySettings | None,
        open_ports: Callable[[], Ports],
        open_cloud: Callable[[CancelToken], CloudPort],
        watchdog: Watchdog,
        cancel: CancelToken,
    ) -> None:
        self._home = home
        self._company = company
        self._sage: sage.SageLook | None = None
        self._cloud: cloud.CloudLook | None = None
        if company is not None:
            self._sage = sage.SageLook(company, open_ports, watchdog.watch, cancel.sleep)
            self._cloud = cloud.CloudLook(company, lambda: open_cloud(cancel))

    def results(self, parts: Collection[str]) -> Iterator[Result]:
        if "computer" in parts:
            yield from computer.look_at_computer(self._home.path, self._company)
        if "sage" in parts and self._sage is not None:
            yield from self._sage.results()
        if "cloud" in parts and self._cloud is not None:
            yield from self._cloud.results()

    def summary(self, results: Sequence[Result]) -> Summary:
        return {
            "checks": dict(Counter(result.state.value for result in results)),
            "entities": plain(self._cloud.entities) if self._cloud else [],
            "companies": plain(self._sage.companies) if self._sage else [],
            "installation": plain(self._sage.installation) if self._sage else None,
        }


def _exit_code(results: Sequence[Result]) -> ExitCode:
    for result in results:
        if result.state is State.BLOCKED:
            return _EXIT[result.check.side]
    return ExitCode.DONE if all(result.state is State.OK for result in results) else ExitCode.NEEDS_USER


def _tell_end(
    reporter: Reporter, error: BridgeError | None, summary: Summary, exit_code: ExitCode = ExitCode.DONE
) -> ExitCode:
    code = error.exit_code if error is not None else exit_code
    outcome = {ExitCode.DONE: "done", ExitCode.NEEDS_USER: "needs_user", ExitCode.CANCELLED: "cancelled"}
    reporter.tell(
        Kind.RUN_FINISHED,
        outcome=outcome.get(code, "failed"),
        exit_code=int(code),
        code=error.code if error else "",
        title=error.title if error else "",
        message=error.message if error else "",
        fix=error.fix if error else "",
        summary=summary,
    )
    return code


def _bug(error: Exception) -> BugError:
    return BugError(
        "bug",
        say("AP Bridge made a mistake"),
        say("Something happened that AP Bridge does not know how to handle. Nothing was changed."),
        say("Start again. If it happens once more, send the log to support."),
        side=Side.COMPUTER,
        detail=repr(error),
    )
