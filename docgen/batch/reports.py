"""The Word report that lies beside a workbook: told from other documents by its name and its text."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.batch.planning import Unit
from docgen.report.narrative import official_headings
from workbook.errors import InputError
from workbook.pack.layout import normalise
from workbook.pack.loading import load_pack
from workbook.values import dataclass

if TYPE_CHECKING:
    from docgen.docx.reading import Document

_YEAR = re.compile(r"20\d\d")
_WORDS = (("报告", 2), ("决算", 1), ("公开", 1))
_NOT_NAMES = re.compile(r"20\d\d|年度?|部门|单位|决算|公开|报表|报告|说明|套表|表|[-_—()\s]")
"""What is left of a file name without these words may be the unit's name."""
_SHORTEST = 2
"""Characters of a unit's name that may be looked for in a file name."""
_RECOGNISED = 3
"""A document with so many of the report's headings is a report."""
_AMOUNTS = 10
_FEW = 6
"""So many documents are looked into for one unit."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The report that was chosen, opened; or why there is none."""

    document: Document | None = None
    note: str = ""


def assign(units: Sequence[Unit], documents: Sequence[Path]) -> list[tuple[Path, ...]]:
    """The documents of a folder that may be each unit's report, by their names."""
    if len(units) == 1 or not documents:
        return [tuple(documents)] * len(units)
    owners: dict[str, list[int]] = {}
    for index, unit in enumerate(units):
        for key in _keys(unit):
            owners.setdefault(key, []).append(index)
    found: list[list[Path]] = [[] for _ in units]
    unclaimed = []
    for document in documents:
        name = normalise(document.stem)
        fitting = _longest_part(name, owners)
        for index in owners.get(fitting, ()):
            found[index].append(document)
        if not fitting:
            unclaimed.append(document)
    return [tuple(own or unclaimed[:_FEW]) for own in found]


def _longest_part(name: str, keys: Container[str]) -> str:
    """The longest of *keys* that is in *name* (so 第一中学附属小学 is not taken for 第一中学)."""
    for size in range(len(name), _SHORTEST - 1, -1):
        for start in range(len(name) - size + 1):
            if (part := name[start : start + size]) in keys:
                return part
    return ""


def _keys(unit: Unit) -> set[str]:
    stem = unit.path.name if unit.files else unit.path.stem
    return {key for key in (unit.name, _NOT_NAMES.sub("", normalise(stem))) if len(key) >= _SHORTEST}


def choose(documents: Iterable[Path], unit_name: str, year: int | None, *, shared: bool) -> Choice:
    """Open the document that is the report of the unit and year.

    With *shared*, other units' reports may be among them, so the text must name this unit.
    """
    ranked = sorted(_ranked(documents, normalise(unit_name), year), key=lambda pair: (-pair[0], pair[1].name))
    best: tuple[int, Document] | None = None
    problem = ""
    for _, path in ranked[:_FEW]:
        try:
            fit, document = _look(path, unit_name, year)
        except InputError as error:
            problem = problem or str(error)
            continue
        if fit >= 3 or (fit and not shared and len(ranked) == 1):
            return Choice(document)
        if fit and not shared and (best is None or fit > best[0]):
            best = fit, document
    return Choice(best[1]) if best is not None else Choice(note=problem)


def _ranked(documents: Iterable[Path], unit: str, year: int | None) -> Iterable[tuple[int, Path]]:
    for path in documents:
        name = normalise(path.stem)
        years = set(_YEAR.findall(name))
        if years and year is not None and str(year) not in years:
            continue
        score = sum(weight for word, weight in _WORDS if word in name)
        if path.suffix.lower() == ".doc" and not score:
            continue  # some old note; only what looks like a report is worth a remark
        yield score + 4 * (bool(unit) and unit in name) + 2 * bool(years), path


def _look(path: Path, unit_name: str, year: int | None) -> tuple[int, Document]:
    """How well the text fits (0: no report; 1 for a report, 1 more each for unit and year), and the document."""
    from docgen.docx.reading import read_document
    from docgen.review.sections import find_sections

    document = read_document(path)
    titles = dict(enumerate(official_headings(load_pack()), 1))
    text = "".join("".join(paragraph.text.split()) for paragraph in document.paragraphs if not paragraph.table)
    is_report = (
        len(find_sections(document.paragraphs, titles).headings) >= _RECOGNISED
        or ("决算" in text and text.count("万元") >= _AMOUNTS))
    if not is_report:
        return 0, document
    return 1 + (bool(unit_name) and "".join(unit_name.split()) in text) + (f"{year}年" in text), document
