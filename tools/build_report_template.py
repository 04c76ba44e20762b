"""Make a pack's report.docx from its report.outline.txt.

Usage: python tools/build_report_template.py [PACK_FOLDER …]   (default: templates/neimenggu-2024)
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def main(arguments: list[str]) -> None:
    """Build the templates of the packs named by *arguments*."""
    from tools.report_outline import build_template

    for folder in [Path(argument) for argument in arguments] or [ROOT / "templates" / "neimenggu-2024"]:
        outline = folder / "report.outline.txt"
        target = folder / "report.docx"
        content = build_template(outline.read_text("utf-8"))
        part = target.with_suffix(".part")
        part.write_bytes(content)
        part.replace(target)
        print(f"{target}：{len(content)} 字节")


if __name__ == "__main__":
    main(sys.argv[1:])
