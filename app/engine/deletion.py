"""Deletes one found document from its entry screen, if it reads as AP Bridge enters it."""

from app.domain.invoices import Destination, Invoice
from app.domain.payments import CheckKey, Payment
from app.engine.marks import check_comment, header_comment, line_comments
from app.sage.found import FoundCheck, FoundInvoice, Sizes
from app.sage.port import Deleter

Found = FoundInvoice | FoundCheck


def delete_found(deleter: Deleter, sizes: Sizes, document: Invoice | Payment, check_number: str, found: Found) -> None:
    """Delete what was found of `document`; a payment stands under `check_number` of its bank.

    Raises:
        BridgeError: as `Deleter` says.
    """
    if isinstance(document, Payment):
        check = CheckKey(document.bank_code, check_number)
        deleter.delete_check(document, check, comment=check_comment(document), batch=found.batch)
        return
    comment = header_comment(document, sizes.comment)
    comments = line_comments(document, sizes.comment, sizes.line_comment)
    if isinstance(found, FoundInvoice) and document.destination is Destination.RECEIPT_OF_INVOICE:
        deleter.delete_receipt_of_invoice(
            found.entry_number, document, comment=comment, line_comments=comments, batch=found.batch
        )
    else:
        deleter.delete_invoice(document, comment=comment, line_comments=comments, batch=found.batch)
