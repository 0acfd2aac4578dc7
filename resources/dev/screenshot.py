"""Makes the picture of the window for the README: the Invoices tab of an existing home, with a detail open.

python resources/dev/screenshot.py --home DIR --company ABC [--out FILE]
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True, help="a home with a store in it")
    parser.add_argument("--company", required=True, help="the company's code")
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "help" / "images" / "window.png")
    chosen = parser.parse_args()
    # Only now: Qt is to see the platform set above, and Python this repository.
    from PySide6.QtCore import QLocale
    from PySide6.QtGui import QFontDatabase
    from PySide6.QtWidgets import QApplication

    from app.gui.style import apply_style
    from app.gui.window import SIZE, MainWindow
    from app.settings import Home

    application = QApplication(["apbridge"])
    if not QFontDatabase.families():
        sys.stderr.write("There is no font on this computer: the picture would have no text.\n")
        return 1
    # The same picture everywhere, whatever the computer's own way of writing dates.
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    apply_style(application)
    window = MainWindow(Home(chosen.home), chosen.company, ())
    window.resize(*SIZE)
    window.show()
    tab = window.invoices
    window.tabs.setCurrentWidget(tab)
    told = sorted(tab.documents.shown, key=lambda row: (row.state == "blocked", len(row.findings)), reverse=True)
    if not told:
        sys.stderr.write(f"{chosen.home} holds no previewed invoice of {chosen.company}: sync first.\n")
        return 1
    tab.table.choose(told[0].id)
    application.processEvents()
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    if not window.grab().save(str(chosen.out)):
        sys.stderr.write(f"{chosen.out} could not be written.\n")
        return 1
    print(chosen.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
