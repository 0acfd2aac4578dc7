"""Where in Sage the documents stand that AP Bridge sent: unposted, posted or paid, as of the last look."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.invoices import InvoiceKey
from app.domain.language import say
from app.domain.money import ZERO
from app.engine.run import Run
from app.engine.sending.journal import Entry, Journal
from app.engine.sending.natural_key import CheckName
from app.errors import SkipItem
from app.sage.company import SageCompany
from app.sage.found import Found, FoundCheck, FoundInvoice, LedgerOpenInvoice


class Stands(StrEnum):
    """Where a document stands. Nothing follows on `PAID`, and for a payment on `POSTED`."""

    UNPOSTED = "unposted"
    POSTED = "posted"
    PAID = "paid"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look saw; `balance` is what is left to pay of a posted invoice, None where Sage does not tell."""

    stands: Stands
    balance: Decimal | None = None


def look_where_they_stand(run: Run, sage: SageCompany) -> None:
    """Look where in Sage all stands that is not known to have arrived at its end, and keep it.

    A table that cannot be read leaves what was known, with its older time.
    """
    entries = Journal(run).on_their_way()
    if not entries:
        return
    with run.reporter.stage("whereabouts", say("Looking what was posted and paid in Sage")) as stage:
        known = run.store.pairs("SELECT entry, stands FROM whereabouts WHERE company = ?", (run.company.code,))
        try:
            seen = _look(sage, entries, known)
        except SkipItem as error:
            stage.item(error.title, "warning", error.code, error.message, error.fix)
            return
        _keep(run, seen)
        for each in seen.values():
            stage.count(each.stands.value)


def _look(sage: SageCompany, entries: Sequence[Entry], known: Mapping[int, str]) -> dict[int, _Seen]:
    checks = [entry for entry in entries if isinstance(entry.natural_key, CheckName)]
    invoices = [entry for entry in entries if not isinstance(entry.natural_key, CheckName)]
    # What is posted stays so: only what is left to pay of it changes.
    posted = [entry for entry in invoices if known.get(entry.id) == Stands.POSTED]
    others = [entry for entry in invoices if known.get(entry.id) != Stands.POSTED]
    return {
        **_checks(sage, checks),
        **_invoices(sage, others),
        **_paid(sage, posted),
    }


def _checks(sage: SageCompany, entries: Sequence[Entry]) -> dict[int, _Seen]:
    keys = {entry.id: entry.natural_key.key for entry in entries if isinstance(entry.natural_key, CheckName)}
    found = sage.ledger.checks(list(keys.values())) if keys else {}
    return {entry.id: _Seen(_stands(entry, found.get(keys[entry.id], ()))) for entry in entries}


def _invoices(sage: SageCompany, entries: Sequence[Entry]) -> dict[int, _Seen]:
    keys = _invoice_keys(entries)
    found = sage.ledger.invoices(list(keys.values())) if keys else {}
    stands = {entry.id: _stands(entry, found.get(keys[entry.id], ())) for entry in entries}
    posted = [entry for entry in entries if stands[entry.id] is Stands.POSTED]
    return {id_: _Seen(each) for id_, each in stands.items()} | _paid(sage, posted)


def _paid(sage: SageCompany, entries: Sequence[Entry]) -> dict[int, _Seen]:
    """Tell of posted invoices which are paid: nothing is left of them, or Sage has dropped them from what is open."""
    keys = _invoice_keys(entries)
    open_ = sage.ledger.open_invoices(list(keys.values())) if keys else {}
    return {id_: _left(open_.get(key)) for id_, key in keys.items()}


def _left(open_: LedgerOpenInvoice | None) -> _Seen:
    if open_ is None:
        return _Seen(Stands.PAID, ZERO)
    if open_.unreadable:
        return _Seen(Stands.POSTED)
    return _Seen(Stands.POSTED if open_.balance else Stands.PAID, open_.balance)


def _invoice_keys(entries: Iterable[Entry]) -> dict[int, InvoiceKey]:
    return {entry.id: entry.natural_key.key for entry in entries if not isinstance(entry.natural_key, CheckName)}


def _stands(entry: Entry, found: Sequence[Found]) -> Stands:
    its = [each for each in found if _is_its(entry, each)]
    if not its:
        return Stands.GONE
    return Stands.POSTED if any(each.place.posted for each in its) else Stands.UNPOSTED


def _is_its(entry: Entry, found: Found) -> bool:
    """Whether a record is what was sent, though people may have changed one thing of it: number, and date or amount."""
    on = found.invoice_date if isinstance(found, FoundInvoice) else found.check_date
    if isinstance(found, FoundCheck) and isinstance(entry.natural_key, CheckName):
        name = entry.natural_key
        if (found.division, found.vendor_number) != (name.division, name.vendor_number):
            return False
    same_day = on is not None and on.isoformat() == entry.natural_key.day
    return found.carries(entry.document) or same_day or found.amount == Decimal(entry.amount)


def _keep(run: Run, seen: Mapping[int, _Seen]) -> None:
    now = run.stamp()
    run.store.write_many(
        "INSERT INTO whereabouts (entry, company, stands, balance, since, as_of, run) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (entry) DO UPDATE SET"
        " since = CASE stands WHEN excluded.stands THEN since ELSE excluded.since END,"
        " run = CASE stands WHEN excluded.stands THEN run ELSE excluded.run END,"
        " let_be = CASE stands WHEN excluded.stands THEN let_be ELSE 0 END,"
        " stands = excluded.stands, balance = excluded.balance, as_of = excluded.as_of",
        (
            (
                id_,
                run.company.code,
                each.stands,
                None if each.balance is None else format(each.balance, "f"),
                now,
                now,
                run.id,
            )
            for id_, each in seen.items()
        ),
    )
