"""The HTTP session: it trusts whom this computer trusts, so that a company's own certificates and proxies work."""

import ssl
from typing import Any

import requests
import truststore
from requests.adapters import HTTPAdapter


class _ThisComputersTrust(HTTPAdapter):
    """Checks certificates as the operating system does, beside the authorities that requests brings along."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, ssl_context=_context(), **more)

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=_context(), **more)


def _context() -> ssl.SSLContext:
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return context


def trusting_session() -> requests.Session:
    """Return a session that accepts the certificates which this computer's administrator has installed."""
    session = requests.Session()
    session.mount("https://", _ThisComputersTrust())
    return session
