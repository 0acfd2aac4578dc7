"""Certificates: those of this computer's own store count, as a company's proxy needs it; others do not."""

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests

from app.cloud.session import trusting_session

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


class Greeting(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""


@dataclass(frozen=True)
class Served:
    address: str
    authority: Path


def openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on this computer whose certificate a company's own authority has signed."""
    folder = tmp_path_factory.mktemp("authority")
    authority, key = folder / "authority.pem", folder / "authority.key"
    host, host_key, wanted, names = (folder / each for each in ("host.pem", "host.key", "host.csr", "names"))
    names.write_text("subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *new, "-keyout", key, "-out", authority, "-subj", "/CN=A company", "-days", "2")
    openssl("req", *new, "-keyout", host_key, "-out", wanted, "-subj", "/CN=localhost")
    signer = ("-CA", authority, "-CAkey", key, "-CAcreateserial")
    openssl("x509", "-req", "-in", wanted, *signer, "-extfile", names, "-out", host, "-days", "2")
    server = HTTPServer(("127.0.0.1", 0), Greeting)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(host, host_key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Served(f"https://localhost:{server.server_port}/", authority)
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_authority_that_this_computer_trusts_is_trusted(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(served.authority))  # where OpenSSL looks for the system's store
    with trusting_session() as session:
        assert session.get(served.address, timeout=10).text == "hello"


def test_an_authority_that_nobody_trusts_is_refused(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with trusting_session() as session, pytest.raises(requests.exceptions.SSLError):
        session.get(served.address, timeout=10)


def test_a_certificate_for_another_host_is_refused(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(served.authority))
    with trusting_session() as session, pytest.raises(requests.exceptions.SSLError):
        session.get(served.address.replace("localhost", "127.0.0.1"), timeout=10)
