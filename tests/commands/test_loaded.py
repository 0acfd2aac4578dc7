"""What a sync loads: not what only other commands need, for most of a sync without changes is its start."""

import subprocess
import sys

NOT_NEEDED = (
    "app.engine.views",
    "app.engine.rebuild",
    "app.papers",
    "app.commands.terminal",
    "app.commands.scheduled",
    "app.sage.probe",
    "app.sage.writers",
    "app.sage.visual_integrator.writer",
    "sqlite_utils",
    "reportlab",
    "tabulate",
)


def test_a_sync_loads_nothing_that_only_other_commands_need() -> None:
    assert loaded_by("sync") == set()
    assert "app.engine.views" in loaded_by("company")


def loaded_by(command: str) -> set[str]:
    program = f"import sys, app.cli, app.commands.{command}; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(NOT_NEEDED) & set(ended.stdout.split())
