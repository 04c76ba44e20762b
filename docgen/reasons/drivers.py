"""Drivers: for each slot the breakdowns of its change that explain it (design.md 4.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from docgen.job.context import ReportContext
from docgen.model import Change, Direction
from docgen.reasons.draft import describe, draft
from docgen.reasons.model import Breakdown, Driver, Drivers
from docgen.reasons.notes import notes_of
from docgen.reasons.parts import Part, Parts, TwoYears, breakdown, refs, value
from workbook.amounts import ZERO

__all__ = ["Breakdown", "Driver", "Drivers", "describe", "draft", "drivers_of"]

GENERAL, FUND, CAPITAL = "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"
FISCAL_INCOME = (f"{GENERAL}收入", f"{FUND}收入", f"{CAPITAL}收入")
OWN_INCOME = ("上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")
SPENDING = ("基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")
_THREE = {"出国": ("30212",), "购置": ("31013", "30913"), "运行": ("30231",), "接待": ("30217",)}
_PERSONNEL = ("301", "303")

Found = Iterator[Breakdown | None]


def drivers_of(change: Change, context: ReportContext, years: TwoYears | None = None) -> Drivers:
    """What explains *change*.  Pass the same *years* for all changes of a report."""
    years = years or TwoYears(context)
    total = change.signed
    if total is None:
        return Drivers(change.id, None, missing=f"缺少{missing_input(change)}")
    if change.direction is Direction.LEVEL:
        return Drivers(change.id, total, notes=notes_of(change, context))
    found = tuple(b for b in _breakdowns(change, years, total) if b is not None)
    missing = "" if found else "公开表和底稿中没有可以分解这项变动的明细"
    return Drivers(change.id, total, found, notes_of(change, context), missing)


def missing_input(change: Change) -> str:
    """Which input the change lacks (empty: none)."""
    return next((f.missing for f in (change.current, change.base, change.difference) if f.missing), "")


def _breakdowns(change: Change, years: TwoYears, total: Decimal) -> Found:
    maker = _MAKERS.get(change.id)
    if maker is not None:
        yield from maker(years, total)
        return
    parts = change.id.split(".")
    if parts[0] == "一般公共":
        yield from _budget_class(years, total, parts[1])
    elif parts[0] == "三公" and parts[1] in _THREE:
        yield from _three_kind(years, total, parts[1])
    elif parts[0] == "基金":
        yield from _fund(years, total, "公开08")
    elif parts[0] == "国资":
        yield from _fund(years, total, "公开09")


def _total_budget(years: TwoYears, total: Decimal) -> Found:
    """收支总计 against the year-start budget: fiscal appropriation and the unit's own money."""
    companion = years.context.companion
    accounts, fiscal = years.current.get("公开01"), years.current.get("公开04")
    if companion is None or accounts is None:
        return
    whole, planned = companion.text("年初预算总计"), companion.text("年初预算财政拨款")
    if fiscal is not None and whole.value is not None and planned.value is not None:
        place = refs((fiscal, "收入总计", "决算数"))
        head = Part("财政拨款", value(fiscal, "收入总计", "决算数"), planned.value, (*place, *((planned.ref,) if planned.ref else ())))
        own = _own_money(years)
        base = whole.value - planned.value
        if base:
            own = [Part("财政拨款以外的资金", sum((p.current for p in own), ZERO), base, tuple(r for p in own for r in p.sources))]
        yield breakdown("按资金来源（公开01表、公开04表，年初预算）", total, [head, *own])
    yield breakdown("按功能科目（公开05表，年初预算）", total, years.budget_parts())


def _own_money(years: TwoYears) -> list[Part]:
    """This year's money besides fiscal appropriations, with nothing planned."""
    table, fiscal = years.current.get("公开01"), years.current.get("公开04")
    rows = (*OWN_INCOME, "使用非财政拨款结余")
    parts = [Part(row, value(table, row, "决算数"), ZERO, refs((table, row, "决算数"))) for row in rows]
    opening = value(table, "年初结转和结余", "决算数") - value(fiscal, "年初财政拨款结转和结余", "决算数")
    places = refs((table, "年初结转和结余", "决算数"), (fiscal, "年初财政拨款结转和结余", "决算数"))
    return [*parts, Part("年初非财政拨款结转和结余", opening, ZERO, places)]


def _total(years: TwoYears, total: Decimal) -> Found:
    rows = (*FISCAL_INCOME, *OWN_INCOME, "使用非财政拨款结余", "年初结转和结余")
    yield breakdown("按收入来源（公开01表）", total, years.rows("公开01", rows))
    spent = years.columns("公开03", SPENDING)
    rest = years.rows("公开01", ("结余分配", "年末结转和结余"))
    yield breakdown("按支出类别（公开03表）", total, _joined(spent, rest))


def _income(years: TwoYears, total: Decimal) -> Found:
    yield breakdown("按收入类别（公开01表）", total, years.rows("公开01", (*FISCAL_INCOME, *OWN_INCOME)))
    items = years.functional("公开02", "本年收入合计")
    yield breakdown("按功能科目（公开02表）", total, items, is_cause=False)


def _spending(years: TwoYears, total: Decimal) -> Found:
    yield breakdown("按支出类别（公开03表）", total, years.columns("公开03", SPENDING))
    yield breakdown("按功能科目（公开03表）", total, years.functional("公开03", "本年支出合计"))


