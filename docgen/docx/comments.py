"""Comments in a Word file: everything that is there stays, only the comments and their marks are added."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.docx.editing import enclose, enclose_paragraph
from docgen.docx.package import declare_types, parse_part, relate, related_part, word_of
from docgen.docx.reading import Document, document_of
from docgen.docx.xml import W_URI, W, number_of, parse, part_bytes, xml_text
from workbook.errors import InputError
from workbook.formats.package import PackageError
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element


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

    with suppress(OSError):
        if out.resolve() == document.path.resolve() or (
            out.exists() and document.path.exists() and out.samefile(document.path)
        ):
            raise InputError(out, "是要读取的文件，不能写在它上面", "请换一个文件名")
    data, wanted = document.file.package.data, list(comments)
    if wanted:
        copy = document_of(word_of(data, document.path))
        try:
            part = _Comments(copy)
            for comment in wanted:
                _mark(copy, comment, part.add(comment, when or dt.datetime.now().astimezone()), part.mark_style)
            copy.file.package.write(copy.file.part, part_bytes(copy.file.body, strict=copy.file.is_strict))
            part.save()
            data = copy.file.package.to_bytes()
        except PackageError as error:
            raise InputError(document.path, str(error), "请用 Word/WPS 另存为 .docx 后再试") from error
    write_atomically(out, data)


# ------------------------------------------------------------ marks in the text


def _mark(document: Document, comment: Comment, identifier: str, style: str) -> None:
    """Mark the text that *comment* is about."""
    element = _paragraph(document, comment)
    before, end, reference = _marks(element, identifier, style)
    number = comment.paragraph
    if number is not None and element is document.elements[number - 1] and (pieces := document.pieces(element)):
        start, stop = max(comment.start, 0), min(comment.end, pieces[-1].end)
        if start < stop:
            enclose(pieces, start, stop, before, (end, reference))
            return
    enclose_paragraph(element, before, (end, reference))


def _paragraph(document: Document, comment: Comment) -> _Element:
    """The paragraph to mark; Word has no comments in text boxes, so there it is the one that the box hangs on."""
    number, body = 1 if comment.paragraph is None else comment.paragraph, document.file.body
    if comment.paragraph is None and not document.elements:
        body.insert(0, body.makeelement(f"{W}p", {}))
        return body[0]
    if not 1 <= number <= len(document.elements):
        raise ValueError(f"there is no paragraph {comment.paragraph}")
    element = document.elements[number - 1]
    while (box := next(element.iterancestors(f"{W}txbxContent"), None)) is not None:
        if (outer := next(box.iterancestors(f"{W}p"), None)) is None:
            break
        element = outer
    return element


def _marks(paragraph: _Element, identifier: str, style: str) -> tuple[_Element, _Element, _Element]:
    """Start and end of the range, and the run with the reference."""
    own = {f"{W}id": identifier}
    start, end = (paragraph.makeelement(f"{W}{name}", own) for name in ("commentRangeStart", "commentRangeEnd"))
    run = paragraph.makeelement(f"{W}r", {})
    if style:
        properties = run.makeelement(f"{W}rPr", {})
        properties.append(run.makeelement(f"{W}rStyle", {f"{W}val": style}))
        run.append(properties)
    run.append(run.makeelement(f"{W}commentReference", own))
    return start, end, run


# ------------------------------------------------------------ the part with the comments


_LOOK = (
    f'<w:pPr xmlns:w="{W_URI}"><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
    '<w:ind w:left="0" w:firstLine="0" w:firstLineChars="0"/><w:jc w:val="left"/></w:pPr>')
"""How a comment's paragraph is set where the file has no style for comments.

Not as the body text, with its indents and wide lines.
"""


class _Comments:
    """The comments of a file as python-docx has them: those that are there, and new ones."""

    def __init__(self, document: Document) -> None:
        from docx.comments import Comments
        from docx.opc.constants import CONTENT_TYPE
        from docx.opc.packuri import PackURI
        from docx.oxml.comments import CT_Comments
        from docx.oxml.parser import element_class_lookup
        from docx.package import Package as Owner
        from docx.parts.comments import CommentsPart

        file, package = document.file, document.file.package
        self.file, self.name = file, related_part(package, file.part, "comments")
        self.is_new = self.name not in package or all(
            relation.kind != "comments" for relation in package.relations(file.part).values())
        empty = f'<w:comments xmlns:w="{W_URI}"/>'.encode()
        root = parse(empty, element_class_lookup) if self.is_new else parse_part(package, self.name, element_class_lookup)
        ids = [comment.get(f"{W}id", "") for comment in root.iter(f"{W}comment")]
        if not isinstance(root, CT_Comments) or any(number_of(i) is None for i in ids):
            raise PackageError(f"文件的部件“{self.name}”已损坏，不能直接修改")
        self.root = root
        self.comments = Comments(root, CommentsPart(PackURI(f"/{self.name}"), CONTENT_TYPE.WML_COMMENTS, root, Owner()))
        marks = file.body.iter(*(f"{W}{name}" for name in ("commentRangeStart", "commentRangeEnd", "commentReference")))
        self._ids = count(max((number_of(i) or 0 for i in (*ids, *(mark.get(f"{W}id") for mark in marks))), default=-1) + 1)
        self.text_style = document.styles.ids.get("annotation text", "")
        self.mark_style = document.styles.others.get("annotation reference", "")

    def add(self, comment: Comment, when: dt.datetime) -> str:
        """Add *comment*; its id."""
        from docx.shared import Pt

        text = xml_text("\n".join(comment.text.splitlines()))
        made = self.comments.add_comment(text, xml_text(comment.author), xml_text(comment.initials))
        identifier, element = str(next(self._ids)), self.root[-1]
        element.set(f"{W}id", identifier)
        element.set(f"{W}date", f"{when:%Y-%m-%dT%H:%M:%SZ}")  # Word writes the local time and calls it Z
        for paragraph in made.paragraphs:
            first, inner = paragraph.runs[0]._r, paragraph._p  # the only way to them
            if first.find(f"{W}annotationRef") is not None:
                first.style = self.mark_style or None
            inner.style = self.text_style or None
            if not self.text_style:
                inner.get_or_add_pPr().extend(parse(_LOOK.encode()))
                paragraph.runs[-1].font.size = Pt(10.5)
        return identifier

    def save(self) -> None:
        """Put the part into the package, with its relationship and content type when it is new."""
        from docx.opc.constants import CONTENT_TYPE

        self.file.package.write(self.name, part_bytes(self.root, strict=self.file.is_strict))
        if self.is_new:
            relate(self.file, "comments", self.name)
            declare_types(self.file.package, {self.name: CONTENT_TYPE.WML_COMMENTS})
