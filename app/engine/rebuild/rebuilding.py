"""Makes the store of a company again: checkpoints and runs from Quadient AP, the journal from it and Sage together."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from app.cloud.port import CloudPort, DocumentKind, Exported, RecordedRun, Unreadable
from app.domain.codec import canonical, fingerprint
from app.domain.language import later, say, whole
from app.domain.lists import ListName
from app.engine.importing.imports import Source
from app.engine.importing.sources import SagePayments, list_source, order_source
from app.engine.rebuild.made_anew import MadeAnew
from app.engine.reporter import Stage
from app.engine.run import Run, Summary
from app.engine.sending.looking import Look, Sight, Sought, is_it, look_for_all
from app.engine.sending.natural_key import known_as, natural_key
from app.errors import NeedsUser, Side, SkipItem
from app.sage.company import SageCompany

AT_ONCE = 200  # documents: one look in Sage for all of them


def make_room(run: Run, *, anew: bool) -> None:
    """See that there is nothing that a rebuild would replace; with `anew`, keep a copy of it.

    Raises:
        NeedsUser: when there is, and nobody said that it may be replaced.
    """
    counts = {
        table: run.store.rows(f"SELECT COUNT(*) AS n FROM {table} WHERE company = ?", (run.company.code,))[0]["n"]  # noqa: S608
        for table in ("checkpoints", "documents", "journal")
    }
    if not any(counts.values()):
        return
    if not anew:
        raise NeedsUser(
            "store-not-empty",
            say("The store is not empty"),
            say(
                "Of company {code} it knows {checkpoints} records and {journal} attempts to send a document.",
                code=run.company.code,
                checkpoints=whole(counts["checkpoints"]),
                journal=whole(counts["journal"]),
            ),
            say("Sync as usual. If you do want it made again, run “apbridge rebuild --anew”: a copy is kept."),
            side=Side.COMPUTER,
        )
    with run.reporter.stage("copy", say("Keeping a copy of the store")) as stage:
        copy = run.store.file.with_suffix(f".before-{run.id}.sqlite")
        run.store.copy(copy)
        stage.item(copy.name, "note", "note", say("The store as it was is in {copy}.", copy=copy))


class Rebuilding:
    """Rebuilds within one run. Nothing is written to Sage or Quadient AP; until the end, the store stays as it is.

    The records are not compared with Sage here: the next sync reads all of them, and sends those that differ.
    """

    def __init__(self, run: Run, sage: SageCompany, cloud: CloudPort) -> None:
        self._run = run
        self._sage = sage
        self._cloud = cloud
        self._code = run.company.code
        self._made = MadeAnew(run)

    def rebuild(self) -> Summary:
        """Do it; return what there is now."""
        summary: Summary = {str(source.name): self._checkpoints(source, there) for source, there in self._sources()}
        for kind in DocumentKind:
            summary[f"exported_{kind}s"] = self._documents(kind)
            summary[f"failed_{kind}s"] = self._sync_errors(kind)
        summary["runs"] = self._runs()
        self._run.cancel.check()
        self._made.put_in_place()
        return summary

    def _sources(self) -> Iterator[tuple[Source[Any], Iterable[Any]]]:
        for name in ListName:
            yield list_source(name, self._run.company, self._sage, self._cloud), self._cloud.list_items(name)
        yield order_source(self._run.company, self._sage, self._cloud), self._cloud.orders()
        payments = SagePayments(self._run.company, self._sage, self._cloud, self._run.store)
        yield payments.source(), self._cloud.imported_payments()

    def _checkpoints(self, source: Source[Any], there: Iterable[Any]) -> dict[str, int]:
        """Take what Quadient AP has of a source for acknowledged: that, and nothing else, is what it has."""
        with self._run.reporter.stage(f"rebuild.{source.name}", source.title) as stage:
            for some in _chunks(there):
                self._run.cancel.check()
                self._made.add("checkpoints", [self._checkpoint(source, record) for record in some])
                stage.count("read", len(some))
                stage.advance(len(some))
        return stage.counts

    def _checkpoint(self, source: Source[Any], record: Any) -> tuple[object, ...]:
        key, active, description = source.describe(record)
        payload = canonical(record)
        kept = payload.decode() if source.keep_payload else None
        now, run = self._run.stamp(), self._run.id
        return (source.name, key, fingerprint(payload), active, description, kept, kept, "acknowledged", now, run)

    def _documents(self, kind: DocumentKind) -> dict[str, int]:
        """Look in Sage for everything that Quadient AP shows as exported under a name of this company's.

        What Sage does not have needs a person, unless it is older than all that Sage has: it purges old history.
        """
        absent: list[tuple[Exported, Sought, Look]] = []
        oldest = ""
        title = say("{label} exported from Quadient AP", label=kind.label)
        with self._run.reporter.stage(f"rebuild.{kind}", title) as stage:
            for some in _chunks(self._ours(kind, stage)):
                self._run.cancel.check()
                sought = [each for _, each in some]
                seen = look_for_all(self._sage.ledger, sought)
                for exported, each in some:
                    self._check_readable(seen[each.id])
                    if seen[each.id].sight is Sight.NOTHING:
                        absent.append((exported, each, seen[each.id]))
                    else:
                        oldest = min(oldest or each.natural_key.day, each.natural_key.day)
                        self._judge(kind, exported, each, seen[each.id], stage)
                stage.advance(len(some))
            if absent:
                oldest = min(filter(None, (oldest, self._kept_since(kind))), default="")
            for exported, each, nothing in absent:
                if each.natural_key.day < oldest:
                    stage.count("older than what Sage keeps")
                else:
                    self._judge(kind, exported, each, nothing, stage)
        differing = stage.counts.get("differing", 0)
        if differing:
            invoices = later("{differing} exported invoices are not so in Sage")
            payments = later("{differing} exported payments are not so in Sage")
            self._run.attention(
                "exported-differs",
                say(invoices if kind is DocumentKind.INVOICE else payments, differing=whole(differing)),
                say("Quadient AP shows them as Exported. Sage has nothing under their number, or something else."),
                say("Look at each under {label} before you sync or post.", label=kind.label),
            )
        return stage.counts

    def _kept_since(self, kind: DocumentKind) -> str:
        """Return the earliest day of what Sage has posted, in ISO form; '' when it has nothing."""
        ledger = self._sage.ledger
        try:
            since = ledger.invoices_since() if kind is DocumentKind.INVOICE else ledger.checks_since()
        except SkipItem as error:
            raise _not_looked_into(f"{error.title}. {error.message}") from error
        return since.isoformat() if since else ""

    def _check_readable(self, seen: Look) -> None:
        """End the rebuild where Sage could not be looked into: what was not seen is not known to differ."""
        if seen.sight is Sight.OTHER and not seen.found:
            raise _not_looked_into(seen.message)

    def _ours(self, kind: DocumentKind, stage: Stage) -> Iterator[tuple[Exported, Sought]]:
        for number, exported in enumerate(self._cloud.exported(kind)):
            stage.count("read")
            if isinstance(exported, Unreadable):
                self._set_aside(exported, stage)
                continue
            document = exported.document
            key = known_as(self._code, document, exported.external_id)
            if key is None:
                # Marked by a person in Quadient AP, or of another company: AP Bridge did not bring it to this one.
                stage.count("without an external id of this company")
                continue
            yield exported, Sought(number, document.id, document.destination, key, format(document.amount, "f"))

    def _set_aside(self, unreadable: Unreadable, stage: Stage) -> None:
        self._run.needs_user = True
        stage.count("failed")
        stage.item(unreadable.id, "quarantined", "unreadable", unreadable.reason, say("Look for it in Sage yourself."))

    def _sync_errors(self, kind: DocumentKind) -> dict[str, int]:
        """Take what is in Sync Error for refused, so that it stays under what needs the user."""
        title = say("{label} in Sync Error in Quadient AP", label=kind.label)
        with self._run.reporter.stage(f"rebuild.failed.{kind}", title) as stage:
            for number, error in enumerate(self._cloud.sync_errors(kind)):
                self._run.cancel.check()
                stage.count("read")
                if isinstance(error, Unreadable):
                    self._set_aside(error, stage)
                    continue
                document = error.document
                key = natural_key(document, None)
                sought = Sought(number, document.id, document.destination, key, format(document.amount, "f"))
                message = error.message or say("Its comments in Quadient AP say why.")
                said = (error.code, message, say("Set that right, then send it again."))
                # Which run it was is not known any more.
                refused, nothing = Exported(document, "", ""), Look(Sight.NOTHING)
                self._made.attempt(kind, refused, sought, nothing, "refused", said)
                self._made.document(kind, refused, sought, nothing, "failed")
                self._run.needs_user = True
        return stage.counts

    def _judge(self, kind: DocumentKind, exported: Exported, sought: Sought, seen: Look, stage: Stage) -> None:
        if seen.sight is Sight.OURS:
            stage.count("sent")
            self._made.attempt(kind, exported, sought, seen, "acknowledged")
            self._made.document(kind, exported, sought, seen, "sent")
        elif is_it(seen, sought):
            stage.count("without AP Bridge's mark")
            self._made.document(kind, exported, sought, seen, "settled")
        else:
            message = seen.message or say("Sage has nothing under {external_id}.", external_id=exported.external_id)
            message = say("Quadient AP shows it as Exported. {message}", message=message)
            fix = say(
                "If it is missing in Sage, undo its export in Quadient AP and send it again. If all is right as "
                "it is, choose Mark as exported."
            )
            stage.count("differing")
            stage.item(sought.document, "stopped", "exported-differs", message, fix)
            self._made.attempt(kind, exported, sought, seen, "stopped", ("exported-differs", message, fix))
            self._made.document(kind, exported, sought, seen, "differs")

    def _runs(self) -> dict[str, int]:
        """Take the runs over from Quadient AP's sync history; what happened in them is not told there."""
        with self._run.reporter.stage("rebuild.runs", say("Runs in Quadient AP's sync history")) as stage:
            for some in _chunks(self._cloud.runs()):
                self._made.add("runs", [_run_row(each) for each in some])
                stage.count("read", len(some))
        return stage.counts


def _not_looked_into(message: str) -> NeedsUser:
    return NeedsUser(
        "sage-not-looked-into",
        say("Sage cannot be looked into for what was exported"),
        say("{message} The store was left as it was.", message=message),
        say("Set that right (Activity > What this Sage 100 has tells more), then choose Rebuild again."),
        side=Side.SAGE,
    )


def _run_row(recorded: RecordedRun) -> tuple[object, ...]:
    finished, summary = recorded.finished, recorded.summary
    if finished is None:
        outcome, code = "broken_off", None
    elif summary.get("ended"):
        outcome, code = "failed", None
    else:
        outcome, code = ("needs_user", 1) if summary.get("needs_user") else ("done", 0)
    ended = finished.isoformat() if finished else None
    return (recorded.run, str(summary.get("command", "")), recorded.started.isoformat(), ended, outcome, code)


def _chunks(records: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(records)
    while some := list(islice(left, AT_ONCE)):
        yield some
