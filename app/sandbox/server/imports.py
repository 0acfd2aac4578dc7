"""Operations from Sage 100 to Quadient AP: list items, purchase orders, payments made in Sage."""

from typing import Any

import orjson

from app.cloud.port import RecordResult
from app.sandbox.server import rules
from app.sandbox.server.calls import Answer, Call, answer_batch, is_accepted, stored_page


def send_list_items(call: Call) -> Answer:
    """Create or change list items."""

    def keep(item: dict[str, Any], data: bytes) -> RecordResult:
        call.db.execute(
            "INSERT INTO list_items VALUES (?, ?, ?, ?, ?) ON CONFLICT (entity, list, key)"
            " DO UPDATE SET active = excluded.active, record = excluded.record",
            (call.entity, call.params["list"], item["key"], int(item["active"]), data),
        )
        return rules.accepted(item["key"])

    return answer_batch(call, "key", keep)


def list_list_items(call: Call) -> Answer:
    """Show a list."""
    return stored_page(
        call,
        "SELECT key, record FROM list_items WHERE entity = ? AND list = ? AND key > ? ORDER BY key LIMIT ?",
        call.entity,
        call.params["list"],
    )


def send_purchase_orders(call: Call) -> Answer:
    """Create or change purchase orders."""
    arrive_as = call.body["arrive_as"]
    channels = {
        (row["by"], row["value"])
        for row in call.db.execute("SELECT by, value FROM channels WHERE entity = ?", (call.entity,))
    }

    def keep(order: dict[str, Any], data: bytes) -> RecordResult:
        known = call.db.execute(
            "SELECT record FROM purchase_orders WHERE entity = ? AND number = ?", (call.entity, order["number"])
        ).fetchone()
        lines = None if known is None else [line["line_key"] for line in orjson.loads(known["record"])["lines"]]
        result = rules.judge_order(order, lines, arrive_as, channels)
        if is_accepted(result):
            # The approval is set once, when the order arrives.
            call.db.execute(
                "INSERT INTO purchase_orders (entity, number, approval, closed, record) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (entity, number) DO UPDATE SET closed = excluded.closed, record = excluded.record",
                (call.entity, order["number"], arrive_as, int(order["state"] != "open"), data),
            )
        return result

    return answer_batch(call, "number", keep)


def list_purchase_orders(call: Call) -> Answer:
    """Show the imported orders."""
    return stored_page(
        call,
        "SELECT number, record FROM purchase_orders WHERE entity = ? AND number > ? ORDER BY number LIMIT ?",
        call.entity,
    )


def send_imported_payments(call: Call) -> Answer:
    """Create, change or cancel payments made in Sage."""

    def keep(payment: dict[str, Any], data: bytes) -> RecordResult:
        result = rules.judge_payment(payment, _not_exported(call, payment), _cancelled_by(call, payment))
        if is_accepted(result):
            call.db.execute(
                "INSERT INTO imported_payments (entity, key, kind, record) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (entity, key) DO UPDATE SET kind = excluded.kind, record = excluded.record",
                (call.entity, payment["key"], payment["kind"], data),
            )
            if payment["cancels"]:
                call.db.execute(
                    "UPDATE imported_payments SET cancelled_by = ? WHERE entity = ? AND key = ?",
                    (payment["key"], call.entity, payment["cancels"]),
                )
        return result

    return answer_batch(call, "key", keep)


def _not_exported(call: Call, payment: dict[str, Any]) -> list[str]:
    numbers = sorted({line["invoice_number"] for line in payment["lines"]})
    return [
        number
        for number in numbers
        if call.db.execute(
            "SELECT 1 FROM documents WHERE entity = ? AND kind = 'invoice' AND division = ? AND vendor_number = ?"
            " AND number = ? AND status = 'EX'",
            (call.entity, payment["division"], payment["vendor_number"], number),
        ).fetchone()
        is None
    ]


def _cancelled_by(call: Call, payment: dict[str, Any]) -> str | None:
    row = call.db.execute(
        "SELECT cancelled_by FROM imported_payments WHERE entity = ? AND key = ?",
        (call.entity, payment["cancels"]),
    ).fetchone()
    return None if row is None else str(row["cancelled_by"])


def list_imported_payments(call: Call) -> Answer:
    """Show the payments made in Sage, with the cancellations."""
    return stored_page(
        call,
        "SELECT key, record FROM imported_payments WHERE entity = ? AND key > ? ORDER BY key LIMIT ?",
        call.entity,
    )
