"""Comments in a Word file: everything that is there stays, only the comments and their marks are added."""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.docx.anchors import enclose, enclose_paragraph
from docgen.docx.package import WordFile, word_of
from docgen.docx.reading import Document, document_of, pieces_of
from docgen.docx.relations import add_relationship, declare_types, parse_part
from docgen.docx.styles import stored_name
from docgen.docx.xml import DECLARATION, R_URI, W_URI, W, attribute, escape, part_bytes
from workbook.errors import InputError
from workbook.formats.package import Package, PackageError
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

_KIND = "comments"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PLAIN_LOOK = (
    '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/><w:ind w:left="0" w:firstLineChars="0" w:firstLine="0"/>'
    '<w:jc w:val="left"/>'
)
"""A comment's paragraph where the file has no style for it: not that of the body text, with its indents and wide lines."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment and the text it is about."""

    paragraph: int | None
    """Number of the paragraph; ``None``: the document as a whole (shown at its first paragraph)."""
    start: int
    """Where in the paragraph's text it begins; ``start >= end``: the whole paragraph."""
    end: int
    text: str
    """Lines become paragraphs."""
    author: str = "决算公开助手"
    initials: str = "审"


def write_commented(document: Document, out: Path, comments: Iterable[Comment], *, when: dt.datetime | None = None) -> None:
    """Write *document* with *comments* as the file *out*; the document itself and its file stay as they are.

    Parts of the file that hold no comments are copied as they lie in it.  *when* is the time stated (default: now).

    Raises:
        InputError: *out* is the file that was read, or cannot be written, or the file cannot be changed without loss.
        ValueError: a comment on a paragraph that is not there.
    """
    from workbook.safe_save import write_atomically

    refuse_input(document.path, out)
    write_atomically(out, commented(document, comments, when=when))


def refuse_input(source: Path, out: Path) -> None:
    """Raise :class:`InputError` when *out* is the file *source*."""
    try:
        same = out.resolve() == source.resolve() or (out.exists() and source.exists() and out.samefile(source))
    except OSError:
        same = False
    if same:
        raise InputError(out, "是要读取的文件，不能写在它上面", "请换一个文件名")


def commented(document: Document, comments: Iterable[Comment], *, when: dt.datetime | None = None) -> bytes:
    """The bytes of *document* with *comments*; see :func:`write_commented`."""
    wanted = list(comments)
    if not wanted:
        return document.file.package.data
    copy = document_of(word_of(document.file.package.data, document.path))
    try:
        package = copy.file.package
        part = _CommentsPart(package, copy)
        for comment in wanted:
            _mark(copy, comment, part.add(comment, when or dt.datetime.now().astimezone()))
        package.write(copy.file.part, part_bytes(copy.file.body, strict=copy.file.is_strict))
        part.save()
        return package.to_bytes()
    except PackageError as error:
        raise InputError(document.path, str(error), "请用 Word/WPS 另存为 .docx 后再试") from error


# ------------------------------------------------------------ marks in the text


def _mark(document: Document, comment: Comment, identifier: str) -> None:
    """Mark the text that *comment* is about."""
    element = _paragraph(document, comment)
    before, end, reference = _marks(element, identifier, document)
    number = comment.paragraph
    if number is not None and comment.start < comment.end and element is document.elements[number - 1]:
        pieces = pieces_of(element, document.inline, document.is_hidden(number))
        length = pieces[-1].end if pieces else 0
        start, stop = max(comment.start, 0), min(comment.end, length)
        if start < stop:
            enclose(pieces, start, stop, before, (end, reference))
            return
    enclose_paragraph(element, before, (end, reference))


def _paragraph(document: Document, comment: Comment) -> _Element:
    """The paragraph to mark; Word has no comments in text boxes, so there it is the one that the box hangs on."""
    if comment.paragraph is None:
        if not document.elements:
            document.file.body.insert(0, document.file.body.makeelement(f"{W}p", {}))
            return document.file.body[0]
        element = document.elements[0]
    elif 1 <= comment.paragraph <= len(document.elements):
        element = document.elements[comment.paragraph - 1]
    else:
        raise ValueError(f"there is no paragraph {comment.paragraph}")
    box = _box_around(element)
    while box is not None:
        outer = next((above for above in box.iterancestors(f"{W}p")), None)
        if outer is None:
            break
        element, box = outer, _box_around(outer)
    return element


