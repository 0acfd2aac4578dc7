"""What the detail pages of invoices and payments share: findings and history."""

from collections.abc import Sequence

from app.engine.views import GONE_FIX, DocumentRow, Happened
from app.gui.format import moment, money, whole
from app.gui.text import tr
from app.gui.widgets.detail import Page, RunLink
from app.gui.words import destination_words, document_state, happened_words, severity_icon, standing_words


def state_of(row: DocumentRow) -> tuple[str, str]:
    """Return icon and words for a document's state, with whether it was changed since people saw it."""
    if row.state == "sent" and row.standing is not None:
        picture, words = standing_words(row.standing.stands)
        return ("info" if row.standing.let_be else picture), words
    return document_state(row.state, row.warnings, changed=bool(row.changes))


def write_findings(page: Page, row: DocumentRow) -> None:
    """Say what the checks found, or that they found nothing."""
    for finding in row.findings:
        page.finding(severity_icon(finding.severity), finding.message, finding.fix, finding.code)
    if not row.findings and row.state == "ready":
        page.text(tr("All checks against Sage passed {when}.", when=moment(row.previewed_at)), quiet=True)


def write_last_failure(page: Page, row: DocumentRow) -> None:
    """Say why the last attempt to send it failed, where it did, and how to send what was undone."""
    if row.state == "undone":
        message = tr("It was undone: Sage has it no more, and in Quadient AP it is approved again.")
        page.finding(document_state(row.state)[0], message, tr("To send it after all, choose Send Again."))
    if (row.state in ("failed", "asking", "differs") and row.steps) or row.unclear:
        step = row.steps[-1]
        page.finding("warning" if row.unclear else document_state(row.state)[0], step.message, step.fix, step.code)


def write_standing(page: Page, row: DocumentRow) -> None:
    """Say where in Sage it stands, what is left to pay of it, and as of when that is."""
    standing = row.standing
    if row.state != "sent" or standing is None:
        return
    as_of = moment(standing.as_of)
    if row.gone:
        said = tr(
            "Sage has it no longer, as of {when}: somebody deleted it there, or gave it another number.", when=as_of
        )
        page.finding("warning", said, tr(GONE_FIX), "gone-in-sage")
    elif standing.stands == "gone":
        page.text(tr("Sage has it no longer, as of {when}; it was left as Exported in Quadient AP.", when=as_of))
    elif standing.balance:
        page.text(tr("Posted; {amount} is left to pay, as of {when}.", amount=money(standing.balance), when=as_of))
    else:
        words = {
            "unposted": tr("Unposted in Sage, as of {when}.", when=as_of),
            "posted": tr("Posted in Sage, as of {when}.", when=as_of),
            "paid": tr("Paid in Sage, as of {when}.", when=as_of),
        }
        page.text(words[standing.stands])


def write_changes(page: Page, row: DocumentRow) -> None:
    """Say what differs from the version that people know, while it waits to be sent."""
    if row.changes:
        page.section(tr("Changed since it was checked {when}", when=moment(row.known_at)))
        page.table(
            ("", tr("Before"), tr("Now")),
            (
                (
                    each.field,
                    tr("(was not there)") if each.before is None else each.before,
                    tr("(is no longer there)") if each.now is None else each.now,
                )
                for each in row.changes
            ),
        )


def write_side_by_side(page: Page, row: DocumentRow) -> None:
    """Set the document beside what Sage has under its number, while a person must decide."""
    if not row.compared:
        return
    records = len(row.theirs)
    sage = [
        tr("Sage 100") if records == 1 else tr("Sage 100, {n} of {all}", n=whole(at + 1), all=whole(records))
        for at in range(records)
    ]
    page.section(tr("Quadient AP and Sage 100 side by side"))
    page.table(
        ("", tr("Quadient AP"), *sage, ""),
        ((each.field, each.ours, *each.theirs, tr("differs") if each.differs else "") for each in row.compared),
    )


def write_history(page: Page, happened: Sequence[Happened]) -> None:
    """List what befell the document, newest first; each line leads to its run."""
    if not happened:
        return
    page.section(tr("History"))
    page.table(
        (tr("When"), tr("What"), tr("Run")),
        [
            (moment(each.at), _happened_words(each), RunLink(tr("Show"), each.run) if each.run else "")
            for each in reversed(happened)
        ],
    )


def _happened_words(each: Happened) -> str:
    words = happened_words(each.what)
    if each.destination and each.what != "acknowledged":
        where = destination_words(each.destination)
        if each.batch:
            where = tr("{destination}, batch {batch}", destination=where, batch=each.batch)
        words = f"{words} ({where})"
    return tr("{name}: {text}", name=words, text=each.message) if each.message else words
