"""Marks in the text that Jinja renders: Unicode noncharacters, which no text of a user can hold.

A mark is its kind, a number, and :data:`STOP`.
"""

from __future__ import annotations

import re

SPAN = "\ufdd0"  # a span that a value printed
BLOCK = "\ufdd1"  # a block, or several, that a value printed
FORMAT = "\ufdd2"  # from here on the text has this run formatting
INLINE = "\ufdd3"  # a field, bookmark or picture of the paragraph
STOP = "\ufdd4"
ELEMENT = "\ufdd5"  # an element of the template begins (its index)
ROW = "\ufdd6"  # a table row begins (its index)
CELL = "\ufdd7"  # the next cell
END = "\ufdd8"  # the element or row ends
NEWLINE = "\ufdd9"  # a line break inside a paragraph

ANY = re.compile("[\ufdd0-\ufdef]")
SPLIT = re.compile(f"([{SPAN}{BLOCK}{FORMAT}{INLINE}])(\\d+){STOP}")


def mark(kind: str, number: int) -> str:
    """A mark of *kind* with its *number*."""
    return f"{kind}{number}{STOP}"


def shield(text: str) -> str:
    """Template text as one line that holds no mark."""
    return ANY.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n").replace("\n", NEWLINE)


def unmarked(value: str) -> str:
    """A user's text, with characters that could be taken for a mark replaced."""
    return ANY.sub("\ufffd", value) if ANY.search(value) else value
