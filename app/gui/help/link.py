"""The words “Learn more” beside an error, which lead to its paragraph of the help."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.gui.help.door import help_address
from app.gui.text import tr


class LearnMore(QLabel):
    """A link to the paragraph about a code; hidden where there is none."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.setOpenExternalLinks(True)
        self.code = ""
        self.hide()

    def show_code(self, code: str) -> None:
        """Lead to the paragraph about `code`."""
        self.code = code
        address = help_address(code)
        words = tr("Learn more")
        self.setText(f'<a href="{escape(address)}">{escape(words)}</a>' if address else "")
        self.setAccessibleName(words)
        self.setVisible(bool(address))
