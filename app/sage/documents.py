"""Finds invoices and checks in Sage, wherever they stand: in an entry screen, open, or in history."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from app.domain.invoices import InvoiceKey
from app.domain.language import say
from app.domain.money import ZERO
from app.domain.payments import CheckKey
from app.errors import SkipItem
from app.sage.cells import Cells, Observations
from app.sage.found import FoundCheck, FoundInvoice, FoundLine, LedgerOpenInvoice, Place
from app.sage.merge import Key, raw_key
from app.sage.outcomes import UnreadableValue, described
from app.sage.source import Narrowed, Row, Source

_KEY = ("APDivisionNo", "VendorNo", "InvoiceNo")
FEW = 25  # vendors, as many as are sent at once may have
_BESIDE = ("FreightAmt", "SalesTaxAmt")  # what an invoice's amount has beside its lines


def find_invoices(
    source: Source, seen: Observations, keys: Collection[InvoiceKey]
) -> dict[InvoiceKey, tuple[FoundInvoice, ...]]:
    """Return every place where each of `keys` stands; a posted invoice that is still open stands in two.

    An amount that cannot be read makes its own record `unreadable`; the others do not suffer.

    Raises:
        SkipItem: when a table of A/P cannot be read. P/O's tables may be missing: then the module is not there,
            which is noted.
    """
    finder = _InvoiceFinder(source, seen, frozenset(keys))
    found: defaultdict[InvoiceKey, list[FoundInvoice]] = defaultdict(list)
    for key, invoice in chain(finder.in_entry(), finder.in_receipt_of_invoice(), finder.open(), finder.in_history()):
        found[key].append(invoice)
    return {key: tuple(places) for key, places in found.items()}


def find_open_invoices(
    source: Source, seen: Observations, keys: Collection[InvoiceKey]
) -> dict[InvoiceKey, LedgerOpenInvoice]:
    """Return balance and discount of those of `keys` that are in open invoices."""
    cells = Cells("AP_OpenInvoice", seen)
    wanted = frozenset(keys)
    numbers = {key.number for key in wanted}
    columns = (*_KEY, "Balance", "DiscountAmt")
    found = {}
    for row in source.find("AP_OpenInvoice", columns, "InvoiceNo", numbers, where=_few_vendors(wanted)):
        key = _invoice_key(cells, row)
        if key in wanted:
            found[key] = _open_invoice(cells, row)
    return found


def find_vendors_owed(
    source: Source, seen: Observations, numbers: Collection[str]
) -> dict[str, frozenset[tuple[str, str]]]:
    """Return by invoice number which vendors (division, number) have an open invoice of that number."""
    cells = Cells("AP_OpenInvoice", seen)
    keys = (_invoice_key(cells, row) for row in source.find("AP_OpenInvoice", _KEY, "InvoiceNo", numbers))
    vendors: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for key in keys:
        vendors[key.number].add((key.division, key.vendor_number))
    return {number: frozenset(owed) for number, owed in vendors.items()}


def find_checks(
    source: Source, seen: Observations, keys: Collection[CheckKey]
) -> dict[CheckKey, tuple[FoundCheck, ...]]:
    """Return every place where each of `keys` is used: manual check entry, and each sequence in history."""
    wanted = frozenset(keys)
    found: defaultdict[CheckKey, list[FoundCheck]] = defaultdict(list)
    for key, check in chain(_checks_in_entry(source, seen, wanted), _checks_in_history(source, seen, wanted)):
        found[key].append(check)
    return {key: tuple(places) for key, places in found.items()}


class _InvoiceFinder:
    """Looks for a set of invoices, place by place. Numbers narrow the query, the rest of the key is compared here."""

    def __init__(self, source: Source, seen: Observations, wanted: frozenset[InvoiceKey]) -> None:
        self._source = source
        self._seen = seen
        self._wanted = wanted
        self._numbers = {key.number for key in wanted}
        self._vendors = _few_vendors(wanted)

    def in_entry(self) -> Iterator[tuple[InvoiceKey, FoundInvoice]]:
        """Yield those in A/P Invoice Data Entry."""
        cells, details = Cells("AP_InvoiceHeader", self._seen), Cells("AP_InvoiceDetail", self._seen)
        headers = self._find("AP_InvoiceHeader", (*_KEY, "InvoiceDate", "InvoiceAmt", "Comment"), ("BatchNo", *_BESIDE))
        lines = _grouped(
            self._source.find(
                "AP_InvoiceDetail",
                (*_KEY, "LineKey", "AccountKey", "DistributionAmt", "CommentText"),
                "InvoiceNo",
                {key.number for key, _ in headers},
                where=self._vendors,
                order=(*_KEY, "LineKey"),
            ),
            3,
        )
        for key, row in headers:
            yield (
                key,
                _invoice(
                    Place.INVOICE_ENTRY,
                    cells,
                    row,
                    cells.text(row[6], "BatchNo"),
                    "",
                    (_line(details, line[4], "DistributionAmt", line[5], line[6]) for line in lines[raw_key(row, 3)]),
                    row[7:9],
                ),
            )

    def in_receipt_of_invoice(self) -> Iterator[tuple[InvoiceKey, FoundInvoice]]:
        """Yield those in P/O Receipt of Invoice Entry."""
        cells, details = Cells("PO_ReceiptHeader", self._seen), Cells("PO_ReceiptDetail", self._seen)
        columns = (*_KEY, "InvoiceDate", "InvoiceAmt", "Comment", "ReceiptType", "ReceiptNo")
        try:
            headers = self._find("PO_ReceiptHeader", columns, ("BatchNo", *_BESIDE), where={"ReceiptType": "I"})
        except SkipItem as error:
            if error.code != "table-not-accessible":
                raise
            self._seen.notes[say("Receipts of invoice are not looked at: this Sage 100 shows no P/O module.")] += 1
            return
        lines = _grouped(
            self._source.find(
                "PO_ReceiptDetail",
                ("ReceiptNo", "LineKey", "AccountKey", "ExtensionAmt", "CommentText"),
                "ReceiptNo",
                {row[7] for _, row in headers},
                where={"ReceiptType": "I"},
                order=("ReceiptNo", "LineKey"),
            ),
            1,
        )
        for key, row in headers:
            number = cells.text(row[7], "ReceiptNo")
            yield (
                key,
                _invoice(
                    Place.RECEIPT_OF_INVOICE,
                    cells,
                    row,
                    cells.text(row[8], "BatchNo"),
                    number,
                    (
                        _line(details, line[2], "ExtensionAmt", line[3], line[4])
                        for line in lines[raw_key((row[7],), 1)]
                    ),
                    row[9:11],
                ),
            )

    def open(self) -> Iterator[tuple[InvoiceKey, FoundInvoice]]:
        """Yield those in open invoices; Sage keeps no lines there."""
        cells = Cells("AP_OpenInvoice", self._seen)
        for key, row in self._find("AP_OpenInvoice", (*_KEY, "InvoiceDate", "InvoiceAmt", "Comment"), ()):
            yield key, _invoice(Place.OPEN, cells, row, "", "", ())

    def in_history(self) -> Iterator[tuple[InvoiceKey, FoundInvoice]]:
        """Yield those in history; an invoice that was adjusted stands there once for each posting."""
        cells = Cells("AP_InvoiceHistoryHeader", self._seen)
        details = Cells("AP_InvoiceHistoryDetail", self._seen)
        headers = self._find(
            "AP_InvoiceHistoryHeader", (*_KEY, "InvoiceDate", "InvoiceAmt", "Comment", "HeaderSeqNo"), ()
        )
        lines = _grouped(
            self._source.find(
                "AP_InvoiceHistoryDetail",
                ("InvoiceNo", "HeaderSeqNo", "DetailSeqNo", "AccountKey", "ExtensionAmt", "CommentText"),
                "InvoiceNo",
                {key.number for key, _ in headers},
                order=("InvoiceNo", "HeaderSeqNo", "DetailSeqNo"),
            ),
            2,
        )
        for key, row in headers:
            yield (
                key,
                _invoice(
                    Place.HISTORY,
                    cells,
                    row,
                    "",
                    "",
                    (
                        _line(details, line[3], "ExtensionAmt", line[4], line[5])
                        for line in lines[raw_key((row[2], row[6]), 2)]
                    ),
                ),
            )

    def _find(
        self, table: str, columns: tuple[str, ...], optional: tuple[str, ...], where: Narrowed | None = None
    ) -> list[tuple[InvoiceKey, Row]]:
        cells = Cells(table, self._seen)
        heads = {**(where or {}), **self._vendors}
        rows = self._source.find(table, columns, "InvoiceNo", self._numbers, optional=optional, where=heads)
        keyed = ((_invoice_key(cells, row), row) for row in rows)
        return [(key, row) for key, row in keyed if key in self._wanted]


def _checks_in_entry(
    source: Source, seen: Observations, wanted: frozenset[CheckKey]
) -> Iterator[tuple[CheckKey, FoundCheck]]:
    columns = ("BankCode", "CheckNo", "CheckDate", "APDivisionNo", "VendorNo", "CheckAmt", "Comment")
    headers = _checks(source, seen, "AP_ManualCheckHeader", columns, ("BatchNo",), wanted)
    cells, details = Cells("AP_ManualCheckHeader", seen), Cells("AP_ManualCheckDetail", seen)
    lines = _grouped(
        source.find(
            "AP_ManualCheckDetail",
            ("BankCode", "CheckNo", "LineKey", "InvoiceNo", "InvoiceAmt"),
            "CheckNo",
            {key.check_number for key, _ in headers},
            where=_one_bank(wanted),
            optional=("Comment",),
            order=("BankCode", "CheckNo", "LineKey"),
        ),
        2,
    )
    for key, row in headers:
        yield (
            key,
            _check(
                cells,
                Place.MANUAL_CHECK,
                row,
                cells.text(row[7], "BatchNo"),
                (_line(details, "", "InvoiceAmt", line[4], line[5], line[3]) for line in lines[raw_key(row, 2)]),
            ),
        )


def _checks_in_history(
    source: Source, seen: Observations, wanted: frozenset[CheckKey]
) -> Iterator[tuple[CheckKey, FoundCheck]]:
    columns = (
        "BankCode",
        "CheckNo",
        "CheckDate",
        "APDivisionNo",
        "VendorNo",
        "CheckAmt",
        "CheckComment",
        "CheckSeqNo",
    )
    headers = _checks(source, seen, "AP_CheckHistoryHeader", columns, (), wanted)
    cells, details = Cells("AP_CheckHistoryHeader", seen), Cells("AP_CheckHistoryDetail", seen)
    lines = _grouped(
        source.find(
            "AP_CheckHistoryDetail",
            ("BankCode", "CheckNo", "CheckSeqNo", "InvoiceNo", "AmountPaid"),
            "CheckNo",
            {key.check_number for key, _ in headers},
            where=_one_bank(wanted),
            optional=("Comment",),
            order=("BankCode", "CheckNo", "CheckSeqNo", "InvoiceNo"),
        ),
        3,
    )
    for key, row in headers:
        yield (
            key,
            _check(
                cells,
                Place.HISTORY,
                row,
                "",
                (
                    _line(details, "", "AmountPaid", line[4], line[5], line[3])
                    for line in lines[raw_key((row[0], row[1], row[7]), 3)]
                ),
            ),
        )


def _checks(
    source: Source,
    seen: Observations,
    table: str,
    columns: tuple[str, ...],
    optional: tuple[str, ...],
    wanted: frozenset[CheckKey],
) -> list[tuple[CheckKey, Row]]:
    cells = Cells(table, seen)
    keyed = (
        (CheckKey(cells.text(row[0], "BankCode"), cells.text(row[1], "CheckNo")), row)
        for bank in sorted({key.bank_code for key in wanted})
        for row in source.find(
            table,
            columns,
            "CheckNo",
            {key.check_number for key in wanted if key.bank_code == bank},
            optional=optional,
            where={"BankCode": bank},
        )
    )
    return [(key, row) for key, row in keyed if key in wanted]


def _one_bank(keys: Collection[CheckKey]) -> dict[str, str]:
    banks = {key.bank_code for key in keys}
    return {"BankCode": next(iter(banks))} if len(banks) == 1 else {}


def _invoice(
    place: Place,
    cells: Cells,
    row: Row,
    batch: str,
    entry_number: str,
    lines: Iterable[FoundLine],
    beside: Sequence[object] = (),
) -> FoundInvoice:
    """Make the invoice of a header's `row` (its key, date, amount, comment); `lines` may be read only here.

    `beside` are the values of `_BESIDE`, None where this Sage does not have them: then it cannot be summed up.
    """
    try:
        amount, there = cells.amount(row[4], "InvoiceAmt"), tuple(lines)
        others = [cells.amount(raw, column) for raw, column in zip(beside, _BESIDE, strict=False) if raw is not None]
        summed = len(others) == len(_BESIDE)
        return FoundInvoice(
            place,
            batch,
            cells.day(row[3], "InvoiceDate"),
            amount,
            cells.text(row[5], "Comment"),
            entry_number,
            there,
            balanced=not summed or sum((line.amount for line in there), sum(others)) == amount,
        )
    except UnreadableValue as error:
        return FoundInvoice(place, batch, None, ZERO, "", entry_number, (), unreadable=described(error))


def _open_invoice(cells: Cells, row: Row) -> LedgerOpenInvoice:
    try:
        return LedgerOpenInvoice(cells.amount(row[3], "Balance"), cells.amount(row[4], "DiscountAmt"))
    except UnreadableValue as error:
        return LedgerOpenInvoice(ZERO, ZERO, unreadable=described(error))


def _check(cells: Cells, place: Place, row: Row, batch: str, lines: Iterable[FoundLine]) -> FoundCheck:
    division, vendor = cells.text(row[3], "APDivisionNo"), cells.text(row[4], "VendorNo")
    try:
        amount, there = cells.amount(row[5], "CheckAmt"), tuple(lines)
        return FoundCheck(
            place,
            batch,
            cells.day(row[2], "CheckDate"),
            division,
            vendor,
            amount,
            cells.text(row[6], "Comment"),
            there,
            balanced=place.posted or sum((line.amount for line in there), ZERO) == amount,
        )
    except UnreadableValue as error:
        return FoundCheck(place, batch, None, division, vendor, ZERO, "", (), unreadable=described(error))


def _few_vendors(keys: Collection[InvoiceKey]) -> dict[str, list[str]]:
    """Return what narrows a query to the vendors of `keys`, where they are few: two tables' keys begin with them."""
    divisions, vendors = (sorted({key[place] for key in keys}) for place in (0, 1))
    return dict(zip(_KEY, (divisions, vendors), strict=False)) if len(vendors) <= FEW else {}


def _invoice_key(cells: Cells, row: Row) -> InvoiceKey:
    return InvoiceKey(
        cells.text(row[0], "APDivisionNo"),
        cells.text(row[1], "VendorNo"),
        cells.text(row[2], "InvoiceNo"),
    )


def _line(
    cells: Cells, account: object, amount_column: str, amount: object, comment: object, invoice: object = ""
) -> FoundLine:
    return FoundLine(
        cells.text(account, "AccountKey"),
        cells.amount(amount, amount_column) if amount is not None else ZERO,
        cells.text(comment, "CommentText"),
        cells.text(invoice, "InvoiceNo"),
    )


def _grouped(rows: Iterable[Row], width: int) -> defaultdict[Key, list[Row]]:
    grouped: defaultdict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[raw_key(row, width)].append(row)
    return grouped
