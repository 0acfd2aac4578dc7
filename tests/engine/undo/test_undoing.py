"""Undoing, stage by stage: what the cloud does not take, a cancel half way, and what is not known any more."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cloud.port import DocumentKind, Move, RecordResult, RecordStatus, ShownDocument
from app.domain.codec import canonical, fingerprint
from app.domain.invoices import Destination, Invoice, InvoiceLine
from app.engine.events import Event, Kind
from app.engine.run import Run
from app.engine.sending.journal import Intent, Journal
from app.engine.sending.moves import Asked, Moves
from app.engine.sending.natural_key import natural_key
from app.engine.sending.settling import Settling
from app.engine.undo.undo_journal import UndoJournal
from app.engine.undo.undoing import Undoing
from app.engine.views import Views
from app.errors import Cancelled, NeedsUser, RetryLater, Side, SkipItem
from app.sage.elsewhere import Alike
from app.sage.found import FoundInvoice, FoundLine, Place, Sizes
from app.sage.refusals import LOCKED
from tests.engine.fakes import COMPANY, NOW, make_run

INVOICE = Invoice(
    id="inv-1",
    division="00",
    vendor_number="0000123",
    vendor_name="Acme",
    number="INV-1",
    invoice_date=date(2026, 2, 1),
    due_date=None,
    discount_date=None,
    terms="01",
    description="Paper",
    currency="USD",
    amount=Decimal("12.50"),
    freight=Decimal("0.00"),
    tax=Decimal("0.00"),
    tax_schedule="",
    separate_cheque=False,
    hold=False,
    purchase_order="",
    image_url="",
    lines=(InvoiceLine(1, "000000001", Decimal("12.50")),),
)


@dataclass
class Books:
    """Sage with unposted invoices: the company, its ledger and its writer in one."""

    there: dict[Any, FoundInvoice] = field(default_factory=dict)
    on_delete: Any = None

    @property
    def ledger(self) -> "Books":
        return self

    def enter(self, invoice: Invoice) -> None:
        line = FoundLine("000000001", invoice.amount, f"AP Bridge {invoice.id}")
        self.there[invoice.key] = FoundInvoice(
            Place.INVOICE_ENTRY, "00001", invoice.invoice_date, invoice.amount, "", "", (line,)
        )

    def invoices(self, keys: Sequence[Any]) -> dict[Any, tuple[FoundInvoice, ...]]:
        return {key: (self.there[key],) for key in keys if key in self.there}

    def invoices_of(self, alike: Alike) -> set[Any]:
        return {key for key in self.there if (key.division, key.vendor_number) in alike.vendors}

    def checks(self, keys: Sequence[Any]) -> dict[Any, Any]:
        raise AssertionError("there are no checks here")

    def sizes(self) -> Sizes:
        return Sizes()

    def batch_is_empty(self, destination: Destination, batch: str) -> bool:
        return not self.there

    def __enter__(self) -> "Books":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("undoing writes nothing")

    select_batch = write_invoice = write_receipt_of_invoice = write_check = _refuse
    delete_receipt_of_invoice = delete_check = _refuse

    def delete_invoice(self, invoice: Invoice, **_: Any) -> None:
        del self.there[invoice.key]
        if self.on_delete is not None:
            self.on_delete()


@dataclass
class Cloud:
    """Quadient AP with one answer to every move, and one status for every document."""

    status: RecordStatus = RecordStatus.ACCEPTED
    shown: str = "EX"
    max_batch: int = 100
    asked: list[tuple[tuple[str, ...], str]] = field(default_factory=list)

    def move(
        self, kind: DocumentKind, ids: Sequence[str], move: Move, run: str, key: str, *_: Any
    ) -> list[RecordResult]:
        assert (kind, move) == (DocumentKind.INVOICE, Move.UNDO_EXPORT)
        self.asked.append((tuple(ids), key))
        said = ("", "") if self.status is RecordStatus.ACCEPTED else ("locked", "Somebody works on it.")
        return [RecordResult(id_, self.status, *said) for id_ in ids]

    def document(self, kind: DocumentKind, id_: str) -> ShownDocument:
        return ShownDocument(id_, self.shown, Decimal("12.50"), "", "")


def brought(run: Run, books: Books, *invoices: Invoice) -> None:
    """Note that the run brought these invoices into Sage and that the cloud knows."""
    journal = Journal(run)
    for invoice in invoices:
        hashed = fingerprint(canonical(invoice))
        (entry,) = journal.intend("invoice", [Intent(invoice, hashed, natural_key(invoice, None))])
        journal.written(entry, "00001")
        journal.proven(entry.id, "00001", "ABC:x", {})
        run.store.write(
            "UPDATE journal SET state = 'acknowledged', acknowledged_at = ? WHERE id = ?", (run.stamp(), entry.id)
        )
        run.store.write(
            "INSERT OR REPLACE INTO documents (company, kind, id, payload, hash, state, findings, previewed_at, run)"
            " VALUES (?, 'invoice', ?, ?, ?, 'sent', '[]', ?, ?)",
            (COMPANY.code, invoice.id, canonical(invoice).decode(), hashed, run.stamp(), run.id),
        )
        books.enter(invoice)


def opened(folder: Path, books: Books, run_id: str, later: int = 0) -> tuple[Run, list[Event]]:
    run, told = make_run(folder, run_id)
    ports = replace(run.ports, open_writer=lambda *_: books, now=lambda: NOW + timedelta(minutes=later))
    run.ports = ports
    return run, told


def undo(run: Run, books: Books, cloud: Cloud, *ids: str) -> dict[str, int]:
    with Undoing(run, books, cloud) as undoing:  # type: ignore[arg-type]  # only what undoing uses is there
        return undoing.undo(None, None, ids)


def states(run: Run) -> list[str]:
    return [row["state"] for row in run.store.rows("SELECT state FROM journal ORDER BY id")]


def codes(told: list[Event]) -> list[str]:
    return [str(event.data["code"]) for event in told if event.kind is Kind.ITEM and event.data["code"]]


@pytest.mark.parametrize("later", [5, -60], ids=["later", "the-clock-set-back"])
def test_what_the_cloud_does_not_take_needs_the_user_until_it_does(tmp_path: Path, later: int) -> None:
    books, cloud = Books(), Cloud(RecordStatus.REFUSED)
    run, _ = opened(tmp_path, books, "run-1")
    brought(run, books, INVOICE)
    undo(run, books, cloud, "inv-1")
    assert (books.there, states(run), run.needs_user) == ({}, ["undone"], True)
    views = Views(tmp_path / "store.sqlite", COMPANY.code)
    (need,) = [each for each in views.needs_you() if each.key == "inv-1"]
    views.close()
    assert need.title == "inv-1 was deleted in Sage, but Quadient AP still has it as Exported"
    assert (need.message, "Undo Export" in need.fix) == ("Somebody works on it.", True)

    cloud.status = RecordStatus.ACCEPTED
    again, _ = opened(tmp_path, books, "run-2", later)
    Settling(again, books, cloud).finish_begun()  # type: ignore[arg-type]
    with Undoing(again, books, cloud) as undoing:  # type: ignore[arg-type]
        undoing.finish_begun()
    assert [ids for ids, _ in cloud.asked] == [("inv-1",), ("inv-1",)]
    assert cloud.asked[0][1] != cloud.asked[1][1], "an answer that was no is not repeated"
    assert views.needs_you() == []
    views.close()
    with Undoing(again, books, cloud) as undoing:  # type: ignore[arg-type]
        undoing.finish_begun()
    assert len(cloud.asked) == 2, "what is answered is not asked again"


def test_what_is_no_longer_exported_there_is_told_enough(tmp_path: Path) -> None:
    books, cloud = Books(), Cloud(RecordStatus.REFUSED, shown="RS")
    run, _ = opened(tmp_path, books, "run-1")
    brought(run, books, INVOICE)
    counts = undo(run, books, cloud, "inv-1")
    assert (counts["undone"], counts["told"]) == (1, 1)
    assert run.store.rows("SELECT * FROM journal WHERE undo_told_at IS NULL") == []


def test_a_cancel_half_way_keeps_what_was_not_deleted(tmp_path: Path) -> None:
    books, cloud = Books(), Cloud()
    run, told = opened(tmp_path, books, "run-1")
    brought(run, books, INVOICE, replace(INVOICE, id="inv-2", number="INV-2"))
    books.on_delete = run.cancel.cancel
    with pytest.raises(Cancelled):
        undo(run, books, cloud, "inv-1", "inv-2")
    assert states(run) == ["undone", "acknowledged"]
    assert [key.number for key in books.there] == ["INV-2"]
    assert codes(told) == ["undo-broken-off"]
    next_run, _ = opened(tmp_path, books, "run-2")
    with Undoing(next_run, books, cloud) as undoing:  # type: ignore[arg-type]
        undoing.finish_begun()
    assert [ids for ids, _ in cloud.asked] == [("inv-1",)]


@pytest.mark.parametrize(
    ("days", "taken", "state"),
    [(0, True, "undone"), (1, True, "gone"), (1, False, "undone")],
    ids=["today", "yesterday", "yesterday, and not taken there"],
)
def test_an_undone_document_leaves_the_preview_on_another_day(
    tmp_path: Path, days: int, taken: bool, state: str
) -> None:
    books, cloud = Books(), Cloud(RecordStatus.ACCEPTED if taken else RecordStatus.REFUSED)
    run, _ = opened(tmp_path, books, "run-1")
    brought(run, books, INVOICE)
    undo(run, books, cloud, "inv-1")
    later, _ = opened(tmp_path, books, "run-2", later=days * 24 * 60)
    UndoJournal(later).retire("invoice")
    assert later.store.rows("SELECT state FROM documents") == [{"state": state}]
    assert states(later) == ["undone"]


def test_an_undo_that_cannot_be_looked_at_waits_and_the_run_goes_on(tmp_path: Path) -> None:
    books, cloud = Books(), Cloud()
    run, _ = opened(tmp_path, books, "run-1")
    brought(run, books, INVOICE)
    UndoJournal(run).undoing(UndoJournal(run).of_documents(["inv-1"], None))
    find = books.invoices

    def unreadable(_: Sequence[Any]) -> Any:
        raise SkipItem("table-not-accessible", "A table is closed", "AP_InvoiceHeader.", "Open it.", side=Side.SAGE)

    books.invoices = unreadable  # type: ignore[method-assign]
    with Undoing(run, books, cloud) as undoing:  # type: ignore[arg-type]
        undoing.finish_begun()
        assert (states(run), run.needs_user, cloud.asked) == (["undoing"], True, [])
        books.invoices = find  # type: ignore[method-assign]
        undoing.finish_begun()
    assert states(run) == ["acknowledged"]


def test_a_record_that_somebody_has_open_is_left_and_the_others_go(tmp_path: Path) -> None:
    books, cloud = Books(), Cloud()
    run, told = opened(tmp_path, books, "run-1")
    brought(run, books, INVOICE, replace(INVOICE, id="inv-2", number="INV-2"))
    delete = books.delete_invoice

    def locked(invoice: Invoice, **given: Any) -> None:
        if invoice.id == "inv-1":
            raise RetryLater(LOCKED, "Sage 100 is busy", "Somebody has it open.", "Try again.", side=Side.SAGE)
        delete(invoice, **given)

    books.delete_invoice = locked  # type: ignore[method-assign]
    undo(run, books, cloud, "inv-1", "inv-2")
    assert states(run) == ["acknowledged", "undone"]
    assert codes(told) == [LOCKED]
    assert [ids for ids, _ in cloud.asked] == [("inv-2",)]


def test_a_document_that_stands_under_two_numbers_is_undone_under_both(tmp_path: Path) -> None:
    books, cloud = Books(), Cloud()
    run, _ = opened(tmp_path, books, "run-1")
    brought(run, books, INVOICE, replace(INVOICE, number="INV-1-A"))
    assert undo(run, books, cloud, "inv-1")["undone"] == 2
    assert (books.there, states(run)) == ({}, ["undone", "undone"])


def test_what_was_sent_and_is_not_known_any_more_is_left(tmp_path: Path) -> None:
    books, cloud = Books(), Cloud()
    run, told = opened(tmp_path, books, "run-1")
    brought(run, books, INVOICE)
    run.store.write("UPDATE journal SET payload = ''")
    assert undo(run, books, cloud, "inv-1")["undone"] == 1, "the preview still has it"
    brought(run, books, INVOICE)
    run.store.write("UPDATE journal SET payload = ''")
    run.store.write("DELETE FROM documents")
    undo(run, books, cloud, "inv-1")
    assert codes(told)[-1] == "content-unknown"
    assert len(books.there) == 1


def test_a_writer_that_deletes_nothing_is_told_before_anything_is_begun(tmp_path: Path) -> None:
    books = Books()
    run, _ = opened(tmp_path, books, "run-1")
    brought(run, books, INVOICE)
    run.company = replace(COMPANY, sage=replace(COMPANY.sage, writer="visual_integrator"))
    with pytest.raises(NeedsUser) as caught:
        undo(run, books, Cloud(), "inv-1")
    assert caught.value.code == "cannot-delete"
    assert states(run) == ["acknowledged"]


def test_many_are_undone_in_groups_with_two_look_ups_each(tmp_path: Path) -> None:
    books, cloud = Books(), Cloud()
    run, _ = opened(tmp_path, books, "run-1")
    many = [replace(INVOICE, id=f"inv-{n}", number=f"INV-{n}") for n in range(60)]
    brought(run, books, *many)
    looks = []
    find = books.invoices
    books.invoices = lambda keys: looks.append(len(keys)) or find(keys)  # type: ignore[method-assign, func-returns-value]
    assert undo(run, books, cloud, *(invoice.id for invoice in many))["undone"] == 60
    assert looks == [25, 25, 25, 25, 10, 10]
    assert [len(ids) for ids, _ in cloud.asked] == [25, 25, 10]


def test_what_sage_says_to_be_deleted_and_shows_all_the_same_is_looked_for_again_by_the_next_run(
    tmp_path: Path,
) -> None:
    books, cloud = Books(), Cloud()
    run, told = opened(tmp_path, books, "run-1")
    brought(run, books, INVOICE)
    late = books.there[INVOICE.key]
    books.on_delete = lambda: books.there.update({INVOICE.key: late})
    undo(run, books, cloud, "inv-1")
    assert (states(run), codes(told), cloud.asked) == (["undoing"], ["undo-still-shown"], [])
    books.there.clear()
    again, _ = opened(tmp_path, books, "run-2", later=5)
    with Undoing(again, books, cloud) as undoing:  # type: ignore[arg-type]
        undoing.finish_begun()
    assert states(again) == ["undone"]
    assert [ids for ids, _ in cloud.asked] == [("inv-1",)]


@pytest.mark.parametrize("settled", [False, True], ids=["open", "left"])
def test_what_stands_without_a_mark_after_a_broken_off_undo_needs_the_user_until_she_leaves_it(
    tmp_path: Path, settled: bool
) -> None:
    books, cloud = Books(), Cloud()
    run, _ = opened(tmp_path, books, "run-1")
    brought(run, books, INVOICE)
    UndoJournal(run).undoing(UndoJournal(run).of_documents(["inv-1"], None))
    books.there[INVOICE.key] = replace(books.there[INVOICE.key], amount=Decimal("9.00"), lines=())
    again, _ = opened(tmp_path, books, "run-2", later=5)
    with Undoing(again, books, cloud) as undoing:  # type: ignore[arg-type]
        undoing.finish_begun()
    if settled:
        takes_all = SimpleNamespace(
            max_batch=9, move=lambda _, ids, *__: [RecordResult(id_, RecordStatus.ACCEPTED) for id_ in ids]
        )
        with again.reporter.stage("mark", "") as stage:
            Moves(again, takes_all).ask(DocumentKind.INVOICE, Move.MARK_AS_EXPORTED, {"inv-1": Asked()}, stage)  # type: ignore[arg-type]
    needs = [(each.key, each.code) for each in Views(again.store.file, "ABC").needs_you()]
    assert needs == ([] if settled else [("inv-1", "undo-broken-off")])


@pytest.mark.parametrize("meanwhile", ["renumbered", "mark-rewritten"])
def test_what_a_broken_off_undo_left_there_is_not_undone_though_people_changed_it(
    tmp_path: Path, meanwhile: str
) -> None:
    books, cloud = Books(), Cloud()
    run, _ = opened(tmp_path, books, "run-1")
    brought(run, books, INVOICE)
    UndoJournal(run).undoing(UndoJournal(run).of_documents(["inv-1"], None))
    found = books.there.pop(INVOICE.key)
    if meanwhile == "renumbered":
        books.there[INVOICE.key._replace(number="INV-1A")] = found
    else:
        books.there[INVOICE.key] = replace(found, lines=(replace(found.lines[0], comment="rent"),))
    again, told = opened(tmp_path, books, "run-2", later=5)
    with Undoing(again, books, cloud) as undoing:  # type: ignore[arg-type]
        undoing.finish_begun()
    assert (states(again), codes(told), cloud.asked) == (["acknowledged"], ["undo-broken-off"], [])
    (fix,) = [event.data["fix"] for event in told if event.data.get("code") == "undo-broken-off"]
    needs_her = [each.code for each in Views(again.store.file, "ABC").needs_you()]
    assert ("Leave It" in fix, needs_her) == ((False, []) if meanwhile == "renumbered" else (True, ["undo-broken-off"]))
    assert len(books.there) == 1


@pytest.mark.parametrize(
    ("deletes", "blind", "state"),
    [
        pytest.param(False, {3}, "acknowledged", id="it-is-there-and-one-look-misses-it"),
        pytest.param(True, set(), "undone", id="it-is-gone-and-every-look-sees-that"),
    ],
)
def test_where_the_answer_to_a_deletion_is_lost_two_looks_that_agree_decide(
    tmp_path: Path, deletes: bool, blind: set[int], state: str
) -> None:
    books, cloud = Books(), Cloud()
    run, _ = opened(tmp_path, books, "run-1")
    brought(run, books, INVOICE)
    delete, find, looks = books.delete_invoice, books.invoices, []

    def lost(invoice: Invoice, **given: Any) -> None:
        if deletes:
            delete(invoice, **given)
        raise RetryLater("sage-went-away", "Sage went away", "It ended.", "Start again.", side=Side.SAGE)

    def seen(keys: Sequence[Any]) -> dict[Any, Any]:
        looks.append(keys)
        return {} if len(looks) in blind else find(keys)

    books.delete_invoice, books.invoices = lost, seen  # type: ignore[method-assign]
    with pytest.raises(RetryLater):
        undo(run, books, cloud, "inv-1")
    assert states(run) == [state]
    assert bool(books.there) is not deletes
