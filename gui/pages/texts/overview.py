"""概况文字: the texts of part one, with levels; pasted from Word or imported from a Word file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QPushButton, QStackedWidget, QToolButton, QWidget

from gui.pages.texts.base import TextTab
from gui.pages.texts.form import relative_words
from gui.pages.texts.leveled_edit import LEVELS, LeveledEdit
from gui.session.session import Session
from gui.style.theme import GRID
from gui.widgets.fit import ElidedLabel, FoldingRow
from gui.widgets.notice import Notice
from gui.widgets.parts import button, column, label, row
from workbook.companion.model import OLD_TEXT_MARK, Companion, Level, OverviewParagraph
from workbook.errors import JuesuanError, sentence
from workbook.pack.companion_form import OVERVIEW_FILE

WORD_FILTER = "Word 文档 (*.docx)"


class OverviewTab(TextTab):
    """The texts of part one, one at a time."""

    def __init__(self, session: Session, title: str, parent: QWidget | None = None) -> None:
        super().__init__(session, title, parent)
        self.notice = Notice(self)
        self.parts = {part.name: part for part in self.companion_form.parts}
        self.editors = {part: LeveledEdit(part, self) for part in self.parts}
        self._choices: dict[str, QPushButton] = {}
        self._levels: dict[Level, QToolButton] = {}
        self._stack = QStackedWidget(self)
        self._advice = label(self, role="muted", wraps=True)
        self._parts = self._part_row()
        column(self, self._parts, self.notice, self._advice, self._level_row(), (self._stack, 1), margins=GRID * 2)
        for part, editor in self.editors.items():
            editor.edited.connect(lambda found, part=part: self.put(self._with(part, found)))
            editor.typed.connect(lambda found, part=part: session.recovery.typing(self._with(part, found)))
            editor.level_changed.connect(self._show_level)
            self._stack.addWidget(editor)
        self.choose(next(iter(self.parts)))

    def _part_row(self) -> FoldingRow:
        parts = FoldingRow(self)
        group = QButtonGroup(self)
        for part in self.parts:
            choice = self._choices[part] = button(self, self.parts[part].title, partial(self.choose, part))
            choice.setCheckable(True)
            group.addButton(choice)
            parts.add(choice)
        parts.row.addStretch(1)
        parts.offer("从 Word 文件导入…", "open", self._import)
        return parts

    def _level_row(self) -> QHBoxLayout:
        group = QButtonGroup(self)
        for i, level in enumerate(LEVELS):
            choice = self._levels[level] = QToolButton(self)
            choice.setText("正文" if level is Level.BODY else f"{level}标题")
            choice.setToolTip(f"Ctrl+Alt+{i}")
            choice.setProperty("kind", "button")
            choice.setCheckable(True)
            choice.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            choice.clicked.connect(lambda _=False, level=level: self.editor.set_level(level))
            group.addButton(choice)
        note = ElidedLabel(self, Qt.TextElideMode.ElideRight)
        note.set_whole("从 Word 粘贴时保留段落和标题级别；“一、”“（一）”开头的短行按标题处理。")
        note.setProperty("role", "muted")
        return row(None, label(self, "所在段落："), *self._levels.values(), GRID * 2, (note, 1), spacing=GRID // 2)

    @property
    def editor(self) -> LeveledEdit:
        """The editor shown."""
        shown = self._stack.currentWidget()
        return next(editor for editor in self.editors.values() if editor is shown)

    def choose(self, part: str) -> None:
        """Show one of the texts."""
        self._stack.setCurrentWidget(self.editors[part])
        self._choices[part].setChecked(True)
        self._advice.setText(self.parts[part].advice)
        self._show_level(self.editor.level)
        self.editor.setFocus()

    def _show_level(self, level: object) -> None:
        if isinstance(level, Level):
            self._levels[level].setChecked(True)

    # ------------------------------------------------------------ the 底稿
    def show_companion(self, companion: Companion) -> None:
        for part, editor in self.editors.items():
            paragraphs = companion.paragraphs(part)
            editor.show_paragraphs(paragraphs)
            self._choices[part].setText(self.parts[part].title if paragraphs else f"{self.parts[part].title}（未填）")
        self._parts.refit()
        self._show_state(companion)

    def _show_state(self, companion: Companion) -> None:
        old = [p for p in companion.overview if p.remark == OLD_TEXT_MARK]
        file = companion.text(OVERVIEW_FILE).text
        if file:
            self.notice.say(
                f"报告第一部分现在取自 Word 文件“{file}”，下面的文字不使用。", "amber", ("改用下面的文字", self._use_own), closable=False)
        elif old:
            self.notice.say(
                f"有 {len(old)} 段是从上年结转的文字，请核对并更新。", "amber", ("都已更新", self._mark_updated), closable=False)
        elif self.notice.text.startswith(("报告第一部分", "有 ")):
            self.notice.hide()

    def _with(self, part: str, found: Sequence[OverviewParagraph]) -> Companion:
        companion = self.session.companion_or_new()
        texts = {p: companion.paragraphs(p) for p in self.parts} | {part: tuple(found)}
        return replace(companion, overview=tuple(x for p in self.parts for x in texts[p]))

    def _use_own(self) -> None:
        self.put(_linked(self.session.companion_or_new(), ""))

    def _mark_updated(self) -> None:
        companion = self.session.companion_or_new()
        self.put(replace(companion, overview=tuple(replace(p, remark="") for p in companion.overview)))

    def _import(self) -> None:
        companion = self.session.companion_or_new()
        chosen, _ = QFileDialog.getOpenFileName(self, "从 Word 文件导入概况文字", str(companion.path.parent), WORD_FILTER)
        if chosen:
            self.import_file(Path(chosen))

    def import_file(self, path: Path) -> None:
        """Take the texts over from a Word file; texts that it does not have stay."""
        from docgen.imports.overview import import_overview

        try:
            found = import_overview(path, self.companion_form.parts)
        except JuesuanError as error:
            self.notice.say(sentence(error), "red")
            return
        before = self.session.companion_or_new()
        parts = {p.part for p in found.paragraphs}
        kept = [p for p in before.overview if p.part not in parts]
        texts = [*found.paragraphs, *kept]
        self.put(replace(_linked(before, ""), overview=tuple(p for part in self.parts for p in texts if p.part == part)))
        remarks = "；".join(found.remarks)
        words = f"已从“{path.name}”导入 {len(found.paragraphs)} 段" + (f"；{remarks}" if remarks else "")
        self.notice.say(f"{words}。", "amber" if remarks else "green", ("撤销", lambda: self._undo(before)),
                        ("以后直接用这个文件", lambda: self._link(path)))

    def _undo(self, before: Companion) -> None:
        now = self.session.companion_or_new()
        self.put(replace(_linked(now, before.text(OVERVIEW_FILE).text), overview=before.overview))

    def _link(self, path: Path) -> None:
        companion = self.session.companion_or_new()
        self.put(_linked(companion, relative_words(path, companion.path.parent)))

    def edits(self, place: str) -> bool:
        return super().edits(place) or any(part.slot == place for part in self.parts.values())

    def go_to(self, place: str) -> None:
        self.choose(next((name for name, part in self.parts.items() if part.slot == place), next(iter(self.parts))))


def _linked(companion: Companion, file: str) -> Companion:
    """The 底稿 with another Word file (empty: none) from which part one is taken."""
    return companion.with_text(OVERVIEW_FILE, companion.text(OVERVIEW_FILE).with_text(file))
