"""Output that nobody reads any more, and streams that were closed at the start."""

import errno
import os
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TextIO

import pytest

from app.commands.input import InputLines
from app.commands.output import open_missing_streams, speak_utf8, write
from app.errors import ExitCode, NeedsUser


def open_pipe() -> tuple[int, TextIO]:
    reader, writer = os.pipe()
    return reader, os.fdopen(writer, "w", encoding="utf-8")


def test_what_is_said_is_there_at_once() -> None:
    reader, out = open_pipe()
    with out:
        write(out, "one\n")
        assert os.read(reader, 100) == b"one\n"
    os.close(reader)


def test_when_the_reader_is_gone_all_further_output_goes_nowhere() -> None:
    reader, out = open_pipe()
    os.close(reader)
    with out:
        write(out, "lost\n")
        write(out, "lost as well\n")
        assert os.fstat(out.fileno()).st_rdev == Path(os.devnull).stat().st_rdev


def test_any_other_trouble_of_the_output_is_told() -> None:
    class FullDisk:
        def write(self, text: str) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(NeedsUser, match="No space left") as caught:
        write(FullDisk(), "text")
    assert caught.value.code == "output-lost"
    assert caught.value.exit_code is ExitCode.COMPUTER


def test_closed_streams_are_opened_as_empty_input_and_output_to_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    open_missing_streams()
    streams = [sys.stdin, sys.stdout, sys.stderr]
    try:
        assert InputLines().next() is None
        write(sys.stdout, "nobody hears this\n")
        write(sys.stderr, "nor this\n")
    finally:
        for stream in streams:
            stream.close()


def test_everything_is_read_and_written_in_utf_8_whatever_the_code_page(monkeypatch: pytest.MonkeyPatch) -> None:
    written, complained = BytesIO(), BytesIO()
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO("Québec ć\n".encode()), encoding="cp1252"))
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(written, encoding="cp1252"))
    monkeypatch.setattr(sys, "stderr", TextIOWrapper(complained, encoding="cp1252", errors="backslashreplace"))
    speak_utf8()
    line = sys.stdin.readline().strip()
    write(sys.stdout, f"“{line}”")
    write(sys.stderr, line)
    assert written.getvalue().decode() == "“Québec ć”"
    assert complained.getvalue().decode() == "Québec ć"
    assert sys.stderr.errors == "backslashreplace"


def test_an_input_that_cannot_be_read_has_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "written").open("w", encoding="utf-8") as only_for_writing:
        monkeypatch.setattr(sys, "stdin", only_for_writing)
        assert InputLines().next() is None
