"""Tries documents in Sage: each is entered, read back, entered again in vain, and deleted, whatever happens."""

import time
from contextlib import ExitStack

from app.domain.invoices import Invoice
from app.domain.language import say
from app.domain.payments import Payment
from app.domain.words import place
from app.engine.reporter import Stage
from app.engine.run import Run
from app.engine.selftest.parts import Part, nothing_left
from app.engine.selftest.samples import NUMBERS, Trial
from app.errors import BridgeError, NeedsUser, Side, SkipItem
from app.sage.company import SageCompany
from app.sage.found import Found, FoundCheck, FoundInvoice
from app.sage.port import Deleter


class Trials:
    """Tries documents in one Business Objects session, and in a second one when the first has gone away.

    `tried` are those it has begun with.
    """

    def __init__(self, run: Run, sage: SageCompany) -> None:
        self._run = run
        self._sage = sage
        self._opened = ExitStack()
        self._deleter: Deleter | None = None
        self.tried: list[Trial] = []
        self._entered = False  # whether anything of the document at hand may be in Sage

    def __enter__(self) -> "Trials":
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def try_one(self, kind: str, what: str, trial: Trial) -> tuple[Part, BridgeError | None]:
        """Try one document; return how it fared, and what ends the whole test."""
        started = time.monotonic()
        steps: list[str] = []
        notes: list[str] = []
        named, state, message, fix = trial, "passed", "", ""
        ends: BridgeError | None = None
        self.tried.append(trial)
        self._entered = False
        with self._run.reporter.stage("self_test", say("Self-test, {what}", what=what.lower())) as stage:
            try:
                named = self._with_free_number(trial, steps)
                self._through(named, steps, notes)
            except BridgeError as error:
                left = self._clean_up(named, steps, stage)
                state, message, fix = "failed", f"{error.title}. {error.message} {left}".rstrip(), error.fix
                stage.item(named.number, state, error.code, message, fix)
                # A right for one entry screen says nothing about the next.
                ends = None if isinstance(error, SkipItem) or error.code == "sage-no-right" else error
            else:
                stage.item(named.number, state, message=f"{'; '.join(steps)}.")
            stage.count(state)
        seconds = round(time.monotonic() - started, 1)
        return Part(kind, what, state, named.number, tuple(steps), message, fix, tuple(notes), seconds), ends

    def look_for_the_rest(self) -> Part:
        """Look once more in Sage for all that self-tests enter, and tell what of it is there."""
        try:
            found = [entry for trial in self.tried for entry in trial.left(self._sage.ledger)]
        except BridgeError as error:
            return Part(
                "left",
                say("Nothing is left in Sage"),
                "failed",
                message=say("That could not be looked at. {message}", message=f"{error.title}. {error.message}"),
                fix=say("Look in Sage's entry screens for what begins with APBTEST, and delete it."),
            )
        return nothing_left([f"{number}, {place(each.place.value, each.batch)}" for number, each in found])

    def _through(self, trial: Trial, steps: list[str], notes: list[str]) -> None:
        ledger, deleter = self._sage.ledger, self._open()
        batch = ""
        if ledger.batches_on(trial.destination):
            batch = deleter.select_batch(trial.destination, f"AP Bridge {trial.name}")
            steps.append(say("batch {batch} made", batch=batch) if batch else say("no batch, as batches are off"))
        self._run.cancel.check()
        self._entered = True
        notes += trial.write(deleter, ledger, batch).warnings
        steps.append(say("written"))
        found = self._read_back(trial, batch)
        steps.append(say("read back over ODBC, the same, unposted"))
        if not trial.numbered_by_sage:
            self._enter_again(trial, deleter, batch)
            steps.append(say("not taken a second time"))
        self._delete_altered(trial, deleter, found)
        steps.append(say("not deleted while a cent differs"))
        trial.delete(deleter, ledger, found)
        steps.append(say("every field compared, deleted"))
        if trial.found(ledger):
            raise _failed(
                "still-there",
                say("{number} is still there", number=trial.number),
                say("Sage said that it was deleted."),
            )
        steps.append(say("gone"))
        if batch and ledger.batch_is_empty(trial.destination, batch):
            notes.append(
                say("Batch {batch} of {destination} stays there, empty.", batch=batch, destination=trial.destination)
            )

    def _read_back(self, trial: Trial, batch: str) -> Found:
        found = trial.found(self._sage.ledger)
        wrong = _wrong(trial, found, batch)
        if wrong:
            raise _failed(
                "read-back-differs", say("{number} was not read back as it was entered", number=trial.number), wrong
            )
        return found[0]

    def _enter_again(self, trial: Trial, deleter: Deleter, batch: str) -> None:
        """Enter the document once more, which Sage's look-up of its number must stop before anything is changed."""
        try:
            trial.write(deleter, self._sage.ledger, batch)
        except SkipItem as error:
            if error.code != "already-in-sage":
                raise
        else:
            raise _failed(
                "entered-twice",
                say("{number} was entered a second time", number=trial.number),
                say("Sage said of a number that it has: it is new."),
            )
        self._read_back(trial, batch)

    def _delete_altered(self, trial: Trial, deleter: Deleter, found: Found) -> None:
        """Ask to delete the document with another amount, which the look at its fields must stop."""
        try:
            trial.altered().delete(deleter, self._sage.ledger, found)
        except SkipItem as error:
            if error.code != "changed-in-sage":
                raise
        else:
            raise _failed(
                "deleted-although-changed",
                say("{number} was deleted although it differed", number=trial.number),
                say("AP Bridge asked for it with another amount, and Sage's fields read alike."),
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
            say("All numbers {name}1 to {name}{numbers} are used", name=trial.name, numbers=NUMBERS[-1]),
            say("Sage has entries under them."),
        )

    def _clean_up(self, trial: Trial, steps: list[str], stage: Stage) -> str:
        """Delete what was entered; return a sentence on it, and call the user when it could not be deleted."""
        if not self._entered:
            return say("Nothing of it was entered.")
        for _ in range(2):
            try:
                # Its number was free, so what is there is ours, even if it cannot be read. Deleting compares once more.
                found = [each for each in trial.found(self._sage.ledger) if trial.is_at_its_place(each)]
                if not found:
                    return say("Nothing of it is in Sage.")
                trial.as_left(found[0]).delete(self._open(), self._sage.ledger, found[0])
                steps.append(say("deleted"))
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
                raise no_business_objects()
            self._deleter = writer
        return self._deleter


