"""What a command works on, as its arguments say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docgen.job.inputs import Inputs, chosen_pack, default_companion, load_inputs, user_packs
from workbook.errors import InputError

if TYPE_CHECKING:
    from argparse import Namespace

    from workbook.pack.loading import Pack

__all__ = ["Inputs", "default_companion", "guard_outputs", "pack_of", "read_inputs", "user_packs"]


def pack_of(arguments: Namespace) -> Pack:
    """The pack named by ``--pack``, or the default."""
    return chosen_pack(getattr(arguments, "pack", None))


def read_inputs(arguments: Namespace) -> Inputs:
    """Read everything a command needs; raises ``InputError`` / ``PackError`` with one clear sentence."""
    if not arguments.workbook.strip():
        raise InputError("工作簿", "没有写明文件", "请写出决算公开表的文件名")
    given = getattr(arguments, "companion", None)
    return load_inputs(
        Path(arguments.workbook),
        prior=Path(arguments.prior) if arguments.prior else None,
        companion=Path(given) if given else None,
        pack=pack_of(arguments),
    )


def guard_outputs(inputs: Inputs, *outputs: str | None) -> None:
    """Refuse to write over what the command reads: the workbook, last year's, the 底稿."""
    sources = [inputs.accounts.path, inputs.prior_accounts.path if inputs.prior_accounts else None,
               inputs.companion.path if inputs.companion else None]
    taken = {path.resolve() for source in sources if source for path in (source, *(source.iterdir() if source.is_dir() else ()))}
    for output in outputs:
        if output and Path(output).resolve() in taken:
            raise InputError(output, "是要读取的文件，不能写在它上面", "请换一个文件名")
