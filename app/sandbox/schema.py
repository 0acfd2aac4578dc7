"""The tables of a Sage 100 company as the demo keeps them in SQLite: columns, sizes and keys.

Names and sizes follow the public file layouts of current releases (invoice number 20, names 50, addresses 40).
No layout was found for these; their columns are inferred from the entry screens or from sister tables:
the tail of AP_Vendor and of AP_InvoiceHeader, AP_InvoiceDetail, AP_ManualCheckDetail, AP_CheckDetail, PO_ReceiptHeader
and PO_ReceiptDetail, AP_CheckHistoryDetail, IM_Warehouse, CI_UnitOfMeasure, SY_Company, SY_User, both option tables
and both batch tables. A program that reads them must ask the catalogue first.

Sage writes blank text, never NULL, so text columns are NOT NULL; dates may hold whatever an old release left.
"""

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `declared` is its SQL type; `kind` is "text", "date" or "number"; `size` is in characters."""

    name: str
    declared: str
    kind: str
    size: int
    in_key: bool

    @property
    def ddl(self) -> str:
        """Its line in CREATE TABLE."""
        if self.kind == "date":
            return f"{self.name} {self.declared}"
        blank = "''" if self.kind == "text" else "0"
        return f"{self.name} {self.declared} NOT NULL DEFAULT {blank}"


@dataclass(frozen=True, slots=True)
class Table:
    """One table: columns in order, the key's columns first among them, and Sage's further keys."""

    name: str
    columns: tuple[Column, ...]
    indexes: tuple[tuple[str, ...], ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The names of the primary key's columns."""
        return tuple(column.name for column in self.columns if column.in_key)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column | None:
        """Return the column called `name`, whatever its case, or None."""
        return next((each for each in self.columns if each.name.lower() == name.lower()), None)

    @property
    def ddl(self) -> tuple[str, ...]:
        """The statements that make the table and its further keys."""
        lines = ", ".join(column.ddl for column in self.columns)
        table = f"CREATE TABLE {self.name} ({lines}, PRIMARY KEY ({', '.join(self.key)})) WITHOUT ROWID"
        further = (
            f"CREATE INDEX {self.name}_K{number} ON {self.name} ({', '.join(columns)})"
            for number, columns in enumerate(self.indexes, start=1)
        )
        return (table, *further)


# One line a group of columns. S20 = text of 20, N13.2 = number, D = date; a star marks the primary key.
_CREATED = "DateCreated:D TimeCreated:S8 UserCreatedKey:S10"
_STAMPS = f"{_CREATED} DateUpdated:D TimeUpdated:S8 UserUpdatedKey:S10"
_INVOICE_KEY = "APDivisionNo:S2* VendorNo:S7* InvoiceNo:S20*"
_HISTORY_DATES = "InvoiceDate:D InvoiceDueDate:D InvoiceDiscountDate:D"

