"""One Sage company, open for reading: lists, purchase orders, payments, and look-ups."""

from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from types import TracebackType

from app.domain.lists import ListItem, ListName
from app.domain.payments import SagePayment
from app.domain.purchase_orders import PurchaseOrder
from app.sage.catalogue import OnCall
from app.sage.cells import Observations
from app.sage.ledger import Ledger
from app.sage.odbc import Connection
from app.sage.outcomes import Quarantined, Skipped
from app.sage.readers.lists import read_list
from app.sage.readers.payments import read_payments
from app.sage.readers.purchase_orders import read_purchase_orders
from app.sage.source import Source
from app.settings import CompanySettings


class SageCompany:
    """An open company; leaving its `with` block disconnects.

    Every method, and every step of what it yields, raises `SkipItem` when a table of it cannot be read (the rest
    of the company can), `RetryLater` when Sage does not answer now, `NeedsUser` when it never will like this.
    `on_call` is entered around every single call into the driver, named like “reading AP_Vendor”.
    """

    def __init__(self, connection: Connection, company: CompanySettings, on_call: OnCall = nullcontext) -> None:
        self._company = company
        self._seen = Observations()
        self._source = Source(connection, on_call)
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

    def list_items(self, name: ListName) -> Iterator[ListItem | Quarantined]:
        """Yield one list's records in ascending key order, as they are read."""
        return read_list(self._source, self._seen, name, remit_to=self._company.vendor_address == "remit_to")

    def purchase_orders(self) -> Iterator[PurchaseOrder | Skipped | Quarantined]:
        """Yield the orders from the start date on in number order, as they are read, closed ones among them."""
        return read_purchase_orders(self._source, self._seen, self._company.orders_from)

    def payments(self) -> Iterator[SagePayment | Skipped | Quarantined]:
        """Yield the payments from the start date on in key order, as they are read, each before its void."""
        return read_payments(
            self._source,
            self._seen,
            since=self._company.payments_from,
            workflow_banks=self._company.workflow_banks,
        )
