"""Builds the Windows program and its setup programs: with this Python on Windows, in Wine on Debian."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from programs import ROOT, SetupError, quietly, say

# Runs a command of Windows' Python and returns its exit status and output.
RunPython = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]

DIST = ROOT / "dist"
PROGRAM = DIST / "AP Bridge"
ENGINE32 = DIST / "engine32"
# NSIS for Windows makes only 32-bit setup programs; the Wine in which they are tried runs only 64-bit ones.
SETUP_TARGET = "x86-unicode" if os.name == "nt" else "amd64-unicode"
# Without the columns of every instruction, more than a quarter of all code; what an error leaves behind names lines.
PYINSTALLER = ("-X", "no_debug_ranges", "-m", "PyInstaller",
               "--noconfirm", "--workpath", "build", "--distpath", "dist")  # fmt: skip
SPEC = "build_installer.spec"
NOTICES = ROOT / "build" / "THIRD-PARTY.txt"
# What is asked for its licence although it is not shipped: tools that come along in the same Python.
NOT_SHIPPED = ("pip", "setuptools", "pyinstaller", "pyinstaller-hooks-contrib", "pip-licenses", "pytest", "pytest-qt",
               "pytest-timeout", "hypothesis", "pypdf", "pefile", "altgraph", "colorama", "iniconfig",
               "build", "wheel", "prettytable", "wcwidth", "pyproject_hooks", "pygments", "sortedcontainers",
               "cryptography")  # fmt: skip


def version() -> str:
    """Return the version that is built."""
    found = re.search(r'__version__ = "([^"]+)"', (ROOT / "app" / "__init__.py").read_text("utf-8"))
    if found is None:
        raise SetupError("app/__init__.py names no version.")
    return found[1]


def setup_file() -> Path:
    """Return where the setup program is put."""
    return DIST / f"APBridge-{version()}-x64-setup.exe"


def package_file() -> Path:
    """Return where the package for administrators is put."""
    return DIST / f"APBridge-{version()}-x64.msi"


def build(python: RunPython) -> None:
    """Build the program and its setup program anew into dist/, and where the tool for it runs the package too.

    Raises:
        SetupError: when one of them fails; the text says why.
    """
    say("Collecting the licences of what is shipped ...")
    write_notices(python)
    say("Building the program (a few minutes the first time) ...")
    shutil.rmtree(PROGRAM, ignore_errors=True)
    must(python([*PYINSTALLER, "--log-level", "WARN", SPEC]), "The program could not be built")
    if ENGINE32.exists():  # built before by a 32-bit Python, which only Windows runs
        shutil.copytree(ENGINE32, PROGRAM / ENGINE32.name)
    say("Building the setup program ...")
    make_setup(setup_file(), version())
    if os.name != "nt":
        make_package(package_file(), version())


def write_notices(python: RunPython) -> None:
    """Write the licences of all that is shipped beside AP Bridge's own code."""
    wanted = ["--format=plain-vertical", "--with-license-file", "--no-license-path", "--with-urls", "--from=mixed"]
    answer = python(["-m", "piplicenses", *wanted, "--ignore-packages", *NOT_SHIPPED])
    must(answer, "The licences could not be collected")
    NOTICES.parent.mkdir(exist_ok=True)
    parts = [(ROOT / "resources" / "licences" / "README.txt").read_text("utf-8"), answer.stdout]
    NOTICES.write_text("\n\n".join(parts), "utf-8")


def make_setup(target: Path, number: str, *, quick: bool = False, sign: str = "") -> None:
    """Make the setup program as version `number`; a `quick` one is larger, and for trying only.

    `sign` is the command that signs the uninstaller, which exists only inside; the file's name is put behind it.
    """
    resources = ROOT / "resources"
    given = {
        "VERSION": number,
        "SOURCE": PROGRAM,
        "OUTPUT": target,
        "LICENCE": resources / "LICENSE.txt",
        "ICON": resources / "icons" / "apbridge.ico",
        "TARGET": SETUP_TARGET,
        **({"QUICK": 1} if quick else {}),
        **({"SIGN": sign} if sign else {}),
    }
    # Windows' NSIS would read the script in the computer's own code page.
    command = [find_nsis(), "-V2", "-INPUTCHARSET", "UTF8", *(f"-D{name}={value}" for name, value in given.items())]
    must(quietly([*command, str(resources / "installer" / "apbridge.nsi")]), "The setup program could not be made")


def make_package(target: Path, number: str) -> None:
    """Make the package for administrators (.msi) as version `number`, on Linux: only there is the tool."""
    source = PROGRAM.relative_to(ROOT)  # the tool takes no absolute paths
    files = sorted(str(each.relative_to(ROOT)) for each in PROGRAM.rglob("*") if each.is_file())
    listing = ["wixl-heat", "--component-group", "Program", "--directory-ref", "INSTALLDIR", "--win64"]
    listed = subprocess.run(
        [*listing, "--var", "var.SOURCE", "--prefix", f"{source}/"],
        cwd=ROOT,
        input="\n".join(files),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    must(listed, "The files of the package could not be listed")
    fragment = ROOT / "build" / "program.wxs"
    fragment.write_text(listed.stdout, "utf-8")
    options = ["-a", "x64", "-o", str(target), "-D", f"VERSION={number}", "-D", f"SOURCE={source}", "-D", "Win64=yes"]
    options += ["-D", "ICON=resources/icons/apbridge.ico", "resources/installer/apbridge.wxs"]
    must(quietly(["wixl", *options, str(fragment.relative_to(ROOT))]), "The package could not be made")


def find_nsis() -> str:
    """Return NSIS's compiler."""
    folders = [os.environ.get("PROGRAMFILES(X86)", ""), os.environ.get("PROGRAMFILES", "")]
    places = [str(Path(folder) / "NSIS" / "makensis.exe") for folder in folders if folder]
    found = next(filter(None, map(shutil.which, ("makensis", *places))), None)
    if found is None:
        raise SetupError("NSIS is missing, which makes the setup program. Install it and try again.")
    return found


def must(done: subprocess.CompletedProcess[str], otherwise: str) -> None:
    """Stop where a program has failed."""
    if done.returncode:
        raise SetupError(f"{done.stdout.rstrip()}\n{otherwise}; the reason is above.")


def sizes() -> str:
    """Return how large what was built is, in words."""
    installed = sum(each.stat().st_size for each in PROGRAM.rglob("*") if each.is_file())
    return f"{setup_file().name}: {setup_file().stat().st_size / 1e6:.0f} MB, installed {installed / 1e6:.0f} MB"
