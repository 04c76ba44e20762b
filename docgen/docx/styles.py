"""What the styles of a Word file say: name, heading level, numbering, sizes, hidden text; and styles of another added.

The standard styles are those of official documents (GB/T 9704), as the built-in template has them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import field, replace
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from docgen.docx.package import open_word
from docgen.docx.xml import W, number_of, value_of
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

TABLE_ID, TABLE_STYLE = "JsTable", "决算表"
STRONG_STYLE = "强调文字"
CELL_MARGIN = 57  # twips between border and text
STANDARD = TEMPLATES / DEFAULT_PACK / "report.docx"
"""The template whose styles are the standard ones."""
BODY_LEVEL = 9
"""The outline level that Word gives to body text."""
_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_OWN_NAMES = {"部分标题": 1, "接排部分标题": 1, "一级标题": 2, "二级标题": 3, "三级标题": 4, "表标题": 2}
# Names that people and the program use for a style, besides the stored one.
_ALIASES = {"正文": ("正文文字", "Normal"), "标题": ("文件标题", "Title"), "目录1": ("toc 1",), "目录2": ("toc 2",)}
_CANONICAL = {stored: name for name, others in _ALIASES.items() for stored in others}


@dataclass(frozen=True, slots=True)
class Style:
    """A style with what it inherits."""

    name: str = ""
    """As the program calls it: ``正文`` for the body text, else as the file stores it."""
    level: int = 0
    """Outline level 1-9; 0: body text."""
    number: str = ""
    """Id of the list that numbers its paragraphs."""
    number_level: int | None = None
    hidden: bool = False


_NO_STYLE = Style()
_DEEPEST = 40  # styles based one on the other
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles of a file."""

    by_id: Mapping[str, Style] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    """Name of a paragraph style, as stored or as the program calls it (lower case, as Word compares them), to id."""
    others: Mapping[str, str] = field(default_factory=dict)
    """Stored name of a table or character style to id."""
    default: str = ""
    """Id of the default paragraph style."""
    hidden_characters: frozenset[str] = frozenset()
    """Character styles whose text is not shown."""

    def get(self, style_id: str) -> Style:
        """The style *style_id* (empty: the default paragraph style)."""
        return self.by_id.get(style_id or self.default, _NO_STYLE)

    def id_of(self, name: str) -> str:
        """The id of the paragraph style *name*; the default style's when there is none."""
        return self.ids.get(name.lower()) or self.default


def read_styles(root: _Element | None) -> Styles:
    """The styles that the ``w:styles`` element *root* defines."""
    elements: dict[str, _Element] = {}
    ids: dict[str, str] = {}
    others: dict[str, str] = {}
    default, characters = "", []
    for element in root.iterchildren(f"{W}style") if root is not None else ():
        kind, style_id = element.get(f"{W}type", "paragraph"), element.get(f"{W}styleId", "")
        elements[style_id] = element
        if kind == "paragraph":
            ids.setdefault(stored_name(element).lower(), style_id)
            if element.get(f"{W}default") in ("1", "true", "on"):
                default = style_id
        else:
            others.setdefault(stored_name(element), style_id)
        if kind == "character":
            characters.append(style_id)
    known = inherited(elements, _style, _NO_STYLE)
    own = ((name.lower(), ids.get(stored.lower())) for name, aliases in _ALIASES.items() for stored in reversed(aliases))
    hidden = frozenset(style_id for style_id in characters if known[style_id].hidden)
    return Styles(known, {**{name: other for name, other in own if other is not None}, **ids}, others, default, hidden)


