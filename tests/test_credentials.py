"""Secrets: where they go, and what happens on a computer that has no place for them."""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from app.credentials import SERVICE, KeyringCredentials, MemoryCredentials, open_credentials
from app.errors import ExitCode, NeedsUser

ROOT = Path(__file__).parents[1]
SECRET_SERVICE = ("dbus-run-session", "gnome-keyring-daemon")


class LockedKeyring(KeyringBackend):
    priority = 5

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("the collection is locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("the collection is locked")

    def delete_password(self, service: str, username: str) -> None:
        raise KeyringLocked("the collection is locked")


class PlainFileKeyring(KeyringBackend):
    """Stands for the backends that write a file anybody can read: they give themselves 0.5."""

    priority = 0.5

    def get_password(self, service: str, username: str) -> str | None:
        raise AssertionError("a keyring that is not trusted was asked for a secret")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("a keyring that is not trusted was given a secret")


@pytest.fixture(params=[fail.Keyring, null.Keyring, PlainFileKeyring])
def untrusted(request: pytest.FixtureRequest) -> KeyringBackend:
    backend: KeyringBackend = request.param()
    keyring.set_keyring(backend)
    return backend


def test_a_secret_goes_to_the_keyring_and_comes_back() -> None:
    open_credentials().put("ABC/sage", "open sesame")

    assert keyring.get_password(SERVICE, "ABC/sage") == "open sesame"
    assert open_credentials().get("ABC/sage") == "open sesame"


def test_a_secret_that_was_never_kept_is_none() -> None:
    assert open_credentials().get("ABC/sage") is None


def test_the_demo_uses_the_keyring_where_there_is_one() -> None:
    assert isinstance(open_credentials({"ABC/sage": "demo"}), KeyringCredentials)


@pytest.mark.usefixtures("untrusted")
def test_without_a_trusted_keyring_a_real_company_needs_the_user() -> None:
    with pytest.raises(NeedsUser) as caught:
        open_credentials()

    assert caught.value.code == "no-keyring"
    assert caught.value.exit_code is ExitCode.COMPUTER


@pytest.mark.usefixtures("untrusted")
def test_without_a_trusted_keyring_the_demo_keeps_its_secrets_in_memory_and_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    secrets = {"ABC/sage": "demo password"}

    credentials = open_credentials(secrets)
    credentials.put("ABC/cloud", "another")

    assert isinstance(credentials, MemoryCredentials)
    assert credentials.get("ABC/sage") == "demo password"
    assert credentials.get("ABC/cloud") == "another"
    assert secrets == {"ABC/sage": "demo password"}
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert "in memory" in record.getMessage()
    assert "demo password" not in caplog.text


@pytest.mark.parametrize(
    "action",
    [
        lambda kept: kept.get("ABC/sage"),
        lambda kept: kept.put("ABC/sage", "open sesame"),
        lambda kept: kept.forget("ABC/sage"),
    ],
)
def test_a_locked_keyring_is_a_sentence_that_does_not_hold_the_secret(action) -> None:
    keyring.set_keyring(LockedKeyring())

    with pytest.raises(NeedsUser) as caught:
        action(open_credentials())

    assert caught.value.code == "keyring-refused"
    assert caught.value.detail == "the collection is locked"
    assert "open sesame" not in f"{caught.value} {caught.value.detail}"


class SmallVault(KeyringBackend):
    """Holds what Windows' vault holds: 2,560 bytes a secret; a longer one is an error of the system, as there."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self.room_for = 1_000

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > 2_560 or len(self.kept) >= self.room_for:
            raise OSError("The stub received bad data.")
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop(username, None) is None:
            raise PasswordDeleteError(username)


@pytest.fixture
def vault() -> SmallVault:
    vault = SmallVault()
    keyring.set_keyring(vault)
    return vault


LONG = "ключ🔑" * 700


def test_a_secret_that_is_too_long_for_windows_is_kept_in_parts(vault: SmallVault) -> None:
    open_credentials().put("ABC/cloud", LONG)

    assert open_credentials().get("ABC/cloud") == LONG
    assert len(vault.kept) > 2


@pytest.mark.parametrize("following", ["short", LONG[::-1]])
def test_no_part_of_a_replaced_or_forgotten_secret_stays(vault: SmallVault, following: str) -> None:
    kept = open_credentials()
    kept.put("ABC/cloud", LONG)
    kept.put("ABC/cloud", following)

    assert kept.get("ABC/cloud") == following
    assert len("".join(vault.kept.values())) < len(following) + 100
    kept.forget("ABC/cloud")
    assert vault.kept == {}
    assert kept.get("ABC/cloud") is None
    kept.forget("ABC/cloud")


def test_a_secret_that_could_not_be_kept_whole_leaves_the_one_before(vault: SmallVault) -> None:
    kept = open_credentials()
    kept.put("ABC/cloud", LONG)
    vault.room_for = len(vault.kept) + 1

    with pytest.raises(NeedsUser) as caught:
        kept.put("ABC/cloud", LONG[::-1])

    assert caught.value.code == "keyring-refused"
    assert kept.get("ABC/cloud") == LONG


def test_a_secret_of_which_a_part_is_gone_is_none(vault: SmallVault) -> None:
    open_credentials().put("ABC/cloud", LONG)
    name = next(name for name in vault.kept if name != "ABC/cloud")
    del vault.kept[name]

    assert open_credentials().get("ABC/cloud") is None


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose path is short enough for the sockets that Secret Service makes in it."""
    with tempfile.TemporaryDirectory(prefix="apb") as folder:
        yield Path(folder)


@pytest.mark.skipif(not all(map(shutil.which, SECRET_SERVICE)), reason=f"needs {' and '.join(SECRET_SERVICE)}")
def test_secret_service_keeps_a_secret_from_one_process_to_the_next(short_folder: Path) -> None:
    opened = "from app.credentials import KeyringCredentials, open_credentials; kept = open_credentials(); "
    keep = f"{opened} assert isinstance(kept, KeyringCredentials); kept.put('ABC/sage', 'öffne dich')"
    show = f"{opened} print(kept.get('ABC/sage'), kept.get('ABC/cloud'))"
    session = (
        "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets > /dev/null && "
        '"$0" -c "$1" && "$0" -c "$2"'
    )
    hidden = ("PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}

    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", session, sys.executable, keep, show],
        cwd=ROOT,
        env=environment | {"HOME": str(short_folder), "XDG_RUNTIME_DIR": str(short_folder), "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "öffne dich None"
