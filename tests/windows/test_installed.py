"""The built program and its setup: installed, tried, upgraded and removed, as a person would see it."""

import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from statistics import median
from subprocess import PIPE, Popen, TimeoutExpired

import orjson
import pytest
from programs import say
from windows_build import ENGINE32, PROGRAM, make_package, make_setup, package_file, version

from tests.system.commands import rows
from tests.windows.conftest import MAKE_IT, InstalledProgram, setup_ended
from tests.windows.machine import Machine

pytestmark = pytest.mark.timeout(900)

UNINSTALL = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\AP Bridge"
RUN = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run"


class Places:
    """Where setup puts things: the program's folder, what it keeps, and its entry in the Start menu."""

    def __init__(self, windows: Machine) -> None:
        self.program = f"{windows.local}\\Programs\\AP Bridge"
        self.for_all = f"{windows.program_files}\\AP Bridge"
        self.data = f"{windows.local}\\AP Bridge"
        self.shortcut = f"{windows.roaming}\\Microsoft\\Windows\\Start Menu\\Programs\\AP Bridge.lnk"


@pytest.fixture(scope="session")
def places(windows: Machine) -> Places:
    """Where setup will put things."""
    return free_places(windows)


def free_places(windows: Machine) -> Places:
    """Return where setup will put things; fail where somebody's own AP Bridge is, which these tests would remove."""
    found = Places(windows)
    taken = [each for each in (found.program, found.for_all, found.data) if windows.on_disk(each).exists()]
    if not windows.is_wine and (taken or packages(windows)):
        pytest.fail(f"AP Bridge is installed or has data here, which these tests would remove: {taken}")
    return found


@pytest.fixture
def clean(windows: Machine, places: Places) -> Iterator[None]:
    """Nothing of AP Bridge is there before, and nothing stays."""
    remove(windows, places)
    yield
    remove(windows, places)


def remove(windows: Machine, places: Places) -> None:
    for place in (places.program, places.for_all):
        if (windows.on_disk(place) / "uninstall.exe").exists():
            uninstalled(windows, place, "/RemoveData")
    for code in packages(windows):
        windows.run(["msiexec", "/x", code, "/qn"], {}, 300)
    shutil.rmtree(windows.on_disk(places.data), ignore_errors=True)


def uninstalled(windows: Machine, place: str, *words: str) -> int:
    """Run the uninstaller and return its exit code.

    With `_?=` it does not go on in a copy of itself, for which nobody could wait; then it cannot remove itself. Its
    folder must stand there without quotes.
    """
    command = [f"{place}\\uninstall.exe", "/S", *words, *f"_?={place}".split(" ")]
    status = windows.run(command, {}, 120).returncode
    left = windows.on_disk(place)
    if status == 0 and left.exists():
        (left / "uninstall.exe").unlink(missing_ok=True)
        if not any(left.iterdir()):
            left.rmdir()
    return status


def packages(windows: Machine) -> dict[str, str]:
    """Return the version of each package (.msi) of AP Bridge that is installed, by its product code."""
    said = windows.run(["reg", "query", UNINSTALL.replace("HKCU", "HKLM").rpartition("\\")[0], "/s"], {}, 60).stdout
    found = {}
    for key in re.split(r"^(?=HKEY_)", said, flags=re.MULTILINE):
        code = re.match(r".*\\(\{[-\w]+\})\s", key)
        named = re.search(r"DisplayName\s+REG_SZ\s+AP Bridge\s", key)
        version = re.search(r"DisplayVersion\s+REG_SZ\s+(\S+)", key)
        if code and named and version:
            found[code[1]] = version[1]
    return found


