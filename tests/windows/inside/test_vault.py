"""Secrets in Windows' own vault."""

import keyring
import pytest
from keyring.backends.Windows import WinVaultKeyring

from app.credentials import KeyringCredentials, keyring_is_there


@pytest.fixture
def vault():
    keyring.set_keyring(WinVaultKeyring())
    kept = KeyringCredentials()
    names = ("ABC/sage", "ABC/cloud", "XYZ/sage")
    for name in names:
        kept.forget(name)
    yield kept
    for name in names:
        kept.forget(name)


def test_windows_vault_is_trusted(vault):
    assert keyring_is_there()


@pytest.mark.parametrize("secret", ["öffne dich", "x" * 1280, "x" * 1281, "ключ🔑" * 2000])
def test_a_secret_of_any_length_comes_back(vault, secret):
    vault.put("ABC/cloud", secret)
    vault.put("ABC/sage", "beside it")
    assert vault.get("ABC/cloud") == secret
    vault.put("ABC/cloud", "short")
    assert vault.get("ABC/cloud") == "short"
    assert vault.get("ABC/sage") == "beside it"


def test_secrets_of_several_companies_do_not_mix(vault):
    vault.put("ABC/sage", "one")
    vault.put("XYZ/sage", "two")
    vault.put("ABC/sage", "three")
    assert (vault.get("ABC/sage"), vault.get("XYZ/sage")) == ("three", "two")
    vault.forget("ABC/sage")
    assert (vault.get("ABC/sage"), vault.get("XYZ/sage")) == (None, "two")
