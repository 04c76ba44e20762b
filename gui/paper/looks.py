"""How the paragraphs of a report look on screen, and writing them.

It is the form of official documents, in the fonts that are installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument, QTextOption

from docgen.docx.styles import Metrics

DPI = 96.0
MM = DPI / 25.4
POINT = DPI / 72
PAGE = QSizeF(210 * MM, 297 * MM)
"""A4, upright, in the units of the layout (96 to the inch)."""

SONG = ("仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "STFangsong", "Noto Serif CJK SC", "SimSun", "serif")
TITLE = ("方正小标宋简体", "方正小标宋_GBK", "华文中宋", "STZhongsong", "Noto Serif CJK SC", "SimSun", "serif")
HEAD = ("黑体", "SimHei", "Noto Sans CJK SC", "Microsoft YaHei", "sans-serif")
KAI = ("楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "STKaiti", "Noto Serif CJK SC", "serif")
TABLE = ("宋体", "SimSun", "Noto Serif CJK SC", "serif")

INK = QColor("#1F2933")
FIGURE_LINE = QColor("#A9C8E4")
PROMPT_FILL, PROMPT_INK = QColor("#FFE9B8"), QColor("#7A4B00")
MISSING_FILL, MISSING_INK = QColor("#FBDDD9"), QColor("#8E2419")


@dataclass(frozen=True, slots=True)
class Look:
    """A paragraph style on screen; sizes in points."""

    families: tuple[str, ...] = SONG
    size: float = 16
    line: float = 28
    """Fixed line height; 0: the font's own."""
    indent: float = 0
    """First-line indent in characters."""
    left: float = 0
    right: float = 0
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft
    before: float = 0
    after: float = 0
    bold: bool = False
    level: int | None = None
    """Depth in the outline."""

    def sized(self, metrics: Metrics) -> Look:
        """The same with the sizes that the Word file has."""
        size = metrics.size or self.size
        return replace(
            self, size=size, line=metrics.line_height, indent=metrics.first / size, left=metrics.left, right=metrics.right,
            before=metrics.before, after=metrics.after)

    def block_format(self) -> QTextBlockFormat:
        form = QTextBlockFormat()
        form.setAlignment(self.align)
        form.setTextIndent(self.indent * self.size * POINT)
        form.setLeftMargin(self.left * POINT)
        form.setRightMargin(self.right * POINT)
        form.setTopMargin(self.before * POINT)
        form.setBottomMargin(self.after * POINT)
        if self.line:
            form.setLineHeight(self.line * POINT, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        return form

    def char_format(self) -> QTextCharFormat:
        font = QFont()
        font.setFamilies(list(self.families))
        font.setPointSizeF(self.size)
        font.setBold(self.bold)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        form = QTextCharFormat()
        form.setFont(font)
        form.setForeground(INK)
        return form


_CENTER = Qt.AlignmentFlag.AlignHCenter
_BODY = Look(indent=2)
_TITLE = Look(TITLE, 22, 35, align=_CENTER)
LOOKS = {
    "封面首行": replace(_TITLE, before=0),
    "封面标题": replace(_TITLE, before=0),
    "封面文字": Look(align=_CENTER),
    "封面日期": Look(align=_CENTER, before=300),
    "文件标题": _TITLE,
    "目录标题": replace(_TITLE, after=14),
    "部分标题": replace(_TITLE, after=14, level=0),
    "接排部分标题": replace(_TITLE, before=28, after=14, level=0),
    "一级标题": Look(HEAD, indent=2, level=1),
    "二级标题": Look(KAI, indent=2, level=2),
    "三级标题": Look(indent=2, bold=True, level=3),
    "图题": Look(HEAD, 14, align=_CENTER, after=6),
    "表题": Look(HEAD, 14, align=_CENTER, before=6),
    "表标题": Look(HEAD, 16, align=_CENTER, level=1),
    "表号": Look(TABLE, 10.5, 14, align=Qt.AlignmentFlag.AlignRight),
    "表头说明": Look(TABLE, 10.5, 18, align=_CENTER),
    "决算表格": Look(TABLE, 10.5, 0, align=_CENTER),
    "表注": Look(TABLE, 9, 0, align=Qt.AlignmentFlag.AlignLeft, before=4),
}


def look(style: str) -> Look:
    """The look of a named style; styles of the user's own templates look like body text."""
    return LOOKS.get(style, _BODY)


class TextWriter:
    """Writes paragraphs into a document of its own."""

    def __init__(self) -> None:
        self.document = QTextDocument()
        self.document.setUndoRedoEnabled(False)
        self.document.setDocumentMargin(0)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document.setDefaultTextOption(option)
        self.cursor = QTextCursor(self.document)
        self.is_first = True
        """Nothing is written yet: the first paragraph is there already."""

    def open(self, form: Look, stops: Sequence[QTextOption.Tab] = ()) -> QTextCharFormat:
        """Begin a paragraph, with tabulators; returns the format of its characters."""
        block, characters = form.block_format(), form.char_format()
        if stops:
            block.setTabPositions([
                QTextOption.Tab(stop.position - block.leftMargin(), stop.type)  # type: ignore[attr-defined]  # not in the stubs
                for stop in stops])
        if self.is_first:
            self.cursor.setBlockFormat(block)
            self.cursor.setBlockCharFormat(characters)
        else:
            self.cursor.insertBlock(block, characters)
        self.is_first = False
        return characters


def linked(base: QTextCharFormat, name: str) -> QTextCharFormat:
    """Characters that can be pointed at: an anchor of this name."""
    form = QTextCharFormat(base)
    form.setAnchor(True)
    form.setAnchorHref(name)
    return form
