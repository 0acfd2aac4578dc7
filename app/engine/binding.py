"""Which legal entity the store's records of a company are about; those of another one are put aside, never mixed up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from app.domain.language import count, say
from app.engine.reporter import Reporter
from app.engine.store import Store
from app.errors import NeedsUser, Side
from app.settings import CompanySettings

Query: TypeAlias = Callable[[str, tuple[Any, ...]], list[dict[str, Any]]]

SAGE_ONLY = ("probe", "selftest")  # what these do is the same whichever legal entity there is
REBUILD = "rebuild"
# What is true of one legal entity only. Runs, their events and totals stay: they happened, whatever came after.
_ITS_OWN = (
    "checkpoints",
    "list_syncs",
    "documents",
    "journal",
    "reports",
    "moves",
    "whereabouts",
    "set_aside",
    "history",
    "shortened",
    "switched_off",
)
_MADE_AGAIN = ("blocks", "watermarks")  # without them the next sync reads and compares everything

_UNSETTLED = (
    "SELECT COUNT(*) AS n FROM (SELECT kind, document FROM journal WHERE company = ?1 AND ("
    "state IN ('intended', 'written', 'undoing') OR (state = 'undone' AND undo_told_at IS NULL)"
    " OR (acknowledged_at IS NULL AND (state IN ('proven', 'refused')"
    " OR (state = 'stopped' AND tried_at IS NOT NULL))))"
    " UNION SELECT kind, document FROM moves WHERE company = ?1 AND answered_at IS NULL)"
)


@dataclass(frozen=True, slots=True)
class Binding:
    """A legal entity, and the Quadient AP that has it: `address` is host and path, without what does not tell apart."""

    legal_entity: str
    address: str

    @classmethod
    def of(cls, company: CompanySettings) -> "Binding":
        """Return what the settings bind `company` to. The demo's server may move; it is the same one all the same."""
        parts = urlsplit(company.cloud.url.strip())
        address = "" if company.sage.kind == "demo" else f"{parts.netloc.lower()}{parts.path.rstrip('/')}"
        return cls(company.cloud.legal_entity, address)

    def aside(self, company: str) -> str:
        """Return the name under which the store keeps this binding's records while another one holds."""
        return f"{company}@{self.address}/{self.legal_entity}"


@dataclass(frozen=True, slots=True)
class Rebound:
    """The settings name another legal entity than the store knows.

    `unsettled` documents of the one before are on their way: one of the two sides does not know yet what the other has.
    """

    before: Binding
    after: Binding
    unsettled: int


def rebound(rows: Query, company: CompanySettings) -> Rebound | None:
    """Return what changes where the settings of `company` name another legal entity than the store; else None."""
    before = _bound(rows, company.code)
    after = Binding.of(company)
    if before is None or before == after:
        return None
    return Rebound(before, after, unsettled(rows, company.code))


def unsettled(rows: Query, company: str) -> int:
    """Return of how many documents one side does not know yet what the other has of them."""
    return sum(int(row["n"]) for row in rows(_UNSETTLED, (company,)))


def bind(store: Store, company: CompanySettings, command: str, reporter: Reporter, now: str) -> None:
    """See that the store's records of `company` are about the legal entity that its settings name.

    Those of another one are put aside, and are there again when that one is. What is there is read and compared whole
    by the next sync.

    Raises:
        NeedsUser: when documents of the one before are on their way; a rebuild goes on all the same, since it asks
            both sides.
    """
    if command in SAGE_ONLY:
        return
    change = rebound(store.rows, company)
    if change is None:
        _note(store, company, now)
        return
    if change.unsettled and command != REBUILD:
        raise _on_their_way(company.code, change)
    _put_aside(store, company, change, now)
    _tell(reporter, change)


def _bound(rows: Query, company: str) -> Binding | None:
    found = rows("SELECT legal_entity, address FROM bindings WHERE company = ?", (company,))
    return Binding(found[0]["legal_entity"], found[0]["address"]) if found else None


def _note(store: Store, company: CompanySettings, now: str) -> None:
    if _bound(store.rows, company.code) is None:
        binding = Binding.of(company)
        store.write(
            "INSERT INTO bindings (company, legal_entity, address, since) VALUES (?, ?, ?, ?)",
            (company.code, binding.legal_entity, binding.address, now),
        )


def _put_aside(store: Store, company: CompanySettings, change: Rebound, now: str) -> None:
    code = company.code
    with store.transaction() as db:
        for table in _MADE_AGAIN:
            db.execute(f"DELETE FROM {table} WHERE company = ?", (code,))  # noqa: S608
        for table in _ITS_OWN:
            for was, becomes in ((code, change.before.aside(code)), (change.after.aside(code), code)):
                db.execute(f"UPDATE {table} SET company = ? WHERE company = ?", (becomes, was))  # noqa: S608
        db.execute(
            "UPDATE bindings SET legal_entity = ?, address = ?, since = ? WHERE company = ?",
            (change.after.legal_entity, change.after.address, now, code),
        )


def _tell(reporter: Reporter, change: Rebound) -> None:
    with reporter.stage("binding", say("Another legal entity")) as stage:
        names = {"before": change.before.legal_entity, "after": change.after.legal_entity}
        stage.item(
            change.after.legal_entity,
            "note",
            "legal-entity-changed",
            say("From now on it is {after}. What belongs to {before} is put aside and is not touched.", **names)
            if change.before.legal_entity != change.after.legal_entity
            else say(
                "From now on {after} is at another address. What belongs to the one before is put aside.", **names
            ),
        )


def _on_their_way(company: str, change: Rebound) -> NeedsUser:
    return NeedsUser(
        "legal-entity-changed",
        say("Company {company} is now connected to another legal entity", company=company),
        count(
            change.unsettled,
            "{n} document of {before} is still on its way: one side does not know yet what the other has of it.",
            "{n} documents of {before} are still on their way: one side does not know yet what the other has of them.",
            before=change.before.legal_entity,
        ),
        say(
            "Choose {before} again in Settings > Companies > Change the connection, and click Sync Now; change it when "
            "nothing is on its way any more. If {before} is gone for good, choose Rebuild.",
            before=change.before.legal_entity,
        ),
        side=Side.COMPUTER,
    )
