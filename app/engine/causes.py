"""Sorts what needs the user by cause: what stands in the way first, and behind it what waits only because of it."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from app.domain.invoices import InvoiceKey
from app.engine.shown import Attention

Named: TypeAlias = tuple[str, str]
"""What an Attention is about: its `list` and `key`."""


AT_ONCE = 500  # between two moments in which others may do something


def by_cause(
    needs: Sequence[Attention], bills: Mapping[Named, InvoiceKey], pays: Mapping[Named, Iterable[InvoiceKey]]
) -> Generator[None, None, list[Attention]]:
    """Return `needs` in their order, but each one that follows from another right behind that, with a `depth` of 1.

    `bills` tells which invoice an invoice in need is, `pays` of a payment in need which invoices it waits for. Of
    those that tell the same of the same code in Sage, or the same word for word, the first stands for all. Where they
    are many, it yields now and then.
    """
    by_bill = {bill: at for at, each in enumerate(needs) if (bill := bills.get((each.list, each.key))) is not None}
    first: dict[tuple[str, str], int] = {}
    heads = list(range(len(needs)))
    for at, each in enumerate(needs):
        if (at + 1) % AT_ONCE == 0:
            yield
        awaited = (by_bill[bill] for bill in pays.get((each.list, each.key), ()) if bill in by_bill)
        heads[at] = next(awaited, first.setdefault((each.code, each.about or each.message), at))
    behind: dict[int, list[int]] = {}
    for at in range(len(needs)):
        behind.setdefault(_top(heads, at), []).append(at)
    sorted_: list[Attention] = []
    for top, group in behind.items():
        sorted_.append(needs[top])
        for at in group:
            if at != top:
                sorted_.append(replace(needs[at], depth=1))
            if len(sorted_) % AT_ONCE == 0:
                yield
    return sorted_


def _top(heads: Sequence[int], at: int) -> int:
    """Return what `at` follows from in the end; a payment points to a bill, a bill to one that comes before it."""
    while heads[at] != at:
        at = heads[at]
    return at
