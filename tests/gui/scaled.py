"""Says which texts of the window and its dialogs do not fit, at the scale that Qt was given for this process.

python -m tests.gui.scaled WORLDS LANGUAGE…; WORLDS holds the homes called empty and
synced; where the screen is as small as any, new, bare, offline, sent and damaged too.
"""

import gc
import os
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication

from app.gui.main import prepared_application, use_locale
from app.gui.room import SMALLEST, keep_within
from app.gui.window import MainWindow
from app.language import ENVIRONMENT, speak

sys.path.insert(0, str(Path(__file__).parents[2] / "resources" / "dev"))
from fitting import unfit  # outside the package
from moments import moments
from screens import TABS, dialogs, tabs
from showing import rest

LOOK = "light"
# What needs no other program: questions, what was saved, and what is wrong.
MOMENTS = (
    "overview_running", "overview_damaged", "overview_damaged_asked", "invoices_asking", "invoices_mark",
    "invoices_shorten", "invoices_filter", "activity_undo", "lists_aside", "lists_saved", "payments_sage",
    "payments_sage_bare",
)  # fmt: skip


def main(worlds: Path, languages: list[str]) -> None:
    """Print the scale, then what does not fit: each text once, with its language and screen."""
    application = prepared_application()
    sys.stdout.write(f"scale {application.devicePixelRatio():g}\n")
    for language in languages:
        os.environ[ENVIRONMENT] = language
        speak()
        use_locale()
        sys.stdout.writelines(f"{line}\n" for line in _found(application, worlds, language))


def _found(application: QApplication, worlds: Path, language: str) -> dict[str, None]:
    found: dict[str, None] = {}
    screen = application.primaryScreen().availableGeometry()
    small = screen.size() == SMALLEST
    shown = [tabs(worlds, "synced", TABS, LOOK), dialogs(worlds, LOOK)]
    if small:
        shown += [tabs(worlds, home, TABS, LOOK) for home in ("new", "bare", "offline")]
        shown.append(moments(worlds, LOOK, MOMENTS))
    for screens in shown:
        for name, widget in screens:
            if isinstance(widget, MainWindow) and small:  # as the program does before it shows it
                keep_within(widget, screen)
                rest(widget)
            application.processEvents()
            if small and not QRect(QPoint(), screen.size()).contains(QRect(QPoint(), widget.frameSize())):
                found[f"{language} {name}: larger than the screen, {widget.width()} × {widget.height()}"] = None
            found |= dict.fromkeys(f"{language} {name}: {each}" for each in unfit(widget))
            found[f"seen {name}"] = None
        gc.collect()
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
