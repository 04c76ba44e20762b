"""The lists of a 底稿: the columns of each, with the words people use instead, and how labels and headers are compared."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from workbook.companion.model import Level
from workbook.pack.companion_form import CompanionForm, CompanionSheet, EntryForm, Role
from workbook.pack.formula_parser import USE
from workbook.pack.layout import normalise
from workbook.values import dataclass

BLANK_TABLE = "绩效自评表_空白"
"""The blank 项目支出绩效自评表 of every 底稿, to be copied for each project."""
COUNT_HEADER = "预算类别"
"""Heading of the budgets beside their numbers of projects."""


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
    is_money: bool = True
    """Of a numeric column: whether it holds amounts in the sheet's money unit."""

    def names(self) -> frozenset[str]:
        """All names in the form in which headers are compared."""
        return keys(self.id, self.aliases)


LONGEST_LABEL = 60
_SEVERAL = 2
_TAIL = re.compile(r"(?:\((?:%|％|元|万元)\)|[_\s:：])")


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """*text* of a label or header as labels of the 底稿 are compared (a long text is no label)."""
    return _TAIL.sub("", normalise(text)) if len(text) <= LONGEST_LABEL else text


@lru_cache(maxsize=512)
def keys(name: str, aliases: tuple[str, ...]) -> frozenset[str]:
    """A name and its aliases in that form."""
    return frozenset(key(n) for n in (name, *aliases))


def names_of(form: EntryForm | CompanionSheet) -> frozenset[str]:
    """What an entry or a sheet may be called, in that form."""
    return keys(form.label if isinstance(form, EntryForm) else form.name, form.aliases)


_LISTS: dict[Role, tuple[Column, ...]] = {
    Role.OVERVIEW: (
        Column("部分", ("所属部分", "章节"), width=20),
        Column("级别", ("层级", "标题级别"), width=8, choices=tuple(Level)),
        Column("文字", ("内容", "正文", "段落"), required=True, width=90),
        Column("备注", ("说明",), width=20),
    ),
    Role.UNITS: (
        Column("序号", ("编号",), width=8),
        Column("单位名称", ("名称",), required=True, width=40),
        Column("单位性质", ("性质", "单位类型"), width=26),
    ),
    Role.BUDGET: (
        Column("功能科目编码", ("科目编码", "编码", "科目代码", "功能分类科目编码"), required=True, width=18),
        Column("科目名称", ("名称", "项目", "功能科目名称"), width=44),
        Column("年初预算数", ("年初预算", "预算数", "金额"), required=True, width=18, numeric=True),
        Column(USE, ("用途", "主要用途"), width=60),
        Column("预算类别", ("资金性质", "预算"), width=18),
    ),
    Role.REASONS: (
        Column("编号", ("序号", "事项编号"), required=True, width=18, locked=True),
        Column("章节", ("部分",), width=16, locked=True),
        Column("事项", ("内容",), width=26, locked=True),
        Column("本年", ("本年数", "本年决算"), width=12, numeric=True, locked=True),
        Column("对比", ("对比数", "上年数", "基数"), width=12, numeric=True, locked=True),
        Column("增减额", ("差额", "变动额"), width=12, numeric=True, locked=True),
        Column("增减率", ("变动率",), width=10, numeric=True, locked=True, is_money=False),
        Column("主要构成", ("变动构成",), width=30, locked=True),
        Column("参考草稿", ("草稿",), width=30, locked=True),
        Column("上年原因", ("上年变动原因",), width=26, locked=True),
        Column("变动原因", ("原因", "本年原因"), required=True, width=44),
        Column("状态", (), width=10, locked=True),
        Column("提示", ("问题",), width=26, locked=True),
    ),
    Role.PROJECTS: (
        Column("序号", (), width=6),
        Column("项目名称", ("名称", "项目"), required=True, width=30),
        Column("预算类别", ("资金性质", "预算"), width=16),
        Column("自评得分", ("得分", "自评分"), required=True, width=10, numeric=True, is_money=False),
        Column("全年预算数", ("全年预算", "预算数"), width=12, numeric=True),
        Column("执行数", ("全年执行数",), width=12, numeric=True),
        Column("年初预算数", ("年初预算",), width=12, numeric=True),
        Column("完成情况综述", ("绩效目标完成情况", "完成情况", "自评综述"), width=50),
        Column("发现的主要问题及原因", ("主要问题及原因", "存在问题"), width=36),
        Column("下一步改进措施", ("改进措施",), width=36),
        Column("工作表名", ("自评表", "绩效自评表工作表名", "工作表"), width=20),
    ),
    Role.VERIFIED: (
        Column("编号", required=True, width=30, locked=True),
        Column("位置", width=30, locked=True),
        Column("数值", width=50, locked=True),
        Column("增减额", width=12, numeric=True, locked=True),
        Column("核实", required=True, width=10, locked=True),
        Column("说明", width=50),
        Column("时间", width=18, locked=True),
    ),
    Role.GLOSSARY: (
        Column("术语", ("名词",), required=True, width=30),
        Column("解释", ("名词解释", "含义", "说明"), required=True, width=110),
    ),
}


@lru_cache(maxsize=64)
def columns_of(form: CompanionForm, role: Role) -> tuple[Column, ...]:
    """The columns of the list of that *role*; none for a sheet that is no list."""
    sheet = form.sheet(role)
    choices = {
        "部分": tuple(part.name for part in form.parts), "单位性质": form.nature_names, "预算类别": tuple(fund.name for fund in sheet.funds)}
    left_out = {USE} - ({USE} if sheet.uses else set()) | ({"预算类别"} if role is Role.BUDGET and len(sheet.funds) < _SEVERAL else set())
    columns = [c for c in _LISTS.get(role, ()) if c.id not in left_out]
    return tuple(
        Column(sheet.remark, width=40) if c.id == "单位性质" and sheet.remark else replace(c, choices=choices.get(c.id, c.choices))
        for c in columns)
