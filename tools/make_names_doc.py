"""Write docs/模板名称.md: every name a report template may use, with meaning and example, from the registry."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from docgen.figures.nodes import ChangeNode, FigureNode, Node, SpansNode
from docgen.job.inputs import load_inputs
from docgen.model import FigureSpan
from docgen.report.assembly import namespace, narrative_of
from docgen.report.narrative import SECTIONS
from workbook.pack.loading import TEMPLATES

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"
TARGET = ROOT / "docs" / "模板名称.md"
_SECTION_OF = {
    "收支": 1, "收入": 2, "支出": 3, "财拨": 4, "一般公共": 5, "基本支出": 6, "项目支出": 7, "三公": 8, "基金": 9, "国资": 10,
    "运行": 11, "采购": 12, "资产": 13, "绩效": 14,
}
_WORDS = {
    "语句": "增减语句（方向词随正负号；持平；对比数为 0 时不写百分比）", "原因句": "“，变动原因：……”（持平时为空）", "原因": "变动原因",
    "差额语句": "增减语句，不带百分比", "各增减语句": "增减语句，带“各”字", "差异原因句": "“决算数与年初预算数的差异原因：……。”",
    "差异句": "持平或差异原因的整句", "预算差异句": "与全年预算持平或差异原因的整句", "列表": "各项名称和金额，以顿号相连",
    "中小占比句": "各类采购授予中小企业的占比", "方向": "增加、减少、持平或未知", "持平": "条件：没有增减", "增加": "条件：增加", "减少": "条件：减少",
    "名称": "名称", "编码": "科目编码", "款名": "款的名称", "项名": "项的名称", "全名": "款、项全名", "序号文字": "中文序号", "各项": "列表：各项",
    "各类": "列表：各类", "项目": "列表：各项目", "为空": "条件：该表为空表", "为机关": "条件：行政单位或参公单位", "已填": "条件：底稿已填绩效自评",
    "序号": "序号", "综述名称": "项目名称，以“项目”二字结尾",
}
_BLOCKS = {
    "主要职能": "第一部分的主要职能、职责（概况文字）", "机构设置": "机构设置（概况文字）", "主要工作": "主要工作完成情况（概况文字）",
    "所属单位表": "决算编制范围的单位表", "图1": "收入决算图", "图2": "支出决算图", "绩效自评表": "各项目支出绩效自评表",
    "名词解释": "名词解释", "决算表": "第五部分的十一张表",
}


def rows(prefix: str, value: object, depth: int = 0) -> Iterator[tuple[str, str, str]]:
    """``(name, meaning, example)`` of a name and what is below it."""
    leaf = prefix.rsplit(".", 1)[-1]
    if isinstance(value, list):
        yield f"{prefix}", f"{_WORDS.get(leaf, '列表')}，用 `{{% for 项 in {prefix} %}}` 逐项", f"{len(value)} 项"
        if value and depth < 3:
            yield from _children(f"{prefix}[]", value[0], depth + 1)
    elif isinstance(value, Node):
        if isinstance(value, SpansNode):
            yield prefix, _meaning(leaf, value), _example(value)
        if isinstance(value, ChangeNode):
            return
        yield from _children(prefix, value, depth)
    else:
        yield prefix, _WORDS.get(leaf, "文字"), {True: "是", False: "否"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _children(prefix: str, value: object, depth: int) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, Node):
        for name, child in value.names():
            yield from rows(f"{prefix}.{name}", child, depth)


def _meaning(leaf: str, node: SpansNode) -> str:
    if leaf in _WORDS:
        return _WORDS[leaf]
    if isinstance(node, ChangeNode):
        return f"{node.change.label}与{node.change.against}比较"
    if isinstance(node, FigureNode):
        figure = node.figure
        return f"{figure.label}（{figure.unit}）：{figure.how}"
    return "文字"


def _example(node: SpansNode) -> str:
    spans = node.__spans__()
    text = "".join(s.text for s in spans)
    if len(spans) == 1 and isinstance(spans[0], FigureSpan):
        return spans[0].text
    return text if len(text) <= 60 else text[:57] + "……"


def document() -> str:
    """The whole page."""
    context = load_inputs(SAMPLE).context
    names = namespace(context, narrative_of(context))
    lines = [
        "# 报告模板可用的名称", "",
        "本页由 `python tools/make_names_doc.py` 按程序的数据登记自动生成，例子取自示例单位。",
        "在模板 `report.docx` 里写 `{{名称}}`；`{% for … %}`、`{% if … %}`、`{% endfor %}`、`{% endif %}` 各占一个段落（也可写在段落中间）。",
        "名称后面带 `[]` 的是列表的一项：先 `{% for 项 in 列表 %}`，再写 `{{项.…}}`。写错的名称在生成报告时会指出所在段落。", "",
        "## 单位和年度", "", "| 名称 | 含义 | 例子 |", "|---|---|---|",
        *(f"| `{n}` | {m} | {names[n]} |" for n, m in (
            ("单位", "单位名称"), ("年度", "决算年度"), ("上年", "上一年度"), ("年份文字", "封面的年份"), ("单位数", "决算编制范围的单位数"),
            ("单位列表", "单位名称，以顿号相连"))),
        "", "## 块（单独成段）", "", "| 名称 | 内容 |", "|---|---|", *(f"| `块.{k}` | {v} |" for k, v in _BLOCKS.items()),
    ]
    change = names["收支"].总计.比年初  # type: ignore[attr-defined]  # the tree is dynamic
    lines += ["", "## 比较（名称以 `比上年`、`比年初`、`比预算` 结尾）的下级", "", "| 名称 | 含义 | 例子（收支.总计.比年初） |", "|---|---|---|"]
    lines += [f"| `….{n.rpartition('.')[2]}` | {_cell(m)} | {_cell(e)} |" for n, m, e in _children_of("比", change)]
    for name, section in _SECTION_OF.items():
        lines += ["", f"## {section}．{SECTIONS[section - 1]}：`{name}`", "", "| 名称 | 含义 | 例子 |", "|---|---|---|"]
        lines += [f"| `{n}` | {_cell(m)} | {_cell(e)} |" for n, m, e in _children_of(name, names[name])]
    lines += ["", "## 文字：`文本`", "", "| 名称 | 含义 | 例子 |", "|---|---|---|"]
    lines += [f"| `{n}` | 底稿“单位信息”中的文字，没有填写时是标黄的提示 | {_cell(e)} |" for n, _, e in _children_of("文本", names["文本"])]
    return "\n".join(lines) + "\n"


def _children_of(name: str, node: object) -> list[tuple[str, str, str]]:
    return list(_children(name, node, 0))


def _cell(text: str) -> str:
    return text.replace("|", "｜").replace("\n", " ")


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(document(), encoding="utf-8")
    print(TARGET)
