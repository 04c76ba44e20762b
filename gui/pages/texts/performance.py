"""绩效自评: numbers of projects, the list of projects, and the one chosen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QListWidget,
    QListWidgetItem,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QWidget,
)

from docgen.imports.performance import SourceTable, read_tables, source_tables, with_tables
from gui.pages.texts.entries import TextTab, flush
from gui.pages.texts.fields import labelled
from gui.pages.texts.project import INDICATORS, SUMMARY, ProjectEditor, findings_of
from gui.pages.texts.record_table import copy_cells
from gui.session.session import Session
from gui.style.theme import GRID, colours, rgb
from gui.widgets.notice import Action, Notice
from gui.widgets.parts import STRETCH, button, column, label, row, splitter
from workbook.amounts import plain_number
from workbook.companion.checks import with_notes
from workbook.companion.model import Companion, Project
from workbook.entries import Entry
from workbook.errors import JuesuanError, sentence
from workbook.issues import Issue, Severity
from workbook.pack.companion_form import PROJECT_TEXTS, Role
from workbook.performance.model import PerformanceTable

_WIDEST_COLUMN = 220
TABLE_FILTER = "Excel 或 Word 文件 (*.xlsx *.xlsm *.xls *.xlsb *.ods *.et *.docx)"


class PerformanceTab(TextTab):
    """The sub-page."""

    def __init__(self, session: Session, title: str, parent: QWidget | None = None) -> None:
        super().__init__(session, title, parent)
        self.notice = Notice(self).float_over(self)
        form = self.companion_form.sheet(Role.PROJECTS)
        self.form.add_group("", map(labelled, form.entries), per_row=max(len(form.counts), 1), width=60)
        self.projects = QListWidget(self)
        self.projects.setAccessibleName("绩效自评项目")
        self.projects.setWordWrap(True)
        self.projects.setStyleSheet("QListWidget::item { padding: 5px 6px; border: none; }")
        self.projects.currentRowChanged.connect(self._choose)
        self._projects = self.draft.part("projects")
        self.editor = ProjectEditor(session, self._projects, self._import, self)
        none = "还没有项目。点“导入自评表”从 Excel 或 Word 文件取来，或点“添加项目”逐个填写。"
        self._none = label(self, none, "muted", wraps=True, centred=True)
        left, right = QWidget(self), QWidget(self)
        load, add, remove = (
            button(left, words, action)
            for words, action in (("导入自评表…", self._import), ("添加项目", self._add), ("删除", self._remove)))
        column(left, (self.projects, 1), load, row(None, (add, 1), (remove, 1), spacing=GRID // 2), spacing=GRID // 2)
        column(right, (self._none, 1), (self.editor, 1))
        split = splitter(self, Qt.Orientation.Horizontal, left, right, sizes=(240, 900), stretch=(0, 1))
        split.setChildrenCollapsible(True)
        column(self, self.form, (split, 1), margins=(GRID * 2, GRID * 2, GRID * 2, GRID))

    # ------------------------------------------------------------ the 底稿
    def show_companion(self, companion: Companion) -> None:
        super().show_companion(companion)
        projects = companion.projects
        chosen = max(self.projects.currentRow(), 0)
        self.projects.blockSignals(True)
        self.projects.clear()
        for project in projects:
            self.projects.addItem(_item(project, findings_of(project, self.rules)))
        self.projects.setCurrentRow(min(chosen, len(projects) - 1))
        self.projects.blockSignals(False)
        self._none.setVisible(not projects)
        self.editor.show_project(self.projects.currentRow())

    def _choose(self, row: int) -> None:
        if self.session.is_open:
            self.editor.show_project(row)

    def problems(self) -> int:
        """How many projects are still to be looked at: also for 提示, until they are verified."""
        if (companion := self.session.companion) is None:
            return 0
        found = (with_notes(findings_of(p, self.rules), companion, self.session.accounts.year) for p in companion.projects)
        return sum(any(not issue.verified for issue in issues) for issues in found)

    # ------------------------------------------------------------ what the user does
    def _add(self) -> None:
        projects = self._projects.get()
        self._projects.put((*projects, Project(Entry.of(f"项目{len(projects) + 1}"), self.companion_form.funds[0])))
        self.projects.setCurrentRow(len(projects))
        self.editor.summary.field("项目名称").input.setFocus()
        self.editor.tabs.setCurrentIndex(SUMMARY)

    def _remove(self) -> None:
        row, projects = self.projects.currentRow(), self._projects.get()
        if not 0 <= row < len(projects):
            return
        name = projects[row].name.text
        self.editor.number = -1
        self._projects.put(tuple(p for i, p in enumerate(projects) if i != row))
        self.notice.say(f"已删除“{name}”。", "blue", ("撤销", lambda: self._projects.put(projects)))

    def _import(self) -> None:
        folder = str(self.session.companion_or_new().path.parent)
        chosen, _ = QFileDialog.getOpenFileNames(self, "导入项目支出绩效自评表", folder, TABLE_FILTER)
        if chosen:
            self.import_files([Path(name) for name in chosen])

    def import_files(self, paths: Sequence[Path]) -> None:
        """Take over the tables in Excel and Word files."""
        flush(self)
        tables: list[PerformanceTable] = []
        remarks: list[str] = []
        doubtful: list[Action] = []
        for path in paths:
            try:
                found = read_tables(path, self.rules)
                tables += found.tables
                said = [issue.message for issue in found.issues]
            except JuesuanError as error:
                said = [sentence(error)]
            remarks += said
            doubtful += [("对照原表", partial(self._show_source, path, *said))] if said else []
        before = self._projects.get()
        if not tables:
            self.notice.say("；".join(remarks) or "没有认出自评表。", "amber", *doubtful[:1])
            return
        self._projects.put(with_tables(before, tables, self.companion_form.funds[0]))
        names = "、".join(t.name.text for t in tables[:3]) + (f"等 {len(tables)} 张" if len(tables) > 3 else "")
        tail = f"；{'；'.join(remarks[:3])}" if remarks else ""
        self.notice.say(
            f"已导入{names}{tail}。", "amber" if remarks else "green", *doubtful[:1], ("撤销", lambda: self._projects.put(before)))
        self.projects.setCurrentRow(next((i for i, p in enumerate(self._projects.get()) if p.table is tables[0]), 0))
        self.editor.tabs.setCurrentIndex(INDICATORS)

    def _show_source(self, path: Path, *said: str) -> None:
        """The tables of a file as they stand there, beside this page."""
        if (tables := self.notice.attempt(lambda: source_tables(path))) is not None:
            ImportSource(path.name, tables, said, self.window()).show()

    def edits(self, place: str) -> bool:
        sheet = self.companion_form.sheet(Role.PROJECTS)
        return super().edits(place) or place == sheet.slot or place.startswith(f"{PROJECT_TEXTS}.")

    def go_to(self, place: str) -> None:
        names = [p.name.text for p in self._projects.get()]
        row = next((i for i, name in enumerate(names) if name and f".{name}." in place), -1)
        if row >= 0:
            self.projects.setCurrentRow(row)
            self.editor.tabs.setCurrentIndex(SUMMARY)


def _item(project: Project, found: Sequence[Issue]) -> QListWidgetItem:
    """Name, score and state of a project."""
    wrong = sum(issue.severity is Severity.ERROR for issue in found)
    score = f"{plain_number(project.score.value)} 分" if project.score.value is not None else "未填得分"
    state = f"{Severity.ERROR.sign} {wrong} 处错误" if wrong else f"{Severity.NOTICE.sign} {len(found)} 处提示" if found else "✓"
    item = QListWidgetItem(f"{project.name.text or '（未命名）'}\n{score}　{state}")
    item.setForeground(rgb(colours().red if wrong else colours().text))
    item.setToolTip("\n".join(i.message for i in found[:8]) or project.name.text)
    return item


class ImportSource(QDialog):
    """Shows the tables as they stand in the file; the labels that were recognised are marked."""

    def __init__(self, file: str, tables: Sequence[SourceTable], said: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"{file} 中的表")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.tabs = QTabWidget(self)
        for table in tables:
            self.tabs.addTab(_SourceView(table, self.tabs), table.name)
        words = label(self, "\n".join(said), wraps=True, selectable=True)
        hint = label(
            self, "底色标出的是认出的栏目。没有认出的可以在这里选中、复制（Ctrl+C），粘贴到自评表里；或者在原文件中把栏目改成官方的名称再导入。",
            "muted", wraps=True)
        column(self, words, (self.tabs, 1), hint, row(None, STRETCH, button(self, "关闭", self.close)), margins=GRID * 2)
        self.resize(820, 420)


class _SourceView(QTableWidget):
    def __init__(self, table: SourceTable, parent: QWidget) -> None:
        super().__init__(len(table.rows), len(table.rows[0]) if table.rows else 0, parent)
        self.setAccessibleName(table.name)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.horizontalHeader().setMaximumSectionSize(_WIDEST_COLUMN)
        for r, texts in enumerate(table.rows):
            for c, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if (r, c) in table.understood:
                    item.setBackground(QColor(colours().green_soft))
                self.setItem(r, c, item)
        self.resizeColumnsToContents()
        copy = partial(copy_cells, self, Qt.ItemDataRole.DisplayRole)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self, copy, context=Qt.ShortcutContext.WidgetShortcut)
