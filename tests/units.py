"""Random units whose eleven sheets satisfy every check formula, and the ways in which such sheets are laid out."""

import random
from decimal import Decimal
from functools import cache

from tests.variant_sheets import write_variant
from tests.variants import Variant, read_amounts
from tools.compose_accounts import (
    ABROAD,
    BUDGETS,
    CAPITAL,
    FUND,
    GENERAL,
    OTHER_INCOME,
    PURCHASE,
    RECEPTION,
    RUNNING,
    SPENDING,
    VEHICLE_KINDS,
    CellKey,
    Facts,
    Fiscal,
    compose,
)
from workbook.pack.loading import Pack, load_pack

__all__ = ["Variant", "nature_of", "random_unit", "read_amounts", "standard_pack", "write_variant"]

ZERO = Decimal(0)


@cache
def standard_pack() -> Pack:
    return load_pack()


def nature_of(amounts: dict[CellKey, Decimal]) -> str:
    """The nature (单位性质) that fits a random unit: an agency exactly when it states 机关运行经费."""
    return "行政单位" if amounts.get(("公开11", "行政单位", "数")) else "公益一类事业单位"


def random_unit(rng: random.Random, *, funds: bool, cents: bool = True) -> dict[CellKey, Decimal]:
    """All amounts of a unit in 万元 (counts as they are), consistent under every check formula.

    With *funds* there are always amounts in 公开08 or 公开09.  Amounts are whole 元, or with *cents* 元 and cents.
    """
    amounts = compose(_Generator(rng, cents=cents).facts(funds=funds))
    return amounts if rng.random() < 0.5 else {key: value for key, value in amounts.items() if value}


