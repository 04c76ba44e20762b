"""How numbers that a report states must stand to each other, as records of the pack (``stated-relations.csv``).

A number is named by the words before it, as the report writes them: pieces joined by ``…`` stand in this order in one clause
(up to ``；`` or ``。``), the last of them right before the number.  A side is one number, or several joined by `` + ``.
"""

from __future__ import annotations

from pathlib import Path

from workbook.errors import PackError
from workbook.pack.catalogue import read_records
from workbook.pack.layout import normalise
from workbook.values import dataclass

FILE = "stated-relations.csv"
SIGNS = ("=", ">=", "<=")


@dataclass(frozen=True, slots=True)
class Relation:
    """``政府采购金额 >= 中小企业…采购金额 + 其他项目…采购金额``."""

    words: str
    """What it says."""
    left: tuple[tuple[str, ...], ...]
    """The numbers of a side, each by its pieces, normalised."""
    sign: str
    right: tuple[tuple[str, ...], ...]


def load_relations(path: Path) -> tuple[Relation, ...]:
    """The relations in the file *path*.  Raises :class:`PackError` naming line and cause."""
    found = []
    for line, record in read_records(path, ("说明", "左", "关系", "右")):
        if record["关系"] not in SIGNS:
            raise PackError(path, f"关系“{record['关系']}”应是 {'、'.join(SIGNS)} 之一", line)
        left, right = (_side(record[side]) for side in ("左", "右"))
        if not record["说明"] or not left or not right:
            raise PackError(path, "说明、左、右都要填写", line)
        found.append(Relation(record["说明"], left, record["关系"], right))
    return tuple(found)


def _side(text: str) -> tuple[tuple[str, ...], ...]:
    terms = (tuple(normalise(piece) for piece in term.split("…") if piece.strip()) for term in text.split(" + "))
    return tuple(term for term in terms if term)
