"""The pane that shows one record in full: text that can be read, selected and copied."""

from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QWidget

from app.gui.help.door import SCHEME, help_address
from app.gui.icons import icon
from app.gui.style import link_colour, marked_colour, negative_colour, quiet_colour
from app.gui.text import tr

PICTURES = ("ok", "warning", "blocked", "info", "waiting", "unknown")
ICON_SIZE = 14
WEB = ("https", "http")
RUN = "run"


class Differs(str):
    """The text of a cell that is not what it should be, or not what stands beside it: shown with a mark and a tint."""

    __slots__ = ()


class RunLink(str):
    """The text of a cell that leads to a run in Activity."""

    run: str

    def __new__(cls, text: str, run: str) -> "RunLink":
        """Return `text` as a link to the run with the id `run`."""
        made = super().__new__(cls, text)
        made.run = run
        return made


class Detail(QTextBrowser):
    """Shows what a `Page` holds; links open in the web browser, and those to a run are told by `run_asked`."""

    run_asked = Signal(str)

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._open)
        self.document().setDocumentMargin(8)
        for picture in PICTURES:
            pixmap = icon(picture).pixmap(ICON_SIZE, ICON_SIZE)
            self.document().addResource(QTextDocument.ResourceType.ImageResource, QUrl(picture), pixmap)

    def show_page(self, page: "Page") -> None:
        """Show a page from its top."""
        self.setHtml(page.html())

    def page(self) -> "Page":
        """Return an empty page in this pane's colours."""
        named = (quiet_colour, negative_colour, link_colour, marked_colour)
        return Page(*(colour(self.palette()).name() for colour in named))

    def _open(self, address: QUrl) -> None:
        if address.scheme() == RUN:
            self.run_asked.emit(address.path())
        elif address.scheme() in (*WEB, SCHEME):
            QDesktopServices.openUrl(address)


class Page:
    """Puts a page together; all text is escaped here and nowhere else."""

    def __init__(self, quiet: str, negative: str, link: str, marked: str) -> None:
        self._marked = marked
        self._quiet = quiet
        self._negative = negative
        self._link = link
        self._parts: list[str] = []

    def title(self, text: str, picture: str = "") -> None:
        """Add the page's title."""
        self._parts.append(f'<p style="margin:0 0 4px 0">{_image(picture)}<b>{escape(text)}</b></p>')

    def section(self, text: str) -> None:
        """Add a small heading."""
        self._parts.append(f'<p style="margin:10px 0 3px 0; color:{self._quiet}"><b>{escape(text)}</b></p>')

    def text(self, text: str, *, quiet: bool = False) -> None:
        """Add a paragraph."""
        colour = f"; color:{self._quiet}" if quiet else ""
        self._parts.append(f'<p style="margin:2px 0{colour}">{escape(text)}</p>')

    def link(self, text: str, address: str) -> None:
        """Add a link to a web page; an address that is none is left out."""
        if QUrl(address).scheme() in WEB:
            style = f'style="color:{self._link}"'
            self._parts.append(
                f'<p style="margin:4px 0 8px 0"><a href="{escape(address)}" {style}>{escape(text)}</a></p>'
            )

    def finding(self, picture: str, message: str, fix: str = "", code: str = "") -> None:
        """Add a message with its fix below; `code` leads to the help."""
        below = f'<br><span style="color:{self._quiet}">{escape(fix)}</span>' if fix else ""
        if address := help_address(code):
            style = f'style="color:{self._link}"'
            below += f'&nbsp; <a href="{escape(address)}" {style}>{escape(tr("Learn more"))}</a>'
        self._parts.append(
            '<table cellspacing="0" style="margin:3px 0"><tr>'
            f'<td style="padding-right:6px">{_image(picture)}</td><td>{escape(message)}{below}</td></tr></table>'
        )

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Add names with their values, two pairs a line; empty values are left out."""
        cells = [
            f'<td style="color:{self._quiet}; padding:1px 10px 1px 0; white-space:nowrap">{escape(name)}</td>'
            f'<td style="padding:1px 32px 1px 0">{escape(value)}</td>'
            for name, value in facts
            if value
        ]
        rows = "".join(f"<tr>{''.join(cells[at : at + 2])}</tr>" for at in range(0, len(cells), 2))
        self._parts.append(f'<table cellspacing="0" style="margin:6px 0 4px 0">{rows}</table>')

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> None:
        """Add a table; the columns numbered in `right` are numbers."""
        sides = ["right" if number in right else "left" for number in range(len(titles))]
        head = "".join(
            f'<th align="{side}" style="color:{self._quiet}; padding:1px 16px 2px 0; font-weight:normal">'
            f"{escape(title)}</th>"
            for side, title in zip(sides, titles, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(
                f'<td align="{side}" style="padding:1px 16px 1px 0{self._colour(cell, side)}">{self._cell(cell)}</td>'
                for side, cell in zip(sides, row, strict=True)
            )
            + "</tr>"
            for row in rows
        )
        self._parts.append(f'<table cellspacing="0"><tr>{head}</tr>{body}</table>')

    def html(self) -> str:
        """Return the page as Qt's rich text."""
        return "".join(self._parts)

    def _cell(self, cell: str) -> str:
        if isinstance(cell, Differs):
            return f'<span style="background-color:{self._marked}"><b>≠ {escape(cell)}</b></span>'
        if isinstance(cell, RunLink):
            return f'<a href="{RUN}:{escape(cell.run)}" style="color:{self._link}">{escape(cell)}</a>'
        return escape(cell)

    def _colour(self, cell: str, side: str) -> str:
        return f"; color:{self._negative}" if side == "right" and cell.startswith(("-", "−")) else ""


def _image(picture: str) -> str:
    if not picture:
        return ""
    size = f'width="{ICON_SIZE}" height="{ICON_SIZE}"'
    return f'<img src="{picture}" {size} style="vertical-align:middle">&nbsp;'


def nothing_chosen(detail: Detail) -> None:
    """Say in an empty pane how to fill it."""
    page = detail.page()
    page.text(tr("Choose a line above to see all of it here."), quiet=True)
    detail.show_page(page)
