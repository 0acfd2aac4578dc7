"""What AP Bridge may do to a document in a person's place, and every Exported document in full."""

import pytest

from app.cloud.port import DocumentKind
from app.sandbox.server.defaults import filled
from app.sandbox.server.rules import INVOICE_STATUSES, PAYMENT_STATUSES

PLACES = {DocumentKind.INVOICE: "/exports/invoices", DocumentKind.PAYMENT: "/exports/payments"}
CASES = [
    *((DocumentKind.INVOICE, status) for status in INVOICE_STATUSES),
    *((DocumentKind.PAYMENT, status) for status in PAYMENT_STATUSES),
]


def add(state, kind, status, marked=False, **fields):
    doc = filled(kind, {"id": "doc-1", **fields})
    state.add_documents(kind, [doc], status, marked)
    return doc


def move(name, run="r-1", id_="doc-1", external_id="", revision=""):
    return {"id": id_, "revision": revision, "run": run, "move": name, "external_id": external_id}


def moved(caller, kind, *records, key=None):
    return [(status, code) for _, status, code in caller.results(f"{PLACES[kind]}/moves", list(records), key)]


def shown(caller, kind=DocumentKind.INVOICE):
    found = caller.get(f"{PLACES[kind]}/documents/doc-1").json()
    return found["status"], found["external_id"], found["run"]


@pytest.mark.parametrize(("kind", "status"), CASES)
def test_only_approved_paid_and_sync_error_documents_can_be_marked_for_export(caller, state, kind, status):
    add(state, kind, status)
    approved = {DocumentKind.INVOICE: "A", DocumentKind.PAYMENT: "PD"}[kind]
    fits = status in (approved, "SE")
    ((verdict, code),) = moved(caller, kind, move("mark-for-export"))
    assert (verdict, code) == (
        ("accepted", "") if fits else ("refused", "already-exported" if status == "EX" else "status-not-fit")
    )
    assert [each["id"] for each in caller.items(PLACES[kind])] == (["doc-1"] if fits else [])
    assert shown(caller, kind)[0] == status


@pytest.mark.parametrize(("kind", "status"), CASES)
def test_only_approved_paid_and_sync_error_documents_can_be_marked_as_exported(caller, state, kind, status):
    add(state, kind, status, marked=True)
    approved = {DocumentKind.INVOICE: "A", DocumentKind.PAYMENT: "PD"}[kind]
    fits = status in (approved, "SE", "EX")
    ((verdict, code),) = moved(caller, kind, move("mark-as-exported", external_id="ABC:01-ACE:I-1"))
    assert (verdict, code) == (("accepted", "") if fits else ("refused", "status-not-fit"))
    assert shown(caller, kind) == (("EX", "ABC:01-ACE:I-1", "r-1") if fits else (status, "", ""))
    if fits:
        assert caller.items(PLACES[kind]) == []


@pytest.mark.parametrize(("kind", "back"), [(DocumentKind.INVOICE, "A"), (DocumentKind.PAYMENT, "PD")])
def test_an_export_that_is_undone_leaves_no_external_id_and_is_not_ready(caller, state, kind, back):
    add(state, kind, back, marked=True)
    result = {"key": "k-1", "id": "doc-1", "revision": "1", "run": "r-1", "outcome": "exported", "external_id": "X",
              "code": "", "message": "", "fix": ""}  # fmt: skip
    caller.results(f"{PLACES[kind]}/results", [result])
    assert moved(caller, kind, move("undo-export", run="r-2")) == [("accepted", "")]
    assert shown(caller, kind) == (back, "", "")
    assert caller.items(f"{PLACES[kind]}/documents", run="r-1") == []
    assert caller.items(PLACES[kind]) == []
    # The way to Sage is open again, with the same external id.
    assert moved(caller, kind, move("mark-for-export", run="r-3")) == [("accepted", "")]
    assert caller.results(f"{PLACES[kind]}/results", [{**result, "key": "k-2", "run": "r-3"}]) == [
        ("doc-1", "accepted", "")
    ]
    assert shown(caller, kind) == ("EX", "X", "r-3")


@pytest.mark.parametrize(("kind", "status"), CASES)
def test_only_an_export_can_be_undone(caller, state, kind, status):
    add(state, kind, status)
    back = {DocumentKind.INVOICE: "A", DocumentKind.PAYMENT: "PD"}[kind]
    ((verdict, _),) = moved(caller, kind, move("undo-export"))
    assert verdict == ("accepted" if status in ("EX", back) else "refused")
    assert shown(caller, kind)[0] == (back if status == "EX" else status)


