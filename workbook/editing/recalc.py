"""Recomputing the formulas of an .xlsx that depend on an edited cell, as Excel would when it loads the file."""

from __future__ import annotations

import html
import importlib
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, TypeVar

from workbook.amounts import Fault, parse_amount
from workbook.editing.excel_formula import (
    Area,
    Array,
    FormulaValueError,
    Reader,
    Scalar,
    UnsupportedError,
    areas_in,
    parse_formula,
)
from workbook.errors import ContentError
from workbook.formats.ole import unlocked
from workbook.formats.package import Package, book_parts
from workbook.numerals import column_index

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.formula.translate import Translator

SheetCell = tuple[str, int, int]
"""Sheet name, 0-based row and column."""
Content = Callable[[SheetCell], object]
"""Gives a cell's present content."""
Rest = Callable[[], object]
"""Lets other threads work for a moment."""
_T = TypeVar("_T")
_SLICE = 64
"""Formulas between two rests."""

_FORMULA_CELL = re.compile(
    r"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]{1,3})(\d{1,7})\"[^>]*>\s*<(?:\w+:)?f\b([^>]*?)(/>|>([^<]*)<)")
_SHARED = re.compile(r"\bsi=\"(\d+)\"")
_AREA = re.compile(r"\bref=\"([A-Z]+\d+)(?::([A-Z]+\d+))?\"")
_SMALL = 64
"""Areas up to this size are indexed cell by cell."""


class Recalculator:
    """The formulas of one workbook and which cells they read."""

    def __init__(self, formulas: Mapping[SheetCell, str], rest: Rest | None = None) -> None:
        self._texts = formulas
        self._parsed: dict[SheetCell, Callable[[Reader], Scalar] | None] = {}
        self._readers: dict[SheetCell, list[SheetCell]] = {}
        self._wide: list[tuple[Area, SheetCell]] = []
        for cell, text in _with_rests(formulas.items(), rest):
            for area in areas_in(text):
                sheet, top, left, bottom, right = area._replace(sheet=area.sheet or cell[0])
                if area.size > _SMALL:
                    self._wide.append((Area(sheet, top, left, bottom, right), cell))
                    continue
                for position in product((sheet,), range(top, bottom + 1), range(left, right + 1)):
                    self._readers.setdefault(position, []).append(cell)

    @classmethod
    def of_file(cls, file: Path, rest: Rest | None = None) -> Recalculator:
        """Read the formulas of an .xlsx; a file whose formulas cannot be found has none.

        *rest* is called again and again, so that a thread which works ahead can let others work.
        """
        try:
            package = Package(unlocked(file.read_bytes())[0])
            parts = book_parts(package).worksheets
            return cls({
                (sheet, row, column): text
                for sheet, part in parts.items()
                for (row, column), text in sheet_formulas(package.read(part).decode("utf-8", "replace"), rest).items()
            }, rest)
        except (ContentError, OSError):
            return cls({})

    def _formula(self, cell: SheetCell) -> Callable[[Reader], Scalar] | None:
        """What computes the formula of a cell, parsed when it is first wanted; ``None`` when it is not understood."""
        if cell not in self._parsed:
            try:
                self._parsed[cell] = parse_formula(self._texts[cell])
            except (UnsupportedError, RecursionError):
                self._parsed[cell] = None
        return self._parsed[cell]

    @property
    def is_complete(self) -> bool:
        """Whether there are formulas and all are understood (one that is not may depend on anything)."""
        return bool(self._texts) and all(self._formula(cell) is not None for cell in self._texts)

    def dependents(self, cells: Iterable[SheetCell]) -> list[SheetCell]:
        """Formula cells that depend on *cells*, each after those it reads itself."""
        order: list[SheetCell] = []
        seen: set[SheetCell] = set()
        path: list[tuple[SheetCell, bool]] = [(reader, False) for cell in cells for reader in self._readers_of(cell)]
        while path:
            cell, is_done = path.pop()
            if is_done:
                order.append(cell)
            elif cell not in seen:
                seen.add(cell)
                path.append((cell, True))
                path += [(reader, False) for reader in self._readers_of(cell) if reader not in seen]
        return order[::-1]

    def _readers_of(self, cell: SheetCell) -> list[SheetCell]:
        sheet, row, column = cell
        return self._readers.get(cell, []) + [
            reader for area, reader in self._wide
            if area.sheet == sheet and area.top <= row <= area.bottom and area.left <= column <= area.right
        ]

    def compute(self, cell: SheetCell, content: Content) -> Scalar:
        """The formula's value from the present *content*; raises ``UnsupportedError`` or ``FormulaValueError``."""
        computed = self._formula(cell) if cell in self._texts else None
        if computed is None:
            raise UnsupportedError(str(cell))

        def read(area: Area) -> Array:
            sheet, columns = area.sheet or cell[0], range(area.left, area.right + 1)
            return [[_scalar(content((sheet, row, column))) for column in columns] for row in range(area.top, area.bottom + 1)]

        return computed(read)


