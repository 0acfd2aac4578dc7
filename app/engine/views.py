"""What the window and the terminal may know of the store: read only, as values ready to show."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from app.domain.lists import ListName
from app.domain.payments import SagePayment
from app.domain.probe import ProbeReport
from app.domain.purchase_orders import PurchaseOrder
from app.engine.accounts import Accounts
from app.engine.befallen import befallen
from app.engine.binding import Rebound, rebound, unsettled
from app.engine.called import Named, brought_as, told_of
from app.engine.documents import document_rows, unpacked
from app.engine.held_back import HeldBack, Why, held_back
from app.engine.in_flight import InFlight, in_flight, standings
from app.engine.list_sums import AddedUp, Amounts, amount_of, summed_up
from app.engine.lock import Holder, holder
from app.engine.needs import GONE_FIX, needs_you
from app.engine.probe_report import load_report
from app.engine.records import By, Keys, RecordSearch, Wanted, Wording
from app.engine.sending.changes import Change
from app.engine.sending.history import Happened
from app.engine.sending.sage_now import AsSent, SageNow
from app.engine.sending.shortening import suggestion
from app.engine.sending.side_by_side import Compared
from app.engine.set_aside import SET_ASIDE
from app.engine.shown import (
    Attention,
    BroughtRow,
    DocumentRow,
    EventRow,
    ListSummary,
    OrderRow,
    RecordRow,
    RunRow,
    SagePaymentRow,
    Standing,
    Step,
    TotalsRow,
    moment,
    summed,
)
from app.engine.store import ORDERS, SAGE_PAYMENTS, UNREADABLE, BrokenOff, Store
from app.engine.told import event_row, events_in_steps, run_row, runs_in_steps
from app.engine.touched import touched
from app.engine.undo.undo_journal import BROUGHT
from app.settings import CompanySettings

__all__ = [
    "GONE_FIX",
    "Accounts",
    "AddedUp",
    "Amounts",
    "AsSent",
    "Attention",
    "BrokenOff",
    "BroughtRow",
    "By",
    "Change",
    "Compared",
    "DocumentRow",
    "EventRow",
    "Happened",
    "HeldBack",
    "Holder",
    "InFlight",
    "Keys",
    "ListSummary",
    "Named",
    "OrderRow",
    "Rebound",
    "RecordRow",
    "RecordSearch",
    "RunRow",
    "SageNow",
    "SagePaymentRow",
    "Standing",
    "Step",
    "TotalsRow",
    "Views",
    "Wanted",
    "Why",
    "Wording",
    "amount_of",
    "suggestion",
    "summed",
]

SOME = 50  # records, with all that was sent of them, that are read at once


class Views:
    """Read-only look at one company in the store; a missing store is an empty one.

    Raises:
        NeedsUser: from every method, when the store is damaged.
    """

    def __init__(self, store_file: Path, company: str) -> None:
        self._file = store_file
        self._company = company
        self._store: Store | None = None
        self._superseded: Callable[[], bool] | None = None
        self._search: RecordSearch | None = None
        self._kept: dict[str, tuple[int, list[DocumentRow]]] = {}
        self._needs: tuple[int, list[Attention]] | None = None

    def for_a_thread(self, superseded: Callable[[], bool]) -> "Views":
        """Return a look at the same company for another thread; what it asks is broken off when `superseded` says so.

        Its methods then raise BrokenOff.
        """
        other = Views(self._file, self._company)
        other._superseded = superseded
        return other

    def close(self) -> None:
        """Close the store."""
        self._kept, self._needs = {}, None
        self._search = None
        if self._store is not None:
            self._store.close()
            self._store = None

    def lists(self) -> list[ListSummary]:
        """Return the nine lists in the order of their names."""
        return summed_up(self._rows, self._company)

    def records(self, name: ListName) -> list[RecordRow]:
        """Return all records of a short list in key order; long ones are better searched."""
        search = self.search()
        return search.every(name) if search is not None else []

    def search(self) -> RecordSearch | None:
        """Return what looks for records of the lists until the store is closed; None where there is no store."""
        store = self._opened()
        if store is not None and self._search is None:
            self._search = RecordSearch(store, self._company)
        return self._search

    def any_record(self) -> bool:
        """Return whether any list has a record, or was synced."""
        return bool(
            self._rows("SELECT 1 FROM list_syncs WHERE company = ? LIMIT 1", (self._company,))
            or self._rows(_ANY_RECORD, (self._company, *ListName))
        )

    def accounts(self) -> Accounts:
        """Return the GL accounts by AccountKey, as people know them: number and description."""
        return Accounts(self._rows, self._company)

    def orders(self) -> Iterator[OrderRow]:
        """Yield the purchase orders, newest number first; the store may be closed and changed in between."""
        for row in self._one_by_one(ORDERS, descending=True):
            order = unpacked(self._file, PurchaseOrder, row["payload"]) if row["payload"] else None
            yield OrderRow(
                row["key"],
                order,
                row["state"],
                row["reason"],
                row["fix"],
                moment(row["acknowledged_at"]),
                row["run"],
                row["description"],
                row["code"],
                order.total if order is not None else None,
            )

    def sage_payments(self) -> Iterator[SagePaymentRow]:
        """Yield the payments made in Sage, in key order; the store may be closed and changed in between."""
        for row in self._one_by_one(SAGE_PAYMENTS):
            payment = unpacked(self._file, SagePayment, row["payload"]) if row["payload"] else None
            yield SagePaymentRow(
                row["key"],
                payment,
                row["state"],
                row["reason"],
                row["fix"],
                moment(row["acknowledged_at"]),
                row["description"],
                row["code"],
                payment.amount if payment is not None else None,
            )

    def documents(self, kind: str) -> list[DocumentRow]:
        """Return the previewed documents of a kind ("invoice" or "payment") that are not gone.

        They are read again when anything was written to the store since: to read thousands of them takes a while.
        """
        version = self._version()
        if kind not in self._kept or self._kept[kind][0] != version:
            self._kept[kind] = version, document_rows(self._rows, self._file, self._company, kind)
        return list(self._kept[kind][1])

    def names(self, run: str) -> dict[str, str]:
        """Return what people call each document that a run brought into Sage, by its id: INV-1043 of 01-ACME."""
        return brought_as(self._rows, run)

    def told_of(self, run: str) -> Named:
        """Return what people call each document that a run told something of, by stage and id."""
        return told_of(self._rows, self._company, run)

    def totals(self, run: str) -> list[TotalsRow]:
        """Return the control totals of a run, batch by batch."""
        return [
            TotalsRow(
                row["destination"],
                row["batch"],
                bool(row["credit"]),
                row["sent_count"],
                Decimal(row["sent_amount"]),
                row["sage_count"],
                Decimal(row["sage_amount"]),
                row["cloud_count"],
                Decimal(row["cloud_amount"]),
                tuple(orjson.loads(row["differing"])),
            )
            for row in self._rows("SELECT * FROM totals WHERE run = ? ORDER BY destination, batch, credit", (run,))
        ]

    def brought(self, run: str) -> list[BroughtRow]:
        """Return what a run brought into Sage, undone since or not."""
        return [
            BroughtRow(row["kind"], Decimal(row["amount"]), row["state"])
            for row in self._rows(
                f"SELECT kind, amount, state FROM journal WHERE company = ? AND run = ? AND {BROUGHT} ORDER BY id",  # noqa: S608
                (self._company, run),
            )
        ]

    def runs(self, limit: int = 200) -> list[RunRow]:
        """Return the newest runs first."""
        return [
            run_row(row)
            for row in self._rows(
                "SELECT * FROM runs WHERE company = ? ORDER BY started_at DESC, id DESC LIMIT ?",
                (self._company, limit),
            )
        ]

    def number_of_runs(self) -> int:
        """Return how many runs there are, however old."""
        return sum(row["number"] for row in self._rows(_RUNS_IN_ALL, (self._company,)))

    def runs_in_steps(self) -> Iterator[RunRow]:
        """Yield all runs, newest first; the store may be closed and changed in between."""
        return runs_in_steps(self._rows, self._company)

    def run(self, id_: str) -> RunRow | None:
        """Return one run, however old, or None when there is none."""
        rows = self._rows("SELECT * FROM runs WHERE company = ? AND id = ?", (self._company, id_))
        return run_row(rows[0]) if rows else None

    def events(self, run: str, kind: str | None = None) -> list[EventRow]:
        """Return a run's stored events, of one kind or all, oldest first (progress is not stored)."""
        return [
            event_row(row)
            for row in self._rows(
                "SELECT * FROM events WHERE run = ?1 AND (?2 IS NULL OR event = ?2) ORDER BY id", (run, kind)
            )
        ]

    def events_in_steps(self, run: str) -> Iterator[tuple[EventRow, Named]]:
        """Yield a run's stored events, oldest first, each with what people call the documents that it tells of.

        The store may be closed and changed in between.
        """
        return events_in_steps(self._rows, self._company, run)

    def touched(self, word: str) -> set[str]:
        """Return the ids of the runs that touched, or told of, what has `word` (in small letters) in its name.

        Runs of other companies may be among them.
        """
        return touched(self._rows, self._company, word)

    def needs_you(self) -> list[Attention]:
        """Return what needs the user: what the last runs asked, blocked and failed documents, set-aside records."""
        for _ in self.needs_in_steps():
            pass
        return list(self._needs[1]) if self._needs is not None else []

    def needs_in_steps(self) -> Iterator[None]:
        """Look for what needs the user, and yield now and then where it is much; `needs_you` then has it at once."""
        documents = {kind: self.documents(kind) for kind in ("invoice", "payment")}
        version = self._version()
        if self._needs is None or self._needs[0] != version:
            found = yield from needs_you(self._rows, self._company, documents)
            self._needs = version, found

    def history(self, kind: str, document: str) -> list[Happened]:
        """Return what befell one document, its previews included, oldest first."""
        return befallen(self._rows, self._company, kind, document)

    def in_flight(self, now: datetime) -> list[InFlight]:
        """Return how much is where on its way into Sage, invoices first; bills paid long before `now` are left out."""
        documents = {kind: self.documents(kind) for kind in ("invoice", "payment")}
        return in_flight(documents, standings(self._rows, self._company), now)

    def unreadable(self, kind: str) -> int:
        """Return how many invoices or payments are marked for export and in no table, since they cannot be read."""
        return sum(row["number"] for row in self._rows(_UNREADABLE, (self._company, UNREADABLE[kind])))

    def runs_since(self, since: datetime) -> list[RunRow]:
        """Return the runs that started at `since` or later, newest first."""
        return [
            run_row(row)
            for row in self._rows(
                "SELECT * FROM runs WHERE company = ? AND started_at >= ? ORDER BY started_at DESC, id DESC",
                (self._company, since.astimezone(UTC).isoformat()),
            )
        ]

    def last_sync(self) -> datetime | None:
        """Return when the last complete sync finished."""
        for row in self._rows(
            "SELECT finished_at FROM runs WHERE company = ? AND command = 'sync' AND exit_code IN (0, 1)"
            " ORDER BY rowid DESC LIMIT 1",
            (self._company,),
        ):
            return moment(row["finished_at"])
        return None

    def last_start(self) -> datetime | None:
        """Return when a complete sync was started last, however it ended."""
        for row in self._rows(
            "SELECT MAX(started_at) AS at FROM runs WHERE company = ? AND command = 'sync'", (self._company,)
        ):
            return moment(row["at"])
        return None

    def held_back(self) -> list[HeldBack]:
        """Return the scheduled syncs that did not start when they were due, newest first."""
        return held_back(self._rows, self._company)

    def rebound(self, company: CompanySettings) -> Rebound | None:
        """Return what changes where `company` names another legal entity than what is kept is about; else None."""
        return rebound(self._rows, company)

    def unsettled(self) -> int:
        """Return of how many documents one side does not know yet what the other has of them."""
        return unsettled(self._rows, self._company)

    def holder(self, locks: Path) -> Holder | None:
        """Return which run holds the company now, as the notes in the folder `locks` say; None when none does."""
        return holder(locks, self._company)

    def probe_report(self) -> ProbeReport | None:
        """Return the newest look at Sage's tables, or None when there was none.

        Raises:
            NeedsUser: when its file cannot be read.
        """
        return load_report(self._file.parent, self._company)

    def _one_by_one(self, name: str, *, descending: bool = False) -> Iterator[dict[str, Any]]:
        sql = _DESCENDING if descending else _ASCENDING
        rows = self._rows(sql, (self._company, name, b"" if descending else ""))  # behind and before every text
        while rows:
            yield from rows
            rows = self._rows(sql, (self._company, name, rows[-1]["key"]))

    def _version(self) -> int:
        """Return a number that changes with whatever somebody else writes to the store."""
        return next((int(row["data_version"]) for row in self._rows("PRAGMA data_version", ())), 0)

    def _rows(self, sql: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
        store = self._opened()
        return store.rows(sql, values) if store is not None else []

    def _opened(self) -> Store | None:
        """Return the store, or None where there is none yet."""
        if self._store is None and self._file.exists():
            self._store = Store(self._file, read_only=True)
            if self._superseded is not None:
                self._store.heed(self._superseded)
        return self._store


_ASCENDING = f"SELECT * FROM checkpoints WHERE company = ? AND list = ? AND key > ? ORDER BY key LIMIT {SOME}"  # noqa: S608
_DESCENDING = f"SELECT * FROM checkpoints WHERE company = ? AND list = ? AND key < ? ORDER BY key DESC LIMIT {SOME}"  # noqa: S608
_UNREADABLE = f"SELECT count(*) AS number FROM checkpoints WHERE company = ? AND list = ? AND state IN {SET_ASIDE}"  # noqa: S608
_RUNS_IN_ALL = "SELECT count(*) AS number FROM runs WHERE company = ?"
_ANY_RECORD = f"SELECT 1 FROM checkpoints WHERE company = ? AND list IN ({', '.join('?' * len(ListName))}) LIMIT 1"  # noqa: S608
