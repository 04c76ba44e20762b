"""``juesuan new``: the blank workbook and the 底稿 of a year."""

from __future__ import annotations

from argparse import Namespace

from docgen.job.inputs import accounts_in, chosen_pack
from docgen.job.new_year import new_year
from workbook.formats.source import open_source


def run(arguments: Namespace) -> int:
    """Write both files and say where they are."""
    last = arguments.last_workbook
    pack = chosen_pack(arguments.pack) if arguments.pack or last is None else accounts_in(open_source(last)).pack
    made = new_year(
        arguments.directory, arguments.unit.strip(), arguments.year, pack, last_workbook=last, last_companion=arguments.last_companion)
    print(f"公开表：{made.workbook}\n底稿：{made.companion}")
    for remark in made.remarks:
        print(f"  {remark.severity} {remark.message}")
    print("下一步：填写公开表和底稿，再运行 juesuan check 校验。")
    return 0
