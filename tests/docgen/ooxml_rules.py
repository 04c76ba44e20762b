"""The rules of the file format that Word insists on, as a checker: what a package breaks, in words.

Word is stricter than LibreOffice: an element out of order or an id used twice makes it offer a "repair".
Orders are those of ECMA-376 (transitional), as far as our files use them.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

ORDERS = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
    "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang "
    "eastAsianLayout specVanish oMath",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "tbl": "bookmarkStart bookmarkEnd tblPr tblGrid tr",
    "sdtPr": "rPr alias tag id lock placeholder temporary showingPlcHdr dataBinding label tabIndex text",
    "sdt": "sdtPr sdtEndPr sdtContent",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked "
    "personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
    "settings": "writeProtection view zoom removePersonalInformation removeDateAndTime mirrorMargins "
    "attachedTemplate linkStyles trackRevisions documentProtection defaultTabStop autoHyphenation evenAndOddHeaders "
    "drawingGridHorizontalSpacing drawingGridVerticalSpacing noPunctuationKerning characterSpacingControl "
    "strictFirstAndLastChars noLineBreaksAfter noLineBreaksBefore hdrShapeDefaults footnotePr endnotePr compat docVars "
    "rsids mathPr themeFontLang clrSchemeMapping shapeDefaults decimalSymbol listSeparator",
}  # fmt: skip
ORDER_OF = {name: {child: place for place, child in enumerate(order.split())} for name, order in ORDERS.items()}
CHART_ORDERS = {
    "chartSpace": "date1904 lang roundedCorners AlternateContent style clrMapOvr pivotFmts protection chart spPr txPr "
    "externalData printSettings userShapes",
    "chart": "title autoTitleDeleted pivotFmts view3D floor sideWall backWall plotArea legend plotVisOnly dispBlanksAs",
    "plotArea": "layout pieChart spPr",
    "pieChart": "varyColors ser dLbls firstSliceAng",
    "ser": "idx order tx spPr explosion dPt dLbls cat val",
    "dLbls": "dLbl delete numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent "
    "showBubbleSize separator showLeaderLines leaderLines",
    "dPt": "idx invertIfNegative marker bubble3D explosion spPr",
    "legend": "legendPos legendEntry layout overlay spPr txPr",
    "manualLayout": "layoutTarget xMode yMode wMode hMode x y w h",
}  # fmt: skip
CHART_ORDER_OF = {
    name: {child: place for place, child in enumerate(order.split())} for name, order in CHART_ORDERS.items()
}


def problems(content: bytes) -> list[str]:
    """Everything in the Word file *content* that breaks a rule."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        parts = {name: archive.read(name) for name in names}
    found = [f"part twice: {name}" for name, count in Counter(names).items() if count > 1]
    if names[0] != "[Content_Types].xml":
        found.append("content types are not first")
    trees: dict[str, etree._Element] = {}
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            try:
                trees[name] = etree.fromstring(data)
            except etree.XMLSyntaxError as error:
                found.append(f"{name}: {error}")
    if found:
        return found
    found += content_type_problems(parts, trees)
    found += relation_problems(parts, trees)
    document = trees["word/document.xml"]
    for name, tree in trees.items():
        if name.startswith("word/") and name.endswith(".xml"):
            found += [f"{name}: {problem}" for problem in order_problems(tree)]
    found += id_problems(document)
    found += text_problems(document)
    found += field_problems(document)
    found += table_problems(document)
    found += style_problems(document, trees["word/styles.xml"])
    found += body_problems(document)
    return found


def content_type_problems(parts: dict[str, bytes], trees: dict[str, etree._Element]) -> Iterator[str]:
    types = trees["[Content_Types].xml"]
    defaults = {item.get("Extension").lower() for item in types.iter(f"{TYPES}Default")}
    overrides = [item.get("PartName") for item in types.iter(f"{TYPES}Override")]
    yield from (f"override twice: {name}" for name, count in Counter(overrides).items() if count > 1)
    yield from (f"override of no part: {name}" for name in overrides if name.lstrip("/") not in parts)
    for name in parts:
        ending = name.rpartition(".")[2].lower()
        if name != "[Content_Types].xml" and f"/{name}" not in overrides and ending not in defaults:
            yield f"no content type: {name}"
        generic = {"xml"} if not name.startswith(("customXml/item", "[")) or "Props" in name else set()
        if f"/{name}" not in overrides and ending in generic and ending != "rels":
            yield f"only the generic content type: {name}"


def relation_problems(parts: dict[str, bytes], trees: dict[str, etree._Element]) -> Iterator[str]:
    reached = {"[Content_Types].xml"}
    for name, tree in trees.items():
        if not name.endswith(".rels"):
            continue
        reached.add(name)
        folder, _, rest = name.rpartition("_rels/")
        source = folder + rest.removesuffix(".rels")
        if source and source not in parts:
            yield f"relationships of no part: {name}"
        relations = list(tree.iter(RELATION))
        ids = [item.get("Id") for item in relations]
        yield from (f"{name}: id twice: {key}" for key, count in Counter(ids).items() if count > 1)
        for item in relations:
            if item.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(source), item.get("Target")))
            target = item.get("Target").lstrip("/") if item.get("Target").startswith("/") else target
            reached.add(target)
            if target not in parts:
                yield f"{name}: no such part: {target}"
        if source.endswith(".xml"):
            used = {
                value
                for element in trees[source].iter()
                for key, value in element.attrib.items()
                if key in {f"{R}id", f"{R}embed", f"{R}link"}
            }
            yield from (f"{source}: unknown relationship {key}" for key in used - set(ids))
    yield from (f"no relationship leads to {name}" for name in parts if name not in reached)


