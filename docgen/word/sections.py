"""Section properties: portrait as the template has them, landscape made from them."""

from __future__ import annotations

import re

_START = re.compile(r' w:start="\d+"')
_SIZE = re.compile(r"<w:pgSz [^>]*/>")
_MARGINS = re.compile(r"<w:pgMar [^>]*/>")
_TYPE = re.compile(r"<w:type [^>]*/>")
_ATTRIBUTE = re.compile(r'w:(\w+)="(-?\d+)"')
_BEFORE_TYPE = re.compile(r"<w:sectPr[^>]*>(?:<w:(?:headerReference|footerReference) [^>]*/>)*")
_FOOTER_SPACE = 794  # twips: 14 mm from the edge, so that the number stays clear of a landscape table


def numbers(xml: str, pattern: re.Pattern[str]) -> dict[str, int]:
    """The numeric attributes of the element that *pattern* finds in *xml*."""
    match = pattern.search(xml)
    return {name: int(value) for name, value in _ATTRIBUTE.findall(match.group(0))} if match else {}


def page_of(section: str) -> dict[str, int]:
    """Page size and margins in twips: ``w h top right bottom left``."""
    fallback = {"w": 11906, "h": 16838, "top": 2098, "right": 1474, "bottom": 1984, "left": 1587}
    return fallback | numbers(section, _SIZE) | numbers(section, _MARGINS)


def text_width(section: str) -> int:
    """Width between the margins, in twips."""
    page = page_of(section)
    return page["w"] - page["left"] - page["right"]


def start_of(section: str) -> int | None:
    """The page number with which *section* begins; ``None`` when it goes on counting."""
    match = re.search(r'<w:pgNumType [^>]*w:start="(\d+)"', section)
    return int(match.group(1)) if match else None


def continued(section: str) -> str:
    """*section* on a new page with page numbers that go on."""
    section = _START.sub("", section).replace("<w:pgNumType/>", "").replace("<w:titlePg/>", "")
    if _TYPE.search(section):
        return _TYPE.sub('<w:type w:val="nextPage"/>', section)
    return _BEFORE_TYPE.sub(lambda match: match.group(0) + '<w:type w:val="nextPage"/>', section, count=1)


def turned(section: str) -> str:
    """*section* turned from portrait to landscape (or back), margins turned with it."""
    page = page_of(section)
    landscape = page["w"] < page["h"]
    orient = ' w:orient="landscape"' if landscape else ""
    size = f'<w:pgSz w:w="{page["h"]}" w:h="{page["w"]}"{orient}/>'
    margins = (
        f'<w:pgMar w:top="{page["left"]}" w:right="{page["top"]}" w:bottom="{page["right"]}" w:left="{page["bottom"]}"'
        f' w:header="{page.get("header", 851)}" w:footer="{min(page.get("footer", 1304), _FOOTER_SPACE)}" w:gutter="0"/>'
    )
    return _MARGINS.sub(margins, _SIZE.sub(size, section))
