"""What a command works on, as its arguments say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docgen.inputs import Inputs, chosen_pack, default_companion, load_inputs, user_packs

if TYPE_CHECKING:
    from argparse import Namespace

    from workbook.pack import Pack

__all__ = ["Inputs", "default_companion", "pack_of", "read_inputs", "user_packs"]


def pack_of(arguments: Namespace) -> Pack:
    """The pack named by ``--pack``, or the default."""
    return chosen_pack(getattr(arguments, "pack", None))


def read_inputs(arguments: Namespace) -> Inputs:
    """Read everything a command needs; raises ``InputError`` / ``PackError`` with one clear sentence."""
    given = getattr(arguments, "companion", None)
    return load_inputs(
        Path(arguments.workbook),
        prior=Path(arguments.prior) if arguments.prior else None,
        companion=Path(given) if given else None,
        pack=pack_of(arguments),
    )
