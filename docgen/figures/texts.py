"""User texts that fill fixed places of the narrative (底稿 单位信息), with a prompt where one is missing."""

from __future__ import annotations

import re

from docgen.figures.nodes import Node, SpansNode
from docgen.job.context import ReportContext
from docgen.model import PlaceText, PromptSpan, ReasonSpan, Text
from workbook.amounts import format_amount
from workbook.pack.companion_form import EntryForm, Role

_END = "。．.；;，, "


def text_or_prompt(slot: str, text: str, ask: str) -> SpansNode:
    """The user's *text* (end mark removed: the template sets its own), or a prompt to fill it in."""
    bare = text.strip().rstrip(_END)
    if bare:
        return SpansNode((ReasonSpan(slot, bare),))
    return SpansNode((PromptSpan(slot, f"【请填写{ask}】"),))


def not_needed(slot: str, text: str) -> SpansNode:
    """What is stated where no words are needed."""
    return SpansNode((PlaceText(text, slot=slot),))


def paragraph(slot: str, text: str, ask: str) -> SpansNode:
    """A whole paragraph or sentence given by the user, ending with a full stop, or a prompt."""
    node = text_or_prompt(slot, text, ask)
    spans = node.__spans__()
    return node if isinstance(spans[0], PromptSpan) else SpansNode((*spans, Text("。")))


_DENIES = re.compile(r"(?:20\d\d\s*年度?|本年度?|本单位|本部门|我单位)*(?:无|没有|未|不存在|不涉及)")
"""Begins a text that says that there is nothing."""


def texts_node(context: ReportContext) -> Node:
    """The names below ``文本``: what the report states of the 底稿's labelled entries."""
    form = context.pack.companion
    projects = form.sheet(Role.PROJECTS)
    texts = {entry.id: _stated(context, entry) for entry in form.entries.values() if entry.ask}
    return Node({**texts, "绩效提示": text_or_prompt(projects.slot, "", projects.ask)})


def _stated(context: ReportContext, form: EntryForm) -> SpansNode:
    """A text, or the prompt for it; one that explains an amount must not contradict it and is not needed without."""
    text = context.companion.text(form.id).text.strip() if context.companion is not None else ""
    if form.sentence:
        return paragraph(form.slot, text, form.ask)
    found = context.accounts.tables.get(form.amount.table) if form.amount is not None else None
    if form.amount is None or found is None or form.amount[1:] in found.faults:
        return text_or_prompt(form.slot, text, form.ask)
    amount, denies = context.accounts.value(*form.amount), bool(_DENIES.match(text))
    if not amount:
        return text_or_prompt(form.slot, text, form.ask) if denies else not_needed(form.slot, form.none)
    if denies:
        return text_or_prompt(form.slot, "", f"{form.ask}：本年有 {format_amount(amount)} 万元，底稿写的是“{text}”")
    return text_or_prompt(form.slot, text, form.ask)
