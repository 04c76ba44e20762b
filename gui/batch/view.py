"""How far a batch is, and what came out: bar, times, units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from gui.batch.unit_list import SIGNS, UnitList
from gui.style import theme
from gui.widgets.fit import ElidedLabel
from gui.widgets.notice import Notice

if TYPE_CHECKING:
    from docgen.batch import BatchResult, Progress
    from gui.batch.runner import BatchRunner
    from gui.batch.work import Order, Outcome, UnitRow

STOPPING = "正在停止：做完手头的单位，写好汇总表就结束。"
_SEARCH, _SUMMARY = "查找", "汇总"
"""Of :class:`docgen.batch.Phase`, without loading the engine."""


class BatchView(QWidget):
    """The second page of the dialog."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.where = ElidedLabel(self)
        self.where.setProperty("role", "muted")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.done, self.times = QLabel(self), QLabel(self)
        self.done.setProperty("role", "heading")
        self.times.setProperty("role", "muted")
        self.times.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.notice = Notice(self)
        self.units = UnitList(self)
        line = QHBoxLayout()
        line.setSpacing(theme.GRID)
        line.addWidget(self.done, 3)  # fixed shares: the words change several times a second
        line.addWidget(self.times, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.where)
        layout.addLayout(line)
        layout.addWidget(self.bar)
        layout.addWidget(self.notice)
        layout.addWidget(self.units, 1)

    def begin(self, order: Order) -> None:
        """A batch starts."""
        self.where.set_whole(f"{order.folder}　→　{order.out}", f"单位：{order.folder}\n结果：{order.out}")
        self.notice.hide()
        self.bar.setRange(0, 0)
        self.bar.show()
        self.done.setText("正在查找单位……")
        self.times.setText("")
        self.units.reset("正在查找单位……")

    def advance(self, rows: list[UnitRow], runner: BatchRunner) -> None:
        """Show what is new."""
        self.units.append(rows)
        progress = runner.progress
        if progress is not None:
            self._show(progress)
        self.times.setText(times(runner.elapsed(), None if runner.is_stopping else runner.remaining()))

    def _show(self, progress: Progress) -> None:
        if progress.phase == _SEARCH:
            looked = f"查看了 {progress.done:,} / {progress.total:,} 个文件" if progress.total else ""
            self.done.setText("正在查找单位……")
            self.units.wait(looked or "正在查找单位……")
        elif progress.phase == _SUMMARY:
            self.done.setText("正在写汇总表……")
        else:
            self.done.setText(f"已完成 {progress.done:,} / {progress.total:,}")
            self.units.wait("正在处理第一个单位……")
        if progress.total and progress.phase != _SEARCH:
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.done)

    def stopping(self) -> None:
        """The user cancelled: the units at hand are still finished."""
        self.notice.say(STOPPING, "blue", closable=False)

    def end(self, outcome: Outcome, runner: BatchRunner) -> None:
        """Show what came out."""
        result = outcome.result
        if result is None:
            return
        self.units.show_units(outcome.rows)
        self.bar.hide()
        self.done.setText("已取消" if result.cancelled else "处理完毕")
        self.times.setText(times(runner.elapsed()))
        self.units.wait("没有处理任何单位。")
        self.notice.say(summed_up(result, runner.faults), _state(result, runner.faults), closable=False)


def summed_up(result: BatchResult, faults: int = 0) -> str:
    """``300 个单位：有错误 5，有提示 80，通过 215；生成报告 295 份，跳过文件 12 个。``."""
    counts = "，".join(f"{outcome} {n:,}" for outcome in SIGNS for verdict, n in result.counts.items() if verdict == outcome and n)
    words = f"{result.finished:,} 个单位：{counts or '没有处理'}；生成报告 {result.reports:,} 份"
    if result.skipped:
        words += f"，跳过文件 {result.skipped:,} 个（原因见汇总表）"
    if result.cancelled:
        words = f"共 {result.total:,} 个单位，处理了 {words}。已处理的都写在汇总表里"
    if faults:
        words += f"。程序意外错误 {faults} 次，已记入日志（菜单“帮助 → 打开日志所在文件夹”），请发给维护人员"
    return f"{words}。"


def _state(result: BatchResult, faults: int) -> str:
    if faults or not result.is_clean:
        return "amber"
    return "blue" if result.cancelled else "green"


def times(elapsed: float, remaining: float | None = None) -> str:
    """``已用 1 分 20 秒　还要约 2 分钟``."""
    words = f"已用 {duration(elapsed)}" if elapsed >= 1 else "已用不到 1 秒"
    if remaining is None:
        return words
    minutes = remaining / 60
    rest = f"{max(remaining, 1):.0f} 秒" if remaining < 90 else f"{minutes:.0f} 分钟" if minutes < 90 else f"{minutes / 60:.1f} 小时"
    return f"{words}　还要约 {rest}"


def duration(seconds: float) -> str:
    """Seconds in words."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} 小时 {minutes} 分"
    return f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"