def registry(windows: Machine, key: str, name: str) -> str:
    """Return a value of the registry, "" when it is not there."""
    said = windows.run(["reg", "query", key, "/v", name], {}, 60).stdout
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
    windows: Machine, places: Places, setup_program: Path, installed_at: Callable, tmp_path: Path
) -> None:
    assert setup_ended(windows, setup_program, ["/Autostart"]) == 0
    for name in ("AP Bridge.exe", "apbridge.exe", "uninstall.exe", "_internal/resources/LICENSE.txt"):
        assert (windows.on_disk(places.program) / name).exists(), name
    assert windows.on_disk(places.shortcut).exists()
    assert registry(windows, UNINSTALL, "DisplayVersion") == version()
    assert registry(windows, RUN, "AP Bridge") == f'"{places.program}\\AP Bridge.exe"'
    notices = (windows.on_disk(places.program) / "_internal/resources/THIRD-PARTY.txt").read_text("utf-8")
    assert all(name in notices for name in ("PySide6", "LGPL", "pyodbc", "requests", "reportlab"))

    bridge = installed_at(f"{places.program}\\apbridge.exe", places.data)
    assert bridge.run("--version").stdout.strip() == f"AP Bridge {version()}"
    first = bridge.run("demo", "--headless", "--json", "--seed", "7")
    assert first.returncode in (0, 1), first.stdout[-3000:]
    assert_totals_match(first.stdout)
    assert_read_through_odbc(bridge)
    sent = rows(bridge.data / "store.sqlite", "SELECT id, state, amount FROM journal ORDER BY id")
    settings = (bridge.data / "settings.json").read_bytes()
    assert sent

    assert_looked_at(bridge, bits=64)
    assert_reads_ahead(bridge)

    newer = tmp_path / "newer-setup.exe"
    make_setup(newer, "99.0.0", quick=True)
    server = bridge.start("sandbox", "serve")
    try:
        assert server.stdout.readline().startswith("{")
        assert setup_ended(windows, newer, []) == 5
        assert registry(windows, UNINSTALL, "DisplayVersion") == version()
        assert uninstalled(windows, places.program) == 5
        assert (windows.on_disk(places.program) / "apbridge.exe").exists()
    finally:
        windows.run(["taskkill", "/F", "/IM", "apbridge.exe"], {}, 60)
        server.wait(timeout=60)
        server.stdout.close()

    (windows.on_disk(places.program) / "_internal" / "of an older version.dll").write_bytes(b"old")
    assert setup_ended(windows, newer, []) == 0
    assert registry(windows, UNINSTALL, "DisplayVersion") == "99.0.0"
    assert registry(windows, RUN, "AP Bridge") == f'"{places.program}\\AP Bridge.exe"'
    assert not (windows.on_disk(places.program) / "_internal" / "of an older version.dll").exists()
    assert (bridge.data / "settings.json").read_bytes() == settings
    second = bridge.run("demo", "--headless", "--json")
    assert second.returncode in (0, 1), second.stdout[-3000:]
    store = bridge.data / "store.sqlite"
    assert rows(store, "SELECT id, state, amount FROM journal ORDER BY id") == sent

    bundle = tmp_path / "bundle.zip"
    assert bridge.run("support", windows.named(bundle)).returncode == 0
    with zipfile.ZipFile(bundle) as archive:
        versions = orjson.loads(archive.read("versions.json"))
    assert versions["packages"]["pyodbc"][0].isdigit()
    assert versions["bits"] == 64

    assert uninstalled(windows, places.program) == 0
    assert not windows.on_disk(places.program).exists()
    assert not windows.on_disk(places.shortcut).exists()
    assert registry(windows, UNINSTALL, "DisplayVersion") == registry(windows, RUN, "AP Bridge") == ""
    assert rows(store, "SELECT id, state, amount FROM journal ORDER BY id") == sent

    assert setup_ended(windows, setup_program, []) == 0
    assert registry(windows, RUN, "AP Bridge") == ""
    assert "ABC/sage" in secrets_in_vault(windows)
    assert uninstalled(windows, places.program, "/RemoveData") == 0
    assert not windows.on_disk(places.program).exists()
    assert not windows.on_disk(places.data).exists()
    # The vault calls one of several secrets by the program's name alone.
    assert "AP Bridge" not in secrets_in_vault(windows)


@pytest.mark.usefixtures("setup_program")
def test_the_licence_of_each_package_in_the_program_is_shipped_with_it(windows: Machine) -> None:
    inside = PROGRAM / "_internal"
    with zipfile.ZipFile(inside / "modules.zip") as archive:
        files = [*archive.namelist(), *(each.name for each in inside.iterdir())]
    modules = {re.split(r"[/.]", name)[0] for name in files}
    asked = "import importlib.metadata as known, json; print(json.dumps(known.packages_distributions()))"
    packages = orjson.loads(windows.python(["-c", asked]).stdout.splitlines()[-1])
    shipped = {package for module in modules for package in packages.get(module, ())}
    assert {"PySide6_Essentials", "pyodbc", "pluggy", "pywin32"} <= shipped
    notices = (inside / "resources" / "THIRD-PARTY.txt").read_text("utf-8").splitlines()
    assert sorted(shipped - set(notices)) == []


def assert_read_through_odbc(bridge: InstalledProgram) -> None:
    """The program reads through the ODBC manager, as it will at a customer's; a Windows has no driver for the demo."""
    if not bridge.windows.is_wine:
        return
    log = (bridge.data / "logs" / "apbridge.log").read_text("utf-8")
    through = set(re.findall(r"reading through (.*)", log))
    assert through, log[-3000:]
    assert all(re.fullmatch(r"ODBC \(SQLite3.*\)", each) for each in through), through


