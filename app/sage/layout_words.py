"""What it means where a table or column that AP Bridge reads is missing, and what a column's size limits."""

_EACH_TIME = "Every sync reads the whole table."
_BATCHES = "Whether {screen} works in batches cannot be seen; AP Bridge takes it that it does."
_BILLED = "Bills of an order that has unposted receipts of invoice wait until those are posted."
_SUMMED = "Whether an unposted invoice's lines come to its amount cannot be seen."
_BATCH = "The batch number of entries found there is not shown."


def _blank(what: str) -> str:
    return f"In Quadient AP {what} stays blank."


# What happens where a table or column is missing and the rest goes on.
WITHOUT = {
    "AP_Options": _BATCHES.format(screen="an A/P entry screen"),
    "AP_Options.InvoiceBatchEntry": _BATCHES.format(screen="A/P Invoice Data Entry"),
    "AP_Options.ManualCheckBatchEntry": _BATCHES.format(screen="A/P Manual Check and Payment Entry"),
    "PO_Options": _BATCHES.format(screen="P/O Receipt of Invoice Entry"),
    "PO_Options.ReceiptOfInvoiceBatchEntry": _BATCHES.format(screen="P/O Receipt of Invoice Entry"),
    "PO_ReceiptHeader": "Unposted receipts of invoice are not looked at before an invoice is sent.",
    "PO_ReceiptHeader.BatchNo": _BATCH,
    "PO_ReceiptHeader.FreightAmt": _SUMMED,
    "PO_ReceiptHeader.SalesTaxAmt": _SUMMED,
    "PO_ReceiptDetail.PurchaseOrderLineKey": _BILLED,
    "PO_ReceiptDetail.QuantityInvoiced": _BILLED,
    "AP_InvoiceHeader.BatchNo": _BATCH,
    "AP_InvoiceHeader.FreightAmt": _SUMMED,
    "AP_InvoiceHeader.SalesTaxAmt": _SUMMED,
    "AP_ManualCheckHeader.BatchNo": _BATCH,
    "AP_ManualCheckHeader.CheckType": "Unposted voids count like checks until they are posted.",
    "AP_ManualCheckDetail.Comment": "Comments of unposted checks' lines are not looked at.",
    "AP_CheckHistoryDetail.Comment": "Comments of posted checks' lines are not looked at.",
    "GL_Account.DateUpdated": _EACH_TIME,
    "CI_Item.DateUpdated": _EACH_TIME,
    "AP_Vendor.DateUpdated": _EACH_TIME,
    "PO_PurchaseOrderHeader.DateUpdated": _EACH_TIME,
    "AP_CheckHistoryHeader.DateUpdated": _EACH_TIME,
    "GL_Account.AccountType": _blank("the type of accounts"),
    "GL_Account.AccountCategory": _blank("the category of accounts"),
    "GL_Account.MainAccountCode": _blank("the main account of accounts"),
    "CI_UnitOfMeasure.UnitOfMeasureDesc": _blank("the description of units"),
    "IM_Warehouse.WarehouseStatus": "All warehouses count as active.",
    "GL_Bank.BankAccountNo": _blank("the last four digits of bank accounts"),
    "CI_Item.StandardUnitOfMeasure": _blank("the standard unit of items"),
    "CI_Item.PurchaseUnitOfMeasure": _blank("the purchase unit of items"),
    "CI_Item.DefaultWarehouseCode": _blank("the default warehouse of items"),
    "CI_Item.PurchaseAcctKey": _blank("the purchase account of items"),
    "CI_Item.TaxClass": _blank("the tax class of items"),
    "CI_Item.PurchasesTaxClass": _blank("the purchases tax class of items"),
    "AP_Vendor.AccountKey": _blank("the default GL account of vendors"),
    "AP_Vendor.TaxSchedule": _blank("the tax schedule of vendors"),
    "AP_Vendor.EmailAddress": _blank("the e-mail address of vendors"),
    "AP_Vendor.TelephoneNo": _blank("the telephone number of vendors"),
    "AP_Vendor.AddressLine1": _blank("the first address line of vendors"),
    "AP_Vendor.AddressLine2": _blank("the second address line of vendors"),
    "AP_Vendor.AddressLine3": _blank("the third address line of vendors"),
    "AP_Vendor.City": _blank("the city of vendors"),
    "AP_Vendor.State": _blank("the state of vendors"),
    "AP_Vendor.ZipCode": _blank("the zip code of vendors"),
    "AP_Vendor.CountryCode": _blank("the country of vendors"),
    "AP_Vendor.RemitToAddressLine1": "The settings ask for remit-to addresses; the standard address is sent.",
    "AP_Vendor.RemitToAddressLine2": _blank("the second line of remit-to addresses"),
    "AP_Vendor.RemitToAddressLine3": _blank("the third line of remit-to addresses"),
    "AP_Vendor.RemitToCity": _blank("the city of remit-to addresses"),
    "AP_Vendor.RemitToState": _blank("the state of remit-to addresses"),
    "AP_Vendor.RemitToZipCode": _blank("the zip code of remit-to addresses"),
    "AP_Vendor.RemitToCountryCode": _blank("the country of remit-to addresses"),
}

# These sizes limit what may be sent to Sage; the checks take them from the catalogue.
LIMITS = {
    "AP_InvoiceHeader.InvoiceNo": "invoice numbers",
    "AP_InvoiceHeader.Comment": "descriptions of invoices and checks",
    "AP_InvoiceDetail.CommentText": "comments of invoice lines",
    "AP_ManualCheckHeader.CheckNo": "check numbers",
}
