"""The self-test: looks at all that a sync needs and at Sage's tables, then tries each kind of document in Sage."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.domain.language import later, say
from app.domain.probe import ProbeReport
from app.engine.events import Kind
from app.engine.health.doctor import PARTS, look
from app.engine.health.results import Result, State
from app.engine.health.sage import WRITING
from app.engine.probing import look_at_tables
from app.engine.run import Run, Summary
from app.engine.selftest.parts import Part, not_tried
from app.engine.selftest.samples import Trial, check_trial, credit_trial, invoice_trial, open_order, receipt_trial
from app.engine.selftest.trials import Trials, no_business_objects
from app.errors import BridgeError, NeedsUser, Side, SkipItem
from app.sage.company import SageCompany
from app.sage.layout import Feature, lost
from app.settings import Home

INVOICE = ("invoice", later("Invoice"))
CREDIT_NOTE = ("credit_note", later("Credit note"))
CHECK = ("check", later("Check"))
RECEIPT = ("receipt_of_invoice", later("Receipt of invoice"))


@dataclass(slots=True)
class SelfTest:
    """One self-test; all but `order`, which a receipt of invoice may bill ('' for none), fills while it works.

    `checks` are the doctor's, `probe` is the look at the tables, `parts` are the trials, `stopped` is what ended it.
    """

    order: str = ""
    checks: list[Result] = field(default_factory=list)
    probe: ProbeReport | None = None
    parts: list[Part] = field(default_factory=list)
    stopped: BridgeError | None = None

    def work(self, run: Run) -> Summary:
        """Look at everything, then try all kinds of documents.

        Raises:
            NeedsUser: when a check blocks, or the company is not written to through Business Objects: nothing was
                entered then. Also when Sage lets nobody in.
            RetryLater: when Sage does not answer now. What was entered is deleted first, where that is possible.
        """
        try:
            self._look(run)
            self._try_all(run)
        except BridgeError as error:
            self.stopped = error
            raise
        run.needs_user |= any(part.state == "failed" for part in self.parts)
        run.needs_user |= any(result.state is State.BLOCKED for result in self.checks)
        return {"self_test": {part.kind: part.state for part in self.parts}}

    def _look(self, run: Run) -> None:
        """Look as the doctor and the probe do; end here when nothing could be tried."""
        results = look(
            PARTS,
            home=Home(run.store.file.parent),
            company=run.company,
            open_ports=lambda: run.ports,
            open_cloud=lambda cancel: run.ports.open_cloud(run.company, cancel.sleep),
            watchdog=run.watchdog,
            cancel=run.cancel,
        )
        for result in results:
            self.checks.append(result)
            run.reporter.tell(Kind.CHECK, **result.data())
            run.cancel.check()
        # Without Quadient AP, Sage can be tried as well.
        blocking = [each for each in self.checks if each.state is State.BLOCKED and each.check.side is not Side.CLOUD]
        if blocking and blocking[0].check not in WRITING:
            raise _stopped_by(blocking[0])
        self.probe = look_at_tables(run, count_all=True)
        if run.company.sage.writer != "business_objects":
            raise no_business_objects()
        if blocking:
            raise _stopped_by(blocking[0])

    def _try_all(self, run: Run) -> None:
        with run.open_sage() as sage, Trials(run, sage) as trials:
            day = run.today()
            try:
                self._try(trials, INVOICE, Feature.INVOICES, lambda: invoice_trial(sage, day))
                self._try(trials, CREDIT_NOTE, Feature.INVOICES, lambda: credit_trial(sage, day))
                self._try(trials, CHECK, Feature.PAYMENTS, lambda: check_trial(sage, day))
                if self.order:
                    self._try(trials, RECEIPT, Feature.ORDER_INVOICES, lambda: receipt_trial(sage, day, self.order))
                else:
                    self.parts.append(_receipt_not_tried(sage))
            finally:
                if trials.tried:
                    self.parts.append(trials.look_for_the_rest())

    def _try(self, trials: Trials, named: tuple[str, str], feature: Feature, make: Callable[[], Trial]) -> None:
        kind, what = named[0], say(named[1])
        stopping = self.probe.stopping if self.probe else ()
        missing = [each.where for each in stopping if feature in lost(each.table, each.column)]
        if missing:
            self.parts.append(
                Part(
                    kind,
                    what,
                    "not_tried",
                    message=say("Nothing was entered: this Sage has no {names}.", names=", ".join(missing)),
                    fix=say("See above what that means and what to do, and start again."),
                )
            )
            return
        try:
            trial = make()
        except SkipItem as error:
            self.parts.append(not_tried(kind, what, error))
            return
        part, trouble = trials.try_one(kind, what, trial)
        self.parts.append(part)
        if trouble is not None:
            raise trouble


def _receipt_not_tried(sage: SageCompany) -> Part:
    kind, what = RECEIPT[0], say(RECEIPT[1])
    try:
        number = open_order(sage)
    except SkipItem as error:
        return not_tried(kind, what, error)
    if not number:
        return Part(kind, what, "not_tried", message=say("This company has no open order with something left to bill."))
    return Part(
        kind,
        what,
        "not_tried",
        message=say("A receipt of invoice bills a purchase order, and a person must choose which."),
        fix=say("Name an order of the test company with “--order {number}”, say.", number=number),
    )


def _stopped_by(result: Result) -> NeedsUser:
    return NeedsUser(
        result.code,
        say("Nothing was entered: “{check}” is not well", check=say(result.check.title)),
        result.message,
        result.fix,
        side=result.check.side,
    )