def assert_reads_ahead(bridge: InstalledProgram) -> None:
    """The program reads a list for another that asks it to, and ends with it."""
    ((items,),) = rows(bridge.data / "sandbox" / "sage" / "MAS_ABC.sqlite", "SELECT count(*) FROM CI_Item")
    with bridge.start("read-ahead", "item", stdin=PIPE) as reader:
        reader.stdin.write('[""]\n')
        reader.stdin.flush()
        told = takewhile(lambda line: line.strip() != "[]", reader.stdout)
        blocks = [orjson.loads(line) for line in told if line.startswith("[")]
    assert blocks[0][0] == ""
    assert blocks[-1][1] is None
    assert sum(number for _, _, _, number in blocks) == items > 0
    assert all(bytes.fromhex(printed) for _, _, printed, _ in blocks)


def assert_looked_at(bridge: InstalledProgram, *, bits: int) -> None:
    """The doctor looks at all that it names, and knows its own width; the demo's Quadient AP does not run meanwhile."""
    looked = bridge.run("doctor", "--json")
    events = [orjson.loads(line) for line in looked.stdout.splitlines() if line.startswith("{")]
    states = {each["check"]: each["state"] for each in events if each["event"] == "check"}
    assert states["sage-driver"] == states["sage-logon"] == states["sage-objects"] == "ok", looked.stdout[-3000:]
    assert states["cloud-reached"] == "blocked", looked.stdout[-3000:]
    (width,) = (each["message"] for each in events if each["event"] == "check" and each["check"] == "width")
    assert f"{bits}-bit" in width


def secrets_in_vault(windows: Machine) -> str:
    listed = "import win32cred; print([each['TargetName'] for each in win32cred.CredEnumerate(None, 0)])"
    return windows.python(["-c", f"try:\n {listed}\nexcept Exception as error:\n print(error)"]).stdout


@pytest.mark.usefixtures("clean")
def test_an_administrator_installs_and_removes_it_for_everybody(
    windows: Machine, places: Places, setup_program: Path
) -> None:
    """Wine's user is one. The uninstaller knows whose it is also where it is started by hand, without /AllUsers."""
    place = windows.on_disk(places.for_all)
    assert setup_ended(windows, setup_program, ["/AllUsers"]) == 0
    assert registry(windows, UNINSTALL.replace("HKCU", "HKLM"), "InstallLocation") == places.for_all
    assert (place / "AP Bridge.exe").exists()
    assert uninstalled(windows, places.for_all) == 0
    assert not place.exists()
    assert registry(windows, UNINSTALL.replace("HKCU", "HKLM"), "InstallLocation") == ""
    assert not windows.on_disk(places.data).exists()


@pytest.mark.usefixtures("clean")
def test_an_administrators_package_is_installed_upgraded_never_downgraded_and_removed(
    windows: Machine, places: Places, installed_at: Callable, tmp_path: Path
) -> None:
    def msiexec(what: str, package: Path) -> int:
        return windows.run(["msiexec", what, windows.named(package), "/qn"], {}, 300).returncode

    def versions() -> list[str]:
        return list(packages(windows).values())

    if not package_file().exists():
        pytest.skip(MAKE_IT)
    newer, place = tmp_path / "newer.msi", windows.on_disk(places.for_all)
    make_package(newer, "99.0.0")
    try:
        assert msiexec("/i", package_file()) == 0
        assert versions() == [version()]
        assert windows.on_disk(places.shortcut).exists()
        bridge = installed_at(f"{places.for_all}\\apbridge.exe", places.data)
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
    assert not windows.on_disk(places.shortcut).exists()
    assert (windows.on_disk(places.data) / "settings.json").exists()


@pytest.mark.usefixtures("clean")
def test_the_32_bit_engine_runs_the_demo(
    windows: Machine, places: Places, setup_program: Path, installed_at: Callable
) -> None:
    if not ENGINE32.exists():
        pytest.skip("needs the engine that a 32-bit Python on Windows makes; Wine here runs only 64-bit programs")
    assert setup_ended(windows, setup_program, []) == 0
    bridge = installed_at(f"{places.program}\\engine32\\apbridge32.exe", places.data)
    assert bridge.run("--version").stdout.strip() == f"AP Bridge {version()}"
    demo = bridge.run("demo", "--headless", "--json", "--seed", "7")
    assert demo.returncode in (0, 1), demo.stdout[-3000:]
    assert_totals_match(demo.stdout)
    assert_looked_at(bridge, bits=32)


