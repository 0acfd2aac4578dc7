"""What differs between two versions of one document, field by field and line by line, in a bookkeeper's words."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, TypeVar

from app.domain.invoices import Invoice, InvoiceLine
from app.domain.language import count, later, say
from app.domain.payments import Payment, PaymentLine
from app.domain.words import capital, cost, day, money, number, vendor

Line = TypeVar("Line", InvoiceLine, PaymentLine)
T = TypeVar("T")
# A line's place before and now; one that came or went has one of the two.
Pair: TypeAlias = tuple[int | None, int | None]

NAMED_IN_A_SENTENCE = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs. `before` and `now` are ready to show; None where there was, or is, no such line."""

    field: str
    before: str | None
    now: str | None

    @property
    def words(self) -> str:
        """The change as a part of a sentence, without a full stop."""
        if self.before is None:
            return say("{field} was added ({now})", field=self.field, now=self.now)
        if self.now is None:
            return say("{field} was removed ({before})", field=self.field, before=self.before)
        return say(
            "{field} was {before} and is now {now}",
            field=self.field,
            before=self.before or say("empty"),
            now=self.now or say("empty"),
        )


class _Field(NamedTuple):
    """What a field is called, and how its value is shown."""

    name: str
    shown: Callable[[Any], str]


def _yes_no(value: bool) -> str:
    return say("Yes") if value else say("No")


# By attribute. What is left out here is told in another way: the vendor's three parts as one, the lines one by one.
_INVOICE = {
    "id": _Field(later("Id in Quadient AP"), str),
    "number": _Field(later("Invoice number"), str),
    "invoice_date": _Field(later("Invoice date"), day),
    "due_date": _Field(later("Due date"), day),
    "discount_date": _Field(later("Discount date"), day),
    "terms": _Field(later("Terms"), str),
    "description": _Field(later("Description"), str),
    "currency": _Field(later("Currency"), str),
    "amount": _Field(later("Amount"), money),
    "freight": _Field(later("Freight"), money),
    "tax": _Field(later("Sales tax"), money),
    "tax_schedule": _Field(later("Tax schedule"), str),
    "separate_cheque": _Field(later("Separate cheque"), _yes_no),
    "hold": _Field(later("Hold payment"), _yes_no),
    "purchase_order": _Field(later("Purchase order"), str),
    "image_url": _Field(later("Link to the invoice's picture"), str),
}
_INVOICE_LINE = {
    "account_key": _Field(later("account"), str),
    "amount": _Field(later("amount"), money),
    "comment": _Field(later("comment"), str),
    "po_line_key": _Field(later("line of the purchase order"), str),
    "item_code": _Field(later("item"), str),
    "quantity": _Field(later("quantity"), lambda value: "" if value is None else number(value)),
    "unit_cost": _Field(later("unit cost"), lambda value: "" if value is None else cost(value)),
    "unit": _Field(later("unit"), str),
    "warehouse": _Field(later("warehouse"), str),
    "job_number": _Field(later("job"), str),
    "cost_code": _Field(later("cost code"), str),
    "cost_type": _Field(later("cost type"), str),
}
_PAYMENT = {
    "id": _Field(later("Id in Quadient AP"), str),
    "reference": _Field(later("Reference"), str),
    "bank_code": _Field(later("Bank"), str),
    "payment_date": _Field(later("Payment date"), day),
    "currency": _Field(later("Currency"), str),
    "amount": _Field(later("Amount"), money),
    "method": _Field(later("Method"), str),
}
_PAYMENT_LINE = {
    "amount": _Field(later("amount"), money),
    "discount": _Field(later("discount"), money),
}


def changes(
    before: Invoice | Payment, now: Invoice | Payment, accounts: Mapping[str, str] | None = None
) -> tuple[Change, ...]:
    """Return what differs between two versions of one document: none if, and only if, they say the same.

    Lines are matched by what they say and not by where they stand, so that one taken out of the middle is one change.
    `accounts` gives AccountKeys the words people know them by.

    Raises:
        TypeError: when one is an invoice and the other a payment.
    """
    if isinstance(before, Invoice) and isinstance(now, Invoice):
        spelled = _INVOICE_LINE | {"account_key": _Field(later("account"), lambda key: (accounts or {}).get(key, key))}
        return (
            *_vendor(before, now),
            *_fields("", _INVOICE, before, now),
            *_invoice_lines(before.lines, now.lines, spelled),
        )
    if isinstance(before, Payment) and isinstance(now, Payment):
        return (*_vendor(before, now), *_fields("", _PAYMENT, before, now), *_payment_lines(before.lines, now.lines))
    raise TypeError(f"{type(before).__name__} and {type(now).__name__} are not versions of one document")


def sentence(differing: Sequence[Change], at_most: int = NAMED_IN_A_SENTENCE) -> str:
    """Return the first `at_most` changes as a sentence that says how many more there are; empty without any."""
    if not differing:
        return ""
    said = [each.words for each in differing[:at_most]]
    more = len(differing) - len(said)
    if more:
        said.append(count(more, "{n} more change", "{n} more changes"))
    return f"{capital('; '.join(said))}."


