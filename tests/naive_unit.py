"""Amounts of a made-up unit, computed from the description of the official forms alone.

Nothing is imported from the program: these are an outsider's eleven tables.  Amounts are whole 分, so that every
relation between them holds exactly; ``tests/naive_workbook.py`` draws them.
"""

import random
from dataclasses import dataclass, field

_CLASSES = (
    "201 一般公共服务支出|202 外交支出|203 国防支出|204 公共安全支出|205 教育支出|206 科学技术支出|207 文化旅游体育与传媒支出|"
    "208 社会保障和就业支出|210 卫生健康支出|211 节能环保支出|212 城乡社区支出|213 农林水支出|214 交通运输支出|"
    "215 资源勘探工业信息等支出|216 商业服务业等支出|217 金融支出|219 援助其他地区支出|220 自然资源海洋气象等支出|221 住房保障支出|"
    "222 粮油物资储备支出|223 国有资本经营预算支出|224 灾害防治及应急管理支出|229 其他支出|231 债务还本支出|232 债务付息支出|"
    "234 抗疫特别国债安排的支出")
CLASSES = dict(item.split(" ") for item in _CLASSES.split("|"))
_NAMES = (
    "20103 政府办公厅（室）及相关机构事务|2010301 行政运行|2010302 一般行政管理事务|20502 普通教育|2050204 高中教育|"
    "2050299 其他普通教育支出|20599 其他教育支出|2059999 其他教育支出|20805 行政事业单位养老支出|2080501 行政单位离退休|"
    "2080502 事业单位离退休|2080505 机关事业单位基本养老保险缴费支出|21011 行政事业单位医疗|2101101 行政单位医疗|2101102 事业单位医疗|"
    "22102 住房改革支出|2210201 住房公积金|21208 国有土地使用权出让收入安排的支出|2120801 征地和拆迁补偿支出|2120803 城市建设支出|"
    "22960 彩票公益金安排的支出|2296002 用于社会福利的彩票公益金支出|2296004 用于教育事业的彩票公益金支出|22301 解决历史遗留问题及改革成本支出|"
    "2230105 国有企业退休人员社会化管理补助支出|2230107 国有企业改革成本支出")
NAMES = CLASSES | dict(item.split(" ") for item in _NAMES.split("|"))
ECONOMIC = {
    "301": "工资福利支出 01基本工资 02津贴补贴 03奖金 07绩效工资 08机关事业单位基本养老保险缴费 10职工基本医疗保险缴费 13住房公积金",
    "303": "对个人和家庭的补助 02退休费 05生活补助 08助学金",
    "302": "商品和服务支出 01办公费 02印刷费 07邮电费 11差旅费 12因公出国（境）费用 13维修（护）费 14租赁费 16培训费 17公务接待费 "
           "26劳务费 27委托业务费 28工会经费 31公务用车运行维护费 99其他商品和服务支出",
    "307": "债务利息及费用支出 01国内债务付息", "309": "资本性支出（基本建设） 05基础设施建设 13公务用车购置",
    "310": "资本性支出 02办公设备购置 07信息网络及软件购置更新 13公务用车购置", "311": "对企业补助（基本建设） 99其他对企业补助",
    "312": "对企业补助 04费用补贴", "313": "对社会保障基金补助 02对社会保险基金补助", "399": "其他支出 99其他支出",
}
ECONOMIC_NAMES = {
    code: name for head, text in ECONOMIC.items() for code, name in (
        (head, text.split(" ")[0]), *((head + item[:2], item[2:]) for item in text.split(" ")[1:]))}
PROJECT_ONLY = ("309", "311", "312", "313")
PERSONNEL = ("301", "303")
INCOME = ("一般公共预算财政拨款收入", "政府性基金预算财政拨款收入", "国有资本经营预算财政拨款收入", "上级补助收入", "事业收入", "经营收入",
          "附属单位上缴收入", "其他收入")
BUDGETS = ("一般公共", "政府性基金", "国有资本")
COUNTS = ("团组", "人次", "购置数", "保有量", "国内批次", "外事批次", "国内人次", "外事人次", "国外批次", "国外人次")
Cells = dict[tuple[str, str, str], int]
"""(table, row, column) → 分."""


