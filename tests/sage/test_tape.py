"""The tape of the self-test: every call into Sage, with what it answered, and never a password."""

from itertools import count

import pytest

from app.errors import RetryLater
from app.sage.tape import HIDDEN, PENDING, Tape
from tests.sage.scripted import Sage, lost
from tests.sage.test_writers import INVOICE, opened


@pytest.fixture
def sage():
    return Sage()


@pytest.fixture
def tape():
    ticks = count()
    return Tape(clock=lambda: next(ticks) / 1000)


def write(sage, tape):
    scripted = sage.dispatch
    sage.dispatch = tape.recorded(scripted)
    with opened(sage) as writer:
        return writer.write_invoice(INVOICE, comment="Freight", line_comments=["inv-000123", ""], batch="")


def calls(tape, name):
    return [call for call in tape.calls if call.object == name]


def test_what_passes_the_tape_reaches_sage_unchanged(sage, tape):
    write(sage, tape)
    plain = Sage()
    with opened(plain) as writer:
        writer.write_invoice(INVOICE, comment="Freight", line_comments=["inv-000123", ""], batch="")
    assert sage.steps == plain.steps
    assert len(tape.calls) == len([step for step in plain.steps if not step[0].endswith("oLines")])


def test_each_call_has_its_object_arguments_answer_and_time(sage, tape):
    sage.answers["nGetValue:Adjustment$"] = (1, {"value": "N"})
    write(sage, tape)
    assert {call.milliseconds for call in tape.calls} == {1.0}
    asked = next(call for call in calls(tape, "AP_Invoice_bus") if call.method == "nGetValue")
    assert (asked.arguments, asked.answer) == (("Adjustment$", "→N"), "1")
    line = calls(tape, "AP_Invoice_bus.oLines")
    assert ("nSetValue", ("DistributionAmt", "60.1"), "1") in [(c.method, c.arguments, c.answer) for c in line]
    made = [call for call in tape.calls if call.method == "NewObject"]
    assert [(call.arguments, call.answer) for call in made] == [
        (("SY_Session",), "object"),
        (("AP_Invoice_bus", "SY_Session"), "object"),
    ]


def test_no_password_is_on_the_tape(sage, tape):
    write(sage, tape)
    (signed_in,) = [call for call in tape.calls if call.method == "nSetUser"]
    assert signed_in.arguments == ("BRIDGE", HIDDEN)
    assert "secret" not in repr(tape.calls)


def test_sages_words_stand_with_the_call_they_are_about(sage, tape):
    sage.answers["AP_Invoice_bus.nWrite"] = (-1, "The vendor is  on hold.")
    assert write(sage, tape).warnings == ("The vendor is on hold.",)
    (written,) = [call for call in calls(tape, "AP_Invoice_bus") if call.method == "nWrite"]
    assert (written.answer, written.message) == ("-1", "The vendor is on hold.")
    assert {call.message for call in tape.calls if call is not written} == {""}


def test_a_call_without_an_answer_is_on_the_tape(sage, tape):
    sage.answers["AP_Invoice_bus.nWrite"] = lost()
    with pytest.raises(RetryLater):
        write(sage, tape)
    (written,) = [call for call in calls(tape, "AP_Invoice_bus") if call.method == "nWrite"]
    assert (written.answer, written.message) == ("no answer", "It ended.")


def test_a_call_that_has_not_returned_yet_is_on_the_tape(tape):
    seen = []

    class Waiting:
        def nWrite(self):
            seen.extend(tape.calls)
            return 1

    assert tape.recorded(lambda _: Waiting())("ProvideX.Script").nWrite() == 1
    assert [(call.method, call.answer) for call in seen] == [("nWrite", PENDING)]
    assert [(call.method, call.answer) for call in tape.calls] == [("nWrite", "1")]
