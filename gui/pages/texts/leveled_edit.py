"""A text editor whose paragraphs have levels (正文, 一级 … 三级); what is pasted from Word keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QShortcut,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from docgen.imports.overview import level_of, pasted_paragraphs
from gui.session.jobs import Pause
from gui.style.theme import text_font
from workbook.companion.model import Level, OverviewParagraph
from workbook.entries import Entry

DELAY_MS = 300
LEVELS = (Level.BODY, Level.FIRST, Level.SECOND, Level.THIRD)
_INDENT = 26


class LeveledEdit(QTextEdit):
    """Edits the paragraphs of one text of part one."""

    edited = Signal(tuple)
    """The paragraphs, a moment after the last key."""
    typed = Signal(tuple)
    """The paragraphs, at every key."""
    level_changed = Signal(object)
    """Level of the paragraph in which the cursor stands."""

    def __init__(self, part: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = part
        self._shown: tuple[OverviewParagraph, ...] = ()
        self._timer = Pause(self, DELAY_MS, self._report)
        self.setAcceptRichText(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(str(part))
        self.textChanged.connect(self._timer.touch)
        self.textChanged.connect(lambda: self.typed.emit(self.paragraphs()))
        for number, level in enumerate(LEVELS):  # as in Word
            QShortcut(QKeySequence(f"Ctrl+Alt+{number}"), self, partial(self.set_level, level), context=Qt.ShortcutContext.WidgetShortcut)
        self.cursorPositionChanged.connect(lambda: self.level_changed.emit(self.level))

    # ------------------------------------------------------------ content
    def show_paragraphs(self, paragraphs: Sequence[OverviewParagraph]) -> None:
        """Show these paragraphs; what is being typed stays."""
        if self._timer.isActive() or tuple(paragraphs) == self._shown:
            return
        if _texts(paragraphs) != _texts(self.paragraphs()):
            self.blockSignals(True)
            self.clear()
            self._insert(self.textCursor(), paragraphs)
            self.moveCursor(QTextCursor.MoveOperation.Start)
            self.document().clearUndoRedoStacks()
            self.blockSignals(False)
            self.level_changed.emit(self.level)
        self._shown = tuple(paragraphs)

    def paragraphs(self) -> tuple[OverviewParagraph, ...]:
        """The paragraphs as they stand; one that did not change keeps its cell and remark."""
        waiting = list(self._shown)
        found = []
        for block in _blocks(self.document()):
            level, text = LEVELS[block.blockFormat().headingLevel()], block.text().replace("\u2028", "\n").strip()
            old = next((p for p in waiting if p.text.text == text and p.level is level), None)
            if old is not None:
                waiting.remove(old)
            if text:
                found.append(old or OverviewParagraph(self.part, level, Entry.of(text)))
        return tuple(found)

    def _report(self) -> None:
        self._timer.stop()
        found = self.paragraphs()
        if _texts(found) != _texts(self._shown):
            self._shown = found
            self.edited.emit(found)

    def _insert(self, cursor: QTextCursor, paragraphs: Iterable[OverviewParagraph]) -> None:
        cursor.beginEditBlock()
        for i, paragraph in enumerate(paragraphs):
            if i or not cursor.atBlockStart():
                cursor.insertBlock()
            cursor.setBlockFormat(_block_format(paragraph.level))
            form = _char_format(paragraph.level)
            cursor.setBlockCharFormat(form)
            cursor.insertText(paragraph.text.text.replace("\n", "\u2028"), form)
        cursor.endEditBlock()

    # ------------------------------------------------------------ levels
    @property
    def level(self) -> Level:
        """Level of the paragraph in which the cursor stands."""
        return LEVELS[self.textCursor().blockFormat().headingLevel()]

    def set_level(self, level: Level) -> None:
        """Give the selected paragraphs a level."""
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        cursor.beginEditBlock()
        for block in _blocks(self.document()):
            if block.position() <= end and block.position() + block.length() > start:
                inner = QTextCursor(block)
                inner.setBlockFormat(_block_format(level))
                inner.select(QTextCursor.SelectionType.BlockUnderCursor)
                inner.setCharFormat(_char_format(level))
                inner.setBlockCharFormat(_char_format(level))
        cursor.endEditBlock()
        self.setCurrentCharFormat(_char_format(level))
        self.level_changed.emit(level)
        self._timer.touch()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        after_heading = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.level is not Level.BODY and (
            self.textCursor().atBlockEnd())
        super().keyPressEvent(event)
        if after_heading:
            self.set_level(Level.BODY)

    # ------------------------------------------------------------ pasting
    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802  # Qt's name
        return source.hasText() or source.hasHtml()

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802  # Qt's name
        """Paragraphs keep their breaks and levels; fonts, colours and pictures are left out."""
        lines = _lines_of_html(source.html()) if source.hasHtml() else [(line, 0) for line in source.text().splitlines()]
        paragraphs = pasted_paragraphs(self.part, lines)
        if not paragraphs:
            return
        cursor = self.textCursor()
        if len(paragraphs) == 1 and level_of(paragraphs[0].text.text) is Level.BODY and cursor.block().text().strip():
            cursor.insertText(paragraphs[0].text.text)  # a few words into a paragraph
            return
        cursor.removeSelectedText()
        rest = not cursor.atBlockEnd()
        if not cursor.block().text().strip():
            cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
        self._insert(cursor, paragraphs)
        if rest:
            cursor.insertBlock()
        self.setTextCursor(cursor)


def _texts(paragraphs: Iterable[OverviewParagraph]) -> list[tuple[str, Level]]:
    return [(p.text.text, p.level) for p in paragraphs]


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _block_format(level: Level) -> QTextBlockFormat:
    form = QTextBlockFormat()
    form.setHeadingLevel(LEVELS.index(level))
    form.setTextIndent(_INDENT)
    form.setTopMargin(6 if level is Level.FIRST else 2)
    form.setBottomMargin(2)
    form.setLineHeight(140, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    return form


def _char_format(level: Level) -> QTextCharFormat:
    form = QTextCharFormat()
    sizes = {Level.FIRST: 11.5, Level.SECOND: 10.5, Level.THIRD: 10.0, Level.BODY: 10.0}
    form.setFont(text_font(sizes[level], bold=level is not Level.BODY))
    return form


def _lines_of_html(html: str) -> list[tuple[str, int]]:
    """Paragraphs of pasted HTML with the outline level of Word's headings (0: none)."""
    document = QTextDocument()
    document.setHtml(html)
    lines: list[tuple[str, int]] = []
    for block in _blocks(document):
        number = block.textList().itemText(block) if block.textList() is not None and block.text().strip() else ""
        text = f"{number}{block.text()}" if number[:1].isalnum() else block.text()
        lines += [(part, block.blockFormat().headingLevel()) for part in text.split("\u2028")]
    return lines
