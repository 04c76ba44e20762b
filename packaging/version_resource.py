"""What Windows shows under 属性 → 详细信息: the version resource, as the text that PyInstaller reads."""

from __future__ import annotations

import product

_VERSION_INFO = """\
VSVersionInfo(
  ffi=FixedFileInfo(
    filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0,
    OS=0x40004, fileType=0x1, subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable('080404b0', [
{strings}
    ])]),
    VarFileInfo([VarStruct('Translation', [0x0804, 1200])])
  ])
"""


def version_info(file_name: str, description: str) -> str:
    """The version resource of *file_name*, a Python expression (Simplified Chinese, Unicode)."""
    strings = {
        "CompanyName": product.PUBLISHER,
        "FileDescription": description,
        "FileVersion": product.version(),
        "InternalName": product.ID,
        "LegalCopyright": product.COPYRIGHT,
        "OriginalFilename": file_name,
        "ProductName": product.NAME,
        "ProductVersion": product.version(),
    }
    lines = ",\n".join(f"      StringStruct({key!r}, {value!r})" for key, value in strings.items())
    return _VERSION_INFO.format(numbers=product.version_numbers(), strings=lines)
