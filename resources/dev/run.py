"""Set up AP Bridge from its source: `run.py demo` shows it, `run.py test` checks it, `run.py installer` packs it.

Standard library only, and written so that Python 3.9 can read it: an old Python gets a sentence, not a traceback.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from programs import ROOT, SetupError, UnavailableError, environment, quietly, say
from system_packages import NEEDS, QT, advice, has_apt, is_root, provide
from virtual_environment import Python, VirtualEnvironment, alone, find_python
from windows_build import build, sizes
from wine import Wine, cache_folder

EXTRAS = {
    "demo": ("window",),
    "test": ("test", "window"),
    "installer": ("build", "test", "window") if os.name == "nt" else ("test", "window"),
}


def set_up(command: str, *, display: str | None) -> VirtualEnvironment:
    """Return the virtual environment, ready for `command`.

    `display` is how Qt will be started ("" leaves the choice to Qt); None when no window is wanted.

    Raises:
        SetupError: when it cannot be made ready; the text says what to do.
    """
    extras = EXTRAS[command]
    with alone(ROOT):
        venv = VirtualEnvironment(ROOT, quietly)
        base = None if venv.is_ready(extras) or venv.is_sound() else find_python(quietly)
        lacking = system_packages((*ensurepip_package(base), *NEEDS[command]))
        if base:
            if not set(ensurepip_package(base)).isdisjoint(lacking) or not (base.has_module or has_apt()):
                raise SetupError(f"{base.program} cannot make virtual environments: its module ensurepip is missing.")
            say("Making the virtual environment .venv ...")
            venv.create(base)
        if not venv.is_ready(extras):
            say("Installing the packages into .venv ...")
            venv.install(extras)
    if display is not None and not set(QT).isdisjoint(lacking) and not qt_starts(venv, display):
        raise SetupError("Without these packages Qt cannot open a window.")
    return venv


def system_packages(needs: Sequence[str]) -> list[str]:
    """Install what apt can and may; return what is missing afterwards, having said how to install it."""
    lacking = provide(quietly, needs, root=is_root()) if has_apt() else []
    if lacking:
        say(advice(quietly, lacking))
    return lacking


def ensurepip_package(base: Python | None) -> tuple[str, ...]:
    """Return the package that lets `base` make a .venv, where Debian and Ubuntu have left that out."""
    return () if base is None or base.has_module else (f"python{base.version[0]}.{base.version[1]}-venv",)


def qt_starts(venv: VirtualEnvironment, display: str) -> bool:
    """Tell whether Qt finds the system libraries that it needs."""
    start = "from PySide6.QtWidgets import QApplication; QApplication([])"
    settings = {"QT_QPA_PLATFORM": display} if display else {}
    return quietly([venv.python, "-c", start], **settings).returncode == 0


def has_display() -> bool:
    """Tell whether a window could be seen."""
    return sys.platform != "linux" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def demo(arguments: Sequence[str]) -> int:
    """Start the demo in place of this process; return its exit status where that is not possible (Windows)."""
    window = has_display() and "--headless" not in arguments
    venv = set_up("demo", display="" if window else None)
    # -P: the `app` that starts is this repository's, whatever the current folder holds.
    command = [venv.python, "-P", "-m", "app", "demo", *arguments]
    if os.name == "nt":
        return subprocess.run(command, env=environment(), check=False).returncode
    return os.execve(venv.python, command, environment())  # noqa: S606  # no shell is just what is wanted


def checks(venv: VirtualEnvironment, pytest_arguments: Sequence[str]) -> dict[str, list[str]]:
    """Return what `test` runs, in order: the heading of each check and its command."""
    workers = str(min(4, max(2, os.cpu_count() or 2)))
    ruff = venv.program("ruff")
    return {
        # Once here, and not in each of the processes that the tests start: they may not be allowed to keep it.
        "compileall": [venv.python, "-m", "compileall", "-q", "app"],
        "ruff format": [ruff, "format", "--check", "."],
        "ruff check": [ruff, "check", "."],
        "mypy": [venv.program("mypy")],
        "lint-imports": [venv.program("lint-imports")],
        "pytest": [venv.python, "-m", "pytest", "-n", workers, *pytest_arguments],
    }


def test(pytest_arguments: Sequence[str]) -> int:
    """Run every check, also after one has failed; return 1 when one has.

    With the whole of the tests, and after them, the Windows program is built and tried where Wine can be had.
    """
    venv = set_up("test", display="offscreen")
    began = time.monotonic()
    whole = not pytest_arguments and os.name != "nt"
    # There is one Windows in Wine, in which nothing runs side by side.
    commands = checks(venv, ["--ignore=tests/windows"] if whole else pytest_arguments)
    steps = {heading: partial(status_of, command) for heading, command in commands.items()}
    if whole:
        steps["Windows program"] = partial(installer, ())
    ended = {heading: outcome(heading, step) for heading, step in steps.items()}
    say(f"\n{summary(ended)} in {time.monotonic() - began:.0f} s")
    return 1 if "failed" in ended.values() else 0


def status_of(command: Sequence[str]) -> int:
    """Run a check to its end; its output is seen as it comes."""
    settings = environment(QT_QPA_PLATFORM="offscreen")
    return subprocess.run(command, cwd=ROOT, env=settings, stdin=subprocess.DEVNULL, check=False).returncode


def outcome(heading: str, step: Callable[[], int]) -> str:
    """Run one step of the checks under its heading; return "passed", "failed" or "skipped"."""
    say(f"\n=== {heading}")
    start = time.monotonic()
    try:
        ended = "failed" if step() else "passed"
    except SetupError as error:
        say(str(error))
        ended = "skipped" if isinstance(error, UnavailableError) else "failed"
    except OSError as error:
        say(f"This computer could not do it: {error}")
        ended = "failed"
    say(f"--- {heading}: {ended} in {time.monotonic() - start:.1f} s")
    return ended


def installer(pytest_arguments: Sequence[str]) -> int:
    """Build the program and its setup for Windows, then try them; return 1 when the trial has failed.

    On Windows with the Python of .venv; on Debian in Wine, whose result is for trying only: a release is built on
    Windows.
    """
    venv = set_up("installer", display=None)
    began = time.monotonic()
    if os.name == "nt":
        build(partial(quietly_with, venv.python))
        return try_out(venv, pytest_arguments, began)
    lacking = [program for program in ("wine", "wineserver", "makensis", "wixl") if not shutil.which(program)]
    if lacking:
        raise UnavailableError(f"Missing: {', '.join(lacking)}. The program for Windows can only be built with them.")
    cache_folder().mkdir(parents=True, exist_ok=True)
    wine = Wine(cache_folder() / "wine", quietly, venv.python)
    with alone(cache_folder()):  # until it has been tried: there is one Windows for both
        if not wine.is_ready():
            wine.make()
        with wine:
            build(wine.python)
        return try_out(venv, pytest_arguments, began)


def try_out(venv: VirtualEnvironment, pytest_arguments: Sequence[str], began: float) -> int:
    """Try the program whose build began at `began` of the monotonic clock; return 1 when the trial has failed."""
    say(f"{sizes()}, built in {time.monotonic() - began:.0f} s")
    status = status_of([venv.python, "-m", "pytest", "-n0", "tests/windows", *pytest_arguments])
    say(f"\n{'Failed' if status else 'Built and tried'} in {time.monotonic() - began:.0f} s")
    return 1 if status else 0


def quietly_with(python: str, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command of `python` and keep what it says."""
    return quietly([python, *command])


def summary(ended: Mapping[str, str]) -> str:
    """Return the last line of `test`, without its time."""
    failed = [heading for heading, how in ended.items() if how == "failed"]
    skipped = [heading for heading, how in ended.items() if how == "skipped"]
    told = (
        f"{len(failed)} of {len(ended)} checks failed ({', '.join(failed)})"
        if failed
        else f"All {len(ended) - len(skipped)} checks passed"
    )
    return f"{told}, skipped: {', '.join(skipped)}" if skipped else told


def main(arguments: Sequence[str]) -> int:
    """Run the command that the first argument names; everything after it is passed on untouched."""
    parser = argparse.ArgumentParser(description="Set up AP Bridge in .venv, then show, check or pack it.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, action, text in (
        ("demo", demo, "open the demo company; what follows is passed on to it"),
        ("installer", installer, "build the Windows program and its setup, and try them; what follows goes to pytest"),
        (
            "test",
            test,
            "run compileall, ruff, mypy, lint-imports and pytest, then what installer does; "
            "what follows is passed on to pytest, and nothing is built then",
        ),
    ):
        commands.add_parser(name, help=text).set_defaults(action=partial(action, arguments[1:]))
    try:
        return int(parser.parse_args(arguments[:1]).action())
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
