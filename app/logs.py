"""The log: one rotated file in the data folder, and warnings on the terminal."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_BYTES = 2_000_000
LOG_FILES = 5


class SharedLog(RotatingFileHandler):
    """A log that several processes write: Windows lets nobody rotate it while another has it open, so it waits."""

    def doRollover(self) -> None:  # noqa: N802  # logging chooses the name
        """Rotate, or go on in the same file where that is not possible now."""
        if self.stream is not None:
            self.stream.close()
        file = Path(self.baseFilename)
        aside = file.with_name(f"{file.name}.turned")
        try:
            file.rename(aside)
            aside.rename(file)
        except OSError:
            self.stream = self._open()
            return
        super().doRollover()


def start_logging(folder: Path, *, terminal: bool) -> None:
    """Write all of AP Bridge's log to `folder`/apbridge.log, and warnings to standard error when `terminal`."""
    folder.mkdir(parents=True, exist_ok=True)
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    handler: logging.Handler = SharedLog(
        folder / "apbridge.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"))
    root.addHandler(handler)
    if terminal:
        console = logging.StreamHandler(sys.stderr)
        console.setLevel(logging.WARNING)
        console.setFormatter(logging.Formatter("%(message)s"))
        root.addHandler(console)
