"""比较两份公开表: which amounts differ, sheet by sheet; a click goes to the cell."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QPoint, QSignalBlocker
from PySide6.QtWidgets import QComboBox, QDialog, QWidget

from gui.session import files
from gui.session.files import FileWriter
from gui.session.session import Session
from gui.style.theme import GRID
from gui.widgets.notice import Notice
from gui.widgets.parts import STRETCH, ContextMenu, Entry, button, column, label, row
from gui.widgets.rows import Column, RowTable, muted
from workbook.formulas.wording import plain
from workbook.reading.accounts import Accounts, read_workbook
from workbook.rules.differences import Difference, differences, write_differences

_PRIOR, _SAVED, _FILE = "上年决算公开表", "磁盘上的文件（修改之前）", "选择文件…"
_ROW = 1


_COLUMNS: tuple[Column[Difference], ...] = (
    Column("表", lambda d: d.title.partition(" ")[0], 80, ink=muted), Column("项目", lambda d: d.row, 260), Column("栏目", lambda d: d.column, 140),
    Column("单元格", lambda d: ref.a1 if (ref := d.new_ref or d.old_ref) is not None else "", 70, ink=muted),
    Column("前一份", lambda d: _amount(d.old), 110, is_amount=True, key=lambda d: d.old or 0),
    Column("后一份", lambda d: _amount(d.new), 110, is_amount=True, key=lambda d: d.new or 0),
    Column("增减", lambda d: _change(d.change), 110, is_amount=True, key=lambda d: d.change),
)


class CompareDialog(QDialog):
    """The open workbook against last year's, itself as saved, or another file; not modal, so that cells can be looked at."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setWindowTitle("比较两份公开表")
        self.finished.connect(lambda _: session.jobs.start(int, lambda _: self.deleteLater(), quiet=True))  # after what it writes
        self._found: tuple[Difference, ...] = ()
        self._names = ("", "")
        self.other, self.sheets = QComboBox(self), QComboBox(self)
        self.other.setAccessibleName("与哪一份比较")
        self.sheets.setAccessibleName("表")
        self.state = label(self, role="muted", wraps=True)
        self.notice = Notice(self).float_over(self)
        self.writer = FileWriter(session.jobs, self.notice, self)
        self.table = RowTable(_COLUMNS, (_ROW,), self, name="不同的单元格", many=True, fits=self._fits)
        self.model, self.filter = self.table.rows, self.table.filter
        self.table.opened.connect(self._go)
        ContextMenu(self.table, self._entries)
        self.export, closer = button(self, "导出…", self._export), button(self, "关闭", self.close)
        top = row(None, label(self, "前一份"), (self.other, 1), label(self, "只看"), (self.sheets, 1))
        column(self, top, self.state, (self.table, 1), row(None, STRETCH, self.export, closer), margins=GRID * 2)
        for made in (self.export, closer):
            made.setAutoDefault(False)  # Enter goes to the cell
        self.resize(880, 420)
        inputs = session.inputs
        self.other.addItems([*([_PRIOR] if inputs is not None and inputs.prior_accounts is not None else []), _SAVED, _FILE])
        self.other.activated.connect(lambda _: self.compare())
        self.sheets.currentIndexChanged.connect(lambda _: self.filter.invalidate())
        self.compare()

    # ------------------------------------------------------------ comparing
    def compare(self) -> None:
        choice, inputs = self.other.currentText(), self.session.inputs
        if inputs is None or self.session.pack is None:
            return
        if choice == _PRIOR and inputs.prior_accounts is not None:
            self.show_differences(inputs.prior_accounts)
        elif choice == _SAVED:
            self.compare_with(self.session.accounts.path)
        elif (path := files.ask_source(self, "与哪一份公开表比较", self.session.accounts.path.parent, files.WORKBOOKS)) is not None:
            self.compare_with(path)

    def compare_with(self, path: Path) -> None:
        pack = self.session.accounts.pack
        if (other := self.notice.attempt(lambda: self.session.jobs.wait_for(lambda: read_workbook(path, pack)))) is not None:
            self.show_differences(other)

    def show_differences(self, other: Accounts) -> None:
        """Show what *other*, the earlier one, has differently."""
        accounts = self.session.accounts
        self._found = tuple(differences(other, accounts))
        self._names = other.path.name, accounts.path.name
        self.model.set_records(self._found)
        with QSignalBlocker(self.sheets):
            self.sheets.clear()
            self.sheets.addItem("全部表", "")
            for code, title in dict.fromkeys((d.sheet, d.title) for d in self._found):
                self.sheets.addItem(title, code)
        self.filter.invalidate()
        year = f"（{other.year}年度）" if other.year else ""
        self.state.setText(
            f"前一份“{other.path.name}”{year}，后一份是正在编辑的“{accounts.path.name}”：{f'{len(self._found)} 个数不同' if self._found else '没有不同的数'}。"
            "行按科目和项目对应，不按位置；空白和 0 算相同；单位万元。")
        self.export.setEnabled(bool(self._found))

    def _fits(self, found: Difference) -> bool:
        return not self.sheets.currentData() or found.sheet == self.sheets.currentData()

    # ------------------------------------------------------------ what the user does
    def _go(self, found: Difference) -> None:
        if found.new_ref is not None:
            self.session.cell_requested.emit(found.new_ref)

    def _entries(self, place: QPoint) -> list[Entry]:
        index = self.table.indexAt(place)
        return [("转到单元格", lambda: self._go(self.filter.record(index.row()))), ("复制\tCtrl+C", self.table.copy), ("全选\tCtrl+A", self.table.selectAll)] if index.isValid() else []

    def _export(self) -> None:
        names, found = self._names, self._found
        self.writer.write(
            "导出比较结果", files.beside(self.session.accounts.path, "_比较.xlsx"), files.EXCEL, lambda target: write_differences(target, *names, found),
            lambda target: f"已写入“{target.name}”。")


def _amount(value: Decimal | None) -> str:
    return plain(value) if value is not None else ""


def _change(value: Decimal) -> str:
    return f"+{plain(value)}" if value > 0 else plain(value)
