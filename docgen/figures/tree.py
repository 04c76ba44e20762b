"""The tree of names of one report (``{{收支.总计}}`` …): the pack's records at work, each computed when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from docgen.figures.evaluator import CLASS, SECTION, Evaluator, Member, Scope, bound
from docgen.figures.nodes import ChangeNode, FigureNode, Node, SpansNode, Statements, paragraph
from docgen.figures.quantity import Quantity, Registry, quotient, total
from docgen.job.inputs import Inputs
from docgen.model import Change, Figure
from workbook.numerals import chinese_numeral
from workbook.pack.figures import COMPARED, PERCENT, PLACEHOLDER, SHARE, TEXT, TRUTH, YUAN, Comparing, FigureRecord
from workbook.pack.formula import Term

_TOP: Scope = {}


class FigureTree(Evaluator):
    """Makes the nodes of one report from the records of its pack."""

    def __init__(self, context: Inputs, statements: Statements) -> None:
        super().__init__(context)
        self.form = context.pack.figures
        self.statements = statements
        self.registry = Registry(context.pack.reasons.zero)
        self._quantities: dict[tuple[str, tuple[str, ...], bool], Quantity] = {}
        self._records: dict[str, FigureRecord | None] = {}

    def root(self) -> dict[str, object]:
        """The top names.

        Kept by who asks: nodes know the tree, so the tree must not know nodes, or each unit of a batch would be in a cycle.
        """
        return {name: self._node(name, _TOP) for name in self.form.groups.get("", ())}

    # ------------------------------------------------------------ nodes

    def _node(self, name: str, scope: Scope) -> object:
        record = self._record(name)
        if record is None:
            if name in self.form.records:  # no alternative applies
                return False if self.form.records[name][0].unit == TRUTH else SpansNode(())
            return Node(names=self._below(name), make=partial(self._child, name, scope))
        if record.loop is None:
            return self._figure_node(record, scope, None)
        if record.is_list:
            return [self._listed(figure, index) for index, figure in enumerate(record.loop.figures, 1)]
        return [self._figure_node(record, {**scope, record.loop.variable: member}, member)
                for member in self.members(record.loop, scope)]

    def _listed(self, name: str, index: int) -> object:
        record = self._record(name)
        if record is None:
            raise ValueError(f"no record applies: {name}")
        return self._figure_node(record, _TOP, Member("", self.text(record.short, _TOP), index))

    def _record(self, name: str) -> FigureRecord | None:
        if name not in self._records:
            self._records[name] = next((r for r in self.form.records.get(name, ()) if self.applies(r.condition)), None)
        return self._records[name]

    def _below(self, name: str) -> tuple[str, ...]:
        return tuple(n.rpartition(".")[2] for n in self.form.groups.get(name, ()))

    def _figure_node(self, record: FigureRecord, scope: Scope, member: Member | None) -> object:
        if record.unit == TRUTH:
            return True
        if record.unit == TEXT:
            return self._text_node(record, scope)
        children = self._own_names(record, scope, member)
        compared = (COMPARED + c.name for c in record.comparisons)
        names = (*self._below(record.name), *((SHARE,) if record.share_of else ()), *compared)
        make = partial(self._child, record.name, scope)
        if not record.unit:
            return Node(children, names, make)
        figure = self.figure(record, scope)
        if figure is None:
            return SpansNode((), children)
        return FigureNode(figure, children, names, make)

    def _text_node(self, record: FigureRecord, scope: Scope) -> object:
        """The name of a record without an expression; else the paragraph that the 底稿 gives, or a prompt for it."""
        label = self.text(record.label, scope)
        if not record.terms:
            return label
        (term,) = record.terms
        cell, table = bound(term, scope), self.tables.get(term.table)
        rows = cell.rows if isinstance(cell.rows, tuple) else ()
        text = "" if table is None else "".join(table.raw(row, column) for row in rows for column in cell.fixed_columns())
        return paragraph(self.id(record, scope), text, label)

    def _own_names(self, record: FigureRecord, scope: Scope, member: Member | None) -> Mapping[str, object]:
        if member is None:
            return {"名称": self.text(record.short, scope)}
        own: dict[str, object] = {
            "名称": member.name, "编码": member.key, "序号": member.index, "序号文字": chinese_numeral(member.index)}
        if member.key.isdigit() and record.loop is not None:
            table = record.loop.parts[0].table
            own["款名"] = self.name(table, member.key[:SECTION]) if len(member.key) >= SECTION else ""
            own["项名"] = member.name if len(member.key) > SECTION else ""
            own["类名"] = self.name(table, member.key[:CLASS])
        return own

    def _child(self, name: str, scope: Scope, child: str) -> object:
        """What is below the name: another record, the share, a comparison."""
        below = f"{name}.{child}"
        if below in self.form.groups or below in self.form.records:
            return self._node(below, scope)
        record = self._record(name)
        if record is None:
            raise KeyError(child)
        if child == SHARE and record.share_of:
            ratio = self._share(record, scope)
            return FigureNode(ratio) if ratio is not None else SpansNode(())
        comparing = next((c for c in record.comparisons if COMPARED + c.name == child), None)
        if comparing is None:
            raise KeyError(child)
        return ChangeNode(self.change(record, comparing, scope), self.statements)

    # ------------------------------------------------------------ figures

    def figure(self, record: FigureRecord, scope: Scope) -> Figure | None:
        """The figure of a record; ``None`` for what is divided by nothing."""
        figure_id, label = self.id(record, scope), self.text(record.label, scope)
        if record.unit == PERCENT:
            part, whole = self.quantity(record.terms, scope), self.quantity(record.divisor, scope)
            return self.registry.ratio(figure_id, label, part, whole)
        if record.divisor and self.quantity(record.divisor, scope).value == 0:
            return None
        return self.registry.number(figure_id, label, self.exact(record, scope), record.unit)

    def _share(self, record: FigureRecord, scope: Scope) -> Figure | None:
        whole = self._record(record.share_of)
        if whole is None:
            return None
        figure_id = f"{self.id(record, scope)}.{SHARE}"
        label = f"{self.text(record.short, scope)}占{self.text(whole.short, scope)}"
        return self.registry.ratio(figure_id, label, self.exact(record, scope), self.exact(whole, scope))

    def change(self, record: FigureRecord, comparing: Comparing, scope: Scope) -> Change:
        """One comparison of the figure of a record."""
        change_id = f"{self.id(record, scope)}.{COMPARED}{comparing.name}"
        against = self.statements.sentences.comparisons[comparing.name].against
        base = self.quantity(comparing.base, scope) if comparing.base else self.exact(record, scope, prior=True)
        figure = self.figure(record, scope)
        if figure is None:
            raise ValueError(f"a percentage is not compared: {record.name}")
        label = self.text(record.short, scope)
        return self.registry.change(change_id, label, against, self.exact(record, scope), base, figure)

    def exact(self, record: FigureRecord, scope: Scope, *, prior: bool = False) -> Quantity:
        """The exact value of a record, this year's or last year's."""
        key = record.name, tuple([member.key for member in scope.values()]), prior
        known = self._quantities.get(key)
        if known is None:
            known = self.quantity(record.terms, scope, prior=prior)
            if record.divisor:
                known = quotient(known, self.quantity(record.divisor, scope, prior=prior), 10_000 if record.unit == YUAN else 1)
            self._quantities[key] = known
        return known

    def term(self, term: Term, scope: Scope, *, prior: bool) -> Quantity:
        """Figures that an expression names as well; of all turns of their loops for a sum."""
        if not term.figure:
            return super().term(term, scope, prior=prior)
        scopes: list[Scope] = [scope]
        for above in self.form.loops_above(term.figure):
            loop = above.loop
            if loop is not None and loop.variable not in scope:
                scopes = [{**s, loop.variable: member} for s in scopes for member in self.members(loop, s)]
        record = self._record(term.figure)
        if record is None:
            return Quantity(None, (), term.figure, f"“{term.figure}”（不适用于本单位）")
        found = [self.exact(record, s, prior=prior) for s in scopes]
        return found[0] if not term.is_sum else total(found, f"各{PLACEHOLDER.sub('项', record.label)}之和")

    # ------------------------------------------------------------ names

    def text(self, pattern: str, scope: Scope) -> str:
        """*pattern* with the names of what the loop variables stand for."""
        if "{" not in pattern:
            return pattern
        return PLACEHOLDER.sub(lambda m: scope[m[1]].aspect(m[2] or "名称"), pattern).replace("支出支出", "支出")  # 其他教育支出 + 支出决算

    def id(self, record: FigureRecord, scope: Scope) -> str:
        """The id of a record's figure: its name, or what its loop's pattern gives."""
        return self.form.id_of(record, lambda pattern: PLACEHOLDER.sub(lambda m: scope[m[1]].aspect(m[2] or "编码"), pattern))
