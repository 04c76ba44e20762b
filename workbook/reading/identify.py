"""Which sheet of the form a raw sheet is, what its frame (unit, year, money unit) says, and of which form the sheets are."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import islice, pairwise
from pathlib import Path

from workbook.amounts import MoneyUnit
from workbook.formats.source import Content, RawSheet
from workbook.pack.choice import Choice, TableText, choose
from workbook.pack.layout import SheetCodes, SheetKind, SheetLayout, normalise
from workbook.reading.codes import CODE, HEADER_WITHIN, code_and_name, code_columns
from workbook.reading.header import normalised
from workbook.values import dataclass

FRAME_ROWS = 10
CONTENTS_ROWS = 40
TABLE_NEEDS = 2
"""So many of a table's headings and row labels, or of its codes, a sheet that is called so must hold."""
_FEW_TEXTS = 12
"""A sheet with no more texts may be an empty table of which only title, frame and statement are left."""
NUMBER_NEEDS = 0.3
"""Share of a layout's labels that a sheet named only by a number (``1``, ``Sheet1``) must show."""
_NUMBERED = "GK|表|sheet|附表"
"""What stands before the number in the name of a sheet or file: of the government's system, of people, of Excel."""
_CODED = (SheetKind.FUNCTIONAL, SheetKind.ECONOMIC)
_SYSTEM_PREFIX = re.compile(r"^(?:GK|Z|C|F)\d{1,2}(?:_\d+)?(?=\D|$)[\s_\-]*", re.IGNORECASE)
"""The government's system puts its own number before the title."""
_BRACKET_TAIL = re.compile(r"\([^()]*\)?$")
_MONEY = re.compile(r"单位\s*[:：]?\s*(?:人民币)?(万元|元)")
_UNIT_NAME = re.compile(
    r"(?:公开部门|公开单位|编制单位|编制部门|填报单位|填报部门|单位名称|部门名称|预算单位|部门\(单位\)|单位\(部门\)|部门|单位)"
    r"(?:\(.{0,6}\))?\s*[:：]\s*(?!人民币|万元|元(?:\s|$))(\S.*?)(?=\s{2,}|\s*(?:20\d\d年|金额单位|单位\s*[:：])|$)")
_HALF_WIDTH = {0x3000: 0x20} | {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Full-width forms to ASCII, one character for one."""
_YEAR = re.compile(r"(20\d\d)\s*年\s*(?:度|$|部门|单位)?")


@dataclass(frozen=True, slots=True)
class Frame:
    """What the rows above a sheet's header say."""

    unit_name: str = ""
    year: int | None = None
    money_unit: MoneyUnit | None = None
    positions: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False)
    """Where each stands (0-based cell): ``unit_name``, ``year``, ``money_unit``."""


def read_frame(sheet: RawSheet) -> Frame:
    """Unit name, year and money unit stated in the first rows of *sheet*."""
    name, year, money = "", None, None
    positions: dict[str, tuple[int, int]] = {}
    for r, row in enumerate(sheet.rows[:FRAME_ROWS]):
        for c, content in enumerate(row):
            if not content or not isinstance(content, str):
                continue
            if money is None and "单位" in content and (m := _MONEY.search(content)):
                money = MoneyUnit(m[1])
                positions["money_unit"] = r, c
            if year is None and "年" in content and (m := _YEAR.search(unicodedata.normalize("NFKC", content))):
                year = int(m[1])
                positions["year"] = r, c
            if not name and (":" in content or "：" in content) and (
                m := _UNIT_NAME.search(content.rstrip().translate(_HALF_WIDTH))
            ):
                name = content[m.start(1) : m.end(1)].strip()  # as written, full-width brackets included
                positions["unit_name"] = r, c
        if name and year and money:
            break
    return Frame(name, year, money, positions)


Recognition = tuple[str, int]
"""Code of the layout that a sheet has, and how well it matches: titles count most, then marks, names and headers."""


