"""Reads a long list in a process of its own, while the sync that started it reads the others.

Standard input tells it where the list's blocks begin: one line of JSON. For each block it writes one line: the key that
it begins with, the key before which it ends (null: the last), its fingerprint in hexadecimal digits, and how many rows
it has; and behind the last block `[]`. It ends when standard input closes, as it does when the sync ends, however.
"""

import argparse
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from queue import Empty, SimpleQueue

import orjson

from app.commands.input import InputLines
from app.commands.output import write
from app.commands.wiring import ports_for
from app.consoles import no_new_console
from app.domain.lists import ListName
from app.errors import ExitCode
from app.resources import own_command
from app.sage.wanted import Printed
from app.settings import CompanySettings, Home

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
END_SECONDS = 5


def read_ahead(home: Home, chosen: argparse.Namespace) -> int:
    """Read the list and tell its blocks."""
    lines = InputLines()
    told = lines.next()
    if told is None:
        return ExitCode.CANCELLED
    threading.Thread(target=_end_with_input, args=(lines,), daemon=True).start()
    company = home.load().company(chosen.company)
    with ports_for(company, home).open_sage(company, _unwatched) as sage:
        for block in sage.printed_list(ListName(chosen.list), orjson.loads(told)):
            write(sys.stdout, line([block.start, block.end, (block.hash or b"").hex(), block.rows]))
    write(sys.stdout, line([]))
    return ExitCode.DONE


@contextmanager
def reading_ahead(
    home: Home, company: CompanySettings, name: ListName, starts: Sequence[str], waiting: Callable[[], None]
) -> Iterator[Iterator[Printed]]:
    """Start that process for a sync; its blocks begin with the keys `starts`, and `waiting` is called meanwhile.

    Trouble of the process is logged, and is none of the sync's: what is not told has to be read.
    """
    command = [*own_command(), "read-ahead", "--company", company.code, name.value]
    told = line(starts)
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it writes to the same log
            env=home.environment,
            creationflags=no_new_console(),
        )
    except OSError as error:
        log.info("No process could be started to read %s ahead: %s", name, error)
        yield iter([_NOT_READ])
        return
    lines: SimpleQueue[bytes] = SimpleQueue()
    teller = threading.Thread(target=_listen, args=(process, told, lines), name="ahead", daemon=True)

    def blocks() -> Iterator[Printed]:
        yield from told_blocks(name, partial(_next, lines, waiting, home.load().sage_timeout_seconds))
        process.kill()  # nothing more is to come of it

    teller.start()
    try:
        yield blocks()
    finally:
        _end(process, teller)


def _end(process: subprocess.Popen[bytes], teller: threading.Thread) -> None:
    """End the process and let go of it; one that the system holds back, as it waits for a share, is left to that."""
    process.kill()
    teller.join(END_SECONDS)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        log.info("Process %s, which read ahead, does not end.", process.pid)
    if not teller.is_alive():
        assert process.stdin and process.stdout  # noqa: PT018, S101  # both are pipes
        process.stdout.close()
        with suppress(OSError):  # that it never took what it was told
            process.stdin.close()


def told_blocks(name: ListName, next_line: Callable[[], bytes]) -> Iterator[Printed]:
    """Yield the blocks that lines tell; from where they tell no more, all is one that was not read."""
    begins: str | None = ""
    while begins is not None:
        block = _parsed(next_line())
        if block is None or block.start != begins:
            log.info("From the key %r on, %s was not read ahead.", begins, name)
            block = _NOT_READ._replace(start=begins)
        yield block
        begins = block.end


def _next(lines: SimpleQueue[bytes], waiting: Callable[[], None], timeout: float) -> bytes:
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        waiting()
        try:
            return lines.get(timeout=LOOK_SECONDS)
        except Empty:
            continue
    return b""


_NOT_READ = Printed("", None, None, 0)


def _listen(process: subprocess.Popen[bytes], told: str, lines: SimpleQueue[bytes]) -> None:
    """Say what is to be read, and take in what is told until there is no more: a blank line."""
    assert process.stdin and process.stdout  # noqa: PT018, S101  # both are pipes
    try:
        process.stdin.write(told.encode())
        process.stdin.flush()
        for each in process.stdout:
            lines.put(each)
    except OSError as error:
        log.info("The process that reads ahead went away: %s", error)
    lines.put(b"")


def _parsed(line: bytes) -> Printed | None:
    """Return the block that a line tells; None when it tells none."""
    try:
        start, end, hashed, rows = orjson.loads(line)
        return Printed(start, end, bytes.fromhex(hashed), rows)
    except (ValueError, TypeError):
        return None


def line(value: object) -> str:
    """Return what is written of a value."""
    return orjson.dumps(value).decode() + "\n"


def _end_with_input(lines: InputLines) -> None:
    while lines.next() is not None:
        pass
    os._exit(ExitCode.CANCELLED)


@contextmanager
def _unwatched(_: str) -> Iterator[None]:
    """The sync watches: it goes on without this process where that does not answer."""
    yield
