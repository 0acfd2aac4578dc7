"""What the window and the terminal may know of the store: read only, as values ready to show."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import orjson

from app.domain.codec import restore
from app.domain.findings import Finding
from app.domain.invoices import Destination, Invoice
from app.domain.language import say
from app.domain.lists import ListName
from app.domain.payments import Payment, SagePayment
from app.domain.probe import ProbeReport
from app.domain.purchase_orders import PurchaseOrder
from app.domain.words import vendor
from app.engine.in_flight import InFlight, in_flight, standings
from app.engine.lock import Holder, holder
from app.engine.needs import GONE, GONE_FIX, needs_you
from app.engine.probe_report import load_report
from app.engine.sending.changes import Change, changes
from app.engine.sending.history import Happened, history
from app.engine.sending.natural_key import CheckName, NaturalKey, restored
from app.engine.sending.sage_now import AsSent, SageNow, as_sent
from app.engine.sending.shortening import Shortened, shortened, suggestion
from app.engine.sending.side_by_side import Compared, side_by_side
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
from app.engine.store import ORDERS, SAGE_PAYMENTS, Store, damaged
from app.engine.undo.undo_journal import BROUGHT
from app.sage.found import FoundCheck, FoundInvoice

__all__ = [
    "GONE",
    "GONE_FIX",
    "AsSent",
    "Attention",
    "BroughtRow",
    "Change",
    "Compared",
    "DocumentRow",
    "EventRow",
    "Happened",
    "Holder",
    "InFlight",
    "ListSummary",
    "OrderRow",
    "RecordRow",
    "RunRow",
    "SageNow",
    "SagePaymentRow",
    "Standing",
    "Step",
    "TotalsRow",
    "Views",
    "suggestion",
    "summed",
]

T = TypeVar("T")


class Views:
    """Read-only look at one company in the store; a missing store is an empty one.

    Raises:
        NeedsUser: from every method, when the store is damaged.
    """

    def __init__(self, store_file: Path, company: str) -> None:
        self._file = store_file
        self._company = company
        self._store: Store | None = None
        self._kept: dict[str, tuple[int, list[DocumentRow]]] = {}

    def close(self) -> None:
        """Close the store."""
        self._kept = {}
        if self._store is not None:
            self._store.close()
            self._store = None

    def lists(self) -> list[ListSummary]:
        """Return the nine lists in the order of their names."""
        counts = {
            row["list"]: row
            for row in self._rows(
                "SELECT list, SUM(hash IS NOT NULL AND active) AS active,"
                " SUM(hash IS NOT NULL AND NOT active) AS inactive,"
                " SUM(state IN ('refused', 'waiting', 'quarantined')) AS failed, MAX(acknowledged_at) AS changed"
                " FROM checkpoints WHERE company = ? GROUP BY list",
                (self._company,),
            )
        }
        syncs = {row["list"]: row for row in self._rows("SELECT * FROM list_syncs WHERE company = ?", (self._company,))}
        empty: dict[str, Any] = {"active": 0, "inactive": 0, "failed": 0, "changed": None}
        return [
            ListSummary(
                name,
                counts.get(name, empty)["active"],
                counts.get(name, empty)["inactive"],
                counts.get(name, empty)["failed"],
                moment(syncs[name]["finished_at"]) if name in syncs else None,
                orjson.loads(syncs[name]["counts"]) if name in syncs else {},
                syncs[name]["run"] if name in syncs else "",
                moment(counts.get(name, empty)["changed"]),
            )
            for name in ListName
        ]

    def records(self, name: ListName) -> list[RecordRow]:
        """Return a list's records in key order."""
        store = self._opened()
        if store is None:
            return []
        rows = store.tuples(
            "SELECT key, description, active, state, reason, fix, acknowledged_at, run, code FROM checkpoints"
            " WHERE company = ? AND list = ? ORDER BY key",
            (self._company, name),
        )
        return [
            RecordRow(key, description, bool(active), state, reason, fix, moment(acknowledged), run, code)
            for key, description, active, state, reason, fix, acknowledged, run, code in rows
        ]

    def accounts(self) -> dict[str, str]:
        """Return the GL accounts by AccountKey, as people know them: number and description."""
        return {row["key"]: row["description"] for row in self._checkpoints(ListName.GL_ACCOUNT) if row["description"]}

    def orders(self) -> list[OrderRow]:
        """Return the purchase orders, newest number first."""
        return [
            OrderRow(
                row["key"],
                self._restored(PurchaseOrder, row["payload"]) if row["payload"] else None,
                row["state"],
                row["reason"],
                row["fix"],
                moment(row["acknowledged_at"]),
                row["run"],
                row["description"],
                row["code"],
            )
            for row in reversed(self._checkpoints(ORDERS))
        ]

    def sage_payments(self) -> list[SagePaymentRow]:
        """Return the payments made in Sage, in key order."""
        return [
            SagePaymentRow(
                row["key"],
                self._restored(SagePayment, row["payload"]) if row["payload"] else None,
                row["state"],
                row["reason"],
                row["fix"],
                moment(row["acknowledged_at"]),
                row["description"],
                row["code"],
            )
            for row in self._checkpoints(SAGE_PAYMENTS)
        ]

    def documents(self, kind: str) -> list[DocumentRow]:
        """Return the previewed documents of a kind ("invoice" or "payment") that are not gone.

        They are read again when anything was written to the store since: to read thousands of them takes a while.
        """
        version = next((int(row["data_version"]) for row in self._rows("PRAGMA data_version", ())), 0)
        if kind not in self._kept or self._kept[kind][0] != version:
            self._kept[kind] = version, self._documents(kind)
        return list(self._kept[kind][1])

    def names(self, run: str) -> dict[str, str]:
        """Return what people call each document that a run brought into Sage, by its id: INV-1043 of 01-ACME."""
        return {
            row["document"]: _called(restored(Destination(row["destination"]), orjson.loads(row["natural_key"])))
            for row in self._rows(
                "SELECT document, destination, natural_key FROM journal WHERE run = ? ORDER BY id", (run,)
            )
        }

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
            _run(row)
            for row in self._rows(
                "SELECT * FROM runs WHERE company = ? ORDER BY started_at DESC, id DESC LIMIT ?",
                (self._company, limit),
            )
        ]

    def run(self, id_: str) -> RunRow | None:
        """Return one run, however old, or None when there is none."""
        rows = self._rows("SELECT * FROM runs WHERE company = ? AND id = ?", (self._company, id_))
        return _run(rows[0]) if rows else None

    def events(self, run: str) -> list[EventRow]:
        """Return a run's stored events, oldest first (progress is not stored)."""
        return [
            EventRow(datetime.fromisoformat(row["at"]), row["event"], orjson.loads(row["data"]))
            for row in self._rows("SELECT * FROM events WHERE run = ? ORDER BY id", (run,))
        ]

    def needs_you(self) -> list[Attention]:
        """Return what needs the user: what the last runs asked, blocked and failed documents, set-aside records."""
        documents = {kind: self.documents(kind) for kind in ("invoice", "payment")}
        return needs_you(self._rows, self._company, documents)

    def history(self, kind: str, document: str) -> list[Happened]:
        """Return what befell one document, oldest first."""
        return history(self._rows, self._company, kind, document)

    def in_flight(self, now: datetime) -> list[InFlight]:
        """Return how much is where on its way into Sage, invoices first; bills paid long before `now` are left out."""
        documents = {kind: self.documents(kind) for kind in ("invoice", "payment")}
        return in_flight(documents, standings(self._rows, self._company), now)

    def runs_since(self, since: datetime) -> list[RunRow]:
        """Return the runs that started at `since` or later, newest first."""
        return [
            _run(row)
            for row in self._rows(
                "SELECT * FROM runs WHERE company = ? AND started_at >= ? ORDER BY started_at DESC, id DESC",
                (self._company, since.astimezone(UTC).isoformat()),
            )
        ]

    def last_sync(self) -> datetime | None:
        """Return when the last complete sync finished."""
        for row in self._rows(
            "SELECT finished_at FROM runs WHERE company = ? AND command = 'sync' AND exit_code IN (0, 1)"
            " ORDER BY finished_at DESC LIMIT 1",
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

    def holder(self, locks: Path) -> Holder | None:
        """Return which run holds the company now, as the notes in the folder `locks` say; None when none does."""
        return holder(locks, self._company)

    def probe_report(self) -> ProbeReport | None:
        """Return the newest look at Sage's tables, or None when there was none.

        Raises:
            NeedsUser: when its file cannot be read.
        """
        return load_report(self._file.parent, self._company)

    def _documents(self, kind: str) -> list[DocumentRow]:
        steps: dict[str, list[Step]] = {}
        for row in self._rows(
            "SELECT * FROM journal WHERE company = ? AND kind = ? ORDER BY id", (self._company, kind)
        ):
            steps.setdefault(row["document"], []).append(_step(row))
        shape: type[Invoice] | type[Payment] = Invoice if kind == "invoice" else Payment
        accounts, there = self.accounts(), standings(self._rows, self._company)
        decided = shortened(self._rows, self._company)
        return [
            self._document(
                row,
                shape,
                tuple(steps.get(row["id"], ())),
                accounts,
                there.get((kind, row["id"])),
                decided.get(row["id"]),
            )
            for row in self._rows(
                "SELECT * FROM documents WHERE company = ? AND kind = ? AND state <> 'gone' ORDER BY id",
                (self._company, kind),
            )
        ]

    def _document(
        self,
        row: dict[str, Any],
        shape: type[Invoice] | type[Payment],
        steps: tuple[Step, ...],
        accounts: dict[str, str],
        standing: Standing | None,
        decided: Shortened | None,
    ) -> DocumentRow:
        document = self._restored(shape, row["payload"])
        found: type[FoundInvoice] | type[FoundCheck] = FoundInvoice if shape is Invoice else FoundCheck
        theirs = self._restored(tuple[found, ...], row["theirs"])  # type: ignore[valid-type]
        differing: tuple[Change, ...] = ()
        if row["state"] in ("ready", "blocked", "asking") and row["known"] not in (None, row["payload"]):
            differing = changes(self._restored(shape, row["known"]), document, accounts)
        now = self._restored(SageNow, row["sage"]) if row["sage"] else None
        undecided = row["state"] in ("blocked", "asking", "failed", "differs")
        return DocumentRow(
            row["id"],
            document,
            row["state"],
            self._restored(tuple[Finding, ...], row["findings"]),
            row["check_number"],
            datetime.fromisoformat(row["previewed_at"]),
            steps,
            theirs,
            row["run"],
            differing,
            moment(row["known_at"]) if differing else None,
            side_by_side(document, row["check_number"], theirs, accounts) if undecided else (),
            standing,
            moment(row["known_at"] or row["previewed_at"]),
            now,
            as_sent(document, now) if now is not None and isinstance(document, Invoice) else None,
            _whole(document, decided),
        )

    def _restored(self, kind: type[T], text: str) -> T:
        try:
            return restore(kind, orjson.loads(text))
        except ValueError as error:
            raise damaged(self._file, str(error)) from error

    def _checkpoints(self, name: str) -> list[dict[str, Any]]:
        return self._rows(
            "SELECT * FROM checkpoints WHERE company = ? AND list = ? ORDER BY key", (self._company, name)
        )

    def _rows(self, sql: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
        store = self._opened()
        return store.rows(sql, values) if store is not None else []

    def _opened(self) -> Store | None:
        """Return the store, or None where there is none yet."""
        if self._store is None and self._file.exists():
            self._store = Store(self._file, read_only=True)
        return self._store


def _whole(document: Invoice | Payment, decided: Shortened | None) -> str:
    """Return the description that Quadient AP has, where the document has a shorter one that a person decided on."""
    if decided is None or not isinstance(document, Invoice) or document.description != decided.description:
        return ""
    return decided.whole


def _run(row: dict[str, Any]) -> RunRow:
    return RunRow(
        row["id"],
        row["command"],
        datetime.fromisoformat(row["started_at"]),
        moment(row["finished_at"]),
        row["outcome"],
        row["exit_code"],
        orjson.loads(row["summary"]),
    )


def _step(row: dict[str, Any]) -> Step:
    return Step(
        row["run"],
        row["state"],
        row["destination"],
        row["batch"],
        row["external_id"],
        row["code"],
        row["message"],
        row["fix"],
        datetime.fromisoformat(row["intended_at"]),
        *(moment(row[f"{step}_at"]) for step in ("written", "proven", "failed", "acknowledged", "undone", "undo_told")),
    )


def _called(name: NaturalKey) -> str:
    number = (
        say("check {number} (bank {bank_code})", number=name.number, bank_code=name.bank_code)
        if isinstance(name, CheckName)
        else name.number
    )
    return say("{number} of {vendor}", number=number, vendor=vendor(name.division, name.vendor_number))
