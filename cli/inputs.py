"""What a command works on, as its arguments say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.job.inputs import Inputs, chosen_pack, load_inputs
from workbook.errors import InputError
from workbook.pack.choice import BY_NAME, Choice

if TYPE_CHECKING:
    from argparse import Namespace

    from docgen.docx.paragraphs import ReportFile


def read_inputs(arguments: Namespace, *, pack: Path | None = None, year: int | None = None, how: str = BY_NAME) -> Inputs:
    """Read everything a command needs; raises ``InputError`` / ``PackError`` with one clear sentence.

    *pack* and *year* are what a report says of them: the pack unless the arguments name one (*how* tells whose word it
    is), the year where neither they nor the workbook say it.
    """
    if not arguments.workbook.strip():
        raise InputError("工作簿", "没有写明文件", "请写出决算公开表的文件名")
    inputs = load_inputs(
        Path(arguments.workbook), prior=arguments.prior, companion=arguments.companion,
        pack=chosen_pack(arguments.pack or pack) if arguments.pack or pack else None, year=arguments.year)
    accounts = inputs.accounts
    if not arguments.pack and pack is not None:
        accounts = replace(accounts, choice=Choice(pack, how))
    return replace(inputs, accounts=replace(accounts, given_year=accounts.given_year or year))


def inputs_for_review(arguments: Namespace, report: ReportFile) -> Inputs:
    """What *report* is held against: the workbook, else its own tables; the report tells what no input states of unit and year."""
    from docgen.review.own_tables import cover_of, inputs_of_report

    if arguments.workbook:
        inputs = read_inputs(arguments)
        name, year = cover_of(report)
        accounts = inputs.accounts
        known = name if not (inputs.companion is not None and inputs.companion.unit_name) else ""
        return replace(inputs, accounts=replace(accounts, given_name=known, given_year=accounts.given_year or year))
    pack = chosen_pack(arguments.pack) if arguments.pack else None
    return inputs_of_report(report, pack, arguments.year, arguments.companion, arguments.prior)


def guard_outputs(inputs: Inputs, *outputs: Path | None) -> None:
    """Refuse to write over what the command reads: the workbook, last year's, the 底稿."""
    sources = [source.path for source in (inputs.accounts, inputs.prior_accounts, inputs.companion) if source is not None]
    taken = {path.resolve() for source in sources for path in (source, *(source.iterdir() if source.is_dir() else ()))}
    for output in outputs:
        if output is not None and output.resolve() in taken:
            raise InputError(output, "是要读取的文件，不能写在它上面", "请换一个文件名")
