"""Notes which lists the settings leave out: what was set aside of them before needs nobody any more."""

from app.domain.lists import ListName
from app.engine.importing.sources import lists_in_use
from app.engine.store import ORDERS, SAGE_PAYMENTS, Store
from app.settings import CompanySettings


def note_switched_off(store: Store, company: CompanySettings) -> None:
    """Note what the settings leave out in this run.

    Raises:
        BridgeError: when the store takes no notes.
    """
    off = {name.value for name in ListName} - {name.value for name in lists_in_use(company)}
    if not company.orders_on:
        off.add(ORDERS)
    if not company.payments_on:
        off.add(SAGE_PAYMENTS)
    with store.transaction() as db:
        db.execute("DELETE FROM switched_off WHERE company = ?", (company.code,))
        for name in sorted(off):
            db.execute("INSERT INTO switched_off (company, list) VALUES (?, ?)", (company.code, name))
