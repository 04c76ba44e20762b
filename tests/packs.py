"""Template packs made by editing the files of the built-in one, as people make theirs."""

import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tools.report_outline import build_template
from workbook.numerals import chinese_numeral
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES

Edit = Callable[[str], str]
TEXTS = (".csv", ".toml")


def pack_folder(folder: Path, edits: Mapping[str, Edit] | None = None, *, without: tuple[str, ...] = ()) -> Path:
    """A copy of the built-in pack below *folder*, its text files edited, some left out."""
    target = folder / "自己的模板包"
    shutil.copytree(TEMPLATES / DEFAULT_PACK, target, ignore=shutil.ignore_patterns(*without))
    for name, edit in (edits or {}).items():
        path = target / name
        path.write_text(edit(path.read_text("utf-8-sig")), "utf-8")
    return target


def replaced(old: str, new: str, times: int = -1) -> Edit:
    """Replace *old*, which must be there."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, times)

    return edit


def renumbered(old: str, new: str) -> dict[str, Edit]:
    """Edits that give every sheet another code (``公开01`` → ``Z01``) in all files that name sheets."""
    return {
        path.name: replaced(old, new) for path in sorted((TEMPLATES / DEFAULT_PACK).iterdir())
        if path.suffix in TEXTS and old in path.read_text("utf-8-sig")
    }


def without_sheets(text: str, *codes: str) -> str:
    """``sheets.toml`` without some sheets."""
    head, *sheets = text.split("[[sheet]]")
    return "[[sheet]]".join([head, *(s for s in sheets if not any(f'code = "{code}"' in s for code in codes))])


def without_names(text: str, *names: str) -> str:
    """A CSV file without the records that name any of *names*, nor those that name a record that is gone."""
    head, *records = text.splitlines()
    gone = list(names)
    while True:
        kept = [r for r in records if not any(re.search(rf"(?<![^\WΣ])(?<!\.){re.escape(name)}(?!\w)", r) for name in gone)]
        left = {r.split(",")[0] for r in kept}
        lost = {r.split(",")[0] for r in records if r not in kept} - left - set(gone)
        if len(kept) == len(records):
            return "\n".join([head, *kept]) + "\n"
        records, gone = kept, [*gone, *(name for name in lost if "." in name)]


def without_cells(text: str, *codes: str) -> str:
    """``companion.toml`` without what names cells of some sheets: texts that explain them, what is compared with them."""
    named = "|".join(map(re.escape, codes))
    blocks = [b for b in text.split("\n\n") if not re.search(rf'^amount = "(?:{named})\[', b, re.MULTILINE)]
    lines = rf'(?:implied_by|asked_when|actual) = "(?:{named})\[.*"\n?|beside = \[[^]]*(?:{named})(?:.|\n)*?\n\]\n'
    return "\n\n".join(re.sub(rf"^(?:{lines})", "", block, flags=re.MULTILINE) for block in blocks)


def without_blocks(text: str, *words: str) -> str:
    """A TOML file without the ``[[…]]`` records that name any of *words*, and without such a line of a 单位性质."""
    head, *blocks = re.split(r"(?m)^(?=\[\[)", text)
    kept = []
    for block in blocks:
        if block.startswith("[[nature]]"):
            kept.append("".join(line for line in block.splitlines(keepends=True) if not any(word in line for word in words)))
        elif not any(word in block for word in words):
            kept.append(block)
    return "".join([head, *kept])


def smaller(*codes: str, without: tuple[str, ...] = ()) -> dict[str, Edit]:
    """Edits that take the sheets with these *codes* out of the form, and every record that names them or *without*."""
    edits: dict[str, Edit] = {
        "sheets.toml": lambda text: without_sheets(text, *codes), "companion.toml": lambda text: without_blocks(text, *codes, *without)}
    for path in sorted((TEMPLATES / DEFAULT_PACK).glob("*.csv")):
        if any(code in path.read_text("utf-8-sig") for code in codes):
            edits[path.name] = lambda text: without_names(text, *codes)
    return edits


def sections_of(outline: str) -> dict[str, str]:
    """The level-one sections of the narrative in an outline, by their titles without number (headings and text)."""
    start, end = outline.index("部分标题|第二部分"), outline.index("部分标题|第三部分")
    pieces = re.split(r"(?m)^(?=一级标题\|)", outline[start:end])[1:]
    return {re.sub(r"^一级标题\|[一二三四五六七八九十]+、", "", piece.splitlines()[0]): piece for piece in pieces}


def narrative_of_sections(outline: str, sections: Iterable[str]) -> str:
    """*outline* with these sections as its narrative, numbered anew."""
    start, end = outline.index("部分标题|第二部分"), outline.index("部分标题|第三部分")
    head = outline[start:end].splitlines(keepends=True)[0]
    numbered = [re.sub(r"^一级标题\|(?:[一二三四五六七八九十]+、)?", f"一级标题|{chinese_numeral(n)}、", s) for n, s in enumerate(sections, 1)]
    return outline[:start] + head + "".join(numbered) + "分页|\n" + outline[end:]


def with_template(folder: Path, edit: Edit) -> Path:
    """Give the pack in *folder* the Word template that the edited outline of the built-in one makes."""
    outline = (TEMPLATES / DEFAULT_PACK / "report.outline.txt").read_text("utf-8")
    (folder / "report.docx").write_bytes(build_template(edit(outline)))
    return folder


TRAINING = '''
[[sheet]]
name = "培训与会议"
kind = "entries"
guide = "填写培训费和会议费的预算数。"
header = ["项目", "预算数", "说明"]
widths = [24, 28, 50]

[[sheet.entry]]
id = "培训费预算"
label = "培训费"
kind = "amount"
group = "培训和会议的预算"

[[sheet.entry]]
id = "培训内容"
kind = "text"
group = "培训和会议的预算"
ask = "培训内容"
amount = "公开06[30201]"
none = "本年度未举办培训"

[[group]]
tab = "培训与会议"
title = "培训和会议的预算"

[[sheet]]
name = "变动原因"'''


def own_companion(folder: Path) -> Path:
    """A pack whose 底稿 has another sheet, with a check of its number, no 绩效自评, and another name for a sheet."""
    def form(text: str) -> str:
        head, _, rest = text.partition('[[sheet]]\nname = "绩效自评"')
        text = head + "[[sheet]]\n" + rest.partition("[[sheet]]\n")[2]
        for edit in (
            replaced('\n[[sheet]]\nname = "变动原因"', TRAINING), replaced('name = "采购与中小企业"\n', 'name = "中小企业采购情况"\n'),
            replaced('tab = "采购与中小企业"', 'tab = "中小企业采购情况"'), replaced('aliases = ["政府采购",', 'aliases = ["采购与中小企业",'),
        ):
            text = edit(text)
        return text

    def figures(text: str) -> str:
        return "\n".join(line for line in text.splitlines() if "绩效" not in line and "政府性基金预算项目" not in line) + "\n"

    formula = "90-01,表间,提示,公开06[30201] <= 底稿[培训费预算],,培训费不大于预算,本地区规定\n"
    return pack_folder(folder, {
        "companion.toml": form, "check-formulas.csv": lambda text: text + formula, "figures.csv": figures,
        "drivers.csv": figures, "notes.csv": figures})
