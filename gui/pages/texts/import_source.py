"""Tables of a file that was not (wholly) understood, beside the page into which they are to go: seen, and copied from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QTableWidget, QTableWidgetItem, QTabWidget, QWidget

from docgen.imports.performance import SourceTable
from gui.style.theme import GRID, colours
from gui.widgets.parts import STRETCH, button, column, label, row
from workbook.editing.blocks import write_block

_WIDEST = 220


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
        self.horizontalHeader().setMaximumSectionSize(_WIDEST)
        for r, texts in enumerate(table.rows):
            for c, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if (r, c) in table.understood:
                    item.setBackground(QColor(colours().green_soft))
                self.setItem(r, c, item)
        self.resizeColumnsToContents()
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self, self._copy, context=Qt.ShortcutContext.WidgetShortcut)

    def _copy(self) -> None:
        chosen = sorted((i.row(), i.column()) for i in self.selectedIndexes())
        rows = dict.fromkeys(r for r, _ in chosen)
        QGuiApplication.clipboard().setText(
            write_block([str(self.model().index(r, c).data() or "") for row, c in chosen if row == r] for r in rows))
