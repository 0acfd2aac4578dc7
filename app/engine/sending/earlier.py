"""What earlier runs did with documents: one may stand in Sage under another number, or have been refused there."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.findings import Finding, stop, warn
from app.domain.invoices import Destination
from app.domain.language import later, say
from app.domain.words import day, money, place, vendor
from app.engine.sending.changes import changes, sentence
from app.engine.sending.journal import Entry, Intent, Journal
from app.engine.sending.looking import (
    Elsewhere,
    LedgerLook,
    Look,
    Sight,
    Sought,
    look_elsewhere,
    look_for_all,
    look_for_marks,
)
from app.engine.sending.natural_key import CheckName, NaturalKey
from app.errors import SkipItem
from app.sage.found import Place

_MAY_STAND_IN_SAGE = ("written", "proven", "acknowledged", "stopped")


def find_earlier(
    journal: Journal, ledger: LedgerLook, kind: str, intents: Sequence[Intent]
) -> dict[str, list[Finding]]:
    """Return, by document id, what a person must know before the documents of one kind go as intended.

    Sage is asked once for all of them. `sent-under-another-number` stops a document that Sage has as it was called
    before; `duplicate-unposted`, `duplicate-posted` and `check-number-used` one that it has under its number, with
    something else in it than Quadient AP has by now. `renumbered-in-sage` stops one that Sage has under a number that
    people gave it there: with our mark, or what may be it where no mark tells; and one that has our mark there under
    another number, though this journal knows nothing of it. `was-in-sage` warns of one that Sage had and has no more,
    `refused-before` of one that Sage refused as it is now.
    """
    attempts: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in journal.attempts(kind):
        attempts[entry.document].append(entry)
    before = {
        intent.document.id: [
            entry
            for entry in attempts[intent.document.id]
            if entry.natural_key != intent.natural_key and entry.state in _MAY_STAND_IN_SAGE
        ]
        for intent in intents
    }
    former = {intent.document.id: _former(attempts[intent.document.id], intent) for intent in intents}
    alike = [entry for entry in former.values() if entry is not None]
    tried = {
        intent.document.id: [each for each in attempts[intent.document.id] if each.tried_at and each.state != "refused"]
        for intent in intents
    }
    seen = look_for_all(
        ledger, [*alike, *(each for entries in (*before.values(), *tried.values()) for each in entries)]
    )
    missed = [each for entries in tried.values() for each in entries if seen[each.id].sight is Sight.NOTHING]
    elsewhere: Mapping[int, Elsewhere] = {}
    unseen = ""
    try:
        elsewhere = look_elsewhere(ledger, missed, _known(journal, kind, intents) if missed else {})
    except SkipItem as error:
        unseen = _why(error)
    found = {
        intent.document.id: [
            *(
                _elsewhere(entry, intent, seen[entry.id])
                for entry in before[intent.document.id]
                if _may_be_it(entry, seen[entry.id])
            ),
            *_changed(journal, former[intent.document.id], intent, seen),
            *_missed([each for each in missed if each.document == intent.document.id], elsewhere, unseen),
        ]
        for intent in intents
    }
    unknown = _unknown(ledger, [intent for intent in intents if not found[intent.document.id]])
    return {
        id_: [*found[id_], *unknown.get(id_, ()), *_refused(attempts[id_], intent)]
        for intent in intents
        for id_ in (intent.document.id,)
    }


def _known(journal: Journal, kind: str, intents: Sequence[Intent]) -> Mapping[Any, set[str]]:
    """Return, by key in Sage, the ids of the documents that ever had it, also of those Quadient AP has no more."""
    known: defaultdict[Any, set[str]] = defaultdict(set)
    for name, document in (*((each.natural_key, each.document.id) for each in intents), *journal.names(kind)):
        known[name.key].add(document)
    return known


def _why(error: SkipItem) -> str:
    return f"{error.title}. {error.message}"


def _unknown(ledger: LedgerLook, intents: Sequence[Intent]) -> dict[str, list[Finding]]:
    """Stop, by document id, what this journal does not know to be in Sage, and what bears our mark there all the same.

    Where Sage has something under the document's own number, that is for others to tell.
    """
    strangers = [
        Sought(place_, each.document.id, each.document.destination, each.natural_key, format(each.document.amount, "f"))
        for place_, each in enumerate(intents)
    ]
    try:
        elsewhere = look_for_marks(ledger, strangers)
        marked = [each for each in strangers if each.id in elsewhere]
        seen = look_for_all(ledger, marked)
    except SkipItem as error:
        return {each.document: [_not_looked_up(_why(error))] for each in strangers}
    return {
        each.document: [_of_another_store(elsewhere[each.id])]
        for each in marked
        if seen[each.id].sight is Sight.NOTHING
    }


def _may_be_it(entry: Entry, seen: Look) -> bool:
    """Whether what stands under the former number may be the document, though its mark may be gone.

    Sage may cut a comment, and people edit what is unposted. Where Sage had nothing before it was handed over,
    whatever is there now may be it.
    """
    return seen.equal or (entry.tried_at is not None and seen.sight is not Sight.NOTHING)


def _former(attempts: Sequence[Entry], intent: Intent) -> Entry | None:
    """Return the newest attempt under the same name that Sage may have, if none was made with the document as it is."""
    alike = [each for each in attempts if each.natural_key == intent.natural_key and each.state in _MAY_STAND_IN_SAGE]
    return None if not alike or any(each.hash == intent.hash for each in alike) else alike[-1]


def _changed(journal: Journal, entry: Entry | None, intent: Intent, seen: Mapping[int, Look]) -> Iterator[Finding]:
    """Stop what Sage has as AP Bridge wrote it, and Quadient AP has with the same amount and something else in it."""
    if entry is None or seen[entry.id].sight is not Sight.OURS:
        return
    sent = journal.content(entry)
    differing = changes(sent, intent.document) if sent is not None else ()
    if differing:
        look = seen[entry.id]
        there = Place(str(look.evidence["place"]) if look.evidence else entry.destination)
        is_check = entry.destination is Destination.MANUAL_CHECK
        yield stop(
            "check-number-used" if is_check else "duplicate-posted" if there.posted else "duplicate-unposted",
            say(
                "AP Bridge already wrote it to Sage, in {place}. Since then it was changed in Quadient AP. {differing}",
                place=place(there, look.batch),
                differing=sentence(differing),
            ),
            say(
                "If Sage is right, choose Mark as exported. If Quadient AP is right, choose Undo, which deletes the "
                "one in Sage (or delete it there, or reverse it if it is posted), and send this one."
            ),
        )


def _missed(entries: Sequence[Entry], elsewhere: Mapping[int, Elsewhere], unseen: str) -> Iterator[Finding]:
    """Tell of what was handed to Sage and is not under its number: whether it stands under another, or was there.

    `unseen` is why that could not be looked up, '' when it could.
    """
    if not entries:
        return
    entry = next((each for each in reversed(entries) if each.id in elsewhere), entries[-1])
    there = elsewhere.get(entry.id)
    before = _called(entry.natural_key, Decimal(entry.amount))
    if there is not None:
        yield stop(
            "renumbered-in-sage",
            say("AP Bridge handed it to Sage before: {before}. {said}", before=before, said=there.sentence),
            " ".join(_ways_out(there)),
        )
    elif unseen:
        yield stop(
            "renumbered-in-sage",
            say(
                "AP Bridge handed it to Sage before: {before}. Whether Sage has it under another number by now could "
                "not be looked up: {why}",
                before=before,
                why=unseen,
            ),
            say("Set that right, then preview again."),
        )
    elif entry.state in _MAY_STAND_IN_SAGE:
        yield warn(
            "was-in-sage",
            say(
                "AP Bridge handed it to Sage before: {before}. Sage has nothing under that number now.",
                before=before,
            ),
            say(
                "Look in Sage whether somebody entered it anew under another number. If so, choose Mark as exported; "
                "if not, send it."
            ),
        )


def _ways_out(there: Elsewhere) -> Iterator[str]:
    yield say(
        "If it is the same one, give it its number back in Sage and preview again, or choose Mark as exported. If it "
        "should go, delete it in Sage and preview again."
    )
    if not there.marked:
        yield say("If it is another one, enter this one in Sage yourself, then choose Mark as exported.")


def _not_looked_up(why: str) -> Finding:
    return stop(
        "renumbered-in-sage",
        say("Whether Sage has it under another number by now could not be looked up: {why}", why=why),
        say("Set that right, then preview again."),
    )


def _of_another_store(there: Elsewhere) -> Finding:
    return stop(
        "renumbered-in-sage",
        say(
            "{said} It was written by AP Bridge on another computer, or before AP Bridge's store here was made "
            "anew or put back.",
            said=there.sentence,
        ),
        say(
            "If it is the same one, give it the number from Quadient AP in Sage and preview again, or choose Mark "
            "as exported. If it should go, delete it in Sage and preview again."
        ),
    )


def _refused(attempts: Sequence[Entry], intent: Intent) -> list[Finding]:
    newest = attempts[-1] if attempts else None
    if newest is None or newest.state != "refused" or newest.hash != intent.hash:
        return []
    return [
        warn(
            "refused-before",
            say("Sage refused it the last time: {message}", message=newest.message),
            newest.fix or say("Send it again once that is set right."),
        )
    ]


def _elsewhere(entry: Entry, intent: Intent, seen: Look) -> Finding:
    """Say that Sage has the document, or what may be it, under what it was called before."""
    where = place(str(seen.evidence["place"]) if seen.evidence else entry.destination, seen.batch)
    before = _called(entry.natural_key, Decimal(entry.amount))
    if not seen.equal:
        how = say(
            "AP Bridge handed it to Sage before: {before}. Under that number, Sage now has another one, in {where}",
            before=before,
            where=where,
        )
    elif entry.state == "stopped":
        how = say("Sage has one like it, as it was called before: {before}, in {where}", before=before, where=where)
    else:
        how = say("AP Bridge already wrote it to Sage: {before}, in {where}", before=before, where=where)
    now = _called(intent.natural_key, intent.document.amount)
    ours = entry.state in ("proven", "acknowledged")
    take_out = say("choose Undo, which deletes the one in Sage") if ours else say("delete the one in Sage")
    return stop(
        "sent-under-another-number",
        say("{how}. Since then it was changed in Quadient AP: {now}.", how=how, now=now),
        say(
            "If Sage is right, choose Mark as exported. If Quadient AP is right, {take_out} (or reverse it "
            "there, if it is posted), and send this one.",
            take_out=take_out,
        ),
    )


def _called(name: NaturalKey, amount: Decimal) -> str:
    named = (
        say("check {number} of bank {bank_code}", number=name.number, bank_code=name.bank_code)
        if isinstance(name, CheckName)
        else say("invoice {number}", number=name.number)
    )
    whose = vendor(name.division, name.vendor_number)
    for_ = later("{named} for vendor {whose}, dated {day}, {amount}")
    of = later("{named} of vendor {whose}, dated {day}, {amount}")
    return say(
        for_ if isinstance(name, CheckName) else of,
        named=named,
        whose=whose,
        day=day(date.fromisoformat(name.day)),
        amount=money(amount),
    )
