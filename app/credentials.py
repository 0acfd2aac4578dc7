"""Secrets, in the operating system's keyring and nowhere else."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import keyring
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringError

from app.domain.language import say
from app.errors import NeedsUser, Side

log = logging.getLogger(__name__)

SERVICE = "AP Bridge"
RECOMMENDED = 1


class Credentials(Protocol):
    """Where secrets are kept; a name is `<company>/<side>`, for example `ABC/sage`."""

    def get(self, name: str) -> str | None:
        """Return the secret, or None when there is none."""

    def put(self, name: str, secret: str) -> None:
        """Keep the secret."""

    def forget(self, name: str) -> bool:
        """Keep the secret no longer; return whether there was one."""


class KeyringCredentials:
    """Secrets in the operating system's keyring.

    Raises:
        NeedsUser: from each method, when the keyring is locked or refuses.
    """

    def get(self, name: str) -> str | None:
        """Return the secret, or None when there is none."""
        try:
            return keyring.get_password(SERVICE, name)
        except KeyringError as error:
            raise _refused(error) from error

    def put(self, name: str, secret: str) -> None:
        """Keep the secret."""
        try:
            keyring.set_password(SERVICE, name, secret)
        except KeyringError as error:
            raise _refused(error) from error

    def forget(self, name: str) -> bool:
        """Keep the secret no longer; return whether there was one."""
        if self.get(name) is None:
            return False
        try:
            keyring.delete_password(SERVICE, name)
        except KeyringError as error:
            raise _refused(error) from error
        return True


@dataclass(slots=True)
class MemoryCredentials:
    """Secrets in this process only: for the demo on a machine without a keyring."""

    secrets: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """Return the secret, or None when there is none."""
        return self.secrets.get(name)

    def put(self, name: str, secret: str) -> None:
        """Keep the secret until the process ends."""
        self.secrets[name] = secret

    def forget(self, name: str) -> bool:
        """Keep the secret no longer; return whether there was one."""
        return self.secrets.pop(name, None) is not None


def keyring_is_there() -> bool:
    """Tell whether this machine has a keyring that keeps what it is given, and keeps it secret.

    The null backend forgets, and the backends that write plain files call themselves not recommended
    (a priority below 1). Of several backends the first one gets the secret.
    """
    backend = keyring.get_keyring()
    if isinstance(backend, chainer.ChainerBackend):
        backend = next(iter(backend.backends), backend)
    return not isinstance(backend, (fail.Keyring, null.Keyring)) and bool(backend.priority >= RECOMMENDED)


def open_credentials(demo_secrets: Mapping[str, str] | None = None) -> Credentials:
    """Return the machine's keyring; without one, the demo's own secrets in memory, and the log says so.

    Raises:
        NeedsUser: when there is no keyring and `demo_secrets` is None.
    """
    if keyring_is_there():
        return KeyringCredentials()
    if demo_secrets is not None:
        log.warning("No keyring on this machine: the demo's secrets are kept in memory for this process only.")
        return MemoryCredentials(dict(demo_secrets))
    raise NeedsUser(
        "no-keyring",
        say("There is no place to keep passwords"),
        say("This computer has no keyring (Windows Credential Manager, macOS Keychain or Secret Service)."),
        say("Sign in to a desktop session with a keyring and start again."),
        side=Side.COMPUTER,
    )


def _refused(error: KeyringError) -> NeedsUser:
    return NeedsUser(
        "keyring-refused",
        say("The keyring did not open"),
        say("The computer's password store is locked or refused AP Bridge."),
        say("Unlock it (sign out of the computer and in again) and start once more."),
        side=Side.COMPUTER,
        detail=str(error),
    )
