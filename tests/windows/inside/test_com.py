"""The writers through real COM: the demo company's tests again, and what only COM has."""

import json

import pytest

from app.errors import NeedsUser, RetryLater
from app.sage.business_objects import PROGRAM_ID, dispatch_com
from tests.sage import demo_world
from tests.sage.demo_world import World
from tests.sage.test_on_the_demo_company import (  # noqa: F401  # the same statements, of the same writers
    test_a_credit_note_is_an_invoice_with_negative_amounts,
    test_a_posted_invoice_is_not_adjusted,
    test_a_receipt_of_invoice_is_read_back_with_what_it_bills,
    test_a_refused_invoice_leaves_nothing_and_the_next_one_goes,
    test_a_written_check_is_read_back_as_it_was_sent,
    test_a_written_invoice_is_read_back_as_it_was_sent,
    test_after_a_lost_answer_the_ledger_finds_what_was_written,
    test_lines_that_sage_keeps_of_a_failed_header_are_taken_out,
    test_no_invoice_number_is_entered_twice,
    test_when_sage_lets_nobody_in_the_reason_is_named,
    test_where_batches_are_off_none_is_made,
)
from tests.windows.inside import com_server


@pytest.fixture(scope="module", autouse=True)
def registered():
    """The demo's Business Objects as a COM server of this user."""
    com_server.register_server()
    yield
    com_server.unregister_server()


@pytest.fixture(autouse=True)
def through_com(monkeypatch):
    """Sage's program is reached as on a real computer."""
    monkeypatch.setattr(demo_world, "dispatch_sandbox", lambda folder: com_server.dispatch_here)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def trouble(world, at, what):
    (world.folder / com_server.TROUBLE).write_text(json.dumps({"at": at, "trouble": what}), "utf-8")


def entries(world, number):
    return world.rows("SELECT COUNT(*) FROM AP_InvoiceHeader WHERE InvoiceNo = ?", number)[0][0]


def test_a_value_asked_for_by_reference_comes_back(world):
    with world.writer() as writer:
        batch = writer.select_batch(world.invoice().destination, "AP Bridge run-1")
    assert batch.isdigit()


@pytest.mark.parametrize("method", ["nSetKeyValue", "nSetValue", "nAddLine", "nWrite"])
def test_a_server_that_dies_in_mid_call_is_told_and_leaves_nothing_half_written(world, method):
    invoice = world.invoice()
    trouble(world, method, "die")
    with pytest.raises(RetryLater) as caught:
        world.write(invoice)
    assert caught.value.code == "sage-left-unfinished"  # the server could not even be told to forget the record
    assert entries(world, invoice.number) == 0
    # The next object comes from a new server.
    world.write(invoice)
    assert entries(world, invoice.number) == 1


def test_an_error_of_com_is_told_in_its_own_words(world):
    trouble(world, "nSetValue", "fail")
    with pytest.raises(RetryLater) as caught:
        world.write(world.invoice())
    assert caught.value.code == "sage-business-objects"
    assert "The demo's Business Objects were told to fail" in caught.value.detail
    assert "nSetValue" in caught.value.detail


def test_a_program_that_is_not_registered_needs_the_user():
    with pytest.raises(NeedsUser) as caught:
        dispatch_com(f"{PROGRAM_ID}.NotThere")
    assert caught.value.code == "business-objects-missing"
