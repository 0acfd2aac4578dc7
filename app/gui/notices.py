"""What is worth a notification: something new that needs the user, or a run that failed; never twice."""

from collections.abc import Sequence

import orjson
from PySide6.QtCore import QSettings

from app.domain.codec import fingerprint
from app.engine.views import Attention
from app.errors import ExitCode
from app.gui.engine_process import RunEnd
from app.gui.text import counted, tr


class Notices:
    """Remembers in `settings` what a company's notifications have told already, until it is past."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def news(self, company: str, end: RunEnd, needs: Sequence[Attention]) -> tuple[str, str] | None:
        """Return title and text of what is new after a run, None when there is nothing new to tell.

        All of `needs` counts as told from now on; what is past and comes back is new again.
        """
        failed = not end.done and end.exit_code != ExitCode.CANCELLED
        keys = {_key(each.where, each.list, each.key, each.title): each for each in needs}
        failure = _key("run", end.command, end.title)
        told = self._told(company)
        new = [each for key, each in keys.items() if key not in told]
        failed_anew = failed and failure not in told and _key("Overview", "", "", end.title) not in told
        self._settings.setValue(
            f"told/{company}", orjson.dumps(sorted({*keys, *([failure] if failed else [])})).decode()
        )
        if failed_anew:
            return end.title, f"{end.message} {end.fix}".strip()
        if not new:
            return None
        title = counted(len(new), "{n} thing needs you", "{n} things need you")
        first = new[0].title
        return title, first if len(new) == 1 else tr("{first}, and more", first=first)

    def _told(self, company: str) -> set[str]:
        text = self._settings.value(f"told/{company}")
        try:
            told = orjson.loads(text) if isinstance(text, str) else []
        except ValueError:
            return set()  # then it is told once more
        return {str(each) for each in told} if isinstance(told, list) else set()


def _key(*parts: str) -> str:
    return fingerprint("\n".join(parts).encode()).hex()
