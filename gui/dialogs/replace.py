"""查找和替换: words in the cells of the tables, in the reasons and in the texts; what is replaced is chosen from a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from gui.session.session import Session
from gui.style.theme import GRID
from gui.widgets.notice import Notice
from gui.widgets.parts import STRETCH, button, column, label, row
from gui.widgets.rows import Column, RowTable, muted
from workbook.companion.changes import TextHit, texts_with, with_replaced
from workbook.companion.model import Companion
from workbook.editing.cells import cells_with
from workbook.issues import CellRef

_WIDTHS = (170, 290, 290)


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that holds the words: a cell of a table, or a text of the 底稿."""

    place: str
    before: str
    after: str
    code: str = ""
    ref: CellRef | None = None
    text: TextHit | None = None


_COLUMNS: tuple[Column[Hit], ...] = (
    Column("位置", lambda h: h.place, _WIDTHS[0], ink=muted), Column("现在", lambda h: h.before, _WIDTHS[1]),
    Column("替换后", lambda h: h.after, _WIDTHS[2]),
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
        self.table = RowTable(_COLUMNS, (1, 2), self, name="找到的地方", many=True)
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
            self.notice.say(f"已替换 {len(cells) + len(numbers)} 处。", "green", ("撤销", lambda: self._undo(bool(cells), before if numbers else None)))

    def _undo(self, has_cells: bool, companion: Companion | None) -> None:
        if has_cells:
            self.session.undo_stack.undo()
        if companion is not None:
            self.session.set_companion(companion)
