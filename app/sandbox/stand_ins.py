"""What takes the place of Sage's driver, Business Objects and program, and of the keyring, for the demo company."""

from collections.abc import Mapping
from pathlib import Path

from app.sandbox.business_objects import dispatch_sandbox
from app.sandbox.odbc import connect_sandbox
from app.sandbox.visual_integrator.jobs import job_program
from app.sandbox.world import load_world_at


def demo_secrets(location: str) -> Mapping[str, str]:
    """Return the demo world's secrets by their names in the keyring; they follow from its seed and are kept nowhere.

    Raises:
        NeedsUser: when the demo world is gone or damaged.
    """
    return load_world_at(Path(location)).secrets()


__all__ = ["connect_sandbox", "demo_secrets", "dispatch_sandbox", "job_program"]
