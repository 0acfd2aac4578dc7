"""Which lists the settings leave out."""

from dataclasses import replace
from pathlib import Path

from app.domain.lists import ListName
from app.engine.importing.switched_off import note_switched_off
from app.engine.store import ORDERS, SAGE_PAYMENTS, Store
from tests.engine.fakes import COMPANY


def test_what_is_off_is_noted_anew_in_each_run(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    note_switched_off(store, replace(COMPANY, lists_off=(ListName.ITEM,), orders_on=False, payments_on=False))
    off = {row["list"] for row in store.rows("SELECT list FROM switched_off")}
    assert off == {"item", "warehouse", "bank_account", ORDERS, SAGE_PAYMENTS}
    note_switched_off(store, COMPANY)
    assert store.rows("SELECT list FROM switched_off") == []
    store.close()
