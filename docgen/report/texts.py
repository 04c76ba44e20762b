"""User texts that fill fixed places of the narrative (底稿 单位信息), with a prompt where one is missing."""

from __future__ import annotations

import re

from docgen.figures.nodes import Node, SpansNode
from docgen.figures.texts import not_needed, paragraph, text_or_prompt
from docgen.job.context import ReportContext
from workbook.amounts import format_amount
from workbook.entries import BLANK, Entry

_DENIES = re.compile(r"(?:20\d\d\s*年度?|本年度?|本单位|本部门|我单位)*(?:无|没有|未|不存在|不涉及)")
"""Begins a text that says that there is nothing."""


TITLES = {
    "年末结转事项": "年末结转和结余事项", "购置开支内容": "公务用车购置开支内容", "国内接待内容": "国内公务接待开支内容",
    "国外接待内容": "国（境）外公务接待开支内容", "重点评价": "重点项目绩效评价结果", "绩效": "绩效自评",
}


def texts_node(context: ReportContext) -> Node:
    """The names below ``文本``."""
    info = context.companion.info if context.companion else None

    def entry(name: str) -> str:
        found: Entry = getattr(info, name, BLANK)
        return found.text

    def stated(slot: str, table: str, row: str, column: str, entry_name: str, ask: str, none: str) -> SpansNode:
        """A text that is needed only when there is an amount, and that must not contradict it."""
        amount = context.accounts.value(table, row, column)
        text = entry(entry_name)
        found = context.accounts.tables.get(table)
        if found is None or (row, column) in found.faults:
            return text_or_prompt(slot, text, ask)
        denies = bool(_DENIES.match(text.strip()))
        if not amount:
            return text_or_prompt(slot, text, ask) if denies else not_needed(slot, none)
        if denies:
            words = f"{ask}：本年有 {format_amount(amount)} 万元，底稿写的是“{text.strip()}”"
            return text_or_prompt(slot, "", words)
        return text_or_prompt(slot, text, ask)

    evaluation = entry("key_evaluation").strip()
    return Node({
        "结余分配事项": stated("文本.结余分配事项", "公开01", "结余分配", "决算数", "surplus_distribution", "结余分配事项", "本年度无结余分配事项"),
        "年末结转事项": stated("文本.年末结转事项", "公开01", "年末结转和结余", "决算数", "closing_balance", "年末结转和结余事项", "本年度无年末结转和结余"),
        "购置开支内容": stated("文本.购置开支内容", "公开11", "公务用车购置费", "数", "car_purchase", "公务用车购置开支内容", "本年度未购置公务用车"),
        "国内接待内容": stated("文本.国内接待内容", "公开11", "国内接待费", "数", "reception", "国内公务接待开支内容", "本年度未发生国内公务接待"),
        "国外接待内容": stated("文本.国外接待内容", "公开11", "国（境）外接待费", "数", "foreign_reception", "国（境）外公务接待开支内容", "本年度未发生国（境）外公务接待"),
        "重点评价": paragraph("文本.重点评价", evaluation, "重点项目绩效评价结果（没有的写“本单位无重点项目绩效评价”）"),
        "绩效提示": text_or_prompt("文本.绩效", "", "底稿“绩效自评”：项目数、得分、预算数、执行数和自评综述"),
        "联系人": text_or_prompt("文本.联系人", entry("contact"), "联系人"),
        "联系电话": text_or_prompt("文本.联系电话", entry("phone"), "联系电话"),
    })
