"""The nine lists that Sage 100 keeps and Quadient AP codes invoices with."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.language import later, say


class ListName(StrEnum):
    """A list, by the name it has on the wire; `label` is the name people read."""

    BANK_ACCOUNT = "bank_account"
    DIVISION = "division"
    GL_ACCOUNT = "gl_account"
    ITEM = "item"
    SEPARATE_CHEQUE = "separate_cheque"
    TAX = "tax"
    UNIT_MEASURE = "unit_measure"
    VENDOR = "vendor"
    WAREHOUSE = "warehouse"

    @property
    def label(self) -> str:
        """The list's name as Quadient AP shows it, in the user's language."""
        return say(_TITLES[self])


_TITLES = {
    ListName.BANK_ACCOUNT: later("Bank Account"),
    ListName.DIVISION: later("Division"),
    ListName.GL_ACCOUNT: later("GL Account"),
    ListName.ITEM: later("Item"),
    ListName.SEPARATE_CHEQUE: later("Separate Cheque"),
    ListName.TAX: later("Tax"),
    ListName.UNIT_MEASURE: later("Unit Measure"),
    ListName.VENDOR: later("Vendor"),
    ListName.WAREHOUSE: later("Warehouse"),
}


@dataclass(frozen=True, slots=True)
class ListItem:
    """One record of one list.

    `key` is unique in the list and never changes (rules for each list in `app.sage.readers.lists`);
    `attributes` holds what else the list carries: text, booleans, None, or for taxes a list of codes.
    """

    key: str
    description: str
    active: bool
    attributes: Mapping[str, Any]