class Recogniser:
    """Recognises sheets of one pack."""

    def __init__(self, layouts: Iterable[SheetLayout]) -> None:
        self.layouts = tuple(layouts)
        self.titles = sorted(
            ((normalise(title), layout.code) for layout in self.layouts for title in layout.titles),
            key=lambda pair: -len(pair[0]),
        )
        self._titles = frozenset(title for title, _ in self.titles)
        self._by_code = {layout.code: layout for layout in self.layouts}
        self.codes = SheetCodes(self.layouts)
        self._number_name = re.compile(rf"(?:{self.codes.heads}|{_NUMBERED})?\s*0?(\d{{1,2}})(?!\d)", re.IGNORECASE)
        self._number_head = re.compile(rf"^(?:{self.codes.heads})?0?\d{{1,2}}表?")
        self.labels = {layout.code: _labels(layout) for layout in self.layouts}
        self._typical = {layout.code: _texts_of(layout) for layout in self.layouts}

    def recognise(self, sheet: RawSheet) -> Recognition | None:
        """The sheet's layout, or ``None`` when nothing points to one.

        A title alone makes no table: a sheet of notes that quotes one has none of its rows and columns.
        """
        names = [sheet.name, *([sheet.file.stem] if sheet.alone else [])]
        for text in _top_texts(sheet):
            if (code := self._code_of_title(text)) is not None:
                if self._is_table(sheet, code, text):
                    return code, 100
                if self.lists_titles(sheet):
                    return None
        for name in names:
            if (code := self._by_name(name)) is not None and self._is_table(sheet, code):
                return code, 80
        mark = next((text for text in _top_texts(sheet) if self.codes.is_mark(text)), None)
        if mark is not None:
            code = self.codes.named(mark)
            return self._confirmed(sheet, code, 60) if code else None  # a sheet that another form has
        return self._by_number(sheet, names) or self._by_headers(sheet)

    def _by_number(self, sheet: RawSheet, names: Iterable[str]) -> Recognition | None:
        """The sheet whose number one of the *names* is, when it looks like it."""
        for name in names:
            if m := self._number_name.match(unicodedata.normalize("NFKC", name).strip()):
                code = self.codes.by_number.get(int(m[1]), "")
                if code and self._overlap(sheet, code) >= NUMBER_NEEDS and (found := self._confirmed(sheet, code, 50)):
                    return found
        return None

    def quoted(self, sheet: RawSheet) -> str:
        """Code of the table whose title the sheet quotes; empty when it quotes none."""
        return next((code for text in _top_texts(sheet) if (code := self._code_of_title(text)) is not None), "")

    def _is_table(self, sheet: RawSheet, code: str, title: str = "") -> bool:
        """Whether the sheet has rows or columns of the table.

        What is left of an empty one has its bare *title* and few texts.
        """
        layout, labels, rows = self._by_code[code], self._typical[code], sheet.rows[:CONTENTS_ROWS]
        found = ""
        for row in rows:
            for content in row:
                if type(content) is str and content and (text := normalise(content)) in labels and text != found:
                    if found:
                        return True
                    found = text
        if layout.kind in _CODED:
            beside = ((content, after) for row in rows for content, after in pairwise([*row, ""]))
            codes = (True for content, after in beside if _code_before(content, after))
            if len(list(islice(codes, TABLE_NEEDS))) == TABLE_NEEDS:
                return True
        if not layout.empty_statement or (title and title not in self._titles):
            return False
        return sum(1 for row in sheet.rows for content in row if content != "") <= _FEW_TEXTS

    def _code_of_title(self, text: str) -> str | None:
        """The sheet whose title the normalised *text* holds."""
        fits = (code for title, code in self.titles if title in text and len(text) <= len(title) + 24 and "《" not in text)
        return next(fits, None)

    def lists_titles(self, sheet: RawSheet) -> bool:
        """Whether the sheet is a table of contents: it holds the titles of several tables."""
        texts = [
            content for row in sheet.rows[:CONTENTS_ROWS] for content in row
            if content and type(content) is str and "表" in content and len(content) < 80
        ]
        return len({self._code_of_title(normalise(text)) for text in texts} - {None}) >= 3

    def _by_name(self, name: str) -> str | None:
        bare = _SYSTEM_PREFIX.sub("", unicodedata.normalize("NFKC", name).strip())
        text = normalise(bare)
        if (code := self._code_of_title(text)) is not None:
            return code
        stem = normalise(_BRACKET_TAIL.sub("", bare))
        stem = self._number_head.sub("", stem)
        if len(stem) >= 6:
            fits = {code for title, code in self.titles if title.startswith(stem)}
            if len(fits) == 1:
                return fits.pop()
        return None

    def _confirmed(self, sheet: RawSheet, code: str, score: int) -> Recognition | None:
        """A number is believed only when the headers do not point to another sheet."""
        found = self._by_headers(sheet)
        if found is None or found[0] == code:
            return code, score
        present = _all_labels(sheet)
        own, other = (_share(self._by_code[one], present) for one in (code, found[0]))
        return (code, score) if own >= other else found

    def _overlap(self, sheet: RawSheet, code: str) -> float:
        labels = self.labels[code]
        return len(labels & _all_labels(sheet)) / len(labels)

    def _by_headers(self, sheet: RawSheet) -> Recognition | None:
        has_codes = bool(code_columns(sheet, normalised(sheet.rows[:HEADER_WITHIN]))[0])
        fits = (layout for layout in self.layouts if has_codes or layout.kind not in _CODED)
        ranked = sorted(((self._overlap(sheet, layout.code), layout.code) for layout in fits), reverse=True)
        (best, code), (second, _) = [*ranked, (0.0, ""), (0.0, "")][:2]
        return (code, 40) if best >= 0.6 and best - second >= 0.1 else None


