"""What the engine needs of the world outside, handed in so that the demo and the simulation can stand in for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.cloud.port import CloudPort
from app.sage.catalogue import OnCall
from app.sage.company import SageCompany
from app.sage.port import Writer
from app.settings import CompanySettings

Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Ports:
    """How to reach Sage and Quadient AP, and what time it is (with its zone)."""

    open_sage: Callable[[CompanySettings, OnCall], SageCompany]
    open_writer: Callable[[CompanySettings, OnCall, Sleep], Writer]
    open_cloud: Callable[[CompanySettings, Sleep], CloudPort]
    now: Callable[[], datetime]