def _scalar(content: object) -> Scalar:
    """A cell's content as formulas see it: a number stored as text is a text."""
    if content == "" or content is None:
        return None
    if isinstance(content, bool | str | Decimal):
        if isinstance(content, str) and content.startswith("#"):
            raise FormulaValueError(content)
        return content
    value = parse_amount(content)
    if isinstance(value, Fault):
        raise FormulaValueError("#VALUE!")
    return value


def _with_rests(items: Iterable[_T], rest: Rest | None) -> Iterable[_T]:
    for number, item in enumerate(items, 1):
        if rest is not None and number % _SLICE == 0:
            rest()
        yield item


def sheet_formulas(xml: str, rest: Rest | None = None) -> dict[tuple[int, int], str]:
    """Formula texts of a worksheet part by 0-based position; shared ones written out for each cell, array formulas in braces.

    What fills several cells (an array over a range, a data table) is ``?``: not understood.
    """
    found: dict[tuple[int, int], str] = {}
    masters: dict[str, tuple[str, str]] = {}
    for match in _with_rests(_FORMULA_CELL.finditer(xml), rest):
        letters, number, attributes, text = match[1], match[2], match[3], match[5]
        row, column = int(number) - 1, column_index(letters)
        formula = html.unescape(text) if text else ""
        if "shared" in attributes and (shared := _SHARED.search(attributes)):
            if formula:
                masters[shared[1]] = formula, f"{letters}{number}"
            elif shared[1] in masters:
                with suppress(UnsupportedError):
                    formula = filled(*masters[shared[1]], f"{letters}{number}")
        if formula and '"array"' in attributes:
            area = _AREA.search(attributes)
            formula = f"{{{formula}}}" if area and area[1] == (area[2] or area[1]) else ""
        found[row, column] = "?" if "dataTable" in attributes else formula or "?"
    return found


# ---------------------------------------------------------------- one formula for several cells


def load_tokenizer() -> None:
    """Load what parsing needs (80 ms: all of openpyxl), ahead of the first formula."""
    importlib.import_module("openpyxl.formula.translate")


def filled(text: str, origin: str, cell: str) -> str:
    """The formula *text* of the cell *origin* as it reads when filled into another *cell* (``C3``, ``C7``)."""
    from openpyxl.formula.tokenizer import TokenizerError
    from openpyxl.formula.translate import TranslatorError

    try:
        return str(_translator(text, origin).translate_formula(cell))[1:]
    except (TokenizerError, TranslatorError, IndexError) as error:
        raise UnsupportedError(text) from error


@lru_cache(maxsize=64)  # the same formula for every cell of a column
def _translator(text: str, origin: str) -> Translator:
    from openpyxl.formula.translate import Translator

    return Translator(f"={text}", origin=origin)
