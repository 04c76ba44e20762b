"""What stands below a table: the statement that an empty one needs, and instructions of the form that were left there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import compress

from workbook.pack.layout import SheetLayout, normalise
from workbook.reading.identify import read_frame
from workbook.reading.tables import Table
from workbook.rules.form import FormFindings, cell_at, corner

_EMPTY, _INSTRUCTION = "规范-31", "规范-32"
_PIECE = 3
"""So many characters of a title tell it from others."""


def statement_issues(table: Table, sheets: Mapping[str, SheetLayout], form: FormFindings) -> None:
    """An empty table without a statement that speaks of it, and instructions left on the sheet."""
    may_be_empty = table.layout.empty_statement and table.is_empty()
    top = table.first_data_row if may_be_empty else table.structure.last_row + 1
    texts = [
        (r, c, content) for r, row in enumerate(table.sheet.rows[top:], top) for c, content in enumerate(row)
        if type(content) is str and content
    ]
    if (rule := form.rules.get(_INSTRUCTION)) is not None:
        form.examine(1, _INSTRUCTION)
        is_left = [any(word in text for word in rule.parameters["用词"]) for _, _, text in texts]
        for r, c, _ in compress(texts, is_left):
            cell = cell_at(table.sheet, (r, c))
            form.about(table, _INSTRUCTION, "", cell, 内容=cell.value)
        texts = [text for text, left in zip(texts, is_left, strict=True) if not left]
    if table.layout.empty_statement:
        form.examine(1, _EMPTY)
        if may_be_empty:
            _unstated(table, sheets, texts, form)


def _unstated(
    table: Table, sheets: Mapping[str, SheetLayout], texts: list[tuple[int, int, str]], form: FormFindings
) -> None:
    """The issue about an empty table, unless one of the *texts* below it says that it is empty."""
    rule = form.rules.get(_EMPTY)
    if rule is None:
        return
    frame = read_frame(table.sheet)
    words, shortest = rule.parameters["用词"], rule.parameters["最少字数"]
    own, others = _telling(table.layout, tuple(sheets.values()))
    for r, c, text in texts:
        said = normalise(text.replace(frame.unit_name, "") if frame.unit_name else text)
        if (r, c) in frame.positions.values() or len(said) < shortest or not any(word in said for word in words):
            continue
        foreign = next((code for code, pieces in others.items() if any(p in said for p in pieces)), "")
        if not foreign or any(piece in said for piece in own):
            return
        form.about(
            table, rule.code, "他表", cell_at(table.sheet, (r, c)), corner(table.sheet), 说明=text, 他表=sheets[foreign].mark)
        return
    form.about(table, rule.code, 说明=table.layout.statement(frame.unit_name or "本单位"))


@lru_cache(maxsize=64)
def _telling(layout: SheetLayout, sheets: tuple[SheetLayout, ...]) -> tuple[frozenset[str], Mapping[str, frozenset[str]]]:
    """The pieces of the titles of a table that no other table which may be empty has, and of each other's that it has not."""
    own = _pieces(layout)
    others = {other.code: _pieces(other) for other in sheets if other.empty_statement and other is not layout}
    return own.difference(*others.values()), {code: pieces - own for code, pieces in others.items()}


def _pieces(layout: SheetLayout) -> frozenset[str]:
    titles = (normalise(title) for title in layout.titles)
    return frozenset(title[i : i + _PIECE] for title in titles for i in range(len(title) - _PIECE + 1))
