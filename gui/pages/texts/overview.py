"""概况文字: the texts of part one, with levels; pasted from Word or imported from a Word file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QPushButton, QStackedWidget, QWidget

from gui.pages.texts.entries import TextTab
from gui.pages.texts.form import relative_words
from gui.pages.texts.leveled_edit import LEVELS, LeveledEdit
from gui.session import files
from gui.session.session import Session
from gui.style.theme import GRID
from gui.widgets.fit import ElidedLabel, FoldingRow
from gui.widgets.notice import Notice
from gui.widgets.parts import button, column, label, row
from workbook.companion.model import OLD_TEXT_MARK, Companion, Level, OverviewParagraph
from workbook.errors import JuesuanError, sentence
from workbook.pack.companion_form import OVERVIEW_FILE


class OverviewTab(TextTab):
    """The texts of part one, one at a time."""

    def __init__(self, session: Session, title: str, parent: QWidget | None = None) -> None:
        super().__init__(session, title, parent)
        self.notice = Notice(self)
        self.parts = {part.name: part for part in self.companion_form.parts}
        self.editors = {part: LeveledEdit(part, self) for part in self.parts}
        self._stack, self._choices, self._levels = QStackedWidget(self), QButtonGroup(self), QButtonGroup(self)
        self._advice = label(self, role="muted", wraps=True)
        self._parts = FoldingRow(self)
        for number, (part, editor) in enumerate(self.editors.items()):
            self._parts.add(self._choice(self._choices, button(self, self.parts[part].title, partial(self.choose, part)), number))
            editor.edited.connect(partial(self._take, session.set_companion, part))
            editor.typed.connect(partial(self._take, session.recovery.typing, part))
            editor.level_changed.connect(self._show_level)
            self._stack.addWidget(editor)
        self._parts.row.addStretch(1)
        self._parts.offer("从 Word 文件导入…", "open", self._import)
        levels = [self._choice(self._levels, self._level_button(level), number) for number, level in enumerate(LEVELS)]
        note = ElidedLabel(self, Qt.TextElideMode.ElideRight)
        note.set_whole("从 Word 粘贴时保留段落和标题级别；“一、”“（一）”开头的短行按标题处理。")
        note.setProperty("role", "muted")
        line = row(None, label(self, "所在段落："), *levels, GRID * 2, (note, 1), spacing=GRID // 2)
        column(self, self._parts, self.notice, self._advice, line, (self._stack, 1), margins=GRID * 2)
        self.choose(next(iter(self.parts)))

    def _level_button(self, level: Level) -> QPushButton:
        made = button(self, "正文" if level is Level.BODY else f"{level}标题", lambda: self.editor.set_level(level),
                      tip=f"Ctrl+Alt+{LEVELS.index(level)}")
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return made

    @staticmethod
    def _choice(group: QButtonGroup, made: QPushButton, number: int) -> QPushButton:
        """One of several buttons of which one is pressed."""
        made.setCheckable(True)
        group.addButton(made, number)
        return made

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

    def _show_level(self, level: Level) -> None:
        self._levels.button(LEVELS.index(level)).setChecked(True)

    # ------------------------------------------------------------ the 底稿
    def show_companion(self, companion: Companion) -> None:
        for (part, editor), choice in zip(self.editors.items(), self._choices.buttons(), strict=True):
            paragraphs = companion.paragraphs(part)
            editor.show_paragraphs(paragraphs)
            choice.setText(self.parts[part].title if paragraphs else f"{self.parts[part].title}（未填）")
        self._show_state(companion)

    def _show_state(self, companion: Companion) -> None:
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

    def _take(self, give: Callable[[Companion], object], part: str, found: Sequence[OverviewParagraph]) -> None:
        """Give the 底稿 with another text of *part*."""
        companion = self.session.companion_or_new()
        texts = {p: companion.paragraphs(p) for p in self.parts} | {part: tuple(found)}
        give(replace(companion, overview=tuple(x for p in self.parts for x in texts[p])))

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

        try:
            found = import_overview(path, self.companion_form.parts)
        except JuesuanError as error:
            self.notice.say(sentence(error), "red")
            return
        before = self.session.companion_or_new()
        parts = {p.part for p in found.paragraphs}
        kept = [p for p in before.overview if p.part not in parts]
        texts = [*found.paragraphs, *kept]
        self.session.set_companion(replace(_linked(before, ""), overview=tuple(p for part in self.parts for p in texts if p.part == part)))
        remarks = "；".join(found.remarks)
        words = f"已从“{path.name}”导入 {len(found.paragraphs)} 段" + (f"；{remarks}" if remarks else "")
        self.notice.say(f"{words}。", "amber" if remarks else "green", ("撤销", lambda: self._undo(before)),
                        ("以后直接用这个文件", lambda: self._link(path)))

    def _undo(self, before: Companion) -> None:
        now = self.session.companion_or_new()
        self.session.set_companion(replace(_linked(now, before.text(OVERVIEW_FILE).text), overview=before.overview))

    def _link(self, path: Path | None) -> None:
        """Take part one from a Word file from now on (``None``: from the texts here)."""
        companion = self.session.companion_or_new()
        self.session.set_companion(_linked(companion, relative_words(path, companion.path.parent) if path is not None else ""))

    def edits(self, place: str) -> bool:
        return super().edits(place) or any(part.slot == place for part in self.parts.values())

    def go_to(self, place: str) -> None:
        self.choose(next((name for name, part in self.parts.items() if part.slot == place), next(iter(self.parts))))


def _linked(companion: Companion, file: str) -> Companion:
    """The 底稿 with another Word file (empty: none) from which part one is taken."""
    return companion.with_text(OVERVIEW_FILE, companion.text(OVERVIEW_FILE).with_text(file))
