"""Run other programs for the set-up: quietly, without input, in UTF-8."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Runs a command and returns its exit status and output; injected, so that tests need no apt and no network.
Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


class SetupError(Exception):
    """The set-up cannot go on; the text says why and what to do."""


class UnavailableError(SetupError):
    """What is needed cannot be had on this computer, through no fault of this project; the text says what and why."""


def environment(**otherwise: str) -> dict[str, str]:
    """Return this process's environment, UTF-8 whatever the locale, with `otherwise` where a variable is not set."""
    return {**otherwise, **os.environ, "PYTHONUTF8": "1"}


def quietly(command: Sequence[str], **otherwise: str) -> subprocess.CompletedProcess[str]:
    """Run `command` in the repository; both its streams are kept as one text."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment(DEBIAN_FRONTEND="noninteractive", **otherwise),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def say(text: str) -> None:
    """Print one line for the person at the terminal, ahead of the output of the programs that follow."""
    print(text, flush=True)
