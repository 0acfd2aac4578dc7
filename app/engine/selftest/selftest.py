"""The self-test: in a test company it enters one document of each kind, reads it back and deletes it."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from app.domain.language import say
from app.engine.reporter import Stage
from app.engine.run import Run, Summary
from app.engine.selftest.samples import NAME, Trial, check_trial, invoice_trial, open_order, receipt_trial
from app.errors import BridgeError, NeedsUser, Side, SkipItem
from app.sage.company import SageCompany
from app.sage.found import Found
from app.sage.port import Deleter

NUMBERS = range(1, 10)  # a number that was posted in the test company cannot be used again


@dataclass(frozen=True, slots=True)
class Part:
    """How one kind of document fared: `state` is passed, failed or not_tried; `steps` what was done, in order.

    `notes` holds what Sage warned of.
    """

    what: str
    state: str
    number: str = ""
    steps: tuple[str, ...] = ()
    message: str = ""
    fix: str = ""
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class SelfTest:
    """One self-test; `parts` fills while it works. `order` is what a receipt of invoice may bill, '' for none."""

    order: str = ""
    parts: list[Part] = field(default_factory=list)

    def work(self, run: Run) -> Summary:
        """Test all kinds.

        Raises:
            NeedsUser: when the company is not written to through Business Objects, or Sage lets nobody in.
            RetryLater: when Sage does not answer now. What was entered is deleted first, where that is possible.
        """
        if run.company.sage.writer != "business_objects":
            raise _nothing_to_test()
        with run.open_sage() as sage, _Trials(run, sage) as trials:
            day = run.today()
            self._try(trials, "Invoice", lambda: invoice_trial(sage, day))
            self._try(trials, "Check", lambda: check_trial(sage, day))
            if self.order:
                self._try(trials, say("Receipt of invoice"), lambda: receipt_trial(sage, day, self.order))
            else:
                self.parts.append(_receipt_not_tried(sage))
        run.needs_user |= any(part.state == "failed" for part in self.parts)
        return {"self_test": {part.what: part.state for part in self.parts}}

    def _try(self, trials: "_Trials", what: str, make: Callable[[], Trial]) -> None:
        try:
            trial = make()
        except SkipItem as error:
            self.parts.append(Part(what, "not_tried", message=error.message, fix=error.fix))
            return
        part, trouble = trials.try_one(what, trial)
        self.parts.append(part)
        if trouble is not None:
            raise trouble


class _Trials:
    """Tries documents in one Business Objects session, and in a second one when the first has gone away."""

    def __init__(self, run: Run, sage: SageCompany) -> None:
        self._run = run
        self._sage = sage
        self._opened = ExitStack()
        self._deleter: Deleter | None = None

    def __enter__(self) -> "_Trials":
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def try_one(self, what: str, trial: Trial) -> tuple[Part, BridgeError | None]:
        """Try one document; return how it fared, and what ends the whole test."""
        with self._run.reporter.stage("self_test", say("Self-test, {what}", what=what.lower())) as stage:
            steps: list[str] = []
            notes: list[str] = []
            named = trial
            try:
                named = self._with_free_number(trial, steps)
                self._through(named, steps, notes)
            except BridgeError as error:
                left = self._clean_up(named, steps, stage)
                message = f"{error.title}. {error.message} {left}".rstrip()
                stage.count("failed")
                stage.item(named.number, "failed", error.code, message, error.fix)
                part = Part(what, "failed", named.number, tuple(steps), message, error.fix, tuple(notes))
                return part, None if isinstance(error, SkipItem) else error
            stage.count("passed")
            stage.item(named.number, "passed", message=f"{'; '.join(steps)}.")
        return Part(what, "passed", named.number, tuple(steps), notes=tuple(notes)), None

    def _through(self, trial: Trial, steps: list[str], notes: list[str]) -> None:
        ledger, deleter = self._sage.ledger, self._open()
        batch = ""
        if ledger.batches_on(trial.destination):
            batch = deleter.select_batch(trial.destination, f"AP Bridge {NAME}")
            steps.append(say("batch {batch} made", batch=batch) if batch else say("no batch, as batches are off"))
        self._run.cancel.check()
        notes += trial.write(deleter, ledger, batch).warnings
        steps.append("written")
        found = trial.found(ledger)
        wrong = _wrong(trial, found)
        if wrong:
            raise _failed(
                "read-back-differs", say("{number} was not read back as it was entered", number=trial.number), wrong
            )
        steps.append(say("read back over ODBC, the same"))
        trial.delete(deleter, ledger, found[0])
        steps.append(say("every field compared, deleted"))
        if trial.found(ledger):
            raise _failed(
                "still-there",
                say("{number} is still there", number=trial.number),
                say("Sage said that it was deleted."),
            )
        steps.append("gone")
        if batch and ledger.batch_is_empty(trial.destination, batch):
            notes.append(
                say("Batch {batch} of {destination} stays there, empty.", batch=batch, destination=trial.destination)
            )

    def _with_free_number(self, trial: Trial, steps: list[str]) -> Trial:
        """Return the trial under a number that Sage does not have; what a broken-off self-test left is deleted."""
        for number in NUMBERS:
            named = trial.numbered(number)
            found = named.found(self._sage.ledger)
            if len(found) == 1 and named.is_ours(found[0]):
                try:
                    named.as_left(found[0]).delete(self._open(), self._sage.ledger, found[0])
                except SkipItem as error:
                    self._tell_left(named, error)
                    continue
                steps.append(say("{number} of an earlier self-test deleted", number=named.number))
                found = named.found(self._sage.ledger)
            if not found:
                return named
        raise _failed(
            "numbers-used",
            say("All numbers {name}1 to {name}{numbers} are used", name=NAME, numbers=NUMBERS[-1]),
            say("Sage has entries under them."),
        )

    def _clean_up(self, trial: Trial, steps: list[str], stage: Stage) -> str:
        """Delete what was entered; return a sentence on it, and call the user when it could not be deleted."""
        for _ in range(2):
            try:
                found = [each for each in trial.found(self._sage.ledger) if trial.is_ours(each)]
                if not found:
                    return say("Nothing of it is in Sage.")
                trial.as_left(found[0]).delete(self._open(), self._sage.ledger, found[0])
                steps.append("deleted")
            except BridgeError as error:
                # The session may be gone with the trouble before: one more try is made in a new one.
                stage.item(trial.number, "not_deleted", error.code, f"{error.title}. {error.message}", error.fix)
                self._opened.close()
                self._deleter = None
        self._tell_left(trial)
        return say("It may be left in Sage.")

    def _tell_left(self, trial: Trial, error: SkipItem | None = None) -> None:
        self._run.attention(
            "self-test-left",
            say("{number} may be left in Sage", number=trial.number),
            say(
                "A self-test entered it in {destination} and could not delete it. {message}",
                destination=trial.destination,
                message=error.message if error else "",
            ).strip(),
            say("Look for it there and delete it."),
        )

    def _open(self) -> Deleter:
        if self._deleter is None:
            writer = self._opened.enter_context(self._run.open_writer())
            if not isinstance(writer, Deleter):
                raise _nothing_to_test()
            self._deleter = writer
        return self._deleter


def _wrong(trial: Trial, found: tuple[Found, ...]) -> str:
    """Return how what was read back differs from what was entered, '' when it does not."""
    if len(found) != 1:
        return say("Sage has {length} entries under this number.", length=len(found))
    there, document = found[0], trial.document
    if there.unreadable:
        return say("A value of it cannot be read: {unreadable}.", unreadable=there.unreadable)
    for what, entered, now in (
        ("place", trial.destination.value, there.place.value),
        ("amount", document.amount, there.amount),
        ("lines", [line.amount for line in document.lines], [line.amount for line in there.lines if line.amount]),
        ("mark", True, there.carries(NAME)),
    ):
        if entered != now:
            return say(
                "Its {what}: {entered} was entered, Sage has {found}.",
                what=what,
                entered=_plain(entered),
                found=_plain(now),
            )
    return ""


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "nothing"
    return {True: f"“AP Bridge {NAME}”", False: "none"}[value] if isinstance(value, bool) else str(value)


def _receipt_not_tried(sage: SageCompany) -> Part:
    what = say("Receipt of invoice")
    try:
        number = open_order(sage)
    except SkipItem as error:
        return Part(what, "not_tried", message=f"{error.title}. {error.message}", fix=error.fix)
    if not number:
        return Part(what, "not_tried", message=say("This company has no open order with something left to bill."))
    return Part(
        what,
        "not_tried",
        message=say("A receipt of invoice bills a purchase order, and a person must choose which."),
        fix=say("Name an order of the test company with “--order {number}”, say.", number=number),
    )


def _failed(code: str, title: str, message: str) -> SkipItem:
    fix = say("Send the report (“--json FILE”) to support: it has every call and Sage's answers.")
    return SkipItem(code, title, message, fix, side=Side.SAGE)


def _nothing_to_test() -> NeedsUser:
    return NeedsUser(
        "no-business-objects",
        say("There is nothing to test here"),
        say("The self-test tries Sage's Business Objects, and this company is written to through Visual Integrator."),
        say("Choose Business Objects in Settings > Sage 100, if they can be used after all."),
        side=Side.COMPUTER,
    )