def _labels(layout: SheetLayout) -> frozenset[str]:
    """Normalised header and label texts that are typical of a layout."""
    columns = [c for p in layout.panels for c in p.columns] or list(layout.columns)
    labels = {normalise(part) for c in columns for part in c.paths[0]}
    labels |= {normalise(r.label) for p in layout.panels for r in p.rows if r.id}
    labels |= {normalise(r.label) for r in layout.rows}
    labels |= set(layout.economic_panels[0][:1]) if layout.economic_panels else set()
    return frozenset(labels - {"数", "合计", "小计"})


def _code_before(content: Content, after: Content) -> str:
    """The code in a cell, with its name or a text after it; empty for other content."""
    code, name = code_and_name(content)
    return code if CODE.fullmatch(code) and (name or (type(after) is str and after)) else ""


def _share(layout: SheetLayout, present: frozenset[str]) -> float:
    """The share of a layout's rows and columns that are among these texts, in whatever words."""
    columns = [c for p in layout.panels for c in p.columns] or list(layout.columns)
    rows = [(row.label, *row.aliases) for panel in layout.panels for row in panel.rows if row.id]
    rows += [(row.label, *row.aliases) for row in layout.rows]
    found = [not present.isdisjoint(alias[-1] for alias in column.aliases) for column in columns]
    found += [not present.isdisjoint(map(normalise, words)) for words in rows]
    return sum(found) / max(len(found), 1)


def _texts_of(layout: SheetLayout) -> frozenset[str]:
    """All normalised texts that may stand in the header or beside the rows of a layout."""
    labels = frozenset(text for panel in layout.panels for text in panel.labels)
    columns = frozenset(part for p in layout.panels for c in p.columns for alias in c.aliases for part in alias)
    return labels | columns | layout.words


def _top_texts(sheet: RawSheet) -> Iterator[str]:
    return (
        normalise(content)
        for row in sheet.rows[:FRAME_ROWS] for content in row
        if content and isinstance(content, str) and 2 < len(content) < 80
    )


def _all_labels(sheet: RawSheet) -> frozenset[str]:
    texts = (content for row in sheet.rows[:120] for content in row if isinstance(content, str) and content)
    return frozenset(normalise(code_and_name(text)[1] or text) for text in texts)


_LABEL_ROWS, _LABEL_COLUMNS = 120, 60
_LONGEST = 80
"""Characters of a title with what stands around it."""


def choose_for(sheets: Sequence[RawSheet], user_packs: Path | None = None, year: int | None = None) -> Choice:
    """The pack that these sheets are of; *year* is theirs where they state none."""
    years = Counter(stated for sheet in sheets if (stated := read_frame(sheet).year))
    return choose(table_texts(sheets), years.most_common(1)[0][0] if years else year, user_packs)


def table_texts(sheets: Iterable[RawSheet]) -> list[TableText]:
    """What the sheets say of the tables that they are."""
    return [
        TableText(
            [*_texts(sheet, FRAME_ROWS), sheet.name, *([sheet.file.stem] if sheet.alone else [])], _texts(sheet, _LABEL_ROWS))
        for sheet in sheets
    ]


def _texts(sheet: RawSheet, rows: int) -> Iterator[str]:
    return (
        content for row in sheet.rows[:rows] for content in row[:_LABEL_COLUMNS]
        if content and type(content) is str and 2 < len(content) < _LONGEST
    )
