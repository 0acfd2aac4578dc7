"""What differs between invoices and payments on their way to Sage."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.engine.views import DocumentRow
from app.gui.table import Column
from app.gui.text import counted
from app.gui.widgets.detail import Page


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """`name` is the kind's in the store, `plural` the one in commands and object names; `label` names one document.

    `write_page` also gets the GL accounts as people know them, by AccountKey;
    `one` and `many` count documents ("{n} invoice", "{n} invoices"), `unreadable` those that are ready and in no table.
    """

    name: str
    plural: str
    title: str
    one: str
    many: str
    empty: str
    nothing: str
    unreadable: tuple[str, str]
    columns: Sequence[Column[DocumentRow]]
    write_page: Callable[[Page, DocumentRow, Mapping[str, str]], None]
    label: Callable[[DocumentRow], str]

    def counted(self, number: int) -> str:
        """Return “12 invoices”."""
        return counted(number, self.one, self.many)
