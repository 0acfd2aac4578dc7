"""The eleven streams from Sage: nine lists, purchase orders, and payments made in Sage."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import orjson

from app.cloud.port import CloudPort, Move, RecordResult, RecordStatus
from app.domain.codec import restore
from app.domain.invoices import InvoiceKey
from app.domain.language import say
from app.domain.lists import ListItem, ListName
from app.domain.money import ZERO
from app.domain.payments import ImportKind, PaymentLine, SagePayment
from app.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from app.engine.importing.imports import Source
from app.engine.importing.known import THERE
from app.engine.store import ORDERS, SAGE_PAYMENTS, Store
from app.sage.company import SageCompany
from app.sage.outcomes import BlockRead, Fresh, Quarantined, Skipped
from app.sage.readers.payments import MADE_BY_QUADIENT_AP, NOT_FROM_QUADIENT_AP
from app.sage.wanted import Wanted
from app.settings import CompanySettings

NO_QUANTITY = Decimal("0.000000")
DELETED_LINE = "Deleted in Sage"


def lists_in_use(company: CompanySettings) -> list[ListName]:
    """Return the lists to bring, in an order in which what is referred to comes first."""
    off = set(company.lists_off)
    if not company.orders_on:
        off.add(ListName.WAREHOUSE)
    if not company.payments_on:
        off.add(ListName.BANK_ACCOUNT)
    first = (ListName.DIVISION, ListName.GL_ACCOUNT, ListName.TAX, ListName.UNIT_MEASURE, ListName.WAREHOUSE)
    return [name for name in (*first, *(each for each in ListName if each not in first)) if name not in off]


def list_source(name: ListName, company: CompanySettings, sage: SageCompany, cloud: CloudPort) -> Source[ListItem]:
    """Return the stream of one list; a record that vanished in Sage becomes inactive in the cloud."""
    return Source(
        name=name,
        title=name.label,
        read=lambda wanted: sage.changed_list_items(name, wanted),
        keys_there=lambda keys: sage.list_keys_there(name, keys),
        in_blocks=sage.reads_list_in_blocks(name),
        dates_changes=lambda: sage.dates_list_changes(name),
        recipe=company.vendor_address if name is ListName.VENDOR else "",
        describe=lambda item: (item.key, item.active, _shown_as(name, item)),
        send=lambda items, key: cloud.send_list(name, items, key),
        keep_payload=False,
        gone=lambda key, description, _: ListItem(key, description, False, {"deleted_in_sage": True}),
    )


def _shown_as(name: ListName, item: ListItem) -> str:
    """Return what people know a record by: accounts by their number, since nobody knows Sage's account key."""
    account = item.attributes.get("account") if name is ListName.GL_ACCOUNT else None
    return f"{account} {item.description}" if account else item.description


def order_source(company: CompanySettings, sage: SageCompany, cloud: CloudPort) -> Source[PurchaseOrder]:
    """Return the stream of purchase orders; one that vanished is cancelled, a line that vanished has quantity 0."""

    def gone(_key: str, _description: str, payload: bytes | None) -> PurchaseOrder | None:
        if payload is None:
            return None
        return replace(restore(PurchaseOrder, orjson.loads(payload)), state=OrderState.CANCELLED)

    return Source(
        name=ORDERS,
        title=say("Purchase orders"),
        read=sage.changed_purchase_orders,
        in_blocks=True,
        keys_there=sage.order_keys_there,
        dates_changes=sage.dates_order_changes,
        recipe=f"from {company.orders_from}",
        watch_active=True,
        describe=lambda order: (order.number, order.state is OrderState.OPEN, order.vendor_name),
        send=lambda orders, key: cloud.send_orders(orders, company.orders_arrive_as, key),
        keep_payload=True,
        merge=keep_deleted_lines,
        gone=gone,
    )


def keep_deleted_lines(order: PurchaseOrder, before: bytes) -> PurchaseOrder:
    """Return `order` with the lines it lost since `before` (its JSON), their quantities 0 and a note.

    An invoice matched to such a line in Quadient AP stays exportable; without the line it would break.
    """
    there = {line.line_key for line in order.lines}
    lost = [line for line in restore(PurchaseOrder, orjson.loads(before)).lines if line.line_key not in there]
    return replace(order, lines=(*order.lines, *(_emptied(line) for line in lost)))


