"""Reads what stands on the pages of a PDF, and makes rows to put there."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from reportlab.pdfbase.pdfmetrics import stringWidth

from app.engine.views import DocumentRow, TotalsRow
from app.papers.heading import Heading, heading
from app.papers.page import PLAIN
from tests.engine.checks.fakes import make_invoice
from tests.engine.fakes import COMPANY, NOW

HEADING = heading("Control totals", COMPANY, "run-7", "sent", NOW, NOW)


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def has_red(pdf: bytes) -> bool:
    """Return whether anything on the first page is written in red."""
    contents = PdfReader(BytesIO(pdf)).pages[0].get_contents()
    assert contents is not None
    return b".690196 0 .12549 rg" in contents.get_data()


def right_ends(pdf: bytes, *texts: str) -> list[float]:
    """Return where each of `texts` ends on the first page, in points from its left edge."""
    ends: dict[str, float] = {}

    def note(text: str, _: Any, matrix: list[float], __: Any, size: float) -> None:
        ends[text.strip()] = round(matrix[4] + stringWidth(text.strip(), PLAIN, size), 1)

    PdfReader(BytesIO(pdf)).pages[0].extract_text(visitor_text=note)
    return [ends[text] for text in texts]


def named(company: str) -> Heading:
    """Return the heading of a company that is called so."""
    return heading("Control totals", replace(COMPANY, name=company), "run-7", "sent", NOW, NOW)


def row(number: int = 1, state: str = "ready", findings: Any = (), /, **changes: Any) -> DocumentRow:
    """Return a previewed invoice."""
    document = make_invoice(**{"id": f"inv-{number}", "number": f"N-{number}"} | changes)
    return DocumentRow(document.id, document, state, findings, "", NOW, ())


def totals(batch: str = "00012", **changes: Any) -> TotalsRow:
    """Return the totals of a batch of two, in which all agree."""
    amount = Decimal("1204.50")
    agreed = TotalsRow("A/P Invoice Data Entry", batch, False, 2, amount, 2, amount, 2, amount, ())
    return replace(agreed, **changes)


def credit(batch: str = "00012") -> TotalsRow:
    """Return the totals of a batch's one credit note."""
    amount = Decimal("-310.00")
    return TotalsRow("A/P Invoice Data Entry", batch, True, 1, amount, 1, amount, 1, amount, ())
