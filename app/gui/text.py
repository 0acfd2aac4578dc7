"""The one door through which all of the window's text goes to be translated."""

from PySide6.QtCore import QCoreApplication


def tr(text: str, **values: object) -> str:
    """Return `text` in the user's language, its {names} filled with `values`."""
    translated = QCoreApplication.translate("AP Bridge", text)
    return translated.format(**values) if values else translated


def counted(number: int, one: str, many: str, **values: object) -> str:
    """Return `one` or `many`, whichever fits `number`; {n} in them is the number as people write it."""
    from app.gui.format import whole

    return tr(one if number == 1 else many, n=whole(number), **values)