def _balance(row: str, fiscal: str, by_budget: Callable[[TwoYears], Parts]) -> Callable[[TwoYears, Decimal], Found]:
    """Opening or closing balances: the three fiscal budgets, and the rest."""

    def make(years: TwoYears, total: Decimal) -> Found:
        if not years.has("公开01", "公开04"):
            return
        column = "决算数" if row.startswith("年初") else "合计"
        whole, part = years.cells(row, "公开01", row), years.cells(fiscal, "公开04", fiscal, column)
        own = Part("非财政拨款结转和结余", whole.current - part.current, whole.base - part.base, (*whole.sources, *part.sources))
        yield breakdown("按资金来源（公开01表、公开04表）", total, _joined(by_budget(years), [own]))

    return make


def _opening(years: TwoYears) -> Parts:
    names = (GENERAL, FUND, CAPITAL)
    return [years.cells(f"{name}结转和结余", "公开04", f"年初{name}") for name in names]


def _closing(years: TwoYears) -> Parts:
    return [years.cells(f"{name}结转和结余", "公开04", "年末财政拨款结转和结余", name) for name in (GENERAL, FUND, CAPITAL)]


def _other_budgets(years: TwoYears) -> Parts:
    """Expenditure of the two other budgets, and what is carried over."""
    if not years.has("公开04"):
        return None
    return [
        years.cells("政府性基金预算支出", "公开04", "本年支出合计", FUND),
        years.cells("国有资本经营预算支出", "公开04", "本年支出合计", CAPITAL),
        years.cells("年末财政拨款结转和结余", "公开04", "年末财政拨款结转和结余", "合计"),
    ]


def _fiscal(years: TwoYears, total: Decimal) -> Found:
    rest = _other_budgets(years)
    yield breakdown("按支出类别（公开04表、公开05表）", total, _joined(years.columns("公开05", ("基本支出", "项目支出")), rest))
    items = years.functional("公开05", "合计")
    yield breakdown("按功能科目（公开04表、公开05表）", total, _joined(items, rest))
    rows = (GENERAL, FUND, CAPITAL, "年初财政拨款结转和结余")
    yield breakdown("按收入来源（公开04表）", total, years.rows("公开04", rows), is_cause=False)


def _fiscal_budget(years: TwoYears, total: Decimal) -> Found:
    table = years.current.get("公开04")
    names = (("政府性基金预算支出", "本年支出合计", FUND), ("国有资本经营预算支出", "本年支出合计", CAPITAL),
             ("年末财政拨款结转和结余", "年末财政拨款结转和结余", "合计"))
    rest = [Part(name, value(table, row, column), ZERO, refs((table, row, column))) for name, row, column in names]
    yield breakdown("按功能科目（公开04表、公开05表，年初预算）", total, _joined(years.budget_parts(), rest))


def _budget_class(years: TwoYears, total: Decimal, code: str) -> Found:
    """A class against the budget: its items.  An item has no finer budget to compare with."""
    parts = years.budget_parts(code) if len(code) == 3 else None
    if parts is not None and len(parts) > 1:
        yield breakdown("按功能科目（公开05表，年初预算）", total, parts)


def _three_budget(years: TwoYears, total: Decimal) -> Found:
    table = years.current.get("公开10")
    columns = ("因公出国（境）费", "公务用车购置费", "公务用车运行维护费", "公务接待费")
    yield breakdown("按“三公”经费项目（公开10表）", total, [
        Part(c, value(table, "决算数", c), value(table, "预算数", c), refs((table, "决算数", c), (table, "预算数", c))) for c in columns])


def _cars(years: TwoYears, total: Decimal) -> Found:
    yield breakdown("按购置和运行（公开10表）", total, years.columns("公开10", ("公务用车购置费", "公务用车运行维护费"), "决算数"))


def _three_kind(years: TwoYears, total: Decimal, kind: str) -> Found:
    """One kind of the three: receptions at home and abroad; paid from basic or from project expenditure."""
    if kind == "接待":
        parts = years.rows("公开11", ("国内接待费", "国（境）外接待费"), "数")
        yield breakdown("按接待对象（公开11表）", total, parts)
    if years.has("公开06", "公开07"):
        parts = [
            years.cells(f"{'基本建设支出' if code[:3] == '309' else words}安排", table, code)
            for table, words in (("公开06", "基本支出"), ("公开07", "项目支出")) for code in _THREE[kind]
        ]
        yield breakdown("按基本支出和项目支出（公开06表、公开07表）", total, parts, is_cause=False)


def _fund(years: TwoYears, total: Decimal, table: str) -> Found:
    yield breakdown(f"按功能科目（{table}表）", total, years.functional(table, "本年支出"))
    yield breakdown(f"按支出类别（{table}表）", total, years.columns(table, ("基本支出", "项目支出")))


def _operating(years: TwoYears, total: Decimal) -> Found:
    items = years.economic("公开06", _is_operating)
    yield breakdown("按经济分类（公开06表）", total, items)


def _is_operating(code: str) -> bool:
    return code[:3] not in _PERSONNEL


def _joined(*parts: Parts) -> Parts:
    """All parts; ``None`` when some of them are not at hand."""
    known = [p for p in parts if p is not None]
    return [part for group in known for part in group] if len(known) == len(parts) else None


_MAKERS: dict[str, Callable[[TwoYears, Decimal], Found]] = {
    "收支.总计.比年初": _total_budget,
    "收支.总计.比上年": _total,
    "收支.本年收入.比上年": _income,
    "收支.本年支出.比上年": _spending,
    "收支.年初结转.比上年": _balance("年初结转和结余", "年初财政拨款结转和结余", _opening),
    "收支.年末结转.比上年": _balance("年末结转和结余", "年末财政拨款结转和结余", _closing),
    "财拨.总计.比年初": _fiscal_budget,
    "财拨.总计.比上年": _fiscal,
    "三公.决算.比预算": _three_budget,
    "三公.公车.比上年": _cars,
    "运行.经费.比上年": _operating,
}
