"""所属单位, 年初预算 and 名词解释: the sub-pages that are tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from gui.pages.texts.entries import TextTab
from gui.pages.texts.fields import Field, attribute, labelled, money_words
from gui.pages.texts.record_table import RecordTable
from gui.session.session import Session
from gui.style.theme import GRID
from gui.widgets.parts import STRETCH, button, column, label, row
from workbook.amounts import ZERO, MoneyUnit
from workbook.companion.model import BudgetLine, Companion, SubordinateUnit, Term
from workbook.companion.rollforward import glossary_of
from workbook.entries import BLANK, Entry
from workbook.pack.companion_form import USE_TEXTS, Content, Fund, Role
from workbook.pack.formula import COMPANION, is_budget
from workbook.pack.formula_parser import NUMBER, USE
from workbook.reading.codes import code_text

Button = tuple[str, Callable[[], object]]


def buttons(parent: QWidget, table: RecordTable, *more: Button) -> QHBoxLayout:
    """The row of buttons above a table."""
    actions = (
        ("添加", table.add_row), ("删除所选行", table.remove_rows),
        ("上移", lambda: table.move_row(-1)), ("下移", lambda: table.move_row(1)))
    return row(None, *(button(parent, words, action) for words, action in (*actions, *more)), STRETCH)


class ListTab(TextTab):
    """A table of records of the 底稿."""

    records = ""
    """The field of the 底稿 that they are."""

    def compose(self, hint: str, fields: Sequence[Field], blank: Any, *more: Button, stretch: int = 1) -> None:
        """Hint, entries, buttons and table below each other; *blank*: a record with nothing in it."""
        draft = self.draft.part(self.records)
        draft.made = self.kept
        table = self.table = RecordTable(draft, fields, lambda: blank, self, stretch=stretch)
        self.buttons = buttons(self, table, *more)
        above = (self.form,) if self.form.fields else ()
        self.rows = column(self, label(self, hint, "muted", wraps=True), *above, self.buttons, (table, 1), margins=GRID * 2)

    def kept(self, records: tuple[Any, ...]) -> tuple[Any, ...]:
        """The records as the 底稿 keeps them."""
        return records

    def show_companion(self, companion: Companion) -> None:
        super().show_companion(companion)
        self.table.refresh()

    def problems(self) -> int:
        return super().problems() + self.table.records_model.problems()

    def go_to(self, place: str) -> None:
        self.table.setFocus()


class UnitsTab(ListTab):
    """所属单位."""

    records = "units"

    def __init__(self, session: Session, title: str, parent: QWidget | None = None) -> None:
        super().__init__(session, title, parent)
        natures, remark = self.companion_form.nature_names, self.companion_form.sheet(Role.UNITS).remark
        nature = attribute(remark, "nature", width=320) if remark else attribute(
            "单位性质", "nature", Content.CHOICE, 220, choices=natures,
            problem=lambda unit: "" if not unit.nature.text or unit.nature.text in natures else "请从列表中选择")
        self.compose("纳入本单位决算编制范围的单位，一个单位一行；写进报告第一部分的单位表。只有本单位的，写本单位一行。",
                     (attribute("单位名称", "name", width=220), nature), SubordinateUnit(BLANK), stretch=0)

    def kept(self, records: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(u, number=str(i)) for i, u in enumerate(records, 1))


class GlossaryTab(ListTab):
    """名词解释."""

    records = "glossary"

    def __init__(self, session: Session, title: str, parent: QWidget | None = None) -> None:
        super().__init__(session, title, parent)
        self.compose("写进报告的“名词解释”部分，按这里的顺序编号。双击修改；只保留报告中出现的名词即可。", (
            attribute("术语", "term", Content.TEXT, 220),
            attribute("解释", "explanation", Content.TEXT, 320,
                      problem=lambda t: "没有写解释" if t.term.text and not t.explanation.text else ""),
        ), Term(BLANK, BLANK), ("补入标准名词", self._add_standard))

    def _add_standard(self) -> None:
        """Add the pack's terms that are not there yet."""
        have = {t.term.text for t in self.table.records}
        more = (t for t in glossary_of(self.session.accounts.pack) if t.term.text not in have)
        self.table.change_to((*self.table.records, *more))


