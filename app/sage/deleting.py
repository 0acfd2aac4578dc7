"""Deletes a record from an entry screen, if it is still what AP Bridge wrote."""

from collections.abc import Callable

from app.domain.words import capital
from app.errors import Side, SkipItem
from app.sage.entries import Key
from app.sage.entry import EXISTING, Entry, Form
from app.sage.refusals import Refused, passing_or_user
from app.sage.stored import Difference, differences

NOT_DELETED = "not-deleted"
TOLD = 3  # differences that a message names; the rest are counted


def delete_unchanged(entry: Entry, key: Key, name: str, enter: Callable[[Form], None]) -> None:
    """Delete the record under `key`, if it reads as `enter` enters it, and make sure that nothing is left of it.

    Raises:
        SkipItem: `gone-in-sage` or `changed-in-sage`, nothing was changed then; `not-deleted`, look what Sage has.
        RetryLater: Sage is busy, or its answer to the deletion was lost: look what it has.
        NeedsUser: the user lacks a right.
    """
    try:
        _delete(entry, key, name, enter)
    except Refused as refused:
        entry.ask("nClear")  # lets go of the record
        raise passing_or_user(refused) or _not_deleted(refused, name) from refused


def _delete(entry: Entry, key: Key, name: str, enter: Callable[[Form], None]) -> None:
    there = entry.find(key) == EXISTING
    found = differences(entry, enter) if there else []
    if not there or found:
        entry.do("nClear")
        raise changed(name, found) if there else gone(name)
    entry.do("nDelete")
    if entry.holds(key):
        # Sage deletes file by file: lines that stayed without their header would join the next record of this number.
        entry.do("nDelete")
        if entry.holds(key):
            raise Refused("nDelete", "A part of the record is still there after it was deleted.")
    entry.do("nClear")


def gone(name: str, why: str = "") -> SkipItem:
    """Return what to raise for a record that the entry screen does not have any more."""
    return SkipItem(
        "gone-in-sage",
        f"Sage 100 does not have {name} any more",
        f"{capital(name)} is no longer in the entry screen that AP Bridge wrote it to: "
        f"{why or 'somebody deleted or posted it.'}",
        "Look for it in Sage. If it is posted, correct it there; if it is deleted, undo the export in Quadient AP.",
        side=Side.SAGE,
    )


def changed(name: str, found: list[Difference]) -> SkipItem:
    """Return what to raise for a record that is not as AP Bridge wrote it."""
    told = "; ".join(str(each) for each in found[:TOLD])
    more = f"; and {len(found) - TOLD} more" if len(found) > TOLD else ""
    return SkipItem(
        "changed-in-sage",
        f"{capital(name)} was changed in Sage 100",
        f"{capital(name)} is not as AP Bridge wrote it. {capital(told)}{more}.",
        "If it should go, delete it in Sage yourself and undo the export in Quadient AP.",
        side=Side.SAGE,
        detail="; ".join(str(each) for each in found),
    )


def _not_deleted(refused: Refused, name: str) -> SkipItem:
    return SkipItem(
        NOT_DELETED,
        f"Sage 100 did not delete {name}",
        f"Sage says of {name}: “{refused.said}”" if refused.said else f"Sage does not say why it keeps {name}.",
        "Open it in Sage's entry screen and see what keeps it; then undo it again.",
        side=Side.SAGE,
        detail=str(refused),
    )