def inherited(styles: Mapping[str, _Element], own: Callable[[_Element, _T], _T], none: _T) -> dict[str, _T]:
    """What each of the *styles* (by id) is: its *own* on what its base is, *none* at the bottom.

    One that is based on itself is cut off there.
    """
    known: dict[str, _T] = {}

    def of(style_id: str, below: frozenset[str]) -> _T:
        element = styles.get(style_id)
        if element is None or style_id in below or len(below) > _DEEPEST:
            return none
        if style_id not in known:
            known[style_id] = own(element, of(value_of(element, "basedOn") or "", below | {style_id}))
        return known[style_id]

    return {style_id: of(style_id, frozenset()) for style_id in styles}


def _style(element: _Element, base: Style) -> Style:
    name = stored_name(element)
    level, number, hidden = _level(element, name), value_of(element, "pPr/numPr/numId"), element.find(f"{W}rPr/{W}vanish")
    own_level = value_of(element, "pPr/numPr/ilvl")
    return Style(
        _CANONICAL.get(name, name), base.level if level is None else level, base.number if number is None else number,
        base.number_level if number is None else number_of(own_level),
        base.hidden if hidden is None else is_on(hidden))


def stored_name(style: _Element) -> str:
    """The name under which the file stores a ``w:style``."""
    return value_of(style, "name") or ""


def _level(style: _Element, name: str) -> int | None:
    """Outline level that the style itself gives (0: body text); ``None`` when it says nothing."""
    outline, match = outline_level(value_of(style, "pPr/outlineLvl")), _HEADING_NAME.match(name)
    return outline if outline is not None else int(match[1]) if match else _OWN_NAMES.get(name)


def outline_level(stored: str | None) -> int | None:
    """Level 1-9 (0: body text) from the value of ``w:outlineLvl``; ``None`` when there is none."""
    number = number_of(stored)
    return None if number is None else number + 1 if number < BODY_LEVEL else 0


def is_on(element: _Element) -> bool:
    """Whether a switch such as ``w:vanish`` is on."""
    return element.get(f"{W}val", "1") not in ("0", "false", "off")


class StyleCopier:
    """Adds styles of another file to those of a file (a ``w:styles`` element, if it has any) where it lacks them."""

    def __init__(self, root: _Element | None, foreign: _Element | None) -> None:
        self.root, self.is_changed = root, False
        self.foreign = {e.get(f"{W}styleId", ""): e for e in foreign.iterchildren(f"{W}style")} if foreign is not None else {}
        self._ids: dict[str, str] = {}

    def style(self, style_id: str) -> str:
        """The id that a style of the other file has in this one: that of the style of this name, else of one that is added."""
        if style_id not in self._ids:
            self._ids[style_id] = self._style(style_id)
        return self._ids[style_id]

    def _style(self, style_id: str) -> str:
        definition, root = self.foreign.get(style_id), self.root
        if definition is None or root is None:
            return style_id
        styles = list(root.iterchildren(f"{W}style"))
        name, kind = stored_name(definition).lower(), definition.get(f"{W}type")
        for own in styles:
            if stored_name(own).lower() == name and own.get(f"{W}type") == kind:
                return own.get(f"{W}styleId", "")
        added, taken = deepcopy(definition), {own.get(f"{W}styleId") for own in styles}
        identifier = self._ids[style_id] = next(i for n in count() if (i := f"{style_id}{n or ''}") not in taken)
        added.set(f"{W}styleId", identifier)
        root.append(added)
        self.is_changed = True
        for reference in added.iterchildren(f"{W}basedOn", f"{W}next", f"{W}link"):
            reference.set(f"{W}val", self.style(reference.get(f"{W}val", "")))
        return identifier


@lru_cache(maxsize=1)
def _standard_styles() -> _Element | None:
    return open_word(STANDARD).styles


def add_standard_styles(root: _Element) -> None:
    """Put into the ``w:styles`` element *root* the standard styles that it lacks.

    Tables, charts and contents look as they should with them.

    Raises:
        InputError: the built-in template cannot be read.
    """
    copier = StyleCopier(root, _standard_styles())
    for style_id in copier.foreign:
        copier.style(style_id)


