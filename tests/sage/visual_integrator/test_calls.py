"""The call of a job: what is put where, how it is started, and what its end is taken from."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import Cancelled, NeedsUser, RetryLater
from app.import_jobs import ImportJob, VisualIntegratorSettings
from app.sage.visual_integrator.calls import GRACE_SECONDS, PROGRAMS, Calls, Program, SignOn, sage_program
from app.sage.visual_integrator.processes import born, start_program

DATA = b'"00012","INV-77"\r\n'


class Sage:
    """Sage's program as a test wants it: `steps` are taken one at each wait; it is its own process and clock."""

    pid = 4711

    def __init__(self, job, *steps):
        self.files = (Path(job.file), Path(f"{job.file}.running"))
        self.steps = list(steps)
        self.started = []
        self.imported = None
        self.status = None
        self.killed = False
        self.now = 0.0

    def start(self, arguments, folder):
        self.started.append((list(arguments), folder))
        self.imported = [file.read_bytes() for file in self.files]
        return self

    def sleep(self, seconds):
        self.now += seconds
        if self.steps:
            self.steps.pop(0)(self)

    def clock(self):
        return self.now

    def poll(self):
        return self.status

    def kill(self):
        self.killed = True
        if self.status is None:
            self.status = -9

    def wait(self, timeout):
        if self.status is None:
            raise subprocess.TimeoutExpired("sage", timeout)
        return self.status

    def done(self):
        for file in self.files:
            file.unlink()

    def ended(self):
        self.status = 0


def done(sage):
    sage.done()


def ended(sage):
    sage.ended()


def done_and_ended(sage):
    sage.done()
    sage.ended()


def cancelled(sage):
    raise Cancelled


@pytest.fixture
def job(tmp_path):
    return ImportJob("VIWI0A", str(tmp_path / "invoices.csv"))


def calls(sage, job, **changes):
    sign_on = changes.pop("sign_on", SignOn())
    settings = VisualIntegratorSettings(invoices=job, **changes)
    program = Program(("C:\\Sage\\MAS90\\Home\\pvxwin32.exe",), "C:\\Sage\\MAS90\\Home")
    return Calls(settings, "ABC", program, sign_on, sage.sleep, start=sage.start, clock=sage.clock)


def left(job):
    return sorted(file.name for file in Path(job.file).parent.iterdir())


def test_a_job_is_started_with_sages_arguments_at_their_places_and_no_secret(job):
    sage = Sage(job, done_and_ended)
    calls(sage, job).call(job, DATA)
    assert sage.started == [
        (
            [
                "C:\\Sage\\MAS90\\Home\\pvxwin32.exe",
                "..\\launcher\\sota.ini",
                "..\\soa\\startup.m4p",
                "-ARG",
                "DIRECT",
                "UIOFF",
                "",
                "",
                "ABC",
                "VIWI0A",
                "AUTO",
            ],
            "C:\\Sage\\MAS90\\Home",
        )
    ]
    assert sage.imported == [DATA, b""]
    assert left(job) == []


def test_empty_arguments_hold_their_places_on_windows_too(job):
    sage = Sage(job, done_and_ended)
    calls(sage, job).call(job, DATA)
    line = subprocess.list2cmdline(sage.started[0][0])
    assert 'UIOFF "" "" ABC VIWI0A AUTO' in line


def test_a_password_stands_on_the_command_line_only_when_it_is_given(job, caplog):
    caplog.set_level("DEBUG")
    sage = Sage(job, done_and_ended)
    sign_on = SignOn("BRIDGE", "hunter2")
    calls(sage, job, sign_on=sign_on).call(job, DATA)
    assert sage.started[0][0][6:8] == ["BRIDGE", "hunter2"]
    assert "hunter2" not in caplog.text
    assert "hunter2" not in repr(sign_on)


def test_a_password_is_in_no_error(job, caplog):
    caplog.set_level("DEBUG")

    def not_there(arguments, folder):
        raise FileNotFoundError(2, "No such file or directory", " ".join(arguments))

    sage = Sage(job)
    sage.start = not_there
    with pytest.raises(NeedsUser) as caught:
        calls(sage, job, sign_on=SignOn("BRIDGE", "hunter2")).call(job, DATA)
    error = caught.value
    assert error.code == "sage-not-found"
    assert "pvxwin32.exe" in error.detail
    assert "hunter2" not in f"{error} {error.detail} {error.__cause__} {error.__context__} {caplog.text}"
    assert left(job) == []