def _emptied(line: PurchaseOrderLine) -> PurchaseOrderLine:
    return replace(
        line,
        ordered=NO_QUANTITY,
        received=NO_QUANTITY,
        invoiced=NO_QUANTITY,
        backordered=NO_QUANTITY,
        extension=ZERO,
        note=DELETED_LINE,
    )


def keys_there(store: Store, company: str, name: str) -> set[str]:
    """Return the keys of a stream that the cloud has, or may have, in whatever version."""
    rows = store.tuples(
        f"SELECT key FROM checkpoints WHERE company = ? AND list = ? AND {THERE}",  # noqa: S608
        (company, name),
    )
    return {key for (key,) in rows}


class SagePayments:
    """The stream of payments made in Sage: those to be paid by Quadient AP, and those to be recorded there."""

    def __init__(self, company: CompanySettings, sage: SageCompany, cloud: CloudPort, store: Store) -> None:
        self._sage = sage
        self._cloud = cloud
        self._invoices: frozenset[InvoiceKey] = frozenset()
        self._store = store
        self._settings = company
        self._sent = keys_there(store, company.code, SAGE_PAYMENTS)
        self._own: Collection[tuple[str, ...]] = ()

    def source(self) -> Source[SagePayment]:
        """Return the stream; payments never vanish, Sage's purge of old checks takes nothing from the cloud."""
        return Source(
            name=SAGE_PAYMENTS,
            title=say("Payments made in Sage"),
            read=self._read,
            in_blocks=True,
            dates_changes=self._sage.dates_payment_changes,
            recipe=f"from {self._settings.payments_from}, workflow {sorted(self._settings.workflow_banks)}",
            in_order=True,
            hold=self._hold,
            describe=lambda payment: (payment.key, True, payment.vendor_name),
            send=self._cloud.send_payments,
            keep_payload=True,
        )

    def _read(self, wanted: Wanted) -> Iterator[Fresh[SagePayment] | Skipped | Quarantined | BlockRead]:
        self._invoices = frozenset(InvoiceKey(*key) for key in self._cloud.known_invoices())
        self._own = _own_checks(self._store, self._settings.code)
        payments = self._sage.changed_payments(replace(wanted, invoices=self._invoices))
        # A void follows its payment at once: in key order they differ only in the sequence at the end.
        check: list[Fresh[SagePayment] | Skipped | Quarantined] = []
        for each in payments:
            if check and (isinstance(each, BlockRead) or _number(each) != _number(check[0])):
                yield from self._of_one_check(check)
                check = []
            if isinstance(each, BlockRead):
                yield each
            else:
                check.append(each)
        yield from self._of_one_check(check)

    def _of_one_check(
        self, records: Sequence[Fresh[SagePayment] | Skipped | Quarantined]
    ) -> Iterator[Fresh[SagePayment] | Skipped | Quarantined]:
        """Choose what goes of one check number.

        A payment of Quadient AP's own does not go, and neither does one that was undone before it ever went.
        """
        own = {each.record.key for each in records if isinstance(each, Fresh) and self._is_own(each.record)}
        undone = {each.record.cancels for each in records if isinstance(each, Fresh) and each.record.cancels}
        undone -= self._sent
        lines: dict[str, tuple[PaymentLine, ...]] = {}
        for each in records:
            if not isinstance(each, Fresh):
                yield each
                continue
            payment = self._of_its_kind(each.record)
            if payment.key in own or payment.cancels in own:
                yield Skipped(payment.key, "made-by-quadient-ap", say(MADE_BY_QUADIENT_AP))
            elif payment.key in undone or payment.cancels in undone:
                yield Skipped(payment.key, "undone", say("It was voided or reversed before Quadient AP ever had it."))
            elif payment.cancels:
                yield Fresh(self._like_the_payment(payment, lines), each.rows)
            else:
                alike = Fresh(payment, each.rows)
                chosen = alike if payment.kind is ImportKind.WORKFLOW else self._only_known_invoices(alike)
                if isinstance(chosen, Fresh):
                    lines[payment.key] = chosen.record.lines
                yield chosen

    def _is_own(self, payment: SagePayment) -> bool:
        """Whether Quadient AP made the payment itself, though its check may have lost AP Bridge's mark in Sage."""
        if payment.cancels or payment.key in self._sent:
            return False
        check = (payment.bank_code, payment.check_number)
        return check in self._own or (*check, payment.division, payment.vendor_number) in self._own

    def _hold(self, payment: SagePayment) -> RecordResult | None:
        """Return what a payment for Quadient AP's own workflow waits for: the export of all its invoices."""
        if payment.kind is not ImportKind.WORKFLOW or payment.cancels:
            return None
        vendor = (payment.division, payment.vendor_number)
        numbers = [line.invoice_number for line in payment.lines]
        missing = [number for number in numbers if InvoiceKey(*vendor, number) not in self._invoices]
        if not missing:
            return None
        return RecordResult(
            payment.key,
            RecordStatus.WAITING,
            "invoice-not-exported",
            say("Not Exported in Quadient AP: {missing}.", missing=", ".join(missing)),
            say("Export these invoices there; the next sync sends the payment."),
        )

    def _like_the_payment(self, void: SagePayment, lines: Mapping[str, tuple[PaymentLine, ...]]) -> SagePayment:
        """Return the void with the lines that its payment has in the cloud, or is about to have (`lines`, by its key).

        What became of the invoices since does not matter: the void takes back what was sent.
        """
        sent = lines.get(void.cancels)
        if sent is None:
            sent = self._taken(void.cancels).lines
        had = {line.invoice_number for line in sent}
        taken_back = tuple(line for line in void.lines if line.invoice_number in had)
        return replace(void, lines=taken_back, amount=sum((line.amount for line in taken_back), ZERO))

    def _of_its_kind(self, payment: SagePayment) -> SagePayment:
        """Return the payment (or void) as the kind it was sent as, though its bank may serve another purpose by now.

        What was a record of a paid bill must never go again as one to be paid.
        """
        key = payment.cancels or payment.key
        return replace(payment, kind=self._taken(key).kind) if key in self._sent else payment

    def _taken(self, key: str) -> SagePayment:
        """Return a payment as Quadient AP has it, or as it was sent when the answer never came."""
        (row,) = self._store.rows(
            "SELECT coalesce(taken, payload) AS payload FROM checkpoints WHERE company = ? AND list = ? AND key = ?",
            (self._settings.code, SAGE_PAYMENTS, key),
        )
        return restore(SagePayment, orjson.loads(row["payload"]))

    def _only_known_invoices(self, fresh: Fresh[SagePayment]) -> Fresh[SagePayment] | Skipped:
        payment = fresh.record
        lines = tuple(
            line
            for line in payment.lines
            if InvoiceKey(payment.division, payment.vendor_number, line.invoice_number) in self._invoices
        )
        missing = len(payment.lines) - len(lines)
        if not lines:
            return Skipped(payment.key, "not-from-quadient-ap", NOT_FROM_QUADIENT_AP, missing)
        partly = replace(payment, lines=lines, amount=sum((line.amount for line in lines), ZERO))
        # Its other invoices may come from Quadient AP later: then more of it goes, though its rows stay as they are.
        return Fresh(partly, None if missing else fresh.rows, missing)


def _own_checks(store: Store, company: str) -> set[tuple[str, ...]]:
    """Return the checks in Sage that are Quadient AP's own payments, with the vendor where AP Bridge entered them."""
    entered = store.tuples(
        "SELECT natural_key FROM journal WHERE company = ? AND kind = 'payment'"
        " AND state IN ('written', 'proven', 'acknowledged')",
        (company,),
    )
    marked = store.tuples(
        "SELECT external_id FROM moves WHERE company = ? AND kind = 'payment' AND move = ? AND code = ''",
        (company, Move.MARK_AS_EXPORTED),
    )
    own: set[tuple[str, ...]] = set()
    for (key,) in entered:
        bank, number, _, division, vendor = orjson.loads(key)
        own.add((bank, number, division, vendor))
    for (external_id,) in marked:
        _, _, check = external_id.partition(":")
        bank, _, number = check.partition(":")
        own.add((bank, number))
    return own


def _number(outcome: Fresh[SagePayment] | Skipped | Quarantined) -> str:
    """Return the bank code and check number of a payment."""
    key = outcome.record.key if isinstance(outcome, Fresh) else outcome.key
    return key.rpartition("-")[0]
