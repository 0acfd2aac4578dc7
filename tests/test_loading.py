"""What is loaded at the start of a command, and what becomes of it at the end."""

import gc
import subprocess
import sys

from app.loading import loading


def test_cycles_are_not_sought_while_parts_are_loaded_and_are_again_behind_it() -> None:
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.unfreeze()


def test_who_had_it_switched_off_has_it_so_behind_it() -> None:
    gc.disable()
    try:
        with loading():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()


def test_a_process_that_ends_at_once_still_writes_and_closes_all() -> None:
    program = (
        "import atexit, sys, threading\n"
        "from app.loading import end_at_once\n"
        "atexit.register(sys.stdout.write, 'closed')\n"
        "end_at_once()\n"
        "end_at_once()\n"
        "threading.Thread(target=sys.stdout.write, args=('written, ',)).start()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout == "written, closed"
    assert ended.stderr == ""