def test_a_job_is_done_when_it_says_so_and_its_process_has_ended(job):
    sage = Sage(job, done, ended)
    calls(sage, job).call(job, DATA)
    assert sage.steps == []
    assert not sage.killed


def test_a_process_that_lingers_after_its_job_is_left_alone(job):
    sage = Sage(job, done)
    calls(sage, job).call(job, DATA)
    assert GRACE_SECONDS <= sage.now < GRACE_SECONDS + 1
    assert not sage.killed
    assert left(job) == []


def test_a_job_may_say_that_it_is_done_just_after_its_process_ended(job):
    sage = Sage(job, ended, lambda sage: None, done)
    calls(sage, job).call(job, DATA)
    assert left(job) == []


def test_a_process_that_ends_without_a_word_broke_off(job):
    sage = Sage(job, ended)
    with pytest.raises(RetryLater) as caught:
        calls(sage, job).call(job, DATA)
    assert caught.value.code == "sage-job-broke-off"
    assert f"{job.file}.running" in caught.value.message
    assert caught.value.detail == "exit status 0"
    assert left(job) == []


def test_a_job_that_does_not_end_is_ended_in_time(job):
    sage = Sage(job)
    with pytest.raises(RetryLater) as caught:
        calls(sage, job, timeout_seconds=30).call(job, DATA)
    assert caught.value.code == "sage-job-no-end"
    assert sage.killed
    assert 30 <= sage.now < 31
    assert left(job) == []


def test_a_job_that_cannot_be_ended_keeps_its_files_and_stops_the_next(job):
    sage = Sage(job)
    sage.kill = lambda: None
    caller = calls(sage, job, timeout_seconds=30, sign_on=SignOn("BRIDGE", "hunter2"))
    for attempt in (lambda: caller.call(job, DATA), lambda: caller.settle_earlier(job)):
        with pytest.raises(RetryLater) as caught:
            attempt()
        error = caught.value
        assert error.code == "sage-job-running"
        assert "hunter2" not in f"{error} {error.detail} {error.__cause__} {error.__context__}"
    assert f"{Path(job.file).name}.running" in left(job)


def test_a_cancelled_run_leaves_the_job_to_sage(job):
    sage = Sage(job, lambda sage: None, cancelled)
    with pytest.raises(Cancelled):
        calls(sage, job).call(job, DATA)
    assert not sage.killed
    assert len(left(job)) == 3


def test_a_folder_that_is_not_there_is_named(job):
    lost = replace(job, file="/nowhere/at/all/invoices.csv")
    caller = calls(Sage(lost), lost)
    for attempt in (lambda: caller.settle_earlier(lost), lambda: caller.call(lost, DATA)):
        with pytest.raises(NeedsUser) as caught:
            attempt()
        assert caught.value.code == "import-file-not-writable"
        assert lost.file in caught.value.message


@pytest.mark.parametrize("step", ["gone", "denied"])
def test_a_folder_that_cannot_be_reached_is_not_taken_for_a_job_that_is_done(job, monkeypatch, step):
    away = Path(job.file).parent.with_name("away")

    def gone(sage):
        Path(job.file).parent.rename(away)

    def denied(sage):
        def exists(path):
            raise PermissionError(13, "Access is denied", str(path))

        monkeypatch.setattr("pathlib.Path.exists", exists)

    sage = Sage(job, {"gone": gone, "denied": denied}[step])
    with pytest.raises(RetryLater) as caught:
        calls(sage, job).call(job, DATA)
    assert caught.value.code == "sage-job-running"
    assert not sage.killed
    assert len(list((away if step == "gone" else Path(job.file).parent).iterdir())) == 3


def test_sages_task_scheduler_is_waited_for_and_nothing_is_started(job):
    sage = Sage(job, lambda sage: None, done)
    calls(sage, job, started_by="task_scheduler").call(job, DATA)
    assert sage.started == []
    assert left(job) == []


