"""The system packages of the set-up: found by dpkg, chosen by apt, installed only as root."""

import pytest
import system_packages
from system_packages import advice, available, missing, provide

GLIB = "libglib2.0-0t64 | libglib2.0-0"


def installed(*names: str) -> str:
    return "".join(f"{name} installed\n" for name in names)


def policy(**candidates: str) -> str:
    return "".join(
        f"{name}:\n  Installed: (none)\n  Candidate: {version}\n  Version table:\n"
        for name, version in candidates.items()
    )


def test_a_package_that_is_installed_is_not_missing(programs) -> None:
    programs.answer("dpkg-query", installed("libegl1", "unixodbc"))

    assert missing(programs, ("libegl1", "unixodbc", "xvfb")) == ["xvfb"]


def test_a_package_that_was_removed_but_left_its_settings_is_missing(programs) -> None:
    programs.answer("dpkg-query", "xvfb config-files\nlibegl1 not-installed\n")

    assert missing(programs, ("xvfb", "libegl1")) == ["xvfb", "libegl1"]


@pytest.mark.parametrize("name", ["libglib2.0-0t64", "libglib2.0-0"])
def test_one_of_two_names_is_enough(programs, name: str) -> None:
    programs.answer("dpkg-query", installed(name))

    assert missing(programs, (GLIB,)) == []


@pytest.mark.parametrize(
    ("known", "chosen"),
    [
        ({"libglib2.0-0": "2.74.6-2"}, "libglib2.0-0"),
        ({"libglib2.0-0t64": "2.84.4-3", "libglib2.0-0": "(none)"}, "libglib2.0-0t64"),
    ],
)
def test_the_name_that_this_release_knows_is_chosen(programs, known: dict[str, str], chosen: str) -> None:
    programs.answer("apt-cache policy", policy(**known))

    assert available(programs, (GLIB,)) == [chosen]


def test_nothing_is_installed_or_updated_when_nothing_is_missing(programs) -> None:
    programs.answer("dpkg-query", installed("libegl1"))

    assert provide(programs, ("libegl1",), root=True) == []
    assert programs.begun_with("apt") == []


def test_only_root_installs(programs) -> None:
    assert provide(programs, ("libegl1",), root=False) == ["libegl1"]
    assert programs.begun_with("apt") == []


def test_root_installs_what_is_missing_after_an_update(programs) -> None:
    programs.answer("dpkg-query", installed("libegl1"))
    programs.answer("apt-cache policy", policy(xvfb="2:21.1"))

    provide(programs, ("libegl1", "xvfb"), root=True)

    assert [each.split(" -o ")[0] for each in programs.begun_with("apt-get")] == [
        "apt-get update",
        "apt-get install --yes --no-install-recommends xvfb",
    ]


def test_a_package_that_apt_does_not_know_does_not_stop_the_others(programs) -> None:
    programs.answer("apt-cache policy", policy(xvfb="2:21.1", libsqliteodbc="(none)"))

    assert provide(programs, ("xvfb", "libsqliteodbc"), root=True) == ["xvfb", "libsqliteodbc"]
    [install] = programs.begun_with("apt-get install")
    assert "xvfb" in install
    assert "libsqliteodbc" not in install


def test_an_install_that_fails_shows_why(programs, capsys: pytest.CaptureFixture[str]) -> None:
    programs.answer("apt-cache policy", policy(xvfb="2:21.1"))
    programs.answer("apt-get install", "E: Unable to fetch some archives\n", 100)

    assert provide(programs, ("xvfb",), root=True) == ["xvfb"]
    assert "Unable to fetch some archives" in capsys.readouterr().out


def test_the_advice_is_one_command_with_this_releases_names(programs) -> None:
    programs.answer("apt-cache policy", policy(**{"libglib2.0-0t64": "2.84.4-3", "xvfb": "2:21.1"}))

    assert advice(programs, (GLIB, "xvfb")).endswith(
        ": sudo apt-get install --yes --no-install-recommends libglib2.0-0t64 xvfb"
    )


def test_the_advice_names_the_oldest_spelling_when_apt_has_no_lists_yet(programs) -> None:
    assert advice(programs, (GLIB,)).endswith("--no-install-recommends libglib2.0-0")


def test_a_computer_without_apt_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: None)

    assert not system_packages.has_apt()
