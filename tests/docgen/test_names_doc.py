"""The page of template names is what the registry gives, and the template uses only names on it."""

from __future__ import annotations

import re

from tools.make_names_doc import ROOT, TARGET, document


def test_the_page_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == document()


def test_the_outline_uses_only_documented_names() -> None:
    page = TARGET.read_text(encoding="utf-8")
    known = set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE))
    below = {n.removeprefix("….") for n in known if n.startswith("….")}
    outline = (ROOT / "templates" / "neimenggu-2024" / "report.outline.txt").read_text(encoding="utf-8")
    lines = [line for line in outline.splitlines() if not line.startswith("#")]
    used = set(re.findall(r"\{\{\s*([\w.]+?)\s*\}\}", "\n".join(lines)))
    loops = {"项", "类", "款", "项目", "loop"}
    assert len(used) > 100
    unknown = {
        n for n in used
        if n not in known and n.split(".")[0] not in loops
        and not (n.rpartition(".")[0] in known and n.rpartition(".")[2] in below)
    }
    assert not unknown
