"""Writing the eleven sheets in any layout with XlsxWriter.

Written without the program's own plans of the sheets, so that a mistake there cannot hide one in reading.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.variants import NINE_ABSENT, UNIT, Variant
from tools.compose_accounts import CellKey
from workbook.amounts import MoneyUnit
from workbook.pack.layout import Panel, Row, SheetKind, SheetLayout
from workbook.pack.loading import Pack

_FINANCE = {"01": "Z01", "02": "Z03", "03": "Z04", "04": "Z01_1", "05": "Z08", "06": "Z08_1", "07": "Z08_2",
            "08": "Z09", "09": "Z11", "10": "F03", "11": "F03_1"}
_FULL_WIDTH = str.maketrans("0123456789.-", "０１２３４５６７８９．－")
_NUMBERING = re.compile(r"^[　 ]*(?:[一二三四五六七八九十]+、|（[一二三]）|\d．|（\d）|其中：)")


@dataclass
class Grid:
    """Contents of a sheet."""

    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)

    def put(self, row: int, column: int, content: Any, bottom: int | None = None, right: int | None = None) -> None:
        self.cells[row, column] = content
        if (bottom or row, right or column) != (row, column):
            self.merges.append((row, column, bottom or row, right or column))


def write_variant(
    path: Path, pack: Pack, amounts: dict[CellKey, Decimal], variant: Variant, money_unit: MoneyUnit
) -> None:
    """Write *amounts* to *path* (a file, or a folder when the variant says so)."""
    layouts = [s for s in pack.sheets.values() if not (variant.nine and s.code in NINE_ABSENT)]
    sheets: list[tuple[str, Grid]] = []
    for number, layout in enumerate(layouts, 1):
        mine = {(row, column): value for (table, row, column), value in amounts.items() if table == layout.code}
        grid = SheetWriter(layout, pack, mine, variant, money_unit, f"{number:02}").grid()
        sheets.append((_sheet_name(layout, variant, f"{number:02}"), grid))
    if variant.extra_sheets:
        sheets = _with_extra(sheets, layouts)
    if not variant.folder:
        _save(path, sheets)
        return
    path.mkdir()
    for name, grid in sheets:
        _save(path / f"{name}.xlsx", [("Sheet1", grid)])


def _sheet_name(layout: SheetLayout, variant: Variant, number: str) -> str:
    title = layout.titles[-1] if variant.title_alias else layout.title
    return {
        "title": title,
        "mark": f"公开{number}表",
        "gk": f"GK{number} {title}(公开{number}表)",
        "finance": f"{_FINANCE[layout.number]} {title}(财决{number}表)",
        "numbered": f"{number}、{title}",
        "digits": str(int(number)),
    }[variant.names][:31]


def _with_extra(sheets: list[tuple[str, Grid]], layouts: list[SheetLayout]) -> list[tuple[str, Grid]]:
    """A cover, a table of contents that names all titles, and a sheet of numbers of its own."""
    cover, contents, other = Grid(), Grid(), Grid()
    cover.put(3, 1, "2024年度部门决算公开表")
    cover.put(5, 1, f"单位名称：{UNIT}")
    contents.put(0, 0, "目　录")
    for i, layout in enumerate(layouts, 1):
        contents.put(i, 0, float(i))
        contents.put(i, 1, layout.title)
    other.put(0, 0, "人员情况")
    for i, word in enumerate(("在职", "离休", "退休"), 1):
        other.put(i, 0, word)
        other.put(i, 1, float(10 * i))
    return [("封面", cover), ("目录", contents), *sheets, ("人员情况", other)]


def _save(path: Path, sheets: list[tuple[str, Grid]]) -> None:
    with xlsxwriter.Workbook(path, {"in_memory": True}) as book:
        for name, grid in sheets:
            sheet = book.add_worksheet(name)
            for merge in grid.merges:
                sheet.merge_range(*merge, "")
            for place, content in grid.cells.items():
                if isinstance(content, str):
                    sheet.write_string(*place, content)
                else:
                    sheet.write_number(*place, content)


class SheetWriter:
    def __init__(
        self, layout: SheetLayout, pack: Pack, amounts: dict[tuple[str, str], Decimal], variant: Variant,
        unit: MoneyUnit, number: str,
    ) -> None:
        self.layout, self.pack, self.amounts, self.variant, self.unit = layout, pack, amounts, variant, unit
        self.number = number
        self.out = Grid()
        self.top = variant.shift + (3 if variant.title_inside else 2)
        self.left = variant.shift_columns

    def grid(self) -> Grid:
        write = {SheetKind.FIXED: self.fixed, SheetKind.FUNCTIONAL: self.functional,
                 SheetKind.ECONOMIC: self.economic, SheetKind.SINGLE: self.single}[self.layout.kind]
        last_row, last_column = write()
        self.frame(last_column)
        for i, note in enumerate((self.layout.statement(UNIT) if not any(self.amounts.values()) else "", *self.layout.notes)):
            if note:
                self.out.put(last_row + 1 + i, self.left, note)
        if self.variant.footer:
            self.out.put(last_row + 5, self.left, "47188888")
            self.out.put(last_row + 6, self.left, 13800000000.0)
        return self.out

    def frame(self, last: int) -> None:
        row = self.variant.shift
        title = self.layout.titles[-1] if self.variant.title_alias else self.layout.title
        if self.variant.title_inside:
            self.out.put(row, self.left, title, right=last if self.variant.merged else None)
            row += 1
        self.out.put(row, last, f"公开{self.number}表")
        if self.variant.joined_frame:
            self.out.put(row + 1, self.left, f"编制单位：{UNIT}　　　2024年度　　　金额单位：{self.unit}")
        else:
            self.out.put(row + 1, self.left, f"公开部门：{UNIT}")
            self.out.put(row + 1, self.left + 1, "2024年度")
            self.out.put(row + 1, last, f"单位：{self.unit}")

    def headers(self, paths: list[tuple[str, ...]], column: int) -> int:
        """Header cells from paths; returns the row below."""
        depth = max(map(len, paths))
        for r in range(depth):
            c = 0
            while c < len(paths):
                end = c
                if r < len(paths[c]):
                    while end + 1 < len(paths) and paths[end + 1][: r + 1] == paths[c][: r + 1]:
                        end += 1
                    bottom = self.top + (depth - 1 if len(paths[c]) == r + 1 else r)
                    self.header(self.top + r, column + c, paths[c][r], bottom, column + end)
                c = end + 1
        return self.top + depth

    def header(self, row: int, column: int, text: str, bottom: int, right: int) -> None:
        if self.variant.line_breaks and len(text) > 4:
            text = f"{text[: len(text) // 2]}\n{text[len(text) // 2 :]}"
        if self.variant.merged:
            self.out.put(row, column, text, bottom, right)
        else:
            self.out.put(row, column, text)

    def number_row(self, row: int, columns: list[int], label: int | None) -> int:
        if self.variant.number_row == "none":
            return row
        if label is not None:
            self.out.put(row, label, "栏次")
        for i, column in enumerate(columns, 1):
            self.out.put(row, column, str(i) if self.variant.number_row == "text" else float(i))
        return row + 1

    def amount(self, place: tuple[int, int], row: str, column: str, *, count: bool = False) -> None:
        value = self.amounts.get((row, column))
        if value is None:
            if self.variant.dashes and row:
                self.out.put(*place, "—")
            return
        number = value if count or self.unit is MoneyUnit.WAN else value.scaleb(4)
        if self.variant.texts == "numbers":
            self.out.put(*place, number)
        else:
            text = f"{number:,f}"
            self.out.put(*place, f" {text} " if self.variant.texts == "commas" else text.translate(_FULL_WIDTH))

    def label(self, row: Row) -> str:
        style = self.variant.labels
        if style == "alias" and row.aliases:
            return row.aliases[0]
        if style == "coded" and row.id.isdigit():
            return row.id + _NUMBERING.sub("", row.label)
        if style == "bare":
            return _NUMBERING.sub("", row.label)
        if style == "half":
            return row.label.replace("（", "(").replace("）", ")").replace("“", '"').replace("”", '"')
        return f"  {row.label}" if style == "indented" else row.label

    def fixed(self) -> tuple[int, int]:
        paths: list[tuple[str, ...]] = []
        starts: list[int] = []
        for panel in self.layout.panels:
            above = (panel.header,) if panel.header else ()
            starts.append(self.left + len(paths))
            side = [*(["行次"] if self.variant.lines else []), *(["单位"] if panel.units and self.variant.lines else [])]
            paths += [(*above, "项目"), *((*above, s) for s in side), *((*above, *c.paths[0]) for c in panel.columns)]
        top = self.headers(paths, self.left)
        ends = [*(s - 1 for s in starts[1:]), self.left + len(paths) - 1]
        values = [e - len(p.columns) + 1 + i for p, e in zip(self.layout.panels, ends, strict=True) for i in range(len(p.columns))]
        top = self.number_row(top, values, starts[0])
        last = max(
            self.panel(panel, top, start, end - len(panel.columns) + 1)
            for panel, start, end in zip(self.layout.panels, starts, ends, strict=True)
        )
        return last, ends[-1]

    def panel(self, panel: Panel, top: int, start: int, first_value: int) -> int:
        row = top
        for line in panel.rows:
            if line.optional:
                continue
            row = top + line.line - panel.first_line
            self.out.put(row, start, self.label(line))
            if self.variant.lines:
                self.out.put(row, start + 1, float(line.line))
                if panel.units and line.id:
                    self.out.put(row, start + 2, line.unit or str(self.unit))
            for i, column in enumerate(panel.columns):
                self.amount((row, first_value + i), line.id, column.id, count=bool(line.unit))
        return row

    def functional(self) -> tuple[int, int]:
        split, combined = self.variant.codes.startswith("split"), self.variant.codes == "combined"
        width = 3 if split else 1
        levels = 0 if combined else 3 if self.variant.name_levels else 1
        name = self.left + width
        columns = [name + levels + i for i in range(len(self.layout.columns))]
        codes = [("科目编码及名称",)] if combined else [("项目", "科目编码")] * width
        paths = [*codes, *[("项目", "科目名称")] * levels, *(c.paths[0] for c in self.layout.columns)]
        top, totals = self.headers(paths, self.left), self.variant.totals
        head = [(place, content) for place, content in self.out.cells.items() if place[0] >= self.top]
        label, row = name if split else self.left, top
        if totals == "below-head" and (split or all(len(path) == 1 for path in paths if path[0] != "项目")):
            totals = "first"
        if split:
            for i, part in enumerate(("类", "款", "项")):
                self.out.put(row, self.left + i, part)
            row += totals != "head"
        elif totals == "below-head":
            self.sub_headings_below(top, columns[0])
            self.out.put(top, label, self.total())
            row += 1
        if totals == "last" or (totals == "first" and not split):
            row = self.number_row(row, columns, label)
        return self.lines(row, head, columns, label, totals)

    def lines(self, row: int, head: list[Any], columns: list[int], label: int, totals: str) -> tuple[int, int]:
        """The rows of amounts from *row* on; *head* is what a new page repeats."""
        combined = self.variant.codes == "combined"
        name = self.left + (3 if self.variant.codes.startswith("split") else 1)
        levels, top = 0 if combined else columns[0] - name, max(r for (r, _), _ in head) + 1
        if totals == "below-head":
            self.amounts_in(row, "合计", columns)
            row += 1
        order = sorted({r for r, _ in self.amounts if r.isdigit()})
        if totals != "below-head":
            order = [*order, "合计"] if totals == "last" else ["合计", *order]
        previous = ["", "", ""]
        for n, code in enumerate(order):
            if self.variant.page_breaks and n == 3:
                for (r, c), content in head:
                    self.out.cells[row + r - self.top, c] = content
                row = self.number_row(row + top - self.top, columns, label)
            if code == "合计":
                self.out.put(row, label, self.total())
            else:
                self.code(row, code, previous)
                self.name(row, name, code, levels)
            self.amounts_in(row, code, columns)
            row += 1
        return row - 1, columns[-1]

    def amounts_in(self, row: int, code: str, columns: list[int]) -> None:
        for column, place in zip(self.layout.columns, columns, strict=True):
            self.amount((row, place), code, column.id)

    def total(self) -> str:
        return "合计：" if self.variant.colon else "合　计"

    def sub_headings_below(self, top: int, first: int) -> None:
        """The sub-headings from column *first* on in a line of their own, as in Shanghai's form; nothing merged there."""
        self.out.merges[:] = [m for m in self.out.merges if m[2] < top - 1 or m[1] < first]
        for place in [(r, c) for r, c in self.out.cells if r == top - 1 and c >= first]:
            self.out.cells[top, place[1]] = self.out.cells.pop(place)

    def name(self, row: int, column: int, code: str, levels: int) -> None:
        name = self.pack.functional.name(code) or ""
        level = len(code) // 2 - 1
        if levels == 0:
            self.out.put(row, self.left, f"{code} {name}".strip())
        else:
            self.out.put(row, column + (level if levels > 1 else 0), ("" if levels > 1 else "  " * level) + name)

    def code(self, row: int, code: str, previous: list[str]) -> None:
        parts = [code[:3], code[3:5], code[5:7]]
        style = self.variant.codes
        if style == "number":
            self.out.put(row, self.left, int(code))
        elif style == "spaced":
            self.out.put(row, self.left, " ".join(p for p in parts if p) + " ")
        elif style in ("text", "split-whole"):
            self.out.put(row, self.left, code)
        elif style == "combined":
            return
        else:
            for i, part in enumerate(parts):
                if part and not (style == "split-sparse" and part == previous[i] and any(parts[i + 1 :])):
                    self.out.put(row, self.left + i, int(part) if style == "split-number" else part)
            previous[:] = parts

    def economic(self) -> tuple[int, int]:
        groups = [list(g) for g in self.layout.economic_panels]
        headers = list(self.layout.panel_headers)
        totals = list(self.layout.total_panels)
        while len(groups) > self.variant.panels:
            last = groups.pop()
            groups[-1] += last
            headers.pop()
            totals = [min(t, len(groups) - 1) for t in totals]
        column = self.layout.columns[0]
        split, combined = self.variant.codes in ("split", "split-sparse", "split-number"), self.variant.codes == "combined"
        names = ("科目编码及名称",) if combined else ("类", "款", "科目名称") if split else ("经济分类科目编码", "科目名称")
        texts = (*names, column.paths[0][0])
        width = len(texts)
        paths = [(*((header,) if header and self.variant.panels > 1 else ()), text) for header in headers for text in texts]
        top = self.headers(paths, self.left)
        depth = 0
        for p, classes in enumerate(groups):
            codes = [code for c in classes for code in (c, *self.pack.economic.children(c))]
            start = self.left + width * p
            depth = max(depth, len(codes))
            for r, code in enumerate(codes, top):
                self.economic_code(r, start, code)
                name = self.pack.economic.names[code]
                self.out.put(r, start + width - 2, f"{code}{name}" if combined else name)
                self.amount((r, start + width - 1), code, column.id)
        end = top + depth
        for i, (row, panel) in enumerate(zip(self.layout.rows, totals, strict=True)):
            r = end + (i if len(groups) == 1 else 0)
            after = totals[i + 1] if i + 1 < len(totals) and len(groups) > 1 else len(groups)
            self.out.put(r, self.left + width * panel, row.label, right=self.left + width * after - 2 if self.variant.merged else None)
            self.amount((r, self.left + width * after - 1), row.id, column.id)
        return end + len(self.layout.rows) - 1, self.left + width * len(groups) - 1

    def economic_code(self, row: int, column: int, code: str) -> None:
        style = self.variant.codes
        if style not in ("split", "split-sparse", "split-number"):
            self.out.put(row, column, int(code) if style == "number" else code)
            return
        for i, part in enumerate((code[:3], code[3:])):
            if part and not (style == "split-sparse" and not i and code[3:]):
                self.out.put(row, column + i, int(part) if style == "split-number" else part)

    def single(self) -> tuple[int, int]:
        rows, columns = self.layout.rows, self.layout.columns
        pairs = (
            [(row, column) for column in columns for row in rows] if self.variant.alternating
            else [(row, column) for row in rows for column in columns]
        )
        paths = [
            (*column.paths[0], row.label) if self.variant.alternating else (row.label, *column.paths[0])
            for row, column in pairs
        ]
        top = self.headers(paths, self.left)
        top = self.number_row(top, [self.left + i for i in range(len(pairs))], None)
        for i, (row, column) in enumerate(pairs):
            self.amount((top, self.left + i), row.id, column.id)
        return top, self.left + len(pairs) - 1
