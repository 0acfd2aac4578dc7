"""What the user has told the wizard so far, kept in memory only until it is saved or thrown away."""

from dataclasses import dataclass, field, replace

import orjson

from app.domain.codec import plain
from app.settings import CloudSettings, CompanySettings, SageSettings


@dataclass(frozen=True, slots=True)
class Entity:
    """A legal entity that Quadient AP shows."""

    id: str
    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A legal entity and the Sage company to which it is to be bound."""

    entity: Entity
    code: str
    name: str


@dataclass(slots=True)
class Draft:
    """A connection in the making. `secrets` are by side: sage, sql, cloud.

    `base` is the company that is changed, `chosen` the legal entity that it is to go with.
    """

    sage: SageSettings = field(default_factory=lambda: SageSettings("sage", "", ""))
    cloud: CloudSettings = field(default_factory=lambda: CloudSettings("", "", ""))
    code: str = ""
    base: CompanySettings | None = None
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    entities: tuple[Entity, ...] = ()
    companies: tuple[tuple[str, str], ...] = ()
    pairs: tuple[Pair, ...] = ()
    chosen: Entity | None = None

    @classmethod
    def of(cls, company: CompanySettings) -> "Draft":
        """Return the draft of a connection that is to be changed."""
        return cls(company.sage, company.cloud, company.code, company)

    def company(self, pair: Pair | None = None) -> CompanySettings:
        """Return the company as the draft describes it, bound as `pair` says."""
        if self.base is not None:
            same = self.chosen is None or self.chosen.id == self.base.cloud.legal_entity
            currency = self.base.currency if same else self.chosen.currency
            return replace(self.base, sage=self.sage, cloud=self.cloud, currency=currency)
        if pair is None:
            return CompanySettings(self.code, self.code, self.sage, self.cloud)
        cloud = replace(self.cloud, legal_entity=pair.entity.id)
        return CompanySettings(pair.code, pair.name, self.sage, cloud, pair.entity.currency)

    def companies_to_keep(self) -> tuple[CompanySettings, ...]:
        """Return what is to be saved."""
        return (self.company(),) if self.base is not None else tuple(self.company(pair) for pair in self.pairs)

    def candidate(self, company: CompanySettings) -> str:
        """Return the line that has the doctor look at `company` before anything is saved. It holds the secrets."""
        given = {side: secret for side, secret in self.secrets.items() if secret}
        return orjson.dumps({"company": plain(company), "secrets": given}).decode()

    def sides(self) -> tuple[str, ...]:
        """Return the sides whose secret was typed in."""
        return tuple(side for side, secret in self.secrets.items() if secret)

    def forget_secrets(self) -> None:
        """Keep nothing secret."""
        self.secrets.clear()
