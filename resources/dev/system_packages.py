"""What pip cannot bring on Debian and Ubuntu: which system packages are missing, and how they get there."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence

from programs import Run, say

# Spelled like Debian's own dependencies: "this | or that"; the last one is the oldest name.
QT = (
    "libegl1", "libgl1", "libxkbcommon0", "libfontconfig1", "libfreetype6", "libdbus-1-3",
    "libglib2.0-0t64 | libglib2.0-0", "libgssapi-krb5-2", "fonts-dejavu-core",
    "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-image0", "libxcb-render-util0",
    "libxcb-shape0", "libxcb-xkb1", "libxkbcommon-x11-0",
)  # fmt: skip
ODBC = ("unixodbc", "libsqliteodbc")
TOOLS_OF_THE_TESTS = ("xvfb", "xauth", "xdotool", "gnome-keyring", "dbus", "libsecret-tools")
SECOND_DATABASE = ("postgresql", "odbc-postgresql")
WINDOWS = ("wine", "wine64", "nsis", "wixl", "msitools")
NEEDS = {
    "demo": QT + ODBC,
    "test": QT + ODBC + TOOLS_OF_THE_TESTS + SECOND_DATABASE + WINDOWS,
    "installer": QT + ODBC + TOOLS_OF_THE_TESTS + WINDOWS,
}


def alternatives(need: str) -> list[str]:
    """Return the package names of which one is enough."""
    return [name.strip() for name in need.split("|")]


def missing(run: Run, needs: Sequence[str]) -> list[str]:
    """Return the needs that no installed package satisfies."""
    names = [name for need in needs for name in alternatives(need)]
    answer = run(["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *names]).stdout
    installed = {line.split()[0] for line in answer.splitlines() if line.endswith(" installed")}
    return [need for need in needs if installed.isdisjoint(alternatives(need))]


def available(run: Run, needs: Sequence[str]) -> list[str]:
    """Return the package apt would install for each need; a need that apt has nothing for is left out."""
    names = [name for need in needs for name in alternatives(need)]
    candidates, name = set(), ""
    for line in run(["apt-cache", "policy", *names]).stdout.splitlines():
        if not line.startswith(" "):
            name = line.rstrip(":")
        elif line.strip().startswith("Candidate:") and not line.endswith("(none)"):
            candidates.add(name)
    choices = ([name for name in alternatives(need) if name in candidates] for need in needs)
    return [known[0] for known in choices if known]


def install_command(names: Sequence[str]) -> list[str]:
    """Return the command that installs the packages called `names`."""
    return ["apt-get", "install", "--yes", "--no-install-recommends", *names]


def provide(run: Run, needs: Sequence[str], *, root: bool) -> list[str]:
    """Install what is missing when `root`; return the needs that are missing afterwards."""
    lacking = missing(run, needs)
    if not lacking or not root:
        return lacking
    say(f"Installing system packages: {', '.join(lacking)} ...")
    # An update that fails is no reason to stop: older package lists may do, and if not, the install says why.
    run(["apt-get", "update"])
    names = available(run, lacking)
    if names:
        # The lock is waited for: a fresh machine often updates itself in the background.
        installed = run([*install_command(names), "-o", "DPkg::Lock::Timeout=120"])
        if installed.returncode:
            say(installed.stdout.rstrip())
    return missing(run, lacking)


def advice(run: Run, needs: Sequence[str]) -> str:
    """Return the sentence with the one command that installs `needs`."""
    names = available(run, needs) or [alternatives(need)[-1] for need in needs]
    return f"System packages are missing. To install them: sudo {' '.join(install_command(names))}"


def has_apt() -> bool:
    """Tell whether this computer takes its system packages from apt."""
    return sys.platform == "linux" and all(map(shutil.which, ("apt-get", "apt-cache", "dpkg-query")))


def is_root() -> bool:
    """Tell whether system packages may be installed without asking."""
    return sys.platform != "win32" and os.geteuid() == 0
