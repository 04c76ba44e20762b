"""Reports of random units in the words of other writers: other sentence forms, other order, other headings, one number wrong."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from docgen.job.inputs import Inputs, load_inputs
from docgen.model import Paragraph, PromptSpan
from docgen.report.narrative import narrative_of
from docgen.template.rendering import PART_STYLES, SECTION_STYLE
from tests.units import nature_of, random_unit, standard_pack
from workbook.companion.model import BudgetLine, Companion
from workbook.create.workbook import create_workbook
from workbook.entries import Entry

UNIT, YEAR = "某县教育局", 2024
NUMBER = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?=\s*(?:万元(?!（含）)|%|人次|批次|个|辆|台))")
_REASON = "本年新增人员、开展专项工作"
_CENT = Decimal("0.01")


def unit_inputs(folder: Path, seed: int) -> Inputs:
    """A random unit with last year's workbook and a 底稿 that has budgets."""
    rng = random.Random(seed)
    for year in (YEAR - 1, YEAR):
        amounts = random_unit(rng, funds=rng.random() < 0.4)
        create_workbook(folder / f"{seed}-{year}.xlsx", standard_pack(), unit_name=UNIT, year=year, amounts=amounts)
    inputs = load_inputs(folder / f"{seed}-{YEAR}.xlsx", prior=folder / f"{seed}-{YEAR - 1}.xlsx")
    table = inputs.accounts.tables["公开05"]
    lines = tuple(
        BudgetLine(code, table.names.get(code, ""), Entry.of(_near(rng, table.value(code, "合计") or Decimal(0)))) for code in table.leaves())
    total = sum((line.amount.value or Decimal(0) for line in lines), Decimal(0))
    companion = replace(Companion.new(folder / "底稿.xlsx", standard_pack().companion, UNIT, YEAR), budget=lines)
    for name, entry in {
        "单位性质": Entry.of(nature_of(amounts)), "年初预算总计": Entry.of(total + 3), "年初预算财政拨款": Entry.of(total),
        **{f"中小企业{kind}": Entry.of(inputs.accounts.tables["公开11"].value(f"政府采购{kind}支出", "数") or Decimal(0)) for kind in ("货物", "工程", "服务")},
    }.items():
        companion = companion.with_text(name, entry)
    return replace(inputs, companion=companion)


def _near(rng: random.Random, amount: Decimal) -> Decimal:
    return (amount * rng.choice([Decimal("0.8"), Decimal("0.95"), Decimal(1), Decimal("1.07"), Decimal("1.3")])).quantize(_CENT)


def statements(inputs: Inputs) -> list[tuple[str, str]]:
    """The narrative as style and text, the reasons given; without what waits for other inputs."""
    found = []
    for block in narrative_of(inputs).statements:
        if isinstance(block, Paragraph) and (block.section or block.style in PART_STYLES):
            text = "".join(_REASON if isinstance(s, PromptSpan) else s.text for s in block.spans)
            if "【" not in text:
                found.append((block.style, text.replace("\u00a0", "")))
    start = max(i for i, (style, _) in enumerate(found) if style in PART_STYLES and any(s == SECTION_STYLE for s, _ in found[i + 1 : i + 2]))
    return found[start:]


Rewrite = Callable[[random.Random, str], str]


def _last_year(rng: random.Random, text: str) -> str:
    return text.replace("与上年决算相比，", rng.choice(["与2023年度相比，", "较上年", "比2023年度", "与上年相比，", "与上年决算相比，"]))


def _reason(rng: random.Random, text: str) -> str:
    return text.replace("，变动原因：", rng.choice(["，主要原因是", "。主要原因：", "，变动原因：", "，主要是"]))


def _share(rng: random.Random, text: str) -> str:
    return re.sub(r"，占 ?([\d.]+%)", lambda m: rng.choice([f"，占{m[1]}", f"，所占比重为{m[1]}", f"，占比{m[1]}"]), text)


def _direction(rng: random.Random, text: str) -> str:
    return text.replace("增长 ", rng.choice(["增长", "上升", "增长了"])).replace("下降 ", rng.choice(["下降", "降低", "下降了"]))


def _spaces(rng: random.Random, text: str) -> str:
    return text.replace(" ", "") if rng.random() < 0.7 else text


