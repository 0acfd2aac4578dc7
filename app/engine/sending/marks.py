"""The comments that documents carry in Sage: what they say, and the mark that shows AP Bridge wrote them."""

import re
from collections.abc import Iterable

from app.domain.invoices import Invoice
from app.domain.payments import Payment

_MARK = re.compile(r"(?:^|\s)AP Bridge (\S+)$")


def header_comment(invoice: Invoice, size: int) -> str:
    """Return what stands in an invoice's head, which takes `size` characters."""
    return invoice.description[:size]


def line_comments(invoice: Invoice, header_size: int, line_size: int) -> list[str]:
    """Return each line's comment; the first carries Quadient AP's id, and the whole description if that is cut."""
    comments = [line.comment for line in invoice.lines]
    if not comments:
        return []
    whole = [invoice.description] if len(invoice.description) > header_size else []
    mark = f"AP Bridge {invoice.id}"
    text = " ".join(part for part in (*whole, comments[0]) if part)
    return [f"{text[: line_size - len(mark) - 1]} {mark}".strip(), *comments[1:]]


def check_comment(payment: Payment) -> str:
    """Return what stands in a check's head."""
    return f"AP Bridge {payment.id}"


def marked_with(comments: Iterable[str]) -> str:
    """Return the id in the mark that one of these comments from Sage ends in, '' when none does."""
    marks = (_MARK.search(comment.strip()) for comment in comments)
    return next((mark[1] for mark in marks if mark is not None), "")
