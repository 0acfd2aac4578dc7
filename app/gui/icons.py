"""The window's own pictures, by name; each is visible on light and dark ground alike."""

from functools import cache

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from app.resources import resource


@cache
def icon(name: str) -> QIcon:
    """Return the picture called `name` (a file in resources/icons), or an empty one for an empty name."""
    picture = QIcon()
    if name:
        # The same on chosen rows: tinted, a state's colour could not be told any more.
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
            picture.addFile(str(resource("icons", f"{name}.svg")), QSize(), mode)
    return picture
