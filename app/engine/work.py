"""The things a run can do: Sync Now, a preview alone, Send, Undo, and what a person decided about documents."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.cloud.port import CloudPort, DocumentKind
from app.domain.language import count, say
from app.domain.lists import ListName
from app.engine.health.before_run import check_entity, check_room
from app.engine.importing.ahead import read_ahead
from app.engine.importing.imports import Import, Source
from app.engine.importing.passes import Asked
from app.engine.importing.sources import SagePayments, list_source, lists_in_use, order_source
from app.engine.importing.switched_off import note_switched_off
from app.engine.run import Run, Summary
from app.engine.sending.previews import preview
from app.engine.sending.sending import Sending
from app.engine.sending.settling import Settling
from app.engine.sending.totals import prove
from app.engine.sending.whereabouts import look_where_they_stand
from app.engine.store import ORDERS, SAGE_PAYMENTS
from app.engine.undo.undoing import Undoing
from app.errors import BridgeError, SkipItem
from app.sage.company import SageCompany
from app.sage.wanted import Printed

PARTS = (*(name.value for name in ListName), "orders", "payments", "invoices")


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """What a sync brings: `only` (empty: all) names parts.

    `full` reads and compares everything, `since` what Sage says was changed since that day; else AP Bridge chooses.
    `resend` sends every record again, changed or not. `accept_deletions` answers the guard's question with yes.
    """

    only: frozenset[str] = frozenset()
    full: bool = False
    since: date | None = None
    resend: bool = False
    accept_deletions: bool = False

    @property
    def asked(self) -> Asked:
        """Which pass that means: only a full one finds deletions, or records to send again."""
        return Asked(self.full or self.resend or self.accept_deletions, self.since)

    def wants(self, part: str) -> bool:
        """Whether the part is to be synced."""
        return not self.only or part in self.only


def sync(options: SyncOptions) -> Callable[[Run], Summary]:
    """Sync Now: lists, purchase orders and payments to the cloud, then the preview of what is ready there."""

    def work(run: Run) -> Summary:
        note_switched_off(run.store, run.company)
        names = [name for name in lists_in_use(run.company) if options.wants(name)]
        # What is to go again is read here anyhow.
        with (
            read_ahead(run, () if options.resend else names, options.asked) as ahead,
            _both_sides(run) as (sage, cloud),
        ):
            summary: Summary = {}
            if options.asked.full:
                _begin_full_pass(run, options)

            def importing(
                source: Source[Any],
                *,
                accept_deletions: bool = options.accept_deletions,
                ahead: Iterable[Printed] | None = None,
            ) -> Import[Any]:
                asked, most = options.asked, cloud.max_batch
                return Import(run, source, most, asked=asked, accept_deletions=accept_deletions, ahead=ahead)

            for name in sorted(names, key=ahead.__contains__):  # what is read ahead comes last
                of_list = list_source(name, run.company, sage, cloud)
                summary[name.value] = importing(of_list, ahead=ahead.get(name)).run()
            if run.company.orders_on and options.wants("orders"):
                summary["orders"] = importing(order_source(run.company, sage, cloud)).run()
            if run.company.payments_on and options.wants("payments"):
                source = SagePayments(run.company, sage, cloud, run.store).source()
                payments = importing(source, accept_deletions=False)
                counts = payments.run()
                summary["sage_payments"] = counts | {"lines left out": payments.lines_left_out}
            _finish_begun(run, sage, cloud)
            for kind in _kinds(run, options):
                summary[kind.value] = _preview_summary(run, sage, cloud, kind)
            look_where_they_stand(run, sage)
            _tell_notes(run, sage)
            return summary | _set_right(sage)

    return work


def preview_only(kind: DocumentKind) -> Callable[[Run], Summary]:
    """The preview of one kind of documents."""

    def work(run: Run) -> Summary:
        with _both_sides(run) as (sage, cloud):
            _finish_begun(run, sage, cloud)
            return {kind.value: _preview_summary(run, sage, cloud, kind)}

    return work


def send(kind: DocumentKind, ids: Sequence[str] | None) -> Callable[[Run], Summary]:
    """Send the ticked documents, or all ready ones (None); then the control totals."""

    def work(run: Run) -> Summary:
        with _both_sides(run) as (sage, cloud):
            try:
                with Sending(run, sage, cloud) as sending:
                    sending.finish_begun()
                    counts = sending.send(kind, ids)
            except BridgeError:
                # What went before the trouble has its totals now, or, where that is not possible, in the next run.
                with suppress(BridgeError):
                    prove(run, sage, cloud)
                raise
            return {"send": counts, "totals_match": prove(run, sage, cloud)}

    return work


def mark_exported(
    kind: DocumentKind, ids: Sequence[str], *, although_not_in_sage: bool = False
) -> Callable[[Run], Summary]:
    """Mark documents as exported in Quadient AP: those that Sage has, or all of them. Nothing is written to Sage."""

    def work(run: Run) -> Summary:
        with _both_sides(run) as (sage, cloud):
            _finish_begun(run, sage, cloud)
            counts = Settling(run, sage, cloud).mark_exported(kind, ids, although_not_in_sage=although_not_in_sage)
            return {"mark_exported": counts}

    return work


def send_again(kind: DocumentKind, ids: Sequence[str]) -> Callable[[Run], Summary]:
    """Mark documents for export again in Quadient AP, and preview what is ready. Nothing is written to Sage."""

    def work(run: Run) -> Summary:
        with _both_sides(run) as (sage, cloud):
            _finish_begun(run, sage, cloud)
            counts = Settling(run, sage, cloud).send_again(kind, ids)
            return {"send_again": counts, kind.value: _preview_summary(run, sage, cloud, kind)}

    return work


def shorten(id_: str, description: str | None) -> Callable[[Run], Summary]:
    """Decide on the description that Sage gets of an invoice (None: the whole one), and preview what is ready."""
    from app.engine.sending.shortening import shorten as shorten_description  # a sync needs nothing of it

    def work(run: Run) -> Summary:
        with _both_sides(run) as (sage, cloud):
            _finish_begun(run, sage, cloud)
            counts = shorten_description(run, sage, cloud, id_, description)
            kind = DocumentKind.INVOICE
            return {"shorten": counts, kind.value: _preview_summary(run, sage, cloud, kind)}

    return work


def undo(kind: DocumentKind | None, of_run: str | None, ids: Sequence[str]) -> Callable[[Run], Summary]:
    """Delete in Sage what the run called `of_run` sent, or (None) the documents called `ids`, and tell the cloud."""

    def work(run: Run) -> Summary:
        with _both_sides(run) as (sage, cloud):
            _finish_begun(run, sage, cloud)
            with Undoing(run, sage, cloud) as undoing:
                return {"undo": undoing.undo(kind, of_run, ids)}

    return work


def rebuild(*, anew: bool = False) -> Callable[[Run], Summary]:
    """Make an empty store again; with `anew` one that is not empty, of which a copy is kept."""
    from app.engine.rebuild.rebuilding import Rebuilding, make_room  # a sync needs nothing of it

    def work(run: Run) -> Summary:
        make_room(run, anew=anew)
        with _both_sides(run) as (sage, cloud):
            summary = Rebuilding(run, sage, cloud).rebuild()
            prove(run, sage, cloud)
            return summary

    return work


@contextmanager
def _both_sides(run: Run) -> Iterator[tuple[SageCompany, CloudPort]]:
    """Open both sides, after the health check; the cloud's sync history shows the run's start and end."""
    with ExitStack() as opened:
        with run.reporter.stage("health", say("Checking Sage 100 and Quadient AP")):
            check_room(run)
            sage = opened.enter_context(run.open_sage())
            cloud = opened.enter_context(run.open_cloud())
            check_entity(run, cloud)
        started = run.now()
        cloud.record_run(run.id, started, None, {"command": run.command})
        try:
            yield sage, cloud
        except BridgeError as error:
            # The history there shows how the run ended, unless it is the cloud itself that is away.
            with suppress(BridgeError):
                cloud.record_run(run.id, started, run.now(), {"command": run.command, "ended": error.code})
            raise
        cloud.record_run(run.id, started, run.now(), {"command": run.command, "needs_user": run.needs_user})


def _finish_begun(run: Run, sage: SageCompany, cloud: CloudPort) -> None:
    with Sending(run, sage, cloud) as sending:
        sending.finish_begun()
    Settling(run, sage, cloud).finish_begun()
    with Undoing(run, sage, cloud) as undoing:
        undoing.finish_begun()
    prove(run, sage, cloud)


def _kinds(run: Run, options: SyncOptions) -> Iterator[DocumentKind]:
    if options.wants("invoices"):
        yield DocumentKind.INVOICE
    if run.company.payments_on and options.wants("payments"):
        yield DocumentKind.PAYMENT


def _preview_summary(run: Run, sage: SageCompany, cloud: CloudPort, kind: DocumentKind) -> dict[str, int]:
    try:
        judged = preview(run, sage, cloud, kind)
    except SkipItem as error:
        # Without a table that the checks need, nothing of this kind can be sent; all else goes on.
        run.attention(
            error.code,
            say("{label} cannot be checked: {title}", label=kind.label, title=error.title),
            error.message,
            error.fix,
        )
        return {"ready": 0, "blocked": 0}
    ready = sum(each.verdict.sendable for each in judged)
    return {"ready": ready, "blocked": len(judged) - ready}


def _begin_full_pass(run: Run, options: SyncOptions) -> None:
    """See that the next sync goes on with a full pass that breaks off.

    To send every record again, it is made to differ from what the cloud acknowledged.
    """
    names = [part for part in (*(n.value for n in ListName), "orders", "payments") if options.wants(part)]
    stored = {"orders": ORDERS, "payments": SAGE_PAYMENTS}
    wheres = [(run.company.code, stored.get(name, name)) for name in names]
    with run.store.transaction():
        if options.resend:
            run.store.write_many(_FORGET_ACKNOWLEDGED, wheres)
        run.store.write_many("UPDATE watermarks SET full_on = '' WHERE company = ? AND list = ?", wheres)


_FORGET_ACKNOWLEDGED = (
    "UPDATE checkpoints SET hash = x'00', row_hash = NULL WHERE company = ? AND list = ? AND hash IS NOT NULL"
)


def _tell_notes(run: Run, sage: SageCompany) -> None:
    """Tell what was noticed in Sage's data that needs no action, but should be known (an unknown code, say)."""
    if not sage.notes:
        return
    with run.reporter.stage("notes", say("Noticed in Sage")) as stage, run.store.transaction():
        for sentence, times in sage.notes.items():
            stage.item(count(times, "once", "{n} times"), "note", "note", sentence)


def _set_right(sage: SageCompany) -> dict[str, Any]:
    """Return what was found odd in Sage's data and set right on the way."""
    return {"dropped characters": dict(sage.dropped), "impossible dates": dict(sage.bad_dates)}
