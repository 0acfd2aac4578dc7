"""The look into Sage, before a write and after it: is this document there, and is what is there ours and equal?"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from app.domain.invoices import Destination, InvoiceKey
from app.domain.language import later, say
from app.domain.payments import CheckKey
from app.domain.words import day, money, place
from app.engine.sending.journal import Entry
from app.engine.sending.marks import marked_with
from app.engine.sending.natural_key import CheckName, InvoiceName, NaturalKey
from app.errors import SkipItem
from app.sage.elsewhere import Alike
from app.sage.found import Found, FoundCheck, FoundInvoice, Place

_SEEN_MARKED = ("proven", "acknowledged", "undoing", "undone")

_ASKED = 2  # times, where what was listed is not found

LATE = 0.5  # seconds: a reader may see a record of Sage's files a moment after it was written


class Sight(StrEnum):
    """What the look saw."""

    NOTHING = "nothing"
    OURS = "ours"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Look:
    """What Sage has under a document's number: `found`, all of it.

    `batch` and `evidence` describe the record that decides, `message` says how it differs. `equal`: one of the records
    has party, date and amount of the document, whether or not it carries our reference.
    """

    sight: Sight
    batch: str = ""
    evidence: Mapping[str, Any] | None = None
    message: str = ""
    found: tuple[Found, ...] = ()
    equal: bool = False


class LedgerLook(Protocol):
    """The look-ups in Sage that a look needs; both read afresh at every call."""

    def invoices(self, keys: Sequence[InvoiceKey]) -> Mapping[InvoiceKey, tuple[FoundInvoice, ...]]:
        """Return what Sage has under each number, wherever it is."""

    def checks(self, keys: Sequence[CheckKey]) -> Mapping[CheckKey, tuple[FoundCheck, ...]]:
        """Return what Sage has under each check number, wherever it is."""

    def invoices_of(self, alike: Alike) -> Collection[InvoiceKey]:
        """Return the invoices of some vendors that may be one sent before, whatever their numbers."""

    def checks_of(self, alike: Alike) -> Collection[CheckKey]:
        """Return the checks to some vendors that may be one sent before, whatever their numbers."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A document to look for that the journal does not have; its fields as in `Entry`, `id` any number of its own."""

    id: int
    document: str
    destination: Destination
    natural_key: NaturalKey
    amount: str


@dataclass(frozen=True, slots=True)
class _Record:
    """One record under the document's number; `equal`: same party, date and amount; `whole`: no line is missing."""

    place: Place
    batch: str
    day: str
    amount: str
    lines: int
    whole: bool
    equal: bool
    marked: bool


def look(ledger: LedgerLook, entry: Entry | Sought) -> Look:
    """Look for what one entry is about."""
    return look_for_all(ledger, [entry])[entry.id]


def look_for_all(ledger: LedgerLook, entries: Sequence[Entry | Sought]) -> dict[int, Look]:
    """Look for what the entries are about, all in one; the answers are keyed by the entries' ids.

    A record in Sage that cannot be read is not taken for ours, nor for nothing.
    """
    checks = [entry for entry in entries if entry.destination is Destination.MANUAL_CHECK]
    invoices = [entry for entry in entries if entry.destination is not Destination.MANUAL_CHECK]
    seen: dict[int, Look] = {}
    for some, find in ((checks, _find_checks), (invoices, _find_invoices)):
        try:
            seen |= find(ledger, some)
        except SkipItem as error:
            seen |= {entry.id: Look(Sight.OTHER, message=f"{error.title}. {error.message}") for entry in some}
    return seen


class Marked(Protocol):
    """A document that bears a mark in Sage; its fields as in `Entry`."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def document(self) -> str: ...  # noqa: D102
    @property
    def destination(self) -> Destination: ...  # noqa: D102
    @property
    def natural_key(self) -> NaturalKey: ...  # noqa: D102
    @property
    def amount(self) -> str: ...  # noqa: D102


class Handed(Marked, Protocol):
    """A document that was handed to Sage; its fields as in `Entry`."""

    @property
    def state(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What Sage has of a document under another `number`.

    `marked`: it bears the document's mark. Else it is the party's and has no other document's mark, and has the
    document's day and amount; one of them is enough where the document was never seen in Sage with its mark, and the
    number was never another document's.
    """

    number: str
    found: Found
    marked: bool

    @property
    def sentence(self) -> str:
        """Say where it is, and why it may be the document."""
        where = place(self.found.place, self.found.batch)
        told = (
            later(
                "Under its number Sage has nothing, but it has {number}, {amount}, in {where}, with AP Bridge's mark."
            )
            if self.marked
            else later("Under its number Sage has nothing, but it may be {number} of {day}, {amount}, in {where}.")
        )
        found = self.found
        dated = found.check_date if isinstance(found, FoundCheck) else found.invoice_date
        return say(
            told,
            number=self.number,
            amount=money(found.amount),
            where=where,
            day=say("an unknown day") if dated is None else day(dated),
        )


