"""Reads tax schedules with their codes and the purchase rates of each tax class."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.domain.language import say
from app.domain.lists import ListItem
from app.sage.cells import Cells, Observations
from app.sage.outcomes import Fresh, Quarantined, UnreadableValue, called
from app.sage.source import Source


def read_taxes(source: Source, seen: Observations) -> Iterator[Fresh[ListItem] | Quarantined]:
    """Yield the schedules in Sage's order; one with a code whose rate is unreadable is quarantined.

    They are few, and made of five tables: all are made anew each time.
    """
    codes = _codes(source, seen)
    members = _members(source, seen)
    cells = Cells("SY_SalesTaxSchedule", seen)
    last = ""
    schedules = source.stream("SY_SalesTaxSchedule", ("TaxSchedule", "TaxScheduleDesc"), order=("TaxSchedule",))
    for place, (raw, description) in enumerate(schedules, start=1):
        try:
            key = cells.key(raw, "TaxSchedule")
        except UnreadableValue as error:
            yield error.quarantined(f"row {place}", called((raw,), description))
            continue
        if key == last:
            twice = say("Two records have this code.")
            yield Quarantined(f"row {place}", cells.table, "key", key, twice, called((key,), description))
            continue
        last = key
        carried: list[dict[str, Any]] = []
        unreadable: UnreadableValue | None = None
        if key in members.repeated:
            unreadable = UnreadableValue(
                members.table, "ScheduleSeqNo", members.repeated[key], say("It stands there twice.")
            )
        for code in members.codes.get(key, ()):
            known = codes.get(code)
            if isinstance(known, UnreadableValue):
                unreadable = known
            elif known is None:
                seen.notes[
                    say("Tax schedule {key} names the tax code {code}, which Sage does not have.", key=key, code=code)
                ] += 1
            else:
                carried.append(known)
        if unreadable is not None:
            yield unreadable.quarantined(key)
        else:
            yield Fresh(ListItem(key, cells.text(description, "TaxScheduleDesc"), True, {"codes": carried}), None)


@dataclass(slots=True)
class _Members:
    """The tax codes of each schedule, in its order; and what stands twice in one, by schedule."""

    table: str
    codes: defaultdict[str, list[str]]
    repeated: dict[str, str]


def _members(source: Source, seen: Observations) -> _Members:
    cells = Cells("SY_SalesTaxScheduleDetail", seen)
    members = _Members(cells.table, defaultdict(list), {})
    last = ("", "")
    for raw_schedule, raw_place, code in source.stream(
        cells.table, ("TaxSchedule", "ScheduleSeqNo", "TaxCode"), order=("TaxSchedule", "ScheduleSeqNo")
    ):
        schedule, place = cells.text(raw_schedule, "TaxSchedule"), cells.text(raw_place, "ScheduleSeqNo")
        if (schedule, place) == last:
            members.repeated[schedule] = place
        last = (schedule, place)
        members.codes[schedule].append(cells.text(code, "TaxCode"))
    return members


def _codes(source: Source, seen: Observations) -> dict[str, dict[str, Any] | UnreadableValue]:
    """Return each tax code as it is carried, or what made one of its rates unreadable."""
    cells = Cells("SY_SalesTaxCode", seen)
    codes: dict[str, dict[str, Any] | UnreadableValue] = {}
    for code, description in source.stream("SY_SalesTaxCode", ("TaxCode", "TaxCodeDesc"), order=("TaxCode",)):
        key = cells.text(code, "TaxCode")
        codes[key] = {"code": key, "description": cells.text(description, "TaxCodeDesc"), "classes": []}
    classes = _classes(source, seen)
    rates = Cells("SY_SalesTaxCodeDetail", seen)
    for raw_code, raw_class, taxable, rate, lost in source.stream(
        "SY_SalesTaxCodeDetail",
        ("TaxCode", "TaxClass", "PurchasesTaxable", "TaxRate", "NonRecoverablePercent"),
        order=("TaxCode", "TaxClass"),
    ):
        key = rates.text(raw_code, "TaxCode")
        known = codes.get(key)
        if not isinstance(known, dict):
            continue
        tax_class = rates.text(raw_class, "TaxClass")
        if any(each["tax_class"] == tax_class for each in known["classes"]):
            codes[key] = UnreadableValue(
                rates.table, "TaxClass", tax_class, say("It stands twice under the code {key}.", key=key)
            )
            continue
        try:
            known["classes"].append(
                {
                    "tax_class": tax_class,
                    "description": classes.get(tax_class, ""),
                    "taxable": rates.flag(taxable, "PurchasesTaxable"),
                    "rate": format(rates.quantity(rate, "TaxRate"), "f"),
                    "non_recoverable_percent": format(rates.quantity(lost, "NonRecoverablePercent"), ".3f"),
                }
            )
        except UnreadableValue as error:
            codes[key] = error
    return codes


def _classes(source: Source, seen: Observations) -> dict[str, str]:
    cells = Cells("SY_SalesTaxClass", seen)
    return {
        cells.text(code, "TaxClass"): cells.text(description, "TaxClassDesc")
        for code, description in source.stream("SY_SalesTaxClass", ("TaxClass", "TaxClassDesc"), order=("TaxClass",))
    }
