"""Dialogs with a list of places, beside the window: 比较两份公开表, 历史版本, 查找和替换."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QListWidget, QWidget

from gui.dialogs.forms import MARGINS, buttons
from gui.session import files
from gui.session.files import FileWriter
from gui.session.session import Session
from gui.style.theme import GRID
from gui.widgets.notice import Notice, Tone
from gui.widgets.parts import STRETCH, ContextMenu, Entry, button, column, label, row, splitter
from gui.widgets.rows import Column, RowTable, muted
from workbook.companion.changes import TextHit, texts_with, with_replaced
from workbook.companion.model import Companion
from workbook.editing.cells import Difference as CellDifference
from workbook.editing.cells import cells_with
from workbook.editing.kept import State
from workbook.formulas.wording import plain
from workbook.issues import CellRef
from workbook.reading.accounts import Accounts, read_workbook
from workbook.rules.differences import Difference, differences, write_differences

_PRIOR, _SAVED, _FILE = "上年决算公开表", "磁盘上的文件（修改之前）", "选择文件…"
_COMPARED: tuple[Column[Difference], ...] = (
    Column("表", lambda d: d.title.partition(" ")[0], 80, ink=muted),
    Column("项目", lambda d: d.row, 260), Column("栏目", lambda d: d.column, 140),
    Column("单元格", lambda d: ref.a1 if (ref := d.new_ref or d.old_ref) is not None else "", 70, ink=muted),
    Column("前一份", lambda d: _amount(d.old), 110, is_amount=True, key=lambda d: d.old or 0),
    Column("后一份", lambda d: _amount(d.new), 110, is_amount=True, key=lambda d: d.new or 0),
    Column("增减", lambda d: f"{'+' if d.change > 0 else ''}{plain(d.change)}", 110, is_amount=True, key=lambda d: d.change),
)


class CompareDialog(QDialog):
    """The open workbook against last year's, itself as saved, or another file; not modal, so that cells can be looked at."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setWindowTitle("比较两份公开表")
        # after what it writes
        self.finished.connect(lambda _: session.jobs.start(int, lambda _: self.deleteLater(), quiet=True))
        self._found: tuple[Difference, ...] = ()
        self._names = ("", "")
        self.other, self.sheets = QComboBox(self), QComboBox(self)
        self.other.setAccessibleName("与哪一份比较")
        self.sheets.setAccessibleName("表")
        self.state = label(self, role="muted", wraps=True)
        self.notice = Notice(self).float_over(self)
        self.writer = FileWriter(session.jobs, self.notice, self)
        self.table = RowTable(_COMPARED, (1,), self, name="不同的单元格", many=True, fits=self._fits)
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
        differing = f"{len(self._found)} 个数不同" if self._found else "没有不同的数"
        self.state.setText(
            f"前一份“{other.path.name}”{year}，后一份是正在编辑的“{accounts.path.name}”：{differing}。"
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
        if not index.isValid():
            return []
        return [
            ("转到单元格", lambda: self._go(self.filter.record(index.row()))),
            ("复制\tCtrl+C", self.table.copy), ("全选\tCtrl+A", self.table.selectAll)]

    def _export(self) -> None:
        names, found = self._names, self._found
        self.writer.write(
            "导出比较结果", files.beside(self.session.accounts.path, "_比较.xlsx"), files.EXCEL,
            lambda target: write_differences(target, *names, found),
            lambda target: f"已写入“{target.name}”。")


def _amount(value: Decimal | None) -> str:
    return plain(value) if value is not None else ""


# ---------------------------------------------------------------- 历史版本


_CHANGED: tuple[Column[CellDifference], ...] = (
    Column("表", lambda d: d.sheet, 110), Column("位置", lambda d: d.place, 190),
    Column("那时", lambda d: d.before or "（空）", 150), Column("现在", lambda d: d.after or "（空）", 150),
)


class HistoryDialog(QDialog):
    """States at the left, what differs from now at the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._states = session.history.states()
        self._cells: list[CellDifference] = []
        self.setWindowTitle("历史版本")
        self.resize(860, 420)
        self.notice = Notice(self)
        self.list = QListWidget(self)
        self.list.setAccessibleName("历史版本")
        self.list.addItems([f"{s.time.astimezone():%m月%d日 %H:%M}　{s.what}" for s in self._states])
        self.table = RowTable(_CHANGED, (2, 3), self, name="与现在不同的地方", many=True)
        self.model, self.filter = self.table.rows, self.table.filter
        self.summary = label(self, role="muted", wraps=True)
        self.take_chosen = button(self, "取回选中的单元格", lambda: self._take(chosen=True))
        self.take_all = button(self, "取回全部单元格", lambda: self._take(chosen=False))
        self.take_texts = button(self, "取回底稿", self._take_texts, tip="变动原因、文字资料等全部换成那时的；现在的先记入历史")
        right = QWidget(self)
        column(right, self.summary, (self.table, 1), row(None, self.take_chosen, self.take_all, self.take_texts, STRETCH))
        split = splitter(self, Qt.Orientation.Horizontal, self.list, right, sizes=(210, 620), stretch=(0, 1))
        words = "每次打开、保存时记下公开表和底稿，只留最近的。取回的单元格可以撤销（Ctrl+Z），保存后才写入文件。"
        column(self, label(self, words, "muted", wraps=True), self.notice, (split, 1), buttons(self, "关闭", ""), margins=MARGINS)
        self.list.currentRowChanged.connect(lambda _: self._show())
        if self._states:
            self.list.setCurrentRow(0)
        else:
            self.summary.setText("还没有历史版本。")
            self._enable([], [])

    @property
    def _state(self) -> State | None:
        row = self.list.currentRow()
        return self._states[row] if 0 <= row < len(self._states) else None

    def _show(self) -> None:
        """Compare the chosen state with now."""
        state, history = self._state, self.session.history
        if state is None:
            return
        cells, texts = self.notice.attempt(lambda: self.session.jobs.wait_for(lambda: history.differences(state))) or ([], [])
        self._cells = cells
        self.model.set_records([*cells, *texts])
        parts = [f"公开表 {len(cells)} 处" if cells else "", f"底稿 {len(texts)} 处" if texts else ""]
        found = "、".join(p for p in parts if p)
        self.summary.setText(f"与现在不同：{found}" if found else "与现在相同。")
        self._enable(cells, texts)

    def _enable(self, cells: list[CellDifference], texts: list[CellDifference]) -> None:
        for taking in (self.take_chosen, self.take_all):
            taking.setEnabled(bool(cells))
        self.take_texts.setEnabled(bool(texts))

    def _take(self, *, chosen: bool) -> None:
        wanted = self.table.selected() if chosen else self._cells
        if self._state is None:
            return
        count = self.session.history.take_cells(self._state, wanted)
        self.notice.say(f"已取回 {count} 个单元格。" if count else "请先在表中选中要取回的单元格（公式随数自动计算）。", Tone.GOOD if count else Tone.INFO)
        self._show()

    def _take_texts(self) -> None:
        if (state := self._state) is not None and self.notice.attempt(partial(self.session.history.take_texts, state)):
            self.notice.say("已取回那时的底稿。", Tone.GOOD)
            self._show()


# ---------------------------------------------------------------- 查找和替换


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that holds the words: a cell of a table, or a text of the 底稿."""

    place: str
    before: str
    after: str
    code: str = ""
    ref: CellRef | None = None
    text: TextHit | None = None


_HITS: tuple[Column[Hit], ...] = (
    Column("位置", lambda h: h.place, 170, ink=muted), Column("现在", lambda h: h.before, 290),
    Column("替换后", lambda h: h.after, 290),
)


class ReplaceDialog(QDialog):
    """Beside the window; a click shows the place."""

    text_requested = Signal(object)
    """A text of the 底稿 is to be shown: its :class:`TextHit`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setWindowTitle("查找和替换")
        self.words, self.new = QLineEdit(self), QLineEdit(self)
        for field, name in ((self.words, "查找"), (self.new, "替换为")):
            field.setAccessibleName(name)
            field.textChanged.connect(lambda _: self.look())
        self.state = label(self, role="muted", wraps=True)
        self.notice = Notice(self).float_over(self)
        self.table = RowTable(_HITS, (1, 2), self, name="找到的地方", many=True)
        self.model, self.filter = self.table.rows, self.table.filter
        self.table.opened.connect(self._go)
        self.one = button(self, "替换选中的", lambda: self.replace(self.table.selected()))
        closer = button(self, "关闭", self.close)
        self.all = button(self, "全部替换", lambda: self.replace(self.model.records))
        fields = row(None, label(self, "查找"), (self.words, 1), label(self, "替换为"), (self.new, 1))
        column(self, fields, self.state, (self.table, 1), row(None, STRETCH, self.one, self.all, closer), margins=GRID * 2)
        for made in (self.one, self.all, closer):
            made.setAutoDefault(False)  # Enter in a field replaces nothing
        self.resize(820, 400)
        for signal in (session.checked, session.companion_changed):
            signal.connect(self.look)
        session.closed.connect(self.close)
        self.look()

    # ------------------------------------------------------------ finding
    def look(self) -> None:
        words, editor = self.words.text().strip(), self.session.editor
        hits: list[Hit] = []
        if words and editor is not None:
            new = self.new.text()
            for code, table in editor.accounts.tables.items():
                for r, c, before, after in cells_with(editor.current(table.sheet), words, new):
                    ref = editor.ref(code, r, c)
                    hits.append(Hit(f"{table.layout.mark} {ref.a1}", before, after, code, ref))
            if (companion := self.session.companion) is not None:
                hits += [Hit(f.place, f.text, f.text.replace(words, new), text=f) for f in texts_with(companion, words)]
        self.model.set_records(hits)
        self.one.setEnabled(bool(hits))
        self.all.setEnabled(bool(hits))
        cells = sum(hit.ref is not None for hit in hits)
        found = f"公开表 {cells} 处，变动原因和文字资料 {len(hits) - cells} 处。" if hits else "没有找到。"
        self.state.setText(found if words else "在公开表的单元格、变动原因和文字资料中查找；金额要写全才算找到。")

    def _go(self, hit: Hit) -> None:
        if hit.ref is not None:
            self.session.cell_requested.emit(hit.ref)
        elif hit.text is not None:
            self.text_requested.emit(hit.text)

    # ------------------------------------------------------------ replacing
    def replace(self, hits: Sequence[Hit]) -> None:
        """Replace in these places: the cells are one step that is undone together, the texts another."""
        cells = [(hit.code, hit.ref.row, hit.ref.column, hit.after) for hit in hits if hit.ref is not None]
        numbers = {hit.text.number for hit in hits if hit.text is not None}
        if cells and not self.session.cells.enter(cells, f"替换 {len(cells)} 个单元格"):
            return  # the window says why
        before = self.session.companion
        if numbers and before is not None:
            self.session.set_companion(with_replaced(before, self.words.text().strip(), self.new.text(), numbers))
        if cells or numbers:
            self.notice.say(
                f"已替换 {len(cells) + len(numbers)} 处。", "green",
                ("撤销", lambda: self._undo(bool(cells), before if numbers else None)))

    def _undo(self, has_cells: bool, companion: Companion | None) -> None:
        if has_cells:
            self.session.undo_stack.undo()
        if companion is not None:
            self.session.set_companion(companion)
