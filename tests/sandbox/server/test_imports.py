"""What Quadient AP does with records that come from Sage."""

import gzip

import orjson
import pytest

from app.cloud.port import DocumentKind
from app.domain.codec import plain
from app.sandbox.server.defaults import filled

HOME = "/v1/legal-entities/LE-1"


def list_item(key, *, active=True):
    return {"key": key, "description": f"Item {key}", "active": active, "attributes": {"terms": "00", "hold": False}}


def order(number, *, lines=("000001",), **fields):
    line = {
        "sequence": "1",
        "item_code": "PAPER",
        "item_type": "1",
        "description": "Paper",
        "unit": "BOX",
        "warehouse": "000",
        "account_key": "000000001",
        "ordered": "10.000000",
        "received": "0.000000",
        "invoiced": "0.000000",
        "backordered": "0.000000",
        "unit_cost": "2.500000",
        "extension": "25.00",
        "comment": "",
        "note": "",
    }
    return {
        "number": number,
        "order_type": "S",
        "state": "open",
        "sage_status": "O",
        "order_date": "2026-11-02",
        "required_date": None,
        "division": "01",
        "vendor_number": "ACE",
        "vendor_name": "Ace Paper Supply",
        "terms": "00",
        "warehouse": "000",
        "tax_schedule": "DEFAULT",
        "comment": "",
        "freight": "0.00",
        "sales_tax": "0.00",
        "lines": [{"line_key": key, **line} for key in lines],
        "receipts": [],
        **fields,
    }


def imported_payment(key, kind, *invoices):
    return {
        "key": key,
        "kind": kind,
        "bank_code": "A",
        "check_number": "0000000001",
        "check_type": "A",
        "payment_date": "2026-11-20",
        "division": "01",
        "vendor_number": "ACE",
        "vendor_name": "Ace Paper Supply",
        "amount": "10.00",
        "cancels": "",
        "lines": [{"invoice_number": number, "amount": "10.00", "discount": "0.00"} for number in invoices],
    }


def exported(state, *numbers):
    docs = [filled(DocumentKind.INVOICE, {"id": f"inv-{number}", "number": number}) for number in numbers]
    state.add_documents(DocumentKind.INVOICE, docs, "EX", marked=False)


def test_items_are_created_changed_and_shown_in_key_order(caller):
    assert caller.results("/lists/vendor/batches", [list_item("B"), list_item("A")]) == [
        ("B", "accepted", ""),
        ("A", "accepted", ""),
    ]
    caller.results("/lists/vendor/batches", [list_item("B", active=False)])
    assert caller.items("/lists/vendor/items") == [list_item("A"), list_item("B", active=False)]
    assert caller.items("/lists/item/items") == []


def test_a_record_that_does_not_fit_is_refused_alone(caller):
    batch = [list_item("A"), {"key": "B"}, {**list_item("C"), "active": "yes"}, {"description": "?"}, list_item("D")]
    assert caller.results("/lists/vendor/batches", batch) == [
        ("A", "accepted", ""),
        ("B", "refused", "invalid-record"),
        ("C", "refused", "invalid-record"),
        ("", "refused", "invalid-record"),
        ("D", "accepted", ""),
    ]
    assert [item["key"] for item in caller.items("/lists/vendor/items")] == ["A", "D"]


def test_a_date_that_does_not_exist_is_refused(caller):
    results = caller.results("/purchase-orders/batches", [order("1", order_date="2026-02-30")], arrive_as="PO")
    assert results == [("1", "refused", "invalid-record")]


