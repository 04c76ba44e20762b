"""The user manual: what it shows is there, what it promises is so."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from gui.frame.actions import MENUS
from tools.make_manual import render

DOCS = Path(__file__).parents[1] / "docs"
MANUAL = (DOCS / "manual.md").read_text(encoding="utf-8")


def test_the_page_is_rendered_from_the_text() -> None:
    assert (DOCS / "manual.html").read_text(encoding="utf-8") == render(MANUAL), "run tools/make_manual.py"


@pytest.mark.parametrize("picture", re.findall(r"!\[.*?\]\((.*?)\)", MANUAL))
def test_its_pictures_exist(picture: str) -> None:
    assert (DOCS / picture).is_file(), "run tools/page_states.py docs/images"


def test_the_page_needs_no_network() -> None:
    page = (DOCS / "manual.html").read_text(encoding="utf-8")
    sources = re.findall(r'(?:src|href)="(.*?)"', page)
    assert sources
    assert all(s.startswith("#") or (DOCS / unquote(s)).is_file() for s in sources)


def test_its_shortcuts_are_those_of_the_menus() -> None:
    keys = {key for _, entries in MENUS for entry in entries for key in entry.keys.split()}
    for stated in ("Ctrl+O", "Ctrl+N", "Ctrl+S", "Ctrl+1", "Ctrl+5", "F5", "F8", "Shift+F8", "Ctrl+Z", "Ctrl+Y", "Ctrl+G",
                   "Ctrl+Shift+G", "Ctrl+Shift+R", "Ctrl+Shift+B", "Ctrl+E", "F1"):
        assert stated in MANUAL
        assert stated in keys