@pytest.mark.usefixtures("setup_program")
def test_it_speaks_french_in_utf_8_where_the_folder_of_a_user_has_letters_of_no_code_page(
    windows: Machine, installed_at: Callable, tmp_path: Path
) -> None:
    home = windows.place("Québec ć", tmp_path)
    shutil.rmtree(windows.on_disk(home), ignore_errors=True)
    bridge = installed_at(windows.named(PROGRAM / "apbridge.exe"), home)
    french = {"APBRIDGE_LANGUAGE": "fr"}
    nothing = bridge.run("sandbox", "serve", **french)
    assert nothing.returncode == 7
    assert f"{home}\\sandbox n'en contient aucun." in nothing.stdout
    assert re.search(r"«\sapbridge sandbox create\s»", nothing.stdout)
    assert "Garde Sage 100 et Quadient AP au même pas." in bridge.run("--help", **french).stdout
    demo = bridge.run("demo", "--headless", "--json", "--seed", "7", **french)
    # Its Quadient AP was served, so the sync began. Wine hands ODBC to Linux's driver, which finds no file so named.
    events = [orjson.loads(line) for line in demo.stdout.splitlines() if line.startswith("{")]
    titles = [each["title"] for each in events if each["event"] == "stage_started"]
    assert titles[:1] == ["Vérification de Sage 100 et de Quadient AP"], demo.stdout[-3000:]
    if not windows.is_wine:
        assert_totals_match(demo.stdout)


@pytest.mark.usefixtures("setup_program")
def test_a_scheduled_sync_is_handed_over_by_the_program_that_has_no_terminal(
    windows: Machine, installed_at: Callable, tmp_path: Path
) -> None:
    home = windows.place("scheduled home", tmp_path)
    shutil.rmtree(windows.on_disk(home), ignore_errors=True)
    window = installed_at(windows.named(PROGRAM / "AP Bridge.exe"), home)
    done = window.run("sync", "--all", "--scheduled", "--json")
    log = (window.data / "logs" / "apbridge.log").read_text("utf-8")
    assert "Handed over to apbridge.exe" in log
    engine = installed_at(windows.named(PROGRAM / "apbridge.exe"), home)
    assert done.returncode == engine.run("sync", "--all", "--scheduled", "--json").returncode


@pytest.mark.usefixtures("clean")
def test_the_installed_program_runs_the_demos_import_jobs(
    windows: Machine, places: Places, setup_program: Path, installed_at: Callable
) -> None:
    assert setup_ended(windows, setup_program, []) == 0
    bridge = installed_at(f"{places.program}\\apbridge.exe", places.data)
    made = bridge.run("sandbox", "create", "--seed", "7", "--json", "--writer", "visual_integrator")
    assert made.returncode == 0, made.stdout[-3000:]
    done = bridge.run("demo", "--headless", "--json")
    assert done.returncode in (0, 1), done.stdout[-3000:]
    assert_totals_match(done.stdout)


@pytest.mark.usefixtures("setup_program")
def test_the_window_of_the_built_program_opens_and_closes(
    windows: Machine, installed_at: Callable, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = windows.place("window home", tmp_path)
    shutil.rmtree(windows.on_disk(home), ignore_errors=True)
    bridge = installed_at(windows.named(PROGRAM / "apbridge.exe"), home)
    assert bridge.run("sandbox", "create", "--seed", "7", "--json").returncode == 0
    taken = []
    for _ in range(5):
        with window_open(bridge) as (window, seconds):
            taken.append(seconds)
            # A second start finds the first one's window, brings it to the front and ends.
            again = bridge.run("--company", "ABC", timeout=60)
            assert "is open already" in again.stdout, again.stdout
            assert window.poll() is None
    logs = [each.read_text("utf-8") for each in (bridge.data / "logs").glob("*.log")]
    assert not [each for each in logs if "Traceback" in each]
    with capsys.disabled():
        say(f"\nAP Bridge.exe painted and usable after {median(taken):.2f} s (median of {len(taken)})")


@contextmanager
def window_open(bridge: InstalledProgram) -> Iterator[tuple[Popen[str], float]]:
    """Open the built program's window; yield its process, and how long it took until it could be used."""
    program = bridge.windows.named(PROGRAM / "AP Bridge.exe")
    before, started = len(moments_ready(bridge)), datetime.now()  # noqa: DTZ005  # the log's own clock
    window = bridge.windows.start([program], {"APBRIDGE_HOME": bridge.home}, 120, folder=bridge.folder)
    try:
        while len(moments_ready(bridge)) == before:
            with suppress(TimeoutExpired):
                window.wait(0.05)
                pytest.fail(f"The window did not open: {window.stdout.read()}")
        yield window, (moments_ready(bridge)[-1] - started).total_seconds()
    finally:
        for name in ("AP Bridge.exe", "apbridge.exe"):
            bridge.windows.run(["taskkill", "/F", "/IM", name], {}, 60)
        window.wait(timeout=60)
        window.stdout.close()


def moments_ready(bridge: InstalledProgram) -> list[datetime]:
    """Return when the log says that a window could be used."""
    file = bridge.data / "logs" / "apbridge.log"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    told = [line for line in lines if line.endswith("The window is painted and ready.")]
    return [datetime.strptime(line[:23], "%Y-%m-%d %H:%M:%S,%f") for line in told]  # noqa: DTZ007  # as above
