"""AP Bridge's code under a Windows Python: its tests, its window, and its writers through real COM."""

import pytest

pytestmark = pytest.mark.timeout(1200)


def test_the_engine_sage_the_store_and_the_vault_work_as_their_tests_say(run_pytest) -> None:
    done = run_pytest(
        "tests/domain",
        "tests/engine",
        "tests/sage/test_business_objects.py",
        "tests/test_credentials.py",
        "tests/test_settings.py",
        "tests/test_schedule.py",
        "tests/test_task_scheduler.py",
        "tests/windows/inside/test_vault.py",
        "tests/windows/inside/test_files.py",
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
