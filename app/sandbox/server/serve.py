"""Runs the sandbox's Quadient AP on a socket of this computer until it is told to stop."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType

import uvicorn

from app.sandbox.server.app import Server
from app.sandbox.server.state import ServerState

STOP_SECONDS = 2


def serve(
    file: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    ready: Callable[[str], None],
    until: Callable[[], object],
) -> None:
    """Serve the state in `file`; returns when it has stopped.

    The socket is bound first (port 0: any free one), then `ready` gets the URL. `until` is called in a thread of its
    own: when it returns, the server stops. SIGTERM and SIGINT stop it too, when this runs in the main thread.

    Raises:
        OSError: when the address is taken.
    """
    with _listener(host, port) as listener:
        state = ServerState(file)
        try:
            runner = _runner(Server(state))
            watcher = threading.Thread(target=_stop_when, args=(until, runner), daemon=True, name="until")
            watcher.start()
            bound_host, bound_port = listener.getsockname()[:2]
            ready(f"http://{bound_host}:{bound_port}")
            runner.run(sockets=[listener])
        finally:
            state.close()


def _listener(host: str, port: int) -> socket.socket:
    # With the protocol named, asyncio sends small answers at once; otherwise each one waits 40 ms for more to come.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # on Windows the option would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def end_of_input() -> None:
    """Wait until standard input ends: whoever started this process has gone, or wants it to stop."""
    # Not through sys.stdin, whose lock would be held when the interpreter ends.
    while os.read(sys.stdin.fileno(), 4096):
        pass


def _runner(server: Server) -> uvicorn.Server:
    config = uvicorn.Config(
        server.application,
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return _QuietServer(config)


def _stop_when(until: Callable[[], object], runner: uvicorn.Server) -> None:
    until()
    runner.should_exit = True


class _QuietServer(uvicorn.Server):
    """uvicorn raises a signal again once it has stopped; here a signal is an orderly end."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(_: int, __: FrameType | None) -> None:
            self.should_exit = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class ServerThread:
    """The server in a thread of this process, on a real socket; a context manager that gives itself.

    `url` is where it listens.
    """

    def __init__(self, file: Path) -> None:
        self.url = ""
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(file,), name="sandbox-server")

    def _run(self, file: Path) -> None:
        try:
            serve(file, ready=self._tell, until=self._stop.wait)
        finally:
            self._ready.set()

    def _tell(self, url: str) -> None:
        self.url = url
        self._ready.set()

    def __enter__(self) -> "ServerThread":
        self._thread.start()
        self._ready.wait()
        if not self.url:
            raise RuntimeError("the sandbox server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
