"""One Sage company, open for reading: lists, purchase orders, payments, and look-ups."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from app.domain.lists import ListItem, ListName
from app.domain.payments import SagePayment
from app.domain.purchase_orders import PurchaseOrder
from app.sage.catalogue import OnCall
from app.sage.cells import Observations
from app.sage.dialect import PROVIDEX, Dialect
from app.sage.ledger import Ledger
from app.sage.odbc import Connection
from app.sage.outcomes import BlockRead, Fresh, Quarantined, Skipped
from app.sage.readers import lists, payments, purchase_orders
from app.sage.source import Source
from app.sage.text import clean
from app.sage.wanted import EVERYTHING, Divided, Printed, Wanted
from app.settings import CompanySettings

if TYPE_CHECKING:
    from app.sage.probe import Probe


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A company that Sage has: its code and what it is called."""

    code: str
    name: str


class SageCompany:
    """An open company; leaving its `with` block disconnects.

    Every method, and every step of what it yields, raises `SkipItem` when a table of it cannot be read (the rest
    of the company can), `RetryLater` when Sage does not answer now, `NeedsUser` when it never will like this.
    `on_call` is entered around every single call into the driver, named like “reading AP_Vendor”.
    """

    def __init__(
        self,
        connection: Connection,
        company: CompanySettings,
        on_call: OnCall = nullcontext,
        dialect: Dialect = PROVIDEX,
    ) -> None:
        self._company = company
        self._connection = connection
        self._on_call = on_call
        self._seen = Observations()
        self._source = Source(connection, on_call, dialect)
        self.ledger = Ledger(self._source, self._seen)

    def __enter__(self) -> "SageCompany":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._source.close()

    @property
    def dropped(self) -> Counter[str]:
        """Characters left out of texts so far, by `table.column`."""
        return self._seen.dropped

    @property
    def bad_dates(self) -> Counter[str]:
        """Impossible dates read as "no date" so far, by `table.column`."""
        return self._seen.bad_dates

    @property
    def notes(self) -> Counter[str]:
        """Other things noticed so far, as sentences, and how often."""
        return self._seen.notes

    def probe(self) -> "Probe":
        """Return a look at the tables themselves: what this Sage has, and what AP Bridge misses in it."""
        from app.sage.probe import Probe  # a sync needs nothing of it

        return Probe(self._connection, self._on_call)

    def companies(self) -> list[CompanyName]:
        """Return the companies that this Sage has, in the order of their codes."""
        rows = self._source.stream("SY_Company", ("CompanyCode",), optional=("CompanyName",), order=("CompanyCode",))
        with closing(rows):
            return [CompanyName(clean(row[0])[0], clean(row[1] or "")[0]) for row in rows]

    def list_items(self, name: ListName) -> Iterator[ListItem | Quarantined]:
        """Yield one list's records in ascending key order, as they are read."""
        return _records(self.changed_list_items(name, EVERYTHING))

    def changed_list_items(self, name: ListName, wanted: Wanted) -> Iterator[Fresh[ListItem] | Quarantined | BlockRead]:
        """Yield the records of one list that differ from what is compared with, as they are read."""
        remit_to = self._company.vendor_address == "remit_to"
        return lists.read_list(self._source, self._seen, name, wanted, remit_to=remit_to)

    def printed_list(self, name: ListName, starts: Sequence[str]) -> Iterator[Printed]:
        """Yield the blocks of a list whose key is one column; they begin with these keys, or one has become several."""
        return lists.print_table(self._source, self._seen, lists.TABLES[name], Divided(starts))

    def dates_list_changes(self, name: ListName) -> bool:
        """Tell whether the list can be read since a day; if not, only a full pass finds what changed."""
        return lists.reads_changes(self._source, name)

    def reads_list_in_blocks(self, name: ListName) -> bool:
        """Tell whether a full pass over the list can pass over blocks of records that are known."""
        return lists.reads_in_blocks(name)

    def list_keys_there(self, name: ListName, keys: Collection[str]) -> set[str]:
        """Return which of `keys` the list has when it is asked for them: what was not met may only be misread."""
        return lists.keys_there(self._source, name, keys)

    def order_keys_there(self, numbers: Collection[str]) -> set[str]:
        """Return which of the orders there are when asked for them."""
        return self._source.keys_there(purchase_orders.HEADERS, ("PurchaseOrderNo",), numbers)

    def purchase_orders(self) -> Iterator[PurchaseOrder | Skipped | Quarantined]:
        """Yield the orders from the start date on in number order, as they are read, closed ones among them."""
        return _records(self.changed_purchase_orders(EVERYTHING))

    def changed_purchase_orders(
        self, wanted: Wanted
    ) -> Iterator[Fresh[PurchaseOrder] | Skipped | Quarantined | BlockRead]:
        """Yield the orders that differ from what is compared with; without closed ones that were never sent."""
        return purchase_orders.read_purchase_orders(self._source, self._seen, self._company.orders_from, wanted)

    def dates_order_changes(self) -> bool:
        """Tell whether orders can be read since a day."""
        return purchase_orders.reads_changes(self._source)

    def payments(self) -> Iterator[SagePayment | Skipped | Quarantined]:
        """Yield the payments from the start date on in key order, as they are read, each before its void."""
        return _records(self.changed_payments(EVERYTHING))

    def changed_payments(self, wanted: Wanted) -> Iterator[Fresh[SagePayment] | Skipped | Quarantined | BlockRead]:
        """Yield the payments of check numbers that differ from what is compared with, in key order."""
        return payments.read_payments(
            self._source,
            self._seen,
            since=self._company.payments_from,
            workflow_banks=self._company.workflow_banks,
            wanted=wanted,
        )

    def dates_payment_changes(self) -> bool:
        """Tell whether payments can be read since a day."""
        return payments.reads_changes(self._source)


def _records(outcomes: Iterator[Any]) -> Iterator[Any]:
    return (each.record if isinstance(each, Fresh) else each for each in outcomes)
