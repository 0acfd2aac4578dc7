"""Creates the demo's Sage 100 company as one SQLite file, the same rows for the same seed."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from app.sandbox.place import company_file
from app.sandbox.sage.bills import write_bills
from app.sandbox.sage.entries import write_entries
from app.sandbox.sage.facts import CompanyFacts, read_facts
from app.sandbox.sage.items import write_items
from app.sandbox.sage.orders import write_orders
from app.sandbox.sage.plan import Plan, Scale, Sink
from app.sandbox.sage.setup import write_setup
from app.sandbox.sage.vendors import write_vendors
from app.sandbox.schema import tables

__all__ = ["CompanyFacts", "Scale", "company_file", "create_company", "read_facts"]


def create_company(
    file: Path, *, code: str, seed: int, scale: Scale, password: str, user: str, today: date
) -> CompanyFacts:
    """Create the company `code` in `file`, in place of what is there, and return what the cloud half must know.

    Dates are counted back from `today`. The password is kept as a salted hash only. A crash leaves the old file.
    """
    plan = Plan(code, seed, scale, today)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft, isolation_level=None)) as database:
        # Until it is renamed into place the file is nobody's; journals would only slow it down.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute("BEGIN")
        for table in tables().values():
            database.execute(table.ddl[0])
        sink = Sink(database)
        write_setup(sink, plan, user, password)
        write_vendors(sink, plan)
        write_items(sink, plan)
        write_orders(sink, plan)
        write_bills(sink, plan)
        write_entries(sink, plan)
        for table in tables().values():
            for index in table.ddl[1:]:
                database.execute(index)
        database.execute("COMMIT")
        database.execute("ANALYZE")
        # Readers go on while Business Objects write, as in Sage.
        database.execute("PRAGMA journal_mode = WAL")
    for leftover in ("-wal", "-shm"):
        file.with_name(file.name + leftover).unlink(missing_ok=True)
    draft.replace(file)
    return read_facts(file)
