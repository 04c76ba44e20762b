"""``checklist.csv``: what a finance bureau's checklist of a published report asks, one record an item.

A record that stands for several (每个部分, 每节, 每张表) makes an item for each of them, its name in place of ``{名称}``.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from workbook.errors import PackError
from workbook.pack.catalogue import read_records
from workbook.values import dataclass

FILE = "checklist.csv"
COLUMNS = ("项目", "对象", "参数", "检查内容")
NAME = "{名称}"
DAYS = "期限"


class Subject(StrEnum):
    """What of a report an item is about."""

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
    """A record."""

    name: str
    subject: Subject
    asks: str
    """What is looked at."""
    days: int = 0
    """Of :attr:`Subject.TIME`: so many days after its approval the report must be published."""


def load_checklist(path: Path) -> tuple[ChecklistItem, ...]:
    """Read the file.  Raises :class:`PackError` naming the line and the cause."""
    found: list[ChecklistItem] = []
    for line, record in read_records(path, COLUMNS):
        name, subject, parameter, asks = (record[column] for column in COLUMNS)
        if subject not in list(Subject):
            raise PackError(path, f"对象“{subject}”不对，应是{'、'.join(Subject)}之一", line)
        if any(item.subject == subject for item in found):
            raise PackError(path, f"对象“{subject}”重复", line)
        if (NAME in name) is not (subject in _EACH):
            raise PackError(path, f"“{subject}”的项目{'应' if subject in _EACH else '不能'}写“{NAME}”", line)
        key, _, value = (text.strip() for text in parameter.partition("="))
        is_time = subject == Subject.TIME
        if parameter and not (is_time and key == DAYS and value.isdecimal() and 0 < int(value) < 1000):
            raise PackError(path, f"参数“{parameter}”不对，只有“{Subject.TIME}”可以写“{DAYS}=天数”", line)
        if is_time and not parameter:
            raise PackError(path, f"“{subject}”应写参数“{DAYS}=天数”", line)
        found.append(ChecklistItem(name, Subject(subject), asks, int(value) if is_time else 0))
    if not any(item.subject is Subject.OTHER for item in found):
        raise PackError(path, f"缺少“{Subject.OTHER}”一项，别处放不下的问题写在这里")
    return tuple(found)
