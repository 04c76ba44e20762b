"""Reports of older versions of the program: linked figures, but no stored baseline to compare with.

Figures are brought up to date control by control, with the word of direction before them.  What stands in no control
cannot be known to be the program's own, so it is left and reported.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from docgen.docx.editing import tag_of_control
from docgen.docx.reading import pieces_of
from docgen.docx.xml import W
from docgen.refresh import charts
from docgen.refresh.items import PROMPT, REASON, Bit, ChartItem, TextItem, plain
from docgen.refresh.linked_figures import Sweep
from docgen.refresh.places import PICTURE

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docgen.refresh.document_merge import Merging

NEW = "报告里还没有这个数（原报告由较早的版本生成）"
OLD_CHART = "图表的数据没有更新（原报告由较早的版本生成）"
OTHER_REASON = "与底稿不一致"


def refresh_by_controls(work: Merging) -> None:
    """Refresh a report without a baseline."""
    sweep = Sweep(work.body, work.stored, work.fresh, work.editor, work.report, {})
    sweep.values()
    work.numbers += sweep.numbers
    work.sentences += len(sweep.turned)
    _reasons(work)
    _charts(work)
    _without_control(work)
    work.relink()
    if not work.found:  # from now on it is known what was written
        work.rebased = dict(enumerate(work.fresh.items))


def _reasons(work: Merging) -> None:
    """Fill prompts that now have their text; report texts that differ from the 底稿's."""
    new = Counter[str]()
    texts: dict[str, Bit] = {}
    for item in work.fresh.items:
        for bit in item.bits if isinstance(item, TextItem) else ():
            if bit.kind in (REASON, PROMPT):
                new[bit.key] += 1
                texts[bit.key] = bit
    controls: dict[str, list[_Element]] = {}
    for control in work.body.iter(f"{W}sdt"):
        kind, slot = work.stored.tags.get(tag_of_control(control), ("", ""))
        if kind == REASON:
            controls.setdefault(slot, []).append(control)
    for slot, found in controls.items():
        if len(found) != 1 or new[slot] != 1:
            continue  # texts of several paragraphs
        content = found[0].find(f"{W}sdtContent")
        text = plain("".join(p.element.text or "" for p in pieces_of(content, work.editor.inline))) if content is not None else ""
        if text == plain(texts[slot].text):
            continue
        if text.startswith("【请") and texts[slot].kind == REASON:
            work.editor.set_value(found[0], Bit(PROMPT, slot, text), texts[slot])
            work.sentences += 1
        else:
            work.report(next(found[0].iterancestors(f"{W}p"), None), "", text, texts[slot].text, OTHER_REASON)


def _charts(work: Merging) -> None:
    """Report charts whose data are not those of the new report."""
    found = [place for place in work.mine if place.kind == PICTURE]
    for place, item in zip(found, [i for i in work.fresh.items if isinstance(i, ChartItem)], strict=False):
        parts = charts.chart_parts(work.package, work.main, place)
        if parts is not None and not charts.is_current(work.package, parts, item):
            work.report(place.element, item.alt, "", "；".join(label for _, _, label in item.data), OLD_CHART)


def _without_control(work: Merging) -> None:
    """Report figures that changed, or are new, and stand in no control."""
    present = {work.stored.tags[tag][1] for e in work.body.iter(f"{W}tag") if (tag := e.get(f"{W}val", "")) in work.stored.tags}
    sheets = work.fresh.report
    tables: Counter[str] = Counter()
    for figure in sheets.figures:
        old = work.stored.figures.get(figure.id)
        if figure.id in present or old == figure.text:
            continue
        table = figure.id.partition(".")[0]
        if figure.section:
            work.report(None, figure.label, old or "", figure.text, NEW)
        else:
            tables[table] += 1
    for table, size in tables.items():
        work.report(None, f"{table}表", "", f"{size} 个数", NEW)
