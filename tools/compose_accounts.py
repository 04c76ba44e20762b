"""From the few facts of a unit to the amounts of all sheets of a form, so that every check formula holds.

Used for the sample unit (``build_sample.py``) and for the random units of the tests.  Not part of the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from workbook.pack.loading import Pack, load_pack

CellKey = tuple[str, str, str]
"""Table, row and column id."""
ZERO = Decimal(0)
TOTAL, ACTUAL = "合计", "决算数"
GENERAL, FUND, CAPITAL = "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"
BUDGETS = (GENERAL, FUND, CAPITAL)
OTHER_INCOME = ("上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")
SPENDING = ("基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")
ABROAD, PURCHASE, RUNNING, RECEPTION = "因公出国（境）费", "公务用车购置费", "公务用车运行维护费", "公务接待费"
VEHICLES = "公务用车购置及运行维护费"
_PERSONNEL = ("301", "303")
_THREE_ITEMS = {ABROAD: ("30212",), PURCHASE: ("31013", "30913"), RUNNING: ("30231",), RECEPTION: ("30217",)}
VEHICLE_KINDS = (
    "副部（省）级及以上领导用车", "主要负责人用车", "机要通信用车", "应急保障用车", "执法执勤用车",
    "特种专业技术用车", "离退休干部服务用车", "其他用车",
)
COUNT_ROWS = frozenset({
    "因公出国（境）团组数", "因公出国（境）人次数", "公务用车购置数", "公务用车保有量", "国内公务接待批次", "外事接待批次",
    "国内公务接待人次", "外事接待人次", "国（境）外公务接待批次", "国（境）外公务接待人次", "车辆数合计",
    "单价100万元（含）以上设备", *VEHICLE_KINDS,
})


class Fiscal(NamedTuple):
    """One functional item in one budget, in 元: the closing balance follows."""

    opening: Decimal = ZERO
    income: Decimal = ZERO
    basic: Decimal = ZERO
    project: Decimal = ZERO

    @property
    def closing(self) -> Decimal:
        """Year-end balance."""
        return self.opening + self.income - self.basic - self.project


@dataclass
class Facts:
    """What cannot be derived, in 元 (counts as they are); items are functional codes of seven digits."""

    fiscal: Mapping[str, Mapping[str, Fiscal]]
    """Budget → item → amounts."""
    basic_items: Mapping[str, Decimal]
    """General public budget's basic expenditure by economic item; adds up to the functional items'."""
    project_items: Mapping[str, Decimal]
    other_income: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    """Kind of non-fiscal income → item → amount."""
    education_fees: Mapping[str, Decimal] = field(default_factory=dict)
    other_spending: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    """Column of 公开03 → item → amount paid from other money than fiscal appropriations."""
    used_surplus: Decimal = ZERO
    other_opening: Decimal = ZERO
    distribution: Decimal = ZERO
    three_budget: Mapping[str, Decimal] = field(default_factory=dict)
    """全年预算 of the four kinds of the three public expenses."""
    three_other: Mapping[str, Decimal] = field(default_factory=dict)
    """Three public expenses paid from the fund and state capital budgets."""
    foreign_reception: Decimal = ZERO
    """Receptions abroad, part of 公务接待费."""
    information: Mapping[str, Decimal] = field(default_factory=dict)
    """Other rows of 公开11 by row id; its totals are added."""


def compose(facts: Facts) -> dict[CellKey, Decimal]:
    """The non-zero amounts in 万元 (and counts) of all sheets; 公开10 and 公开11 with their zeros."""
    parts = (_income, _spending, _general, _economic, _funds, _overview, _fiscal_overview, _three, _information)
    amounts = {key: value for part in parts for key, value in part(facts)}
    explicit = {key for key in amounts if key[0] in ("公开10", "公开11")}
    return {
        key: value if key[1] in COUNT_ROWS else value.scaleb(-4)
        for key, value in amounts.items() if value or key in explicit
    }


def in_form(amounts: Mapping[CellKey, Decimal], pack: Pack) -> dict[CellKey, Decimal]:
    """*amounts* in the sheets of another form, found by their titles; what it has no sheet or column for is left out."""
    own = {title: layout for layout in pack.sheets.values() for title in layout.titles}
    sheets = {code: own[layout.title] for code, layout in load_pack().sheets.items() if layout.title in own}
    return {
        (sheets[table].code, row, column): value for (table, row, column), value in amounts.items()
        if table in sheets and column in sheets[table].column_ids}


Cells = Iterator[tuple[CellKey, Decimal]]


def _total(values: Iterable[Decimal]) -> Decimal:
    return sum(values, ZERO)


def _with_superiors(table: str, rows: Mapping[str, Mapping[str, Decimal]]) -> Cells:
    """Item rows by code and column, their 款 and 类, and the 合计 row."""
    sums: dict[tuple[str, str], Decimal] = {}
    for code, columns in rows.items():
        for row in (TOTAL, code[:3], code[:5], code):
            for column, value in columns.items():
                sums[row, column] = sums.get((row, column), ZERO) + value
    return (((table, *key), value) for key, value in sums.items())


def _income(facts: Facts) -> Cells:
    rows: dict[str, dict[str, Decimal]] = {}

    def add(item: str, column: str, value: Decimal, *, in_total: bool = True) -> None:
        row = rows.setdefault(item, {})
        for name in (column, "本年收入合计") if in_total else (column,):
            row[name] = row.get(name, ZERO) + value

    for budget in facts.fiscal.values():
        for item, fiscal in budget.items():
            add(item, "财政拨款收入", fiscal.income)
    for kind, items in facts.other_income.items():
        for item, value in items.items():
            add(item, kind, value)
    for item, value in facts.education_fees.items():
        add(item, "教育收费", value, in_total=False)
    return _with_superiors("公开02", {i: r for i, r in rows.items() if any(r.values())})


def _all_spending(facts: Facts) -> dict[str, dict[str, Decimal]]:
    rows: dict[str, dict[str, Decimal]] = {}

    def add(item: str, column: str, value: Decimal) -> None:
        row = rows.setdefault(item, {})
        for name in (column, "本年支出合计"):
            row[name] = row.get(name, ZERO) + value

    for budget in facts.fiscal.values():
        for item, fiscal in budget.items():
            add(item, "基本支出", fiscal.basic)
            add(item, "项目支出", fiscal.project)
    for column, items in facts.other_spending.items():
        for item, value in items.items():
            add(item, column, value)
    return {item: row for item, row in rows.items() if any(row.values())}


def _spending(facts: Facts) -> Cells:
    return _with_superiors("公开03", _all_spending(facts))


def _general(facts: Facts) -> Cells:
    rows = {
        item: {"合计": f.basic + f.project, "基本支出": f.basic, "项目支出": f.project}
        for item, f in facts.fiscal.get(GENERAL, {}).items() if f.basic or f.project
    }
    return _with_superiors("公开05", rows)


def _economic(facts: Facts) -> Cells:
    for table, items in (("公开06", facts.basic_items), ("公开07", facts.project_items)):
        classes: dict[str, Decimal] = {}
        for code, value in items.items():
            classes[code[:3]] = classes.get(code[:3], ZERO) + value
            yield (table, code, ACTUAL), value
        yield from (((table, code, ACTUAL), value) for code, value in classes.items())
        personnel = _total(v for code, v in classes.items() if code in _PERSONNEL)
        if table == "公开06":
            yield (table, "人员经费合计", ACTUAL), personnel
            yield (table, "公用经费合计", ACTUAL), _total(classes.values()) - personnel
        else:
            yield (table, TOTAL, ACTUAL), _total(classes.values())


def _funds(facts: Facts) -> Cells:
    for table, budget in (("公开08", FUND), ("公开09", CAPITAL)):
        rows = {
            item: {"年初结转和结余": f.opening, "本年收入": f.income, "本年支出": f.basic + f.project, "基本支出": f.basic,
                   "项目支出": f.project, "年末结转和结余": f.closing}
            for item, f in facts.fiscal.get(budget, {}).items() if any(f)
        }
        yield from _with_superiors(table, rows)


def _budget(facts: Facts, budget: str) -> Fiscal:
    items = list(facts.fiscal.get(budget, {}).values())
    return Fiscal(*(_total(values) for values in zip(*items, strict=True))) if items else Fiscal()


def _classes(items: Mapping[str, Decimal]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for code, value in items.items():
        sums[code[:3]] = sums.get(code[:3], ZERO) + value
    return sums


def _overview(facts: Facts) -> Cells:
    budgets = {name: _budget(facts, name) for name in BUDGETS}
    incomes = {f"{name}收入": budget.income for name, budget in budgets.items()}
    incomes |= {kind: _total(facts.other_income.get(kind, {}).values()) for kind in OTHER_INCOME}
    income = _total(incomes.values())
    opening = _total(b.opening for b in budgets.values()) + facts.other_opening
    spending = _classes({item: row["本年支出合计"] for item, row in _all_spending(facts).items()})
    total, spent = income + facts.used_surplus + opening, _total(spending.values())
    rows = {
        **incomes, "本年收入合计": income, "使用非财政拨款结余": facts.used_surplus, "年初结转和结余": opening,
        "收入总计": total, **spending, "本年支出合计": spent, "结余分配": facts.distribution,
        "年末结转和结余": total - spent - facts.distribution, "支出总计": total,
    }
    return ((("公开01", row, ACTUAL), value) for row, value in rows.items())


def _fiscal_overview(facts: Facts) -> Cells:
    budgets = {name: _budget(facts, name) for name in BUDGETS}
    opening, income = _total(b.opening for b in budgets.values()), _total(b.income for b in budgets.values())
    left = {name: budget.income for name, budget in budgets.items()}
    left |= {f"年初{name}": budget.opening for name, budget in budgets.items()}
    left |= {"本年收入合计": income, "年初财政拨款结转和结余": opening, "收入总计": income + opening}
    yield from ((("公开04", row, ACTUAL), value) for row, value in left.items())
    sums: dict[str, Decimal] = {}
    for name, budget in budgets.items():
        classes = _classes({item: f.basic + f.project for item, f in facts.fiscal.get(name, {}).items()})
        column = {**classes, "本年支出合计": budget.basic + budget.project, "年末财政拨款结转和结余": budget.closing,
                  "支出总计": budget.income + budget.opening}
        for row, value in column.items():
            sums[row] = sums.get(row, ZERO) + value
            yield ("公开04", row, name), value
    yield from ((("公开04", row, "合计"), value) for row, value in sums.items())


def _three_kinds(facts: Facts, row: str) -> dict[str, Decimal]:
    if row == "预算数":
        kinds = {kind: facts.three_budget.get(kind, ZERO) for kind in _THREE_ITEMS}
    else:
        spent = [facts.basic_items, facts.project_items]
        kinds = {
            kind: _total(items.get(code, ZERO) for code in codes for items in spent) + facts.three_other.get(kind, ZERO)
            for kind, codes in _THREE_ITEMS.items()
        }
    return {TOTAL: _total(kinds.values()), VEHICLES: kinds[PURCHASE] + kinds[RUNNING], **kinds}


def _three(facts: Facts) -> Cells:
    for row in ("预算数", ACTUAL):
        yield from ((("公开10", row, column), value) for column, value in _three_kinds(facts, row).items())


def _information(facts: Facts) -> Cells:
    kinds = _three_kinds(facts, ACTUAL)
    info = facts.information
    rows = {
        "三公经费支出合计": kinds.pop(TOTAL), **kinds,
        "国内接待费": kinds[RECEPTION] - facts.foreign_reception, "外事接待费": ZERO,
        "国（境）外接待费": facts.foreign_reception, **dict.fromkeys(COUNT_ROWS, ZERO),
        "行政单位": ZERO, "参照公务员法管理事业单位": ZERO, "授予中小企业合同金额": ZERO, "授予小微企业合同金额": ZERO,
        **{f"政府采购{kind}支出": ZERO for kind in ("货物", "工程", "服务")}, **info,
    }
    rows["车辆数合计"] = _total(rows[kind] for kind in VEHICLE_KINDS)
    rows["机关运行经费合计"] = rows["行政单位"] + rows["参照公务员法管理事业单位"]
    rows["政府采购支出合计"] = _total(rows[f"政府采购{kind}支出"] for kind in ("货物", "工程", "服务"))
    return ((("公开11", row, "数"), value) for row, value in rows.items())
