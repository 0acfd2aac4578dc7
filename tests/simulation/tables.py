"""The tables behind the lists, and what edits put into them."""

from collections.abc import Callable
from dataclasses import dataclass

TEXTS = (
    "Harbor Supply", "Harbor Supply".ljust(30), "  leading blanks", "Cafe\u0301 Lumie\u0300re", "O\u0092Brien & Co",
    'Say "when"; O\'Hara', "tab\there", "line\r\nbreak", "bell\x07rings", "zero\u200bwidth", "\u0080 400 and \u00bd",
    "hard\u00a0blank", "", " ", "M\u00fcller S\u00f6hne GmbH",
)  # fmt: skip
DAYS = ("2026-02-30", "0000-00-00", "1753-01-01", "", None, "2026-13-01")
AMOUNTS = ("0.00", "12.5", "1999.99", "-45.10", "0.07", "123456.78")
QUANTITIES = (0, 1, 2.5, "0.333333", "12.000001", 480, -3)
NO_NUMBER = "1O"


@dataclass(frozen=True, slots=True)
class ListKind:
    """A table that is one list.

    Args:
        table: Its name.
        key: Its key columns.
        texts: Columns with free text that the cloud gets.
        others: Columns whose values are drawn from these.
        unseen: Columns that the cloud never gets.
        status: The column that says whether a record is active, and what may stand there; or none.
        new_keys: Makes the number-th key for new records.
        dependants: (table, columns) that repeat the key; they follow when it is renamed.
        stamped: Whether its rows carry the day and time of their last change.
    """

    table: str
    key: tuple[str, ...]
    texts: tuple[str, ...]
    others: dict[str, tuple[object, ...]]
    unseen: tuple[str, ...]
    status: tuple[str, tuple[str, ...]] | None
    new_keys: Callable[[int], tuple[str, ...]]
    dependants: tuple[tuple[str, tuple[str, ...]], ...] = ()
    stamped: bool = True


YES_NO = ("Y", "N", "", "y")
_SCHEDULES = ("OH MONT", "VA", "EXEMPT", "NOWHERE", "")
_ACCOUNTS = ("000000001", "000000012", "000000031", "")

LISTS = {
    "vendor": ListKind(
        "AP_Vendor",
        ("APDivisionNo", "VendorNo"),
        ("VendorName", "AddressLine1", "AddressLine2", "City", "EmailAddress", "TelephoneNo"),
        {
            "TermsCode": ("00", "02", ""),
            "AccountKey": _ACCOUNTS,
            "SeparateCheck": YES_NO,
            "HoldPayment": YES_NO,
            "UsePOReceiptOfInvForVendor": YES_NO,
            "TaxSchedule": _SCHEDULES,
        },
        ("TaxpayerIDSocialSecurityNo", "Comment", "LastPurchaseDate"),
        ("VendorStatus", ("A", "T", "I", "Z")),
        lambda number: (f"0{number % 2}", ("N{:04d}", "o'hara{}", "Ä{}", "n{:04d}")[number % 4].format(number)),
        (
            ("PO_PurchaseOrderHeader", ("APDivisionNo", "VendorNo")),
            ("PO_ReceiptHistoryHeader", ("APDivisionNo", "VendorNo")),
            ("AP_CheckHistoryHeader", ("APDivisionNo", "VendorNo")),
        ),
    ),
    "division": ListKind(
        "AP_Division",
        ("APDivisionNo",),
        ("APDivisionDesc",),
        {},
        ("CashAcctKey",),
        None,
        lambda number: (f"{10 + number}",),
    ),
    "gl_account": ListKind(
        "GL_Account",
        ("AccountKey",),
        ("AccountDesc",),
        {
            "Account": ("1010-00-00", "6100-01-00", "9999"),
            "AccountType": ("E", "A", ""),
            "AccountCategory": ("E", "A", ""),
            "MainAccountCode": ("1010", "6100", ""),
        },
        ("RollupCode1", "DateEnd"),
        ("Status", ("A", "I", "D", "")),
        lambda number: (f"{900000000 + number:09d}",),
        (
            ("GL_Bank", ("CashAccountKey",)),
            ("CI_Item", ("PurchaseAcctKey",)),
            ("AP_Vendor", ("AccountKey",)),
            ("PO_PurchaseOrderDetail", ("PurchasesAcctKey",)),
        ),
    ),
    "item": ListKind(
        "CI_Item",
        ("ItemCode",),
        ("ItemCodeDesc",),
        {
            "ItemType": ("1", "2", "4", "5"),
            "StandardUnitOfMeasure": ("EA", "BX  ", ""),
            "PurchaseUnitOfMeasure": ("EA", "CS"),
            "DefaultWarehouseCode": ("000", "001", ""),
            "PurchaseAcctKey": _ACCOUNTS,
            "StandardUnitCost": (*QUANTITIES, NO_NUMBER),
            "TaxClass": ("TX", "NT"),
            "PurchasesTaxClass": ("TX", "NT", ""),
        },
        ("AverageUnitCost", "TotalQuantityOnHand", "UDF_ABC_CODE"),
        ("InactiveItem", ("Y", "N", "")),
        lambda number: (("NEW-{:03d}", "O'RING {}", "é-{:02d}", "new/{}")[number % 4].format(number),),
        (("PO_PurchaseOrderDetail", ("ItemCode",)),),
    ),
    "unit_measure": ListKind(
        "CI_UnitOfMeasure",
        ("UnitOfMeasure",),
        ("UnitOfMeasureDesc",),
        {},
        (),
        None,
        lambda number: (f"U{number}",),
        (("CI_Item", ("StandardUnitOfMeasure",)), ("PO_PurchaseOrderDetail", ("UnitOfMeasure",))),
        stamped=False,
    ),
    "warehouse": ListKind(
        "IM_Warehouse",
        ("WarehouseCode",),
        ("WarehouseDesc",),
        {},
        (),
        ("WarehouseStatus", ("A", "I", "R", "", "Q")),
        lambda number: (f"W{number % 20:02d}",),
        (("CI_Item", ("DefaultWarehouseCode",)), ("PO_PurchaseOrderHeader", ("WarehouseCode",))),
        stamped=False,
    ),
    "bank_account": ListKind(
        "GL_Bank",
        ("BankCode",),
        ("BankDesc",),
        {"BankAccountNo": ("4410027731", "123", "12-34-5678", ""), "CashAccountKey": _ACCOUNTS},
        ("NextCheckNo", "CurrentBankBalance"),
        None,
        lambda number: ("CDEFGH"[number % 6],),
        stamped=False,
    ),
}
