"""The script that a consultant writes: pyodbc, a dictionary, and requests; `--one-by-one` sends each record alone.

It reads everything each time, and remembers in one JSON file what it sent. `--limit N` sends no more than N records,
to be able to say how long one by one takes where nobody would wait for it; it prints how many there are in all.
"""

import argparse
import json
import sys
import time
from typing import Any

from mapping import LISTS, Place, batches, gone, shown
from server import BATCH, Server


def main() -> None:
    """Bring the server up to date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mode", choices=["first", "full", "changes"])
    parser.add_argument("--one-by-one", action="store_true")
    parser.add_argument("--limit", type=int)
    chosen = parser.parse_args()
    place = Place.given()
    file = place.state / "sent.json"
    sent: dict[str, dict[str, Any]] = json.loads(file.read_text()) if file.exists() else {name: {} for name in LISTS}
    connection = place.connect()
    changed: list[tuple[str, dict[str, Any]]] = []
    for name, sage_list in LISTS.items():
        there = set()
        for rows in batches(connection, sage_list):
            for row in rows:
                key = sage_list.key(row)
                if key:
                    there.add(key)
                    record = sage_list.record(key, row)
                    if sent[name].get(key) != record:
                        changed.append((name, record))
        lost = [record for key, record in sent[name].items() if key not in there and record["active"]]
        changed += [(name, gone(record["key"], shown(name, record))) for record in lost]
    connection.close()
    started = time.perf_counter()
    posted = changed[: chosen.limit]
    _post(Server(place.server), posted, 1 if chosen.one_by_one else BATCH)
    seconds = time.perf_counter() - started
    for name, record in posted:
        sent[name][record["key"]] = record
    file.write_text(json.dumps(sent))
    sys.stdout.write(json.dumps({"changed": len(changed), "posted": len(posted), "posting_seconds": seconds}) + "\n")


def _post(server: Server, changed: list[tuple[str, dict[str, Any]]], size: int) -> None:
    for name in LISTS:
        records = [record for of, record in changed if of == name]
        for start in range(0, len(records), size):
            server.post(name, records[start : start + size])


if __name__ == "__main__":
    main()
