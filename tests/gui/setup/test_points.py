"""Points of a list in the wizard: where their lines begin."""

from PySide6.QtGui import QAccessible, QImage
from pytestqt.qtbot import QtBot

from app.gui.setup.pages import POINT_INDENT, Points

LONG = "puts aside what it knows of ABC and Harborline East, and sends everything to Harborline West anew"


def shown(qtbot: QtBot, *said: str) -> Points:
    points = Points("points")
    qtbot.addWidget(points)
    points.say(*said)
    points.resize(260, points.heightForWidth(260))
    return points


def beginnings(points: Points) -> list[int]:
    """Return how far from the left each line's first ink is, in pixels."""
    image = points.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    ground = image.pixelColor(image.width() - 1, 0).value()
    found: list[int] = []
    within = False
    for y in range(image.height()):
        inked = [x for x in range(image.width()) if abs(image.pixelColor(x, y).value() - ground) > 60]
        if inked and not within:
            found.append(inked[0])
        elif inked:
            found[-1] = min(found[-1], inked[0])
        within = bool(inked)
    return found


def test_further_lines_of_a_point_begin_under_its_words(qtbot: QtBot) -> None:
    first, *further = beginnings(shown(qtbot, LONG, "binds"))
    *further, last = further
    assert first < POINT_INDENT
    assert last < POINT_INDENT
    assert further
    assert all(left >= POINT_INDENT for left in further)


def test_one_thing_has_no_mark(qtbot: QtBot) -> None:
    assert shown(qtbot, "Nothing changes.").text() == "Nothing changes."


def test_a_name_is_shown_as_it_is_written_and_read_without_marks(qtbot: QtBot) -> None:
    points = shown(qtbot, "binds <b>Sons</b> & Co", "saves")
    read = QAccessible.queryAccessibleInterface(points).text(QAccessible.Text.Name)
    assert "binds <b>Sons</b> & Co" in read
    assert "<li" not in read
