import pytest
import requests

from app.cloud.port import LegalEntity
from app.sandbox.server.serve import ServerThread
from app.sandbox.server.state import ServerState, create_server_state

HOME = "/v1/legal-entities/LE-1"


class Caller:
    """A signed-in caller of the contract's addresses, and of the sandbox's back door."""

    def __init__(self, url):
        self.url = url
        self.session = requests.Session()
        self.keys = 0

    def sign_in(self):
        answer = self.session.post(
            f"{self.url}/v1/sign-in", json={"client_id": "abc-client", "client_secret": "the-secret"}
        )
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def get(self, path, **query):
        return self.session.get(f"{self.url}{HOME}{path}", params=query)

    def items(self, path, **query):
        return self.get(path, **query).json()["items"]

    def post(self, path, body, key=None):
        self.keys += 1
        headers = {"Idempotency-Key": key or f"key-{self.keys}"}
        return self.session.post(f"{self.url}{HOME}{path}", json=body, headers=headers)

    def results(self, path, records, key=None, **envelope):
        answer = self.post(path, {"records": records, **envelope}, key)
        assert answer.status_code == 200, answer.text
        return [(each["key"], each["status"], each["code"]) for each in answer.json()["results"]]

    def admin(self, method, path, body=None):
        answer = self.session.request(method, f"{self.url}/_sandbox{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, name, **more):
        self.admin("POST", "/faults", {"name": name, **more})


@pytest.fixture
def state_file(tmp_path):
    file = tmp_path / "quadient-ap.sqlite"
    state = create_server_state(
        file,
        client_id="abc-client",
        client_secret="the-secret",
        legal_entity=LegalEntity("LE-1", "ABC Distribution", "USD"),
    )
    state.close()
    return file


@pytest.fixture
def state(state_file):
    """The state, opened beside the server's own connection."""
    opened = ServerState(state_file)
    yield opened
    opened.close()


@pytest.fixture
def caller(state_file):
    with ServerThread(state_file) as server:
        caller = Caller(server.url)
        caller.sign_in()
        yield caller
        caller.session.close()
