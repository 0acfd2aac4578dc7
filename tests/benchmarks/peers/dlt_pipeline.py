"""A dlt pipeline with a custom destination, as dlt's pages on custom destinations and performance advise.

Rows are handed over by the page, changes found by an incremental cursor over the day of change; what dlt does not
know is kept beside it: the hashes of what the server has, so that a full pass sends only what differs.
"""

import os
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import dlt
from mapping import CHANGED, LISTS, Place, Record, batches
from seen import Seen, hashed
from server import BATCH, Server

SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "WARNING",
    "DATA_WRITER__BUFFER_MAX_ITEMS": "10000",
    "DATA_WRITER__FILE_MAX_ITEMS": "100000",
    "DATA_WRITER__DISABLE_COMPRESSION": "true",
    "NORMALIZE__WORKERS": "1",  # two took longer: the files are few
    "LOAD__WORKERS": "2",
}
JSON = {"attributes": {"data_type": "json"}}


def resource(name: str, place: Place, seen: Seen, mode: str) -> Any:
    """Return one list's records that the server has not; in a full pass also what to send for those that are gone."""
    sage_list = LISTS[name]

    def read(since: str) -> Iterator[list[Record]]:
        known = seen.hashes(name)
        connection = place.connect()
        for rows in batches(connection, sage_list, since):
            made = [(key, sage_list.record(key, row), row[-1]) for row in rows if (key := sage_list.key(row))]
            page = [
                record | {CHANGED: changed} for key, record, changed in made if known.pop(key, b"") != hashed(record)
            ]
            if page:
                yield page
        connection.close()
        if mode == "full":
            today = date.today()  # noqa: DTZ011  # Sage's own day
            yield [record | {CHANGED: today} for record in seen.lost(name, known)]

    if mode == "full":
        return dlt.resource(read(""), name=name, primary_key="key", columns=JSON)

    # With a key the cursor would drop what changes a second time on its last day: Sage dates changes by the day.
    incremental = dlt.sources.incremental(CHANGED, initial_value=date(1900, 1, 1), primary_key=())

    def changed(cursor: Any = incremental) -> Iterator[list[Record]]:
        yield from read("" if mode == "first" else cursor.start_value.isoformat())

    return dlt.resource(changed, name=name, primary_key="key", columns=JSON)


def main() -> None:
    """Bring the server up to date."""
    os.environ |= SETTINGS
    mode, place = sys.argv[1], Place.given()
    seen, server = Seen(place.state), Server(place.server)

    @dlt.destination(batch_size=BATCH, name="quadient_ap", loader_parallelism_strategy="parallel")
    def quadient_ap(items: list[dict[str, Any]], table: Any) -> None:
        records = [{name: value for name, value in item.items() if name != CHANGED} for item in items]
        server.post(table["name"], records)
        seen.acknowledge(table["name"], records)

    pipeline = dlt.pipeline("lists", destination=quadient_ap, pipelines_dir=str(place.state / "dlt"))
    source = dlt.source(lambda: [resource(name, place, seen, mode) for name in LISTS], name="sage")
    pipeline.run(source()).raise_on_failed_jobs()


if __name__ == "__main__":
    main()
