"""Renders every screen of AP Bridge, light and dark, English and French, and says which text does not fit.

python resources/dev/screenshots.py [--out DIR] [--only NAME ...] [--scale 100|150|200] [--screen PIXELS] [--sheet]

Makes a demo company, syncs it and sends its invoices through the real engine. Exits with 1 when a text does not fit.
"""

import argparse
import gc
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from worlds import ROOT, environment, make_worlds

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

IMAGES = ROOT / "resources" / "help" / "images"
SCREEN = "3840x2160"
LANGUAGES, THEMES, SCALES = ("en", "fr"), ("light", "dark"), (100, 150, 200)
COLUMNS, THUMB, HEIGHT, NAME, GAP = 3, 620, 406, 20, 10  # of the sheets, in pixels
SAME_KIND = 0xE0E0E0  # colours that are alike in these bits look alike


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "screens", help="where the pictures go")
    parser.add_argument("--only", nargs="*", default=(), metavar="NAME", help="screens to render (default: all)")
    parser.add_argument("--scale", type=int, choices=SCALES, default=100, help="percent")
    parser.add_argument("--screen", default=SCREEN, metavar="PIXELS", help="1920x984 is Full HD without task bar")
    parser.add_argument("--sheet", action="store_true", help="also make the contact sheets and the README's picture")
    parser.add_argument("--worlds", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--language", choices=LANGUAGES, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.language:
        return render(chosen)
    ended = []
    for language in LANGUAGES:
        os.environ["APBRIDGE_LANGUAGE"] = language  # the engine's sentences too are kept as they were said
        with tempfile.TemporaryDirectory(prefix="apbridge-") as folder:
            make_worlds(Path(folder))
            # A process each: language and scale are chosen once, before the first window.
            ended.append(in_language(language, Path(folder), chosen))
    if chosen.sheet:
        make_sheets(chosen.out)
    return max(ended)


def in_language(language: str, worlds: Path, chosen: argparse.Namespace) -> int:
    """Render in one language; return the exit code."""
    command = [sys.executable, __file__, "--language", language, "--worlds", str(worlds), "--out", str(chosen.out)]
    command += ["--scale", str(chosen.scale), *(["--only", *chosen.only] if chosen.only else [])]
    width, height = map(int, chosen.screen.split("x"))
    screen = {"name": "", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}
    (worlds / "screen.json").write_text(json.dumps({"screens": [screen]}))
    command += ["--screen", chosen.screen]
    more = {
        "QT_QPA_PLATFORM": f"offscreen:configfile={worlds / 'screen.json'}",
        "QT_SCALE_FACTOR": str(chosen.scale / 100),
    }
    return subprocess.run(command, env=environment(worlds / "empty") | more, check=False).returncode


def render(chosen: argparse.Namespace) -> int:
    """Render the screens in this process's language; say what does not fit, and return 1 then."""
    sys.path.insert(0, str(ROOT))
    from fitting import unfit
    from PySide6.QtGui import QFontDatabase
    from screens import screens

    from app.gui.main import prepared_application
    from app.gui.room import keep_within
    from app.gui.theme import theme_of
    from app.gui.window import MainWindow
    from app.language import speak
    from app.resources import resource

    speak()
    platform.platform = lambda **_: platform.system()  # which computer it is need not stand in the pictures
    application = prepared_application()
    if not QFontDatabase.families() or not resource("icons").is_dir():
        sys.stderr.write("There is no font on this computer: the pictures would have no text.\n")
        return 2
    chosen.out.mkdir(parents=True, exist_ok=True)
    found: dict[str, None] = {}
    for theme in THEMES:
        gc.collect()  # closed windows go now, not while those that are left change their looks
        theme_of(application).choose(theme)
        for name, widget in screens(chosen.worlds, theme):
            if chosen.only and name not in chosen.only:
                continue
            if isinstance(widget, MainWindow):  # as the program does before it shows it
                keep_within(widget, application.primaryScreen().availableGeometry())
            application.processEvents()
            found |= dict.fromkeys(f"{chosen.language} {chosen.scale} % {name}: {each}" for each in unfit(widget))
            file = chosen.out / f"{name}-{theme}-{chosen.language}-{chosen.scale}.png"
            if not widget.grab().save(str(file)):
                sys.stderr.write(f"{file} could not be written.\n")
                return 2
    for line in found:
        print(line)
    return int(bool(found))


def make_sheets(pictures: Path) -> None:
    """Put the pictures of each language and look on a sheet, and keep the one of the invoices for the README."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication, QImage

    application = QGuiApplication([])
    for language in LANGUAGES:
        for theme in THEMES:
            files = sorted(pictures.glob(f"*-{theme}-{language}-100.png"))
            save(fewer_colours(sheet(files)), IMAGES / f"screens-{language}-{theme}.png")
    save(QImage(str(pictures / "invoices-light-en-100.png")), IMAGES / "window.png")
    application.quit()


def sheet(files: list[Path]) -> "QImage":
    """Return a sheet of pictures, three a row, each under its name."""
    from PySide6.QtCore import QRect, Qt
    from PySide6.QtGui import QColor, QImage, QPainter

    rows = -(-len(files) // COLUMNS)
    whole = QImage(COLUMNS * (THUMB + GAP) + GAP, rows * (HEIGHT + NAME + GAP) + GAP, QImage.Format.Format_RGB32)
    whole.fill(QColor("#7d8894"))
    painter = QPainter(whole)
    painter.setPen(QColor("#ffffff"))
    for place, file in enumerate(files):
        picture = QImage(str(file))
        if picture.width() > THUMB or picture.height() > HEIGHT:
            kept, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            picture = picture.scaled(THUMB, HEIGHT, kept, smooth)
        row, column = divmod(place, COLUMNS)
        left, top = GAP + column * (THUMB + GAP), GAP + row * (HEIGHT + NAME + GAP)
        name = file.name.split("-")[0].replace("_", ", ", 1).replace("_", " ")
        painter.drawText(QRect(left, top, THUMB, NAME), Qt.AlignmentFlag.AlignVCenter, name)
        painter.drawImage(left, top + NAME, picture)
    painter.end()
    return whole


def fewer_colours(picture: "QImage") -> "QImage":
    """Return a picture in 256 colours, the most frequent ones and one of each other kind: so a sheet stays small."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    counts = Counter(memoryview(picture.constBits()).cast("I"))
    often = [colour for colour, _ in counts.most_common()]
    kinds = {colour & SAME_KIND: colour for colour in reversed(often)}  # of each kind, the most frequent one
    others = sorted(kinds.values(), key=counts.__getitem__, reverse=True)
    table = list(dict.fromkeys(colour | 0xFF000000 for colour in [*often[:96], *others, *often[96:]]))[:256]
    return picture.convertToFormat(QImage.Format.Format_Indexed8, table, Qt.ImageConversionFlag.ThresholdDither)


def save(picture: "QImage", file: Path) -> None:
    """Save a picture as small as it can be."""
    if not picture.save(str(file), quality=0):
        sys.exit(f"{file} could not be written.")


if __name__ == "__main__":
    sys.exit(main())