_SWITCHES = {"keepNext": "keep_next", "pageBreakBefore": "new_page", "widowControl": "widows"}
_PROPERTY = re.compile(r"<w:(spacing|ind|pageBreakBefore|keepNext)((?: [^>]*)?)/>")
_ATTRIBUTE = re.compile(r'w:(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Metrics:
    """Sizes in points."""

    size: float = 10.0
    line: float = 1.0
    """Distance from line to line; a multiple of the font's own when not :attr:`exact`."""
    exact: bool = False
    before: float = 0.0
    after: float = 0.0
    first: float = 0.0
    """Indent of the first line."""
    left: float = 0.0
    right: float = 0.0
    keep_next: bool = False
    new_page: bool = False
    widows: bool = True

    @property
    def line_height(self) -> float:
        """Height of a line of text; fonts of Chinese characters are about 1.3 times their size."""
        return self.line if self.exact else self.size * 1.3 * self.line


def style_metrics(root: _Element) -> dict[str, Metrics]:
    """The metrics of every paragraph style of the ``w:styles`` element *root*, inheritance followed."""
    styles = {str(style.get(f"{W}styleId")): style for style in root.iter(f"{W}style")}
    start = Metrics()
    for name in ("pPr", "rPr"):
        start = _with_element(start, root.find(f"{W}docDefaults/{W}{name}Default/{W}{name}"))
    known = inherited(
        styles, lambda style, base: _with_element(
            _with_element(base, style.find(f"{W}pPr")), style.find(f"{W}rPr")), start)
    return {style_id: metrics for style_id, metrics in known.items() if styles[style_id].get(f"{W}type") == "paragraph"}


def _with_element(metrics: Metrics, element: _Element | None) -> Metrics:
    """*metrics* with what a ``w:pPr`` or ``w:rPr`` sets."""
    for child in () if element is None else element:
        name = str(child.tag).rpartition("}")[2]  # w:spacing of a w:rPr is that of letters, and says none of what is read
        metrics = _with(metrics, name, {str(key).rpartition("}")[2]: str(value) for key, value in child.attrib.items()})
    return metrics


def head_metrics(metrics: Metrics, head: str) -> Metrics:
    """*metrics* with what the paragraph's own properties in *head* (XML) set."""
    for name, attributes in _PROPERTY.findall(head):
        metrics = _with(metrics, name, dict(_ATTRIBUTE.findall(attributes)))
    return metrics


def _with(metrics: Metrics, name: str, facts: Mapping[str, str]) -> Metrics:
    """*metrics* with what the property *name* with these attributes sets."""
    new: dict[str, Any] = {}
    if name in _SWITCHES:
        new[_SWITCHES[name]] = facts.get("val", "1") not in {"0", "false", "off"}
    elif name == "sz":
        new["size"] = _number(facts, 2, "val")
    elif name == "spacing":
        exact = facts.get("lineRule", "auto") != "auto"
        line = _number(facts, 20 if exact else 240, "line")
        new |= {"before": _number(facts, 20, "before"), "after": _number(facts, 20, "after"), "line": line}
        new["exact"] = None if line is None else exact
    elif name == "ind":
        characters, hanging = _number(facts, 100, "firstLineChars"), _number(facts, 20, "hanging")
        new |= {"left": _number(facts, 20, "left", "start"), "right": _number(facts, 20, "right", "end")}
        new["first"] = characters * metrics.size if characters else _number(facts, 20, "firstLine")
        if new["first"] is None and hanging is not None:
            new["first"] = -hanging
    return replace(metrics, **{key: value for key, value in new.items() if value is not None})


def _number(facts: Mapping[str, str], unit: int, *names: str) -> float | None:
    """The first of the attributes *names* that is a number, of which *unit* make one."""
    for name in names:
        value = facts.get(name, "")
        if (number := number_of(value.removeprefix("-"))) is not None:
            return (-number if value.startswith("-") else number) / unit
    return None