class _Generator:
    def __init__(self, rng: random.Random, *, cents: bool) -> None:
        self.rng = rng
        self.place = Decimal("0.01") if cents else Decimal(1)
        self.pack = standard_pack()

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def money(self, most: Decimal | None = None) -> Decimal:
        """An amount above 0 in 元, at most *most*."""
        if most is None:
            return self.place * self.rng.randint(1, 10 ** self.rng.randint(3, 10))
        return self.place * self.rng.randint(1, max(int(most / self.place), 1))

    def maybe(self, probability: float, most: Decimal | None = None) -> Decimal:
        return self.money(most) if (most is None or most > 0) and self.chance(probability) else ZERO

    def split(self, total: Decimal, keys: list[str]) -> dict[str, Decimal]:
        """*total* over some of *keys*."""
        if not total:
            return {}
        steps = int(total / self.place)
        chosen = self.rng.sample(keys, min(self.rng.randint(1, 8), len(keys), steps))
        cuts = sorted(self.rng.sample(range(1, steps), len(chosen) - 1)) if len(chosen) > 1 else []
        edges = [0, *cuts, steps]
        return {key: self.place * (b - a) for key, a, b in zip(chosen, edges[:-1], edges[1:], strict=True)}

    def items(self, most: int, classes: tuple[str, ...] = ()) -> list[str]:
        pool = [c for c in self.pack.functional.names if len(c) == 7 and c.startswith(classes or self.pack.class_codes)]
        return self.rng.sample(pool, self.rng.randint(1, most))

    def fiscal(self, items: list[str]) -> dict[str, Fiscal]:
        found = {}
        for item in items:
            basic, project, closing = self.maybe(0.6), self.maybe(0.7), self.maybe(0.2)
            opening = self.maybe(0.2, basic + project + closing)
            found[item] = Fiscal(opening, basic + project + closing - opening, basic, project)
        return found

    def facts(self, *, funds: bool) -> Facts:
        fiscal = {GENERAL: self.fiscal(self.items(8))}
        while funds and not any(any(f) for budget in (FUND, CAPITAL) for f in fiscal.get(budget, {}).values()):
            fiscal |= {
                budget: self.fiscal(self.items(3, classes)) if self.chance(0.7) else {}
                for budget, classes in ((FUND, ("212", "229", "234")), (CAPITAL, ("223",)))
            }
        general = fiscal[GENERAL].values()
        economic = [c for c in self.pack.economic.names if len(c) == 5]
        panels = {code: {c for p in self.pack.sheets[code].economic_panels for c in p} for code in ("公开06", "公开07")}
        basic, project = (
            self.split(sum((f[index] for f in general), ZERO), [c for c in economic if c[:3] in panels[code]])
            for code, index in (("公开06", 2), ("公开07", 3))
        )
        facts = Facts(fiscal, basic, project)
        self.other_money(facts)
        self.three_public_expenses(facts)
        self.procurement(facts)
        return facts

    def other_money(self, facts: Facts) -> None:
        """Income and expenditure besides fiscal appropriations, in balance."""
        if self.chance(0.3):
            return
        items = list(dict.fromkeys([*facts.fiscal[GENERAL], *self.items(2)]))
        facts.other_spending = {column: self.split(self.maybe(0.4), items) for column in SPENDING}
        spent = sum((v for column in facts.other_spending.values() for v in column.values()), ZERO)
        facts.distribution = self.maybe(0.2)
        needed = spent + facts.distribution + self.maybe(0.3)
        facts.other_opening = self.maybe(0.3, needed)
        facts.used_surplus = self.maybe(0.2, needed - facts.other_opening)
        income = needed - facts.other_opening - facts.used_surplus
        kinds = self.split(income, list(OTHER_INCOME))
        facts.other_income = {kind: self.split(value, items) for kind, value in kinds.items()}
        fees = facts.other_income.get("事业收入", {})
        if self.chance(0.5):
            facts.education_fees = {item: self.money(value) for item, value in fees.items() if self.chance(0.7)}

    def three_public_expenses(self, facts: Facts) -> None:
        funds_spend = any(f.basic or f.project for b in BUDGETS[1:] for f in facts.fiscal.get(b, {}).values())
        codes = {ABROAD: ("30212",), PURCHASE: ("31013", "30913"), RUNNING: ("30231",), RECEPTION: ("30217",)}
        actual = {}
        if funds_spend:
            facts.three_other = {kind: self.maybe(0.3) for kind in codes}
        for kind, economic in codes.items():
            general = sum((i.get(c, ZERO) for c in economic for i in (facts.basic_items, facts.project_items)), ZERO)
            actual[kind] = general + facts.three_other.get(kind, ZERO)
        facts.three_budget = {kind: value + self.maybe(0.5) for kind, value in actual.items()}
        facts.foreign_reception = self.maybe(0.3, actual[RECEPTION])
        domestic = actual[RECEPTION] - facts.foreign_reception
        guests = self.maybe(0.4, domestic)
        vehicles = {kind: Decimal(self.rng.randint(0, 3)) for kind in VEHICLE_KINDS}
        if actual[RUNNING]:
            vehicles["其他用车"] += 1
        info: dict[str, Decimal] = {**vehicles, "外事接待费": guests}
        for row, amount in (
            ("因公出国（境）团组数", actual[ABROAD]), ("因公出国（境）人次数", actual[ABROAD]),
            ("公务用车购置数", actual[PURCHASE]), ("国（境）外公务接待批次", facts.foreign_reception),
            ("国（境）外公务接待人次", facts.foreign_reception),
        ):
            info[row] = Decimal(self.rng.randint(1, 40)) if amount else ZERO
        for row in ("批次", "人次"):
            info[f"外事接待{row}"] = Decimal(self.rng.randint(1, 9)) if guests else ZERO
            more = Decimal(self.rng.randint(1, 500)) if domestic else ZERO
            info[f"国内公务接待{row}"] = info[f"外事接待{row}"] + more
        info["公务用车保有量"] = Decimal(self.rng.randint(1, int(sum(vehicles.values())))) if actual[RUNNING] else ZERO
        info["单价100万元（含）以上设备"] = Decimal(self.rng.randint(0, 5))
        facts.information = info

    def procurement(self, facts: Facts) -> None:
        kinds = {f"政府采购{kind}支出": self.maybe(0.6) for kind in ("货物", "工程", "服务")}
        medium = self.maybe(0.8, sum(kinds.values(), ZERO))
        info = {**kinds, "授予中小企业合同金额": medium, "授予小微企业合同金额": self.maybe(0.8, medium)}
        if self.chance(0.4):
            personnel = sum((v for c, v in facts.basic_items.items() if c[:3] in ("301", "303")), ZERO)
            info["行政单位"] = sum(facts.basic_items.values(), ZERO) - personnel
        facts.information = {**facts.information, **info}
