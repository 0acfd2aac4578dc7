"""What leads an invoice or payment from Approved or Paid to Exported, and what does not."""

from uuid import uuid4

import pytest

from app.cloud.port import DocumentKind
from app.sandbox.server.defaults import filled
from app.sandbox.server.rules import INVOICE_STATUSES, PAYMENT_STATUSES


def add(state, kind, id_, status, marked=True, **fields):
    state.add_documents(kind, [filled(kind, {"id": id_, **fields})], status, marked)


def result(id_, outcome="exported", run="r-1", **fields):
    external_id = f"ABC:{id_}" if outcome == "exported" else ""
    base = {"key": uuid4().hex, "id": id_, "revision": "1", "run": run, "outcome": outcome, "external_id": external_id}
    return {**base, "code": "", "message": "", "fix": "", **fields}


def document(caller, id_):
    (found,) = [each for each in caller.admin("GET", "/documents")["items"] if each["document"]["id"] == id_]
    return found


@pytest.mark.parametrize("status", INVOICE_STATUSES)
def test_only_marked_approved_and_sync_error_invoices_are_ready(caller, state, status):
    add(state, DocumentKind.INVOICE, "inv-1", status)
    add(state, DocumentKind.INVOICE, "inv-2", status, marked=False)
    ready = [each["id"] for each in caller.items("/exports/invoices")]
    assert ready == (["inv-1"] if status in ("A", "SE") else [])


@pytest.mark.parametrize("status", PAYMENT_STATUSES)
def test_only_marked_paid_and_sync_error_payments_are_ready(caller, state, status):
    add(state, DocumentKind.PAYMENT, "pay-1", status)
    add(state, DocumentKind.PAYMENT, "pay-2", status, marked=False)
    ready = [each["id"] for each in caller.items("/exports/payments")]
    assert ready == (["pay-1"] if status in ("PD", "SE") else [])


def test_an_exported_invoice_has_its_external_id_and_is_not_ready_any_more(caller, state):
    add(state, DocumentKind.INVOICE, "inv-1", "A", number="I-1", amount="12.50")
    assert caller.results("/exports/invoices/results", [result("inv-1")]) == [("inv-1", "accepted", "")]
    assert caller.items("/exports/invoices") == []
    shown = {"id": "inv-1", "status": "EX", "amount": "12.50", "external_id": "ABC:inv-1", "run": "r-1"}
    assert caller.get("/exports/invoices/documents/inv-1").json() == shown
    assert caller.items("/exports/invoices/documents", run="r-1") == [shown]
    assert caller.items("/exports/invoices/documents", run="r-2") == []
    assert caller.items("/exported-invoices") == [{"division": "01", "vendor_number": "ACE", "number": "I-1"}]


def test_a_sync_error_is_told_in_a_comment_and_waits_for_a_person(caller, state):
    add(state, DocumentKind.PAYMENT, "pay-1", "PD")
    failed = result("pay-1", "sync_error", code="bank-unknown", message="No bank Z.", fix="Add it.")
    # The second is a repeat, as after a lost answer: no second comment.
    assert caller.results("/exports/payments/results", [failed, {**failed, "key": "another", "run": "r-2"}]) == [
        ("pay-1", "accepted", ""),
        ("pay-1", "accepted", ""),
    ]
    shown = document(caller, "pay-1")
    assert (shown["status"], shown["marked"], shown["comments"]) == ("SE", False, ["No bank Z. Add it."])
    assert caller.items("/exports/payments") == []
    caller.admin("POST", "/payments/pay-1/mark-for-export")
    assert [each["id"] for each in caller.items("/exports/payments")] == ["pay-1"]
    assert caller.results("/exports/payments/results", [result("pay-1")]) == [("pay-1", "accepted", "")]


def test_the_same_sync_error_after_marking_again_is_a_new_one(caller, state):
    add(state, DocumentKind.INVOICE, "inv-1", "A")
    failed = result("inv-1", "sync_error", code="x", message="No.")
    caller.results("/exports/invoices/results", [failed])
    caller.admin("POST", "/invoices/inv-1/mark-for-export")
    caller.results("/exports/invoices/results", [{**failed, "key": "another"}])
    shown = document(caller, "inv-1")
    assert (shown["marked"], shown["comments"]) == (False, ["No.", "No."])


def test_a_result_about_what_was_corrected_meanwhile_is_refused_alone(caller, state):
    for id_ in ("inv-1", "inv-2", "inv-3"):
        add(state, DocumentKind.INVOICE, id_, "A")
    caller.admin("PATCH", "/invoices/inv-1", {"description": "Corrected"})
    caller.admin("PATCH", "/invoices/inv-2", {})
    failed = result("inv-2", "sync_error", code="x", message="No.")
    assert caller.results("/exports/invoices/results", [result("inv-1"), failed, result("inv-3")]) == [
        ("inv-1", "refused", "changed-meanwhile"),
        ("inv-2", "refused", "changed-meanwhile"),
        ("inv-3", "accepted", ""),
    ]
    assert [each["id"] for each in caller.items("/exports/invoices")] == ["inv-1", "inv-2"]
    assert document(caller, "inv-2")["comments"] == []
    (now, _) = caller.items("/exports/invoices")
    told = result("inv-1", revision=now["revision"])
    assert caller.results("/exports/invoices/results", [told]) == [("inv-1", "accepted", "")]


