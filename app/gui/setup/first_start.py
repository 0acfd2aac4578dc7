"""The first start: the wizard alone, before there is a company whose window could be opened."""

from collections.abc import Sequence

from app.gui.help.door import HelpDoor
from app.gui.main import prepared_application
from app.gui.setup.wizard import Connected, SetupWizard
from app.resources import own_command
from app.settings import Home


def run_setup(home: Home, *, engine_command: Sequence[str] | None = None) -> Connected | None:
    """Show the wizard; return what it brought about, or None when the user left it."""
    application = prepared_application()  # held until the wizard is done
    application.setQuitOnLastWindowClosed(False)
    wizard = SetupWizard(home, engine_command or own_command(), offers_demo=True)
    door = HelpDoor()
    wizard.exec()
    door.close()
    return wizard.outcome
