"""The template packs that can be chosen: the built-in ones, and the user's own in the program's data folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gui.session.messages import sentence
from workbook.errors import JuesuanError

if TYPE_CHECKING:
    from pathlib import Path

    from workbook.pack.loading import Pack

STANDARD = ""
"""Key of what is done when no pack is chosen: each workbook's is found by its tables."""


AUTOMATIC = "按公开表的表样选用"


@dataclass(frozen=True, slots=True)
class PackChoice:
    """A pack as a list shows it."""

    key: str
    """What the settings keep: empty for the one that fits, the name of a built-in one, the folder of an own one."""
    title: str
    problem: str = ""
    """Why it cannot be used: one sentence."""


def own_packs() -> Path:
    """Where the user's own packs are (the folder may not exist yet)."""
    from docgen.job.inputs import user_packs

    return user_packs()


def load_chosen(key: str) -> Pack:
    """The pack with this key, all of its rules read.  Raises :class:`~workbook.errors.PackError`."""
    from docgen.job.inputs import chosen_pack

    pack = chosen_pack(key or None)
    pack.read_all()
    return pack


def pack_choices(chosen: str = STANDARD, *, automatic: bool = True) -> tuple[PackChoice, ...]:
    """All packs, before them (where that can be: *automatic*) the choice by the tables of each workbook.

    *chosen* is among them even when it is not there any more.
    """
    from workbook.pack.choice import key_of
    from workbook.pack.loading import TEMPLATES, available_packs

    found = [PackChoice(STANDARD, AUTOMATIC)] if automatic else []
    found += [
        _choice(key_of(folder), "" if folder.parent == TEMPLATES else f"（{folder.name}）") for folder in available_packs(own_packs())]
    if (chosen or automatic) and chosen not in [choice.key for choice in found]:
        found.append(_choice(chosen))
    return tuple(found)


def _choice(key: str, mark: str = "") -> PackChoice:
    try:
        return PackChoice(key, f"{load_chosen(key).title}{mark}")
    except (JuesuanError, OSError) as error:
        name = key.replace("\\", "/").rstrip("/").rpartition("/")[2]
        return PackChoice(key, f"{name or '标准模板包'}（不能用）", sentence(error))
