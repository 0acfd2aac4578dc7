"""Starts a program, and tells whether one that an earlier run started is still there."""

import logging
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

log = logging.getLogger(__name__)

_MAY_BE_ASKED = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION
_STILL_ACTIVE = 259
_NEW_GROUP = 0x200  # CREATE_NEW_PROCESS_GROUP


class Process(Protocol):
    """The part of subprocess.Popen that a job's call uses."""

    pid: int

    def poll(self) -> int | None:
        """Return the exit status, None while it runs."""

    def kill(self) -> None:
        """End it at once."""

    def wait(self, timeout: float) -> int:
        """Wait for its end; raises `subprocess.TimeoutExpired`."""


Start = Callable[[Sequence[str], str], Process]
"""(program and arguments, working folder) -> the process; raises OSError when there is no such program."""


def start_program(arguments: Sequence[str], folder: str) -> Process:
    """Start a program that outlives this one if it must: killing AP Bridge must not cut Sage off in mid-write."""
    # What is nobody's to read goes nowhere: a pipe that fills up, or breaks, would stop the program. In a group of its
    # own, Ctrl-C in AP Bridge's terminal does not reach it.
    return subprocess.Popen(
        arguments,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=None if sys.platform == "win32" else 0,
        creationflags=_NEW_GROUP if sys.platform == "win32" else 0,
    )


def born(pid: int) -> str:
    """Return when the process began, in the system's own spelling; '' when there is none, or nobody can tell.

    Numbers of processes are used again: only with its birth does a number mean one process.
    """
    return _born_on_windows(pid) if sys.platform == "win32" else _born_elsewhere(pid)


def _born_elsewhere(pid: int) -> str:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:  # gone, or a system without /proc
        return ""
    state, started = fields[0], fields[19]
    return "" if state in "ZX" else started


def _born_on_windows(pid: int) -> str:
    import pywintypes
    import win32api
    import win32process

    try:
        handle = win32api.OpenProcess(_MAY_BE_ASKED, False, pid)
        if win32process.GetExitCodeProcess(handle) != _STILL_ACTIVE:
            return ""
        return str(win32process.GetProcessTimes(handle)["CreationTime"])
    except pywintypes.error as error:
        log.debug("Process %s cannot be asked: %s", pid, error)
        return ""
