"""The named styles of a report in the form of official documents (GB/T 9704), as the built-in template has them.

A template in which someone deleted one gets it back when it is read, so that tables, charts and contents always look as
they should.
"""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING

from docgen.docx.package import open_word
from docgen.docx.styles import stored_name
from docgen.docx.xml import W
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES

if TYPE_CHECKING:
    from lxml.etree import _Element

TABLE_ID, TABLE_STYLE = "JsTable", "决算表"
STRONG_STYLE = "强调文字"
CELL_MARGIN = 57  # twips between border and text
STANDARD = TEMPLATES / DEFAULT_PACK / "report.docx"
"""The template whose styles are the standard ones."""


@lru_cache(maxsize=1)
def _standard_styles() -> tuple[_Element, ...]:
    root = open_word(STANDARD).styles
    return tuple(root.iterchildren(f"{W}style")) if root is not None else ()


def add_standard_styles(root: _Element) -> None:
    """Put into the ``w:styles`` element *root* the standard styles that it lacks.

    Raises:
        InputError: the built-in template cannot be read.
    """
    styles = list(root.iter(f"{W}style"))
    taken, bases = {style.get(f"{W}styleId") for style in styles}, {stored_name(style): style.get(f"{W}styleId", "") for style in styles}
    present = {name.lower() for name in bases}
    own = {"Normal": bases.get("Normal"), "TableNormal": bases.get("Normal Table")}  # a Chinese Word calls them a, a1
    for standard in _standard_styles():
        if stored_name(standard).lower() not in present and standard.get(f"{W}styleId") not in taken:
            added = deepcopy(standard)
            based = added.find(f"{W}basedOn")
            if based is not None and (base := own.get(based.get(f"{W}val", ""))):
                based.set(f"{W}val", base)
            root.append(added)