def look_elsewhere(
    ledger: LedgerLook, entries: Sequence[Handed], known: Mapping[Any, Collection[str]]
) -> dict[int, Elsewhere]:
    """Look what may be the entries under other numbers than theirs; keyed by their ids, absent where nothing may.

    `known` are, by key, the documents that ever had it: what stands there is looked at for itself. People may give
    another number and amount to what is unposted, and its mark may be gone: Sage may cut it, people may rewrite it.
    Of what is posted only that is looked at which has the amount or the day of one of the entries.

    Raises:
        SkipItem: when a table cannot be read.
    """
    checks = [entry for entry in entries if entry.destination is Destination.MANUAL_CHECK]
    invoices = [entry for entry in entries if entry.destination is not Destination.MANUAL_CHECK]
    seen = _renumbered(checks, known, ledger.checks_of, ledger.checks, lambda key: key.check_number) if checks else {}
    find = ledger.invoices
    return seen | (_renumbered(invoices, known, ledger.invoices_of, find, lambda key: key.number) if invoices else {})


def look_for_marks(ledger: LedgerLook, entries: Sequence[Marked]) -> dict[int, Elsewhere]:
    """Look what bears the entries' marks under other numbers than theirs, whichever computer wrote it; keyed by id.

    Of what is posted only that is looked at which has the amount of one of the entries.

    Raises:
        SkipItem: when a table cannot be read.
    """
    checks = [entry for entry in entries if entry.destination is Destination.MANUAL_CHECK]
    invoices = [entry for entry in entries if entry.destination is not Destination.MANUAL_CHECK]
    seen = _bearing(checks, ledger.checks_of, ledger.checks, lambda key: key.check_number) if checks else {}
    find = ledger.invoices
    return seen | (_bearing(invoices, ledger.invoices_of, find, lambda key: key.number) if invoices else {})


def _bearing(
    entries: Sequence[Marked],
    keys_of: Callable[[Alike], Collection[Any]],
    find: Callable[[Sequence[Any]], Mapping[Any, Sequence[Found]]],
    number: Callable[[Any], str],
) -> dict[int, Elsewhere]:
    names = [entry.natural_key for entry in entries]
    vendors = frozenset((name.division, name.vendor_number) for name in names)
    amounts = frozenset(Decimal(entry.amount) for entry in entries)
    there = _there(keys_of, find, Alike(vendors, amounts, frozenset()))
    bearing: dict[str, list[tuple[Any, Found]]] = {}
    for key, all_found in there.items():
        for found in all_found:
            bearing.setdefault(_mark_of(found), []).append((key, found))
    return {
        entry.id: Elsewhere(number(key), found, marked=True)
        for entry in entries
        for key, found in bearing.get(entry.document, ())
        if key != entry.natural_key.key
    }


def _renumbered(
    entries: Sequence[Handed],
    known: Mapping[Any, Collection[str]],
    keys_of: Callable[[Alike], Collection[Any]],
    find: Callable[[Sequence[Any]], Mapping[Any, Sequence[Found]]],
    number: Callable[[Any], str],
) -> dict[int, Elsewhere]:
    names = [entry.natural_key for entry in entries]
    alike = Alike(
        frozenset((name.division, name.vendor_number) for name in names),
        frozenset(Decimal(entry.amount) for entry in entries),
        frozenset(date.fromisoformat(name.day) for name in names),
    )
    there = _there(keys_of, find, alike)
    marks = {key: {_mark_of(found) for found in all_found} for key, all_found in there.items()}
    seen: dict[int, Elsewhere] = {}
    for entry in entries:
        for key, all_found in there.items():
            its = known.get(key, ())
            for found in all_found if key != entry.natural_key.key and entry.document not in its else ():
                if found.carries(entry.document):
                    seen[entry.id] = Elsewhere(number(key), found, marked=True)
                elif all(map(entry.document.startswith, marks[key])) and _may_be(
                    entry, key, found, of_another=bool(its)
                ):
                    seen.setdefault(entry.id, Elsewhere(number(key), found, marked=False))
    return seen


def _there(
    keys_of: Callable[[Alike], Collection[Any]],
    find: Callable[[Sequence[Any]], Mapping[Any, Sequence[Found]]],
    alike: Alike,
) -> Mapping[Any, Sequence[Found]]:
    """Return what is alike, by its key. What has gone between the two questions may have got another number: once more.

    What is gone then, too, is left out: some driver may list a key that it does not find.
    """
    there: Mapping[Any, Sequence[Found]] = {}
    for _ in range(_ASKED):
        keys = sorted(keys_of(alike))
        there = find(keys) if keys else {}
        if all(map(there.get, keys)):
            break
    return there


def _mark_of(found: Found) -> str:
    """Return the id in AP Bridge's mark, which Sage may have cut: '' where there is none."""
    return marked_with([found.comment, *(line.comment for line in found.lines)])


