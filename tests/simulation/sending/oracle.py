"""What must hold whatever happens, judged by what stands in Sage and in Quadient AP, never by AP Bridge's own word."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from app.cloud.port import DocumentKind, DocumentResult, Move, Outcome
from app.domain.findings import Severity
from app.domain.invoices import Invoice, InvoiceKey
from app.domain.money import ZERO
from app.domain.payments import CheckKey, Payment
from app.engine.checks import check_number
from app.engine.sending.marks import marked_with
from app.engine.views import DocumentRow, Views
from app.errors import ExitCode
from tests.simulation.sending.books import BANK, ENTRY, INACTIVE, POSTED, Bill, Books, Check
from tests.simulation.sending.cloud import Document, Filed, SimulatedCloud
from tests.simulation.sending.disk import SimulatedStore

FAULT = "the run ended by a fault in AP Bridge"


class Problem(NamedTuple):
    """Something that must never be: `kind` is lost, doubled or broken."""

    kind: str
    sentence: str


class Oracle:
    """Watches both sides during the runs of one story; `problems` are sentences, none when all is well."""

    def __init__(self, books: Books, cloud: SimulatedCloud) -> None:
        self.problems: list[Problem] = []
        self._books = books
        self._cloud = cloud
        self._previewing = False
        self._last_listing: dict[str, Document] = {}
        self._previewed: dict[str, list[Document]] = {}
        self._shown_now: dict[str, list[Document]] = {}
        self._evidence: dict[str, list[Bill | Check]] = {}  # what looks have shown, in this run and last before it
        self._seen: set[int] = set()
        self._at_first: dict[int, tuple[InvoiceKey | CheckKey, Decimal]] = {}  # Sage when the run began
        self._disturbed = self._misled = False  # within the run people acted, or a read was stale
        self._unanswered: dict[str, DocumentResult] = {}
        self._edited: set[str] = set()

    def begin_run(self, *, previewing: bool) -> None:
        """Forget what only matters within one run."""
        self._evidence = {id_: shown[-1:] for id_, shown in self._evidence.items()}
        self._previewing = previewing
        self._last_listing.clear()
        records: list[Bill | Check] = [*self._books.bills.values(), *self._books.checks.values()]
        self._at_first = {record.id: (record.key, record.amount) for record in records}
        self._shown_now = {}
        self._disturbed = self._misled = False
        self._edited.clear()

    def acted(self, document: str) -> None:
        """People did something: to `document` in Quadient AP, or in Sage ('').

        What was told of a document need not be repeated when it is not so any more.
        """
        for id_ in list(self._unanswered):
            if id_ == document or id_ in self._books.touched:
                del self._unanswered[id_]

    def interfered(self, document: str) -> None:
        """People did something while a run was on its way."""
        self.acted(document)
        self._disturbed = True
        self._edited.add(document)

    def misled(self) -> None:
        """A look was answered with what was there before."""
        self.blinded()
        self._disturbed = self._misled = True

    def blinded(self) -> None:
        """A look could not be had: what was about to be told again need not stand as it was."""
        self._unanswered.clear()

    def served(self, kind: DocumentKind, documents: Sequence[Document]) -> None:
        """Remember the versions that AP Bridge was shown as ready."""
        for id_ in [id_ for id_ in self._last_listing if self._cloud.files[id_].kind is kind]:
            del self._last_listing[id_]
        for document in documents:
            self._last_listing[document.id] = document
            if self._previewing:
                self._shown_now.setdefault(document.id, []).append(document)

    def shown(self, record: Bill | Check) -> None:
        """Remember what a look has shown."""
        self._seen.add(record.id)
        if record.origin:
            self._evidence.setdefault(record.origin, []).append(record)

    def entering(self, document: Document) -> None:
        """What is entered is what was previewed, as Quadient AP has it, and Sage has nothing of it."""
        there = self._last_listing.get(document.id)
        if there is None or _same(there) != _same(document):
            self._wrong(f"{document.id} is entered, and Quadient AP does not show it so")
        versions = [*self._previewed.get(document.id, ()), *self._shown_now.get(document.id, ())]
        if all(_same(version) != _same(document) for version in versions):
            self._wrong(f"{document.id} is entered as it was never previewed")
        for record in self._under(document):
            if (record.origin == document.id or record.id in self._seen) and not self._misled:
                self._wrong(f"{document.id} is entered although Sage has its number, which a look would show")
        for record in self._under_in_capitals(document):
            if self._at_first.get(record.id) == (record.key, record.amount) and not self._misled:
                self._wrong(f"{document.id} is entered although Sage has its number in other capitals")
        twins = [
            each.id
            for each in self._last_listing.values()
            if each.id != document.id and _is_twin(each, document) and not self._books.of(each.id)
            if each.id in self._previewed
        ]
        if twins:
            self._wrong(f"{document.id} is entered, and {twins} are ready under the same number")

    def entered(self, document: Document) -> None:
        """From now on only a new look is evidence."""
        self._evidence.pop(document.id, None)

    def acknowledged(self, filed: Filed, result: Mapping[str, Any]) -> None:
        """What is told is what a look has shown, and never two different things."""
        id_ = filed.document.id
        if filed.told and filed.told[-1] != result["outcome"] + result["external_id"]:
            self._wrong(f"{id_} is told twice, differently")
        filed.told.append(result["outcome"] + result["external_id"])
        if result["outcome"] == Outcome.EXPORTED:
            self._check_evidence(filed, result["external_id"])
        else:
            if id_ not in self._books.refusals:
                self._wrong(f"{id_} is told as refused, and Sage never refused it")
            if not self._disturbed and any(each.origin == id_ for each in self._books.of(id_)):
                self._wrong(f"{id_} is told as refused, and Sage has it")

    def deleting(self, record: Bill | Check, document: str) -> None:
        """Only what AP Bridge wrote, and nobody posted or edited, is deleted."""
        if record.origin != document or record.place == POSTED:
            self._wrong(f"{document} is undone, and what is deleted is not its unposted record")
        elif record.written is None or record.amount != record.written.amount:
            self._wrong(f"{document} is undone although people edited it")
        self._disturbed = True
        self._evidence.pop(document, None)

    def moved(self, filed: Filed, record: Mapping[str, str]) -> None:
        """An export is undone there only when it is in Sage; what is marked as exported stands where it is said to."""
        id_, there = filed.document.id, self._books.of(filed.document.id)
        if record["move"] == Move.UNDO_EXPORT and filed.status == "EX" and there and not self._misled:
            self._wrong(f"{id_} is told as undone, and still stands in Sage")
        people_in_sage = "" in self._edited or id_ in self._books.touched
        if record["external_id"] and not self._misled and not people_in_sage:
            known = {_external_id(each) for each in (*self._books.bills.values(), *self._books.checks.values())}
            if record["external_id"] not in known:
                self._wrong(f"{id_} is marked as exported as {record['external_id']}, which Sage does not have")

    def asked(self, results: Sequence[DocumentResult], *, answered: bool) -> None:
        """What was told and not answered is repeated word for word, with the same key, unless people changed it."""
        for result in results:
            if self._unanswered.get(result.id, result) != result:
                self._wrong(f"{result.id} was told without an answer, and is told otherwise now")
            self._unanswered[result.id] = result
        for result in results:
            if answered or result.id in self._edited | self._books.touched:
                self._unanswered.pop(result.id, None)  # a document may be told of twice at once

    def end_run(self, code: ExitCode | None, run: str, store: SimulatedStore) -> None:
        """Check what must hold after every run, whole or broken off (None)."""
        if code is ExitCode.BUG:
            self._wrong(FAULT)
        for id_ in self._cloud.files:
            records = self._books.of(id_)
            if len(records) > 1:
                self._wrong(f"{id_} is doubled in Sage", "doubled")
            for record in records:
                if id_ not in self._books.touched:
                    self._check_money(id_, record)
        self._check_batches()
        if self._previewing and code in (ExitCode.DONE, ExitCode.NEEDS_USER):
            self._previewed |= self._shown_now
        elif self._previewing:
            for id_, versions in self._shown_now.items():
                self._previewed.setdefault(id_, []).extend(versions)
        if code in (ExitCode.DONE, ExitCode.NEEDS_USER) and not self._disturbed:
            self._check_totals(run, store)

    def end(self, views: Views) -> None:
        """Check where each document is at last: once in Sage, or waiting for a person with a true reason."""
        needs = {(each.list, each.key): each.code for each in views.needs_you()}
        rows = {row.id: row for kind in DocumentKind for row in views.documents(kind)}
        for id_, filed in self._cloud.files.items():
            records = self._books.of(id_)
            asks = (filed.kind.value, id_) in needs
            if filed.status == "EX" and not filed.settled_by_hand:
                if needs.get((filed.kind.value, id_)) == "undo-broken-off" and self._under(filed.document):
                    continue  # whether that is the one is for a person to see
                self._check_exported(filed, records)
            elif filed.ready or filed.status == "SE":
                if not asks:
                    self._wrong(f"{id_} is lost: {filed.status}, {len(records)} in Sage, not under Needs you", "lost")
                elif id_ in rows and not self._is_true(filed, rows[id_]):
                    self._wrong(f"{id_} waits without a true reason: {_reason(rows[id_])}")
            elif filed.status != "EX" and records and not filed.was_exported and not asks:
                self._wrong(f"{id_} stands in Sage, is {filed.status} in Quadient AP, and nobody is told")

    def _check_exported(self, filed: Filed, records: Sequence[Bill | Check]) -> None:
        id_ = filed.document.id
        if id_ in self._books.touched:
            return
        if len(records) != 1:
            self._wrong(f"{id_} is Exported and {len(records)} times in Sage", "doubled" if records else "lost")
        elif not _says_the_same(filed.document, records[0]):
            self._wrong(f"{id_} is Exported and different in Sage")

    def _check_evidence(self, filed: Filed, external_id: str) -> None:
        id_ = filed.document.id
        shown = self._evidence.get(id_, [])
        # People may renumber it between a look and the acknowledgement that follows from it.
        record = next((each for each in reversed(shown) if _external_id(each) == external_id), None)
        if record is None and shown:
            self._wrong(f"{id_} is acknowledged as {external_id}, and Sage has {_external_id(shown[-1])}")
        elif record is None:
            self._wrong(f"{id_} is acknowledged without a look that showed it")
        elif not _says_the_same(filed.document, record) and id_ not in self._books.touched:
            self._wrong(f"{id_} is acknowledged, and what Sage has is different")

    def _check_money(self, id_: str, record: Bill | Check) -> None:
        written = record.written
        if written is None or record.amount != written.amount:
            self._wrong(f"{id_} has {record.amount} in Sage and was sent with another amount")
        elif isinstance(record, Bill) and isinstance(written, Invoice):
            added = sum((line.amount for line in record.lines), written.freight + written.tax)
            if added != record.amount:
                self._wrong(f"the lines of {id_} do not come to its amount")

    def _check_batches(self) -> None:
        """What AP Bridge enters shares a batch only with what is posted to the same month."""
        months: dict[tuple[object, str], str] = {}
        for record in (*self._books.bills.values(), *self._books.checks.values()):
            if record.batch and record.origin and record.origin not in self._books.touched:
                batch = (record.screen if isinstance(record, Bill) else Check, record.batch)
                if months.setdefault(batch, f"{record.day:%Y-%m}") != f"{record.day:%Y-%m}":
                    self._wrong(f"batch {record.batch} holds documents of two months")

    def _check_totals(self, run: str, store: SimulatedStore) -> None:
        """A total that matches is true: what it counts stands in Sage and is acknowledged, to the cent."""
        told_rows = store.rows("SELECT data FROM events WHERE run = ? AND event = 'totals'", (run,))
        for row in (each for told in told_rows for each in orjson.loads(told["data"])["rows"]):
            if row["differing"]:
                continue
            documents = store.rows(
                "SELECT DISTINCT document FROM journal WHERE run = ? AND destination = ? AND batch = ?"
                " AND (state IN ('proven', 'acknowledged') OR (state = 'stopped' AND written_at IS NOT NULL))"
                " AND (substr(amount, 1, 1) = '-') = ?",
                (row["run"], row["destination"], row["batch"], row["credit"]),
            )
            in_sage = in_cloud = ZERO
            for (id_,) in (tuple(each.values()) for each in documents):
                in_sage += sum((each.amount for each in self._books.of(id_)), ZERO)
                filed = self._cloud.files[id_]
                in_cloud += filed.document.amount if filed.runs else ZERO
            told = {Decimal(row[f"{side}_amount"]) for side in ("sent", "sage", "cloud")}
            if told != {in_sage} or in_sage != in_cloud:
                self._wrong(f"the totals {sorted(told)} match, and there are {in_sage} in Sage, {in_cloud} told")

    def _is_true(self, filed: Filed, row: DocumentRow) -> bool:
        """Tell whether the reason that a person is given is one; a reason nobody thought of here is none."""
        document, books = filed.document, self._books
        true: Mapping[str, Callable[[], bool]] = {
            "sage-refused": lambda: document.id in books.refusals,
            "already-in-sage": lambda: document.id in books.refusals,
            "duplicate-unposted": lambda: any(record.place == ENTRY for record in self._duplicates(document)),
            "duplicate-posted": lambda: any(record.place == POSTED for record in self._duplicates(document)),
            "different-in-sage": lambda: bool(self._under(document) or books.of(document.id)),
            "check-number-used": lambda: bool(self._duplicates(document)),
            "duplicate-in-run": lambda: self._has_twin(document),
            "sent-under-another-number": lambda: bool(books.of(document.id)) or self._was_entered_by_hand(document),
            "renumbered-in-sage": lambda: (
                any(record.key != _key(document) for record in books.of(document.id))
                or self._was_entered_by_hand(document)
                or self._may_be_another_renumbered(document)
                or self._has_an_unmarked_like(document)
            ),
            "vendor-inactive": lambda: document.vendor_number == INACTIVE,
            "po-over-invoiced": lambda: self._is_billed_elsewhere(document),
            "invoice-not-open": lambda: isinstance(document, Payment) and not self._payable(document),
            "over-balance": lambda: isinstance(document, Payment) and not self._payable(document),
        }
        return true.get(_reason(row), lambda: False)()

    def _was_entered_by_hand(self, document: Document) -> bool:
        """Tell whether people have entered a bill or check of this vendor."""
        bills = [bill for bill in self._books.bills.values() if bill.key.vendor_number == document.vendor_number]
        checks = [each for each in self._books.checks.values() if each.vendor_number == document.vendor_number]
        return any(not record.origin for record in (*bills, *checks))

    def _may_be_another_renumbered(self, document: Document) -> bool:
        """Tell whether people renumbered one of this vendor's that has no mark: nobody can tell then which it is."""
        return any(
            bill.key.vendor_number == document.vendor_number
            and not marked_with([bill.comment, *(line.comment for line in bill.lines)])
            and bill.written is not None
            and bill.key != _key(bill.written)
            for bill in self._books.bills.values()
        )

    def _has_an_unmarked_like(self, document: Document) -> bool:
        """Tell whether a bill of the vendor's with its day and amount has no whole mark of another one."""
        return isinstance(document, Invoice) and any(
            (bill.key.vendor_number, bill.day, bill.amount)
            == (document.vendor_number, document.invoice_date, document.amount)
            and document.id.startswith(marked_with([bill.comment, *(line.comment for line in bill.lines)]))
            for bill in self._books.bills.values()
        )

    def _has_twin(self, document: Document) -> bool:
        return any(
            each.document.id != document.id and each.ready and _is_twin(each.document, document)
            for each in self._cloud.files.values()
        )

    def _is_billed_elsewhere(self, document: Document) -> bool:
        """Tell whether another bill of an order is in Sage or on its way."""
        return any(bill.order for bill in self._books.bills.values()) or any(
            isinstance(each.document, Invoice) and each.document.purchase_order and each.document.id != document.id
            for each in self._cloud.files.values()
        )

    def _payable(self, payment: Payment) -> bool:
        taken: dict[str, Decimal] = {}
        for check in self._books.checks.values():
            for number, paid, discount in check.paid if check.place == ENTRY else ():
                taken[number] = taken.get(number, ZERO) + paid + discount
        for filed in self._cloud.files.values():
            if isinstance(filed.document, Payment) and filed.ready and filed.document.id != payment.id:
                for line in filed.document.lines:
                    taken[line.invoice_number] = taken.get(line.invoice_number, ZERO) + line.amount
        for line in payment.lines:
            bill = self._books.open_bill(InvoiceKey(payment.division, payment.vendor_number, line.invoice_number))
            if bill is None or bill.balance - taken.get(line.invoice_number, ZERO) < line.amount:
                return False
        return True

    def _under(self, document: Document) -> Sequence[Bill | Check]:
        if isinstance(document, Invoice):
            return self._books.bills_under(document.key)
        return [check for check in self._books.checks.values() if check.key == _key(document)]

    def _under_in_capitals(self, document: Document) -> Sequence[Bill | Check]:
        """Return what Sage has of the vendor's under the number in other capitals, with the same amount."""
        key = _key(document)
        records: Sequence[Bill | Check] = list(
            self._books.bills.values() if isinstance(document, Invoice) else self._books.checks.values()
        )
        return [
            record
            for record in records
            if record.key != key and _in_capitals(record.key) == _in_capitals(key) and record.amount == document.amount
            if not isinstance(record, Check) or record.vendor_number == document.vendor_number
        ]

    def _duplicates(self, document: Document) -> Sequence[Bill | Check]:
        return [*self._under(document), *self._under_in_capitals(document)]

    def _wrong(self, sentence: str, kind: str = "broken") -> None:
        problem = Problem(kind, sentence)
        if problem not in self.problems:
            self.problems.append(problem)


