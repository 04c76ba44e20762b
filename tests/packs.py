"""Template packs made by editing the files of the built-in one, as people make theirs."""

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

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


def smaller(*codes: str) -> dict[str, Edit]:
    """Edits that take the sheets with these *codes* out of the form: the sheets, and every record that names them."""
    edits: dict[str, Edit] = {
        "sheets.toml": lambda text: without_sheets(text, *codes), "companion.toml": lambda text: without_cells(text, *codes)}
    for path in sorted((TEMPLATES / DEFAULT_PACK).glob("*.csv")):
        if any(code in path.read_text("utf-8-sig") for code in codes):
            edits[path.name] = lambda text: without_names(text, *codes)
    return edits