@dataclass
class Unit:
    name: str = "测试市实验中学"
    year: int = 2024
    agency: bool = False
    general: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """Code → income, basic, project."""
    funds: dict[str, dict[str, tuple[int, int, int, int]]] = field(default_factory=lambda: {"08": {}, "09": {}})
    """Table → code → opening, income, basic, project."""
    own: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=dict)
    """Code → 上级, 事业, 经营, 附属, 其他 income; 基本, 项目, 上缴, 经营, 补助下级 expenditure."""
    opening: tuple[int, int] = (0, 0)
    """General budget, own money."""
    used_surplus: int = 0
    distribution: int = 0
    basic: dict[str, int] = field(default_factory=dict)
    project: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    procurement: tuple[int, int, int] = (0, 0, 0)
    vehicles: tuple[int, ...] = (0, 0, 1, 1, 0, 1, 0, 2)

    def economic(self, *codes: str) -> int:
        return sum(self.basic.get(c, 0) + self.project.get(c, 0) for c in codes)

    def three(self) -> dict[str, int]:
        """The “三公” expenses."""
        each = {"出国": self.economic("30212"), "购置": self.economic("31013", "30913"), "运行": self.economic("30231"),
                "接待": self.economic("30217")}
        return each | {"车": each["购置"] + each["运行"], "合计": sum(each.values())}

    @property
    def operating(self) -> int:
        return sum(v for c, v in self.basic.items() if c[:3] not in PERSONNEL)