def test_a_broken_envelope_refuses_the_batch(caller):
    for body in ({"records": [3]}, {"records": [], "more": 1}, {}, [], {"records": [list_item("A")] * 501}):
        answer = caller.post("/lists/vendor/batches", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert caller.items("/lists/vendor/items") == []


def test_a_list_is_shown_in_pages_without_gap_or_repeat(caller):
    records = [list_item(f"{number:05}") for number in range(23)]
    caller.results("/lists/item/batches", records)
    keys, cursor = [], {}
    while True:
        page = caller.get("/lists/item/items", limit=5, **cursor).json()
        keys += [item["key"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert keys == [item["key"] for item in records]


def test_the_same_key_and_body_gets_the_first_answer_again(caller):
    caller.fault("refuse_record", key="A")
    first = caller.results("/lists/vendor/batches", [list_item("A")], key="same")
    assert caller.results("/lists/vendor/batches", [list_item("A")], key="same") == first
    assert first == [("A", "refused", "refused-by-sandbox")]
    assert caller.results("/lists/vendor/batches", [list_item("A")], key="other") == [("A", "accepted", "")]


def test_the_same_key_with_another_body_is_refused(caller):
    caller.results("/lists/vendor/batches", [list_item("A")], key="same")
    answer = caller.post("/lists/vendor/batches", {"records": [list_item("B")]}, key="same")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert [item["key"] for item in caller.items("/lists/vendor/items")] == ["A"]


def test_a_compressed_body_counts_as_the_same_body(caller):
    body = orjson.dumps({"records": [list_item("A")]})
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    url = f"{caller.url}{HOME}/lists/vendor/batches"
    packed = caller.session.post(
        url, data=gzip.compress(body, mtime=0), headers={**headers, "Content-Encoding": "gzip"}
    )
    bare = caller.session.post(url, data=body, headers=headers)
    assert packed.status_code == bare.status_code == 200
    assert packed.content == bare.content


@pytest.mark.parametrize(
    ("data", "encoding", "status"),
    [
        (b"not gzip", "gzip", 400),
        (gzip.compress(b"{}" * 100, mtime=0)[:-9], "gzip", 400),
        (gzip.compress(b" " * (33 * 1024 * 1024)), "gzip", 413),
        (b"{", "identity", 400),
    ],
    ids=["no gzip", "cut short", "too large", "no JSON"],
)
def test_a_body_that_cannot_be_read_is_refused(caller, data, encoding, status):
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json", "Content-Encoding": encoding}
    answer = caller.session.post(f"{caller.url}{HOME}/lists/vendor/batches", data=data, headers=headers)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_stranger_gets_nowhere(caller):
    caller.session.headers["Authorization"] = "Bearer a-token-of-somebody-else"
    answer = caller.get("/lists/vendor/items")
    assert (answer.status_code, answer.json()["code"]) == (401, "token-expired")
    del caller.session.headers["Authorization"]
    assert caller.get("/lists/vendor/items").json()["code"] == "no-token"


def test_another_legal_entity_is_not_shown(caller):
    answer = caller.session.get(f"{caller.url}/v1/legal-entities/LE-2/purchase-orders")
    assert (answer.status_code, answer.json()["code"]) == (403, "no-right")


def test_an_order_in_pa_without_a_channel_waits_and_the_others_go_on(caller, state):
    state.set_channels([("warehouse", "001"), ("division", "02")])
    orders = [order("1", warehouse="001"), order("2"), order("3", division="02")]
    assert caller.results("/purchase-orders/batches", orders, arrive_as="PA") == [
        ("1", "accepted", ""),
        ("2", "waiting", "no-approval-channel"),
        ("3", "accepted", ""),
    ]
    assert [each["number"] for each in caller.items("/purchase-orders")] == ["1", "3"]


def test_a_change_keeps_the_approval(caller, state):
    state.set_channels([("warehouse", "000")])
    caller.results("/purchase-orders/batches", [order("1")], arrive_as="PA")
    caller.admin("POST", "/purchase-orders/1/approve")
    state.set_channels([])
    assert caller.results("/purchase-orders/batches", [order("1", comment="new")], arrive_as="PA") == [
        ("1", "accepted", "")
    ]
    (shown,) = caller.admin("GET", "/purchase-orders")["items"]
    assert (shown["approval"], shown["order"]["comment"]) == ("PO", "new")


def test_a_cancelled_order_is_closed_and_can_open_again(caller):
    for order_state, counted in (("open", "PO"), ("cancelled", "CL"), ("open", "PO")):
        caller.results("/purchase-orders/batches", [order("1", state=order_state)], arrive_as="PO")
        assert caller.admin("GET", "/state")["purchase_orders"] == {counted: 1}


def test_a_change_that_forgets_a_line_is_refused(caller):
    caller.results("/purchase-orders/batches", [order("1", lines=("a", "b"))], arrive_as="PO")
    forgetful = [order("1", lines=("a",)), order("2")]
    assert caller.results("/purchase-orders/batches", forgetful, arrive_as="PO") == [
        ("1", "refused", "line-missing"),
        ("2", "accepted", ""),
    ]


def test_a_payment_to_be_paid_waits_for_all_its_invoices_and_names_them(caller, state):
    exported(state, "I-1")
    payment = imported_payment("A-1-0", "ERPBeanPayment", "I-1", "I-2", "I-3")
    answer = caller.post("/imported-payments/batches", {"records": [payment]}).json()["results"][0]
    assert (answer["status"], answer["code"]) == ("waiting", "invoice-not-exported")
    assert "I-2, I-3" in answer["message"]
    exported(state, "I-2", "I-3")
    assert caller.results("/imported-payments/batches", [payment]) == [("A-1-0", "accepted", "")]


def test_a_payment_record_with_a_foreign_invoice_is_refused(caller, state):
    exported(state, "I-1")
    batch = [imported_payment("A-1-0", "IMPPayment", "I-1", "I-2"), imported_payment("A-2-0", "IMPPayment", "I-1")]
    assert caller.results("/imported-payments/batches", batch) == [
        ("A-1-0", "refused", "invoice-not-exported"),
        ("A-2-0", "accepted", ""),
    ]


def test_the_invoice_of_another_vendor_does_not_count(caller, state):
    exported(state, "I-1")
    payment = {**imported_payment("A-1-0", "IMPPayment", "I-1"), "vendor_number": "OTHER"}
    assert caller.results("/imported-payments/batches", [payment]) == [("A-1-0", "refused", "invoice-not-exported")]


def test_a_void_cancels_the_payment_it_names_once(caller, state):
    exported(state, "I-1")
    paid = imported_payment("A-1-0", "IMPPayment", "I-1")
    void = {**imported_payment("A-1-1", "IMPPayment"), "cancels": "A-1-0", "check_type": "V"}
    unknown = {**void, "key": "A-9-1", "cancels": "A-9-0"}
    other = {**void, "key": "A-1-2"}
    assert caller.results("/imported-payments/batches", [paid, void, void, unknown, other]) == [
        ("A-1-0", "accepted", ""),
        ("A-1-1", "accepted", ""),
        ("A-1-1", "accepted", ""),
        ("A-9-1", "refused", "payment-unknown"),
        ("A-1-2", "refused", "already-cancelled"),
    ]
    assert caller.admin("GET", "/state")["imported_payments"] == {"IMPPayment": 1, "cancelled": 1}
    assert caller.items("/imported-payments") == [paid, void]


def test_a_run_is_shown_and_replaced(caller):
    url = f"{caller.url}{HOME}/sync-runs/r-1"
    begun = {"started": "2026-11-24T07:30:00+00:00", "finished": None, "summary": {}}
    ended = {**begun, "finished": "2026-11-24T07:31:00.25Z", "summary": plain({"sent": 3})}
    assert caller.session.put(url, json=begun).status_code == 200
    assert caller.session.put(url, json=ended).json() == {"run": "r-1", **ended}
    assert caller.items("/sync-runs") == [{"run": "r-1", **ended}]
    assert caller.session.get(url).json() == {"run": "r-1", **ended}
    assert caller.get("/sync-runs/r-2").json()["code"] == "unknown-run"
