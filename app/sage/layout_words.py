"""What it means where a table or column that AP Bridge reads is missing, and what a column's size limits."""

from app.domain.language import later

_EACH_TIME = later("Every sync reads the whole table.")
_BILLED = later("Bills of an order that has unposted receipts of invoice wait until those are posted.")
_SUMMED = later("Whether an unposted invoice's lines come to its amount cannot be seen.")
_IN_A_RUN = later("Payments to a vendor who is in a check run wait until the run is posted.")
_BATCH = later("The batch number of entries found there is not shown.")


# What happens where a table or column is missing and the rest goes on.
WITHOUT = {
    "AP_Options": later(
        "Whether an A/P entry screen works in batches cannot be seen; AP Bridge takes it that it does."
    ),
    "AP_Options.InvoiceBatchEntry": later(
        "Whether A/P Invoice Data Entry works in batches cannot be seen; AP Bridge takes it that it does."
    ),
    "AP_Options.ManualCheckBatchEntry": later(
        "Whether A/P Manual Check and Payment Entry works in batches cannot be seen; AP Bridge takes it that it does."
    ),
    "PO_Options": later(
        "Whether P/O Receipt of Invoice Entry works in batches cannot be seen; AP Bridge takes it that it does."
    ),
    "PO_Options.ReceiptOfInvoiceBatchEntry": later(
        "Whether P/O Receipt of Invoice Entry works in batches cannot be seen; AP Bridge takes it that it does."
    ),
    "PO_ReceiptHeader": later("Unposted receipts of invoice are not looked at before an invoice is sent."),
    "PO_ReceiptHeader.BatchNo": _BATCH,
    "PO_ReceiptHeader.FreightAmt": _SUMMED,
    "PO_ReceiptHeader.SalesTaxAmt": _SUMMED,
    "PO_ReceiptDetail.PurchaseOrderLineKey": _BILLED,
    "PO_ReceiptDetail.QuantityInvoiced": _BILLED,
    "AP_InvoiceHeader.BatchNo": _BATCH,
    "AP_InvoiceHeader.FreightAmt": _SUMMED,
    "AP_InvoiceHeader.SalesTaxAmt": _SUMMED,
    "AP_ManualCheckHeader.BatchNo": _BATCH,
    "AP_ManualCheckHeader.CheckType": later("Unposted voids count like checks until they are posted."),
    "AP_ManualCheckDetail.Comment": later("Comments of unposted checks' lines are not looked at."),
    "AP_CheckHeader": later("Whether an invoice is in a check run that is not posted yet is not looked at."),
    "AP_CheckHeader.CheckNo": later("Checks of a run are named by their place in it."),
    "AP_CheckDetail": _IN_A_RUN,
    "AP_CheckDetail.APDivisionNo": _IN_A_RUN,
    "AP_CheckDetail.VendorNo": _IN_A_RUN,
    "AP_CheckDetail.CheckEntryNo": _IN_A_RUN,
    "AP_CheckDetail.InvoiceNo": _IN_A_RUN,
    "AP_CheckDetail.InvoiceAmt": _IN_A_RUN,
    "AP_CheckDetail.DiscountAmt": _IN_A_RUN,
    "AP_CheckHistoryDetail.Comment": later("Comments of posted checks' lines are not looked at."),
    "GL_Account.DateUpdated": _EACH_TIME,
    "CI_Item.DateUpdated": _EACH_TIME,
    "AP_Vendor.DateUpdated": _EACH_TIME,
    "PO_PurchaseOrderHeader.DateUpdated": _EACH_TIME,
    "AP_CheckHistoryHeader.DateUpdated": _EACH_TIME,
    "GL_Account.AccountType": later("In Quadient AP the type of accounts stays blank."),
    "GL_Account.AccountCategory": later("In Quadient AP the category of accounts stays blank."),
    "GL_Account.MainAccountCode": later("In Quadient AP the main account of accounts stays blank."),
    "CI_UnitOfMeasure.UnitOfMeasureDesc": later("In Quadient AP the description of units stays blank."),
    "IM_Warehouse.WarehouseStatus": later("All warehouses count as active."),
    "GL_Bank.BankAccountNo": later("In Quadient AP the last four digits of bank accounts stays blank."),
    "CI_Item.StandardUnitOfMeasure": later("In Quadient AP the standard unit of items stays blank."),
    "CI_Item.PurchaseUnitOfMeasure": later("In Quadient AP the purchase unit of items stays blank."),
    "CI_Item.DefaultWarehouseCode": later("In Quadient AP the default warehouse of items stays blank."),
    "CI_Item.PurchaseAcctKey": later("In Quadient AP the purchase account of items stays blank."),
    "CI_Item.TaxClass": later("In Quadient AP the tax class of items stays blank."),
    "CI_Item.PurchasesTaxClass": later("In Quadient AP the purchases tax class of items stays blank."),
    "AP_Vendor.AccountKey": later("In Quadient AP the default GL account of vendors stays blank."),
    "AP_Vendor.TaxSchedule": later("In Quadient AP the tax schedule of vendors stays blank."),
    "AP_Vendor.EmailAddress": later("In Quadient AP the e-mail address of vendors stays blank."),
    "AP_Vendor.TelephoneNo": later("In Quadient AP the telephone number of vendors stays blank."),
    "AP_Vendor.AddressLine1": later("In Quadient AP the first address line of vendors stays blank."),
    "AP_Vendor.AddressLine2": later("In Quadient AP the second address line of vendors stays blank."),
    "AP_Vendor.AddressLine3": later("In Quadient AP the third address line of vendors stays blank."),
    "AP_Vendor.City": later("In Quadient AP the city of vendors stays blank."),
    "AP_Vendor.State": later("In Quadient AP the state of vendors stays blank."),
    "AP_Vendor.ZipCode": later("In Quadient AP the zip code of vendors stays blank."),
    "AP_Vendor.CountryCode": later("In Quadient AP the country of vendors stays blank."),
    "AP_Vendor.RemitToAddressLine1": later("The settings ask for remit-to addresses; the standard address is sent."),
    "AP_Vendor.RemitToAddressLine2": later("In Quadient AP the second line of remit-to addresses stays blank."),
    "AP_Vendor.RemitToAddressLine3": later("In Quadient AP the third line of remit-to addresses stays blank."),
    "AP_Vendor.RemitToCity": later("In Quadient AP the city of remit-to addresses stays blank."),
    "AP_Vendor.RemitToState": later("In Quadient AP the state of remit-to addresses stays blank."),
    "AP_Vendor.RemitToZipCode": later("In Quadient AP the zip code of remit-to addresses stays blank."),
    "AP_Vendor.RemitToCountryCode": later("In Quadient AP the country of remit-to addresses stays blank."),
}

# These sizes limit what may be sent to Sage; the checks take them from the catalogue.
LIMITS = {
    "AP_InvoiceHeader.InvoiceNo": later("invoice numbers"),
    "AP_InvoiceHeader.Comment": later("descriptions of invoices and checks"),
    "AP_InvoiceDetail.CommentText": later("comments of invoice lines"),
    "AP_ManualCheckHeader.CheckNo": later("check numbers"),
}
