"""The server's side of it: sign in once, then post records over one connection, compressed."""

import gzip
import json
from typing import Any
from uuid import uuid4

import requests

BATCH = 500  # the most that the server takes at once


class Server:
    """One conversation with the server."""

    def __init__(self, access: dict[str, str]) -> None:
        self._session = requests.Session()
        self._home = f"{access['url']}/v1/legal-entities/{access['legal_entity']}"
        secret = {"client_id": access["client_id"], "client_secret": access["client_secret"]}
        answer = self._session.post(f"{access['url']}/v1/sign-in", json=secret, timeout=60)
        answer.raise_for_status()
        self._session.headers.update(
            {
                "Authorization": f"Bearer {answer.json()['access_token']}",
                "Content-Type": "application/json",
                "Content-Encoding": "gzip",
            }
        )

    def post(self, name: str, records: list[dict[str, Any]]) -> None:
        """Send up to `BATCH` records of a list.

        Raises:
            RuntimeError: when the server does not take all of them.
        """
        body = gzip.compress(json.dumps({"records": records}).encode(), 6)
        answer = self._session.post(
            f"{self._home}/lists/{name}/batches", body, headers={"Idempotency-Key": str(uuid4())}, timeout=60
        )
        answer.raise_for_status()
        refused = [each for each in answer.json()["results"] if each["status"] != "accepted"]
        if refused:
            raise RuntimeError(f"{name}: {refused[:3]}")
