"""Saving the edits of an :class:`~workbook.editing.session.EditSession`.

It is lossless, with a backup, never over someone's changes.
Only .xlsx and .xlsm can be written back into; for the other formats the edited contents go into a new .xlsx.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from workbook.editing.package_edit import Edit, edit_package
from workbook.errors import ContentError, InputError
from workbook.formats.ole import encrypted
from workbook.formats.sniff import FileFormat
from workbook.safe_save import owner_file, save_over, write_atomically
from workbook.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from workbook.editing.cells import CellState
    from workbook.editing.session import EditSession
    from workbook.issues import CellRef

EDITABLE_SUFFIXES = (".xlsx", ".xlsm")
SAVE_AS_ADVICE = "请用“另存为”保存成 .xlsx"


class NotEditableError(InputError):
    """The file's format cannot be written back into; 另存为 .xlsx can."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving did."""

    files: tuple[Path, ...]
    backups: tuple[Path, ...]
    recalculates: bool = False
    """Whether Excel has formulas to compute anew when it opens the file."""
    unlinked: tuple[Path, ...] = ()
    """Files that had other names too (hard links): those go on naming the former content."""


def save(editor: EditSession, *, over_read_only: bool = False) -> Saved:
    """Write the pending edits into the workbook's own files; a backup is kept before the first time.

    Raises :class:`InputError`: the file is open in Excel, was changed meanwhile, is read-only, cannot be written or edited.
    """
    source, edits_by_file = editor.accounts.source, _edits_by_file(editor)
    if source.format not in (FileFormat.XLSX, FileFormat.FOLDER):
        raise NotEditableError(source.path, f"这种格式（{source.format}）不能直接修改", SAVE_AS_ADVICE)
    backups, unlinked, recalculates = [], [], editor.needs_recalculation
    edited = {path: _edited(path, path.read_bytes(), edits, recalculate=recalculates) for path, edits in edits_by_file.items()}
    for path, data in edited.items():
        has_other_names = path.stat().st_nlink > 1
        kept = save_over(
            path, data, editor.hashes[path], keep_backup=path not in editor.backed_up, over_read_only=over_read_only)
        if has_other_names:
            unlinked.append(path)
        if kept is not None:
            backups.append(kept)
        editor.backed_up.add(path)
        editor.note_hash(path, hashlib.sha256(data).hexdigest())
    editor.mark_saved()
    return Saved(tuple(edits_by_file), tuple(backups), recalculates, tuple(unlinked))


def save_as(editor: EditSession, target: Path) -> Path:
    """Write the workbook with its edits to another file; returns it.

    The original stays as it is (to write into the very file is to :func:`save`).  A format that cannot be edited becomes
    an .xlsx with values, merged cells and column widths.  What is encrypted stays so, with its password.
    Raises :class:`InputError`.
    """
    source = editor.accounts.source
    if target.suffix.lower() not in EDITABLE_SUFFIXES:
        target = target.with_name(f"{target.name}.xlsx")
    if target.exists() and source.path.is_file() and target.samefile(source.path):
        save(editor)
        return target
    if target.exists() and owner_file(target) is not None:
        raise InputError(target, "文件正在 Excel/WPS 中打开，不能覆盖", "请先关闭它，或换一个文件名")
    made: bytes | None = None
    if source.format is FileFormat.XLSX and source.path.suffix.lower() == target.suffix.lower():
        data = source.path.read_bytes()
        edits = _edits_by_file(editor).get(source.path, {})
        if hashlib.sha256(data).hexdigest() == editor.hashes[source.path]:
            made = _edited(source.path, data, edits, recalculate=editor.needs_recalculation)
    if made is None:
        from workbook.create.book import xlsx_bytes

        made = encrypted(xlsx_bytes(source.sheets), source.password)
    write_atomically(target, made)
    return target


def _edits_by_file(editor: EditSession) -> dict[Path, dict[CellRef, CellState]]:
    files = {s.file.name: s.file for s in editor.accounts.source.sheets}
    found: dict[Path, dict[CellRef, CellState]] = {}
    for ref, state in editor.edits.items():
        found.setdefault(files[ref.file], {})[ref] = state
    return found


def _edited(path: Path, data: bytes, edits: Mapping[CellRef, CellState], *, recalculate: bool) -> bytes:
    by_sheet: dict[str, dict[tuple[int, int], Edit]] = {}
    for ref, state in edits.items():
        by_sheet.setdefault(ref.sheet, {})[ref.row, ref.column] = state
    has_error = any(s.is_formula and s.error for s in edits.values())
    try:
        return edit_package(data, by_sheet, recalculate=recalculate or has_error)
    except ContentError as error:
        raise NotEditableError(path, str(error), SAVE_AS_ADVICE) from error