def naive_unit(seed: int, *, agency: bool = False, funds: bool = False, own: bool = True, year: int = 2024, step: int = 1) -> Unit:
    """A consistent unit whose amounts are multiples of *step* 分 (10,000 is 0.01 万元)."""
    rng = random.Random(seed)

    def amount(top: int) -> int:
        return rng.randrange(1, top // step) * step

    unit = Unit("测试市政府办公室" if agency else "测试市实验中学", year, agency)
    codes = (["2010301", "2010302", "2080501", "2101101", "2210201"] if agency
             else ["2050204", "2050299", "2059999", "2080502", "2080505", "2101102", "2210201"])
    for i, code in enumerate(codes):
        basic, project = amount(90_000_000), amount(30_000_000) if i < 3 else 0
        unit.general[code] = (basic + project, basic, project)
    for table, names in (("08", ("2120801", "2120803", "2296004")), ("09", ("2230105", "2230107"))):
        for code in names if funds else ():
            project = amount(9_000_000)
            unit.funds[table][code] = (amount(900_000), project + amount(90_000), 0, project)
    for code in (codes[0], codes[-1]) if own else ():
        unit.own[code] = (tuple(amount(2_000_000) for _ in range(5)), tuple(amount(2_000_000) for _ in range(5)))
    unit.used_surplus, unit.distribution = (amount(200_000), amount(200_000)) if own else (0, 0)
    spent = sum(sum(s) - sum(g) for g, s in unit.own.values()) + unit.distribution - unit.used_surplus
    unit.opening = (amount(900_000), max(0, spent) + (amount(900_000) if own else 0))
    unit.basic = _split(rng, sum(v[1] for v in unit.general.values()), (
        "30101 30102 30103 30107 30108 30110 30113 30302 30305 30201 30207 30211 30216 30217 30231 30299 30701 31002 30228"), step)
    unit.project = _split(
        rng, sum(v[2] for v in unit.general.values()), "30213 30214 30227 30212 31002 31007 31013 30905 31204 31302 39999 30202", step)
    three = unit.three()
    owner = dict(zip(COUNTS, ("出国", "出国", "购置", "运行", *["接待"] * 6), strict=True))
    unit.counts = {name: (3 + i if three[owner[name]] else 0) for i, name in enumerate(COUNTS)}
    unit.counts |= {"国内批次": 40 * bool(three["接待"]), "国内人次": 400 * bool(three["接待"])}
    unit.procurement = (amount(9_000_000), 0, amount(9_000_000))
    return unit


def _split(rng: random.Random, total: int, codes: str, step: int) -> dict[str, int]:
    *most, last = codes.split(" ")
    out = {}
    for code in most:
        out[code] = rng.randrange(1, max(2, total // step // 3)) * step
        total -= out[code]
    return {**out, last: total}


def rolled(items: dict[str, int]) -> dict[str, int]:
    """Sums for 款, 类 and 合计 above the 项."""
    out = {"合计": 0}
    for code, value in items.items():
        for key in dict.fromkeys((code[:3], code[:5], code, "合计")):
            out[key] = out.get(key, 0) + value
    return out


def naive_cells(unit: Unit) -> Cells:
    """Every amount of the eleven tables."""
    cells: Cells = {}
    _coded_cells(unit, cells)
    _totals_cells(unit, cells)
    for table, items in (("06", unit.basic), ("07", unit.project)):
        for code in ECONOMIC_NAMES:
            if table == "07" or code[:3] not in PROJECT_ONLY:
                cells[table, code, "数"] = sum(v for c, v in items.items() if c.startswith(code))
    cells["06", "人员", "数"] = cells["06", "301", "数"] + cells["06", "303", "数"]
    cells["06", "公用", "数"] = unit.operating
    cells["07", "合计", "数"] = sum(unit.project.values())
    three = unit.three()
    for kind, value in three.items():
        cells["10", "预算", kind] = cells["10", "决算", kind] = cells["11", kind, "数"] = value
    running, bought = unit.operating * unit.agency, sum(unit.procurement)
    abroad = three["接待"] // 10_000 // 5 * 10_000
    cells |= {("11", key, "数"): value for key, value in {
        "国内": three["接待"] - abroad, "外事": abroad, "国外": abroad, "机关运行": running, "行政": running, "参公": 0, "采购": bought,
        "货物": unit.procurement[0], "工程": unit.procurement[1], "服务": unit.procurement[2],
        "中小": bought // 10_000 // 2 * 10_000, "小微": bought // 10_000 // 4 * 10_000}.items()}
    return cells


def _coded_cells(unit: Unit, cells: Cells) -> None:
    none = ((0,) * 5, (0,) * 5)
    codes = sorted({*unit.general, *unit.funds["08"], *unit.funds["09"], *unit.own})
    fiscal = {c: [sum(v) for v in zip(unit.general.get(c, (0,) * 3), *(f.get(c, (0,) * 4)[1:] for f in unit.funds.values()), strict=True)]
              for c in codes}
    own = {c: unit.own.get(c, none) for c in codes}
    columns = {
        "02": {"财政": {c: fiscal[c][0] for c in codes},
               **{name: {c: own[c][0][i] for c in codes} for i, name in enumerate(("上级", "事业", "经营", "附属", "其他"))}},
        "03": {"基本": {c: fiscal[c][1] + own[c][1][0] for c in codes}, "项目": {c: fiscal[c][2] + own[c][1][1] for c in codes},
               **{name: {c: own[c][1][i] for c in codes} for i, name in enumerate(("上缴", "经营", "补助"), start=2)}},
        "05": {"基本": {c: v[1] for c, v in unit.general.items()}, "项目": {c: v[2] for c, v in unit.general.items()}},
        **{table: {name: {c: v[i] for c, v in items.items()} for i, name in enumerate(("年初", "收入", "基本", "项目"))}
           for table, items in unit.funds.items()},
    }
    for table, parts in columns.items():
        for name, items in parts.items():
            for row, value in rolled(items).items():
                cells[table, row, name] = value
        for row in {k[1] for k in cells if k[0] == table}:
            if table in unit.funds:
                cells[table, row, "小计"] = cells[table, row, "基本"] + cells[table, row, "项目"]
                cells[table, row, "年末"] = cells[table, row, "年初"] + cells[table, row, "收入"] - cells[table, row, "小计"]
            else:
                cells[table, row, "小计"] = sum(cells[table, row, name] for name in parts)


def _totals_cells(unit: Unit, cells: Cells) -> None:
    per_budget = {"一般公共": {c: (0, *v) for c, v in unit.general.items()}, "政府性基金": unit.funds["08"], "国有资本": unit.funds["09"]}
    for i, (budget, items) in enumerate(per_budget.items()):
        income, spent = sum(v[1] for v in items.values()), sum(v[2] + v[3] for v in items.values())
        opening = unit.opening[0] if i == 0 else sum(v[0] for v in items.values())
        cells["04", f"收入{i}", "收"], cells["04", f"年初{i}", "收"] = income, opening
        cells["01", INCOME[i], "收"] = income
        for code in CLASSES:
            cells["04", code, budget] = sum(v[2] + v[3] for c, v in items.items() if c[:3] == code)
        cells["04", "本年支出", budget], cells["04", "年末", budget] = spent, income + opening - spent
        cells["04", "总计", budget] = income + opening
    for row in (*CLASSES, "本年支出", "年末", "总计"):
        cells["04", row, "合计"] = sum(cells["04", row, b] for b in BUDGETS)
    cells["04", "本年收入", "收"] = sum(cells["04", f"收入{i}", "收"] for i in range(3))
    cells["04", "年初", "收"] = sum(cells["04", f"年初{i}", "收"] for i in range(3))
    cells["04", "总计", "收"] = cells["04", "总计", "合计"]
    for i in range(5):
        cells["01", INCOME[3 + i], "收"] = sum(g[i] for g, _ in unit.own.values())
    for code in CLASSES:
        cells["01", code, "支"] = cells.get(("03", code, "小计"), 0)
    cells["01", "本年收入", "收"] = sum(cells["01", name, "收"] for name in INCOME)
    cells["01", "本年支出", "支"] = sum(cells["01", code, "支"] for code in CLASSES)
    cells["01", "使用结余", "收"], cells["01", "分配", "支"] = unit.used_surplus, unit.distribution
    cells["01", "年初", "收"] = unit.opening[1] + cells["04", "年初", "收"]
    total = cells["01", "本年收入", "收"] + unit.used_surplus + cells["01", "年初", "收"]
    cells["01", "总计", "收"] = cells["01", "总计", "支"] = total
    cells["01", "年末", "支"] = total - cells["01", "本年支出", "支"] - unit.distribution
