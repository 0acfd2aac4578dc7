"""What a look at a Sage 100 found: its tables as they are, and where they differ from what AP Bridge reads."""

from dataclasses import dataclass

from app.domain.findings import Severity

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the tables come from, as far as the settings and the driver tell; what is not told is empty."""

    location: str
    data_source: str
    driver: str
    driver_version: str
    database: str
    database_version: str


@dataclass(frozen=True, slots=True)
class ProbedColumn:
    """A column as the catalogue has it.

    `type` is the driver's own word, `size` in characters or digits (0: not told), `use` required, optional, unused
    or site (a UDF_ column, made by the site for itself).
    """

    name: str
    type: str
    size: int
    use: str


@dataclass(frozen=True, slots=True)
class ProbedTable:
    """A table that AP Bridge reads; one that is not there has no columns. `rows` is None where not counted.

    `site_columns` counts the UDF_ columns, `unknown_columns` those that no known release has.
    """

    name: str
    there: bool
    used_for: tuple[str, ...]
    in_use: bool
    rows: int | None
    columns: tuple[ProbedColumn, ...]
    site_columns: int
    unknown_columns: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as AP Bridge expects; `column` is empty when it is the table itself.

    Codes: table-missing, column-missing, column-type, column-size.
    """

    code: str
    severity: Severity
    table: str
    column: str
    found: str
    expected: str
    message: str
    fix: str

    @property
    def where(self) -> str:
        """The column with its table, or the table."""
        return f"{self.table}.{self.column}" if self.column else self.table


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """One look at one company; `read_at` is a moment with its zone in ISO form."""

    format: int
    apbridge: str
    company: str
    name: str
    read_at: str
    installation: Installation
    tables: tuple[ProbedTable, ...]
    other_tables: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def stopping(self) -> tuple[Difference, ...]:
        """The differences without which something that is switched on does not work."""
        return tuple(each for each in self.differences if each.severity is Severity.STOPS)
