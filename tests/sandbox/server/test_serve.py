"""Starting and stopping the server, its faults and its back door, its secrets."""

import queue
import socket
import sqlite3
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest
import requests

from app.cloud.port import DocumentKind, LegalEntity
from app.sandbox.server import signin
from app.sandbox.server.app import Server
from app.sandbox.server.contract import Misfit
from app.sandbox.server.defaults import filled
from app.sandbox.server.serve import serve
from app.sandbox.server.state import create_server_state
from tests.sandbox.server.conftest import HOME


def test_it_tells_its_address_answers_there_and_stops_when_told(state_file):
    urls, statuses, stop = queue.Queue(), [], threading.Event()

    def ask_once():
        statuses.append(requests.get(f"{urls.get(timeout=10)}/_sandbox/state", timeout=10).status_code)
        stop.set()

    asking = threading.Thread(target=ask_once)
    asking.start()
    serve(state_file, ready=urls.put, until=stop.wait)
    asking.join()
    assert statuses == [200]


def test_the_secret_is_kept_as_a_salted_hash_only(state_file, caller):
    stored = b"".join(each.read_bytes() for each in state_file.parent.iterdir())
    token = caller.session.headers["Authorization"].removeprefix("Bearer ")
    assert b"the-secret" not in stored
    assert token.encode() not in stored
    first, second = signin.hash_secret("the-secret"), signin.hash_secret("the-secret")
    assert first[1] != second[1]


def test_a_token_expires(state):
    now = [1_000_000.0]
    server = Server(state, clock=lambda: now[0])
    with state.transaction() as db:
        token = signin.sign_in(db, "abc-client", "the-secret", now[0])
        assert signin.sign_in(db, "abc-client", "wrong", now[0]) is None
        assert signin.sign_in(db, "nobody", "the-secret", now[0]) is None
    assert signin.client_of(server.state.db, token, now[0]) == "abc-client"
    assert signin.client_of(server.state.db, token, now[0] + signin.TOKEN_SECONDS) is None


def test_faults_happen_as_often_as_they_are_told(caller):
    caller.fault("unavailable", times=2, path="/lists/")
    statuses = [caller.get("/lists/vendor/items").status_code for _ in range(3)]
    assert statuses == [503, 503, 200]
    caller.fault("throttle", seconds=7)
    assert caller.get("/lists/vendor/items").headers["Retry-After"] == "7"
    caller.fault("unavailable", times=None)
    caller.admin("DELETE", "/faults")
    assert caller.get("/lists/vendor/items").status_code == 200


@pytest.mark.parametrize(("name", "kept"), [("drop_before_commit", []), ("drop_after_commit", ["A"])])
def test_a_dropped_connection_leaves_all_or_nothing(caller, name, kept):
    item = {"key": "A", "description": "", "active": True, "attributes": {}}
    caller.fault(name)
    with pytest.raises(requests.ConnectionError):
        caller.post("/lists/vendor/batches", {"records": [item]})
    assert [each["key"] for each in caller.items("/lists/vendor/items")] == kept


def test_the_log_names_requests_and_counts_but_no_content(caller):
    caller.admin("DELETE", "/requests")
    item = {"key": "SECRETIVE", "description": "", "active": True, "attributes": {}}
    caller.results("/lists/vendor/batches", [item])
    log = caller.admin("GET", "/requests")["items"]
    assert log == [
        {
            "method": "POST",
            "path": "/v1/legal-entities/LE-1/lists/vendor/batches",
            "query": "",
            "status": 200,
            "count": 1,
        }
    ]


def test_the_back_door_is_for_this_computer_only(caller):
    answer = caller.session.get(f"{caller.url}/_sandbox/state", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "local-only")


def test_a_fault_that_does_not_exist_is_refused(caller):
    answer = caller.session.post(f"{caller.url}/_sandbox/faults", json={"name": "earthquake"})
    assert answer.status_code == 422


def test_a_new_state_never_replaces_an_old_one(state_file):
    with pytest.raises(FileExistsError):
        create_server_state(state_file, client_id="c", client_secret="s", legal_entity=LegalEntity("LE-9", "X", "USD"))


def test_documents_are_added_all_or_none(state):
    good = filled(DocumentKind.INVOICE, {"id": "inv-1"})
    with pytest.raises(Misfit):
        state.add_documents(DocumentKind.INVOICE, [good, {**good, "id": "inv 2"}], "A", marked=True)
    with pytest.raises(sqlite3.IntegrityError):
        state.add_documents(DocumentKind.INVOICE, [good, good], "A", marked=True)
    assert state.db.execute("SELECT count(*) FROM documents").fetchone()[0] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a program can catch")
def test_a_termination_signal_ends_it_in_order(state_file):
    code = (
        "import pathlib, threading\n"
        "from app.sandbox.server.serve import serve\n"
        f"serve(pathlib.Path({str(state_file)!r}), ready=lambda url: print(url, flush=True),"
        " until=threading.Event().wait)\n"
        "print('stopped')"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as server:
        url = server.stdout.readline().strip()
        assert requests.get(f"{url}/_sandbox/state", timeout=10).status_code == 200
        server.terminate()
        assert (server.stdout.read(), server.wait()) == ("stopped\n", 0)


def test_the_end_of_its_input_ends_it(state_file):
    code = (
        "import pathlib\n"
        "from app.sandbox.server.serve import end_of_input, serve\n"
        f"serve(pathlib.Path({str(state_file)!r}), ready=lambda url: print(url, flush=True), until=end_of_input)"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout.readline().startswith("http://127.0.0.1:")
        server.stdin.close()
        assert server.wait() == 0


def test_a_client_that_goes_away_in_mid_request_is_no_fault_of_the_server(caller, caplog):
    address = urlsplit(caller.url)
    head = (
        f"POST {HOME}/lists/vendor/batches HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        f"Authorization: {caller.session.headers['Authorization']}\r\nIdempotency-Key: half\r\nContent-Length: 99\r\n"
    )
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(f'{head}\r\n{{"records": ['.encode())
    log = []
    while not log:  # the server notes the request once it is over
        log = [each for each in caller.admin("GET", "/requests")["items"] if each["path"].endswith("/vendor/batches")]
    assert [each["count"] for each in log] == [0]
    assert caller.items("/lists/vendor/items") == []
    assert not [record for record in caplog.records if record.exc_info]
