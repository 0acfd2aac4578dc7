"""The demo company's items, units and warehouses."""

from collections.abc import Iterator
from typing import NamedTuple

from app.sandbox.sage import words
from app.sandbox.sage.plan import STAMPS, Plan, Sink
from app.sandbox.sage.setup import account_key
from app.sandbox.sage.vendors import active_vendor

REGULAR, SPECIAL, CHARGE, COMMENT, MISCELLANEOUS = "12345"
_COLUMNS = (
    "ItemCode ItemType ItemCodeDesc UseInAR UseInSO UseInPO UseInBM StandardUnitOfMeasure PurchaseUnitOfMeasure "
    "SalesUnitOfMeasure PurchaseAcctKey InventoryAcctKey CostOfGoodsSoldAcctKey TaxClass PurchasesTaxClass "
    "ProductLine ProductType Valuation DefaultWarehouseCode PrimaryAPDivisionNo PrimaryVendorNo StandardUnitCost "
    "StandardUnitPrice PurchaseUMConvFctr LastTotalUnitCost AverageUnitCost TotalQuantityOnHand LastReceiptDate "
    f"InactiveItem VendorItemCode {STAMPS} UDF_ABC_CODE"
)
# Items that are no goods: code, type, description, account's main code.
CHARGES = (
    ("/FREIGHT", CHARGE, "Inbound freight", "5100"),
    ("/PALLET", MISCELLANEOUS, "Pallet deposit", "6300"),
    ("/SETUP", MISCELLANEOUS, "Tooling and setup", "6520"),
    ("/C", COMMENT, "Comment", ""),
    ("*SPECIAL", SPECIAL, "Special order goods", "5000"),
)
_ODD = (
    ("wb-220a", "wire basket, lower-case code"),
    ('3/4" HOSE', 'Hose 3/4" with "quick" coupling'),
    ("=SUM-KIT", "=Assembly kit, code starts with an equals sign"),
    ("FILM-CTL", "Stretch film\x0b 18 in\x00 x 1500 ft".replace("\x00", "\x01")),
    ("PEINT-01", "Peinture se\u0301curite\u0301 jaune"),
    # Truly bad: without a code an item cannot be sent.
    ("", "Item without a code"),
)


class ItemParts(NamedTuple):
    """What an order line repeats of an item; the cost is in ten-thousandths of a dollar."""

    code: str
    description: str
    unit: str
    cost: int
    inventory: str


def item(place: int) -> ItemParts:
    """Return the regular item at `place` (from 0)."""
    rest, family = divmod(place, len(words.FAMILIES))
    rest, size = divmod(rest, len(words.SIZES))
    code, description, unit, cost, main, kind = words.FAMILIES[family]
    variants = words.VARIANTS[kind]
    model, turn = divmod(rest, len(variants))
    # Turned by family and size, so that even a small company has items of every look.
    variant = variants[(turn + 5 * family + 7 * size) % len(variants)]
    inches = words.SIZES[size]
    label = f" M{model}" if model else ""
    return ItemParts(
        f"{code}-{inches.split()[0]}-{variant[:3].upper()}{model or ''}",
        f"{description} {inches} {variant}{label}"[:30].rstrip(),
        unit,
        cost * (20 + 3 * size) // 20 + 125 * turn + model,
        account_key(words.INVENTORY_MAINS[main]),
    )


def write_items(sink: Sink, plan: Plan) -> None:
    """Write CI_Item, CI_UnitOfMeasure and IM_Warehouse."""
    sink.fill("CI_UnitOfMeasure", "UnitOfMeasure UnitOfMeasureDesc", words.UNITS)
    sink.fill("IM_Warehouse", "WarehouseCode WarehouseDesc WarehouseStatus", words.WAREHOUSES)
    sink.fill("CI_Item", _COLUMNS, _regular(plan))
    sink.fill("CI_Item", _COLUMNS, _others(plan))


def _regular(plan: Plan) -> Iterator[tuple[object, ...]]:
    random = plan.random("items")
    cost_of_goods = account_key("5000")
    for place in range(plan.counts.items):
        part = item(place)
        supplier = active_vendor(place, plan.counts.vendors, goods=True)
        yield (
            part.code,
            REGULAR,
            part.description,
            "N",
            "Y",
            "Y",
            "N",
            part.unit,
            part.unit.ljust(4),
            part.unit,
            "",
            part.inventory,
            cost_of_goods,
            "TX",
            "NT",
            part.code[:3],
            "F",
            "1",
            words.WAREHOUSES[place % 3][0],
            supplier.division,
            supplier.number,
            f"{part.cost / 10000:.4f}",
            f"{part.cost * 16 // 100_000}.95",
            "1",
            f"{part.cost / 10000:.4f}",
            f"{part.cost / 10000:.4f}",
            random.randrange(400),
            ("", plan.day(random.randrange(1, 120)), "1753-01-01")[place % 3],
            "Y" if place % 37 == 5 else "N",
            f"V{random.randrange(10**6):06d}",
            *plan.stamps(random, 1200),
            "ABC"[place % 3],
        )


def _others(plan: Plan) -> Iterator[tuple[object, ...]]:
    random = plan.random("other items")
    charges = [(code, kind, name, account_key(main) if main else "") for code, kind, name, main in CHARGES]
    odd = [(code, REGULAR, name, "") for code, name in _ODD]
    for code, kind, name, purchase_account in charges + odd:
        unit = "EA" if kind != COMMENT else ""
        inventory = account_key("1200") if kind == REGULAR else ""
        yield (
            code, kind, name[:30], "N", "Y", "Y", "N", unit, unit, unit, purchase_account, inventory, "", "TX", "NT",
            "MISC", "F", "1", "000", "", "", "12.5", "19.95", "1", "12.5", "12.5", 0, "", "N", "",
            *plan.stamps(random, 900), "C",
        )  # fmt: skip