def test_a_document_that_is_already_there_is_accepted_and_keeps_its_run(caller, state):
    add(state, DocumentKind.INVOICE, "SE")
    first = move("mark-as-exported", external_id="ABC:1")
    assert moved(caller, DocumentKind.INVOICE, first, {**first, "run": "r-2"}, move("mark-as-exported", "r-3")) == [
        ("accepted", ""),
        ("accepted", ""),
        ("accepted", ""),
    ]
    assert shown(caller) == ("EX", "ABC:1", "r-1")


@pytest.mark.parametrize("name", ["mark-for-export", "mark-as-exported", "undo-export"])
def test_a_move_about_a_version_that_was_corrected_meanwhile_is_refused(caller, state, name):
    add(state, DocumentKind.INVOICE, "SE")
    caller.admin("PATCH", "/invoices/doc-1", {"amount": "7.00"})
    if name == "undo-export":
        moved(caller, DocumentKind.INVOICE, move("mark-as-exported", revision="2"))
    before = shown(caller)
    assert moved(caller, DocumentKind.INVOICE, move(name, revision="1")) == [("refused", "changed-meanwhile")]
    assert shown(caller) == before
    assert moved(caller, DocumentKind.INVOICE, move(name, revision="2")) == [("accepted", "")]


def test_an_export_that_is_undone_already_needs_no_revision(caller, state):
    add(state, DocumentKind.INVOICE, "A")
    caller.admin("PATCH", "/invoices/doc-1", {"amount": "7.00"})
    assert moved(caller, DocumentKind.INVOICE, move("undo-export", revision="1")) == [("accepted", "")]


def test_an_undone_export_that_a_person_marked_again_stays_ready(caller, state):
    add(state, DocumentKind.INVOICE, "A", marked=True)
    assert moved(caller, DocumentKind.INVOICE, move("undo-export")) == [("accepted", "")]
    assert [each["id"] for each in caller.items("/exports/invoices")] == ["doc-1"]


def test_an_exported_document_takes_a_missing_external_id_but_no_other(caller, state):
    add(state, DocumentKind.INVOICE, "EX")
    given = [move("mark-as-exported", external_id=each) for each in ("ABC:1", "ABC:2")]
    assert moved(caller, DocumentKind.INVOICE, *given) == [("accepted", ""), ("refused", "already-exported")]
    assert shown(caller) == ("EX", "ABC:1", "r-1")


def test_a_repeat_with_the_same_key_moves_nothing_again(caller, state):
    add(state, DocumentKind.INVOICE, "SE")
    assert moved(caller, DocumentKind.INVOICE, move("mark-for-export"), key="k") == [("accepted", "")]
    caller.admin("POST", "/invoices/doc-1/reset")
    assert moved(caller, DocumentKind.INVOICE, move("mark-for-export"), key="k") == [("accepted", "")]
    assert shown(caller)[0] == "RS"
    assert caller.items("/exports/invoices") == []


def test_a_move_that_cannot_be_made_is_refused_alone(caller, state):
    add(state, DocumentKind.INVOICE, "A")
    records = [
        move("mark-for-export", id_="doc-9"),
        move("mark-for-export", external_id="ABC:1"),
        {**move("mark-for-export"), "move": "approve"},
        move("mark-for-export"),
    ]
    assert moved(caller, DocumentKind.INVOICE, *records) == [
        ("refused", "unknown-document"),
        ("refused", "invalid-record"),
        ("refused", "invalid-record"),
        ("accepted", ""),
    ]


def test_every_exported_document_is_shown_in_full(caller, state):
    doc = add(state, DocumentKind.INVOICE, "A", amount="-12.50")
    state.add_documents(DocumentKind.INVOICE, [filled(DocumentKind.INVOICE, {"id": "doc-2"})], "A", marked=True)
    payment = add(state, DocumentKind.PAYMENT, "EX")
    moved(caller, DocumentKind.INVOICE, move("mark-as-exported", external_id="ABC:1"))
    assert caller.items("/exports/invoices/exported") == [{"document": doc, "external_id": "ABC:1", "run": "r-1"}]
    assert caller.items("/exports/payments/exported") == [{"document": payment, "external_id": "", "run": ""}]
