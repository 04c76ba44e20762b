"""Render docs/manual.md as docs/manual.html, to be read offline in the window and in any browser."""

from __future__ import annotations

import re
import sys
from html import escape
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STYLE = """
body { font-family: "Microsoft YaHei", "Noto Sans CJK SC", "PingFang SC", sans-serif; font-size: 14px; color: #1F2933;
  background: #FFFFFF; margin: 8px; }
.page { max-width: 860px; }
p, li { line-height: 150%; }
h1 { font-size: 26px; } h2 { font-size: 20px; margin-top: 36px; border-bottom: 1px solid #D5DBE1; padding-bottom: 4px; }
h3 { font-size: 16px; margin-top: 24px; } a { color: #1F6FB2; }
table { border-collapse: collapse; margin: 12px 0; } th, td { border: 1px solid #D5DBE1; padding: 5px 10px; text-align: left; }
th { background: #EEF1F5; } img { max-width: 100%; border: 1px solid #D5DBE1; }
pre { background: #F4F6F8; padding: 10px 14px; overflow-x: auto; } code { background: #F4F6F8; padding: 1px 4px; }
"""


def render(markdown: str) -> str:
    """The manual as one HTML page; headings of the second level are listed at the top."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse(markdown)
    entries: list[tuple[str, str]] = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            name = f"s{len(entries) + 1}"
            token.attrSet("id", name)
            entries.append((name, inline.content))
    body = parser.renderer.render(tokens, parser.options, {})
    contents = "".join(f'<li><a href="#{name}">{escape(title)}</a></li>' for name, title in entries)
    title, _, rest = body.partition("</h1>")
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>决算公开助手 使用手册</title>'
        f"<style>{STYLE}</style></head>\n"
        f'<body><div class="page">{title}</h1>\n<ul>{contents}</ul>{_fitted(rest)}</div></body></html>\n'
    )


def _fitted(body: str) -> str:
    """What the program's own help window needs: anchors by name, and pictures that are no lines of text."""
    body = re.sub(r'<h2 id="(s\d+)">', r'<h2 id="\1"><a name="\1"></a>', body)
    return re.sub(r"<p><img (.*?)></p>", r'<div><img width="800" \1></div>', body)


def main(arguments: list[str]) -> int:
    """Write the page; with ``--check`` only say whether it is up to date."""
    source, target = ROOT / "docs" / "manual.md", ROOT / "docs" / "manual.html"
    page = render(source.read_text(encoding="utf-8"))
    if "--check" in arguments:
        return 0 if target.is_file() and target.read_text(encoding="utf-8") == page else 1
    target.write_text(page, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{target}：{len(page)} 字\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