def order_problems(tree: etree._Element) -> Iterator[str]:
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        namespace, _, name = element.tag.rpartition("}")
        order = (ORDER_OF if namespace + "}" == W else CHART_ORDER_OF if namespace + "}" == C else {}).get(name)
        if order is None:
            continue
        last, last_name = -1, ""
        for child in element:
            child_name = str(child.tag).rpartition("}")[2]
            if name == "dLbl" or (name == "settings" and not str(child.tag).startswith(W)):
                continue
            place = order.get(child_name)
            if place is None:
                yield f"{name} holds {child_name}"
                continue
            if place < last and {name, child_name} != {"sectPr", "headerReference"}:
                yield f"{name}: {child_name} after {last_name}"
            last, last_name = max(last, place), child_name


def id_problems(document: etree._Element) -> Iterator[str]:
    controls = [item.get(f"{W}val") for item in document.iter(f"{W}id") if item.getparent().tag == f"{W}sdtPr"]
    yield from (f"control id twice: {key}" for key, count in Counter(controls).items() if count > 1)
    yield from (f"control id is no number: {key}" for key in controls if not -(2**31) <= int(key) < 2**31)
    for name in ("tag", "alias"):
        for item in document.iter(f"{W}{name}"):
            if not 0 < len(item.get(f"{W}val")) <= 64:
                yield f"{name} is too long or empty: {item.get(f'{W}val')}"
    drawings = [item.get("id") for item in document.iter(f"{WP}docPr")]
    yield from (f"drawing id twice: {key}" for key, count in Counter(drawings).items() if count > 1)
    starts = [item.get(f"{W}id") for item in document.iter(f"{W}bookmarkStart")]
    ends = [item.get(f"{W}id") for item in document.iter(f"{W}bookmarkEnd")]
    names = [item.get(f"{W}name") for item in document.iter(f"{W}bookmarkStart")]
    yield from (f"bookmark twice: {key}" for key, count in Counter([*starts, *names]).items() if count > 1)
    if sorted(starts) != sorted(ends):
        yield "bookmarks that start and end differ"
    anchors = {item.get(f"{W}anchor") for item in document.iter(f"{W}hyperlink")}
    yield from (f"link to no bookmark: {key}" for key in anchors - set(names))


def text_problems(document: etree._Element) -> Iterator[str]:
    for item in document.iter(f"{W}t"):
        text = item.text or ""
        if "\n" in text or "\t" in text:
            yield f"line break or tab in a text: {text[:20]!r}"
        if text != text.strip(" ") and item.get(XML_SPACE) != "preserve":
            yield f"spaces would be lost: {text[:20]!r}"
        if not text:
            yield "empty text"


def field_problems(document: etree._Element) -> Iterator[str]:
    depth: list[str] = []
    for item in document.iter(f"{W}fldChar"):
        kind = item.get(f"{W}fldCharType")
        if kind == "begin":
            depth.append("code")
        elif not depth:
            yield f"field {kind} without begin"
        elif kind == "separate":
            if depth[-1] != "code":
                yield "field separated twice"
            depth[-1] = "result"
        else:
            depth.pop()
    if depth:
        yield "field without end"


def table_problems(document: etree._Element) -> Iterator[str]:
    for table in document.iter(f"{W}tbl"):
        columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
        above: dict[int, int] = {}
        if not table.findall(f"{W}tr"):
            yield "table without rows"
        for row in table.findall(f"{W}tr"):
            column = 0
            here: dict[int, int] = {}
            for cell in row.findall(f"{W}tc"):
                span = cell.find(f"{W}tcPr/{W}gridSpan")
                width = 1 if span is None else int(span.get(f"{W}val"))
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                if merge is not None:
                    if merge.get(f"{W}val") != "restart" and above.get(column) != width:
                        yield f"cell continues nothing at column {column}"
                    here[column] = width
                if cell[-1].tag != f"{W}p":
                    yield "cell does not end in a paragraph"
                column += width
            if column != columns:
                yield f"row covers {column} of {columns} columns"
            above = here


def style_problems(document: etree._Element, styles: etree._Element) -> Iterator[str]:
    ids = [item.get(f"{W}styleId") for item in styles.iter(f"{W}style")]
    names = [item.find(f"{W}name").get(f"{W}val").lower() for item in styles.iter(f"{W}style")]
    yield from (f"style twice: {key}" for key, count in Counter([*ids]).items() if count > 1)
    yield from (f"style name twice: {key}" for key, count in Counter([*names]).items() if count > 1)
    used = {item.get(f"{W}val") for name in ("pStyle", "rStyle", "tblStyle") for item in document.iter(f"{W}{name}")}
    used |= {item.get(f"{W}val") for name in ("basedOn", "next", "link") for item in styles.iter(f"{W}{name}")}
    yield from (f"no such style: {key}" for key in sorted(used - set(ids)))


def body_problems(document: etree._Element) -> Iterator[str]:
    body = document[0]
    if body[-1].tag != f"{W}sectPr":
        yield "body does not end in section properties"
    for before, after in pairwise(body):
        if before.tag == after.tag == f"{W}tbl":
            yield "tables that Word would join"
        if before.tag == f"{W}tbl" and after.tag == f"{W}sectPr":
            yield "no paragraph after the last table"
