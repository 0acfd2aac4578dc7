"""What the window itself may find in its way, as errors with their fix."""

from app.errors import NeedsUser, Side
from app.gui.text import tr


def not_kept(error: OSError) -> NeedsUser:
    """Return the error that says that the settings could not be saved, and what to do."""
    return NeedsUser(
        "settings-unwritable",
        tr("The settings could not be saved"),
        tr("This computer says: {error}.", error=error),
        tr("Check that the disk has space and that the folder may be written, then choose it again."),
        side=Side.COMPUTER,
        detail=repr(error),
    )