def _box_around(element: _Element) -> _Element | None:
    return next(element.iterancestors(f"{W}txbxContent"), None)


def _marks(paragraph: _Element, identifier: str, document: Document) -> tuple[_Element, _Element, _Element]:
    """Start and end of the range, and the run with the reference."""
    start, end, run = (paragraph.makeelement(f"{W}{name}", {}) for name in ("commentRangeStart", "commentRangeEnd", "r"))
    reference = run.makeelement(f"{W}commentReference", {})
    if style := _style_id(document.file, "annotation reference"):
        properties = run.makeelement(f"{W}rPr", {})
        properties.append(run.makeelement(f"{W}rStyle", {f"{W}val": style}))
        run.append(properties)
    run.append(reference)
    for element in (start, end, reference):
        element.set(f"{W}id", identifier)
    return start, end, run


def _style_id(file: WordFile, name: str) -> str:
    """The id of the style with the stored *name* (empty when there is none)."""
    styles = file.styles.iterchildren(f"{W}style") if file.styles is not None else ()
    return next((style.get(f"{W}styleId", "") for style in styles if stored_name(style).lower() == name), "")


# ------------------------------------------------------------ the part with the comments


class _CommentsPart:
    """The comments of a file: those that are there, and new ones."""

    def __init__(self, package: Package, document: Document) -> None:
        from lxml import etree

        self.package, self.document = package, document
        self.main = document.file.part
        relations = package.relations(self.main).values()
        self.name = next((relation.part for relation in relations if relation.kind == _KIND), "")
        self.is_new = self.name not in package.names
        if self.is_new:
            self.name = self._free_name()
            self.root = etree.fromstring(f'{DECLARATION}<w:comments xmlns:w="{W_URI}"/>'.encode())
        else:
            self.root = parse_part(package, self.name)
        body = document.file.body
        marks = (f"{W}commentRangeStart", f"{W}commentRangeEnd", f"{W}commentReference")
        used = [e.get(f"{W}id", "") for e in (*self.root.iter(f"{W}comment"), *body.iter(*marks))]
        self._next = max((int(i) for i in used if i.isdecimal() and len(i) < 10), default=-1) + 1

    def add(self, comment: Comment, when: dt.datetime) -> str:
        """Add *comment*; its id."""
        from lxml import etree

        identifier = str(self._next)
        self._next += 1
        paragraphs = "".join(self._line(line, first=n == 0) for n, line in enumerate(comment.text.splitlines() or [""]))
        xml = (
            f'<w:comment xmlns:w="{W_URI}" w:id="{identifier}" w:author="{attribute(comment.author)}" '
            f'w:date="{when:%Y-%m-%dT%H:%M:%SZ}" w:initials="{attribute(comment.initials)}">{paragraphs}</w:comment>'
        )  # Word writes the local time and calls it Z
        self.root.append(etree.fromstring(xml))
        return identifier

    def _line(self, text: str, *, first: bool) -> str:
        style, mark = (_style_id(self.document.file, f"annotation {name}") for name in ("text", "reference"))
        look = f'<w:pStyle w:val="{attribute(style)}"/>' if style else _PLAIN_LOOK
        size = "" if style else '<w:rPr><w:sz w:val="21"/><w:szCs w:val="21"/></w:rPr>'
        shown = f'<w:rPr><w:rStyle w:val="{attribute(mark)}"/></w:rPr>' if mark else ""
        reference = f"<w:r>{shown}<w:annotationRef/></w:r>" if first else ""
        content = f'<w:r>{size}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
        return f"<w:p><w:pPr>{look}</w:pPr>{reference}{content}</w:p>"

    def save(self) -> None:
        """Put the part into the package, with its relationship and content type when it is new."""
        self.package.write(self.name, part_bytes(self.root, strict=self.document.file.is_strict))
        if self.is_new:
            kind = f"{_STRICT_OFFICE if self.document.file.is_strict else R_URI}/{_KIND}"
            add_relationship(self.package, self.main, kind, self.name)
            declare_types(self.package, {self.name: _COMMENTS_TYPE})

    def _free_name(self) -> str:
        folder = posixpath.dirname(self.main)
        names = (posixpath.join(folder, f"comments{n or ''}.xml") for n in range(1000))
        return next(name for name in names if name not in self.package.names)
