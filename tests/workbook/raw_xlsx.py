"""Hand-made .xlsx packages: what writing libraries never write (other prefixes, odd places, damage, bombs)."""

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def zipped(parts: dict[str, str | bytes], *, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", compress) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return output.getvalue()


def worksheet(rows: str, *, before: str = "", after: str = "", prefix: str = "", main: str = MAIN) -> str:
    """A worksheet part; *rows* is the XML of its rows (written with *prefix*, if any)."""
    p = f"{prefix}:" if prefix else ""
    space = f'xmlns:{prefix}="{main}"' if prefix else f'xmlns="{main}"'
    return f"<{p}worksheet {space}>{before}<{p}sheetData>{rows}</{p}sheetData>{after}</{p}worksheet>"


def parts(
    sheets: dict[str, str | bytes],
    strings: str | bytes = "",
    *,
    book: str = "xl/workbook.xml",
    target: str = "worksheets/sheet{}.xml",
    place: str = "xl/worksheets/sheet{}.xml",
    strings_target: str = "sharedStrings.xml",
    strings_place: str = "xl/sharedStrings.xml",
    main: str = MAIN,
    relations: str = RELATIONS,
) -> dict[str, str | bytes]:
    """The parts of a workbook with *sheets* (name to worksheet part)."""
    folder, _, name = book.rpartition("/")
    listed = "".join(f'<sheet name="{n}" sheetId="{i}" r:id="rId{i}"/>' for i, n in enumerate(sheets, 1))
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{relations}/worksheet" Target="{target.format(i)}"/>'
        for i in range(1, len(sheets) + 1)
    )
    links += f'<Relationship Id="strings" Type="{relations}/sharedStrings" Target="{strings_target}"/>'
    root = f'<Relationship Id="r" Type="{relations}/officeDocument" Target="{book}"/>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{root}</Relationships>',
        book: f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>{listed}</sheets></workbook>',
        f"{folder}/_rels/{name}.rels".lstrip("/"): (
            f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
        ),
        **{place.format(i): content for i, content in enumerate(sheets.values(), 1)},
        **({strings_place: strings} if strings else {}),
    }


def xlsx(rows: str | dict[str, str | bytes], strings: str | bytes = "", **options: str) -> bytes:
    """A workbook; *rows* of its only sheet, or all its worksheet parts by name."""
    sheets = rows if isinstance(rows, dict) else {"表": worksheet(rows)}
    return zipped(parts(sheets, strings, **options))


def shared(*texts: str, count: int | None = None) -> str:
    total = len(texts) if count is None else count
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return f'<sst xmlns="{MAIN}" count="{total}" uniqueCount="{total}">{items}</sst>'


def cell(reference: str, value: object) -> str:
    return f'<c r="{reference}"><v>{value}</v></c>'
