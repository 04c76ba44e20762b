"""Write docs/模板名称.md: every name that a template of the home pack may use, with meaning and example, from the records."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from docgen.figures.nodes import ChangeNode, FigureNode, Node, SpansNode
from docgen.job.inputs import load_inputs
from docgen.model import FigureSpan
from docgen.report.narrative import BLOCKS, Narrative, narrative_of
from workbook.pack.loading import TEMPLATES

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"
TARGET = ROOT / "docs" / "模板名称.md"
_WORDS = {
    "名称": "名称", "编码": "科目编码", "类名": "类的名称", "款名": "款的名称", "项名": "项的名称", "序号": "序号", "序号文字": "中文序号",
    "占比": "占合计的百分比", "增减额": "增减额（绝对值）", "增减率": "增减率（绝对值）", "基数": "对比数", "方向": "增加、减少、持平或未知",
    "持平": "条件：没有增减", "增加": "条件：增加", "减少": "条件：减少",
}
_BLOCK_WORDS = dict(zip(BLOCKS, ("决算编制范围的单位表", "各项目支出绩效自评表", "名词解释", "所附的全部公开表，各在横页上"), strict=True))
_HEAD = ["| 名称 | 含义 | 例子 |", "|---|---|---|"]


def rows(prefix: str, value: object, depth: int = 0) -> Iterator[tuple[str, str, str]]:
    """``(name, meaning, example)`` of a name and what is below it."""
    leaf = prefix.rsplit(".", 1)[-1]
    if isinstance(value, list):
        yield prefix, f"列表，用 `{{% for 项 in {prefix} %}}` 逐项", f"{len(value)} 项"
        if value and depth < 3:
            yield from _children(f"{prefix}[]", value[0], depth + 1)
    elif isinstance(value, Node):
        if isinstance(value, FigureNode | SpansNode):
            yield prefix, _meaning(leaf, value), _example(value)
        if not isinstance(value, ChangeNode):
            yield from _children(prefix, value, depth)
    elif isinstance(value, bool):
        yield prefix, _WORDS.get(leaf, "条件"), "是" if value else "否"
    else:
        yield prefix, _WORDS.get(leaf, "文字"), str(value)


def _children(prefix: str, value: object, depth: int) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, Node):
        for name, child in value.names():
            if isinstance(value, FigureNode) and name in ("名称", "编码", "序号", "序号文字") and "[]" not in prefix:
                continue  # every figure has them; only in loops are they of use
            yield from rows(f"{prefix}.{name}", child, depth)


def _meaning(leaf: str, node: FigureNode | SpansNode) -> str:
    if isinstance(node, ChangeNode):
        return f"{node.change.label}与{node.change.against}比较"
    if isinstance(node, FigureNode) and leaf not in _WORDS:
        figure = node.figure
        return f"{figure.label}（{figure.unit}）：{figure.how}"
    return _WORDS.get(leaf, "句式（sentences.csv）" if leaf.endswith(("句", "原因")) else "文字")


def _example(node: FigureNode | SpansNode) -> str:
    spans = node.__spans__()
    text = "".join(s.text for s in spans)
    if len(spans) == 1 and isinstance(spans[0], FigureSpan):
        return spans[0].text
    return text if len(text) <= 60 else text[:57] + "……"


def document() -> str:
    """The whole page."""
    context = load_inputs(SAMPLE)
    narrative = narrative_of(context)
    names = narrative.names
    blocks = {
        **{part.block: f"{part.name}（概况文字）" for part in context.pack.companion.parts}, **_BLOCK_WORDS,
        **{form.name: form.caption for form in context.pack.report.charts},
    }
    lines = [
        "# 报告模板可用的名称", "",
        "本页由 `python tools/make_names_doc.py` 按内置模板包的记录（`figures.csv`、`sentences.csv`、`report.toml`）自动生成，例子取自示例单位。",
        "别的模板包记录了什么，就有什么名称；怎样写记录见 [模板包.md](模板包.md)。", "",
        "在模板 `report.docx` 里写 `{{名称}}`；`{% for … %}`、`{% if … %}`、`{% endfor %}`、`{% endif %}` 各占一个段落（也可写在段落中间）。",
        "名称后面带 `[]` 的是列表的一项：先 `{% for 项 in 列表 %}`，再写 `{{项.…}}`。写错的名称在生成报告时会指出所在段落。", "",
        "## 单位和年度", "", *_HEAD,
        *(f"| `{n}` | {m} | {names[n]} |" for n, m in (
            ("单位", "单位名称"), ("年度", "决算年度"), ("上年", "上一年度"), ("年份文字", "封面的年份"), ("单位数", "决算编制范围的单位数"),
            ("单位列表", "单位名称，以顿号相连"), ("列示零项", "条件：没有的项目也列出（settings.toml 的 zero_items）"))),
        "", "## 块（单独成段）", "", "| 名称 | 内容 |", "|---|---|", *(f"| `块.{k}` | {v} |" for k, v in blocks.items()),
        *_comparison(narrative),
    ]
    for name in context.pack.figures.groups[""]:
        lines += ["", f"## `{name}`", "", *_HEAD, *(_row(*found) for found in _children(name, names[name], 0))]
    lines += ["", "## 文字：`文本`", "", *_HEAD]
    lines += [f"| `{n}` | 底稿“单位信息”中的文字，没有填写时是标黄的提示 | {_cell(e)} |" for n, _, e in _children("文本", names["文本"], 0)]
    return "\n".join(lines) + "\n"


def _comparison(narrative: Narrative) -> list[str]:
    """What is below a comparison, told of the first one."""
    changes = ((r, c) for found in narrative.context.pack.figures.records.values() for r in found for c in r.comparisons)
    record, comparing = next(changes)
    name = f"{record.name}.比{comparing.name}"
    below = (_row(f"….{n.rpartition('.')[2]}", m, e) for n, m, e in _children(name, narrative.named(name), 0))
    return ["", "## 比较（名称以 `比上年`、`比年初` 等结尾）的下级", "", f"| 名称 | 含义 | 例子（{name}） |", "|---|---|---|", *below]


def _row(name: str, meaning: str, example: str) -> str:
    return f"| `{name}` | {_cell(meaning)} | {_cell(example)} |"


def _cell(text: str) -> str:
    return text.replace("|", "｜").replace("\n", " ")


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(document(), encoding="utf-8")
    print(TARGET)
