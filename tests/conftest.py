"""What every test gets: a home folder, a keyring in memory, and a failure when an error is logged unexpectedly."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from app.settings import Home

# Programs that a test starts find no keyring at all, so that they never reach the one of the person at this computer.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
# Sentences are compared as they are written, whatever this computer speaks.
os.environ["APBRIDGE_LANGUAGE"] = "en"


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets everything with the test."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.secrets.pop((service, username), None) is None:
            raise PasswordDeleteError(f"no secret {username}")


@pytest.fixture(autouse=True)
def memory_keyring() -> MemoryKeyring:
    """The keyring of this test, empty; the computer's own is never touched."""
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    return backend


@pytest.fixture
def apbridge_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home folder of the test's own, also for the programs it starts; it does not exist yet."""
    path = tmp_path / "home"
    monkeypatch.setenv("APBRIDGE_HOME", str(path))
    return Home(path)


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Take away the log handlers that the tested code has added, and close their files."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.setLevel(level)
    for handler in [each for each in root.handlers if each not in handlers]:
        root.removeHandler(handler)
        handler.close()


@pytest.fixture(autouse=True)
def no_unexpected_error_is_logged(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail the test when an error was logged, unless it is marked `logs_errors`."""
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    records = [record for phase in ("setup", "call") for record in caplog.get_records(phase)]
    errors = [record.getMessage() for record in records if record.levelno >= logging.ERROR]
    assert not errors, f"errors were logged: {errors}"
