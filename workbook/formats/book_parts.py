"""The parts of an .xlsx workbook, as its relationships name them."""

from __future__ import annotations

from collections.abc import Mapping

from workbook.formats.package import Package, Relation
from workbook.formats.safe_xml import local
from workbook.values import dataclass

BOOK = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class BookParts:
    """Where the workbook's parts are."""

    part: str
    """The workbook part."""
    relations: Mapping[str, Relation]
    sheets: tuple[tuple[str, str, Relation], ...]
    """Name, relationship id and relationship of each sheet, chart sheets too."""

    def related(self, kind: str) -> str:
        """The part of that *kind* (``styles``); empty when there is none."""
        return next((relation.part for relation in self.relations.values() if relation.kind == kind), "")

    @property
    def worksheets(self) -> dict[str, str]:
        """Sheet name → part, in the workbook's order (worksheets only)."""
        return {name: relation.part for name, _, relation in self.sheets if relation.kind == "worksheet"}


def book_parts(package: Package) -> BookParts:
    """The parts of the workbook in *package*.  Raises :class:`~workbook.formats.package.PackageError`."""
    roots = (relation.part for relation in package.relations("").values() if relation.kind == "officeDocument")
    book = next(roots, BOOK)
    relations = package.relations(book)
    sheets: list[tuple[str, str, Relation]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "sheet":
            key = next((value for name, value in attributes.items() if local(name) == "id"), "")
            sheets.append((attributes.get("name", ""), key, relations.get(key, Relation("", "", ""))))

    package.parse(book, start)
    return BookParts(book, relations, tuple(sheets))
