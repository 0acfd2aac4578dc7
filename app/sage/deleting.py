"""Deletes a record from an entry screen, if it is still what AP Bridge wrote."""

from collections.abc import Callable

from app.domain.language import say
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
    if entry.find(key) != EXISTING and entry.lines.first():
        # Sage deletes file by file: lines that stayed without their header would join the next record of this number.
        entry.do("nDelete")
    if entry.holds(key):
        raise Refused("nDelete", say("A part of the record is still there after it was deleted."))
    entry.do("nClear")


def gone(name: str, why: str = "") -> SkipItem:
    """Return what to raise for a record that the entry screen does not have any more."""
    return SkipItem(
        "gone-in-sage",
        say("Sage 100 does not have {name} any more", name=name),
        say(
            "{name} is no longer in the entry screen that AP Bridge wrote it to: {why}",
            name=capital(name),
            why=why or say("somebody deleted or posted it."),
        ),
        say(
            "Look for it in Sage. If it is posted, correct it there; if it is deleted, undo the export in Quadient AP."
        ),
        side=Side.SAGE,
    )


def changed(name: str, found: list[Difference]) -> SkipItem:
    """Return what to raise for a record that is not as AP Bridge wrote it."""
    told = "; ".join(str(each) for each in found[:TOLD])
    more = say("; and {length} more", length=len(found) - TOLD) if len(found) > TOLD else ""
    return SkipItem(
        "changed-in-sage",
        say("{name} was changed in Sage 100", name=capital(name)),
        say("{name} is not as AP Bridge wrote it. {told}{more}.", name=capital(name), told=capital(told), more=more),
        say("If it should go, delete it in Sage yourself and undo the export in Quadient AP."),
        side=Side.SAGE,
        detail="; ".join(str(each) for each in found),
    )


def _not_deleted(refused: Refused, name: str) -> SkipItem:
    return SkipItem(
        NOT_DELETED,
        say("Sage 100 did not delete {name}", name=name),
        say("Sage says of {name}: “{said}”", name=name, said=refused.said)
        if refused.said
        else say("Sage does not say why it keeps {name}.", name=name),
        say("Open it in Sage's entry screen and see what keeps it; then undo it again."),
        side=Side.SAGE,
        detail=str(refused),
    )
