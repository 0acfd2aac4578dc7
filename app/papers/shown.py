"""What a window shows of a preview: which documents, in which order, and how it came to be those."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from app.engine.views import DocumentRow


@dataclass(frozen=True, slots=True)
class Shown:
    """`ids` in the order shown; `ticked` are those of them that were to go along; `how` narrows and orders them.

    What has become ready since was not ticked: nobody saw it so. `how` is in words, such as: filter “acme”, sorted by
    Amount.
    """

    ids: tuple[str, ...]
    ticked: frozenset[str]
    how: str

    @classmethod
    def parsed(cls, line: str) -> "Shown":
        """Return what `line` holds, as `line()` writes it.

        Raises:
            ValueError: when it holds something else.
        """
        read = orjson.loads(line)
        if not isinstance(read, dict) or set(read) != {"ids", "ticked", "how"} or not isinstance(read["how"], str):
            raise ValueError("not what a window shows")
        for ids in (read["ids"], read["ticked"]):
            if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
                raise ValueError("not a list of ids")
        return cls(tuple(read["ids"]), frozenset(read["ticked"]), read["how"])

    def line(self) -> str:
        """Return it as one line of JSON."""
        return orjson.dumps({"ids": self.ids, "ticked": sorted(self.ticked), "how": self.how}).decode()

    def of(self, rows: Sequence[DocumentRow]) -> list[DocumentRow]:
        """Return those of `rows` that are shown, in the order shown."""
        there = {row.id: row for row in rows}
        return [there[each] for each in self.ids if each in there]
