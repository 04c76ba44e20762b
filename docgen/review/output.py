"""What a review found, for people and for other programs: text, JSON, an Excel list, the report with comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from docgen.docx.paragraphs import ReportFile
from docgen.docx.reading import Document
from docgen.imports.framed import FramedReport
from docgen.imports.report import is_pdf
from docgen.job.inputs import Inputs, form_json, form_words
from docgen.pdf.reading import PdfReport
from docgen.review.findings import Finding, Review
from workbook.errors import InputError
from workbook.formats.sniff import FileFormat
from workbook.issues import Issue, Severity, count_by_severity
from workbook.rules.check import CheckReport

WHOLE, TABLES, OTHER = "整篇报告", "所附决算表和绩效自评表", "其他部分"


def review_json(review: Review, checked: CheckReport) -> dict[str, Any]:
    """The result of ``review`` as the fixed JSON contract has it (design.md section 3)."""
    from workbook.rules.issue_output import issue_json, report_json

    record = report_json(checked)
    pages = {p.number: p.page for p in review.paragraphs if p.page}
    counts = {str(severity): n for severity, n in count_by_severity(review.issues).items()}
    return {
        "report": str(review.path), **record, "issues": [
            {**issue_json(i), **({"page": pages[i.paragraph]} if i.paragraph in pages else {})} for i in review.issues],
        "summary": {**record["summary"], **counts, "数字": review.coverage.present, "核对数字": review.compared},
        "pack": form_json(checked.accounts),
    }


def review_text(review: Review, inputs: Inputs, checked: CheckReport, *, colour: bool = False) -> str:
    """The findings in the order of the report, with a summary line."""
    accounts = inputs.accounts
    year = f" {accounts.year} 年度" if accounts.year else ""
    is_own = accounts.source.format is FileFormat.REPORT
    against = "报告自己所附的表" if is_own else f"{accounts.unit_name or accounts.path.name}{year}公开表"
    lines = [f"{review.path.name}　对照 {against}", form_words(accounts), ""]
    pages = {p.number: p.page for p in review.paragraphs if p.page}
    for place, found in groupby(placed(review), key=itemgetter(0)):
        lines += [f"【{place}】", *(line for _, finding in found for line in _lines(finding, pages, colour=colour)), ""]
    counts = count_by_severity(review.issues)
    errors = count_by_severity(checked.issues)[Severity.ERROR]
    lines.append(
        f"{review.coverage.words()}。错误 {counts[Severity.ERROR]}，提示 {counts[Severity.NOTICE]}，尾差 {counts[Severity.TAIL]}。")
    if errors and not is_own:
        lines.append(f"注意：公开表本身有 {errors} 处错误（用 juesuan check 查看），请先改正公开表再核对报告。")
    if not review.issues:
        lines.append(f"报告与{'所附的表' if is_own else '公开表'}一致，没有发现问题。")
    return "\n".join(lines) + "\n"


def too_little_words(review: Review) -> str:
    """What to say of a report of which too little was compared for a judgement."""
    other = next((f"（像是{f.issue.stated}）" for f in review.findings if f.issue.code == "表文-46"), "")
    return f"没有能核对的内容{other}：{review.coverage.words()}"


def placed(review: Review) -> Iterator[tuple[str, Finding]]:
    """Every finding with the heading of the section it stands in."""
    cells = {p.number for p in review.paragraphs if p.table}
    for finding in review.findings:
        number = finding.issue.paragraph
        if number is None:
            yield WHOLE, finding
        elif number in cells:
            yield TABLES, finding
        else:
            yield review.titles.get(review.sections.get(number, 0), OTHER), finding


def _lines(finding: Finding, pages: Mapping[int, int], *, colour: bool) -> Iterator[str]:
    issue = finding.issue
    page = f"第 {pages[issue.paragraph or 0]} 页　" if issue.paragraph in pages else ""
    source = f"　〔{'、'.join(str(c.ref) for c in issue.cells[:3])}〕" if issue.cells and issue.code.startswith("表文") else ""
    yield f"  {issue.severity.words(colour=colour)} {issue.code}　{issue.message}{source}"
    if issue.text:
        yield f"      {page}原文：“{' '.join(issue.text.split())}”"


def write_review_list(path: Path, review: Review, inputs: Inputs) -> None:
    """Write the findings as an Excel list that links to the cells.  Atomic.  Raises ``InputError``."""
    from workbook.rules.issue_output import REVIEW_COLUMNS, IssueColumn, write_issue_list

    counts = {str(severity): n for severity, n in count_by_severity(review.issues).items()}
    title = f"审校结果：{review.path.name}　对照：{inputs.accounts.path.name}"
    columns: tuple[IssueColumn, ...] = REVIEW_COLUMNS
    if pages := {p.number: p.page for p in review.paragraphs if p.page}:  # of a PDF: there are no paragraphs to count
        columns = tuple(
            IssueColumn("页", 7, lambda i: str(pages.get(i.paragraph or 0, ""))) if c.title == "段落" else c for c in columns)
    write_issue_list(path, inputs.accounts.path, review.issues, {**counts, "核对数字": review.compared}, columns, title)


def comments_suffix(document: ReportFile) -> str:
    """Of the file that holds the report with comments; empty when there can be none."""
    if isinstance(document, Document | FramedReport):
        return ".docx"
    return ".pdf" if is_pdf(document.path) else ""


def write_commented_report(path: Path, review: Review, document: ReportFile) -> None:
    """Write a copy of the reviewed report with a comment at every finding; its text stays as it is.

    Raises:
        InputError: *path* cannot be written, or the report is of a kind that takes no comments (see :func:`comments_suffix`).
    """
    from docgen.docx.comments import Comment, write_commented

    if isinstance(document, Document):
        comments = (Comment(f.issue.paragraph, f.start, f.end, comment_text(f.issue)) for f in review.findings)
        write_commented(document, path, comments)
    elif isinstance(document, FramedReport):  # a paragraph is several of the file's: the comment stands at the first of them
        comments = (Comment(document.origins.get(f.issue.paragraph or 0), 0, 0, comment_text(f.issue)) for f in review.findings)
        write_commented(document.word, path, comments)
    elif isinstance(document, PdfReport) and comments_suffix(document):
        _write_annotated(path, review, document)
    else:
        raise InputError(document.path, "不是 Word（.docx）或 PDF 文件，不能加批注", "请先另存为 .docx，或导出问题清单")


def _write_annotated(path: Path, review: Review, document: PdfReport) -> None:
    """A copy of the reviewed PDF with a note at every finding."""
    from docgen.pdf.annotating import Note, write_annotated

    pages = {p.number: p.page for p in document.paragraphs}
    notes = []
    for finding in review.findings:
        number = finding.issue.paragraph
        pieces = document.places.get(number or 0, ())
        here = [piece for piece in pieces if piece.page == pieces[0].page]
        boxes = [box for piece in here if (box := piece.box(finding.start, finding.end)) is not None]
        notes.append(Note(pages.get(number or 0, 1), boxes, comment_text(finding.issue)))
    write_annotated(document.path, path, notes)


def comment_text(issue: Issue) -> str:
    """A finding as a comment in the margin."""
    lines = [f"【{issue.severity}】{issue.message}"]
    if issue.cells:
        lines.append("来源：" + "、".join(f"{c.ref}" for c in issue.cells[:4]))
    return "\n".join(lines)
