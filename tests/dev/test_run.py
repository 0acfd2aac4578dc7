"""The two commands of the set-up: what they start, and how they end."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import run
from programs import ROOT, SetupError, UnavailableError
from virtual_environment import Python, VirtualEnvironment

BUILD_AND_TRY = run.installer


@pytest.fixture
def venv(monkeypatch: pytest.MonkeyPatch, programs) -> VirtualEnvironment:
    """A set-up that has nothing left to do."""
    ready = VirtualEnvironment(ROOT, programs)
    monkeypatch.setattr(run, "set_up", lambda command, display: ready)
    return ready


@pytest.fixture(autouse=True)
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """How often the Windows program was built and tried, and with what for pytest; it does well."""
    calls: list[Sequence[str]] = []
    monkeypatch.setattr(run, "installer", lambda arguments: calls.append(arguments) or 0)
    return calls


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """What the commands start, and with which environment; mypy fails."""
    calls: list[tuple[list[str], dict[str, str]]] = []

    def start(command, env, **_):
        calls.append((command, env))
        return subprocess.CompletedProcess(command, 1 if Path(command[0]).stem == "mypy" else 0)

    monkeypatch.setattr(run.subprocess, "run", start)
    return calls


@pytest.mark.usefixtures("venv")
def test_every_check_runs_although_one_fails(started, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["test"]) == 1

    output = capsys.readouterr().out
    headings = [line[4:] for line in output.splitlines() if line.startswith("=== ")]
    assert headings == [
        *("compileall", "ruff format", "ruff check", "mypy", "lint-imports", "pytest", "Windows program"),
    ]
    assert len(started) == 6
    assert "1 of 7 checks failed (mypy)" in output.splitlines()[-1]


@pytest.mark.skipif(os.name == "nt", reason="there only a release is built")
@pytest.mark.usefixtures("venv")
def test_the_windows_program_is_tried_once_after_the_whole_of_the_tests_which_leave_it_out(started, tried) -> None:
    run.main(["test"])

    assert started[-1][0][-1] == "--ignore=tests/windows"
    assert tried == [()]


@pytest.mark.usefixtures("venv")
def test_nothing_is_built_for_a_part_of_the_tests(started, tried) -> None:
    run.main(["test", "tests/windows"])

    assert started[-1][0][-1] == "tests/windows"
    assert tried == []


@pytest.mark.parametrize(
    ("error", "line", "status"),
    [
        (UnavailableError("Missing: wine."), "skipped", 0),
        (SetupError("The program could not be built."), "failed", 1),
        (OSError(28, "No space left on device"), "failed", 1),
    ],
)
@pytest.mark.usefixtures("venv", "started")
def test_only_what_this_computer_cannot_have_is_skipped_with_its_name_and_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, line: str, status: int
) -> None:
    def fail(arguments: Sequence[str]) -> int:
        raise error

    monkeypatch.setattr(run, "installer", fail)
    monkeypatch.setattr(run, "status_of", lambda command: 0)

    assert run.main(["test"]) == status
    output = capsys.readouterr().out.splitlines()
    assert any(each.endswith(str(error)) for each in output)
    assert any(each.startswith(f"--- Windows program: {line} in ") for each in output)
    assert {0: "All 6 checks passed, skipped: Windows program", 1: "1 of 7 checks failed (Windows program)"}[
        status
    ] in (output[-1])


@pytest.mark.skipif(os.name == "nt", reason="Wine is for Debian")
def test_nobody_else_builds_until_the_program_has_been_tried(
    venv: VirtualEnvironment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    happened: list[str] = []

    @contextmanager
    def alone(folder: Path) -> Iterator[None]:
        happened.append(f"hold {folder.name}")
        yield
        happened.append("release")

    monkeypatch.setattr(run, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(run, "alone", alone)
    monkeypatch.setattr(run.shutil, "which", lambda program: program)
    monkeypatch.setattr(run, "Wine", lambda *_: FakeWine())
    monkeypatch.setattr(run, "build", lambda python: happened.append("build"))
    monkeypatch.setattr(run, "sizes", lambda: "small")
    monkeypatch.setattr(run, "status_of", lambda command: happened.append(command[2]) or 1)

    assert BUILD_AND_TRY([]) == 1
    assert happened == ["hold cache", "build", "pytest", "release"]


class FakeWine:
    """A Windows that is ready."""

    python = None

    def is_ready(self) -> bool:
        return True

    def __enter__(self) -> "FakeWine":
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.mark.usefixtures("venv")
def test_what_follows_the_command_goes_to_pytest_untouched(started) -> None:
    run.main(["test", "-k", "sage and not cloud", "--help", "tests/dev"])

    assert started[-1][0][-4:] == ["-k", "sage and not cloud", "--help", "tests/dev"]


@pytest.mark.usefixtures("venv")
def test_the_checks_run_in_utf8_and_without_a_screen(started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)

    run.main(["test"])

    assert all(env["PYTHONUTF8"] == "1" and env["QT_QPA_PLATFORM"] == "offscreen" for _, env in started)


@pytest.mark.usefixtures("venv")
def test_a_chosen_qt_platform_is_respected(started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")

    run.main(["test"])

    assert started[-1][1]["QT_QPA_PLATFORM"] == "xcb"


@pytest.mark.skipif(os.name == "nt", reason="Windows starts the demo beside itself")
def test_the_demo_takes_the_place_of_the_set_up(venv, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced: list[list[str]] = []
    monkeypatch.setattr(run.os, "execve", lambda path, command, env: replaced.append(command) or 0)

    run.main(["demo", "--headless", "--seed", "7"])

    assert replaced == [[venv.python, "-P", "-m", "app", "demo", "--headless", "--seed", "7"]]


def test_a_set_up_that_cannot_go_on_is_a_sentence_and_exit_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(command: str, display: str | None) -> None:
        raise SetupError("Without these packages Qt cannot open a window.")

    monkeypatch.setattr(run, "set_up", fail)

    assert run.main(["test"]) == 1
    assert capsys.readouterr().err == "Without these packages Qt cannot open a window.\n"


@pytest.mark.parametrize("arguments", [[], ["unknown"]])
def test_a_command_that_is_not_there_is_a_usage_error(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(arguments)

    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("base", "package"),
    [
        (None, ()),
        (Python("/usr/bin/python3", (3, 13), has_module=True), ()),
        (Python("/usr/bin/python3", (3, 13), has_module=False), ("python3.13-venv",)),
    ],
)
def test_ensurepip_is_a_package_only_where_it_was_left_out(base: Python | None, package: tuple[str, ...]) -> None:
    assert run.ensurepip_package(base) == package


def test_all_of_it_starts_without_any_package(tmp_path: Path) -> None:
    script = ROOT / "resources" / "dev" / "run.py"

    done = subprocess.run(
        [sys.executable, "-S", "-E", str(script), "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "demo" in done.stdout
