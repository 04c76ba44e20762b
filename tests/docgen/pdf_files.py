"""PDF files for the tests: text at places, ruled tables, lines of paragraphs, as printers of other programs make them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

WIDTH, HEIGHT = 595.0, 842.0
SIZE = 12.0


class Sheet:
    """One page; places are from its top left corner."""

    def __init__(self, width: float = WIDTH, height: float = HEIGHT) -> None:
        self.width, self.height = width, height
        self.marks: list[str] = []

    def text(self, x: float, y: float, text: str, size: float = SIZE) -> float:
        """Write *text* on the base line *y*; where it ends."""
        for character in text:
            code = character.encode("utf-16-be").hex()
            self.marks.append(f"BT /F1 {size} Tf 1 0 0 1 {x:.2f} {self.height - y:.2f} Tm <{code}> Tj ET")
            x += size * (0.5 if character < "\u2e80" and character not in "“”—…" else 1)
        return x

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self.marks.append(f"0.5 w {x1:.2f} {self.height - y1:.2f} m {x2:.2f} {self.height - y2:.2f} l S")

    def paragraph(self, y: float, text: str, left: float = 72, right: float = 523, indent: float = 24) -> float:
        """Text broken into lines between *left* and *right*, its first line indented; the next base line."""
        x, line = left + indent, ""
        for character in text:
            width = SIZE * (0.5 if character < "\u2e80" else 1)
            if x + self._width(line) + width > right:
                self.text(x, y, line)
                x, y, line = left, y + SIZE * 1.5, ""
            line += character
        self.text(x, y, line)
        return y + SIZE * 1.5

    @staticmethod
    def _width(text: str) -> float:
        return sum(SIZE * (0.5 if character < "\u2e80" else 1) for character in text)

    def table(self, y: float, xs: Sequence[float], rows: Iterable[Sequence[str | None]], height: float = 20) -> float:
        """A ruled table; ``None`` belongs to the cell at its left.  The place below it."""
        top = y
        self.line(xs[0], y, xs[-1], y)
        for row in rows:
            for column, text in enumerate(row):
                if text is not None:
                    self.line(xs[column], y, xs[column], y + height)
                    for number, part in enumerate(text.split("|")):
                        self.text(xs[column] + 2, y + 14 + number * SIZE, part, 10)
            y += height
            self.line(xs[0], y, xs[-1], y)
        self.line(xs[-1], top, xs[-1], y)
        return y

    def image(self) -> None:
        """A picture over the whole page, as a scanner makes it."""
        self.marks.append(f"q {self.width} 0 0 {self.height} 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x7f EI Q")


def write_pdf(path: Path, *sheets: Sheet) -> Path:
    """Write the pages as a PDF file whose font is one that readers of Chinese PDF files have."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(sheets)} /Kids [{' '.join(f'{6 + 2 * i} 0 R' for i in range(len(sheets)))}] >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        ("<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) "
        "/Supplement 2 >> /DW 1000 /W [1 95 500 814 939 500] /FontDescriptor 5 0 R >>"),
        ("<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 "
        "/Descent -120 /CapHeight 880 /StemV 93 >>"),
    ]
    for index, sheet in enumerate(sheets):
        content = "\n".join(sheet.marks)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {sheet.width} {sheet.height}] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {7 + 2 * index} 0 R >>")
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    data = "%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    data += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    path.write_bytes(data.encode("latin-1"))
    return path
