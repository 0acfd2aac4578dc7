"""Renders every screen of AP Bridge, light and dark, English and French, and says which text does not fit.

python resources/dev/screenshots.py [--out DIR] [--only NAME ...] [--scale 100|150|200] [--sheet]

Makes a demo company, syncs it and sends its invoices through the real engine. Exits with 1 when a text does not fit.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "resources" / "help" / "images"
PROGRAM = (sys.executable, "-m", "app")
LANGUAGES, THEMES, SCALES = ("en", "fr"), ("light", "dark"), (100, 150, 200)
COLUMNS, THUMB, GAP = 8, 280, 8


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "screens", help="where the pictures go")
    parser.add_argument("--only", nargs="*", default=(), metavar="NAME", help="screens to render (default: all)")
    parser.add_argument("--scale", type=int, choices=SCALES, default=100, help="percent")
    parser.add_argument("--sheet", action="store_true", help="also make the contact sheet and the README's picture")
    parser.add_argument("--worlds", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--language", choices=LANGUAGES, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.language:
        return render(chosen)
    ended = []
    for language in LANGUAGES:
        os.environ["APBRIDGE_LANGUAGE"] = language  # the engine's sentences too are kept as they were said
        with tempfile.TemporaryDirectory() as folder:
            make_worlds(Path(folder))
            # A process each: language and scale are chosen once, before the first window.
            ended.append(in_language(language, Path(folder), chosen))
    if chosen.sheet:
        make_sheet(chosen.out)
    return max(ended)


def make_worlds(folder: Path) -> None:
    """Make the homes that are looked at: empty, new, synced, sent, and one whose Quadient AP is gone."""
    (folder / "empty").mkdir()
    apbridge(folder / "new", "sandbox", "create", "--seed", "7")
    for name in ("synced", "sent", "failed"):
        apbridge(folder / name, "sandbox", "create", "--seed", "7")
        with served(folder / name):
            apbridge(folder / name, "sync")
            if name == "sent":
                apbridge(folder / name, "send", "invoices", "--all-ready")
    apbridge(folder / "failed", "sync")


def apbridge(home: Path, *arguments: str) -> None:
    """Run a command in `home`; a run that needs the user, or fails, is a screen of its own."""
    done = subprocess.run([*PROGRAM, *arguments], env=environment(home), cwd=ROOT, capture_output=True, check=False)
    if not (home / "settings.json").exists():
        sys.exit(done.stderr.decode())


@contextmanager
def served(home: Path) -> Iterator[None]:
    """Serve the demo's Quadient AP meanwhile."""
    with subprocess.Popen(
        [*PROGRAM, "sandbox", "serve", "--while-input-open"],
        env=environment(home), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as server:  # fmt: skip
        server.stdout.readline()
        yield
        server.stdin.close()


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a program that works in `home` and reaches nobody's keyring."""
    return os.environ | {"APBRIDGE_HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


def in_language(language: str, worlds: Path, chosen: argparse.Namespace) -> int:
    """Render in one language; return the exit code."""
    command = [sys.executable, __file__, "--language", language, "--worlds", str(worlds), "--out", str(chosen.out)]
    command += ["--scale", str(chosen.scale), *(["--only", *chosen.only] if chosen.only else [])]
    more = {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(chosen.scale / 100)}
    return subprocess.run(command, env=environment(worlds / "empty") | more, check=False).returncode


def render(chosen: argparse.Namespace) -> int:
    """Render the screens in this process's language; say what does not fit, and return 1 then."""
    sys.path.insert(0, str(ROOT))
    from fitting import unfit
    from PySide6.QtGui import QFontDatabase
    from screens import screens

    from app.gui.main import prepared_application
    from app.gui.theme import theme_of
    from app.language import speak
    from app.resources import resource

    speak()
    application = prepared_application()
    if not QFontDatabase.families() or not resource("icons").is_dir():
        sys.stderr.write("There is no font on this computer: the pictures would have no text.\n")
        return 2
    chosen.out.mkdir(parents=True, exist_ok=True)
    found: dict[str, None] = {}
    for theme in THEMES:
        theme_of(application).choose(theme)
        for name, widget in screens(chosen.worlds, theme):
            if chosen.only and name not in chosen.only:
                continue
            application.processEvents()
            found |= dict.fromkeys(f"{chosen.language} {chosen.scale} % {name}: {each}" for each in unfit(widget))
            file = chosen.out / f"{name}-{theme}-{chosen.language}-{chosen.scale}.png"
            if not widget.grab().save(str(file)):
                sys.stderr.write(f"{file} could not be written.\n")
                return 2
    for line in found:
        print(line)
    return int(bool(found))


def make_sheet(pictures: Path) -> None:
    """Put the pictures side by side, small, and keep the one of the invoices whole for the README."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

    application = QGuiApplication([])
    screens = sorted({file.name.split("-")[0] for file in pictures.glob("*-light-en-100.png")})
    looks = [f"{theme}-{language}" for language in LANGUAGES for theme in THEMES]
    files = [pictures / f"{screen}-{look}-100.png" for screen in screens for look in looks]
    height = THUMB * 720 // 1100
    rows = -(-len(files) // COLUMNS)
    sheet = QImage(COLUMNS * (THUMB + GAP) + GAP, rows * (height + GAP) + GAP, QImage.Format.Format_RGB32)
    sheet.fill(QColor("#7d8894"))
    painter = QPainter(sheet)
    for place, file in enumerate(files):
        small = QImage(str(file)).scaled(
            THUMB, height, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        row, column = divmod(place, COLUMNS)
        painter.drawImage(GAP + column * (THUMB + GAP), GAP + row * (height + GAP), small)
    painter.end()
    sheet.save(str(IMAGES / "contact-sheet.png"), quality=0)
    QImage(str(pictures / "invoices-light-en-100.png")).save(str(IMAGES / "window.png"), quality=0)
    application.quit()


if __name__ == "__main__":
    sys.exit(main())