_LAYOUTS = {
    "SY_Company": "CompanyCode:S3* CompanyName:S30 AddressLine1:S40 City:S30 State:S2 ZipCode:S10 "
    "CurrencyCode:S3 AllowExternalAccess:S1",
    # Stand-ins for Sage's own user and role files: the password is a salted hash, the rights are by task.
    "SY_User": "UserLogon:S30* UserKey:S10 UserName:S30 PasswordSalt:S32 PasswordHash:S64 Administrator:S1 "
    "EnableCSODBC:S1 UserStatus:S1",
    "SY_UserTask": "UserKey:S10* TaskName:S30*",
    "SY_SalesTaxCode": "TaxCode:S15* TaxCodeDesc:S30 TaxCodeShortDesc:S10 TaxOnTax:S1 TaxClassForTaxOnTax:S2 "
    "TaxLimit:N13.2 ExpenseToVendorItem:S1 RetentionTaxable:S1",
    "SY_SalesTaxCodeDetail": "TaxCode:S15* TaxClass:S2* SalesTaxable:S1 PurchasesTaxable:S1 TaxRate:N11.6 "
    "NonRecoverablePercent:N8.3",
    "SY_SalesTaxClass": "TaxClass:S2* TaxClassDesc:S30",
    "SY_SalesTaxSchedule": "TaxSchedule:S9* TaxScheduleDesc:S30",
    "SY_SalesTaxScheduleDetail": "TaxSchedule:S9* ScheduleSeqNo:S6* TaxCode:S15",
    "GL_Account": "AccountKey:S9* AccountDesc:S50 Account:S41 RawAccount:S32 MainAccountCode:S15 DateStart:D "
    "DateEnd:D Status:S1 ClearBalance:S1 AccountType:S2 CashFlowsType:S1 AccountCategory:S1 RollupCode1:S20 "
    f"AccountGroup:S15 CompanyCode:S3 {_STAMPS}",
    "GL_AccountSegment": "SegmentNo:S2* SubAccountCode:S15* AccountKey:S9*",
    "GL_Bank": "BankCode:S1* BankDesc:S30 BankAccountNo:S35 CashAccountKey:S9 NextCheckNo:S10 "
    "CurrentBankBalance:N13.2 CheckPrintingStatus:S1",
    # One row each: batch entry on or off for every entry screen, and the next numbers.
    "AP_Options": "ModuleCode:S3* DivisionsUsed:S1 InvoiceBatchEntry:S1 NextInvoiceBatchNo:S5 "
    "ManualCheckBatchEntry:S1 NextManualCheckBatchNo:S5",
    "PO_Options": "ModuleCode:S3* ReceiptOfInvoiceBatchEntry:S1 NextReceiptOfInvoiceBatchNo:S5 NextReceiptNo:S6",
    # BatchType: IN invoices, MC manual checks; RI receipts of invoice.
    "AP_Batch": f"BatchType:S2* BatchNo:S5* BatchDesc:S40 PrivateBatch:S1 {_CREATED}",
    "PO_Batch": f"BatchType:S2* BatchNo:S5* BatchDesc:S40 PrivateBatch:S1 {_CREATED}",
    "AP_Division": "APDivisionNo:S2* APDivisionDesc:S30 AccountsPayableAcctKey:S9 "
    "DiscountsEarnedOrTakenAcctKey:S9 CashAcctKey:S9 DiscountsLostAcctKey:S9 RetentionPayableAcctKey:S9 "
    f"FreightAcctKey:S9 SalesTaxAcctKey:S9 NonRecoverableTaxAcctKey:S9 UseTaxAcctKey:S9 {_STAMPS}",
    "AP_TermsCode": "TermsCode:S2* TermsCodeDesc:S30 DaysBeforeDue:N3.0 DueDateADayOfTheMonth:S1 "
    "MinimumDaysAllowedInv:N3.0 DaysDiscountAllowed:N3.0 DiscountDateADayOfTheMo:S1 MinimumDaysAllowedDisc:N3.0 "
    f"DiscountRate:N9.3 {_STAMPS}",
    "AP_Vendor": "APDivisionNo:S2* VendorNo:S7* VendorName:S50 AddressLine1:S40 AddressLine2:S40 AddressLine3:S40 "
    "City:S30 State:S2 ZipCode:S10 CountryCode:S3 PrimaryContact:S10 TelephoneNo:S20 TelephoneExt:S5 FaxNo:S20 "
    "EmailAddress:S250 URLAddress:S50 TermsCode:S2 Reference:S15 VendorStatus:S1 InactiveReasonCode:S5 "
    "CreditCardVendor:S1 HoldPayment:S1 ElectronicPayment:S1 TaxSchedule:S9 TaxClass:S2 AccountKey:S9 "
    "SeparateCheck:S1 Comment:S30 Sort:S10 UsePOReceiptOfInvForVendor:S1 PrimaryPurchaseAddressCode:S4 "
    "VendorType:S1 Form1099:S1 TaxpayerIDSocialSecurityNo:S9 Box1099:S3 LastPurchaseDate:D LastPaymentDate:D "
    f"LastCheckNo:S10 LastCheckAmt:N15.2 AverageDaysToPay:N3.0 {_STAMPS} UDF_PORTAL_ID:S20",
    "CI_UnitOfMeasure": "UnitOfMeasure:S4* UnitOfMeasureDesc:S30",
    "IM_Warehouse": "WarehouseCode:S3* WarehouseDesc:S30 WarehouseStatus:S1",
    "CI_Item": "ItemCode:S30* ItemType:S1 ItemCodeDesc:S30 ExtendedDescriptionKey:S10 UseInAR:S1 UseInSO:S1 "
    "UseInPO:S1 UseInBM:S1 StandardUnitOfMeasure:S4 PurchaseUnitOfMeasure:S4 SalesUnitOfMeasure:S4 "
    "PurchaseAcctKey:S9 InventoryAcctKey:S9 CostOfGoodsSoldAcctKey:S9 TaxClass:S2 PurchasesTaxClass:S2 "
    "ProductLine:S4 ProductType:S1 Valuation:S1 DefaultWarehouseCode:S3 PrimaryAPDivisionNo:S2 "
    "PrimaryVendorNo:S7 StandardUnitCost:N15.6 StandardUnitPrice:N15.6 PurchaseUMConvFctr:N11.4 "
    "LastTotalUnitCost:N15.6 AverageUnitCost:N15.6 TotalQuantityOnHand:N15.6 LastReceiptDate:D InactiveItem:S1 "
    f"VendorItemCode:S30 {_STAMPS} UDF_ABC_CODE:S1",
    "PO_PurchaseOrderHeader": "PurchaseOrderNo:S7* PurchaseOrderDate:D OrderType:S1 MasterRepeatingOrderNo:S7 "
    "RequiredExpireDate:D APDivisionNo:S2 VendorNo:S7 PurchaseName:S50 PurchaseAddress1:S40 PurchaseAddress2:S40 "
    "PurchaseAddress3:S40 PurchaseCity:S30 PurchaseState:S2 PurchaseZipCode:S10 PurchaseCountryCode:S3 "
    "PurchaseAddressCode:S4 ShipToCode:S4 ShipToName:S50 ShipToAddress1:S40 ShipToCity:S30 ShipToState:S2 "
    "ShipToZipCode:S10 OrderStatus:S1 UseTax:S1 PrintPurchaseOrders:S1 OnHold:S1 CompletionDate:D ShipVia:S15 "
    "FOB:S15 WarehouseCode:S3 ConfirmTo:S50 Comment:S30 TermsCode:S2 LastInvoiceDate:D LastInvoiceNo:S20 "
    "LastReceiptDate:D LastReceiptNo:S7 TaxSchedule:S9 PrepaidAmt:N13.2 TaxableAmt:N13.2 NonTaxableAmt:N13.2 "
    "SalesTaxAmt:N13.2 FreightAmt:N13.2 InvoicedAmt:N13.2 ReceivedAmt:N13.2 SalesOrderNo:S7 RequisitorName:S50 "
    f"RequisitorDepartment:S30 {_STAMPS} UDF_PROJECT:S15"
    " | APDivisionNo VendorNo PurchaseOrderNo",
    "PO_PurchaseOrderDetail": "PurchaseOrderNo:S7* LineKey:S6* LineSeqNo:S14 ItemCode:S30 ItemType:S1 "
    "ItemCodeDesc:S30 UseTax:S1 RequiredDate:D PurchasesAcctKey:S9 Valuation:S1 UnitOfMeasure:S4 "
    "WarehouseCode:S3 ProductLine:S4 JobNo:S7 CostCode:S9 CostType:S1 TaxClass:S2 CommentText:S2048 "
    "QuantityOrdered:N15.6 QuantityReceived:N15.6 QuantityBackordered:N15.6 QuantityInvoiced:N15.6 "
    "UnitCost:N15.6 OriginalUnitCost:N15.6 ExtensionAmt:N11.2 ReceivedAmt:N11.2 InvoicedAmt:N11.2 "
    "UnitOfMeasureConvFactor:N11.4 SalesOrderNo:S7 VendorAliasItemNo:S30",
    "PO_ReceiptHistoryHeader": "PurchaseOrderNo:S7* ReceiptType:S1* ReceiptNo:S6* HeaderSeqNo:S6* APDivisionNo:S2 "
    "VendorNo:S7 PurchaseName:S50 PurchaseOrderDate:D ReceiptDate:D InvoiceNo:S20 InvoiceDate:D "
    f"ReceiptAmt:N13.2 InvoiceAmt:N13.2 TransactionDate:D {_STAMPS}",
    "PO_ReceiptHistoryDetail": "PurchaseOrderNo:S7* ReceiptType:S1* ReceiptNo:S6* HeaderSeqNo:S6* LineKey:S6* "
    "ItemCode:S30 ItemCodeDesc:S30 WarehouseCode:S3 QuantityReceived:N15.6 UnitCost:N15.6 ExtensionAmt:N11.2 "
    "SalesOrderNo:S7 CommentText:S2048",
    "PO_ReceiptHeader": "ReceiptType:S1* ReceiptNo:S6* ReceiptDate:D PurchaseOrderNo:S7 APDivisionNo:S2 "
    "VendorNo:S7 InvoiceNo:S20 InvoiceDate:D InvoiceDueDate:D InvoiceDiscountDate:D TermsCode:S2 Comment:S40 "
    "HoldPayment:S1 SeparateCheck:S1 TaxSchedule:S9 InvoiceAmt:N13.2 FreightAmt:N13.2 SalesTaxAmt:N13.2 "
    f"BatchNo:S5 {_STAMPS} | APDivisionNo VendorNo InvoiceNo | BatchNo",
    "PO_ReceiptDetail": "ReceiptType:S1* ReceiptNo:S6* LineKey:S6* LineSeqNo:S14 PurchaseOrderLineKey:S6 "
    "ItemCode:S30 ItemType:S1 ItemCodeDesc:S30 WarehouseCode:S3 UnitOfMeasure:S4 AccountKey:S9 "
    "JobNo:S7 CostCode:S9 CostType:S1 CommentText:S2048 QuantityOrdered:N15.6 QuantityReceived:N15.6 "
    "QuantityInvoiced:N15.6 UnitCost:N15.6 ExtensionAmt:N11.2",
    "AP_InvoiceHeader": f"{_INVOICE_KEY} {_HISTORY_DATES} TermsCode:S2 HoldPayment:S1 Comment:S40 JobNo:S7 "
    "Adjustment:S1 RecurringInvoice:S1 PrepaidApplyToInvoiceNo:S20 PrepaidPaymentDate:D PrepaidCheckNo:S10 "
    "BankCode:S1 SeparateCheck:S1 Form1099:S1 Box1099:S3 TaxSchedule:S9 TaxClass:S2 UseTax:S1 InvalidTaxCalc:S1 "
    "BatchNo:S5 InvoiceAmt:N13.2 DiscountAmt:N13.2 TaxableAmt:N13.2 NonTaxableAmt:N13.2 FreightAmt:N13.2 "
    f"SalesTaxAmt:N13.2 UseTaxAmt:N13.2 RetentionAmt:N13.2 PrepaidAmt:N13.2 {_STAMPS} UDF_SCAN_ID:S20"
    " | BatchNo APDivisionNo VendorNo InvoiceNo",
    "AP_InvoiceDetail": f"{_INVOICE_KEY} LineKey:S6* LineSeqNo:S14 AccountKey:S9 CommentText:S2048 "
    "DistributionAmt:N13.2 JobNo:S7 CostCode:S9 CostType:S1 UnitOfMeasure:S4",
    "AP_OpenInvoice": f"{_INVOICE_KEY} InvoiceHistoryHeaderSeqNo:S6 {_HISTORY_DATES} TermsCode:S2 HoldPayment:S1 "
    "Comment:S40 JobNo:S7 Form1099:S1 Box1099:S3 SeparateCheck:S1 Balance:N13.2 InvoiceAmt:N13.2 "
    f"DiscountAmt:N13.2 CheckNo:S10 CheckType:S1 CheckDate:D PostingDate:D {_STAMPS}",
    "AP_InvoiceHistoryHeader": "InvoiceNo:S20* HeaderSeqNo:S6* ModuleCode:S3 InvoiceType:S2 APDivisionNo:S2 "
    f"VendorNo:S7 {_HISTORY_DATES} TransactionDate:D TermsCode:S2 Comment:S40 TaxSchedule:S9 TaxClass:S2 "
    "PurchaseOrderNo:S7 ReceiptNo:S6 InvoiceAmt:N13.2 NonTaxableAmt:N13.2 FreightAmt:N13.2 SalesTaxAmt:N13.2 "
    f"{_STAMPS} | APDivisionNo VendorNo InvoiceNo",
    "AP_InvoiceHistoryDetail": "InvoiceNo:S20* HeaderSeqNo:S6* DetailSeqNo:S6* AccountKey:S9 ItemCode:S30 "
    "ItemCodeDesc:S30 WarehouseCode:S3 QuantityOrdered:N15.6 QuantityReceived:N15.6 QuantityInvoiced:N15.6 "
    "UnitCost:N15.6 ExtensionAmt:N13.2 SalesOrderNo:S7 CommentText:S2048",
    # CheckType N new, V void, R reversal.
    "AP_ManualCheckHeader": "BankCode:S1* CheckNo:S10* CheckDate:D APDivisionNo:S2 VendorNo:S7 VendorName:S50 "
    f"CheckType:S1 StartingCheckNo:S10 Comment:S40 BatchNo:S5 CheckAmt:N13.2 {_STAMPS}"
    " | BatchNo BankCode CheckNo",
    "AP_ManualCheckDetail": "BankCode:S1* CheckNo:S10* LineKey:S6* LineSeqNo:S14 InvoiceNo:S20 InvoiceDate:D "
    "InvoiceAmt:N13.2 DiscountAmt:N13.2 Comment:S40",
    # A check run, from the selection of invoices until its register is posted.
    "AP_CheckHeader": "APDivisionNo:S2* VendorNo:S7* CheckEntryNo:S3* BankCode:S1 CheckNo:S10 CheckDate:D "
    "CheckPrinted:S1 StubPrinted:S1 CheckComment:S40 CheckAmt:N13.2 DiscountAmt:N13.2 NumberOfDetailLines:N5.0 "
    f"{_STAMPS}",
    "AP_CheckDetail": "APDivisionNo:S2* VendorNo:S7* CheckEntryNo:S3* LineKey:S6* InvoiceNo:S20 InvoiceAmt:N13.2 "
    "DiscountAmt:N13.2",
    # CheckType A automatic, C credit card, M manual, R reversal, V void.
    "AP_CheckHistoryHeader": "BankCode:S1* CheckNo:S10* CheckSeqNo:S6* CheckType:S1 CheckDate:D TransactionDate:D "
    "APDivisionNo:S2 VendorNo:S7 VendorName:S50 CheckAmt:N13.2 ClearedBank:S1 ClearedDate:D CheckComment:S40 "
    f"SourceJournal:S2 SourceJournalBatchNo:S6 ACHElectronicPayment:S1 WireTransferNo:S10 {_STAMPS}",
    "AP_CheckHistoryDetail": "BankCode:S1* CheckNo:S10* CheckSeqNo:S6* InvoiceNo:S20* InvoiceSeqNo:S6* "
    "Comment:S40 AmountPaid:N13.2 DiscountAmt:N13.2",
}

# What ODBC Security keeps to itself.
BLOCKED = ("SY_User", "SY_UserTask")


def _column(spec: str) -> Column:
    name, kind = spec.rstrip("*").split(":")
    in_key = spec.endswith("*")
    if kind == "D":
        return Column(name, "DATE", "date", 10, in_key)
    if kind.startswith("S"):
        return Column(name, f"VARCHAR({kind[1:]})", "text", int(kind[1:]), in_key)
    precision, scale = kind[1:].split(".")
    return Column(name, f"DECIMAL({precision},{scale})", "number", int(precision), in_key)


@cache
def tables() -> dict[str, Table]:
    """Return every table of a company by its name."""
    made = {}
    for name, layout in _LAYOUTS.items():
        columns, *further = layout.split("|")
        made[name] = Table(
            name,
            tuple(_column(spec) for spec in columns.split()),
            tuple(tuple(index.split()) for index in further),
        )
    return made


def find_table(name: str) -> Table | None:
    """Return the table called `name`, whatever its case, or None."""
    return next((table for table in tables().values() if table.name.lower() == name.lower()), None)
