"""AP Bridge's code under a Windows Python: its tests, its window, and its writers through real COM."""

import pytest

from tests.windows.machine import Machine

pytestmark = pytest.mark.timeout(1200)

NOT_ON_WINDOWS = (
    # What only another system has: lines that end in one character, and a device to look at.
    "test_output.py::test_what_is_said_is_there_at_once",
    "test_output.py::test_when_the_reader_is_gone_all_further_output_goes_nowhere",
)
NOT_IN_WINE = (
    # The program in a process of its own: nothing leads it to the ODBC drivers of Linux.
    "test_probe.py::test_a_driver_that_hangs_is_ended_by_the_watchdog",
    "test_support.py::test_neither_secrets_nor_documents_are_in_the_bundle",
    # Wine's Task Scheduler takes nothing.
    "test_forget.py::test_the_passwords_of_every_company_are_deleted_and_all_else_stays",
)


def test_the_engine_sage_the_store_and_the_vault_work_as_their_tests_say(windows: Machine, run_pytest) -> None:
    left_out = (*NOT_ON_WINDOWS, *(NOT_IN_WINE if windows.is_wine else ()))
    done = run_pytest(
        "tests/domain",
        "tests/engine",
        "tests/sage",
        "tests/commands",
        *(f"--deselect=tests/commands/{each}" for each in left_out),
        "tests/test_credentials.py",
        "tests/test_settings.py",
        "tests/test_schedule.py",
        "tests/test_task_scheduler.py",
        "tests/test_consoles.py",
        "tests/windows/inside/test_vault.py",
        "tests/windows/inside/test_files.py",
        timeout=1100,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    assert " passed" in done.stdout


def test_the_window_opens_and_shows_what_was_brought_over(run_pytest) -> None:
    done = run_pytest("tests/gui/test_main.py", "tests/gui/test_states.py")
    assert done.returncode == 0, done.stdout[-6000:]
    assert " passed" in done.stdout


def test_the_writers_work_through_real_com(run_pytest) -> None:
    done = run_pytest("tests/windows/inside/test_com.py")
    assert done.returncode == 0, done.stdout[-6000:]
    assert " passed" in done.stdout


def test_whole_runs_survive_what_happens_to_sages_program(run_pytest) -> None:
    done = run_pytest("tests/windows/inside/test_runs_through_com.py")
    assert done.returncode == 0, done.stdout[-6000:]
    assert " passed" in done.stdout
