"""Pages in US Letter, landscape: a heading and column titles on each, rows that stay whole, and a page number."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor, black
from reportlab.lib.pagesizes import LETTER, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from app.domain.language import say
from app.papers.heading import Heading

# The fonts every PDF reader has; they hold the Windows-1252 characters, which are those that Sage can hold.
PLAIN, BOLD, SYMBOLS = "Helvetica", "Helvetica-Bold", "ZapfDingbats"
CODE_PAGE = "cp1252"
TICK = "✔"  # in SYMBOLS
RED = HexColor(0xB00020)  # dark enough to be read, and in print no lighter than text
GREY = HexColor(0x555555)
RULE = HexColor(0xBBBBBB)
SIZE, SMALL = 8, 7
WIDTH, HEIGHT = landscape(LETTER)
MARGIN = 36
HEAD = 64  # points from the margin down to the first row
FOOT = 18
GAP = 10  # between columns
PAGES = 24  # room for “ of 123”


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title and width in points; numbers stand at its right."""

    title: str
    width: float
    right: bool = False


class Paper:
    """Collects rows, top to bottom, and lays them out on as many pages as they need; a sum follows what it sums."""

    def __init__(self, heading: Heading, columns: Sequence[Column]) -> None:
        self.columns = columns
        self._widths = [column.width for column in columns]
        self._groups: list[list[Flowable]] = []  # each stays on one page
        self._replaced = False
        self._heading = Heading(
            self._plain(heading.title), self._plain(heading.company), tuple(map(self._plain, heading.facts))
        )

    def section(self, text: str) -> None:
        """Begin a section; its title stays with what comes next."""
        style = ParagraphStyle("section", fontName=BOLD, fontSize=10, leading=13, spaceBefore=8, keepWithNext=1)
        self._add([Paragraph(self._markup(text), style)], follows=False)

    def row(
        self,
        cells: Sequence[str],
        below: Sequence[str] = (),
        *,
        red: bool = False,
        bold: bool = False,
        tick: bool = False,
    ) -> None:
        """Add a row, with small print `below` it on the same page; `tick` puts a tick before the last cell.

        What is bold sums up what is before it, and stays on its page.
        """
        colour, font = RED if red else black, BOLD if bold else PLAIN
        shown: list[str | Paragraph] = [
            self._cell(text, column, font, colour) for text, column in zip(cells, self.columns, strict=True)
        ]
        if tick:
            style = ParagraphStyle("tick", fontName=font, fontSize=SIZE, leading=SIZE + 2)
            mark = f'<font name="{SYMBOLS}">{TICK}</font>&nbsp;'
            shown[-1] = Paragraph(mark + self._markup(cells[-1]), style)
        table = Table([shown], colWidths=self._widths, style=self._style(font, colour, bold=bold))
        small = ParagraphStyle(
            "small", fontName=PLAIN, fontSize=SMALL, leading=SMALL + 2, leftIndent=12, textColor=GREY
        )
        notes = [Paragraph(self._markup(text), small) for text in below]
        self._add([table, *notes], follows=bold)

    def text(self, text: str, *, bold: bool = False, red: bool = False, tick: bool = False) -> None:
        """Add a paragraph, with a tick before it where asked."""
        style = ParagraphStyle(
            "text",
            fontName=BOLD if bold else PLAIN,
            fontSize=SIZE + 1,
            leading=SIZE + 4,
            spaceBefore=4,
            textColor=RED if red else black,
        )
        mark = f'<font name="{SYMBOLS}">{TICK}</font>&nbsp;&nbsp;' if tick else ""
        self._add([Paragraph(mark + self._markup(text), style)], follows=bold)

    def sign(self, *roles: str) -> None:
        """Add a line to sign on for each of `roles`, with room for the date, on the page of what is signed."""
        gap = 24.0
        width = (WIDTH - 2 * MARGIN) / len(roles) - 2 * gap
        titles = [text for role in roles for text in (self._plain(role), "", "Date", "")]
        widths = [part for _ in roles for part in (width * 0.7, gap, width * 0.3, gap)]
        style = TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), PLAIN, SMALL),
                ("TEXTCOLOR", (0, 0), (-1, -1), GREY),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                *(("LINEABOVE", (place, 0), (place, 0), 0.6, black) for place, title in enumerate(titles) if title),
            ]
        )
        self._add([Spacer(0, 34), Table([titles], colWidths=widths, style=style)], follows=True)

    def pdf(self, subject: str) -> bytes:
        """Return the pages as a PDF; `subject` says in its properties what it is about."""
        if self._replaced:
            self.text(say("A “?” stands for a character that Sage 100 cannot hold."))
        out = BytesIO()
        document = BaseDocTemplate(
            out,
            pagesize=(WIDTH, HEIGHT),
            title=self._heading.title,
            author="AP Bridge",
            subject=subject,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
        )
        frame = Frame(
            MARGIN,
            MARGIN + FOOT,
            WIDTH - 2 * MARGIN,
            HEIGHT - 2 * MARGIN - HEAD - FOOT,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        template = PageTemplate("page", [frame], onPage=lambda canvas, _: self._draw_frame(canvas))
        document.addPageTemplates([template])
        # A page with nothing on it still says what it is.
        story = [KeepTogether(group) if len(group) > 1 else group[0] for group in self._groups]
        document.build([*story, _LastPage()])
        return out.getvalue()

    def _add(self, parts: Sequence[Flowable], *, follows: bool) -> None:
        if follows and self._groups:
            self._groups[-1] += parts
        else:
            self._groups.append([*parts])

    def _style(self, font: str, colour: Color, *, bold: bool) -> TableStyle:
        return TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), font, SIZE, SIZE + 2),
                ("TEXTCOLOR", (0, 0), (-1, -1), colour),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), GAP),
                ("TOPPADDING", (0, 0), (-1, -1), 2.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
                ("LINEABOVE", (0, 0), (-1, -1), 0.8 if bold else 0.3, black if bold else RULE),
                *(
                    ("ALIGN", (place, 0), (place, 0), "RIGHT")
                    for place, column in enumerate(self.columns)
                    if column.right
                ),
            ]
        )

    def _cell(self, text: str, column: Column, font: str, colour: Color) -> str | Paragraph:
        """Return what fits on a line as it is; only what must be broken takes the slower way."""
        plain = self._plain(text)
        if stringWidth(plain, font, SIZE) <= column.width - GAP and "\n" not in plain:
            return plain
        style = ParagraphStyle(
            "cell",
            fontName=font,
            fontSize=SIZE,
            leading=SIZE + 2,
            textColor=colour,
            alignment=2 if column.right else 0,
            splitLongWords=1,
        )
        return Paragraph(escape(plain), style)

    def _markup(self, text: str) -> str:
        return escape(self._plain(text))

    def _plain(self, text: str) -> str:
        """Return `text` with a question mark for each character that the code page has not."""
        shown = text.encode(CODE_PAGE, "replace").decode(CODE_PAGE)
        self._replaced |= shown != text
        return shown

    def _draw_frame(self, canvas: Canvas) -> None:
        top = HEIGHT - MARGIN
        width = WIDTH - 2 * MARGIN
        canvas.setFillColor(black)
        _draw(canvas, self._heading.title, BOLD, 14, MARGIN, top - 12, width)
        _draw(canvas, self._heading.company, PLAIN, 10, MARGIN, top - 27, width)
        canvas.setFillColor(GREY)
        _draw(canvas, " · ".join(self._heading.facts), PLAIN, SIZE, MARGIN, top - 40, width)
        canvas.setFont(BOLD, SMALL)
        left: float = MARGIN
        for column in self.columns:
            if column.right:
                canvas.drawRightString(left + column.width - GAP, top - HEAD + 5, say(column.title))
            else:
                canvas.drawString(left, top - HEAD + 5, say(column.title))
            left += column.width
        canvas.setStrokeColor(black)
        canvas.setLineWidth(0.8)
        canvas.line(MARGIN, top - HEAD + 1, WIDTH - MARGIN, top - HEAD + 1)
        canvas.setFont(PLAIN, SMALL)
        canvas.drawString(MARGIN, MARGIN, "AP Bridge")
        canvas.drawRightString(WIDTH - MARGIN - PAGES, MARGIN, say("Page {number}", number=canvas.getPageNumber()))
        canvas.saveState()
        canvas.translate(WIDTH - MARGIN - PAGES, MARGIN)
        canvas.doForm(_LastPage.FORM)  # drawn at the end, when the number of pages is known
        canvas.restoreState()


class _LastPage(Flowable):
    """Takes no room; tells all pages how many there are."""

    FORM = "pages"

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: ARG002, N803  # the names are reportlab's
        """Take no room."""
        return 0, 0

    def draw(self) -> None:
        """Fill in the number of pages."""
        self.canv.beginForm(self.FORM)
        self.canv.setFont(PLAIN, SMALL)
        self.canv.setFillColor(GREY)
        self.canv.drawString(0, 0, say(" of {pages}", pages=self.canv.getPageNumber()))
        self.canv.endForm()


def _draw(canvas: Canvas, text: str, font: str, size: float, left: float, base: float, width: float) -> None:
    """Draw a line of text, smaller where it would not fit."""
    canvas.setFont(font, size * min(1.0, width / max(stringWidth(text, font, size), 1.0)))
    canvas.drawString(left, base, text)
