"""``juesuan demo``: the sample unit, the whole job."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from cli import check_command, report_command, review_command
from docgen.job.samples import copy_sample
from workbook.pack.loading import DEFAULT_PACK


def run(arguments: Namespace) -> int:
    """Copy the sample, check it, write its report (linked and clean), review that; prints where everything is."""
    folder: Path = arguments.output
    workbook = copy_sample(folder, arguments.pack or DEFAULT_PACK)
    print(f"示例单位：{workbook.stem}\n\n一、校验")
    checked = check_command.run(_arguments(workbook, format="text", output=None))
    print("\n二、生成报告")
    output = folder / f"{workbook.stem.removesuffix('公开表')}公开报告.docx"
    figures = folder / "报告数字及来源.json"
    written = report_command.run(_arguments(workbook, output=output, figures=figures, clean=False, force=False))
    clean = output.with_name(f"{output.stem}（公开版）.docx")
    cleaned = report_command.run(_arguments(workbook, output=clean, figures=None, clean=True, force=False))
    print("\n三、审校报告")
    reviewed = review_command.run(_arguments(workbook, report=clean, format="text", output=None))
    print(f"\n报告：{output.resolve()}\n公开版：{clean.resolve()}\n数字及来源：{figures.resolve()}\n工作簿和底稿：{folder.resolve()}")
    return max(checked, written, cleaned, reviewed)


def _arguments(workbook: Path, **others: object) -> Namespace:
    return Namespace(workbook=str(workbook), prior=None, companion=None, pack=None, year=None, **others)