def test_a_task_that_never_runs_gives_its_file_back(job):
    sage = Sage(job)
    with pytest.raises(RetryLater) as caught:
        calls(sage, job, started_by="task_scheduler", timeout_seconds=900).call(job, DATA)
    assert caught.value.code == "sage-job-not-started"
    assert 900 <= sage.now < 901
    assert left(job) == []


def leave(job, started=None, age=0.0):
    """Leave the files of a call that nobody saw the end of."""
    for file, data in ((job.file, DATA), (f"{job.file}.running", b"")):
        Path(file).write_bytes(data)
    os.utime(f"{job.file}.running", (time.time() - age,) * 2)
    if started is not None:
        Path(f"{job.file}.started").write_text(started, encoding="utf-8")


def refusal(caller, job):
    with pytest.raises(RetryLater) as caught:
        caller.settle_earlier(job)
    return caught.value.code


def test_while_an_earlier_job_is_at_work_no_other_begins(job):
    blocked = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        leave(job, f"{blocked.pid} {born(blocked.pid)}", age=10_000)
        assert refusal(calls(Sage(job), job), job) == "sage-job-running"
        assert len(left(job)) == 3
    finally:
        blocked.kill()
        blocked.communicate()
    calls(Sage(job), job).settle_earlier(job)
    assert left(job) == []


def test_a_number_that_another_process_has_now_is_not_taken_for_the_job(job):
    leave(job, f"{os.getpid()} long-ago", age=10_000)
    calls(Sage(job), job).settle_earlier(job)
    assert left(job) == []


def test_a_job_of_which_no_process_is_known_is_given_its_time(job):
    leave(job, age=100)
    assert refusal(calls(Sage(job), job, timeout_seconds=300), job) == "sage-job-running"
    leave(job, age=400)
    calls(Sage(job), job, timeout_seconds=300).settle_earlier(job)
    assert left(job) == []


def test_a_call_that_was_broken_off_before_its_file_was_there_holds_up_nobody(job):
    leave(job)
    Path(job.file).unlink()
    calls(Sage(job), job).settle_earlier(job)
    assert left(job) == []


def test_a_file_that_a_job_has_left_is_not_imported_again(job):
    leave(job)
    Path(f"{job.file}.running").unlink()
    calls(Sage(job), job).settle_earlier(job)
    assert left(job) == []


def test_a_scheduled_job_that_holds_its_file_is_waited_for(job, monkeypatch):
    leave(job)
    caller = calls(Sage(job), job, started_by="task_scheduler")
    with monkeypatch.context() as windows:

        def in_use(self, missing_ok=False):
            raise PermissionError(13, "The process cannot access the file", str(self))

        windows.setattr("pathlib.Path.unlink", in_use)
        assert refusal(caller, job) == "sage-job-running"
    assert len(left(job)) == 2
    caller.settle_earlier(job)
    assert left(job) == []


@pytest.mark.parametrize(
    ("installed", "named"), [((), PROGRAMS[0]), (PROGRAMS[1:], PROGRAMS[1]), (PROGRAMS, PROGRAMS[0])]
)
def test_the_program_is_the_one_that_is_installed(monkeypatch, installed, named):
    monkeypatch.setattr("pathlib.Path.exists", lambda path: path.name.rpartition("\\")[2] in installed)
    program = sage_program("C:\\Sage\\MAS90\\")
    assert program == Program((f"C:\\Sage\\MAS90\\Home\\{named}",), "C:\\Sage\\MAS90\\Home")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has process groups of another kind")
def test_ctrl_c_at_the_terminal_does_not_reach_sages_program(tmp_path):
    process = start_program([sys.executable, "-c", "import signal; signal.pause()"], str(tmp_path))
    try:
        assert os.getpgid(process.pid) == process.pid != os.getpgid(0)
    finally:
        process.kill()
        process.wait(timeout=60)


def test_a_process_is_known_by_its_birth():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert born(process.pid)
        assert born(process.pid) == born(process.pid)
        assert born(process.pid) != born(os.getpid())
    finally:
        process.kill()
        process.communicate()
    assert born(process.pid) == ""
