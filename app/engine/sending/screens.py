"""Hands a document to its entry screen in Sage, and takes it out there again, with the comments AP Bridge enters."""

from app.domain.invoices import Destination, Invoice
from app.domain.payments import CheckKey, Payment
from app.engine.sending.marks import check_comment, header_comment, line_comments
from app.sage.found import Found, FoundInvoice, Sizes, Written
from app.sage.port import Deleter, Writer


def enter(writer: Writer, sizes: Sizes, document: Invoice | Payment, check: CheckKey | None, batch: str) -> Written:
    """Enter one document, a payment under the number `check`.

    Raises:
        BridgeError: as the methods of `Writer` do.
    """
    if isinstance(document, Payment):
        assert check is not None  # noqa: S101  # a sendable payment has its check number
        return writer.write_check(document, check, comment=check_comment(document), batch=batch)
    matched = document.destination is Destination.RECEIPT_OF_INVOICE
    write = writer.write_receipt_of_invoice if matched else writer.write_invoice
    comment = header_comment(document, sizes.comment)
    comments = line_comments(document, sizes.comment, sizes.line_comment)
    return write(document, comment=comment, line_comments=comments, batch=batch)


def take_out(deleter: Deleter, sizes: Sizes, document: Invoice | Payment, check_number: str, found: Found) -> None:
    """Delete what was found of `document`, if it reads as `enter` enters it; a check by its number.

    Raises:
        BridgeError: as the methods of `Deleter` do.
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
