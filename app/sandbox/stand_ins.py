"""What takes the place of Sage's driver, Business Objects and program, and of the keyring, for the demo company."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.sandbox.odbc import connect_sandbox
from app.sandbox.world import load_world_at

if TYPE_CHECKING:
    from app.sage.business_objects import Dispatch
    from app.sage.visual_integrator.calls import Program


def dispatch_sandbox(location: str) -> "Dispatch":
    """Return what starts the demo's Business Objects; only who writes to the demo company loads them."""

    def dispatch(program_id: str) -> Any:
        from app.sandbox.business_objects import dispatch_sandbox

        return dispatch_sandbox(location)(program_id)

    return dispatch


def job_program(location: str) -> "Program":
    """Return what runs the demo's import jobs; only who writes to the demo company so loads it."""
    from app.sandbox.visual_integrator.jobs import job_program

    return job_program(location)


def demo_secrets(location: str) -> Mapping[str, str]:
    """Return the demo world's secrets by their names in the keyring; they follow from its seed and are kept nowhere.

    Raises:
        NeedsUser: when the demo world is gone or damaged.
    """
    return load_world_at(Path(location)).secrets()


__all__ = ["connect_sandbox", "demo_secrets", "dispatch_sandbox", "job_program"]
