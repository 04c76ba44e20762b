"""概况文字: the texts of part one, whose paragraphs have levels (正文, 一级 … 三级).

They are pasted from Word, which keeps them, or imported from a Word file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

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
from PySide6.QtWidgets import QButtonGroup, QPushButton, QStackedWidget, QTextEdit, QWidget

from docgen.imports.overview import level_of, pasted_paragraphs
from gui.pages.texts.entries import TextTab
from gui.pages.texts.fields import Draft
from gui.pages.texts.form import relative_words
from gui.session import files
from gui.session.jobs import Pause
from gui.session.session import Session
from gui.style.theme import GRID, text_font
from gui.widgets.fit import ElidedLabel, FoldingRow
from gui.widgets.notice import Notice
from gui.widgets.parts import button, column, label, row
from workbook.companion.model import OLD_TEXT_MARK, Companion, Level, OverviewParagraph
from workbook.entries import Entry
from workbook.pack.companion_form import OVERVIEW_FILE

DELAY_MS = 300
LEVELS = (Level.BODY, Level.FIRST, Level.SECOND, Level.THIRD)
_SIZES, _INDENT = {Level.FIRST: 11.5, Level.SECOND: 10.5}, 26
"""Points of headings (others: 10), pixels before the first word."""


class LeveledEdit(QTextEdit):
    """Edits the paragraphs of one text of part one."""

    level_changed = Signal(object)
    """Level of the paragraph in which the cursor stands."""

    def __init__(self, part: str, draft: Draft, parent: QWidget | None = None) -> None:
        """*draft*: the paragraphs of the text *part*."""
        super().__init__(parent, tabChangesFocus=True)
        self.part, self._draft = part, draft
        self._shown: tuple[OverviewParagraph, ...] = ()
        self._pause = Pause(self, DELAY_MS, self._report)
        self.setAccessibleName(part)
        self.textChanged.connect(self._pause.touch)
        self.textChanged.connect(lambda: draft.keep(self.paragraphs()))
        for number, level in enumerate(LEVELS):  # as in Word
            QShortcut(
                QKeySequence(f"Ctrl+Alt+{number}"), self, partial(self.set_level, level),
                context=Qt.ShortcutContext.WidgetShortcut)
        self.cursorPositionChanged.connect(lambda: self.level_changed.emit(self.level))

    # ------------------------------------------------------------ content
    def refresh(self) -> None:
        """Show the paragraphs as they are now; what is being typed stays."""
        paragraphs = tuple(self._draft.get())
        if self._pause.isActive() or paragraphs == self._shown:
            return
        if _texts(paragraphs) != _texts(self.paragraphs()):
            self.blockSignals(True)
            self.clear()
            self._insert(self.textCursor(), paragraphs)
            self.moveCursor(QTextCursor.MoveOperation.Start)
            self.document().clearUndoRedoStacks()
            self.blockSignals(False)
            self.level_changed.emit(self.level)
        self._shown = paragraphs

    def paragraphs(self) -> tuple[OverviewParagraph, ...]:
        """The paragraphs as they stand; one that did not change keeps its cell and remark."""
        waiting = list(self._shown)
        found = []
        for block in _blocks(self.document()):
            level, text = LEVELS[block.blockFormat().headingLevel()], block.text().replace("\u2028", "\n").strip()
            made = OverviewParagraph(self.part, level, Entry.of(text))
            old = next((p for p in waiting if _texts([p]) == _texts([made])), None)
            if old is not None:
                waiting.remove(old)
            found += [old or made] if text else []
        return tuple(found)

    def _report(self) -> None:
        self._pause.stop()
        found = self.paragraphs()
        if _texts(found) != _texts(self._shown):
            self._shown = found
            self._draft.put(found)

    def _insert(self, cursor: QTextCursor, paragraphs: Iterable[OverviewParagraph]) -> None:
        cursor.beginEditBlock()
        for i, paragraph in enumerate(paragraphs):
            if i or not cursor.atBlockStart():
                cursor.insertBlock()
            block, characters = _formats(paragraph.level)
            cursor.setBlockFormat(block)
            cursor.setBlockCharFormat(characters)
            cursor.insertText(paragraph.text.text.replace("\n", "\u2028"), characters)
        cursor.endEditBlock()

    # ------------------------------------------------------------ levels
    @property
    def level(self) -> Level:
        """Level of the paragraph in which the cursor stands."""
        return LEVELS[self.textCursor().blockFormat().headingLevel()]

    def set_level(self, level: Level) -> None:
        """Give the selected paragraphs a level."""
        cursor, (form, characters) = self.textCursor(), _formats(level)
        first, last = map(self.document().findBlock, (cursor.selectionStart(), cursor.selectionEnd()))
        cursor.beginEditBlock()
        cursor.setPosition(first.position())
        cursor.setPosition(last.position() + last.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.setBlockFormat(form)
        cursor.setCharFormat(characters)
        cursor.setBlockCharFormat(characters)
        cursor.endEditBlock()
        self.setCurrentCharFormat(characters)
        self.level_changed.emit(level)
        self._pause.touch()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        is_enter, is_heading = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter), self.level is not Level.BODY
        begins_text = is_enter and is_heading and self.textCursor().atBlockEnd()
        super().keyPressEvent(event)
        if begins_text:
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
    return map(document.findBlockByNumber, range(document.blockCount()))


def _formats(level: Level) -> tuple[QTextBlockFormat, QTextCharFormat]:
    form, characters = QTextBlockFormat(), QTextCharFormat()
    form.setHeadingLevel(LEVELS.index(level))
    form.setTextIndent(_INDENT)
    form.setTopMargin(6 if level is Level.FIRST else 2)
    form.setBottomMargin(2)
    form.setLineHeight(140, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    characters.setFont(text_font(_SIZES.get(level, 10.0), bold=level is not Level.BODY))
    return form, characters


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


class OverviewTab(TextTab):
    """The texts of part one, one at a time."""

    def __init__(self, session: Session, title: str, parent: QWidget | None = None) -> None:
        super().__init__(session, title, parent)
        self.notice = Notice(self)
        self.parts = {part.name: part for part in self.companion_form.parts}
        self.editors = {part: LeveledEdit(part, self._paragraphs(part), self) for part in self.parts}
        self._stack, self._choices, self._levels = QStackedWidget(self), QButtonGroup(self), QButtonGroup(self)
        self._advice = label(self, role="muted", wraps=True)
        self._parts = FoldingRow(self)
        for number, (part, editor) in enumerate(self.editors.items()):
            self._parts.add(_choice(self._choices, button(self, self.parts[part].title, partial(self.choose, part)), number))
            editor.level_changed.connect(self._show_level)
            self._stack.addWidget(editor)
        self._parts.row.addStretch(1)
        self._parts.offer("从 Word 文件导入…", "open", self._import)
        levels = [_choice(self._levels, button(
            self, "正文" if level is Level.BODY else f"{level}标题",
            partial(self._set_level, level), tip=f"Ctrl+Alt+{number}"), number)
            for number, level in enumerate(LEVELS)]
        for made in levels:
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        words = "从 Word 粘贴时保留段落和标题级别；“一、”“（一）”开头的短行按标题处理。"
        note = ElidedLabel(self, Qt.TextElideMode.ElideRight, text=words, role="muted")
        line = row(None, label(self, "所在段落："), *levels, GRID * 2, (note, 1), spacing=GRID // 2)
        column(self, self._parts, self.notice, self._advice, line, (self._stack, 1), margins=GRID * 2)
        self.choose(next(iter(self.parts)))

    @property
    def editor(self) -> LeveledEdit:
        """The editor shown."""
        return list(self.editors.values())[self._stack.currentIndex()]

    def choose(self, part: str) -> None:
        """Show one of the texts."""
        self._stack.setCurrentWidget(self.editors[part])
        self._choices.button(self._stack.currentIndex()).setChecked(True)
        self._advice.setText(self.parts[part].advice)
        self._show_level(self.editor.level)
        self.editor.setFocus()

    def _set_level(self, level: Level) -> None:
        self.editor.set_level(level)

    def _show_level(self, level: Level) -> None:
        self._levels.button(LEVELS.index(level)).setChecked(True)

    # ------------------------------------------------------------ the 底稿
    def show_companion(self, companion: Companion) -> None:
        for (part, editor), choice in zip(self.editors.items(), self._choices.buttons(), strict=True):
            editor.refresh()
            choice.setText(self.parts[part].title if companion.paragraphs(part) else f"{self.parts[part].title}（未填）")
        old = [p for p in companion.overview if p.remark == OLD_TEXT_MARK]
        file = companion.text(OVERVIEW_FILE).text
        if file:
            self.notice.say(
                f"报告第一部分现在取自 Word 文件“{file}”，下面的文字不使用。", "amber", ("改用下面的文字", partial(self._link, None)), closable=False)
        elif old:
            self.notice.say(
                f"有 {len(old)} 段是从上年结转的文字，请核对并更新。", "amber", ("都已更新", self._mark_updated), closable=False)
        elif self.notice.text.startswith(("报告第一部分", "有 ")):
            self.notice.hide()

    def _paragraphs(self, part: str) -> Draft:
        """The text of *part*."""
        def whole(give: Callable[[Companion], object]) -> Callable[[Any], object]:
            return lambda found: give(self._with([p for p in self.draft.get().overview if p.part != part], found))

        return Draft(lambda: self.draft.get().paragraphs(part), whole(self.draft.put), whole(self.draft.keep))

    def _with(self, *texts: Iterable[OverviewParagraph]) -> Companion:
        """The 底稿 with these paragraphs, in the order of the parts."""
        found = list(chain(*texts))
        return replace(
            self.session.companion_or_new(), overview=tuple(p for part in self.parts for p in found if p.part == part))

    def _mark_updated(self) -> None:
        companion = self.session.companion_or_new()
        self.session.set_companion(replace(companion, overview=tuple(replace(p, remark="") for p in companion.overview)))

    def _import(self) -> None:
        folder = self.session.companion_or_new().path.parent
        if (path := files.ask_source(self, "从 Word 文件导入概况文字", folder, files.WORD)) is not None:
            self.import_file(path)

    def import_file(self, path: Path) -> None:
        """Take the texts over from a Word file; texts that it does not have stay."""
        from docgen.imports.overview import import_overview

        if (found := self.notice.attempt(lambda: import_overview(path, self.companion_form.parts))) is None:
            return
        before, parts = self.session.companion_or_new(), {p.part for p in found.paragraphs}
        self.session.set_companion(
            _linked(self._with(found.paragraphs, (p for p in before.overview if p.part not in parts)), ""))
        remarks = "；".join(found.remarks)
        words = f"已从“{path.name}”导入 {len(found.paragraphs)} 段" + (f"；{remarks}" if remarks else "")
        self.notice.say(f"{words}。", "amber" if remarks else "green", ("撤销", lambda: self.session.set_companion(replace(
            _linked(self.session.companion_or_new(), before.text(OVERVIEW_FILE).text), overview=before.overview))),
            ("以后直接用这个文件", lambda: self._link(path)))

    def _link(self, path: Path | None) -> None:
        """Take part one from a Word file from now on (``None``: from the texts here)."""
        companion = self.session.companion_or_new()
        self.session.set_companion(_linked(companion, relative_words(path, companion.path.parent) if path is not None else ""))

    def edits(self, place: str) -> bool:
        return super().edits(place) or any(part.slot == place for part in self.parts.values())

    def go_to(self, place: str) -> None:
        self.choose(next((name for name, part in self.parts.items() if part.slot == place), next(iter(self.parts))))


def _choice(group: QButtonGroup, made: QPushButton, number: int) -> QPushButton:
    """One of several buttons of which one is pressed."""
    made.setCheckable(True)
    group.addButton(made, number)
    return made


def _linked(companion: Companion, file: str) -> Companion:
    """The 底稿 with another Word file (empty: none) from which part one is taken."""
    return companion.with_text(OVERVIEW_FILE, companion.text(OVERVIEW_FILE).with_text(file))
