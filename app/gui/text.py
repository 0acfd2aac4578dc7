"""The window's face of the one door through which all text goes to be translated."""

from app.domain.language import count, later, later_counted, say

__all__ = ["counted", "later", "later_counted", "tr"]

tr = say


def counted(number: int, one: str, many: str, /, **values: object) -> str:
    """Return `one` or `many`, whichever fits `number`; {n} in them is the number as this computer's user writes it."""
    from app.gui.format import whole

    return count(number, one, many, n=whole(number), **values)
