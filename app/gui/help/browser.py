"""The window of the help: contents and search at the left, the page at the right."""

from PySide6.QtCore import QSize, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.domain.language import language
from app.gui.help.pages import START, Section, contents, help_page, place_of, search
from app.gui.room import resize_within_screen
from app.gui.style import link_colour
from app.gui.text import tr
from app.resources import resource

SIZE = QSize(880, 640)
LEFT = 250
PAUSE_MS = 150  # after the last key


class HelpWindow(QDialog):
    """Shows the help; Esc closes it, Alt+Left goes back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("help_window")
        self.setWindowTitle(tr("AP Bridge help"))
        resize_within_screen(self, SIZE)
        self.words = QLineEdit()
        self.words.setObjectName("help_search")
        self.words.setPlaceholderText(tr("Search the help (Ctrl+F)"))
        self.words.setAccessibleName(tr("Search the help"))
        self.words.setClearButtonEnabled(True)
        self.found = QListWidget()
        self.found.setObjectName("help_contents")
        self.found.setAccessibleName(tr("Pages of the help"))
        self.text = QTextBrowser()
        self.text.setObjectName("help_text")
        self.text.setAccessibleName(tr("Help"))
        self.text.setOpenLinks(False)
        self.text.document().setDocumentMargin(16)
        self._before: list[tuple[str, str]] = []
        self._place = ("", "")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._arrange()
        self._connect()
        self._list()

    def open_page(self, name: str, anchor: str = "") -> None:
        """Show a page, from the paragraph of `anchor` where one is named."""
        if self._place[0] and self._place != (name, anchor):
            self._before.append(self._place)
        self._show(name, anchor)

    def open_code(self, code: str) -> None:
        """Show the paragraph about a code, or the first page when there is none."""
        self.open_page(*(place_of(code) or (START, "")))

    def back(self) -> None:
        """Show what was shown before."""
        if self._before:
            self._show(*self._before.pop())

    @property
    def place(self) -> tuple[str, str]:
        """The page that is shown, and the paragraph it was opened at."""
        return self._place

    def _arrange(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.words)
        column.addWidget(self.found, 1)
        split = QSplitter()
        split.addWidget(left)
        split.addWidget(self.text)
        split.setStretchFactor(1, 1)
        split.setSizes([LEFT, SIZE.width() - LEFT])
        row = QHBoxLayout(self)
        row.addWidget(split)

    def _connect(self) -> None:
        self.words.textChanged.connect(self._pause.start)
        self.words.returnPressed.connect(self._list)
        self._pause.timeout.connect(self._list)
        self.found.currentItemChanged.connect(self._chosen)
        self.text.anchorClicked.connect(self._follow)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, activated=self.words.setFocus)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Back), self, activated=self.back)

    def _list(self) -> None:
        """List the pages, or what was searched for; a search shows its first find."""
        self._pause.stop()
        self.found.blockSignals(True)
        self.found.clear()
        if self.words.text().strip():
            for each in search(self.words.text()):
                self._add(each.title, each)
        else:
            for page in contents():
                self._add(page.title, page.sections[0])
        self.found.blockSignals(False)
        if self.words.text().strip():
            self.found.setCurrentRow(0)
        else:
            self._mark()

    def _add(self, title: str, section: Section) -> None:
        item = QListWidgetItem(title)
        item.setData(256, (section.page, section.anchors[0] if section.anchors else ""))
        self.found.addItem(item)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.open_page(*item.data(256))

    def _show(self, name: str, anchor: str) -> None:
        self._place = (name, anchor)
        colour = link_colour(self.palette()).name()
        self.text.document().setDefaultStyleSheet(
            f"a {{ color: {colour}; }} h1 {{ font-size: x-large; }} h2 {{ font-size: large; }}"
            " h3 { font-size: medium; } p, li { margin-top: 4px; margin-bottom: 6px; } td, th { padding: 2px 10px; }"
        )
        self.text.setSearchPaths([str(resource("help", language()))])
        self.text.setHtml(help_page(name, language()).html)
        self.text.scrollToAnchor(anchor)
        self._mark()

    def _mark(self) -> None:
        """Mark the shown page in the list, without opening it once more."""
        self.found.blockSignals(True)
        for row in range(self.found.count()):
            page, anchor = self.found.item(row).data(256)
            if page == self._place[0] and (not self.words.text().strip() or anchor == self._place[1]):
                self.found.setCurrentRow(row)
                break
        self.found.blockSignals(False)

    def _follow(self, address: QUrl) -> None:
        if address.scheme() in ("http", "https"):
            QDesktopServices.openUrl(address)
        else:
            self.open_page(address.path().removesuffix(".md") or self._place[0], address.fragment())
