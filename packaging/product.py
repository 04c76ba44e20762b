"""What the product is called and which version it has: the one place that the spec, the installer and the scripts ask."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

ID = "juesuan"
"""Identity in folders, the registry and file names. Never change it: upgrades find the installed program by it."""
NAME = "决算公开助手"
DESCRIPTION = "部门决算公开：校验、生成报告、审校"
PUBLISHER = "决算公开助手项目"
COPYRIGHT = "MIT 许可证"
WINDOWED, CONSOLE = NAME, ID
"""Names of the two programs, without a suffix."""

_VERSION = re.compile(r'^__version__ = "(\d+)\.(\d+)\.(\d+)(?:\.?(a|b|rc|dev)(\d+))?"$', re.MULTILINE)


def version(root: Path = ROOT) -> str:
    """The version, from its one place (``workbook/__init__.py``); raises ``ValueError`` when it is not ``1.2.3[rc4]``."""
    return _match(root).group(0).split('"')[1]


def version_numbers(root: Path = ROOT) -> tuple[int, int, int, int]:
    """The version as Windows wants it: four numbers; the fourth is 65535 for a release, less before it."""
    major, minor, patch, stage, number = _match(root).groups()
    if stage is None:
        return int(major), int(minor), int(patch), 65535
    base = {"dev": 0, "a": 10000, "b": 20000, "rc": 30000}[stage]
    return int(major), int(minor), int(patch), base + int(number)


def _match(root: Path) -> re.Match[str]:
    source = (root / "workbook" / "__init__.py").read_text("utf-8")
    found = _VERSION.search(source)
    if found is None:
        raise ValueError('workbook/__init__.py 中没有 __version__ = "主.次.修订" 形式的版本号')
    return found


def artifact(kind: str, root: Path = ROOT) -> str:
    """File name of what we publish; ASCII, because download sites drop other letters."""
    suffix = {"setup": "windows-x64-setup.exe", "portable": "windows-x64-portable.zip", "linux": "linux-x86_64.tar.gz"}
    return f"{ID}-{version(root)}-{suffix[kind]}"
