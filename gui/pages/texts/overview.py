"""概况文字: the three texts of part one, with levels; pasted from Word or imported from a Word file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.pages.texts.base import TextTab
from gui.session.messages import sentence
from gui.session.session import Session
from gui.style.theme import GRID
from gui.widgets.bound import relative_words
from gui.widgets.fit import ElidedLabel, FoldingButton, FoldingRow
from gui.widgets.leveled_edit import LEVELS, LeveledEdit
from gui.widgets.notice import Notice
from workbook.companion.model import OLD_TEXT_MARK, Companion, Level, OverviewParagraph, Part
from workbook.errors import JuesuanError

WORD_FILTER = "Word 文档 (*.docx)"
_TITLES = {Part.DUTIES: "一、主要职能、职责", Part.ORGANISATION: "二、机构设置", Part.WORK: "三、主要工作完成情况"}
_ADVICE = {
    Part.DUTIES: "写本单位的主要职能和职责，可从“三定”方案或上年报告复制。",
    Part.ORGANISATION: "写内设机构和决算单位构成；单位名单由“所属单位”表生成，不用在这里列。",
    Part.WORK: "写本年度主要工作完成情况，可从年度工作总结复制。",
}


class OverviewTab(TextTab):
    """The three texts, one at a time."""

    title = "概况文字"
    places = ("概况",)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.notice = Notice(self)
        self.editors = {part: LeveledEdit(part, self) for part in Part}
        self._choices: dict[Part, QPushButton] = {}
        self._levels: dict[Level, QToolButton] = {}
        self._stack = QStackedWidget(self)
        self._advice = QLabel(self)
        self._advice.setProperty("role", "muted")
        self._advice.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        layout.setSpacing(GRID)
        self._parts = self._part_row()
        layout.addWidget(self._parts)
        layout.addWidget(self.notice)
        layout.addWidget(self._advice)
        layout.addLayout(self._level_row())
        layout.addWidget(self._stack, 1)
        for part, editor in self.editors.items():
            editor.edited.connect(lambda found, part=part: self._edited(part, found))
            editor.level_changed.connect(self._show_level)
            self._stack.addWidget(editor)
        self.choose(Part.DUTIES)

    def _part_row(self) -> FoldingRow:
        row = FoldingRow(self)
        group = QButtonGroup(self)
        for part in Part:
            button = QPushButton(_TITLES[part], self)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, part=part: self.choose(part))
            group.addButton(button)
            row.add(button)
            self._choices[part] = button
        row.row.addStretch(1)
        load = FoldingButton("从 Word 文件导入……", "open", self)
        load.clicked.connect(self._import)
        row.add(load)
        return row

    def _level_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        label = QLabel("所在段落：", self)
        row.addWidget(label)
        group = QButtonGroup(self)
        for i, level in enumerate(LEVELS):
            button = QToolButton(self)
            button.setText("正文" if level is Level.BODY else f"{level}标题")
            button.setToolTip(f"Ctrl+Alt+{i}")
            button.setProperty("kind", "button")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, level=level: self.editor.set_level(level))
            group.addButton(button)
            row.addWidget(button)
            self._levels[level] = button
        note = ElidedLabel(self, Qt.TextElideMode.ElideRight)
        note.set_whole("从 Word 粘贴时保留段落和标题级别；“一、”“（一）”开头的短行按标题处理。")
        note.setProperty("role", "muted")
        row.addSpacing(GRID * 2)
        row.addWidget(note, 1)
        return row

    @property
    def editor(self) -> LeveledEdit:
        """The editor shown."""
        shown = self._stack.currentWidget()
        return next(editor for editor in self.editors.values() if editor is shown)

    def choose(self, part: Part) -> None:
        """Show one of the texts."""
        self._stack.setCurrentWidget(self.editors[part])
        self._choices[part].setChecked(True)
        self._advice.setText(_ADVICE[part])
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
            self._choices[part].setText(_TITLES[part] if paragraphs else f"{_TITLES[part]}（未填）")
        self._parts.refit()
        self._show_state(companion)

    def _show_state(self, companion: Companion) -> None:
        old = [p for p in companion.overview if p.remark == OLD_TEXT_MARK]
        file = companion.info.overview_path.text
        if file:
            self.notice.say(
                f"报告第一部分现在取自 Word 文件“{file}”，下面的文字不使用。", "amber", ("改用下面的文字", self._use_own), closable=False)
        elif old:
            self.notice.say(
                f"有 {len(old)} 段是从上年结转的文字，请核对并更新。", "amber", ("都已更新", self._mark_updated), closable=False)
        elif self.notice.text.startswith(("报告第一部分", "有 ")):
            self.notice.hide()

    def _edited(self, part: Part, found: Sequence[OverviewParagraph]) -> None:
        companion = self.session.companion_or_new()
        texts = {p: companion.paragraphs(p) for p in Part} | {part: tuple(found)}
        self.put(replace(companion, overview=tuple(x for p in Part for x in texts[p])))

    def _use_own(self) -> None:
        companion = self.session.companion_or_new()
        self.put(replace(companion, info=replace(companion.info, overview_path=companion.info.overview_path.with_text(""))))

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
            found = import_overview(path)
        except JuesuanError as error:
            self.notice.say(sentence(error), "red")
            return
        before = self.session.companion_or_new()
        parts = {p.part for p in found.paragraphs}
        kept = [p for p in before.overview if p.part not in parts]
        texts = [*found.paragraphs, *kept]
        info = replace(before.info, overview_path=before.info.overview_path.with_text(""))
        self.put(replace(before, info=info, overview=tuple(p for part in Part for p in texts if p.part is part)))
        remarks = "；".join(found.remarks)
        words = f"已从“{path.name}”导入 {len(found.paragraphs)} 段" + (f"；{remarks}" if remarks else "")
        self.notice.say(f"{words}。", "amber" if remarks else "green", ("撤销", lambda: self._undo(before)),
                        ("以后直接用这个文件", lambda: self._link(path)))

    def _undo(self, before: Companion) -> None:
        now = self.session.companion_or_new()
        self.put(replace(now, info=replace(now.info, overview_path=before.info.overview_path), overview=before.overview))

    def _link(self, path: Path) -> None:
        companion = self.session.companion_or_new()
        words = relative_words(path, companion.path.parent)
        self.put(replace(companion, info=replace(companion.info, overview_path=companion.info.overview_path.with_text(words))))

    def forget(self) -> None:
        for editor in self.editors.values():
            editor.forget()

    def flush(self) -> None:
        for editor in self.editors.values():
            editor.flush()

    def go_to(self, place: str) -> None:
        part = next((p for p in Part if place.endswith(p)), Part.DUTIES)
        self.choose(part)
