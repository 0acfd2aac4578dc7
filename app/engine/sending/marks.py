"""The comments that documents carry in Sage: what they say, and the mark that shows AP Bridge wrote them."""

from collections.abc import Iterable

from app.domain.invoices import Invoice
from app.domain.marks import marked
from app.domain.payments import Payment


def header_comment(invoice: Invoice, size: int) -> str:
    """Return what stands in an invoice's head, which takes `size` characters."""
    return invoice.description[:size]


def line_comments(invoice: Invoice, header_size: int, line_size: int) -> list[str]:
    """Return each line's comment as Sage takes it; the first one bears the mark with Quadient AP's id."""
    cut = [text[:room] for text, room in line_texts(invoice, header_size, line_size)]
    return [f"{cut[0]} {_mark(invoice)}".strip(), *cut[1:]] if cut else []


def line_texts(invoice: Invoice, header_size: int, line_size: int) -> list[tuple[str, int]]:
    """Return what each line's comment has to say, and how many characters of it Sage takes.

    The first line also has the whole description, if the head cuts it, and less room: the mark needs some.
    """
    whole = invoice.description if len(invoice.description) > header_size else ""
    texts = [(line.comment, line_size) for line in invoice.lines]
    if texts:
        first = " ".join(part for part in (whole, texts[0][0]) if part)
        texts[0] = (first, line_size - len(_mark(invoice)) - 1)
    return texts


def _mark(invoice: Invoice) -> str:
    return f"AP Bridge {invoice.id}"


def check_comment(payment: Payment) -> str:
    """Return what stands in a check's head."""
    return f"AP Bridge {payment.id}"


def marked_with(comments: Iterable[str]) -> str:
    """Return the id in the mark that one of these comments from Sage ends in, '' when none does."""
    return next(filter(None, map(marked, comments)), "")