def _may_be(entry: Handed, key: InvoiceKey | CheckKey, found: Found, *, of_another: bool) -> bool:
    name = entry.natural_key
    whose = found if isinstance(found, FoundCheck) else key
    if not isinstance(whose, FoundCheck | InvoiceKey):
        return False
    if (whose.division, whose.vendor_number) != (name.division, name.vendor_number):
        return False
    day_ = found.check_date if isinstance(found, FoundCheck) else found.invoice_date
    same = day_ is not None and day_.isoformat() == name.day, found.amount == Decimal(entry.amount)
    return all(same) if of_another or entry.state in _SEEN_MARKED else any(same)


def _find_checks(ledger: LedgerLook, entries: Sequence[Entry | Sought]) -> dict[int, Look]:
    """For a check all records must agree: a void beside ours means that the payment is no longer there."""
    names = {entry.id: name for entry in entries if isinstance(name := entry.natural_key, CheckName)}
    found = ledger.checks(list(dict.fromkeys(name.key for name in names.values()))) if names else {}
    seen = {}
    for entry in entries:
        name = names[entry.id]
        there = found.get(name.key, ())
        records = [_record(entry, each, each.check_date, same=_same_vendor(each, name)) for each in there]
        ours = records[:1] if all(record.equal for record in records) and any(r.marked for r in records) else []
        seen[entry.id] = _seen(entry, there, records, ours)
    return seen


def _find_invoices(ledger: LedgerLook, entries: Sequence[Entry | Sought]) -> dict[int, Look]:
    """One record that is ours tells for an invoice: once it is posted, it stands in open invoices and in history."""
    names = {entry.id: name for entry in entries if isinstance(name := entry.natural_key, InvoiceName)}
    found = ledger.invoices(list(dict.fromkeys(name.key for name in names.values()))) if names else {}
    seen = {}
    for entry in entries:
        there = found.get(names[entry.id].key, ())
        records = [_record(entry, each, each.invoice_date, same=True) for each in there]
        ours = [record for record in records if record.equal and record.marked]
        seen[entry.id] = _seen(entry, there, records, ours)
    return seen


def _seen(
    entry: Entry | Sought,
    found: Sequence[Found],
    records: Sequence[_Record],
    ours: Sequence[_Record],
) -> Look:
    """Ours means: it carries our reference, and party, date and amount are the same."""
    if not records:
        return Look(Sight.NOTHING)
    equal = any(record.equal for record in records)
    marked = [record for record in records if record.marked]
    twice = {record.place for record in marked if sum(each.place == record.place for each in marked) > 1}
    if twice:
        message = say("Sage has it more than once in {pop}.", pop=twice.pop())
        return Look(Sight.OTHER, marked[0].batch, _evidence(marked[0]), message, tuple(found), equal)
    if ours:
        return Look(Sight.OURS, ours[0].batch, _evidence(ours[0]), "", tuple(found), equal)
    other = records[0]
    message = say(
        "Sage already has this number in {place}: {version}. Quadient AP has {entry_amount}.",
        place=place(other.place, other.batch),
        version=_version(other.amount, other.day),
        entry_amount=_version(entry.amount, entry.natural_key.day),
    )
    if not other.whole:
        message += say(" Its lines in Sage do not come to its amount: a part of it is missing.")
    return Look(Sight.OTHER, other.batch, _evidence(other), message, tuple(found), equal)


def _version(amount: str, on: str) -> str:
    return say("{amount} of {on}", amount=money(Decimal(amount)), on=day(date.fromisoformat(on) if on else None))


def is_it(seen: Look, sought: Sought) -> bool:
    """Whether what stands under the number is what a person means, though AP Bridge did not write it.

    An invoice is it when the amount is, and no part of it is missing. For a check the vendor must be too, and in every
    record: a void beside it means that nothing was paid.
    """
    amount = Decimal(sought.amount)
    name = sought.natural_key
    if not all(each.balanced for each in seen.found):
        return False
    checks = [each for each in seen.found if isinstance(each, FoundCheck)]
    if isinstance(name, CheckName) and checks:
        return all(each.amount == amount and _same_vendor(each, name) for each in checks)
    return any(each.amount == amount and not each.unreadable for each in seen.found)


def _same_vendor(found: FoundCheck, name: CheckName) -> bool:
    return (found.division, found.vendor_number) == (name.division, name.vendor_number)


def _record(entry: Entry | Sought, found: Found, on: date | None, *, same: bool) -> _Record:
    found_day = on.isoformat() if on else ""
    return _Record(
        found.place,
        found.batch,
        found_day,
        format(found.amount, "f"),
        len(found.lines),
        found.balanced,
        equal=found.balanced and same and found_day == entry.natural_key.day and found.amount == Decimal(entry.amount),
        marked=found.carries(entry.document),
    )


def _evidence(record: _Record) -> dict[str, Any]:
    return {
        "place": record.place,
        "batch": record.batch,
        "date": record.day,
        "amount": record.amount,
        "lines": record.lines,
    }
