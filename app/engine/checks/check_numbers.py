"""Check numbers: what number a payment gets, whether it can be used, and whether Sage has that check already."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from app.domain.findings import Finding, inform, stop
from app.domain.language import say
from app.domain.payments import CheckKey, Payment
from app.domain.words import day, listed, money, place, vendor
from app.engine.checks.common import unreadable
from app.engine.checks.duplicates import origin
from app.sage.found import FoundCheck

_NOT_IN_A_NUMBER = re.compile(r"[^0-9A-Z]")


def check_number(payment: Payment, prefix: str) -> str:
    """Return the check number made from the payment's reference: its letters (as capitals) and digits, after `prefix`.

    It is never shortened, since two payments must never share one; empty when the reference has no letter or digit.
    """
    plain = unicodedata.normalize("NFKD", payment.reference).upper()
    cleaned = _NOT_IN_A_NUMBER.sub("", plain)
    return f"{prefix.strip().upper()}{cleaned}" if cleaned else ""


def check_number_fits(payment: Payment, key: CheckKey, size: int) -> Iterator[Finding]:
    """Stop `check-number-missing` and `check-number-too-long`: no check number can be made of the reference."""
    if not key.check_number:
        yield stop(
            "check-number-missing",
            say(
                "The payment's reference “{reference}” has no letter or digit to make a check number of.",
                reference=payment.reference,
            ),
            say("Record the payment in Sage by hand and choose Mark as exported."),
        )
    elif len(key.check_number) > size:
        yield stop(
            "check-number-too-long",
            say(
                "The reference “{reference}” makes the check number {check_number}, which has {length} "
                "characters. This Sage takes {size}; shortened, it might not be unique.",
                reference=payment.reference,
                check_number=key.check_number,
                length=len(key.check_number),
                size=size,
            ),
            say(
                "Use a shorter check prefix in Settings, or record the payment in Sage by hand and choose Mark "
                "as exported."
            ),
        )


def adoptable(payment: Payment, found: Sequence[FoundCheck]) -> FoundCheck | None:
    """Return the check in Sage that is this payment, written by AP Bridge: equal, and carrying its id.

    All records under the number must be equal: a void or reversal beside ours means that it no longer pays.
    """
    if all(_equal(payment, each) for each in found):
        return next((each for each in found if each.carries(payment.id)), None)
    return None


def _equal(payment: Payment, found: FoundCheck) -> bool:
    return (found.division, found.vendor_number, found.check_date, found.amount) == (
        payment.division,
        payment.vendor_number,
        payment.payment_date,
        payment.amount,
    )


def adopted(key: CheckKey, found: FoundCheck) -> Finding:
    """Tell that the payment is in Sage as the check `found`, which AP Bridge wrote."""
    return inform(
        "check-number-used",
        say(
            "AP Bridge already wrote this payment to Sage as check {check_number}: {version}. It will not be "
            "written again; Quadient AP will be told that it is there.",
            check_number=key.check_number,
            version=_version(found),
        ),
        say("Send it, so that Quadient AP shows it as Exported."),
    )


def check_used(payment: Payment, key: CheckKey, found: Sequence[FoundCheck], *, intended: bool) -> Iterator[Finding]:
    """Stop `check-number-used`: Sage has that check; `intended` when AP Bridge once began to send the payment."""
    damaged = [each for each in found if each.unreadable]
    if damaged:
        where = listed(list(dict.fromkeys(place(each.place, each.batch) for each in damaged)))
        yield unreadable(
            say("check {check_number} in {where}", check_number=key.check_number, where=where),
            [each.unreadable for each in damaged],
        )
    found = [each for each in found if not each.unreadable]
    if not found:
        return
    if any(each.carries(payment.id) for each in found):
        why = say("AP Bridge wrote the one in Sage, and since then one of the two was changed or voided.")
    elif intended:
        why = say(
            "AP Bridge began to send this payment before, but the one in Sage does not bear its mark ({id}).",
            id=payment.id,
        )
    else:
        why = origin(each.comment for each in found)
    versions = list(dict.fromkeys(_version(each) for each in found))
    yield stop(
        "check-number-used",
        say(
            "Check {check_number} of bank {bank_code} is in Sage already {versions}. Quadient AP has it for "
            "vendor {vendor}, dated {payment_date}, {amount}. {why}",
            check_number=key.check_number,
            bank_code=key.bank_code,
            versions=listed(versions),
            vendor=vendor(payment.division, payment.vendor_number),
            payment_date=day(payment.payment_date),
            amount=money(payment.amount),
            why=why,
        ),
        say(
            "If it is the same payment, choose Mark as exported; if not, set another check prefix in "
            "Settings, so that the number is free, and preview again."
        ),
    )


def _version(found: FoundCheck) -> str:
    return say(
        "in {place}, for vendor {vendor}, dated {check_date}, {amount}",
        place=place(found.place, found.batch),
        vendor=vendor(found.division, found.vendor_number),
        check_date=day(found.check_date),
        amount=money(found.amount),
    )
