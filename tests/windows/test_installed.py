"""The built program and its setup in Wine: installed, tried, upgraded and removed, as a person would see it."""

import getpass
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from tests.system.commands import rows
from tests.windows.conftest import MAKE_IT, setup_ended

pytestmark = pytest.mark.timeout(900)

APP_DATA = f"C:\\users\\{getpass.getuser()}\\AppData"
PLACE = f"{APP_DATA}\\Local\\Programs\\AP Bridge"
DATA = f"{APP_DATA}\\Local\\AP Bridge"
SHORTCUT = f"{APP_DATA}\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\AP Bridge.lnk"
UNINSTALL = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\AP Bridge"
RUN = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run"


@pytest.fixture
def clean(wine) -> Iterator[None]:
    """Nothing of AP Bridge is there before, and nothing stays."""
    remove(wine)
    yield
    remove(wine)


def remove(wine) -> None:
    if on_disk(wine, PLACE).exists():
        uninstalled(wine, "/RemoveData")
    for code in packages(wine):
        wine.run(["msiexec", "/x", code, "/qn"], {}, 300)
    shutil.rmtree(on_disk(wine, DATA), ignore_errors=True)


def uninstalled(wine, *words: str, place: str = PLACE) -> int:
    """Run the uninstaller and return its exit code.

    With `_?=` it does not go on in a copy of itself, for which nobody could wait; then it cannot remove itself. Its
    folder must stand there without quotes.
    """
    status: int = wine.run([f"{place}\\uninstall.exe", "/S", *words, *f"_?={place}".split(" ")], {}, 120).returncode
    left = on_disk(wine, place)
    if status == 0 and left.exists():
        (left / "uninstall.exe").unlink(missing_ok=True)
        if not any(left.iterdir()):
            left.rmdir()
    return status


def packages(wine) -> dict[str, str]:
    """Return the version of each package (.msi) of AP Bridge that is installed, by its product code."""
    said = wine.run(["reg", "query", UNINSTALL.replace("HKCU", "HKLM").rpartition("\\")[0], "/s"], {}, 60).stdout
    found = {}
    for key in re.split(r"^(?=HKEY_)", said, flags=re.MULTILINE):
        code = re.match(r".*\\(\{[-\w]+\})\s", key)
        named = re.search(r"DisplayName\s+REG_SZ\s+AP Bridge\s", key)
        version = re.search(r"DisplayVersion\s+REG_SZ\s+(\S+)", key)
        if code and named and version:
            found[code[1]] = version[1]
    return found


def on_disk(wine, path: str) -> Path:
    return wine.drive / path.removeprefix("C:\\").replace("\\", "/")


def registry(wine, key: str, name: str) -> str:
    """Return a value of the registry, "" when it is not there."""
    said = wine.run(["reg", "query", key, "/v", name], {}, 60).stdout
    found = re.search(rf"{re.escape(name)}\s+REG_\w+\s+(.*)", said)
    return found[1].strip() if found else ""


def totals(out: str) -> list[dict]:
    events = [orjson.loads(line) for line in out.splitlines() if line.startswith("{")]
    return [row for each in events if each["event"] == "totals" for row in each["rows"]]


def assert_totals_match(out: str) -> None:
    found = totals(out)
    assert found, out[-3000:]
    for row in found:
        assert row["sent_count"] == row["sage_count"] == row["cloud_count"] > 0
        assert row["sent_amount"] == row["sage_amount"] == row["cloud_amount"]
        assert row["differing"] == []


