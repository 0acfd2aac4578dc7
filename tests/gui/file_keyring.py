"""A keyring in a file, so that a test's child processes and the test itself see the same secrets."""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend


class FileKeyring(KeyringBackend):
    priority = 5

    @property
    def file(self) -> Path:
        return Path(os.environ["TEST_KEYRING"])

    def all(self) -> dict[str, str]:
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.all().get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.file.write_text(json.dumps(self.all() | {username: password}))

    def delete_password(self, service: str, username: str) -> None:
        self.file.write_text(json.dumps({name: kept for name, kept in self.all().items() if name != username}))
