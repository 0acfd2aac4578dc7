"""A document's whole history: what was noted of it while it was previewed and sent, with the previews themselves."""

from collections.abc import Iterator
from itertools import groupby

from app.engine.sending.history import Happened, Query, history

_BEFORE = ("received", "changed")  # what Quadient AP had; what the checks then said of it comes after
_AFTER = ("blocked", "unblocked")


def befallen(rows: Query, company: str, kind: str, document: str) -> list[Happened]:
    """Return what befell one document, oldest first; `rows` asks the store.

    Each preview that brought news of the document, the first one always, stands in it as `previewed`.
    """
    told: list[Happened] = []
    for _, together in groupby(history(rows, company, kind, document), lambda each: (each.at, each.run)):
        told += _with_preview(list(together))
    return told


def _with_preview(together: list[Happened]) -> Iterator[Happened]:
    """Yield what was noted in one moment of one run, and between the news and what came of them their preview."""
    noted = [each.what for each in together]
    news = [place for place, what in enumerate(noted, start=1) if what in _BEFORE]
    came = [place for place, what in enumerate(noted) if what in _AFTER]
    if not news and not came:
        yield from together
        return
    place = news[-1] if news else came[0]
    yield from together[:place]
    yield Happened(together[0].at, together[0].run, "previewed")
    yield from together[place:]
