"""Light and dark: chosen by the user or the system, readable in both."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QRadioButton
from pytestqt.qtbot import QtBot

from app.gui.style import apply_style, is_dark, link_colour, negative_colour, quiet_colour
from app.gui.theme import palette, theme_of

ROLES = QPalette.ColorRole
ON = {
    ROLES.WindowText: ROLES.Window,
    ROLES.Text: ROLES.Base,
    ROLES.ButtonText: ROLES.Button,
    ROLES.ToolTipText: ROLES.ToolTipBase,
    ROLES.PlaceholderText: ROLES.Base,
    ROLES.HighlightedText: ROLES.Highlight,
    ROLES.Link: ROLES.Base,
}


def brightness(colour) -> float:
    parts = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other) -> float:
    dark, light = sorted((brightness(one), brightness(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("group", [QPalette.ColorGroup.Active, QPalette.ColorGroup.Disabled])
def test_all_text_can_be_read_on_its_ground(qapp: QApplication, dark: bool, group: QPalette.ColorGroup) -> None:
    made = palette(dark=dark)
    assert is_dark(made) is dark
    for text, ground in ON.items():
        assert contrast(made.color(group, text), made.color(group, ground)) >= 4.5, (text, ground)
    for ground in (ROLES.Base, ROLES.AlternateBase, ROLES.Window):
        assert contrast(made.color(group, ROLES.Text), made.color(group, ground)) >= 4.5
        for colour in (negative_colour, quiet_colour, link_colour):
            assert contrast(colour(made), made.color(group, ground)) >= 4.5, (colour, ground)


def test_chosen_theme_is_taken_at_once_and_system_brings_the_systems_back(qtbot: QtBot, qapp: QApplication) -> None:
    theme = theme_of(qapp)
    before = is_dark(qapp.palette())
    theme.choose("dark")
    assert is_dark(qapp.palette())
    theme.choose("light")
    assert not is_dark(qapp.palette())
    theme.choose("system")
    assert is_dark(qapp.palette()) is before


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
def test_a_box_shows_whether_it_is_ticked_and_whether_it_can_be(qtbot: QtBot, theme: str, kind: type) -> None:
    apply_style(QApplication.instance())
    theme_of(QApplication.instance()).choose(theme)
    looks = set()
    for ticked in (False, True):
        for able in (False, True):
            box = kind()
            qtbot.addWidget(box)
            box.setChecked(ticked)
            box.setEnabled(able)
            box.resize(box.sizeHint())
            looks.add(bytes(box.grab().toImage().constBits()))
    theme_of(QApplication.instance()).choose("system")
    assert len(looks) == 4
