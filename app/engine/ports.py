"""What the engine needs of the world outside, handed in so that the demo and the simulation can stand in for it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from app.cloud.port import CloudPort
from app.domain.lists import ListName
from app.sage.catalogue import OnCall
from app.sage.company import SageCompany
from app.sage.port import Writer
from app.sage.wanted import Printed
from app.settings import CompanySettings

Sleep = Callable[[float], None]
ReadAhead = Callable[[ListName, Sequence[str], Callable[[], None]], AbstractContextManager[Iterator[Printed]]]
"""(list, where its blocks begin, what to call while waiting) -> its blocks, which another process reads meanwhile."""


@dataclass(frozen=True, slots=True)
class Ports:
    """How to reach Sage and Quadient AP, and what time it is (with its zone)."""

    open_sage: Callable[[CompanySettings, OnCall], SageCompany]
    open_writer: Callable[[CompanySettings, OnCall, Sleep], Writer]
    open_cloud: Callable[[CompanySettings, Sleep], CloudPort]
    now: Callable[[], datetime]
    read_ahead: ReadAhead | None = None
