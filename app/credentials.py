"""Secrets, in the operating system's keyring and nowhere else."""

import logging
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

import keyring
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringError, PasswordDeleteError

from app.domain.language import say
from app.errors import NeedsUser, Side

log = logging.getLogger(__name__)

SERVICE = "AP Bridge"
SIDES = ("sage", "cloud", "sql")
RECOMMENDED = 1
# Windows' vault holds 2,560 bytes a secret, in UTF-16; a longer one is kept in parts. Source: wincred.h,
# CRED_MAX_CREDENTIAL_BLOB_SIZE.
PART = 1_200
_IN_PARTS = re.compile(r"AP Bridge keeps this in (\d+) parts: ([0-9a-f]{16})")


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
        """Return the secret, or None when there is none, or when a part of it is gone."""
        with _trouble_translated():
            kept = keyring.get_password(SERVICE, name)
            parts = [keyring.get_password(SERVICE, part) for part in _parts_of(name, kept)]
        if not parts:
            return kept
        return None if None in parts else "".join(part or "" for part in parts)

    def put(self, name: str, secret: str) -> None:
        """Keep the secret; until all of it is kept, `get` returns the one before."""
        parts = _parts(secret)
        with _trouble_translated():
            before = _parts_of(name, keyring.get_password(SERVICE, name))
            head = secret
            if len(parts) > 1:
                head = f"AP Bridge keeps this in {len(parts)} parts: {secrets.token_hex(8)}"
                for part, text in zip(_parts_of(name, head), parts, strict=True):
                    keyring.set_password(SERVICE, part, text)
            keyring.set_password(SERVICE, name, head)
            for part in before:
                _delete(part)

    def forget(self, name: str) -> bool:
        """Keep the secret no longer; return whether there was one."""
        with _trouble_translated():
            kept = keyring.get_password(SERVICE, name)
            for part in (*_parts_of(name, kept), name):
                _delete(part)
        return kept is not None


def _parts(secret: str) -> list[str]:
    """Return the secret in parts that each fit into Windows' vault, never cutting a character in two."""
    parts, room = [""], PART
    for character in secret:
        width = len(character.encode("utf-16-le")) // 2
        if room < width:
            parts.append("")
            room = PART
        parts[-1] += character
        room -= width
    return parts


def _parts_of(name: str, kept: str | None) -> list[str]:
    """Return the names under which the parts are kept of a secret for which `kept` stands; none when it is whole."""
    found = _IN_PARTS.fullmatch(kept or "")
    return [f"{name}/{found[2]}/{number}" for number in range(int(found[1]))] if found else []


def _delete(name: str) -> None:
    with suppress(PasswordDeleteError):  # it is gone already
        keyring.delete_password(SERVICE, name)


@contextmanager
def _trouble_translated() -> Iterator[None]:
    try:
        yield
    except (KeyringError, OSError) as error:  # Windows' vault answers with errors of the system
        raise _refused(error) from error


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


def _refused(error: Exception) -> NeedsUser:
    return NeedsUser(
        "keyring-refused",
        say("The keyring did not open"),
        say("The computer's password store is locked or refused AP Bridge."),
        say("Unlock it (sign out of the computer and in again) and start once more."),
        side=Side.COMPUTER,
        detail=str(error),
    )