def no_business_objects() -> NeedsUser:
    """Return what to raise for a company that is written to in another way."""
    return NeedsUser(
        "no-business-objects",
        say("There is nothing to test here"),
        say("The self-test tries Sage's Business Objects, and this company is written to through Visual Integrator."),
        say("Choose Business Objects in Settings > Sage 100, if they can be used after all."),
        side=Side.COMPUTER,
    )


def _wrong(trial: Trial, found: tuple[Found, ...], batch: str) -> str:
    """Return how what was read back differs from what was entered, '' when it does not."""
    if len(found) != 1:
        return say("Sage has {length} entries under this number.", length=len(found))
    there, document = found[0], trial.document
    if there.unreadable:
        return say("A value of it cannot be read: {unreadable}.", unreadable=there.unreadable)
    for what, entered, now in (
        (say("place"), trial.destination.value, there.place.value),
        (say("batch"), batch, there.batch or batch),  # a Sage may keep its number where AP Bridge does not read it
        *_dates(document, there),
        (say("amount"), document.amount, there.amount),
        (say("lines"), [line.amount for line in document.lines], [line.amount for line in there.lines if line.amount]),
        (say("mark"), True, there.carries(trial.name)),
    ):
        if entered != now:
            return say(
                "Its {what}: {entered} was entered, Sage has {found}.",
                what=what,
                entered=_plain(entered, trial.name),
                found=_plain(now, trial.name),
            )
    return ""


def _dates(document: Invoice | Payment, there: Found) -> tuple[tuple[str, object, object], ...]:
    if isinstance(document, Invoice) and isinstance(there, FoundInvoice):
        return ((say("date"), document.invoice_date, there.invoice_date),)
    if isinstance(document, Payment) and isinstance(there, FoundCheck):
        return ((say("date"), document.payment_date, there.check_date),)
    return ()


def _plain(value: object, name: str) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or say("nothing")
    return {True: f"“AP Bridge {name}”", False: say("none")}[value] if isinstance(value, bool) else str(value)


def _failed(code: str, title: str, message: str) -> SkipItem:
    fix = say("Send the report (“--json FILE”) to support: it has every call and Sage's answers.")
    return SkipItem(code, title, message, fix, side=Side.SAGE)
