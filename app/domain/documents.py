"""What invoices and payments from Quadient AP have in common: the hash of what one says."""

from typing import TypeAlias

from app.domain.codec import canonical, fingerprint, plain
from app.domain.invoices import Invoice
from app.domain.payments import Payment

Document: TypeAlias = Invoice | Payment


def content_hash(document: Document) -> bytes:
    """Return the 16-byte hash of all that a document says, its revision left out.

    What was opened in Quadient AP and approved again without a change is still what was previewed, and what Sage has.
    """
    data = plain(document)
    del data["revision"]
    return fingerprint(canonical(data))
