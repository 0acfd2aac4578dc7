"""Check numbers: what number a payment gets, whether it can be used, and whether Sage has that check already."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from app.domain.findings import Finding, inform, stop, warn
from app.domain.language import say
from app.domain.numbers import folded
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
    yield from _damaged(key.check_number, found)
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


def check_near_used(payment: Payment, key: CheckKey, near: Mapping[str, Sequence[FoundCheck]]) -> Iterator[Finding]:
    """Stop `check-number-used`: Sage has the amount for this vendor under a number that differs in capitals only.

    Warn `number-nearly-used` of another amount under such a number, and of the same amount under one that is nearly
    the same. `near` is what Sage has of the bank's, by number; what other vendors have of it does not count.
    """
    for number, found in near.items():
        same = folded(number) == folded(key.check_number)
        theirs = [
            each for each in found if (each.division, each.vendor_number) == (payment.division, payment.vendor_number)
        ]
        if same:
            yield from _damaged(number, theirs)
        readable = [each for each in theirs if not each.unreadable]
        equal = [each for each in readable if each.amount == payment.amount]
        shown = readable if same else equal
        if not shown:
            continue
        both = say(
            "Quadient AP has check {check_number} of bank {bank_code}, for vendor {vendor}, dated {payment_date}, "
            "{amount}. Sage has nearly the same number, {near} {versions}.",
            check_number=key.check_number,
            bank_code=key.bank_code,
            vendor=vendor(payment.division, payment.vendor_number),
            payment_date=day(payment.payment_date),
            amount=money(payment.amount),
            near=number,
            versions=listed(list(dict.fromkeys(map(_version, shown)))),
        )
        if same and equal:
            yield stop(
                "check-number-used",
                f"{both} {origin(each.comment for each in equal)}",
                say(
                    "If it is the same payment, choose Mark as exported; if not, set another check prefix in "
                    "Settings, so that the number is free, and preview again."
                ),
            )
        else:
            yield warn(
                "number-nearly-used",
                both,
                say(
                    "Compare the two. If it is the same payment, do not send it: choose Mark as exported. If it is "
                    "another one, send it."
                ),
            )


def check_near_in_run(payment: Payment, key: CheckKey, near: Sequence[tuple[str, Payment]]) -> Iterator[Finding]:
    """Warn `number-nearly-used`: the vendor gets the same amount once more, under nearly the same number."""
    others = [
        say(
            "{id} as {number} ({invoice_date}, {amount})",
            id=each.id,
            number=number,
            invoice_date=day(each.payment_date),
            amount=money(each.amount),
        )
        for number, each in near
        if number != key.check_number
        and (each.division, each.vendor_number, each.amount)
        == (payment.division, payment.vendor_number, payment.amount)
    ]
    if others:
        yield warn(
            "number-nearly-used",
            say(
                "Quadient AP has check {check_number} of bank {bank_code}, for vendor {vendor}, dated {payment_date}, "
                "{amount}. Under nearly the same number it has ready {others}.",
                check_number=key.check_number,
                bank_code=key.bank_code,
                vendor=vendor(payment.division, payment.vendor_number),
                payment_date=day(payment.payment_date),
                amount=money(payment.amount),
                others=listed(others),
            ),
            say(
                "Compare them. If it is the same payment, send only one of them and choose Mark as exported for the "
                "other. If not, send them."
            ),
        )


def _damaged(number: str, found: Sequence[FoundCheck]) -> Iterator[Finding]:
    damaged = [each for each in found if each.unreadable]
    if damaged:
        where = listed(list(dict.fromkeys(place(each.place, each.batch) for each in damaged)))
        yield unreadable(
            say("check {check_number} in {where}", check_number=number, where=where),
            [each.unreadable for each in damaged],
        )


def _version(found: FoundCheck) -> str:
    return say(
        "in {place}, for vendor {vendor}, dated {check_date}, {amount}",
        place=place(found.place, found.batch),
        vendor=vendor(found.division, found.vendor_number),
        check_date=day(found.check_date),
        amount=money(found.amount),
    )
