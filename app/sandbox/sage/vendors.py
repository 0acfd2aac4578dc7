"""The demo company's vendors: two divisions, every status, and the untidy records that every company has."""

from collections.abc import Iterator
from typing import NamedTuple

from app.sandbox.sage import words
from app.sandbox.sage.plan import STAMPS, Plan, Sink
from app.sandbox.sage.setup import account_key

_EXPENSES = tuple(main for main, _, kind in words.ACCOUNTS if kind == "E" and "6100" <= main < "6900")
_COLUMNS = (
    "APDivisionNo VendorNo VendorName AddressLine1 AddressLine2 City State ZipCode CountryCode TelephoneNo "
    "EmailAddress TermsCode Reference VendorStatus InactiveReasonCode HoldPayment TaxSchedule TaxClass AccountKey "
    "SeparateCheck Sort UsePOReceiptOfInvForVendor VendorType Form1099 TaxpayerIDSocialSecurityNo LastPurchaseDate "
    f"LastPaymentDate LastCheckAmt {STAMPS} UDF_PORTAL_ID"
)

# Who comes beside the many: (division, number, name, status, e-mail, city, last purchase). Each shows one kind of dirt.
_ODD = (
    ("01", "0001000", "Harbor Freight Lines - Brokerage", "A", "brokerage@harborfreight.example", "Dayton", ""),
    ("00", "acme-1", "acme cleaning (no capitals)", "A", "office@acme.example", "dayton", "1753-01-01"),
    ("00", "CAFE01", "Cafe\u0301 Lumie\u0300re Catering", "A", "orders@lumiere.example", "Montre\u0301al", ""),
    ("00", "DELG01", "Delgado\x07 Bros.\tMasonry", "A", "delgado@masonry.example", "Reno\r\n", "2023-02-30"),
    ("00", "OBRIEN", "O\u0092Brien & Daughters\u200b", "A", "billing@obrien.example", "Erie", "0000-00-00"),
    ("00", "QUOTE1", '"Best" Sign & Neon; Letters', "A", "hello@bestsign.example", "Omaha", ""),
    ("00", "TEMPV1", "One-Time Vendor", "T", "", "Akron", ""),
    # Truly bad: a vendor whose number is missing cannot be sent.
    ("00", "", "Record without a number", "A", "", "Akron", ""),
)


class VendorParts(NamedTuple):
    """What other records repeat of a vendor."""

    division: str
    number: str
    name: str
    status: str
    terms: str
    account_key: str
    uses_receipt: bool


def vendor(place: int) -> VendorParts:
    """Return the vendor at `place` (from 0) of the regular ones."""
    if place < len(words.VENDORS):
        name = words.VENDORS[place]
    else:
        first, rest = divmod(place, len(words.PLACES))[::-1]
        trade, form = rest % len(words.TRADES), rest // len(words.TRADES)
        name = f"{words.PLACES[first]} {words.TRADES[trade]} {words.FORMS[form % len(words.FORMS)]}"
    # Z is a status that no layout knows.
    status = {11: "I", 17: "T", 23: "Z"}.get(place % 29, "A") if place else "A"
    services = place % 3 == 0
    return VendorParts(
        "01" if services and place else "00",
        f"{1000 + 10 * place:07d}",
        name,
        status,
        words.TERMS[place % len(words.TERMS)][0],
        account_key(_EXPENSES[place % len(_EXPENSES)]),
        uses_receipt=not services,
    )


def active_vendor(number: int, count: int, *, goods: bool = False) -> VendorParts:
    """Return an active vendor for record `number`; `goods` asks for one whose bills follow purchase orders."""
    place = number % count
    while True:
        found = vendor(place)
        if found.status == "A" and (found.uses_receipt or not goods):
            return found
        place = (place + 1) % count


def write_vendors(sink: Sink, plan: Plan) -> None:
    """Write AP_Vendor."""
    sink.fill("AP_Vendor", _COLUMNS, _regular(plan))
    sink.fill("AP_Vendor", _COLUMNS, _odd(plan))


def _regular(plan: Plan) -> Iterator[tuple[object, ...]]:
    random = plan.random("vendors")
    for place in range(plan.counts.vendors):
        part = vendor(place)
        city, state, zip_code = random.choice(words.CITIES)
        domain = "".join(letter for letter in part.name.lower() if "a" <= letter <= "z")[:24]
        padded = place % 4 == 1
        yield (
            part.division,
            part.number,
            part.name.ljust(50) if padded else part.name,
            f"{random.randrange(100, 9900)} {random.choice(words.STREETS)}",
            f"Suite {random.randrange(1, 40) * 10}" if place % 5 == 0 else "",
            city.ljust(30) if padded else city,
            state,
            f"{zip_code}{random.randrange(100):02d}",
            "USA",
            f"({random.randrange(201, 990)}) 555-{random.randrange(100, 200):04d}",
            f"billing@{domain}.example",
            part.terms,
            f"ACCT {random.randrange(10000, 99999)}",
            part.status,
            "MERGE" if part.status == "I" else "",
            "Y" if place % 20 == 7 else "N",
            words.TAX_SCHEDULES[place % 3][0],
            "TX",
            part.account_key,
            "Y" if place % 13 == 2 else "N",
            part.name[:10].upper(),
            "Y" if part.uses_receipt else "N",
            "R",
            "M" if place % 9 == 4 else "",
            f"{random.randrange(900000000, 999999999)}" if place % 9 == 4 else "",
            plan.day(random.randrange(1, 200)),
            ("1753-01-01", "", plan.day(random.randrange(1, 200)))[place % 3],
            f"{random.randrange(5_000, 900_000) / 100:.2f}",
            *plan.stamps(random, 1500),
            f"VP-{random.randrange(100000):05d}" if place % 6 == 0 else "",
        )


def _odd(plan: Plan) -> Iterator[tuple[object, ...]]:
    random = plan.random("odd vendors")
    for division, number, name, status, email, city, last_purchase in _ODD:
        yield (
            division, number, name, "14 Canal Street", "", city, "OH", "45402", "USA", "(937) 555-0150", email,
            "01", "", status, "", "N", "OH MONT", "TX", account_key("6150"), "N", name[:10].upper(), "N", "R", "",
            "", last_purchase, None, "0.00", *plan.stamps(random, 900), "",
        )  # fmt: skip
