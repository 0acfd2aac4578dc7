"""Switches a control off and on, and lets its tooltip, and its description for screen readers, say why it is off."""

from PySide6.QtWidgets import QWidget

from app.gui.text import tr

_WAS = "tooltip_when_able"


def able(control: QWidget, on: bool, why: str = "") -> None:
    """Switch `control` on or off; while it is off its tooltip is `why` (default: that a run goes on)."""
    if control.isEnabled() == on and not (not on and control.property(_WAS) is not None):
        return
    if not on:
        if control.property(_WAS) is None:
            control.setProperty(_WAS, control.toolTip())
        control.setToolTip(why or tr("A run goes on; one at a time may work on a company"))
        control.setAccessibleDescription(control.toolTip())
    else:
        control.setToolTip(control.property(_WAS) or "")
        control.setProperty(_WAS, None)
        control.setAccessibleDescription("")
    control.setEnabled(on)
