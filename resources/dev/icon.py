"""Make resources/icons/apbridge.ico, which Windows wants, from the drawing of the same name."""

from __future__ import annotations

import io

from PIL import Image
from programs import ROOT, say
from PySide6.QtCore import QBuffer, QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)


def main() -> None:
    """Render each size from the drawing itself: a small picture made of a large one is blurred."""
    application = QGuiApplication([])
    icons = ROOT / "resources" / "icons"
    drawing = QSvgRenderer(str(icons / "apbridge.svg"))
    pictures = [Image.open(io.BytesIO(rendered(drawing, size))) for size in SIZES]
    target = icons / "apbridge.ico"
    pictures[-1].save(target, sizes=[(size, size) for size in SIZES], append_images=pictures[:-1])
    say(f"{target}: {len(SIZES)} sizes")
    application.quit()


def rendered(drawing: QSvgRenderer, size: int) -> bytes:
    """Return the drawing as a PNG of so many pixels."""
    picture = QImage(size, size, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    drawing.render(painter, QRectF(0, 0, size, size))
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(data.data())


if __name__ == "__main__":
    main()
