"""What the sheets of the 底稿 are called and which labels and columns they have, with the words people use instead."""

from __future__ import annotations

import re
from functools import lru_cache

from workbook.companion.model import LEVEL_WORDINGS, NATURES, Fund, Level, Part
from workbook.pack.layout import normalise
from workbook.values import dataclass

INFO = "单位信息"
OVERVIEW = "概况文字"
UNITS = "所属单位"
BUDGET = "年初预算"
PRIOR = "上年决算"
PROCUREMENT = "采购与中小企业"
REASONS = "变动原因"
PERFORMANCE = "绩效自评"
GLOSSARY = "名词解释"
SHEETS = (INFO, OVERVIEW, UNITS, BUDGET, PRIOR, PROCUREMENT, REASONS, PERFORMANCE, GLOSSARY)
PERFORMANCE_TABLE = "项目支出绩效自评表"
BLANK_TABLE = "绩效自评表_空白"
"""The blank 项目支出绩效自评表 of every 底稿, to be copied for each project."""

SHEET_ALIASES: dict[str, tuple[str, ...]] = {
    INFO: ("单位信息", "单位基本信息", "基本信息"),
    OVERVIEW: ("概况文字", "单位概况", "概况"),
    UNITS: ("所属单位", "决算单位", "单位构成", "下属单位"),
    BUDGET: ("年初预算", "年初预算数"),
    PRIOR: ("上年决算", "上年决算数", "上年数"),
    PROCUREMENT: ("采购与中小企业", "政府采购", "中小企业采购"),
    REASONS: ("变动原因", "变动原因说明"),
    PERFORMANCE: ("绩效自评", "绩效自评汇总", "项目绩效自评"),
    GLOSSARY: ("名词解释", "术语"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list sheet."""

    id: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    width: float = 14
    choices: tuple[str, ...] = ()
    numeric: bool = False
    locked: bool = False
    """Written by the program: not open for typing."""

    def names(self) -> frozenset[str]:
        """All names in the form in which headers are compared."""
        return _keys(self.id, self.aliases)


@dataclass(frozen=True, slots=True)
class Label:
    """A labelled entry (label in one column, content to its right)."""

    id: str
    field: str
    """Attribute of the model."""
    aliases: tuple[str, ...] = ()
    note: str = ""
    choices: tuple[str, ...] = ()
    numeric: bool = False
    required: bool = False

    def names(self) -> frozenset[str]:
        """All names in the form in which labels are compared."""
        return _keys(self.id, self.aliases)


LONGEST_LABEL = 60
_TAIL = re.compile(r"(?:\((?:%|％|元|万元)\)|[_\s:：])")


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """*text* of a label or header as labels of the 底稿 are compared (a long text is no label)."""
    return _TAIL.sub("", normalise(text)) if len(text) <= LONGEST_LABEL else text


@lru_cache(maxsize=512)
def _keys(name: str, aliases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(key(n) for n in (name, *aliases))


INFO_LABELS = (
    Label("单位名称", "name", ("部门名称", "单位全称"), "与决算公开表一致，写全称", required=True),
    Label("单位性质", "nature", ("单位类型", "机构性质"), "从下拉列表中选择；决定写“机关运行经费”还是“公用经费”", NATURES, required=True),
    Label("年度", "year", ("决算年度", "年份"), "决算年度，如 2024", numeric=True, required=True),
    Label("联系人", "contact", ("联系人姓名",), "写入报告第四部分"),
    Label("联系电话", "phone", ("电话",), "写入报告第四部分"),
    Label("上年决算表", "prior_path", ("上年决算公开表", "上年工作簿"), "上年决算公开表的文件名（与本文件放在同一文件夹）；没有文件时使用“上年决算”表中的数"),
    Label("概况文件", "overview_path", ("概况Word文件", "概况文档"), "如 概况.docx；填写后第一部分取自该 Word 文件，不再使用“概况文字”表"),
    Label("结余分配事项", "surplus_distribution", (), "如：按规定提取职工福利基金；没有时写：本年度无结余分配事项"),
    Label("年末结转和结余事项", "closing_balance", ("结转和结余事项",), "如：项目跨年实施；没有时写：本年度无年末结转和结余"),
    Label("公务用车购置开支内容", "car_purchase", (), "没有时写：本年度未购置车辆"),
    Label("国内公务接待开支内容", "reception", ("公务接待开支内容",), "没有时写：本年度未发生公务接待"),
    Label("国（境）外公务接待开支内容", "foreign_reception", (), "没有时写：本年度未发生公务接待"),
    Label("重点评价说明", "key_evaluation", ("重点项目绩效评价", "部门项目绩效评价结果"), "部门项目绩效评价结果；没有时写：我单位无重点项目绩效评价"),
)
SETTING_LABELS = (
    Label("变动原因_最低变动率（%）", "minimum_rate", ("最低变动率",), "变动率达到此值才要求写原因；空白按模板包的规定，0 表示凡有变动都写", numeric=True),
    Label("变动原因_最低变动额（万元）", "minimum_amount", ("最低变动额",), "变动额达到此值才要求写原因；空白按模板包的规定，0 表示凡有变动都写", numeric=True),
    Label("持平写法", "level_wording", (), "本年与对比数相等时的写法", LEVEL_WORDINGS),
)
PROCUREMENT_LABELS = (
    Label("货物", "goods", ("货物采购", "政府采购货物", "货物类"), "货物采购授予中小企业合同金额", numeric=True),
    Label("工程", "works", ("工程采购", "政府采购工程", "工程类"), "工程采购授予中小企业合同金额", numeric=True),
    Label("服务", "services", ("服务采购", "政府采购服务", "服务类"), "服务采购授予中小企业合同金额", numeric=True),
)
BUDGET_LABELS = (
    Label("收支总计", "total", ("年初预算总计", "收入支出总计", "总计", "收支合计"), numeric=True),
    Label("财政拨款合计", "fiscal", ("财政拨款", "财政拨款总计", "财政拨款收支总计"), numeric=True),
)
COUNT_LABELS = (
    Label(Fund.GENERAL, "general", ("一般公共预算项目", "一般公共预算财政拨款"), numeric=True),
    Label(Fund.GOVERNMENT, "fund", ("政府性基金", "政府性基金项目", "政府性基金预算项目"), numeric=True),
)

OVERVIEW_COLUMNS = (
    Column("部分", ("所属部分", "章节"), width=20, choices=tuple(Part)),
    Column("级别", ("层级", "标题级别"), width=8, choices=tuple(Level)),
    Column("文字", ("内容", "正文", "段落"), required=True, width=90),
    Column("备注", ("说明",), width=20),
)
UNIT_COLUMNS = (
    Column("序号", ("编号",), width=8),
    Column("单位名称", ("名称",), required=True, width=40),
    Column("单位性质", ("性质", "单位类型"), width=26, choices=NATURES),
)
BUDGET_COLUMNS = (
    Column("功能科目编码", ("科目编码", "编码", "科目代码", "功能分类科目编码"), required=True, width=18),
    Column("科目名称", ("名称", "项目", "功能科目名称"), width=44),
    Column("年初预算数", ("年初预算", "预算数", "金额"), required=True, width=18, numeric=True),
)
REASON_COLUMNS = (
    Column("编号", ("序号", "事项编号"), required=True, width=18, locked=True),
    Column("章节", ("部分",), width=16, locked=True),
    Column("事项", ("内容",), width=26, locked=True),
    Column("本年", ("本年数", "本年决算"), width=12, numeric=True, locked=True),
    Column("对比", ("对比数", "上年数", "基数"), width=12, numeric=True, locked=True),
    Column("增减额", ("差额", "变动额"), width=12, numeric=True, locked=True),
    Column("增减率", ("变动率",), width=10, numeric=True, locked=True),
    Column("主要构成", ("变动构成",), width=30, locked=True),
    Column("参考草稿", ("草稿",), width=30, locked=True),
    Column("上年原因", ("上年变动原因",), width=26, locked=True),
    Column("变动原因", ("原因", "本年原因"), required=True, width=44),
    Column("状态", (), width=10, locked=True),
    Column("提示", ("问题",), width=26, locked=True),
)
PROJECT_COLUMNS = (
    Column("序号", (), width=6),
    Column("项目名称", ("名称", "项目"), required=True, width=30),
    Column("预算类别", ("资金性质", "预算"), width=16, choices=tuple(Fund)),
    Column("自评得分", ("得分", "自评分"), required=True, width=10, numeric=True),
    Column("全年预算数", ("全年预算", "预算数"), width=12, numeric=True),
    Column("执行数", ("全年执行数",), width=12, numeric=True),
    Column("年初预算数", ("年初预算",), width=12, numeric=True),
    Column("完成情况综述", ("绩效目标完成情况", "完成情况", "自评综述"), width=50),
    Column("发现的主要问题及原因", ("主要问题及原因", "存在问题"), width=36),
    Column("下一步改进措施", ("改进措施",), width=36),
    Column("工作表名", ("自评表", "绩效自评表工作表名", "工作表"), width=20),
)
GLOSSARY_COLUMNS = (
    Column("术语", ("名词",), required=True, width=30),
    Column("解释", ("名词解释", "含义", "说明"), required=True, width=110),
)
LISTS: dict[str, tuple[Column, ...]] = {
    OVERVIEW: OVERVIEW_COLUMNS, UNITS: UNIT_COLUMNS, BUDGET: BUDGET_COLUMNS, REASONS: REASON_COLUMNS,
    PERFORMANCE: PROJECT_COLUMNS, GLOSSARY: GLOSSARY_COLUMNS,
}