def _vendor(before: Invoice | Payment, now: Invoice | Payment) -> Iterator[Change]:
    was, is_now = ((each.division, each.vendor_number, each.vendor_name) for each in (before, now))
    if was != is_now:
        yield Change(say("Vendor"), vendor(*was), vendor(*is_now))


def _fields(prefix: str, fields: Mapping[str, _Field], before: object, now: object) -> Iterator[Change]:
    for attribute, (name, shown) in fields.items():
        was, is_now = getattr(before, attribute), getattr(now, attribute)
        if was != is_now:
            yield Change(f"{prefix}{say(name)}", shown(was), shown(is_now))


def _invoice_lines(
    before: Sequence[InvoiceLine], now: Sequence[InvoiceLine], fields: Mapping[str, _Field]
) -> Iterator[Change]:
    yield from _lines(
        before,
        now,
        (_content, _order_line, _coding, lambda line: line.number),
        fields,
        called=lambda line: say("Line {number}", number=line.number),
        described=lambda line: _invoice_line(line, fields),
        listed=lambda line: f"{line.number} ({money(line.amount)})",
    )


def _payment_lines(before: Sequence[PaymentLine], now: Sequence[PaymentLine]) -> Iterator[Change]:
    yield from _lines(
        before,
        now,
        (lambda line: line, lambda line: line.invoice_number),
        _PAYMENT_LINE,
        called=lambda line: say("Invoice {invoice_number}", invoice_number=line.invoice_number),
        described=_payment_line,
        listed=lambda line: f"{line.invoice_number} ({money(line.amount)})",
    )


def _lines(
    before: Sequence[Line],
    now: Sequence[Line],
    alike: Iterable[Callable[[Line], Hashable]],
    fields: Mapping[str, _Field],
    *,
    called: Callable[[Line], str],
    described: Callable[[Line], str],
    listed: Callable[[Line], str],
) -> Iterator[Change]:
    """Yield what came, went and differs, then what moved; a line is `called`, `described` and `listed` so."""
    pairs = matched(before, now, alike)
    for was, is_now in pairs:
        old = None if was is None else before[was]
        new = None if is_now is None else now[is_now]
        if old is not None and new is not None:
            yield from _fields(f"{called(new)}, ", fields, old, new)
        elif old is not None:
            yield Change(called(old), described(old), None)
        elif new is not None:
            yield Change(called(new), None, described(new))
    yield from _order_of_lines(before, now, pairs, listed)


def matched(before: Sequence[T], now: Sequence[T], alike: Iterable[Callable[[T], Hashable]]) -> list[Pair]:
    """Pair lines by their places: those that are alike in the first way, of the rest those in the second, and so on.

    A key of None is like no other. In the order of `before`; what is new comes last, without a partner.
    """
    partner: dict[int, int] = {}
    free: Sequence[int] = range(len(now))
    for key_of in alike:
        waiting: dict[Hashable, list[int]] = {}
        for place in free:
            waiting.setdefault(key_of(now[place]), []).append(place)
        waiting.pop(None, None)
        for place, line in enumerate(before):
            if place not in partner and (same := waiting.get(key_of(line))):
                partner[place] = same.pop(0)
        taken = set(partner.values())
        free = [place for place in free if place not in taken]
    return [*((place, partner.get(place)) for place in range(len(before))), *((None, place) for place in free)]


def _content(line: InvoiceLine) -> Hashable:
    """All of a line but its number."""
    return tuple(getattr(line, attribute) for attribute in _INVOICE_LINE)


def _order_line(line: InvoiceLine) -> Hashable:
    """The line of the order that it is matched to, which stays as long as the line is the same."""
    return line.po_line_key or None


def _coding(line: InvoiceLine) -> Hashable:
    """What a line without an order is for; only its amount or the like was changed."""
    return None if line.po_line_key else (line.account_key, line.item_code, line.comment)


def _order_of_lines(
    before: Sequence[Line], now: Sequence[Line], pairs: Sequence[Pair], name: Callable[[Line], str]
) -> Iterator[Change]:
    """Tell of lines that were only moved or numbered anew; where one came or went, the others move by themselves."""
    kept = [(is_now, was) for was, is_now in pairs if was is not None and is_now is not None]
    if len(kept) < len(pairs):
        return
    in_order_now = [was for _, was in sorted(kept)]
    if in_order_now != list(range(len(before))):
        moved = ", ".join(name(before[was]) for was in in_order_now)
        yield Change(say("Order of the lines"), ", ".join(map(name, before)), moved)
    elif any(_number(line) != _number(now[place]) for place, line in enumerate(before)):
        numbers = (", ".join(map(_number, lines)) for lines in (before, now))
        yield Change(say("Numbers of the lines"), *numbers)


def _number(line: InvoiceLine | PaymentLine) -> str:
    return str(line.number) if isinstance(line, InvoiceLine) else ""


def _invoice_line(line: InvoiceLine, fields: Mapping[str, _Field]) -> str:
    account, comment = fields["account_key"].shown(line.account_key), line.comment
    item = f"{number(line.quantity)} × {line.item_code}" if line.quantity is not None else line.item_code
    return ", ".join(part for part in (account, item, money(line.amount), comment) if part)


def _payment_line(line: PaymentLine) -> str:
    return money(line.amount) + (say(", discount {discount}", discount=money(line.discount)) if line.discount else "")