def test_every_correction_gives_another_revision_and_nobody_chooses_it(caller, state):
    add(state, DocumentKind.PAYMENT, "pay-1", "PD", revision="77")
    seen = [caller.items("/exports/payments")[0]["revision"]]
    for change in ({"reference": "QP2"}, {"reference": "QP2", "revision": seen[0]}, {}):
        seen.append(caller.admin("PATCH", "/payments/pay-1", change)["document"]["revision"])
    assert len(set(seen)) == 4
    caller.admin("POST", "/payments/pay-1/mark-for-export")
    assert caller.items("/exports/payments")[0]["revision"] == seen[-1]


def test_a_result_that_comes_again_with_its_key_is_answered_as_at_first_whatever_comes_with_it(caller, state):
    add(state, DocumentKind.INVOICE, "inv-1", "A")
    add(state, DocumentKind.INVOICE, "inv-2", "A")
    first = result("inv-1", key="k-1")
    assert caller.results("/exports/invoices/results", [first]) == [("inv-1", "accepted", "")]
    caller.admin("POST", "/invoices/inv-1/undo-export")
    assert caller.results("/exports/invoices/results", [result("inv-2"), first, {**first, "run": "r-2"}]) == [
        ("inv-2", "accepted", ""),
        ("inv-1", "accepted", ""),
        ("inv-1", "refused", "key-reused"),
    ]
    assert document(caller, "inv-1")["status"] == "A"


def test_results_for_documents_that_are_not_ready_change_nothing(caller, state):
    add(state, DocumentKind.INVOICE, "inv-1", "A", marked=False)
    add(state, DocumentKind.INVOICE, "inv-2", "RS")
    add(state, DocumentKind.INVOICE, "inv-3", "EX", marked=False)
    add(state, DocumentKind.INVOICE, "inv-4", "A")
    batch = [*(result(f"inv-{n}") for n in (1, 2, 3)), result("inv-4", external_id=""), result("inv-5")]
    assert caller.results("/exports/invoices/results", batch) == [
        ("inv-1", "refused", "not-ready"),
        ("inv-2", "refused", "not-ready"),
        ("inv-3", "refused", "already-exported"),
        ("inv-4", "refused", "invalid-record"),
        ("inv-5", "refused", "unknown-document"),
    ]
    assert [document(caller, f"inv-{n}")["status"] for n in (1, 2, 3, 4)] == ["A", "RS", "EX", "A"]


def test_an_equal_repeat_of_exported_is_accepted_and_counts_for_both_runs(caller, state):
    add(state, DocumentKind.INVOICE, "inv-1", "A")
    batch = [result("inv-1"), result("inv-1", run="r-2"), result("inv-1", external_id="ABC:other")]
    assert caller.results("/exports/invoices/results", batch) == [
        ("inv-1", "accepted", ""),
        ("inv-1", "accepted", ""),
        ("inv-1", "refused", "already-exported"),
    ]
    for run in ("r-1", "r-2"):
        assert [each["id"] for each in caller.items("/exports/invoices/documents", run=run)] == ["inv-1"]


def test_a_person_approves_resets_edits_and_deletes(caller, state):
    add(state, DocumentKind.INVOICE, "inv-1", "PA", marked=False)
    assert caller.admin("POST", "/invoices/inv-1/approve")["status"] == "A"
    assert caller.admin("PATCH", "/invoices/inv-1", {"description": "Edited"})["document"]["description"] == "Edited"
    assert caller.admin("POST", "/invoices/inv-1/reset")["status"] == "RS"
    assert caller.admin("POST", "/invoices/inv-1/delete")["status"] == "D"
    refused = caller.session.post(f"{caller.url}/_sandbox/invoices/inv-1/approve")
    assert (refused.status_code, refused.json()["code"]) == (422, "not-understood")


def test_an_edit_that_breaks_the_document_is_refused(caller, state):
    add(state, DocumentKind.INVOICE, "inv-1", "A")
    answer = caller.session.patch(f"{caller.url}/_sandbox/invoices/inv-1", json={"amount": 5})
    assert answer.status_code == 422
    assert document(caller, "inv-1")["document"]["amount"] == "100.00"


def test_an_added_invoice_is_filled_and_adds_up(caller):
    invoice = {"id": "inv-1", "tax": "1.25", "lines": [{"amount": "10.00"}, {"amount": "-3.00"}]}
    caller.admin("POST", "/invoices", [invoice, {"amount": "-7.00"}])
    first, second = sorted(caller.items("/exports/invoices"), key=lambda each: each["id"] != "inv-1")
    assert first["amount"] == "8.25"
    assert [line["number"] for line in first["lines"]] == [1, 2]
    assert (second["amount"], second["lines"][0]["amount"]) == ("-7.00", "-7.00")


def test_reset_brings_the_seeded_world_back(caller, state):
    add(state, DocumentKind.INVOICE, "inv-1", "A")
    before = caller.admin("GET", "/state")
    caller.admin("POST", "/invoices", {})
    caller.results("/exports/invoices/results", [result("inv-1")])
    caller.fault("unavailable", times=None)
    assert caller.admin("POST", "/reset") == before
    caller.sign_in()
    assert [each["id"] for each in caller.items("/exports/invoices")] == ["inv-1"]
    assert caller.items("/exports/invoices/documents", run="r-1") == []
