"""The nine lists that Sage 100 keeps and Quadient AP codes invoices with."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ListName(StrEnum):
    """A list, by the name it has on the wire; `label` is the name people read in Quadient AP."""

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
        """The list's name as Quadient AP shows it."""
        return _TITLES[self]


_TITLES = {
    ListName.BANK_ACCOUNT: "Bank Account",
    ListName.DIVISION: "Division",
    ListName.GL_ACCOUNT: "GL Account",
    ListName.ITEM: "Item",
    ListName.SEPARATE_CHEQUE: "Separate Cheque",
    ListName.TAX: "Tax",
    ListName.UNIT_MEASURE: "Unit Measure",
    ListName.VENDOR: "Vendor",
    ListName.WAREHOUSE: "Warehouse",
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
