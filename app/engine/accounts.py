"""GL accounts as people know them, by AccountKey; each is looked up when it is asked for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from app.domain.lists import ListName

Query: TypeAlias = Callable[[str, tuple[Any, ...]], list[dict[str, Any]]]

_NAMED = "FROM checkpoints WHERE company = ? AND list = ? AND description <> ''"


class Accounts(Mapping[str, str]):
    """Number and description of each account that has any; a company may have a hundred thousand of them.

    Raises:
        NeedsUser: from every method, when the store is damaged.
    """

    def __init__(self, rows: Query, company: str) -> None:
        self._rows = rows
        self._where = (company, ListName.GL_ACCOUNT)
        self._known: dict[str, str] = {}

    def __getitem__(self, key: str) -> str:
        if key not in self._known:
            for row in self._rows(f"SELECT description {_NAMED} AND key = ?", (*self._where, key)):
                self._known[key] = row["description"]
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return (row["key"] for row in self._rows(f"SELECT key {_NAMED} ORDER BY key", self._where))

    def __len__(self) -> int:
        return sum(1 for _ in self)