@pytest.mark.usefixtures("clean")
def test_installed_tried_upgraded_and_removed(
    wine, setup_program: Path, installed_at: Callable, tmp_path: Path
) -> None:
    from windows_build import make_setup, version

    assert setup_ended(wine, setup_program, ["/Autostart"]) == 0
    for name in ("AP Bridge.exe", "apbridge.exe", "uninstall.exe", "_internal/resources/LICENSE.txt"):
        assert (on_disk(wine, PLACE) / name).exists(), name
    assert on_disk(wine, SHORTCUT).exists()
    assert registry(wine, UNINSTALL, "DisplayVersion") == version()
    assert registry(wine, RUN, "AP Bridge") == f'"{PLACE}\\AP Bridge.exe"'
    notices = (on_disk(wine, PLACE) / "_internal/resources/THIRD-PARTY.txt").read_text("utf-8")
    assert all(name in notices for name in ("PySide6", "LGPL", "pyodbc", "requests", "reportlab"))

    bridge = installed_at(f"{PLACE}\\apbridge.exe", DATA)
    assert bridge.run("--version").stdout.strip() == f"AP Bridge {version()}"
    first = bridge.run("demo", "--headless", "--json", "--seed", "7")
    assert first.returncode in (0, 1), first.stdout[-3000:]
    assert_totals_match(first.stdout)
    sent = rows(bridge.unix(DATA) / "store.sqlite", "SELECT id, state, amount FROM journal ORDER BY id")
    settings = (bridge.unix(DATA) / "settings.json").read_bytes()
    assert sent

    newer = tmp_path / "newer-setup.exe"
    make_setup(newer, "99.0.0", quick=True)
    server = bridge.start("sandbox", "serve")
    try:
        assert server.stdout.readline().startswith("{")
        assert setup_ended(wine, newer, []) == 5
        assert registry(wine, UNINSTALL, "DisplayVersion") == version()
        assert uninstalled(wine) == 5
        assert (on_disk(wine, PLACE) / "apbridge.exe").exists()
    finally:
        wine.run(["taskkill", "/F", "/IM", "apbridge.exe"], {}, 60)
        server.wait(timeout=60)
        server.stdout.close()

    (on_disk(wine, PLACE) / "_internal" / "of an older version.dll").write_bytes(b"old")
    assert setup_ended(wine, newer, []) == 0
    assert registry(wine, UNINSTALL, "DisplayVersion") == "99.0.0"
    assert registry(wine, RUN, "AP Bridge") == f'"{PLACE}\\AP Bridge.exe"'
    assert not (on_disk(wine, PLACE) / "_internal" / "of an older version.dll").exists()
    assert (bridge.unix(DATA) / "settings.json").read_bytes() == settings
    second = bridge.run("demo", "--headless", "--json")
    assert second.returncode in (0, 1), second.stdout[-3000:]
    store = bridge.unix(DATA) / "store.sqlite"
    assert rows(store, "SELECT id, state, amount FROM journal ORDER BY id") == sent

    bundle = tmp_path / "bundle.zip"
    assert bridge.run("support", "Z:" + str(bundle).replace("/", "\\")).returncode == 0
    with zipfile.ZipFile(bundle) as archive:
        versions = orjson.loads(archive.read("versions.json"))
    assert versions["packages"]["pyodbc"][0].isdigit()
    assert versions["bits"] == 64

    assert uninstalled(wine) == 0
    assert not on_disk(wine, PLACE).exists()
    assert not on_disk(wine, SHORTCUT).exists()
    assert registry(wine, UNINSTALL, "DisplayVersion") == registry(wine, RUN, "AP Bridge") == ""
    assert rows(store, "SELECT id, state, amount FROM journal ORDER BY id") == sent

    assert setup_ended(wine, setup_program, []) == 0
    assert registry(wine, RUN, "AP Bridge") == ""
    assert "ABC/sage" in secrets_in_vault(wine)
    assert uninstalled(wine, "/RemoveData") == 0
    assert not on_disk(wine, PLACE).exists()
    assert not on_disk(wine, DATA).exists()
    assert "ABC/sage" not in secrets_in_vault(wine)


def secrets_in_vault(wine) -> str:
    listed = "import win32cred; print([each['TargetName'] for each in win32cred.CredEnumerate(None, 0)])"
    return wine.python(["-c", f"try:\n {listed}\nexcept Exception as error:\n print(error)"]).stdout


