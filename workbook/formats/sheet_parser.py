"""Marks of an .xlsx worksheet part written in an unusual way, by a real (slower) XML parser.

Prefixed tags, cells without references, comments, CDATA, UTF-16: rare, but correct XML.
"""

from __future__ import annotations

import re

from workbook.formats.marks import Marks
from workbook.formats.safe_xml import local, parse_xml, safe_parser
from workbook.numerals import column_index

_REFERENCE = re.compile(r"([A-Za-z]{1,7})(\d{1,10})\Z")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})\Z")
_TRUE = ("1", "true")


class SheetParser:
    """Collects the marks of one worksheet part; raises ``XmlError`` for what is no well-formed worksheet."""

    def __init__(self) -> None:
        self.marks = Marks()
        self._row = self._column = 0  # of the next cell, as calamine counts
        self._position = (0, 0)
        self._type = ""
        self._filled = self._formula = self._in_value = self._has_value = False
        self._value: list[str] = []
        self._in_data = False

    def parse(self, xml: bytes) -> None:
        """Read the part *xml*."""
        parser = safe_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parse_xml(parser, xml)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if not self._in_data:
            self._start_outside(name, attributes)
        elif name == "c":
            self._start_cell(attributes)
        elif name == "row":
            if attributes.get("r", "").isdecimal():
                self._row = int(attributes["r"]) - 1
            if attributes.get("hidden") in _TRUE:
                self.marks.hidden_rows.add(self._row)
        elif name == "v":
            self._in_value = self._has_value = self._filled = True
        elif name == "is":
            self._filled = True
        elif name == "f":
            self._formula = True

    def _start_outside(self, name: str, attributes: dict[str, str]) -> None:
        """An element before or behind the cells."""
        if name == "sheetData":
            self._in_data = True
        elif name in ("c", "row"):
            raise ValueError("cell outside the sheet's data")
        elif name == "col" and attributes.get("hidden") in _TRUE:
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "0"))
            self.marks.hidden_columns.update(range(first - 1, min(last, 16384)))
        elif name == "mergeCell" and (match := _RANGE.match(attributes.get("ref", ""))):
            left, top, right, bottom = match.groups()
            area = (int(top) - 1, column_index(left), int(bottom) - 1, column_index(right))
            self.marks.merged.append(area)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is not None:
            match = _REFERENCE.match(reference)
            if match is None:
                raise ValueError(reference)
            self._position = (int(match[2]) - 1, column_index(match[1]))
            self._column = self._position[1]
        else:
            self._position = (self._row, self._column)
        self._type = attributes.get("t", "")
        self._filled = self._formula = self._has_value = False
        self._value = []

    def _end(self, tag: str) -> None:
        name = local(tag)
        if name == "c":
            self._end_cell()
        elif name == "v":
            self._in_value = False
        elif name == "row":
            self._row += 1
            self._column = 0
        elif name == "sheetData":
            self._in_data = False

    def _end_cell(self) -> None:
        row, column = self._position
        self._column += 1
        if self._filled:
            self.marks.extent.include(row, column)
        value = "".join(self._value).strip()
        if self._type == "e" and self._filled:
            self.marks.errors[self._position] = value or "#VALUE!"
        if self._formula:
            self.marks.formulas.add(self._position)
            if not value and not (self._type == "str" and self._has_value):
                self.marks.uncomputed.add(self._position)

    def _text(self, data: str) -> None:
        if self._in_value:
            self._value.append(data)
