"""Runs the Singer tap into the target, as a shell's pipe would, and keeps the state that the target hands on."""

import json
import subprocess
import sys
from pathlib import Path

from mapping import Place

HERE = Path(__file__).parent


def main() -> None:
    """Bring the server up to date.

    Raises:
        RuntimeError: when one of the two ends badly.
    """
    mode, place = sys.argv[1], Place.given()
    state = place.state / "state.json"
    tap_config, target_config = place.state / "tap.json", place.state / "target.json"
    tap_config.write_text(json.dumps({"driver": place.driver, "sage": place.sage}))
    target_config.write_text(
        json.dumps(
            {
                "server": place.server,
                "state": str(place.state),
                "full": mode == "full",
                "validate_records": False,
                "add_record_metadata": False,
            }
        )
    )
    known = ("--state", str(state)) if mode == "changes" else ()
    tap_command = (sys.executable, str(HERE / "singer_tap.py"), "--config", str(tap_config), *known)
    target_command = (sys.executable, str(HERE / "singer_target.py"), "--config", str(target_config))
    with (
        subprocess.Popen(tap_command, stdout=subprocess.PIPE) as tap,
        subprocess.Popen(target_command, stdin=tap.stdout, stdout=subprocess.PIPE) as target,
    ):
        tap.stdout.close()
        states = target.stdout.read().splitlines()
    if tap.returncode or target.returncode:
        raise RuntimeError(f"the tap ended with {tap.returncode}, the target with {target.returncode}")
    if states:
        state.write_bytes(states[-1])


if __name__ == "__main__":
    main()
