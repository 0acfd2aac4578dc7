"""What AP Bridge expects of Sage 100's tables: the one place that says which columns it reads, and for what.

Names and sizes follow the public file layouts; where releases differ, every known size is there. Sizes of columns
that no public layout shows are left open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from app.domain.language import later
from app.domain.lists import ListName
from app.sage.layout_words import LIMITS, WITHOUT


class Kind(StrEnum):
    """What a column holds."""

    TEXT = later("text")
    NUMBER = later("number")
    DATE = later("date")


class Feature(StrEnum):
    """What AP Bridge reads tables for, in words that fit into a sentence."""

    DIVISION = later("the Division list")
    VENDOR = later("the Vendor list")
    REMIT_TO = later("remit-to addresses of vendors")
    GL_ACCOUNT = later("the GL Account list")
    ITEM = later("the Item list")
    UNIT_MEASURE = later("the Unit Measure list")
    WAREHOUSE = later("the Warehouse list")
    BANK_ACCOUNT = later("the Bank Account list")
    TAX = later("the Tax list")
    ORDERS = later("purchase orders")
    SAGE_PAYMENTS = later("payments made in Sage")
    INVOICES = later("checking and sending invoices")
    ORDER_INVOICES = later("checking and sending bills of purchase orders")
    PAYMENTS = later("checking and sending payments")


LIST_FEATURES = {
    ListName.DIVISION: Feature.DIVISION,
    ListName.VENDOR: Feature.VENDOR,
    ListName.GL_ACCOUNT: Feature.GL_ACCOUNT,
    ListName.ITEM: Feature.ITEM,
    ListName.UNIT_MEASURE: Feature.UNIT_MEASURE,
    ListName.WAREHOUSE: Feature.WAREHOUSE,
    ListName.BANK_ACCOUNT: Feature.BANK_ACCOUNT,
    ListName.TAX: Feature.TAX,
}


@dataclass(frozen=True, slots=True)
class ExpectedColumn:
    """A column that AP Bridge reads.

    `sizes` are the known ones in characters (none: any). `without` says what happens where it is missing and the
    rest goes on; it is empty where the features of `required_by` cannot do without. `limits` names what its size
    limits on the way to Sage.
    """

    name: str
    kind: Kind
    sizes: tuple[int, ...]
    required_by: frozenset[Feature]
    optional_for: frozenset[Feature]
    without: str
    limits: str


@dataclass(frozen=True, slots=True)
class ExpectedTable:
    """A table that AP Bridge reads: its columns in Sage's order, and what the others of known releases are called.

    `order` has the names of both kinds as they follow each other. `optional_for` may find the table missing without
    a word; `without` as for a column. A `small` table holds codes, and counting its rows costs nothing.
    """

    name: str
    columns: tuple[ExpectedColumn, ...]
    order: tuple[str, ...]
    features: tuple[Feature, ...]
    optional_for: frozenset[Feature]
    without: str
    small: bool

    def column(self, name: str) -> ExpectedColumn | None:
        """Return the expected column of that name, whatever its case, or None."""
        return next((each for each in self.columns if each.name.casefold() == name.casefold()), None)


_STAMPS = "DateCreated TimeCreated UserCreatedKey DateUpdated TimeUpdated UserUpdatedKey"
_CHANGED = "DateCreated TimeCreated UserCreatedKey DateUpdated:D TimeUpdated UserUpdatedKey"
_INVOICE_KEY = "APDivisionNo:S2 VendorNo:S7 InvoiceNo:S10/20"
_CHECK_KEY = "BankCode:S1/3 CheckNo:S10"

# Columns in Sage's order. With a type: read. S30/50 text of one of these sizes, S text of any, N number, D date.
# Without: known from one release or another, and not read.
_TABLES = {
    "AP_Division": "APDivisionNo:S2 APDivisionDesc:S30 AccountsPayableAcctKey DiscountsEarnedOrTakenAcctKey "
    "CashAcctKey DiscountsLostAcctKey RetentionPayableAcctKey FreightAcctKey SalesTaxAcctKey NonRecoverableTaxAcctKey "
    f"UseTaxAcctKey {_STAMPS}",
    "GL_Account": "AccountKey:S9 AccountDesc:S30/50 Account:S41 RawAccount MainAccountCode:S15 DateStart DateEnd "
    "Status:S1 ClearBalance AccountType:S2 CashFlowsType AccountCategory:S1 RollupCode1 RollupCode2 RollupCode3 "
    f"RollupCode4 AccountGroup CompanyCode {_CHANGED}",
    "SY_SalesTaxSchedule": "TaxSchedule:S9 TaxScheduleDesc:S",
    "SY_SalesTaxScheduleDetail": "TaxSchedule:S9 ScheduleSeqNo:S6 TaxCode:S15",
    "SY_SalesTaxCode": "TaxCode:S15 TaxCodeDesc:S TaxCodeShortDesc TaxOnTax TaxClassForTaxOnTax TaxLimit "
    "ExpenseToVendorItem RetentionTaxable",
    "SY_SalesTaxCodeDetail": "TaxCode:S15 TaxClass:S2 SalesTaxable PurchasesTaxable:S1 TaxRate:N "
    "NonRecoverablePercent:N",
    "SY_SalesTaxClass": "TaxClass:S2 TaxClassDesc:S",
    "CI_UnitOfMeasure": "UnitOfMeasure:S4 UnitOfMeasureDesc:S",
    "IM_Warehouse": "WarehouseCode:S3 WarehouseDesc:S30 WarehouseStatus:S1",
    "GL_Bank": "BankCode:S1/3 BankDesc:S30 BankAccountNo:S CashAccountKey:S9 NextCheckNo NextPayrollCheckNo "
    "StatementBalance CurrentBankBalance CheckPrintingStatus EncryptedVals",
    "CI_Item": "ItemCode:S30 ItemType:S1 ItemCodeDesc:S30 ExtendedDescriptionKey UseInAR UseInSO UseInPO UseInBM "
    "StandardUnitOfMeasure:S4 PurchaseUnitOfMeasure:S4 SalesUnitOfMeasure PurchaseAcctKey:S9 InventoryAcctKey "
    "CostOfGoodsSoldAcctKey TaxClass:S2 PurchasesTaxClass:S2 ProductLine ProductType Valuation "
    "DefaultWarehouseCode:S3 PrimaryAPDivisionNo PrimaryVendorNo StandardUnitCost:N StandardUnitPrice "
    "PurchaseUMConvFctr SalesUMConvFctr LastTotalUnitCost AverageUnitCost TotalQuantityOnHand LastReceiptDate "
    f"InactiveItem:S1 VendorItemCode {_CHANGED}",
    "AP_Vendor": "APDivisionNo:S2 VendorNo:S7 VendorName:S30/50 AddressLine1:S30/40 AddressLine2:S30/40 "
    "AddressLine3:S30/40 City:S20/30 State:S2 ZipCode:S10 CountryCode:S3 PrimaryContact TelephoneNo:S17/20 "
    "TelephoneExt FaxNo EmailAddress:S250 URLAddress TermsCode:S2 Reference TemporaryVendor VendorStatus:S1 "
    "InactiveReasonCode CreditCardVendor HoldPayment:S1 ElectronicPayment StandardEntryClass ExemptionNoOnFile "
    "TaxSchedule:S9 TaxClass AccountKey:S9 SeparateCheck:S1 Comment Sort BatchFax UsePOReceiptOfInvForVendor:S1 "
    "PrimaryPurchaseAddressCode VendorType Form1099 TaxpayerIDSocialSecurityNo Box1099 MiscBox9 LastPurchaseDate "
    f"LastPaymentDate LastCheckNo LastCheckAmt RetentionRate AverageDaysToPay AverageDaysOverDue {_CHANGED} "
    "RemitToAddressLine1:S RemitToAddressLine2:S RemitToAddressLine3:S RemitToCity:S RemitToState:S RemitToZipCode:S "
    "RemitToCountryCode:S",
    "AP_TermsCode": "TermsCode:S2 TermsCodeDesc DaysBeforeDue DueDateADayOfTheMonth MinimumDaysAllowedInv "
    f"DaysDiscountAllowed DiscountDateADayOfTheMo MinimumDaysAllowedDisc DiscountRate {_STAMPS}",
    "PO_PurchaseOrderHeader": "PurchaseOrderNo:S7 PurchaseOrderDate:D OrderType:S1 MasterRepeatingOrderNo "
    "RequiredExpireDate:D APDivisionNo:S2 VendorNo:S7 PurchaseName:S30/50 PurchaseAddress1 PurchaseAddress2 "
    "PurchaseAddress3 PurchaseCity PurchaseState PurchaseZipCode PurchaseCountryCode PurchaseAddressCode ShipToCode "
    "ShipToName ShipToAddress1 ShipToAddress2 ShipToAddress3 ShipToCity ShipToState ShipToZipCode ShipToCountryCode "
    "OrderStatus:S1 UseTax PrintPurchaseOrders OnHold BatchFax BatchEmail CompletionDate ShipVia FOB "
    "WarehouseCode:S3 ConfirmTo Comment:S30 ARDivisionNo CustomerNo TermsCode:S2 LastInvoiceDate LastInvoiceNo "
    "Form1099 Box1099 LastReceiptDate LastReceiptNo LastIssueDate LastIssueNo PrepaidCheckNo FaxNo TaxSchedule:S9 "
    "InvalidTaxCalc PrepaidAmt TaxableAmt NonTaxableAmt SalesTaxAmt:N FreightAmt:N PrepaidFreightAmt InvoicedAmt "
    "ReceivedAmt FreightSalesTaxInvAmt BackOrderLostAmt SalesOrderNo RequisitorName RequisitorDepartment "
    f"EmailAddress LastPurchaseOrderDate LastPurchaseOrderNo {_CHANGED}",
    "PO_PurchaseOrderDetail": "PurchaseOrderNo:S7 LineKey:S6 LineSeqNo:S14 ItemCode:S30 ItemType:S1 ItemCodeDesc:S30 "
    "ExtendedDescriptionKey UseTax RequiredDate VendorPriceCode PurchasesAcctKey:S9 Valuation UnitOfMeasure:S4 "
    "WarehouseCode:S3 ProductLine MasterLineKey Reschedule JobNo CostCode CostType ReceiptOfGoodsUpdated WorkOrderNo "
    "StepNo TaxClass CommentText:S AssetAccount AssetTemplate Weight WeightReference QuantityOrdered:N "
    "QuantityReceived:N QuantityBackordered:N QuantityInvoiced:N MasterOriginalQty MasterQtyBalance "
    "MasterQtyOrderedToDate UnitCost:N OriginalUnitCost ExtensionAmt:N ReceivedAmt InvoicedAmt "
    "UnitOfMeasureConvFactor ReceivedAllocatedAmt InvoicedAllocatedAmt SalesOrderNo CustomerPONo "
    "PurchaseOrderHistoryDtlSeqNo AllocateLandedCost VendorAliasItemNo",
    "PO_ReceiptHistoryHeader": "PurchaseOrderNo:S7 ReceiptType:S1 ReceiptNo:S6 HeaderSeqNo:S6 APDivisionNo VendorNo "
    "PurchaseName PurchaseOrderDate ReceiptDate:D InvoiceNo InvoiceDate ReceiptAmt InvoiceAmt TransactionDate "
    f"{_STAMPS}",
    "PO_ReceiptHistoryDetail": "PurchaseOrderNo:S7 ReceiptType:S1 ReceiptNo:S6 HeaderSeqNo:S6 LineKey:S6 ItemCode "
    "ItemCodeDesc WarehouseCode QuantityReceived:N UnitCost ExtensionAmt SalesOrderNo CommentText",
    "PO_ReceiptHeader": "ReceiptType:S1 ReceiptNo:S6 ReceiptDate PurchaseOrderNo:S7 APDivisionNo:S2 VendorNo:S7 "
    "InvoiceNo:S10/20 InvoiceDate:D InvoiceDueDate InvoiceDiscountDate TermsCode Comment:S HoldPayment SeparateCheck "
    f"Form1099 Box1099 CODNo TaxSchedule InvalidTaxCalc InvoiceAmt:N FreightAmt:N SalesTaxAmt:N BatchNo:S5 {_STAMPS}",
    "PO_ReceiptDetail": "ReceiptType:S1 ReceiptNo:S6 LineKey:S6 LineSeqNo PurchaseOrderLineKey:S6 ItemCode ItemType "
    "ItemCodeDesc WarehouseCode UnitOfMeasure AccountKey:S9 CommentText:S QuantityOrdered QuantityReceived "
    "QuantityInvoiced:N UnitCost ExtensionAmt:N",
    "AP_InvoiceHeader": f"{_INVOICE_KEY} InvoiceDate:D InvoiceDueDate InvoiceDiscountDate TermsCode HoldPayment "
    "Comment:S40 JobNo Adjustment RecurringInvoice PrepaidApplyToInvoiceNo PrepaidPaymentDate PrepaidCheckNo BankCode "
    "SeparateCheck Form1099 Box1099 TaxSchedule TaxClass UseTax InvalidTaxCalc BatchNo:S5 InvoiceAmt:N DiscountAmt "
    f"TaxableAmt NonTaxableAmt FreightAmt:N SalesTaxAmt:N UseTaxAmt RetentionAmt PrepaidAmt {_STAMPS}",
    "AP_InvoiceDetail": f"{_INVOICE_KEY} LineKey:S6 LineSeqNo AccountKey:S9 CommentText:S2048 DistributionAmt:N JobNo "
    "CostCode CostType UnitOfMeasure TransferAPDivisionNo TransferVendorNo TransferInvoiceNo TransferForm1099 "
    "TransferBox1099 AssetTemplate",
    "AP_OpenInvoice": f"{_INVOICE_KEY} InvoiceHistoryHeaderSeqNo InvoiceDate:D InvoiceDueDate InvoiceDiscountDate "
    "TermsCode HoldPayment Comment:S40 JobNo Form1099 Box1099 SeparateCheck Balance:N InvoiceAmt:N DiscountAmt:N "
    f"CheckNo CheckType CheckDate PostingDate {_STAMPS}",
    "AP_InvoiceHistoryHeader": "InvoiceNo:S10/20 HeaderSeqNo:S6 ModuleCode InvoiceType APDivisionNo:S2 VendorNo:S7 "
    "InvoiceDate:D InvoiceDueDate InvoiceDiscountDate TransactionDate TermsCode Comment:S40 TaxSchedule TaxClass "
    f"UseTax PurchaseOrderNo ReceiptNo ReceiptDate InvoiceAmt:N NonTaxableAmt FreightAmt SalesTaxAmt {_STAMPS}",
    "AP_InvoiceHistoryDetail": "InvoiceNo:S10/20 HeaderSeqNo:S6 DetailSeqNo:S6 AccountKey:S9 ItemCode ItemCodeDesc "
    "WarehouseCode QuantityOrdered QuantityReceived QuantityInvoiced UnitCost ExtensionAmt:N SalesOrderNo "
    "CommentText:S",
    "AP_ManualCheckHeader": f"{_CHECK_KEY} CheckDate:D APDivisionNo:S2 VendorNo:S7 VendorName CheckType:S1 "
    f"StartingCheckNo Comment:S40 BatchNo:S5 CheckAmt:N {_STAMPS}",
    "AP_ManualCheckDetail": f"{_CHECK_KEY} LineKey:S6 LineSeqNo InvoiceNo:S10/20 InvoiceDate InvoiceAmt:N "
    "DiscountAmt:N Comment:S",
    "AP_CheckHeader": "APDivisionNo:S2 VendorNo:S7 CheckEntryNo:S3 BankCode CheckNo:S10 CheckDate CheckPrinted "
    f"StubPrinted CheckComment CheckAmt DiscountAmt NumberOfDetailLines {_STAMPS}",
    "AP_CheckDetail": "APDivisionNo:S2 VendorNo:S7 CheckEntryNo:S3 LineKey InvoiceNo:S10/20 InvoiceAmt:N DiscountAmt:N",
    "AP_CheckHistoryHeader": f"{_CHECK_KEY} CheckSeqNo:S6 CheckType:S1 CheckDate:D TransactionDate APDivisionNo:S2 "
    "VendorNo:S7 VendorName:S30/50 CheckAmt:N ClearedBank ClearedDate CheckComment:S40 SourceJournal "
    f"SourceJournalBatchNo ACHElectronicPayment WireTransferNo {_CHANGED}",
    "AP_CheckHistoryDetail": f"{_CHECK_KEY} CheckSeqNo:S6 InvoiceNo:S10/20 InvoiceSeqNo:S6 Comment:S AmountPaid:N "
    "DiscountAmt:N",
    "AP_Options": "ModuleCode DivisionsUsed InvoiceBatchEntry:S1 NextInvoiceBatchNo ManualCheckBatchEntry:S1 "
    "NextManualCheckBatchNo",
    "PO_Options": "ModuleCode ReceiptOfInvoiceBatchEntry:S1 NextReceiptOfInvoiceBatchNo NextReceiptNo",
}

_SMALL = frozenset(
    {
        "AP_Division",
        "AP_TermsCode",
        "AP_Options",
        "PO_Options",
        "CI_UnitOfMeasure",
        "IM_Warehouse",
        "GL_Bank",
        "SY_SalesTaxSchedule",
        "SY_SalesTaxScheduleDetail",
        "SY_SalesTaxCode",
        "SY_SalesTaxCodeDetail",
        "SY_SalesTaxClass",
    }
)

_VENDOR_FACTS = "APDivisionNo VendorNo VendorName VendorStatus HoldPayment UsePOReceiptOfInvForVendor TermsCode"
_FOUND_INVOICES = {
    "AP_InvoiceHeader": "APDivisionNo VendorNo InvoiceNo InvoiceDate InvoiceAmt Comment | BatchNo FreightAmt "
    "SalesTaxAmt",
    "AP_InvoiceDetail": "APDivisionNo VendorNo InvoiceNo LineKey AccountKey DistributionAmt CommentText",
    "AP_OpenInvoice": "APDivisionNo VendorNo InvoiceNo InvoiceDate InvoiceAmt Comment",
    "AP_InvoiceHistoryHeader": "APDivisionNo VendorNo InvoiceNo InvoiceDate InvoiceAmt Comment HeaderSeqNo",
    "AP_InvoiceHistoryDetail": "InvoiceNo HeaderSeqNo DetailSeqNo AccountKey ExtensionAmt CommentText",
    "?PO_ReceiptHeader": "APDivisionNo VendorNo InvoiceNo InvoiceDate InvoiceAmt Comment ReceiptType ReceiptNo "
    "| BatchNo FreightAmt SalesTaxAmt",
    "?PO_ReceiptDetail": "ReceiptType ReceiptNo LineKey AccountKey ExtensionAmt CommentText",
}

# What each feature asks of which table: required columns, and after the bar those it reads where they are there.
# It does without a table that is marked with a question mark.
_NEEDS: dict[Feature, dict[str, str]] = {
    Feature.DIVISION: {"AP_Division": "APDivisionNo APDivisionDesc"},
    Feature.GL_ACCOUNT: {
        "GL_Account": "AccountKey AccountDesc Account Status | AccountType AccountCategory MainAccountCode DateUpdated"
    },
    Feature.TAX: {
        "SY_SalesTaxSchedule": "TaxSchedule TaxScheduleDesc",
        "SY_SalesTaxScheduleDetail": "TaxSchedule ScheduleSeqNo TaxCode",
        "SY_SalesTaxCode": "TaxCode TaxCodeDesc",
        "SY_SalesTaxCodeDetail": "TaxCode TaxClass PurchasesTaxable TaxRate NonRecoverablePercent",
        "SY_SalesTaxClass": "TaxClass TaxClassDesc",
    },
    Feature.UNIT_MEASURE: {"CI_UnitOfMeasure": "UnitOfMeasure | UnitOfMeasureDesc"},
    Feature.WAREHOUSE: {"IM_Warehouse": "WarehouseCode WarehouseDesc | WarehouseStatus"},
    Feature.BANK_ACCOUNT: {"GL_Bank": "BankCode BankDesc CashAccountKey | BankAccountNo"},
    Feature.ITEM: {
        "CI_Item": "ItemCode ItemCodeDesc ItemType InactiveItem StandardUnitCost | StandardUnitOfMeasure "
        "PurchaseUnitOfMeasure DefaultWarehouseCode PurchaseAcctKey TaxClass PurchasesTaxClass DateUpdated"
    },
    Feature.VENDOR: {
        "AP_Vendor": f"{_VENDOR_FACTS} SeparateCheck | AccountKey TaxSchedule EmailAddress TelephoneNo "
        "AddressLine1 AddressLine2 AddressLine3 City State ZipCode CountryCode DateUpdated"
    },
    Feature.REMIT_TO: {
        "AP_Vendor": "| RemitToAddressLine1 RemitToAddressLine2 RemitToAddressLine3 RemitToCity RemitToState "
        "RemitToZipCode RemitToCountryCode"
    },
    Feature.ORDERS: {
        "PO_PurchaseOrderHeader": "PurchaseOrderNo PurchaseOrderDate OrderType OrderStatus RequiredExpireDate "
        "APDivisionNo VendorNo PurchaseName TermsCode WarehouseCode TaxSchedule Comment FreightAmt SalesTaxAmt | "
        "DateUpdated",
        "PO_PurchaseOrderDetail": "PurchaseOrderNo LineKey LineSeqNo ItemCode ItemType ItemCodeDesc UnitOfMeasure "
        "WarehouseCode PurchasesAcctKey QuantityOrdered QuantityReceived QuantityInvoiced QuantityBackordered UnitCost "
        "ExtensionAmt CommentText",
        "PO_ReceiptHistoryHeader": "PurchaseOrderNo ReceiptType ReceiptNo HeaderSeqNo ReceiptDate",
        "PO_ReceiptHistoryDetail": "PurchaseOrderNo ReceiptType ReceiptNo HeaderSeqNo LineKey QuantityReceived",
    },
    Feature.SAGE_PAYMENTS: {
        "AP_CheckHistoryHeader": "BankCode CheckNo CheckSeqNo CheckType CheckDate APDivisionNo VendorNo VendorName "
        "CheckAmt CheckComment | DateUpdated",
        "AP_CheckHistoryDetail": "BankCode CheckNo CheckSeqNo InvoiceNo InvoiceSeqNo AmountPaid DiscountAmt",
    },
    Feature.INVOICES: {
        "AP_Vendor": _VENDOR_FACTS,
        "GL_Account": "AccountKey Account AccountDesc Status",
        "AP_Division": "APDivisionNo",
        "AP_TermsCode": "TermsCode",
        "SY_SalesTaxSchedule": "TaxSchedule",
        "CI_UnitOfMeasure": "UnitOfMeasure",
        "?IM_Warehouse": "WarehouseCode",
        "AP_Options": "InvoiceBatchEntry",
    }
    | _FOUND_INVOICES,
    Feature.PAYMENTS: {
        "AP_Vendor": _VENDOR_FACTS,
        "AP_Division": "APDivisionNo",
        "GL_Bank": "BankCode",
        "AP_ManualCheckHeader": "BankCode CheckNo CheckDate APDivisionNo VendorNo CheckAmt Comment | CheckType BatchNo",
        "AP_ManualCheckDetail": "BankCode CheckNo LineKey InvoiceNo InvoiceAmt DiscountAmt | Comment",
        "AP_CheckHeader": "APDivisionNo VendorNo CheckEntryNo | CheckNo",
        "AP_CheckDetail": "APDivisionNo VendorNo CheckEntryNo InvoiceNo InvoiceAmt DiscountAmt",
        "AP_CheckHistoryHeader": "BankCode CheckNo CheckSeqNo CheckDate APDivisionNo VendorNo CheckAmt CheckComment",
        "AP_CheckHistoryDetail": "BankCode CheckNo CheckSeqNo InvoiceNo AmountPaid | Comment",
        "AP_Options": "ManualCheckBatchEntry",
    }
    | _FOUND_INVOICES
    | {"AP_OpenInvoice": "APDivisionNo VendorNo InvoiceNo InvoiceDate InvoiceAmt Comment Balance DiscountAmt"},
}
_NEEDS[Feature.ORDER_INVOICES] = _NEEDS[Feature.ORDERS] | {
    "PO_ReceiptHeader": "ReceiptType ReceiptNo PurchaseOrderNo APDivisionNo VendorNo InvoiceNo InvoiceDate InvoiceAmt "
    "Comment | BatchNo FreightAmt SalesTaxAmt",
    "PO_ReceiptDetail": "ReceiptType ReceiptNo LineKey PurchaseOrderLineKey AccountKey QuantityInvoiced ExtensionAmt "
    "CommentText",
    "PO_Options": "ReceiptOfInvoiceBatchEntry",
}


@cache
def expected_tables() -> tuple[ExpectedTable, ...]:
    """Return every table that AP Bridge reads."""
    return tuple(_table(name, layout) for name, layout in _TABLES.items())


def lost(table: str, column: str) -> frozenset[Feature]:
    """Return the features that do not work without a column that is read, or ('') without the whole table."""
    expected = next(each for each in expected_tables() if each.name == table)
    found = expected.column(column)
    return found.required_by if found is not None else frozenset(expected.features) - expected.optional_for


def _table(name: str, layout: str) -> ExpectedTable:
    required: dict[Feature, frozenset[str]] = {}
    optional: dict[Feature, frozenset[str]] = {}
    spared = set()
    for feature, needs in _NEEDS.items():
        for table in (name, f"?{name}"):
            if table in needs:
                must, _, may = needs[table].partition("|")
                required[feature], optional[feature] = frozenset(must.split()), frozenset(may.split())
                if table != name:
                    spared.add(feature)
    return ExpectedTable(
        name,
        tuple(_columns(name, layout, required, optional)),
        tuple(spec.partition(":")[0] for spec in layout.split()),
        tuple(required),
        frozenset(spared),
        WITHOUT.get(name, ""),
        name in _SMALL,
    )


def _columns(
    table: str, layout: str, required: dict[Feature, frozenset[str]], optional: dict[Feature, frozenset[str]]
) -> Iterator[ExpectedColumn]:
    kinds = {"S": Kind.TEXT, "N": Kind.NUMBER, "D": Kind.DATE}
    for spec in layout.split():
        name, _, kind = spec.partition(":")
        if kind:
            yield ExpectedColumn(
                name,
                kinds[kind[0]],
                tuple(int(size) for size in kind[1:].split("/") if size),
                frozenset(feature for feature, columns in required.items() if name in columns),
                frozenset(feature for feature, columns in optional.items() if name in columns),
                WITHOUT.get(f"{table}.{name}", ""),
                LIMITS.get(f"{table}.{name}", ""),
            )
