"""What is said about a finding: under the mouse, and in full below the list."""

from __future__ import annotations

from html import escape

from gui.pages.review.model import Reviewed, ShownFinding
from gui.paper.sources import figure_lines, how_words
from gui.style import theme

_SHOWN = 8


def tip(reviewed: Reviewed, finding: int, figure: int) -> str:
    """What to say about a finding and a known figure (-1: none), as rich text."""
    parts: list[str] = []
    if finding >= 0:
        issue = reviewed.findings[finding].issue
        parts.append(f"<b>{issue.severity.sign} {issue.severity}</b>　{escape(issue.message)}")
    if figure >= 0:
        known = reviewed.review.figures[figure].figure
        lines = figure_lines(known, reviewed.sources.of(known))
        parts.append("<br>".join(lines[:-1] if finding >= 0 and len(lines) > 1 else lines))
    return f"<p>{'</p><p>'.join(parts)}</p>" if parts else ""


def detail(finding: ShownFinding) -> str:
    """Everything about a finding, as rich text; its sources are links called ``c0``, ``c1`` and so on."""
    issue, c = finding.issue, theme.colours()
    head = f"<span style='color:{c.of(issue.severity)}'><b>{issue.severity.sign} {issue.severity}</b></span>　{escape(issue.message)}"
    rows = [
        ("原文", f"“{escape(' '.join(issue.text.split()))}”" if issue.text else ""),
        ("报告写的", escape(finding.stated)), ("应为", f"<b>{escape(issue.expected)}</b>" if issue.expected else ""),
        ("来自", "<br>".join(
            f"<a href='c{i}' style='color:{c.accent}'>{escape(cell.words)}</a>" for i, cell in enumerate(finding.cells[:_SHOWN]))),
        ("", f"共 {len(finding.cells)} 个单元格" if len(finding.cells) > _SHOWN else ""), ("算法", escape(_how(finding))),
        ("位置", escape(finding.where)), ("规则", escape(f"{issue.code} {finding.rule}。依据：{finding.basis}" if finding.basis else issue.code)),
    ]
    lines = "".join(
        f"<tr><td style='color:{c.muted}; padding:1px 12px 1px 0; white-space:nowrap'>{name}</td><td style='padding:1px 0'>{text}</td></tr>"
        for name, text in rows if text)
    return f"<p style='margin:0 0 6px 0'>{head}</p><table cellspacing='0'>{lines}</table>"


def doubt(reviewed: Reviewed, errors: int) -> tuple[str, str, bool] | None:
    """What makes a whole review doubtful: sentence, tone, and whether it may be another report that was meant.

    *errors*: of the workbook that it was held against; one of another unit, and one with errors, prove nothing.
    """
    from docgen.review.output import too_little_words

    coverage = reviewed.review.coverage
    if not reviewed.is_own and (other := reviewed.other_unit()):
        unit = reviewed.inputs.accounts.unit_name
        return f"报告写的单位是“{other}”，公开表是“{unit}”的，请核对是不是同一个单位。", "amber", True
    if coverage.is_too_little:
        return f"{too_little_words(reviewed.review)}。请核对是不是决算报告。", "amber", True
    if reviewed.is_own:
        return f"没有打开公开表，对照的是报告自己所附的表。{coverage.words()}。", "blue", False
    return (f"公开表本身有 {errors} 个错误，请先改正公开表，再核对报告。", "amber", False) if errors else None


def _how(finding: ShownFinding) -> str:
    """How the right figure is computed, where the sentence does not say so already."""
    figure = finding.figure
    how = how_words(figure, finding.cells).removesuffix("（取绝对值）") if figure is not None else ""
    return "" if how in finding.issue.message else how
