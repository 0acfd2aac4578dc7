"""Where Sage 100 is found on this computer."""

from dataclasses import replace

import pytest

from app.errors import NeedsUser
from app.sage.discovery import MACHINE, USER, Installation, discover, located
from app.settings import SageSettings

NOWHERE = SageSettings("sage", "", "BRIDGE")
FOLDER = "C:\\Sage\\MAS90"


def registry(values):
    return lambda root, width, name: values.get((root, width, name))


@pytest.mark.parametrize(("root", "width"), [(USER, 64), (USER, 32), (MACHINE, 64), (MACHINE, 32)])
def test_the_folder_is_found_for_the_user_and_for_everybody_in_both_views(root, width):
    found = discover(registry({(root, width, "Directory"): FOLDER + "\\"}))
    assert found is not None
    assert (found.folder, found.remote_host, found.remote_port) == (FOLDER, "", 20222)
    assert root in found.found_in
    assert f"{width}-bit" in found.found_in


def test_the_users_own_comes_before_everybodys():
    found = discover(registry({(MACHINE, 64, "Directory"): "D:\\Old\\MAS90", (USER, 32, "Directory"): FOLDER}))
    assert found is not None
    assert found.folder == FOLDER


@pytest.mark.parametrize(
    ("stored", "port"),
    [
        ("20223", 20223),
        (20223, 20223),
        (" 20223 ", 20223),
        ("", 20222),
        (None, 20222),
        ("odd", 20222),
        ("70000", 20222),
    ],
)
def test_the_odbc_server_is_found_with_its_port(stored, port):
    values = {"Directory": FOLDER, "RemotePVKIOHost": " mas ", "RemotePVKIOPort": stored}
    found = discover(lambda root, width, name: values[name])
    assert found is not None
    assert (found.remote_host, found.remote_port) == ("mas", port)


@pytest.mark.parametrize("values", [{}, {(USER, 64, "Directory"): "  "}, {(USER, 64, "Directory"): 7}])
def test_without_a_folder_nothing_is_found(values):
    assert discover(registry(values)) is None


def test_a_folder_in_the_settings_is_taken_as_it_is():
    settings = replace(NOWHERE, location="\\\\srv\\MAS90")
    assert located(settings, lambda: pytest.fail("nothing to look for")) == settings


def test_what_is_found_fills_in_folder_and_server():
    found = located(NOWHERE, lambda: Installation(FOLDER, "mas", 20223))
    assert found == replace(NOWHERE, location=FOLDER, remote_host="mas", remote_port=20223)


def test_a_server_in_the_settings_stays():
    found = located(replace(NOWHERE, remote_host="own"), lambda: Installation(FOLDER, "mas", 20223))
    assert (found.location, found.remote_host, found.remote_port) == (FOLDER, "own", 20222)


def test_premium_takes_the_folder_alone():
    premium = replace(NOWHERE, kind="premium", server="sql")
    assert located(premium, lambda: Installation(FOLDER, "mas")) == replace(premium, location=FOLDER)


def test_the_folder_is_asked_for_when_it_is_not_found():
    with pytest.raises(NeedsUser) as caught:
        located(NOWHERE, lambda: None)
    assert caught.value.code == "sage-folder-unknown"
    assert "choose the folder called MAS90 in Settings" in caught.value.fix