@pytest.mark.usefixtures("clean")
def test_an_administrator_installs_and_removes_it_for_everybody(wine, setup_program: Path) -> None:
    """Wine's user is one."""
    place = wine.drive / "Program Files" / "AP Bridge"
    assert setup_ended(wine, setup_program, ["/AllUsers"]) == 0
    assert (place / "AP Bridge.exe").exists()
    assert uninstalled(wine, "/AllUsers", place="C:\\Program Files\\AP Bridge") == 0
    assert not place.exists()
    assert not on_disk(wine, DATA).exists()


@pytest.mark.usefixtures("clean")
def test_an_administrators_package_is_installed_upgraded_never_downgraded_and_removed(
    wine, installed_at: Callable, tmp_path: Path
) -> None:
    from windows_build import make_package, package_file, version
    from wine import windows_path

    def msiexec(what: str, package: Path) -> int:
        status: int = wine.run(["msiexec", what, windows_path(package), "/qn"], {}, 300).returncode
        return status

    def versions() -> list[str]:
        return list(packages(wine).values())

    if not package_file().exists():
        pytest.skip(MAKE_IT)
    newer, place = tmp_path / "newer.msi", wine.drive / "Program Files" / "AP Bridge"
    make_package(newer, "99.0.0")
    try:
        assert msiexec("/i", package_file()) == 0
        assert versions() == [version()]
        assert on_disk(wine, SHORTCUT).exists()
        bridge = installed_at("C:\\Program Files\\AP Bridge\\apbridge.exe", DATA)
        assert bridge.run("--version").stdout.strip() == f"AP Bridge {version()}"
        demo = bridge.run("demo", "--headless", "--json", "--seed", "7")
        assert demo.returncode in (0, 1), demo.stdout[-3000:]
        assert_totals_match(demo.stdout)

        assert msiexec("/i", newer) == 0
        assert versions() == ["99.0.0"]
        assert msiexec("/i", package_file()) != 0
        assert versions() == ["99.0.0"]
    finally:
        removed = [msiexec("/x", package) for package in (newer, package_file())]
    assert 0 in removed
    assert versions() == []
    assert not place.exists()
    assert not on_disk(wine, SHORTCUT).exists()
    assert (on_disk(wine, DATA) / "settings.json").exists()


@pytest.mark.usefixtures("clean")
def test_the_installed_program_runs_the_demos_import_jobs(wine, setup_program: Path, installed_at: Callable) -> None:
    assert setup_ended(wine, setup_program, []) == 0
    bridge = installed_at(f"{PLACE}\\apbridge.exe", DATA)
    made = bridge.run("sandbox", "create", "--seed", "7", "--json", "--writer", "visual_integrator")
    assert made.returncode == 0, made.stdout[-3000:]
    done = bridge.run("demo", "--headless", "--json")
    assert done.returncode in (0, 1), done.stdout[-3000:]
    assert_totals_match(done.stdout)


def test_the_window_of_the_built_program_opens_and_closes(wine, setup_program: Path, installed_at: Callable) -> None:
    from windows_build import PROGRAM
    from wine import windows_path

    home = "C:\\window home"
    shutil.rmtree(on_disk(wine, home), ignore_errors=True)
    bridge = installed_at(windows_path(PROGRAM / "apbridge.exe"), home)
    assert bridge.run("sandbox", "create", "--seed", "7", "--json").returncode == 0
    window = wine.start([windows_path(PROGRAM / "AP Bridge.exe")], {"APBRIDGE_HOME": home}, 120, folder=bridge.folder)
    try:
        # A second start finds the first one's window, brings it to the front and ends.
        again = bridge.run("--company", "ABC", timeout=60)
        for _ in range(10):
            if "is open already" in again.stdout:
                break
            again = bridge.run("--company", "ABC", timeout=60)
        assert "is open already" in again.stdout, again.stdout
        assert window.poll() is None
    finally:
        wine.run(["taskkill", "/F", "/IM", "AP Bridge.exe"], {}, 60)
        wine.run(["taskkill", "/F", "/IM", "apbridge.exe"], {}, 60)
        window.wait(timeout=60)
        window.stdout.close()
    logs = [each.read_text("utf-8") for each in (bridge.unix(home) / "logs").glob("*.log")]
    assert not [each for each in logs if "Traceback" in each]
