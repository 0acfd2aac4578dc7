"""One window a home folder and user: a second start brings the first one to the front."""

import getpass
import logging

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.domain.codec import fingerprint
from app.settings import Home

log = logging.getLogger(__name__)

WAIT_MS = 2_000
ANSWER_MS = 10_000  # a window that is busy answers late


class OnlyWindow(QObject):
    """Listens while a window is open; `asked` carries the company that a second start named, or nothing."""

    asked = Signal(str)

    def __init__(self, home: Home, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._callers: list[QLocalSocket] = []
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        name = _name(home)
        if not self._server.listen(name):
            # A window that was killed may have left its socket behind; nobody answered there, or we were not here.
            QLocalServer.removeServer(name)
            if not self._server.listen(name):
                log.warning("A second start will open a second window: %s", self._server.errorString())

    def stop(self) -> None:
        """Listen no more."""
        self._server.close()

    def _greet(self) -> None:
        caller = self._server.nextPendingConnection()
        if caller is None:
            return
        self._callers.append(caller)
        caller.readyRead.connect(self._hear)
        caller.disconnected.connect(self._hear)
        self._hear()

    def _hear(self) -> None:
        """Answer each caller that has said its one line; one that went before that has said what it has."""
        companies = []
        for caller in tuple(self._callers):
            gone = caller.state() is not QLocalSocket.LocalSocketState.ConnectedState
            if not gone and not caller.canReadLine():
                continue
            self._callers.remove(caller)
            companies.append(bytes(caller.readAll().data()).decode(errors="replace").strip())
            if gone:
                caller.deleteLater()
            else:
                caller.disconnected.connect(caller.deleteLater)
                caller.write(b"\n")
                caller.flush()
        for company in companies:
            self.asked.emit(company)


def brought_to_front(home: Home, company: str = "") -> bool:
    """Ask the window that is open on `home` to come to the front, with `company`; return whether there is one."""
    socket = QLocalSocket()
    socket.connectToServer(_name(home))
    if not socket.waitForConnected(WAIT_MS):
        return False
    socket.write(f"{company}\n".encode())
    heard = socket.waitForBytesWritten(WAIT_MS)
    # Windows forgets what nobody has read yet of a pipe that closes.
    socket.waitForReadyRead(ANSWER_MS)
    socket.disconnectFromServer()
    return heard


def _name(home: Home) -> str:
    whose = f"{getpass.getuser()} {home.path.resolve()}"
    return f"apbridge-{fingerprint(whose.encode()).hex()}"