def _key(document: Document) -> InvoiceKey | CheckKey:
    return document.key if isinstance(document, Invoice) else CheckKey(BANK, check_number(document, ""))


def _in_capitals(key: InvoiceKey | CheckKey) -> tuple[str, ...]:
    return tuple(part.upper() for part in key)


def _is_twin(one: Document, other: Document) -> bool:
    """Tell whether two documents have one number, or one in two spellings for one amount."""
    same = _key(one) == _key(other)
    return same or (_in_capitals(_key(one)) == _in_capitals(_key(other)) and one.amount == other.amount)


def _same(document: Document) -> Document:
    """Return what must not change on the way; terms and hold the vendor may decide, and what counts is what it says."""
    said = replace(document, revision="")
    return replace(said, terms="", hold=False) if isinstance(said, Invoice) else said


def _says_the_same(document: Document, record: Bill | Check) -> bool:
    """Tell whether Sage has what Quadient AP has, to the last word of what was entered."""
    return _equal(document, record) and (record.written is None or _same(document) == _same(record.written))


def _equal(document: Document, record: Bill | Check) -> bool:
    day = document.invoice_date if isinstance(document, Invoice) else document.payment_date
    return (_key(document), day, document.amount) == (record.key, record.day, record.amount)


def _external_id(record: Bill | Check) -> str:
    if isinstance(record, Check):
        return f"SIM:{record.key.bank_code}:{record.key.check_number}"
    return f"SIM:{record.key.division}-{record.key.vendor_number}:{record.key.number}"


def _reason(row: DocumentRow) -> str:
    if row.state == "blocked":
        return next(each.code for each in row.findings if each.severity is Severity.STOPS)
    return row.steps[-1].code if row.steps else row.state
