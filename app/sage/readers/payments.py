"""Reads payments made in Sage from the check history, voids and reversals with the payment they cancel."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from typing import NamedTuple

from app.domain.invoices import InvoiceKey
from app.domain.language import later, say
from app.domain.marks import marked
from app.domain.payments import ImportKind, PaymentLine, SagePayment
from app.sage import dates
from app.sage.blocks import Blocks, Ranged
from app.sage.cells import Cells, Observations
from app.sage.fingerprints import Fingerprints
from app.sage.merge import Groups, Key, joined_keys, odd_key, raw_key
from app.sage.outcomes import BlockRead, Fresh, Quarantined, Skipped, UnreadableValue, called
from app.sage.source import Row, Source, unexpected_order
from app.sage.wanted import EVERYTHING, Wanted

Outcome = Fresh[SagePayment] | Skipped | Quarantined
_KeyParts = tuple[str, str, str]
_DetailsOf = Callable[[Key], list[Row]]

NOT_FROM_QUADIENT_AP = later("None of its invoices came from Quadient AP.")
MADE_BY_QUADIENT_AP = later("Quadient AP made it, and AP Bridge entered it in Sage.")
FEW_CHECKS = 1000  # up to here, checks are looked up by number; beyond, reading their tables whole is quicker

HEADERS = "AP_CheckHistoryHeader"
LINES = "AP_CheckHistoryDetail"

_HEADER_COLUMNS = (
    "BankCode",
    "CheckNo",
    "CheckSeqNo",
    "CheckType",
    "CheckDate",
    "APDivisionNo",
    "VendorNo",
    "VendorName",
    "CheckAmt",
    "CheckComment",
)
_VENDOR_NAME = _HEADER_COLUMNS.index("VendorName")
_LINE_COLUMNS = ("BankCode", "CheckNo", "CheckSeqNo", "InvoiceNo", "InvoiceSeqNo", "AmountPaid", "DiscountAmt")

_ORDER = ("BankCode", "CheckNo", "CheckSeqNo")
_LINE_ORDER = (*_ORDER, "InvoiceNo", "InvoiceSeqNo")

_PAYMENT_TYPES = frozenset("ACM")
_CANCELLING_TYPES = frozenset("VR")

# Sage gives a line that pays no invoice but books straight to the general ledger such a number.
_LEDGER_ONLY = re.compile(r"CK\d{8}")


def read_payments(
    source: Source,
    seen: Observations,
    *,
    since: date | None,
    workflow_banks: Collection[str],
    wanted: Wanted = EVERYTHING,
) -> Iterator[Outcome | BlockRead]:
    """Yield the payments in the order of bank code, check number and sequence; a check number whole or not at all.

    Payments dated before `since` are left out silently, and what cancels them with them, unless Quadient AP has them:
    then it must learn that they were undone. What bears AP Bridge's mark is a payment of Quadient AP's own, which would
    be paid or recorded there once more: it is skipped, with what cancels it, unless Quadient AP has it. A payment of
    one of `workflow_banks` is for Quadient AP's own workflow, all others are records; a record that pays none of the
    wanted invoices is skipped. A reading since a day takes the check numbers that changed since.

    Raises:
        SkipItem: when one of the two tables cannot be read, or does not arrive in key order.
        RetryLater, NeedsUser: when Sage does not answer.
    """
    reader = _Reader(seen, since, frozenset(workflow_banks), wanted)
    with ExitStack() as opened:
        if wanted.since is None:
            blocks = Blocks(wanted.blocks, seen, _HEADER_COLUMNS, _LINE_COLUMNS, since, sorted(workflow_banks))
            yield from _all(source, opened, reader, blocks, _by_number(wanted.invoices or ()))
        else:
            yield from reader.checks(*_changed(source, opened, wanted.since, wanted.also))


def reads_changes(source: Source) -> bool:
    """Tell whether this Sage says of payments when they changed last."""
    return source.has_change_dates(HEADERS)


def _all(
    source: Source, opened: ExitStack, reader: "_Reader", blocks: Blocks, invoices: Mapping[str, Sequence[InvoiceKey]]
) -> Iterator[Outcome | BlockRead]:
    """Yield what all checks are. What becomes of them depends on which of their invoices came from Quadient AP."""
    headers = opened.enter_context(closing(source.batches(HEADERS, _HEADER_COLUMNS, order=_ORDER)))
    lines = Ranged(opened.enter_context(closing(source.batches(LINES, _LINE_COLUMNS, order=_LINE_ORDER))), 2, joined=3)
    for block in blocks.of(Ranged(headers, 2)):
        rows = lines.until(block.end)
        paid = _of_numbers(rows, invoices) if lines.failure is None else None
        if blocks.is_known(block, None if paid is None else (rows, paid)):
            reader.pass_over(block.rows)
        else:
            keys = joined_keys(block.rows, 3)
            yield from blocks.read(
                block, keys, reader.checks(block.rows, Groups(LINES, lines.and_failure(rows), 3).take)
            )


def _streams(source: Source, opened: ExitStack) -> tuple[Iterable[Row], _DetailsOf]:
    headers = opened.enter_context(closing(source.stream(HEADERS, _HEADER_COLUMNS, order=_ORDER)))
    lines = opened.enter_context(closing(source.stream(LINES, _LINE_COLUMNS, order=_LINE_ORDER)))
    return headers, Groups(LINES, lines, 3).take


def _by_number(invoices: Iterable[InvoiceKey]) -> Mapping[str, Sequence[InvoiceKey]]:
    numbered: defaultdict[str, list[InvoiceKey]] = defaultdict(list)
    for key in invoices:
        numbered[key.number].append(key)
    return numbered


def _of_numbers(lines: Sequence[Row], invoices: Mapping[str, Sequence[InvoiceKey]]) -> Sequence[InvoiceKey] | None:
    """Return which of `invoices` have a number that one of the lines pays, or None where that is not sure."""
    numbers = set(map(itemgetter(3), lines))
    try:
        spelled = "".join(numbers)
    except TypeError:  # not all of it is text
        return None
    if not (spelled.isascii() and spelled.isprintable()):
        return None
    return sorted(chain.from_iterable(map(invoices.__getitem__, invoices.keys() & set(map(str.strip, numbers)))))


def _changed(source: Source, opened: ExitStack, since: date, also: Collection[str]) -> tuple[Iterable[Row], _DetailsOf]:
    """Return the sequences of every check number of which one changed since, or is among `also`; and their lines."""
    changed = source.stream(HEADERS, _ORDER, where=source.changed_since(since), order=_ORDER)
    checks = {raw_key(row, 2) for row in changed}
    for key in also:
        bank, _, rest = key.partition("-")
        checks.add((bank, rest.rpartition("-")[0]))
    if len(checks) > FEW_CHECKS:
        headers, details_of = _streams(source, opened)
        return (row for row in headers if raw_key(row, 2) in checks), details_of
    numbers = {number for _, number in checks}
    found = source.find(HEADERS, _HEADER_COLUMNS, "CheckNo", numbers, order=_ORDER)
    lines: defaultdict[Key, list[Row]] = defaultdict(list)
    odd: dict[str, str] = {}
    for row in source.find(LINES, _LINE_COLUMNS, "CheckNo", numbers, order=_LINE_ORDER):
        at = raw_key(row, 3)
        lines[at].append(row)
        if not all(map(str.isprintable, at)):
            odd[at[1]] = "-".join(at)

    def lines_of(key: Key) -> list[Row]:
        if key[1] in odd:
            raise odd_key(LINES, odd[key[1]])
        return lines.get(key, [])

    chosen = [row for row in found if raw_key(row, 2) in checks]
    return sorted(chosen, key=lambda row: raw_key(row, 3)), lines_of


class _Sequence(NamedTuple):
    """One sequence of a check number: its place in the reading, key, header, and lines or why they are not sure."""

    place: int
    key: str
    row: Row
    details: list[Row]
    unsure: UnreadableValue | None


class _Reader:
    """Reads the sequences of one check after the other; remembers the payment that a void would cancel."""

    def __init__(self, seen: Observations, since: date | None, workflow_banks: frozenset[str], wanted: Wanted) -> None:
        self._seen = seen
        self._headers = Cells(HEADERS, seen)
        self._lines = Cells(LINES, seen)
        self._since = since
        self._workflow_banks = workflow_banks
        self._compared = wanted.compared
        self._invoices = wanted.invoices
        self._prints = Fingerprints(_HEADER_COLUMNS, _LINE_COLUMNS, sorted(workflow_banks))
        self._latest: SagePayment | Skipped | Quarantined | None = None
        self._latest_too_old = False
        self._sent: set[str] = set()
        self._met = 0
        self._last: Key = ()

    def pass_over(self, headers: Sequence[Row]) -> None:
        """Go on behind checks that need not be looked at."""
        if headers:
            self._met += len(headers)
            self._last = raw_key(headers[-1], 3)

    def checks(self, headers: Iterable[Row], details_of: _DetailsOf) -> Iterator[Outcome]:
        """Yield what the checks of `headers` are; called again, it goes on with those that follow."""
        numbered = enumerate(headers, start=self._met + 1)
        for _, check in groupby(numbered, lambda each: raw_key(each[1], 2)):
            sequences = []
            for place, row in check:
                self._met = place
                key = raw_key(row, 3)
                if key <= self._last:
                    raise unexpected_order(HEADERS)
                self._last = key
                try:
                    sequences.append(_Sequence(place, "-".join(key), row, details_of(key), None))
                except UnreadableValue as error:
                    sequences.append(_Sequence(place, "-".join(key), row, [], error))
            yield from self.check(sequences)

    def check(self, sequences: Sequence[_Sequence]) -> Iterator[Outcome]:
        """Yield what the sequences of one check number are, unless all of them are known or none is wanted."""
        compared = self._compared
        self._sent = {each.key for each in sequences if compared is not None and compared.sent(each.key)}
        if compared is not None and not self._sent:
            if self._pays_others(sequences):
                for each in sequences:
                    lines = sum(not _LEDGER_ONLY.fullmatch(line[3].strip(" ")) for line in each.details)
                    yield Skipped(each.key, "not-from-quadient-ap", say(NOT_FROM_QUADIENT_AP), lines)
                return
            compared = None
        printed = [self._prints.of_group(each.row, each.details) for each in sequences]
        if any(each.unsure for each in sequences):
            compared = None
        if compared is not None and compared.all_unchanged([each.key for each in sequences], printed):
            return
        self._latest = None
        self._latest_too_old = False
        for each, rows in zip(sequences, printed, strict=True):
            noticed = self._seen.times()
            outcome = self.read(each)
            if isinstance(outcome, SagePayment):
                yield Fresh(outcome, rows if self._seen.times() == noticed else None)
            elif outcome is not None:
                yield outcome

    def _pays_others(self, sequences: Sequence[_Sequence]) -> bool:
        """Tell, without building it, of an ordinary check that it pays none of the wanted invoices.

        Anything odd about it is left to be built, so that what is wrong is told.
        """
        bank = raw_key(sequences[0].row, 1)[0]
        if self._invoices is None or bank in self._workflow_banks:
            return False
        return all(
            self._is_ordinary(each, first=each is sequences[0]) and self._pays_none(each, self._invoices)
            for each in sequences
        )

    def _is_ordinary(self, sequence: _Sequence, *, first: bool) -> bool:
        _, _, _, kind, paid_on, _, _, _, amount, _ = sequence.row
        return (
            sequence.unsure is None
            and sequence.key.isascii()
            and (kind in _PAYMENT_TYPES or (kind in _CANCELLING_TYPES and not first))
            and (kind in _CANCELLING_TYPES or _is_money(amount))
            and (self._since is None or _is_on_or_after(paid_on, self._since))
        )

    def _pays_none(self, sequence: _Sequence, invoices: Container[InvoiceKey]) -> bool:
        division, vendor = sequence.row[5], sequence.row[6]
        if not (_is_plain(division) and _is_plain(vendor)):
            return False
        division, vendor = division.strip(" "), vendor.strip(" ")
        numbers = [line[3] for line in sequence.details]
        return all(map(_is_plain, numbers)) and not any(
            (division, vendor, number.strip(" ")) in invoices for number in numbers
        )

    def read(self, sequence: _Sequence) -> SagePayment | Skipped | Quarantined | None:
        """Return what one sequence of the check is, or None when it is before the start date."""
        place, _, row, details, unsure = sequence
        part = self._headers.key
        try:
            parts = (part(row[0], "BankCode"), part(row[1], "CheckNo"), part(row[2], "CheckSeqNo"))
        except UnreadableValue as error:
            return error.quarantined(f"row {place}", called(row[: len(_ORDER)], row[_VENDOR_NAME]))
        key = "-".join(parts)
        try:
            kind = self._headers.text(row[3], "CheckType")
            paid_on = self._headers.day(row[4], "CheckDate", key)
            if unsure is not None:
                raise unsure
        except UnreadableValue as error:
            self._latest, self._latest_too_old = error.quarantined(key), False
            return self._latest
        if kind in _CANCELLING_TYPES:
            return self._cancellation(key, parts, kind, row, paid_on, details)
        if kind not in _PAYMENT_TYPES:
            return Quarantined(
                key, HEADERS, "CheckType", kind, say("AP Bridge does not know its check type “{kind}”.", kind=kind)
            )
        too_old = self._since is not None and paid_on is not None and paid_on < self._since
        self._latest_too_old = too_old and key not in self._sent
        if self._latest_too_old:
            self._latest = None
            return None
        self._latest = self._payment(key, parts, kind, row, paid_on, details, cancels="")
        return self._latest

    def _cancellation(
        self, key: str, parts: _KeyParts, kind: str, row: Row, paid_on: date | None, details: list[Row]
    ) -> SagePayment | Skipped | Quarantined | None:
        if self._latest_too_old:
            return None
        payment = self._latest
        if isinstance(payment, SagePayment):
            return self._payment(key, parts, kind, row, paid_on, details, cancels=payment.key)
        if isinstance(payment, Skipped):
            return Skipped(key, payment.code, say("It cancels a check that is left out itself."))
        if isinstance(payment, Quarantined):
            return Quarantined(
                key, HEADERS, "CheckType", kind, say("It cancels payment {key}, which cannot be read.", key=payment.key)
            )
        outcome = self._payment(key, parts, kind, row, paid_on, details, cancels="")
        if isinstance(outcome, SagePayment):
            return Quarantined(
                key,
                HEADERS,
                "CheckType",
                kind,
                say("It cancels a check, but Sage has no earlier payment with its number."),
            )
        return outcome

    def _payment(
        self, key: str, parts: _KeyParts, kind: str, row: Row, paid_on: date | None, details: list[Row], *, cancels: str
    ) -> SagePayment | Skipped | Quarantined:
        text = self._headers.text
        try:
            amount = self._headers.amount(row[8], "CheckAmt")
            # A void repeats its payment or shows nothing, depending on how it was made: it always counts.
            if amount == 0 and not cancels:
                return Skipped(key, "zero-check", say("The check is for 0.00: a stub, a voided form or an offset."))
            if not cancels and key not in self._sent and marked(text(row[9], "CheckComment")):
                return Skipped(key, "made-by-quadient-ap", say(MADE_BY_QUADIENT_AP))
            return SagePayment(
                key,
                ImportKind.WORKFLOW if parts[0] in self._workflow_banks else ImportKind.RECORD,
                parts[0],
                parts[1],
                kind,
                paid_on,
                text(row[5], "APDivisionNo"),
                text(row[6], "VendorNo"),
                text(row[7], "VendorName"),
                amount,
                cancels,
                self._paid(details),
            )
        except UnreadableValue as error:
            return error.quarantined(key)

    def _paid(self, details: list[Row]) -> tuple[PaymentLine, ...]:
        lines = []
        seen = set()
        for row in details:
            number = self._lines.text(row[3], "InvoiceNo")
            line_key = (number, self._lines.text(row[4], "InvoiceSeqNo"))
            if line_key in seen:
                raise UnreadableValue(LINES, "InvoiceNo", number, say("Two lines of the payment have the same key."))
            seen.add(line_key)
            if not _LEDGER_ONLY.fullmatch(number):
                lines.append(
                    PaymentLine(
                        number,
                        self._lines.amount(row[5], "AmountPaid"),
                        self._lines.amount(row[6], "DiscountAmt"),
                    )
                )
        return tuple(lines)


def _is_on_or_after(raw: object, since: date) -> bool:
    try:
        day = dates.day(raw)
    except ValueError:
        return False
    return day is not None and day >= since


def _is_plain(raw: object) -> bool:
    """Tell whether a text is spelled alike in Sage and in Quadient AP."""
    return isinstance(raw, str) and raw.isascii()


@lru_cache(maxsize=4096)
def _is_money(raw: object) -> bool:
    """Tell whether an amount is readable and not zero."""
    try:
        value = Decimal(str(raw))
    except InvalidOperation:
        return False
    return value.is_finite() and value != 0
