"""The least that a program could do: read the same rows and throw them away, upload the same bytes one by one.

`python -m tests.benchmarks.bare read RECORD SAGE_FILE`, `… upload RECORD`, which reads the server's address and
client (the world's description) as one line of JSON from standard input, or `… write STORE FILE`: the checkpoints of
the store's last run into an empty file. Prints one line of JSON. The clock runs from connecting to the last row,
answer or commit, without the start of Python.
"""

import http.client
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

FETCH = 1000
NOT_REPEATED = ("Authorization", "Host", "Content-Length", "Connection")


def read(record: Path, sage_file: Path) -> dict[str, Any]:
    """Fetch the rows of every recorded SELECT; return seconds, statements and rows."""
    import pyodbc

    from app.sandbox.odbc import DRIVERS

    driver = next(each for each in DRIVERS if each in pyodbc.drivers())
    statements = [
        (sql, orjson.loads(parameters), rows, ended)
        for sql, parameters, rows, ended in _recorded(
            record, "SELECT sql, parameters, rows, ended FROM statements ORDER BY id"
        )
    ]
    pyodbc.pooling = False
    total = 0
    started = time.perf_counter()
    connection = pyodbc.connect(f"DRIVER={driver};Database={sage_file};StepAPI=1;NoCreat=1;", autocommit=True)
    for sql, parameters, wanted, ended in statements:
        cursor = connection.cursor()
        cursor.execute(sql, *parameters)
        got = 0
        while ended or got < wanted:
            rows = cursor.fetchmany(FETCH if ended else min(FETCH, wanted - got))
            if not rows:
                break
            got += len(rows)
        cursor.close()
        total += got
    connection.close()
    return {"seconds": time.perf_counter() - started, "statements": len(statements), "rows": total}


def upload(record: Path, server: dict[str, Any]) -> dict[str, Any]:
    """Post every recorded batch over one connection; return seconds, requests, records and compressed bytes.

    Raises:
        RuntimeError: when the server refuses a request.
    """
    uploads = [
        (path, {name: value for name, value in orjson.loads(headers).items() if name not in NOT_REPEATED}, body)
        for path, headers, body in _recorded(record, "SELECT path, headers, body FROM uploads ORDER BY id")
    ]
    connection = http.client.HTTPConnection(urlsplit(server["url"]).netloc)
    secret = orjson.dumps({"client_id": server["client_id"], "client_secret": server["client_secret"]})
    token = _post(connection, "/v1/sign-in", {"Content-Type": "application/json"}, secret)["access_token"]
    answers = []
    started = time.perf_counter()
    for path, headers, body in uploads:
        answers.append(len(_post(connection, path, headers | {"Authorization": f"Bearer {token}"}, body)["results"]))
    seconds = time.perf_counter() - started
    connection.close()
    size = sum(len(body) for _, _, body in uploads)
    return {"seconds": seconds, "requests": len(uploads), "records": sum(answers), "bytes": size}


def write(store: Path, file: Path) -> dict[str, Any]:
    """Write the checkpoints that the store's last run wrote, at once and as safely; return seconds and rows."""
    shape, *_ = _recorded(store, "SELECT sql FROM sqlite_master WHERE name = 'checkpoints'")[0]
    rows = _recorded(
        store, "SELECT * FROM checkpoints WHERE run = (SELECT id FROM runs ORDER BY started_at DESC LIMIT 1)"
    )
    database = sqlite3.connect(file)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute(shape)
    started = time.perf_counter()
    if rows:
        with database:
            database.executemany(f"INSERT INTO checkpoints VALUES ({', '.join('?' * len(rows[0]))})", rows)
    seconds = time.perf_counter() - started
    database.close()
    return {"seconds": seconds, "rows": len(rows)}


def _post(connection: http.client.HTTPConnection, path: str, headers: dict[str, str], body: bytes) -> Any:
    connection.request("POST", path, body, headers)
    response = connection.getresponse()
    data = response.read()
    if response.status != http.client.OK:
        raise RuntimeError(f"{path}: {response.status} {data[:300]!r}")
    return orjson.loads(data)


def _recorded(record: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(f"{record.absolute().as_uri()}?mode=ro", uri=True)) as database:
        return database.execute(sql).fetchall()


def main(arguments: list[str]) -> None:
    """Do what is asked and print it."""
    kind, record = arguments[0], Path(arguments[1])
    if kind == "read":
        done = read(record, Path(arguments[2]))
    elif kind == "upload":
        done = upload(record, orjson.loads(sys.stdin.readline()))
    else:
        done = write(record, Path(arguments[2]))
    sys.stdout.write(orjson.dumps(done).decode() + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
