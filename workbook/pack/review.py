"""What a report is held against besides figures: ``stated-relations.csv`` and ``checklist.csv``."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from workbook.errors import PackError
from workbook.pack.layout import normalise
from workbook.pack.records import read_csv
from workbook.values import dataclass

SIGNS = ("=", ">=", "<=")
NAME = "{名称}"
DAYS = "期限"


@dataclass(frozen=True, slots=True)
class Relation:
    """How numbers that a report states must stand to each other: ``政府采购金额 >= 中小企业…采购金额 + 其他项目…采购金额``.

    A number is named by the words before it, as the report writes them: pieces joined by ``…`` stand in this order in one
    clause (up to ``；`` or ``。``), the last of them right before the number.  A side is one number, or several joined by `` + ``.
    """

    words: str
    """What it says."""
    left: tuple[tuple[str, ...], ...]
    """The numbers of a side, each by its pieces, normalised."""
    sign: str
    right: tuple[tuple[str, ...], ...]


def load_relations(path: Path) -> tuple[Relation, ...]:
    """The relations in the file *path*.  Raises :class:`PackError` naming line and cause."""

    def relation(record: Mapping[str, str], _line: int) -> Relation:
        left, right = (_side(record[side]) for side in ("左", "右"))
        if not left or not right:
            raise ValueError("左、右都要填写")
        return Relation(record["说明"], left, record["关系"], right)

    return read_csv(path, ("说明", "左", "关系", "右"), relation, needed=("说明",), choices={"关系": SIGNS})


def _side(text: str) -> tuple[tuple[str, ...], ...]:
    terms = (tuple(normalise(piece) for piece in term.split("…") if piece.strip()) for term in text.split(" + "))
    return tuple(term for term in terms if term)


class Subject(StrEnum):
    """What of a report an item of the checklist is about."""

    TIME = "时间"
    COVER = "封面"
    CONTENTS = "目录"
    PARTS = "各部分"
    SECTIONS = "各节"
    TABLES = "各表"
    OTHER = "其他"


_EACH = frozenset({Subject.PARTS, Subject.SECTIONS, Subject.TABLES})


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """What a finance bureau's checklist of a published report asks.

    One that stands for several (每个部分, 每节, 每张表) makes an item for each of them, its name in place of ``{名称}``.
    """

    name: str
    subject: Subject
    asks: str
    """What is looked at."""
    days: int = 0
    """Of :attr:`Subject.TIME`: so many days after its approval the report must be published."""


def load_checklist(path: Path) -> tuple[ChecklistItem, ...]:
    """Read the file.  Raises :class:`PackError` naming the line and the cause."""

    def item(record: Mapping[str, str], _line: int) -> ChecklistItem:
        name, subject, parameter = record["项目"], record["对象"], record["参数"]
        if (NAME in name) is not (subject in _EACH):
            raise ValueError(f"“{subject}”的项目{'应' if subject in _EACH else '不能'}写“{NAME}”")
        key, _, days = (text.strip() for text in parameter.partition("="))
        is_time = subject == Subject.TIME
        if (parameter or is_time) and not (is_time and key == DAYS and days.isdecimal() and 0 < int(days) < 1000):
            raise ValueError(f"参数“{parameter}”不对，“{Subject.TIME}”应写“{DAYS}=天数”，其他不写")
        return ChecklistItem(name, Subject(subject), record["检查内容"], int(days) if is_time else 0)

    items = read_csv(path, ("项目", "对象", "参数", "检查内容"), item, unique="对象", choices={"对象": Subject})
    if not any(item.subject is Subject.OTHER for item in items):
        raise PackError(path, f"缺少“{Subject.OTHER}”一项，别处放不下的问题写在这里")
    return items
