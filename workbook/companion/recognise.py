"""Which sheet of a 底稿 is which: by exact name, by a name that contains a known one, by its columns."""

from __future__ import annotations

from workbook.companion.areas import find_list
from workbook.companion.specs import LISTS, SHEET_ALIASES, SHEETS, key
from workbook.errors import InputError
from workbook.formats.source import RawSheet, Source


def recognise_sheets(source: Source) -> dict[str, RawSheet]:
    """Standard sheet name → sheet.

    Raises :class:`InputError` when none of them is there (one that is only nearly called so may be 公开11).
    """
    found: dict[str, RawSheet] = {}
    left = [s for s in source.sheets if any(c != "" for row in s.rows for c in row)]
    for match in (_is_called, _is_nearly_called, _has_columns):
        for name in [n for n in SHEETS if n not in found]:
            sheet = next((s for s in left if match(name, s)), None)
            if sheet is not None:
                found[name] = sheet
                left.remove(sheet)
    if len(found) < 2 and not any(_is_called(name, sheet) for name, sheet in found.items()):
        raise InputError(source.path, "不是底稿：没有“单位信息”“年初预算”等工作表", "请选择本程序生成的“…_底稿.xlsx”")
    return found


def _is_called(name: str, sheet: RawSheet) -> bool:
    return key(sheet.name) in {key(a) for a in SHEET_ALIASES[name]}


def _is_nearly_called(name: str, sheet: RawSheet) -> bool:
    return "自评表" not in sheet.name and any(key(a) in key(sheet.name) for a in SHEET_ALIASES[name])


def _has_columns(name: str, sheet: RawSheet) -> bool:
    """Whether the sheet has most columns of the list *name* (and is no 项目支出绩效自评表)."""
    columns = LISTS.get(name, ())
    area = find_list(sheet, columns, minimum=min(3, len(columns))) if columns else None
    is_form = any({"一级指标", "三级指标"} <= {key(t) for t in row if isinstance(t, str)} for row in sheet.rows[:40])
    return area is not None and len(area.columns) > len(columns) / 2 and not is_form
