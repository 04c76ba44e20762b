"""Which sheet of a 底稿 is which: by exact name, by a name that contains a known one, by its columns."""

from __future__ import annotations

import re
import zipfile
from html import unescape
from pathlib import Path

from workbook.companion.areas import find_list
from workbook.companion.lists import columns_of, key, names_of
from workbook.errors import InputError
from workbook.formats.source import RawSheet, Source
from workbook.pack.companion_form import CompanionForm, CompanionSheet

PACK_MARK = "模板包："
"""Before the name of the pack among the file's keywords (document properties)."""
_MADE_WITH = re.compile(rf"<cp:keywords>[^<]*{PACK_MARK}([^<]+)")
_PROPERTIES, _LARGEST = "docProps/core.xml", 100_000


def made_with(path: Path) -> str:
    """The folder's name of the pack that the 底稿 was made with; empty when the file does not say."""
    try:
        with zipfile.ZipFile(path) as file, file.open(_PROPERTIES) as part:
            found = _MADE_WITH.search(part.read(_LARGEST).decode("utf-8", "replace"))
    except (OSError, KeyError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return ""
    return re.split("[;；]", unescape(found[1]))[0].strip() if found else ""


def recognise_sheets(source: Source, form: CompanionForm) -> dict[str, RawSheet]:
    """Name of a sheet of *form* → sheet.

    Raises :class:`InputError` when none of them is there (one that is only nearly called so may be a published table).
    """
    found: dict[str, RawSheet] = {}
    left = [s for s in source.sheets if any(c != "" for row in s.rows for c in row)]
    for fits in (_is_called, _is_nearly_called, _has_columns):
        for wanted in form.sheets:
            sheet = next((s for s in left if fits(wanted, s, form)), None) if wanted.name not in found else None
            if sheet is not None:
                found[wanted.name] = sheet
                left.remove(sheet)
    if len(found) < 2 and not any(_is_called(wanted, found[wanted.name], form) for wanted in form.sheets if wanted.name in found):
        names = "".join(f"“{sheet.name}”" for sheet in form.sheets[:2])
        raise InputError(source.path, f"不是底稿：没有{names}等工作表", "请选择本程序生成的“…_底稿.xlsx”")
    return found


def _is_called(wanted: CompanionSheet, sheet: RawSheet, _: CompanionForm) -> bool:
    return key(sheet.name) in names_of(wanted)


def _is_nearly_called(wanted: CompanionSheet, sheet: RawSheet, _: CompanionForm) -> bool:
    return "自评表" not in sheet.name and any(name in key(sheet.name) for name in names_of(wanted))


def _has_columns(wanted: CompanionSheet, sheet: RawSheet, form: CompanionForm) -> bool:
    """Whether the sheet has most columns of the list that is *wanted* (and is no 项目支出绩效自评表)."""
    columns = columns_of(form, wanted.role)
    area = find_list(sheet, columns, minimum=min(3, len(columns))) if columns else None
    is_form = any({"一级指标", "三级指标"} <= {key(t) for t in row if isinstance(t, str)} for row in sheet.rows[:40])
    return area is not None and len(area.columns) > len(columns) / 2 and not is_form