class BudgetTab(ListTab):
    """年初预算: the totals, and a line for each functional code."""

    records = "budget"

    def __init__(self, session: Session, title: str, parent: QWidget | None = None) -> None:
        super().__init__(session, title, parent)
        form = self.companion_form.sheet(Role.BUDGET)
        self.entries, self._budgets = form.entries, form.budgets
        self._funds = [fund.name for fund in form.funds]
        self._sheets = [fund.actual[0] for fund in form.funds if fund.actual[0]]
        sheet = session.accounts.pack.sheets[self._sheets[0]].mark if len(self._sheets) == 1 else ""
        self.form.add_group("", map(labelled, self.entries), per_row=max(len(self.entries), 1), width=130)
        fields = [
            Field("功能科目编码", lambda b: Entry(b.code), self._with_code, width=130, problem=self._code_problem),
            Field("科目名称", lambda b: Entry(b.name), lambda b, e: replace(b, name="".join(e.text.split())), width=220),
            attribute("年初预算数（万元）", "amount", Content.AMOUNT, 150),
        ]
        if self._sheets:
            fields.append(Field(f"{sheet}决算数（万元）", self._actual, None, Content.AMOUNT, 170 if sheet else 120))
        if form.uses:
            fields.append(attribute(USE, "use", Content.TEXT, 280))
        if len(self._funds) > 1:
            fields.append(Field(
                "预算类别", lambda b: Entry(b.fund or self._funds[0]), lambda b, e: replace(b, fund=e.text),
                Content.CHOICE, 130, choices=tuple(self._funds)))
        what = "" if len(self._funds) > 1 else "一般公共预算财政拨款的"
        self.compose(
            f"按部门预算批复填写{what}年初预算数，一个功能科目（项级）一行；可以从 Excel 复制“编码、名称、金额”三列粘贴。", fields,
            BudgetLine("", "", BLANK), *([(f"按{sheet or '决算表'}列出科目", self._list_codes)] if self._sheets else []))
        unit = QComboBox(self)
        unit.addItems([f"输入和粘贴的金额是{unit}" for unit in MoneyUnit])
        unit.setAccessibleName("输入金额的单位")
        unit.currentIndexChanged.connect(self._choose_unit)
        self.buttons.addWidget(unit)
        self._sum, self._findings = label(self), label(self, wraps=True)
        self.rows.addWidget(self._sum)
        self.rows.addWidget(self._findings)
        session.checked.connect(self._show_state)

    def _name(self, code: str) -> str | None:
        """What a functional code is called; ``None``: the pack does not know it."""
        return self.session.pack.functional.name(code) if self.session.pack is not None else None

    def _with_code(self, line: BudgetLine, entry: Entry) -> BudgetLine:
        """A code brings its name with it."""
        code = code_text(entry.text)
        return replace(line, code=code, name=self._name(code) or line.name)

    def _code_problem(self, line: BudgetLine) -> str:
        if not line.code:
            return "没有编码，这一行不计入" if line.amount.value is not None or line.name else ""
        if self._name(line.code) is None:
            return "编码不在功能分类科目目录中，请核对"
        same = [b for b in self.table.records if b.code == line.code and self._fund_of(b) == self._fund_of(line)]
        return "编码重复，请合并为一行" if len(same) > 1 else ""

    def _fund_of(self, line: BudgetLine) -> Fund:
        """The budget that a line belongs to: the first unless it names another."""
        return next((fund for _, fund in self._budgets if fund.name == line.fund), self._budgets[0][1])

    def _actual(self, line: BudgetLine) -> Entry:
        sheet, column = self._fund_of(line).actual
        if not line.code or not sheet or not self.session.is_open:
            return BLANK
        return Entry.of(self.session.accounts.value(sheet, line.code, column))

    def _choose_unit(self, index: int) -> None:
        self.table.records_model.unit = list(MoneyUnit)[index]

    def _list_codes(self) -> None:
        """Add the lowest codes of the final accounts that have no line yet."""
        lines = list(self.table.records)
        have = {(line.code, self._fund_of(line)) for line in lines}
        for _, fund in self._budgets:
            table = self.session.accounts.tables.get(fund.actual[0])
            if table is not None:
                lines += (BudgetLine(code, self._name(code) or table.names.get(code, ""), BLANK, fund=fund.name)
                          for code in table.leaves() if (code, fund) not in have)
        order = [fund for _, fund in self._budgets]
        self.table.change_to(sorted(lines, key=lambda line: (order.index(self._fund_of(line)), line.code)))

    def edits(self, place: str) -> bool:
        return super().edits(place) or place.startswith(f"{USE_TEXTS}.")

    def kept(self, records: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(b for b in records if b.code)

    def show_companion(self, companion: Companion) -> None:
        super().show_companion(companion)
        self._show_state()

    def _show_state(self) -> None:
        """The sum of the lines, and what the check formulas say about them."""
        companion = self.session.companion
        tables = companion.tables() if companion is not None else {}
        planned = [tables[code] for code, _ in self._budgets if code in tables]
        total = sum((table.total(NUMBER, table.leaves()) for table in planned), ZERO)
        self._sum.setText(f"各科目合计 {money_words(total)} 万元")
        ids = {entry.id for entry in self.entries}
        self.show_findings(self._findings, lambda table, row: is_budget(table) or (table == COMPANION and row in ids))

    def problems(self) -> int:
        """Wrong entries, and what the report cannot do without."""
        companion = self.session.companion
        blank = [companion is None or companion.text(e.id).is_blank for e in self.entries if not e.optional]
        return super().problems() + sum(blank) + int(companion is None or not companion.budget)
