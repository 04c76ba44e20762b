"""Draw the icon: ``python packaging/make_icon.py`` makes juesuan.ico and juesuan.png from the two SVG files.

With ``--wizard FILE.bmp`` it draws the side of the installer's first and last page instead.
"""

from __future__ import annotations

import os
import struct
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

HERE = Path(__file__).resolve().parent
SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
"""Pixels: what Windows shows in lists, the taskbar and the desktop at 100 to 250 % scaling."""
_DETAILED_FROM = 48


def render(size: int) -> QImage:
    """The icon at *size* pixels, from the drawing made for it."""
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    drawing = HERE / ("juesuan.svg" if size >= _DETAILED_FROM else "juesuan-small.svg")
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(drawing)).render(painter)
    painter.end()
    return image


def png(image: QImage) -> bytes:
    """The picture as a PNG file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "icon.png"
        image.save(str(path))
        return path.read_bytes()


def bitmap(image: QImage) -> bytes:
    """The picture as an icon's bitmap: 32 bits a pixel from the bottom up, then an empty mask (alpha says it all)."""
    size = image.width()
    header = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, 0, 0, 0, 0, 0)
    rows = [bytes(cast("memoryview", image.constScanLine(y)))[: 4 * size] for y in reversed(range(size))]
    mask = bytes((size + 31) // 32 * 4 * size)
    return header + b"".join(rows) + mask


def icon(images: list[QImage]) -> bytes:
    """An .ico file: bitmaps, and PNG for the largest, as Windows expects since Vista."""
    parts = [png(image) if image.width() >= 256 else bitmap(image) for image in images]
    offset = 6 + 16 * len(parts)
    directory = struct.pack("<HHH", 0, 1, len(parts))
    for image, part in zip(images, parts, strict=True):
        edge = image.width() % 256  # 256 is written as 0
        directory += struct.pack("<BBBBHHII", edge, edge, 0, 0, 1, 32, len(part), offset)
        offset += len(part)
    return directory + b"".join(parts)


def draw_wizard(target: Path) -> None:
    """The picture beside the installer's welcome: 164 x 314 pixels in its usual size, twice that for sharp screens."""
    from PySide6.QtGui import QColor, QImage, QPainter

    image = QImage(328, 628, QImage.Format.Format_RGB888)
    image.fill(QColor("#EAF1F8"))
    painter = QPainter(image)
    painter.fillRect(318, 0, 10, 628, QColor("#1F6FB2"))
    painter.drawImage(75, 96, render(168))
    painter.end()
    image.save(str(target))


def main(arguments: list[str]) -> None:
    """Write the picture that was asked for, or both icons beside this script."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if arguments[:1] == ["--wizard"]:
        draw_wizard(Path(arguments[1]))
        return
    (HERE / "juesuan.ico").write_bytes(icon([render(size) for size in SIZES]))
    (HERE / "juesuan.png").write_bytes(png(render(256)))


if __name__ == "__main__":
    main(sys.argv[1:])
