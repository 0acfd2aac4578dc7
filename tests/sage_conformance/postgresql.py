"""A PostgreSQL of the tests' own: a private cluster in a temporary folder, and databases filled from SQLite files."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import count
from pathlib import Path
from typing import Any

USER = "apbridge"
_SERVERS_OF_DEBIAN = Path("/usr/lib/postgresql")
_PROGRAMS = ("initdb", "postgres", "pg_isready", "psql")
_ROWS = 500
# PostgreSQL refuses to run as root; Debian's package brings this account.
_SERVICE_ACCOUNT = "postgres"

# Folder, programs, user, port. It ends the server when its input ends: also when the tests are killed.
_KEEPER = """
folder=$1 programs=$2 user=$3 port=$4
if "$programs/initdb" -D data -U "$user" --auth=trust --no-sync --encoding=UTF8 --locale=C >output 2>&1; then
  "$programs/postgres" -D data -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off \\
    >>output 2>&1 </dev/null &
  server=$!
  until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do
    kill -0 "$server" || break
  done
fi
if "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; then echo started; else cat output; fi
read -r ignored
[ -z "$server" ] || { kill -QUIT "$server"; wait "$server"; }
rm -rf "$folder"
"""


@dataclass(frozen=True)
class Kind:
    """How a database keeps texts and numbers."""

    name: str
    encoding: str  # PostgreSQL's name
    codec: str  # Python's name for the bytes that go into it
    text: str
    number: str


PLAIN = Kind("plain", "UTF8", "utf-8", "VARCHAR({size})", "NUMERIC({size})")
# As Sage's own driver can be set up: bytes of Windows-1252 handed over one to one, texts padded, numbers binary.
CODE_PAGE = Kind("code_page", "WIN1252", "latin-1", "CHAR({size})", "DOUBLE PRECISION")


def missing() -> str:
    """Return what keeps this computer from running a cluster, or nothing."""
    if _programs() is None:
        return "PostgreSQL's server is not installed (package postgresql)"
    if sys.platform == "win32":
        return "the tests start their PostgreSQL on Linux and macOS only"
    if os.geteuid() == 0:
        import pwd

        try:
            pwd.getpwnam(_SERVICE_ACCOUNT)
        except KeyError:
            return f"PostgreSQL does not run as root, and there is no user {_SERVICE_ACCOUNT}"
    return ""


class Cluster:
    """A running server; every database in it sorts text as people do, so that only a dialect puts keys in order."""

    def __init__(self, folder: Path, port: int, psql: Path) -> None:
        self.port = port
        self._folder = folder
        self._client = psql
        self._numbers = count(1)

    def filled(self, kind: Kind, twin: Path) -> str:
        """Make a database from the tables of the SQLite file `twin` and return its name."""
        name = f"{kind.name}_{next(self._numbers)}"
        self._psql(
            "postgres",
            "-c",
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING {kind.encoding} "
            "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'",
        )
        script = self._folder / f"{name}.sql"
        with closing(sqlite3.connect(twin)) as database:
            script.write_bytes("\n".join(_script(database, kind)).encode(kind.codec))
        self._psql(name, "-1", "-f", str(script))
        script.unlink()
        return name

    def drop(self, name: str) -> None:
        """Delete a database that nobody needs any more: each takes several megabytes."""
        self._psql("postgres", "-c", f"DROP DATABASE {name} WITH (FORCE)")

    def _psql(self, database: str, *what: str) -> None:
        address = ("-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", database)
        command = [self._client, "-X", "-q", "-v", "ON_ERROR_STOP=1", *address, *what]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@contextmanager
def private_cluster() -> Iterator[Cluster]:
    """Start a server on a free port of the loopback interface; afterwards it is stopped and its files are gone."""
    programs = _programs()
    assert programs is not None
    # Not pytest's folder: on the way to it the server's account may not pass.
    folder = Path(tempfile.mkdtemp(prefix="apbridge-postgresql-"))
    account: dict[str, Any] = {}
    if os.geteuid() == 0:
        shutil.chown(folder, _SERVICE_ACCOUNT, _SERVICE_ACCOUNT)
        account = {"user": _SERVICE_ACCOUNT, "group": _SERVICE_ACCOUNT, "extra_groups": []}
    port = _free_port()
    keeper = subprocess.Popen(
        ["sh", "-c", _KEEPER, "sh", folder, programs, USER, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
        start_new_session=True,
        **account,
    )
    with keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        started = keeper.stdout.readline()
        assert started == b"started\n", (started + keeper.stdout.read()).decode()
        yield Cluster(folder, port, programs / "psql")
    assert not folder.exists()
    # Debian sets the driver up to keep a log of each process, whatever the connection asks for.
    for log in Path(tempfile.gettempdir()).glob(f"psqlodbc_*{os.getpid()}.log"):
        log.unlink()


def make_twin(content: Path, twin: Path, kind: Kind) -> None:
    """Copy the SQLite company `content` to `twin`, with what a database of `kind` cannot hold replaced.

    An impossible or blank date is NULL there, a number with letters in it is 0, and a character without a byte of its
    own is a question mark.
    """
    shutil.copyfile(content, twin)
    with closing(sqlite3.connect(twin)) as database, database:
        database.create_function("as_date", 1, _date, deterministic=True)
        database.create_function("as_number", 1, _number, deterministic=True)
        database.create_function("as_text", 1, lambda text: _text(text, kind), deterministic=True)
        for table, columns in _layout(database):
            changes = ", ".join(f"{name} = as_{_kind(declared)}({name})" for name, declared in columns)
            database.execute(f"UPDATE {table} SET {changes}")


def _programs() -> Path | None:
    """Return the folder with the server's programs and its client, the newest when there are several."""
    found = shutil.which("initdb")
    folders = sorted(_SERVERS_OF_DEBIAN.glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    if found:
        folders.insert(0, Path(found).resolve().parent)
    return next((each for each in folders if all((each / name).exists() for name in _PROGRAMS)), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _layout(database: sqlite3.Connection) -> list[tuple[str, list[tuple[str, str]]]]:
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [
        (name, database.execute("SELECT name, type FROM pragma_table_info(?)", (name,)).fetchall())
        for (name,) in names.fetchall()
    ]


def _kind(declared: str) -> str:
    return {"VARCHAR": "text", "DATE": "date", "DECIMAL": "number"}[declared.partition("(")[0]]


def _date(value: str | None) -> str | None:
    try:
        return date.fromisoformat(value or "").isoformat()
    except ValueError:
        return None


def _number(value: Any) -> Any:
    try:
        Decimal(str(value))
    except InvalidOperation:
        return 0
    return value


def _text(value: str, kind: Kind) -> str:
    return value.encode(kind.codec, "replace").decode(kind.codec)


def _script(database: sqlite3.Connection, kind: Kind) -> Iterator[str]:
    yield f"SET client_encoding TO {kind.encoding};"
    for table, columns in _layout(database):
        yield f"CREATE TABLE {table} ({', '.join(f'{name} {_type(each, kind)}' for name, each in columns)});"
        rows = database.execute(f"SELECT {', '.join(name for name, _ in columns)} FROM {table}")
        while some := rows.fetchmany(_ROWS):
            yield f"INSERT INTO {table} VALUES {', '.join(map(_row, some))};"


def _type(declared: str, kind: Kind) -> str:
    size = declared.partition("(")[2].rstrip(")")
    types = {"text": f"{kind.text} NOT NULL", "date": "DATE NULL", "number": f"{kind.number} NOT NULL"}
    return types[_kind(declared)].format(size=size)


def _row(values: tuple[Any, ...]) -> str:
    return f"({', '.join(map(_literal, values))})"


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
