"""Makes a whole invoice or payment out of the few fields that somebody cares about."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from app.cloud.port import DocumentKind
from app.domain.money import exact
from app.sandbox.server.state import FIRST_REVISION

_VENDOR = {"division": "01", "vendor_number": "ACE", "vendor_name": "Ace Paper Supply", "currency": "USD",
           "revision": FIRST_REVISION}  # fmt: skip

_INVOICE = {
    **_VENDOR,
    "invoice_date": "2026-11-02",
    "due_date": "2026-12-02",
    "discount_date": None,
    "terms": "00",
    "description": "",
    "freight": "0.00",
    "tax": "0.00",
    "tax_schedule": "",
    "separate_cheque": False,
    "hold": False,
    "purchase_order": "",
    "image_url": "",
}

_PAYMENT = {
    **_VENDOR,
    "bank_code": "A",
    "payment_date": "2026-11-20",
    "method": "Check",
}

_LINE = {
    "account_key": "000000001",
    "comment": "",
    "po_line_key": "",
    "item_code": "",
    "quantity": None,
    "unit_cost": None,
    "unit": "",
    "warehouse": "",
    "job_number": "",
    "cost_code": "",
    "cost_type": "",
}


def filled(kind: DocumentKind, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return `given` with all that is missing made up; lines and amount are made to agree.

    Raises:
        ValueError: when `given` is no object or an amount is no number.
    """
    if not isinstance(given, Mapping):
        raise ValueError("a document must be an object")  # noqa: TRY004  # bad data, not a bad call
    return _invoice(given) if kind is DocumentKind.INVOICE else _payment(given)


def _invoice(given: Mapping[str, Any]) -> dict[str, Any]:
    id_ = given.get("id") or f"inv-{uuid4().hex[:10]}"
    doc = {**_INVOICE, "id": id_, "number": id_.upper()[-20:], **given}
    extra = exact(doc["freight"]) + exact(doc["tax"])
    lines = given.get("lines")
    if lines is None:
        lines = [{"amount": _text(exact(given.get("amount", "100.00")) - extra)}]
    doc["lines"] = [{"number": place, **_LINE, **line} for place, line in enumerate(lines, start=1)]
    doc.setdefault("amount", _text(sum((exact(line["amount"]) for line in lines), extra)))
    return doc


def _payment(given: Mapping[str, Any]) -> dict[str, Any]:
    id_ = given.get("id") or f"pay-{uuid4().hex[:10]}"
    doc = {**_PAYMENT, "id": id_, "reference": id_.upper()[-10:], **given}
    lines = given.get("lines", [{"invoice_number": "A-1", "amount": given.get("amount", "100.00")}])
    doc["lines"] = [{"discount": "0.00", **line} for line in lines]
    doc.setdefault("amount", _text(sum((exact(line["amount"]) for line in lines), Decimal("0.00"))))
    return doc


def _text(amount: Decimal) -> str:
    return format(amount.quantize(Decimal("0.01")), "f")
