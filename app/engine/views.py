"""What the window and the terminal may know of the store: read only, as values ready to show."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import orjson

from app.domain.codec import restore
from app.domain.findings import Finding, Severity
from app.domain.invoices import Destination, Invoice
from app.domain.lists import ListName
from app.domain.payments import Payment, SagePayment
from app.domain.probe import ProbeReport
from app.domain.purchase_orders import PurchaseOrder
from app.engine.changes import Change, changes
from app.engine.checks.words import vendor
from app.engine.natural_key import CheckName, NaturalKey, restored
from app.engine.probe_report import load_report
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
    Step,
    TotalsRow,
    summed,
)
from app.engine.side_by_side import Compared, side_by_side
from app.engine.store import Store, damaged
from app.engine.undo_journal import BROUGHT
from app.sage.found import FoundCheck, FoundInvoice

__all__ = [
    "ORDERS",
    "SAGE_PAYMENTS",
    "UNREADABLE",
    "Attention",
    "BroughtRow",
    "Change",
    "Compared",
    "DocumentRow",
    "EventRow",
    "ListSummary",
    "OrderRow",
    "RecordRow",
    "RunRow",
    "SagePaymentRow",
    "Step",
    "TotalsRow",
    "Views",
    "summed",
]

T = TypeVar("T")

ORDERS = "purchase_order"
SAGE_PAYMENTS = "sage_payment"
# Ready documents that do not fit the contract: kept beside the records that were set aside.
UNREADABLE = {"invoice": "unreadable_invoice", "payment": "unreadable_payment"}


class Views:
    """Read-only look at one company in the store; a missing store is an empty one.

    Raises:
        NeedsUser: from every method, when the store is damaged.
    """

    def __init__(self, store_file: Path, company: str) -> None:
        self._file = store_file
        self._company = company
        self._store: Store | None = None

    def close(self) -> None:
        """Close the store."""
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
                " SUM(state IN ('refused', 'waiting', 'quarantined')) AS failed"
                " FROM checkpoints WHERE company = ? GROUP BY list",
                (self._company,),
            )
        }
        syncs = {row["list"]: row for row in self._rows("SELECT * FROM list_syncs WHERE company = ?", (self._company,))}
        empty: dict[str, Any] = {"active": 0, "inactive": 0, "failed": 0}
        return [
            ListSummary(
                name,
                counts.get(name, empty)["active"],
                counts.get(name, empty)["inactive"],
                counts.get(name, empty)["failed"],
                _moment(syncs[name]["finished_at"]) if name in syncs else None,
                orjson.loads(syncs[name]["counts"]) if name in syncs else {},
            )
            for name in ListName
        ]

    def records(self, name: ListName) -> list[RecordRow]:
        """Return a list's records in key order."""
        return [
            RecordRow(
                row["key"],
                row["description"],
                bool(row["active"]),
                row["state"],
                row["reason"],
                row["fix"],
                _moment(row["acknowledged_at"]),
                row["run"],
            )
            for row in self._checkpoints(name)
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
                _moment(row["acknowledged_at"]),
                row["run"],
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
                _moment(row["acknowledged_at"]),
            )
            for row in self._checkpoints(SAGE_PAYMENTS)
        ]

    def documents(self, kind: str) -> list[DocumentRow]:
        """Return the previewed documents of a kind ("invoice" or "payment") that are not gone."""
        steps: dict[str, list[Step]] = {}
        for row in self._rows(
            "SELECT * FROM journal WHERE company = ? AND kind = ? ORDER BY id", (self._company, kind)
        ):
            steps.setdefault(row["document"], []).append(_step(row))
        shape: type[Invoice] | type[Payment] = Invoice if kind == "invoice" else Payment
        accounts = self.accounts()
        return [
            self._document(row, shape, tuple(steps.get(row["id"], ())), accounts)
            for row in self._rows(
                "SELECT * FROM documents WHERE company = ? AND kind = ? AND state <> 'gone' ORDER BY id",
                (self._company, kind),
            )
        ]

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
            RunRow(
                row["id"],
                row["command"],
                datetime.fromisoformat(row["started_at"]),
                _moment(row["finished_at"]),
                row["outcome"],
                row["exit_code"],
                orjson.loads(row["summary"]),
            )
            for row in self._rows(
                "SELECT * FROM runs WHERE company = ? ORDER BY started_at DESC, id DESC LIMIT ?",
                (self._company, limit),
            )
        ]

    def events(self, run: str) -> list[EventRow]:
        """Return a run's stored events, oldest first (progress is not stored)."""
        return [
            EventRow(datetime.fromisoformat(row["at"]), row["event"], orjson.loads(row["data"]))
            for row in self._rows("SELECT * FROM events WHERE run = ? ORDER BY id", (run,))
        ]

    def needs_you(self) -> list[Attention]:
        """Return what needs the user: what the last runs asked, blocked and failed documents, set-aside records."""
        return [
            *self._asked(),
            *self._not_acknowledged(),
            *self._left_standing(),
            *self._documents_in_need(),
            *self._records_in_need(),
        ]

    def last_sync(self) -> datetime | None:
        """Return when the last complete sync finished."""
        for row in self._rows(
            "SELECT finished_at FROM runs WHERE company = ? AND command = 'sync' AND exit_code IN (0, 1)"
            " ORDER BY finished_at DESC LIMIT 1",
            (self._company,),
        ):
            return _moment(row["finished_at"])
        return None

    def probe_report(self) -> ProbeReport | None:
        """Return the newest look at Sage's tables, or None when there was none.

        Raises:
            NeedsUser: when its file cannot be read.
        """
        return load_report(self._file.parent, self._company)

    def _asked(self) -> Iterator[Attention]:
        """What stopped or was asked by the newest run of each command; its next run answers or asks again."""
        newest = "SELECT id FROM (SELECT id, MAX(started_at) FROM runs WHERE company = ? GROUP BY command)"
        for row in self._rows(
            f"SELECT summary FROM runs WHERE outcome = 'failed' AND id IN ({newest})",  # noqa: S608
            (self._company,),
        ):
            error = orjson.loads(row["summary"]).get("error")
            if error is not None:
                yield Attention("Overview", "", "", error["title"], error["message"], error["fix"])
        for row in self._rows(
            f"SELECT data FROM events WHERE event = 'attention' AND run IN ({newest}) ORDER BY id",  # noqa: S608
            (self._company,),
        ):
            told = orjson.loads(row["data"])
            yield Attention("Overview", "", "", told["title"], told["message"], told["fix"])

    def _not_acknowledged(self) -> Iterator[Attention]:
        """Documents that Sage has, or has no more, and of which Quadient AP does not take the answer."""
        for row in self._rows(
            "SELECT kind, document, code, message, fix FROM journal WHERE company = ? AND (state = 'proven'"
            " AND acknowledged_at IS NULL AND code = 'not-acknowledged' OR state = 'undone' AND undo_told_at IS NULL"
            " AND code = 'undo-not-acknowledged') ORDER BY id",
            (self._company,),
        ):
            tab = "Invoices" if row["kind"] == "invoice" else "Payments"
            title = f"{row['document']} is in Sage, but Quadient AP does not take the answer"
            if row["code"] == "undo-not-acknowledged":
                title = f"{row['document']} was deleted in Sage, but Quadient AP still has it as Exported"
            yield Attention(tab, row["kind"], row["document"], title, row["message"], row["fix"])

    def _left_standing(self) -> Iterator[Attention]:
        """Documents that Sage may have taken, though not found as sent, and that Quadient AP has no longer ready."""
        for row in self._rows(
            "SELECT j.kind, j.document, j.message FROM journal j JOIN documents d ON d.company = j.company"
            " AND d.kind = j.kind AND d.id = j.document WHERE j.company = ? AND j.state = 'stopped'"
            " AND j.tried_at IS NOT NULL AND j.acknowledged_at IS NULL AND d.state = 'gone' ORDER BY j.id",
            (self._company,),
        ):
            tab = "Invoices" if row["kind"] == "invoice" else "Payments"
            title = f"{row['document']} is no longer ready in Quadient AP, and may be in Sage"
            fix = (
                "Look for it in Sage. If it is not wanted there, delete it; if it is right, choose Mark as exported in "
                "Quadient AP. The next sync looks again."
            )
            yield Attention(tab, row["kind"], row["document"], title, row["message"], fix)

    def _records_in_need(self) -> Iterator[Attention]:
        titles = {name.value: f"{name.label}" for name in ListName}
        titles |= {ORDERS: "Purchase order", SAGE_PAYMENTS: "Payment"}
        titles |= {UNREADABLE["invoice"]: "Invoice", UNREADABLE["payment"]: "Payment"}
        tabs = {ORDERS: "Purchase Orders", SAGE_PAYMENTS: "Payments"}
        tabs |= {UNREADABLE["invoice"]: "Invoices", UNREADABLE["payment"]: "Payments"}
        for row in self._rows(
            "SELECT * FROM checkpoints WHERE company = ? AND state IN ('refused', 'waiting', 'quarantined')"
            " ORDER BY list, key",
            (self._company,),
        ):
            what = "waits" if row["state"] == "waiting" else "was set aside"
            title = f"{_named(titles[row['list']], row)} {what}"
            tab = tabs.get(row["list"], "Lists")
            yield Attention(tab, row["list"], row["key"], title, row["reason"], row["fix"])

    def _documents_in_need(self) -> Iterator[Attention]:
        for kind, tab in (("invoice", "Invoices"), ("payment", "Payments")):
            for row in self.documents(kind):
                number = row.document.number if isinstance(row.document, Invoice) else row.document.reference
                title = f"{kind.capitalize()} {number} of {row.document.vendor_name}"
                last = row.steps[-1] if row.steps else None
                if row.state == "blocked":
                    stop = next(each for each in row.findings if each.severity is Severity.STOPS)
                    yield Attention(tab, kind, row.id, f"{title} cannot be sent yet", stop.message, stop.fix)
                elif row.state in ("failed", "asking") and last is not None:
                    yield Attention(tab, kind, row.id, f"{title} was not sent", last.message, last.fix)
                elif row.state == "differs" and last is not None:
                    title = f"{title} is Exported in Quadient AP, and not so in Sage"
                    yield Attention(tab, kind, row.id, title, last.message, last.fix)

    def _document(
        self,
        row: dict[str, Any],
        shape: type[Invoice] | type[Payment],
        steps: tuple[Step, ...],
        accounts: dict[str, str],
    ) -> DocumentRow:
        document = self._restored(shape, row["payload"])
        found: type[FoundInvoice] | type[FoundCheck] = FoundInvoice if shape is Invoice else FoundCheck
        theirs = self._restored(tuple[found, ...], row["theirs"])  # type: ignore[valid-type]
        differing: tuple[Change, ...] = ()
        if row["state"] in ("ready", "blocked") and row["known"] not in (None, row["payload"]):
            differing = changes(self._restored(shape, row["known"]), document, accounts)
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
            _moment(row["known_at"]) if differing else None,
            side_by_side(document, row["check_number"], theirs, accounts) if undecided else (),
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
        if self._store is None:
            if not self._file.exists():
                return []
            self._store = Store(self._file, read_only=True)
        return self._store.rows(sql, values)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


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
        *(
            _moment(row[f"{step}_at"])
            for step in ("written", "proven", "failed", "acknowledged", "undone", "undo_told")
        ),
    )


def _called(name: NaturalKey) -> str:
    number = f"check {name.number} (bank {name.bank_code})" if isinstance(name, CheckName) else name.number
    return f"{number} of {vendor(name.division, name.vendor_number)}"


def _named(title: str, row: dict[str, Any]) -> str:
    """Return what people call a record: a check by its number and bank, all others by their key."""
    if row["list"] != SAGE_PAYMENTS or row["key"].count("-") < 2:
        return f"{title} {row['key']}"
    bank, rest = row["key"].split("-", 1)
    return f"Check {rest.rpartition('-')[0]} (bank {bank})"
