"""What a figure was measured on: machine, versions, day, and whether others kept the machine busy."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app import __version__

MEGABYTE = 1024 * 1024


def described(environments: dict[str, Path]) -> dict[str, Any]:
    """Return the machine as it is now; `environments` are the peers' Pythons, by the package that is named."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "processors": os.cpu_count() or 1,
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE,
        "system": f"{platform.system()} {platform.release()}",
        "load": os.getloadavg()[0],
        "versions": {
            "AP Bridge": __version__,
            "Python": platform.python_version(),
            "pyodbc": version("pyodbc"),
            "SQLite": sqlite3.sqlite_version,
            **{name: _version(python, name) for name, python in environments.items()},
        },
    }


def is_busy(machine: dict[str, Any]) -> bool:
    """Tell whether others used so much of the machine that the clock's figures tell little."""
    return bool(machine["load"] > machine["processors"])


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _version(python: Path, package: str) -> str:
    command: Sequence[str] = (str(python), "-c", f"import importlib.metadata as m; print(m.version('{package}'))")
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
