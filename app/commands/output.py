"""Writes what the commands say, and goes on in silence when nobody reads it any more."""

import errno
import os
import sys
from codecs import lookup
from io import TextIOWrapper
from typing import TextIO

from app.domain.language import say
from app.errors import NeedsUser, Side


def write(out: TextIO, text: str) -> None:
    """Write `text` at once; when the reader has gone away (`apbridge sync | head`), it and the rest go nowhere.

    A run must come to its own end whoever listens: what it does in Sage does not depend on who looks on.

    Raises:
        NeedsUser: any other trouble of the output, such as a full disk.
    """
    try:
        out.write(text)
        out.flush()
    except OSError as error:
        if not _reader_is_gone(error):
            raise NeedsUser(
                "output-lost",
                say("What AP Bridge says cannot be written"),
                say("Its output goes to a file or device that takes no more ({strerror}).", strerror=error.strerror),
                say("Free some space or send the output elsewhere, and start again."),
                side=Side.COMPUTER,
                detail=repr(error),
            ) from error
        # What is still buffered, and what the interpreter flushes at its end, must find an open door as well.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, out.fileno())
        os.close(nowhere)


def open_missing_streams() -> None:
    """Put an empty input and an output to nowhere in place of the standard streams that were closed at the start.

    Otherwise the next file that is opened (the store, the log) would take the closed stream's number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115  # open until the end


def speak_utf8() -> None:
    """Read and write UTF-8, whatever this computer's own code page is: so do all who ask and listen."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and lookup(stream.encoding).name != "utf-8":
            stream.reconfigure(encoding="utf-8", errors=stream.errors)


def _reader_is_gone(error: OSError) -> bool:
    # Windows reports the closed end of a pipe as an invalid argument.
    return isinstance(error, BrokenPipeError) or (sys.platform == "win32" and error.errno == errno.EINVAL)