def _thousands(rng: random.Random, text: str) -> str:
    if rng.random() < 0.6:
        return text
    return re.sub(r"(?<![\d.])(\d{4,})(\.\d\d)(?=\s*万元)", lambda m: f"{int(m[1]):,}{m[2]}", text)


def _budget(rng: random.Random, text: str) -> str:
    text = re.sub(r"年初预算 ([\d.]+) 万元，支出决算 ([\d.]+) 万元", rng.choice([
        r"年初预算为\1万元，支出决算为\2万元", r"年初预算数\1万元，支出决算数\2万元", r"年初预算为\1万元，决算支出\2万元"]), text)
    return text.replace("决算数与年初预算数的差异原因：", rng.choice(["决算数与年初预算数的差异原因：", "差异的主要原因："]))


REWRITES: Sequence[Rewrite] = (_last_year, _reason, _share, _direction, _budget, _thousands, _spaces)


def rewritten(rng: random.Random, narrative: Sequence[tuple[str, str]]) -> list[str]:
    """The narrative as somebody else would have written it, every statement as true as before."""
    texts: list[tuple[str, str]] = []
    for style, text in narrative:
        shown = text
        for rewrite in REWRITES:
            shown = rewrite(rng, shown)
        if style == SECTION_STYLE:
            shown = rng.choice([shown, shown.removesuffix("说明"), shown.replace("、", "、2024年度", 1)])
        texts.append((style, shown))
    joined: list[str] = []
    for place, (style, text) in enumerate(texts):  # lists of one item a paragraph in one
        if joined and place and texts[place - 1][0] == style and joined[-1].endswith(("；", "其中：")) and rng.random() < 0.6:
            joined[-1] += text
        else:
            joined.append(text)
    tables = ["第二部分 2024年度单位决算表", "一、收入支出决算总表", "二、收入决算表", "三、支出决算表"] if rng.random() < 0.5 else []
    part = "第三部分" if tables else "第二部分"
    return [
        f"{UNIT}2024年度决算公开", "第一部分 单位概况", "一、主要职能", "负责全县教育工作。", *tables,
        f"{part} 2024年度单位决算情况说明", *joined[1:], "第四部分 名词解释", "一、财政拨款收入：指财政拨付的资金。"]


def spoiled(rng: random.Random, texts: Sequence[str], kind: str) -> tuple[list[str], int, str]:
    """One statement made wrong: the texts, the index of the paragraph, what was done; index -1 when there was nothing to spoil."""
    start = next(i for i, t in enumerate(texts) if t.endswith("单位决算情况说明") and t.startswith("第")) + 1
    end = next(i for i, t in enumerate(texts) if t.startswith("第四部分"))
    places = []
    for i in range(start, end):
        if kind == "数":
            places += [(i, m) for m in NUMBER.finditer(texts[i]) if Decimal(m[0])]
        elif kind == "方向":
            places += [(i, m) for m in re.finditer(r"(?:增加|减少)(?=\s*\d)", texts[i]) if re.match(r"\s*0 ?万", texts[i][m.end() :]) is None]
        elif kind == "单位":
            places += [(i, m) for m in re.finditer(f"^{UNIT}", texts[i])]
        else:
            places += [(i, m) for m in re.finditer(r"2024(?=\s*年度(?!与))", texts[i])]
    if not places:
        return [*texts], -1, ""
    index, match = rng.choice(places)
    new = {"方向": {"增加": "减少", "减少": "增加"}.get(match[0], ""), "单位": "某县卫生健康局", "年": "2022"}.get(kind) or _other(rng, match[0])
    changed = [*texts]
    changed[index] = texts[index][: match.start()] + new + texts[index][match.end() :]
    return changed, index, f"{match[0]} → {new}: {texts[index][max(match.start() - 24, 0) : match.end() + 8]}"


def _other(rng: random.Random, number: str) -> str:
    """Another number, as slips make them."""
    value = Decimal(number)
    ways = [value + rng.choice([1, 2, 10, 100]), value * 10]
    digits = [i for i in range(len(number) - 1) if number[i] != number[i + 1] and "." not in number[i : i + 2] and number[i + 1] != "0"]
    if digits:
        i = rng.choice(digits)
        ways.append(Decimal(number[:i] + number[i + 1] + number[i] + number[i + 2 :]))
    places = len(number.partition(".")[2])
    return f"{rng.choice(ways):.{places}f}"
