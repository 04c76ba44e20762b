"""What format a file really has, by its bytes: suffixes lie (HTML or .xlsx saved as .xls)."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from workbook.errors import ContentError, EncryptedError
from workbook.formats.package import ENCRYPTED, UNLOCK, Package
from workbook.values import dataclass

if TYPE_CHECKING:
    from workbook.formats.ole import OleFile

UNPACK = "请先解压，再选择其中的 Excel 文件或文件夹"
CHOOSE = "请选择决算公开表的 Excel 文件"
SUPPORTED = "请选择 .xlsx、.xls、.xlsb 或 .ods 格式的决算公开表"
SAVE_AS = "请用 Excel/WPS 打开并另存为 .xlsx 后重试"
OLD_FORMAT = "是 Excel 95 或更早的旧格式"

_FOREIGN = (
    (b"%PDF", "这是 PDF 文件", CHOOSE),
    ((b"\x89PNG", b"\xff\xd8\xff", b"BM", b"GIF8"), "这是图片", CHOOSE),
    (b"{\\rtf", "这是 Word 文档", CHOOSE),
    ((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"), "这是压缩包", UNPACK),
    (b"MZ", "这是程序，不是 Excel 工作簿", CHOOSE),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SEALED = (b"%TSD-Header", b"E-SafeNet", b"LENOVO_SMARTCRYPT")  # what document-security software writes at the start
_HTML_TAGS = (b"<html", b"<table", b"<!doctype html", b"mime-version:")
_SPREADSHEETML = b"urn:schemas-microsoft-com:office:spreadsheet"
_OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
_BARE_BIFF = re.compile(rb"\x09\x08[\x08\x10]\x00\x00[\x05\x06]")


class FileFormat(StrEnum):
    """The real format of what was opened."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    HTML = "html"
    XML2003 = "xml"
    FOLDER = "folder"
    REPORT = "report"
    """No workbook: the tables of a report."""


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The format, and the container when the format has one."""

    format: FileFormat
    package: Package | None = None
    ole: OleFile | None = None


def sniff(data: bytes) -> Sniffed:
    """The format of a file with these bytes.

    What is no workbook raises ``ContentError``, a damaged container ``ValueError``.
    """
    if data.startswith(b"PK"):
        package = Package(data)
        return Sniffed(_zip_format(package), package)
    if data.startswith(_OLE):
        return Sniffed(FileFormat.XLS, ole=_ole_workbook(data))
    if _BARE_BIFF.match(data):  # a BIFF stream without its container
        from workbook.formats.ole import OleFile, compound_file

        return Sniffed(FileFormat.XLS, ole=OleFile(compound_file({"Workbook": data})))
    if data.startswith(_OLD_BIFF):
        raise ContentError(OLD_FORMAT, SAVE_AS)
    text = data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t\0").replace(b"\0", b"").lower()
    if _SPREADSHEETML in text and (b"<?xml" in text or b"<workbook" in text):
        return Sniffed(FileFormat.XML2003)
    if any(tag in text for tag in _HTML_TAGS):
        return Sniffed(FileFormat.HTML)
    raise _unusable(data)


def _unusable(data: bytes) -> ContentError:
    for start, problem, advice in _FOREIGN:
        if data.startswith(start):
            return ContentError(problem, advice)
    if any(mark in data[:512] for mark in _SEALED):
        return ContentError("已被文档加密软件加密", "请先解密，或在能打开它的电脑上另存")
    if not data.strip(b"\0"):
        return ContentError("内容全是空字节，文件已损坏", "请重新导出或从备份恢复")
    return ContentError("不是 Excel 工作簿，或文件已损坏", SUPPORTED)


def _zip_format(package: Package) -> FileFormat:
    names = {name.replace("\\", "/").lower() for name in package.names}
    mimetype = package.start("mimetype", 100) if "mimetype" in names else b""
    if "xl/workbook.bin" in names:
        return FileFormat.XLSB
    if b"opendocument.spreadsheet" in mimetype and "content.xml" in names:
        return FileFormat.ODS
    for folder, kind, what in (("word/", b"text", "Word 文档"), ("ppt/", b"presentation", "演示文稿")):
        if any(name.startswith(folder) for name in names) or b"opendocument." + kind in mimetype:
            raise ContentError(f"这是{what}，不是 Excel 工作簿", CHOOSE)
    if "ofd.xml" in names:
        raise ContentError("这是 OFD 版式文件，不是 Excel 工作簿", CHOOSE)
    if "[content_types].xml" in names:
        return FileFormat.XLSX
    raise ContentError("压缩包里不是 Excel 工作簿", UNPACK)


def _ole_workbook(data: bytes) -> OleFile:
    from workbook.formats.ole import OleFile

    ole = OleFile(data)
    names = {name.lower() for name in ole.names}
    if "encryptedpackage" in names or "encryptioninfo" in names:
        raise EncryptedError(ENCRYPTED, UNLOCK)
    if names & {"workbook", "book"}:
        return ole
    for name, what in (("worddocument", "Word 文档"), ("powerpoint document", "演示文稿")):
        if name in names:
            raise ContentError(f"这是{what}，不是 Excel 工作簿", CHOOSE)
    raise ContentError("不是 Excel 工作簿，或文件已损坏", SUPPORTED)
