"""A release's steps beside the build: `check`, `tell`, `engine32`, `setup` on Windows, `package`, `note` on Linux.

RELEASE_KEY is the secret key that vouches for new versions (Ed25519, 32 bytes in hexadecimal), REPOSITORY "owner/name",
TAG the version that is released with a “v” before it, SIGN the command that signs a file, whose name is put behind it.
What is new stands in resources/installer/new.en.txt and new.fr.txt.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime

from programs import ROOT, SetupError, quietly, say

sys.path.insert(0, str(ROOT))

from nacl.signing import SigningKey
from windows_build import (
    DIST,
    PYINSTALLER,
    SPEC,
    make_package,
    make_setup,
    package_file,
    setup_file,
    version,
    write_notices,
)

from app.updates.release import Release, signed

LANGUAGES = ("en", "fr")


def check() -> None:
    """Stop a release whose tag is not the version of the program.

    Raises:
        SetupError: when they differ; the text says what to do.
    """
    tag, wanted = os.environ["TAG"], f"v{version()}"
    if tag != wanted:
        raise SetupError(
            f"The tag is {tag}, but app/__init__.py says that this is {version()}. Correct __version__ there, or tag "
            f"it {wanted}."
        )


def tell() -> None:
    """Let the program know where newer versions are told, and by which key it knows them for genuine."""
    address = f"https://github.com/{os.environ['REPOSITORY']}/releases/latest/download/release.json"
    told = {"address": address, "key": bytes(_key().verify_key).hex()}
    (ROOT / "resources" / "release.json").write_text(json.dumps(told), "utf-8")


def engine32() -> None:
    """Build the engine with this 32-bit Python."""
    write_notices(_this_python)
    subprocess.run([sys.executable, *PYINSTALLER, SPEC], cwd=ROOT, check=True)


def setup() -> None:
    """Make the setup program anew, of programs that have been signed."""
    make_setup(setup_file(), version(), sign=os.environ["SIGN"])


def package() -> None:
    """Make the package for administrators of programs that have been signed."""
    (ROOT / "build").mkdir(exist_ok=True)
    make_package(package_file(), version())


def note() -> None:
    """Write the signed note of this release, and the checksums of all that is published."""
    page = f"https://github.com/{os.environ['REPOSITORY']}/releases/tag/v{version()}"
    folder = ROOT / "resources" / "installer"
    texts = {language: (folder / f"new.{language}.txt").read_text("utf-8").strip() for language in LANGUAGES}
    release = Release(version(), datetime.now(UTC).date().isoformat(), page, texts)
    (DIST / "release.json").write_bytes(signed(release, _key()))
    files = sorted(each for each in DIST.iterdir() if each.is_file() and each.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.name}\n" for each in files]
    (DIST / "SHA256SUMS").write_text("".join(lines), "utf-8")


def _key() -> SigningKey:
    return SigningKey(bytes.fromhex(os.environ["RELEASE_KEY"]))


def _this_python(command):
    return quietly([sys.executable, *command])


def main() -> None:
    """Do the step that the command line names."""
    steps = {each.__name__: each for each in (check, tell, engine32, setup, package, note)}
    parser = argparse.ArgumentParser(description="The steps of a release beside the build.")
    parser.add_argument("step", choices=sorted(steps))
    step = parser.parse_args().step
    try:
        steps[step]()
    except SetupError as error:
        sys.exit(str(error))
    say(f"{step}: done")


if __name__ == "__main__":
    main()
