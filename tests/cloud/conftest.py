from random import Random

import pytest
import requests

from app.cloud.https import HttpsCloud
from app.cloud.port import LegalEntity
from app.sandbox.server.serve import ServerThread
from app.sandbox.server.state import ServerState, create_server_state
from app.settings import CloudSettings

SECRET = "a-very-secret-secret"


class Sandbox:
    """The sandbox's Quadient AP on a socket, with its back door and its state."""

    def __init__(self, url, state):
        self.url = url
        self.state = state
        self.session = requests.Session()

    def admin(self, method, path, body=None):
        answer = self.session.request(method, f"{self.url}/_sandbox{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, name, **more):
        self.admin("POST", "/faults", {"name": name, **more})

    def log(self, path=""):
        return [each for each in self.admin("GET", "/requests")["items"] if path in each["path"]]


@pytest.fixture
def sandbox(tmp_path):
    file = tmp_path / "quadient-ap.sqlite"
    entity = LegalEntity("LE-1", "ABC Distribution", "USD")
    create_server_state(file, client_id="abc", client_secret=SECRET, legal_entity=entity).close()
    with ServerThread(file) as server:
        state = ServerState(file)
        sandbox = Sandbox(server.url, state)
        yield sandbox
        sandbox.session.close()
        state.close()


@pytest.fixture
def sleeps():
    """What the client slept, in seconds; no time passes."""
    return []


@pytest.fixture
def connect(sandbox, sleeps):
    """Makes clients of the sandbox; `secret`, `entity` and `url` may differ from the right ones."""
    opened = []

    def connect(*, secret=SECRET, entity="LE-1", url=None, **more):
        settings = CloudSettings(sandbox.url if url is None else url, "abc", entity)
        cloud = HttpsCloud(settings, secret, sleep=sleeps.append, random=Random(1), **more)  # noqa: S311
        opened.append(cloud)
        return cloud

    yield connect
    for cloud in opened:
        cloud.close()


@pytest.fixture
def cloud(connect, sandbox):
    """A client of the sandbox; at the end, no request of it may have been against the contract."""
    yield connect()
    assert [each for each in sandbox.log() if each["status"] in (400, 404, 405, 413, 415, 422)] == []
